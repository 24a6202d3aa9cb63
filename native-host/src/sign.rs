//! Signing: the core prepares, the key signs, the core verifies and finishes.

use crate::{
    failure::Error,
    keys::{Credential, Key, KeySource, Message, Random, Recipient, certificate_of},
};
use std::{fmt, ops::ControlFlow, sync::OnceLock, time::Duration, vec};
use tamga_core::{
    algorithm::{DigestAlgorithm, Padding, SignatureAlgorithm},
    certificate::Certificate,
    failure::{ErrorCode, Failure},
    format::{self, Content, Piece, Prepared, Profile, Signing},
    pkcs12::Cancel,
    protocol::{KeyEntry, KeyLocation, WaitingFor},
    reason::most_telling,
};

/// A key that was unlocked, with a certificate that may sign.
pub struct Signer {
    key: Box<dyn Key>,
    algorithm: SignatureAlgorithm,
    now: u64,
    /// Set when the key refused the PIN: to ask it once more would be another try of the same one.
    refused: OnceLock<Failure>,
}

/// What concerns the PIN, and so every signature that is still to be made.
pub(crate) const PIN_FAILURES: [ErrorCode; 5] = [
    ErrorCode::PinExpired,
    ErrorCode::PinLastTry,
    ErrorCode::PinLocked,
    ErrorCode::PinNeeded,
    ErrorCode::PinWrong,
];

/// How a key is found and unlocked.
pub struct Unlocking<'a> {
    /// Its certificate's id: SHA-256, hex.
    pub certificate: &'a str,
    /// The token it is on. Without one it is looked for in files only, so that no file's password is tried as a PIN.
    pub token: Option<&'a str>,
    /// Where it lives, if that is known: its certificate may be in other places too.
    pub location: Option<&'a KeyLocation>,
    /// What opens the key; asked for when it is needed, once.
    pub credential: &'a dyn Fn(&KeyEntry) -> Result<Credential, Error>,
    /// How an RSA key signs.
    pub padding: Padding,
    /// Unix seconds.
    pub now: u64,
}

impl Unlocking<'_> {
    fn means(&self, entry: &KeyEntry) -> bool {
        entry.location.token() == self.token
            && self
                .location
                .is_none_or(|location| *location == entry.location)
    }

    /// Why the file that was named shows no key any more, if that is known.
    fn unreadable(&self, sources: &[Box<dyn KeySource + Send>]) -> Vec<Failure> {
        let Some(wanted) = self.location.filter(|wanted| wanted.token().is_none()) else {
            return Vec::new();
        };
        let unreadable = sources.iter().flat_map(|source| source.list().unreadable);
        unreadable
            .filter(|it| it.location.as_ref().is_some_and(|it| it.is_at(wanted)))
            .map(|it| it.failure)
            .collect()
    }

    fn open(&self, source: &dyn KeySource, entry: &KeyEntry) -> Result<Box<dyn Key>, Error> {
        certificate_of(entry)?.fitness(self.now)?;
        source.open(entry, &(self.credential)(entry)?)
    }
}

impl fmt::Debug for Unlocking<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut opaque = formatter.debug_struct("Unlocking");
        opaque.field("certificate", &self.certificate);
        opaque.finish_non_exhaustive()
    }
}

impl Signer {
    /// Unlocks the key of a certificate. What the person typed is tried once, on one key, whatever comes of it: there may
    /// be others with this certificate, on a token as well as in files.
    ///
    /// # Errors
    /// Why the certificate may not sign, before the password is asked for; what is wrong with the password or the key.
    /// Where no key of this certificate can be used, the most telling reason ([`tamga_core::reason`]): what is wrong
    /// with one of them, why the place that was named cannot be read, `TOKEN_REMOVED`, `CERTIFICATE_NOT_FOUND`.
    pub fn unlock(
        sources: &[Box<dyn KeySource + Send>],
        unlocking: &Unlocking<'_>,
    ) -> Result<Self, Error> {
        // A token that was chosen and is not there was taken out.
        let absent = match unlocking.token {
            Some(_) => ErrorCode::TokenRemoved,
            None => ErrorCode::CertificateNotFound,
        };
        let mut reasons = vec![absent.into()];
        for source in sources {
            let mut entries = source.find(unlocking.certificate, unlocking.token);
            entries.retain(|entry| unlocking.means(entry));
            for entry in entries {
                let Some(problem) = entry.problem else {
                    let key = unlocking.open(source.as_ref(), &entry)?;
                    return Self::new(key, unlocking.padding, unlocking.now);
                };
                reasons.push(Failure::of(problem, entry.location.name()));
            }
        }
        if reasons.len() == 1 {
            reasons.extend(unlocking.unreadable(sources));
        }
        Err(most_telling(reasons).unwrap_or(absent.into()).into())
    }

