//! Keys: where they are found, and how they sign.
//!
//! A new kind of key is a new file below `keys/` that implements [`KeySource`] and [`Key`], and one
//! row in [`sources`].

pub mod cryptopro;
pub mod pkcs12;
pub(crate) mod software;

use crate::{failure::Error, folder::Folders};
use rsa::rand_core::TryCryptoRng;
use tamga_core::{
    algorithm::{Digest, SignatureAlgorithm},
    certificate::Certificate,
    protocol::{KeyEntry, Listing},
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

/// Every place where keys may be. `now` in Unix seconds: some keys have a term of their own.
pub fn sources(folders: &Folders, now: u64) -> Vec<Box<dyn KeySource>> {
    vec![
        Box::new(pkcs12::KeyFiles::new(&folders.data)),
        Box::new(cryptopro::Containers::new(folders, now)),
    ]
}

/// What all sources have, in their order.
pub fn list(sources: &[Box<dyn KeySource>]) -> Listing {
    let mut all = Listing::default();
    for source in sources {
        let listing = source.list();
        all.keys.extend(listing.keys);
        all.unreadable.extend(listing.unreadable);
        all.tokens.extend(listing.tokens);
    }
    all
}

/// A file name as it is shown in one line: without folders and without characters that could disguise it.
fn displayable(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible = |letter: &char| !letter.is_control() && !is_format_character(*letter);
    name.chars().filter(visible).collect()
}

/// Zero-width and bidirectional controls (Unicode Cf), with which `fdp.p12` looks like another name.
fn is_format_character(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_they_are() {
        assert_eq!(displayable("Айгерім.p12"), "Айгерім.p12");
        assert_eq!(displayable("C:\\keys\\a.p12"), "a.p12");
        assert_eq!(displayable("/home/x/a\n\u{202e}.p12"), "a.p12");
    }
}
