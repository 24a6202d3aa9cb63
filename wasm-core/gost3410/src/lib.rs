//! Russian cryptography as the standards read: GOST R 34.10-2012 signatures on every curve in use,
//! the Streebog hash, and the ciphers, MACs and key derivations that GOST keys are kept with.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

#[cfg(test)]
#[path = "../../tests/support/conformance.rs"]
mod conformance;

// Signatures
mod agreement;
mod arithmetic;
mod curve;
mod error;
mod nonce;
mod signature;
mod signing_key;
mod verifying_key;

// Hashes, ciphers, key derivation
pub mod encryption;
pub mod gost28147;
pub mod kdf;
pub mod magma;
pub mod streebog;

/// GOST R 34.11-94 (RFC 5831), the hash before Streebog: with the S-box of CryptoPro, which is Russia's
/// (RFC 4357 section 11.2), and with that of the standard's example, which is Kazakhstan's.
pub use gost94::{Gost94CryptoPro, Gost94Test};

pub use self::{
    agreement::vko,
    curve::Curve,
    error::Error,
    signature::{Encoding, Signature, SignatureBytes},
    signing_key::{SecretBytes, SigningKey},
    verifying_key::{VerifyingKey, VerifyingKeyBytes},
};