    /// Signs with this key.
    ///
    /// # Errors
    /// Why its certificate may not sign, or `KEY_UNSUPPORTED`.
    pub fn new(key: Box<dyn Key>, padding: Padding, now: u64) -> Result<Self, Error> {
        key.certificate().fitness(now)?;
        let verifying = key.certificate().key().verifying_key()?;
        let algorithm = verifying.signs_with(padding)?;
        Ok(Self {
            key,
            algorithm,
            now,
            refused: OnceLock::new(),
        })
    }

    /// The digest that documents should be hashed with for this key.
    pub fn digest_algorithm(&self) -> DigestAlgorithm {
        self.algorithm.digest()
    }

    /// Leaves the key unlocked until [`Signer::resume`]; `false` where that cannot be.
    pub fn pause(&mut self) -> bool {
        self.key.pause()
    }

    /// Signs with the key again.
    ///
    /// # Errors
    /// As [`Signer::new`], and when the key cannot be had.
    pub fn resume(mut self, padding: Padding, now: u64, cancel: &Cancel) -> Result<Self, Error> {
        if let Err(error) = self.key.resume(cancel) {
            let failure = Failure::from(error);
            // Nobody works with the token now: whoever gives the PIN next finds it logged out.
            if failure.code == ErrorCode::PinNeeded {
                self.key.lock();
            }
            return Err(failure.into());
        }
        Self::new(self.key, padding, now)
    }

    /// Whether what the key is on was taken away since it was paused: it is in none of these readers, which hold a card.
    pub fn is_gone(&self, occupied: &[String]) -> bool {
        self.key.is_gone(occupied)
    }

    /// Locks the key, and waits until that is done: what is listed next shows the token as it is then.
    pub fn lock(mut self) {
        self.key.lock();
    }

    /// The certificate that signs.
    pub fn certificate(&self) -> &Certificate {
        self.key.certificate()
    }

    /// Has the key sign a document.
    ///
    /// # Errors
    /// `REQUEST_MALFORMED` for a digest that may not sign; `PROFILE_UNSUPPORTED`; what is wrong with the key.
    pub fn sign(
        &self,
        content: &Content,
        profile: Profile,
        random: &mut Random,
    ) -> Result<Unverified, Error> {
        let content = Ok(content.clone());
        let mut made = Err(ErrorCode::Internal.into());
        let cancel = Cancel::default();
        self.sign_all([content], profile, random, &cancel, &mut |progress| {
            if let Progress::Made(signed) = progress {
                made = *signed;
            }
            ControlFlow::Continue(())
        });
        made
    }

    /// Has the key sign for each of these documents, and tells what it makes in their order, until no more is wanted or
    /// the key refuses the PIN. A document that cannot be signed does not stop the others.
    pub fn sign_all(
        &self,
        contents: impl IntoIterator<Item = Result<Content, Error>>,
        profile: Profile,
        random: &mut Random,
        cancel: &Cancel,
        tell: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) {
        if let Some(failure) = self.refused.get() {
            let refused = Err(failure.clone().into());
            let _ = tell(Progress::Made(Box::new(refused)));
            return;
        }
        let contents = contents.into_iter();
        let prepared = contents.map(|content| self.prepare(&content?, profile));
        let prepared: Vec<Result<PreparedDocument, Error>> = prepared.collect();
        let messages = prepared.iter().flatten().map(|document| Message {
            algorithm: document.algorithm,
            bytes: document.prepared.message_to_sign().to_vec(),
        });
        let messages: Vec<Message> = messages.collect();
        let mut making = Making {
            signer: self,
            prepared: prepared.into_iter(),
            tell,
        };
        self.key.sign_all(&messages, random, cancel, &mut making);
        // Those at the end that could not be prepared; nothing where the key has stopped before.
        let _ = making.skip_unprepared();
    }

