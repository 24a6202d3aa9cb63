//! X.509 certificates: what they say, and whether they may sign.
