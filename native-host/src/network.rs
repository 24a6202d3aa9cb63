//! What comes from the network and is kept: revocation lists.

pub mod crl_store;
