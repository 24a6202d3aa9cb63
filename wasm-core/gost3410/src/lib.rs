//! Russian cryptography as the standards read: GOST R 34.10-2012 signatures on every curve in use,
//! the Streebog hash, and the ciphers, MACs and key derivations that GOST keys are kept with.
//!
//! # Signatures
//!
//! The curve comes from a certificate at run time, so [`Curve`] is a value, not a type. A [`SigningKey`] signs and a
//! [`VerifyingKey`] verifies digests through the traits of the `signature` crate; GOST R 34.10-2001 differs in nothing
//! but the hash. The same [`Signature`] is written differently in Russia, in Kazakhstan and in the standard:
//! see [`Encoding`].
//!
//! ```
//! use gost3410::{Curve, Encoding, Signature, SigningKey};
//! use signature::{Keypair, hazmat::{PrehashVerifier, RandomizedPrehashSigner}};
//!
//! # fn main() -> Result<(), signature::Error> {
//! # let mut rng = getrandom::SysRng;
//! # let digest = [7; 32];
//! let key = SigningKey::generate(Curve::CryptoProA, &mut rng)?;
//! let signature: Signature = key.sign_prehash_with_rng(&mut rng, &digest)?;
//! let bytes = signature.to_bytes(Encoding::Russian);
//!
//! let signature = Signature::from_bytes(Curve::CryptoProA, Encoding::Russian, bytes.as_ref())?;
//! key.verifying_key().verify_prehash(&digest, &signature)?;
//! # Ok(())
//! # }
//! ```
//!
//! Whatever touches a private key, a nonce or an agreed secret runs in constant time; verification does not, as
//! everything in it is public.
//!
//! WebAssembly multiplies to 64 bits only, so residues have another form there. The package gost3410-digits tries all
//! of the crate in that form on any processor.

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