    fn prepare(&self, content: &Content, profile: Profile) -> Result<PreparedDocument, Error> {
        let algorithm = self.algorithm.with_digest(content.digest.algorithm());
        let algorithm = algorithm.ok_or(ErrorCode::RequestMalformed)?;
        let prepared = format::prepare(&Signing {
            certificate: self.key.certificate(),
            chain: self.key.chain(),
            content,
            profile,
            algorithm,
            signing_time: self.now,
        })?;
        Ok(PreparedDocument {
            prepared,
            algorithm,
            size: content.size,
        })
    }
}

/// A document that only wants its signature.
struct PreparedDocument {
    prepared: Prepared,
    algorithm: SignatureAlgorithm,
    /// The document's, in bytes, if it is known.
    size: Option<u64>,
}

/// What is told while a key signs.
#[derive(Debug)]
pub enum Progress {
    /// The key has made the signature of the next document, or there is none.
    Made(Box<Result<Unverified, Error>>),
    /// The next signature may take so long.
    Waiting {
        /// What is waited for.
        how: WaitingFor,
        /// How long at most.
        timeout: Duration,
    },
}

/// Puts together what was prepared and what the key makes of it.
struct Making<'a> {
    signer: &'a Signer,
    prepared: vec::IntoIter<Result<PreparedDocument, Error>>,
    tell: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl Making<'_> {
    /// Tells of the documents that could not be prepared, up to the next one that was, which it gives.
    fn skip_unprepared(&mut self) -> ControlFlow<(), Option<PreparedDocument>> {
        for prepared in self.prepared.by_ref() {
            match prepared {
                Ok(document) => return ControlFlow::Continue(Some(document)),
                Err(error) => (self.tell)(Progress::Made(Box::new(Err(error))))?,
            }
        }
        ControlFlow::Continue(None)
    }
}

impl Recipient for Making<'_> {
    fn take(&mut self, signature: Result<Vec<u8>, Error>) -> ControlFlow<()> {
        let Some(document) = self.skip_unprepared()? else {
            return ControlFlow::Break(());
        };
        let refused = signature.as_ref().err().and_then(refusal);
        let made = signature.map(|signature| Unverified {
            prepared: document.prepared,
            signature,
            size: document.size,
        });
        (self.tell)(Progress::Made(Box::new(made)))?;
        let Some(failure) = refused else {
            return ControlFlow::Continue(());
        };
        // Only the first one counts.
        let _ = self.signer.refused.set(failure);
        self.prepared = Vec::new().into_iter();
        ControlFlow::Break(())
    }

    fn wait(&mut self, how: WaitingFor, timeout: Duration) {
        // What is not wanted any more is noticed with the next signature.
        let _ = (self.tell)(Progress::Waiting { how, timeout });
    }
}

/// What concerns the PIN: the same one is not tried again.
fn refusal(error: &Error) -> Option<Failure> {
    match error {
        Error::Failure(failure) if PIN_FAILURES.contains(&failure.code) => Some(failure.clone()),
        _ => None,
    }
}

/// What a key has made of a document, before anybody has looked at it.
#[derive(Debug)]
pub struct Unverified {
    prepared: Prepared,
    signature: Vec<u8>,
    /// The document's, if it is known.
    size: Option<u64>,
}

