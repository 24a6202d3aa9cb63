//! What comes from the network and is kept: revocation lists and answers about revocation.

pub mod address;
pub mod answer_store;
pub mod crl_store;
pub mod fetch;
mod http;
#[cfg(test)]
mod made;
pub mod proxy;
pub mod revocation;
mod secure;
