//! What a site may do: grants, refusals and their expiry.
