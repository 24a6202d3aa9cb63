//! Keys: where they are found, and how they sign.
//!
//! A new kind of key is a new file below `keys/` that implements [`KeySource`] and [`Key`], and one
//! row in [`sources`].

pub mod pkcs12;
mod software;

use crate::{failure::Error, folder::Folders};
use rsa::rand_core::TryCryptoRng;
use tamga_core::{
    algorithm::{Digest, SignatureAlgorithm},
    certificate::Certificate,
    protocol::{KeyEntry, Unreadable},
    secret::Secret,
};

/// Where blinding and salts come from.
pub type Random = dyn TryCryptoRng<Error = getrandom::Error>;

/// A place where keys live.
pub trait KeySource {
    /// Every certificate whose key is here. What cannot be read does not hold up the rest.
    fn list(&self) -> Listing;

    /// Unlocks the key of an entry that [`KeySource::list`] gave.
    ///
    /// # Errors
    /// When the password is wrong, or the key is gone or damaged.
    fn open(&self, entry: &KeyEntry, password: &Secret) -> Result<Box<dyn Key>, Error>;
}

/// A key that is ready to sign.
pub trait Key {
    /// The certificate of this key.
    fn certificate(&self) -> &Certificate;

    /// The certificates above it that came with the key, nearest first, DER.
    fn chain(&self) -> &[Vec<u8>];

    /// Signs a digest. ECDSA signatures are DER, RSA signatures as long as the modulus.
    ///
    /// # Errors
    /// When the key cannot sign with this algorithm.
    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        digest: &Digest,
        random: &mut Random,
    ) -> Result<Vec<u8>, Error>;
}

/// What a source has, and what in it could not be read.
#[derive(Debug, Default)]
pub struct Listing {
    /// The certificates.
    pub keys: Vec<KeyEntry>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// Every place where keys may be.
pub fn sources(folders: &Folders) -> Vec<Box<dyn KeySource>> {
    vec![Box::new(pkcs12::KeyFiles::new(&folders.data))]
}

/// What all sources have, in their order.
pub fn list(sources: &[Box<dyn KeySource>]) -> Listing {
    let mut all = Listing::default();
    for source in sources {
        let listing = source.list();
        all.keys.extend(listing.keys);
        all.unreadable.extend(listing.unreadable);
    }
    all
}
