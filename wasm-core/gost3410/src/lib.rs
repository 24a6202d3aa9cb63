//! Russian cryptography as the standards read: GOST R 34.10-2012 signatures on every curve in use,
//! the Streebog hash, and the ciphers, MACs and key derivations that GOST keys are kept with.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

#[cfg(test)]
#[path = "../../tests/support/conformance.rs"]
mod conformance;

mod agreement;
mod arithmetic;
mod curve;
mod error;
mod nonce;
mod signature;
mod signing_key;
mod verifying_key;

pub use self::{
    agreement::vko,
    curve::Curve,
    error::Error,
    signature::{Encoding, Signature, SignatureBytes},
    signing_key::{SecretBytes, SigningKey},
    verifying_key::{VerifyingKey, VerifyingKeyBytes},
};