impl Unverified {
    /// The signed document, when the signature has been verified with the certificate. All of its pieces lie within the
    /// document.
    ///
    /// # Errors
    /// `SIGNATURE_INVALID` when that fails.
    pub fn finish(self) -> Result<Vec<Piece>, Error> {
        let pieces = self.prepared.finish(&self.signature)?;
        match format::lie_within(&pieces, self.size) {
            true => Ok(pieces),
            false => Err(ErrorCode::Internal.into()),
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut opaque = formatter.debug_struct("Signer");
        opaque.field("certificate", &self.certificate().id());
        opaque.field("algorithm", &self.algorithm);
        opaque.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use tamga_core::protocol::{Listing, Unreadable};

    const CERTIFICATE: &[u8] = include_bytes!("../../wasm-core/tests/fixtures/english.der");

    /// A place with these keys and with what cannot be read; each key opens with the wrong password only.
    struct Shelf(Listing);

    impl KeySource for Shelf {
        fn list(&self) -> Listing {
            self.0.clone()
        }

        fn open(&self, _: &KeyEntry, _: &Credential) -> Result<Box<dyn Key>, Error> {
            Err(ErrorCode::PasswordWrong.into())
        }
    }

    fn certificate() -> Certificate {
        Certificate::parse(CERTIFICATE).unwrap()
    }

    fn folder(name: &str) -> KeyLocation {
        KeyLocation::Cryptopro {
            folder: format!("/media/{name}"),
            name: name.to_owned(),
        }
    }

    fn key(name: &str, problem: Option<ErrorCode>) -> KeyEntry {
        KeyEntry {
            id: certificate().id(),
            certificate: BASE64_STANDARD.encode(CERTIFICATE),
            chain: Vec::new(),
            location: folder(name),
            problem,
            passwordless: false,
        }
    }

    fn shelf(keys: Vec<KeyEntry>, unreadable: Vec<Unreadable>) -> Box<dyn KeySource + Send> {
        Box::new(Shelf(Listing {
            keys,
            unreadable,
            ..Listing::default()
        }))
    }

    /// What unlocking comes to a day after the certificate began or after it ended.
    fn failure(
        sources: &[Box<dyn KeySource + Send>],
        location: Option<&KeyLocation>,
        expired: bool,
    ) -> Failure {
        let (first, last) = certificate().validity();
        let start = if expired { last } else { first };
        let unlocking = Unlocking {
            certificate: &certificate().id(),
            token: None,
            location,
            credential: &|_| Ok(Credential::None),
            padding: Padding::Pkcs1,
            now: u64::try_from(start).unwrap() + 86_400,
        };
        Signer::unlock(sources, &unlocking).unwrap_err().into()
    }

    #[test]
    fn of_several_keys_the_most_telling_reason_is_said() {
        let gone = || {
            shelf(
                vec![key("gone", Some(ErrorCode::ContainerMissing))],
                Vec::new(),
            )
        };
        let old = || shelf(vec![key("old", Some(ErrorCode::KeyExpired))], Vec::new());
        let odd = || {
            shelf(
                vec![key("odd", Some(ErrorCode::KeyUnsupported))],
                Vec::new(),
            )
        };
        let telling = Failure::of(ErrorCode::KeyExpired, "old");
        for sources in [
            [gone(), old(), odd()],
            [old(), odd(), gone()],
            [odd(), gone(), old()],
        ] {
            assert_eq!(failure(&sources, None, false), telling);
        }
        // A key that can be opened is asked, wherever it stands; an expired certificate is said before that.
        for place in 0..3 {
            let mut sources = vec![gone(), old()];
            sources.insert(place, shelf(vec![key("right", None)], Vec::new()));
            let wrong = failure(&sources, None, false);
            assert_eq!(wrong.code, ErrorCode::PasswordWrong);
            let expired = failure(&sources, None, true);
            assert_eq!(expired.code, ErrorCode::CertificateExpired);
        }
    }

    #[test]
    fn a_place_that_cannot_be_read_any_more_says_why() {
        let damaged = Failure::of(ErrorCode::ContainerDamaged, "a.000/header.key");
        let renamed = KeyLocation::Cryptopro {
            folder: "/media/a".to_owned(),
            name: "a.000".to_owned(),
        };
        let unreadable = |failure: &Failure, location| Unreadable {
            failure: failure.clone(),
            location,
        };
        let elsewhere = Failure::of(ErrorCode::ContainerIncomplete, "b");
        let sources = [shelf(
            Vec::new(),
            vec![
                unreadable(&elsewhere, Some(folder("b"))),
                unreadable(&damaged, Some(renamed)),
                unreadable(&ErrorCode::StorageFailed.into(), None),
            ],
        )];
        assert_eq!(failure(&sources, Some(&folder("a")), false), damaged);
        let missing = Failure::from(ErrorCode::CertificateNotFound);
        for location in [None, Some(&folder("c"))] {
            assert_eq!(failure(&sources, location, false), missing);
        }
    }
}
