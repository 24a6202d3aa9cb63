//! Keys: where they are found, and how they sign.
//!
//! A new kind of key is a new file below `keys/` that implements [`KeySource`] and [`Key`], and one
//! row in [`sources`].

pub mod certificate_files;
mod credential;
pub mod cryptopro;
pub mod key_input;
pub mod path_list;
pub mod pkcs11;
pub mod pkcs12;
pub(crate) mod software;

pub use credential::Credential;

use crate::{directories::Folders, failure::Error};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use pkcs11::Modules;
use rsa::rand_core::TryCryptoRng;
use std::{ops::ControlFlow, time::Duration};
use tamga_core::{
    algorithm::SignatureAlgorithm,
    certificate::Certificate,
    display_text,
    failure::{ErrorCode, Failure},
    pkcs12::Cancel,
    protocol::{KeyEntry, KeyLocation, Listing, WaitingFor},
};

/// The longest that a key may take for one signature, whatever it announces: a remote key waits for a person who confirms
/// on another device.
pub const MAX_SIGNATURE_WAIT: Duration = Duration::from_secs(600);

/// Where blinding and salts come from.
pub type Random = dyn TryCryptoRng<Error = getrandom::Error> + Send;

/// A place where keys live.
pub trait KeySource {
    /// Every certificate whose key is here. What cannot be read does not hold up the rest.
    fn list(&self) -> Listing;

    /// The same, for a source that may take its time: it tells what it knows `so_far`.
    fn list_in_parts(&self, _so_far: &mut dyn FnMut(&Listing)) -> Listing {
        self.list()
    }

    /// The entries of the certificate with this id: on this token, or else in files.
    fn find(&self, id: &str, _token: Option<&str>) -> Vec<KeyEntry> {
        let mut keys = self.list().keys;
        keys.retain(|entry| entry.id == id);
        keys
    }

    /// Why the file or container at this location cannot be read, if that is known.
    fn why_unreadable(&self, location: &KeyLocation) -> Vec<Failure> {
        let unreadable = self.list().unreadable.into_iter();
        let here =
            unreadable.filter(|it| it.location.as_ref().is_some_and(|it| it.is_at(location)));
        here.map(|it| it.failure).collect()
    }

    /// Unlocks a key that [`KeySource::list`] gave.
    ///
    /// # Errors
    /// What is wrong with the credential (`PASSWORD_WRONG`, `PIN_WRONG`, …; `REQUEST_MALFORMED` for one of another kind
    /// of key), or with the key.
    fn open(&self, key: FoundKey, credential: &Credential) -> Result<Box<dyn Key>, Error>;
}

/// A key that was found, with its certificate parsed.
#[derive(Clone, Debug)]
pub struct FoundKey {
    /// As it was listed.
    pub entry: KeyEntry,
    /// The entry's certificate.
    pub certificate: Certificate,
}

/// What a key is to sign.
#[derive(Debug)]
pub struct Message {
    /// How.
    pub algorithm: SignatureAlgorithm,
    /// What the algorithm hashes and signs.
    pub bytes: Vec<u8>,
}

/// Who is given what a key makes.
pub trait Recipient {
    /// Takes the signature of the next message, or why there is none; says whether more are wanted.
    fn take(&mut self, signature: Result<Vec<u8>, Error>) -> ControlFlow<()>;

    /// Notes that the next signature may take up to `timeout`; more than [`MAX_SIGNATURE_WAIT`] is not granted.
    fn wait(&mut self, how: WaitingFor, timeout: Duration);
}

/// A key that is ready to sign.
pub trait Key: Send + Sync {
    /// The certificate of this key.
    fn certificate(&self) -> &Certificate;

    /// The certificates above it that came with the key, nearest first.
    fn chain(&self) -> &[Certificate];

    /// Signs messages one after the other, and hands each signature over as soon as it is made, until all are made or
    /// no more are wanted. ECDSA signatures are DER, RSA signatures as long as the modulus.
    ///
    /// A signature may take minutes: the key announces then what is waited for and how long ([`Recipient::wait`]), and
    /// is cancelled when that time is over. `cancel` gives up the signature that is being made.
    fn sign_all(
        &self,
        messages: &[Message],
        random: &mut Random,
        cancel: &Cancel,
        recipient: &mut dyn Recipient,
    );

    /// Leaves the key unlocked while others use what it is on, until [`Key::resume`]. `false` where that cannot be: the
    /// key wants its PIN each time, or there is nothing to be spared by it.
    fn pause(&mut self, _cancel: &Cancel) -> bool {
        false
    }

    /// Has what the key is on for itself again.
    ///
    /// # Errors
    /// `PIN_NEEDED` when somebody else has used it meanwhile, `TOKEN_BUSY` when somebody does not let go of it.
    fn resume(&mut self, _cancel: &Cancel) -> Result<(), Error> {
        Ok(())
    }

    /// Whether what the key is on was taken away since it was paused: it is in none of these readers, which hold a card.
    fn is_gone(&self, _occupied: &[String]) -> bool {
        false
    }

    /// Locks the key, and waits until that is done, as long as for any use of it. Dropping it does the same and waits for
    /// nothing.
    fn lock(&mut self) {}
}

/// Every place where keys may be. `now` in Unix seconds: some keys have a term of their own. `cancel` gives up what
/// they do.
pub fn sources(
    folders: &Folders,
    modules: &Modules,
    now: u64,
    cancel: &Cancel,
) -> Vec<Box<dyn KeySource + Send>> {
    vec![
        Box::new(pkcs12::KeyFiles::new(&folders.data, cancel)),
        Box::new(cryptopro::Containers::new(folders, now)),
        Box::new(modules.until(cancel)),
    ]
}

/// What all sources have, in their order; what is known `so_far` where one of them takes its time.
pub fn list(sources: &[Box<dyn KeySource + Send>], so_far: &mut dyn FnMut(Listing)) -> Listing {
    let mut all = Listing::default();
    for source in sources {
        let listing = source.list_in_parts(&mut |known| so_far(joined(all.clone(), known.clone())));
        all = joined(all, listing);
    }
    all
}

fn joined(mut one: Listing, other: Listing) -> Listing {
    one.keys.extend(other.keys);
    one.unreadable.extend(other.unreadable);
    one.tokens.extend(other.tokens);
    one.readers_without_driver
        .extend(other.readers_without_driver);
    one
}

impl FoundKey {
    /// The key of an entry.
    ///
    /// # Errors
    /// `CERTIFICATE_MALFORMED`
    pub fn of(entry: KeyEntry) -> Result<Self, Error> {
        let der = BASE64_STANDARD.decode(&entry.certificate);
        let der = der.map_err(|_| ErrorCode::CertificateMalformed)?;
        let certificate = Certificate::parse(&der)?;
        Ok(Self { entry, certificate })
    }
}

/// A file name as it is shown on one line, without folders.
pub(crate) fn displayable(name: &str) -> String {
    display_text::name(name.rsplit(['/', '\\']).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_they_are() {
        assert_eq!(displayable("Айгерім.p12"), "Айгерім.p12");
        assert_eq!(displayable("C:\\keys\\a.p12"), "a.p12");
        assert_eq!(
            displayable("/home/x/a\n\u{202e}.p12"),
            "a[U+000A][U+202E].p12"
        );
    }
}
