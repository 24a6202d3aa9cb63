//! Digest and signature algorithms: the tables of what Tamga knows, and verification.
//!
//! A new digest is a row in `algorithm/digest/table.rs`; a new AlgorithmIdentifier is a row in
//! `algorithm/identifier_table.rs`, a name in XML signatures one in `algorithm/xml_table.rs`; a new kind of key is a variant
//! in `algorithm/verifying_key.rs`.

mod digest;
mod ec;
mod eddsa;
mod edwards;
mod emsa_pss;
mod error;
mod gost;
mod gost_algorithm;
mod identifier;
mod identifier_table;
mod pss;
mod residue;
mod rsa;
mod signature;
mod verifying_key;
mod weierstrass;
mod xml_table;

pub use digest::{Digest, DigestAlgorithm, Hasher};
pub use error::{AlgorithmUnsupported, KeyUnsupported, SignatureError};
pub use gost_algorithm::{Country, Profile};
pub use signature::{Padding, SignatureAlgorithm};
pub use verifying_key::VerifyingKey;

pub(crate) use eddsa::EdDsa;
pub(crate) use gost_algorithm::GostAlgorithm;
pub(crate) use identifier_table::digest_of_identifier;
pub(crate) use rsa::{SHORT_RSA, modulus_bits};
