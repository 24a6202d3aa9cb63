//! How the key of a certificate is found and unlocked.

use crate::{
    failure::Error,
    keys::{Credential, FoundKey, Key, KeySource},
};
use std::fmt;
use tamga_core::{
    algorithm::Padding,
    failure::{ErrorCode, Failure},
    protocol::{KeyEntry, KeyLocation},
    reason::most_telling,
};

/// How a key is found and unlocked.
pub struct Unlocking<'a> {
    /// Its certificate's id: SHA-256, hex.
    pub certificate: &'a str,
    /// The token it is on. Without one it is looked for in files only, so that no file's password is tried as a PIN.
    pub token: Option<&'a str>,
    /// Where it lives, if that is known: its certificate may be in other places too.
    pub location: Option<&'a KeyLocation>,
    /// What opens the key; asked for when it is needed, once.
    pub credential: &'a dyn Fn(&FoundKey) -> Result<Credential, Error>,
    /// How an RSA key signs.
    pub padding: Padding,
    /// Unix seconds.
    pub now: u64,
}

impl Unlocking<'_> {
    /// Unlocks the key of a certificate. What the person typed is tried once, on one key, whatever comes of it: there may
    /// be others with this certificate, on a token as well as in files.
    ///
    /// # Errors
    /// Why the certificate may not sign, before the password is asked for; what is wrong with the password or the key.
    /// Where no key of this certificate can be used, the most telling reason ([`tamga_core::reason`]): what is wrong
    /// with one of them, why the place that was named cannot be read, `TOKEN_REMOVED`, `CERTIFICATE_NOT_FOUND`.
    pub fn open(&self, sources: &[Box<dyn KeySource + Send>]) -> Result<Box<dyn Key>, Error> {
        // A token that was chosen and is not there was taken out.
        let absent = match self.token {
            Some(_) => ErrorCode::TokenRemoved,
            None => ErrorCode::CertificateNotFound,
        };
        let mut reasons = vec![absent.into()];
        for source in sources {
            let mut entries = source.find(self.certificate, self.token);
            entries.retain(|entry| self.means(entry));
            for entry in entries {
                let Some(problem) = entry.problem else {
                    return self.open_in(source.as_ref(), entry);
                };
                reasons.push(Failure::of(problem, entry.location.name()));
            }
        }
        let place = self.location.filter(|place| place.token().is_none());
        if reasons.len() == 1
            && let Some(place) = place
        {
            let why = sources
                .iter()
                .flat_map(|source| source.why_unreadable(place));
            reasons.extend(why);
        }
        Err(most_telling(reasons).unwrap_or(absent.into()).into())
    }

    fn means(&self, entry: &KeyEntry) -> bool {
        entry.location.token() == self.token
            && self
                .location
                .is_none_or(|location| *location == entry.location)
    }

    fn open_in(&self, source: &dyn KeySource, entry: KeyEntry) -> Result<Box<dyn Key>, Error> {
        let key = FoundKey::of(entry)?;
        key.certificate.fitness(self.now)?;
        let credential = (self.credential)(&key)?;
        source.open(key, &credential)
    }
}

impl fmt::Debug for Unlocking<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut opaque = formatter.debug_struct("Unlocking");
        opaque.field("certificate", &self.certificate);
        opaque.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::{
        Signer,
        test_key::{certificate, first_day},
    };
    use std::cell::RefCell;
    use tamga_core::protocol::{Listing, Unreadable};

    const CERTIFICATE: &[u8] = include_bytes!("../../../wasm-core/tests/fixtures/english.der");

    /// A place with these keys and with what cannot be read; each key opens with the wrong password only.
    struct TestSource(Listing);

    impl KeySource for TestSource {
        fn list(&self) -> Listing {
            self.0.clone()
        }

        fn open(&self, _: FoundKey, _: &Credential) -> Result<Box<dyn Key>, Error> {
            Err(ErrorCode::PasswordWrong.into())
        }
    }

    fn folder(name: &str) -> KeyLocation {
        KeyLocation::Cryptopro {
            folder: format!("/media/{name}"),
            name: name.to_owned(),
        }
    }

    fn on_token(token: &str) -> KeyLocation {
        KeyLocation::Token {
            token: token.to_owned(),
            name: "token".to_owned(),
        }
    }

    fn key(name: &str, problem: Option<ErrorCode>) -> KeyEntry {
        KeyEntry {
            problem,
            ..KeyEntry::read(CERTIFICATE, &folder(name)).unwrap()
        }
    }

    fn source(keys: Vec<KeyEntry>, unreadable: Vec<Unreadable>) -> Box<dyn KeySource + Send> {
        Box::new(TestSource(Listing {
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
            source(
                vec![key("gone", Some(ErrorCode::ContainerMissing))],
                Vec::new(),
            )
        };
        let old = || source(vec![key("old", Some(ErrorCode::KeyExpired))], Vec::new());
        let odd = || {
            source(
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
            sources.insert(place, source(vec![key("right", None)], Vec::new()));
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
        let sources = [source(
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
    /// A certificate may be on a token and in a file at once.
    #[test]
    fn only_the_key_that_was_named_is_opened() {
        let on = |token: &str, location: Option<&KeyLocation>| {
            let opened = RefCell::new(Vec::new());
            let places = [folder("a"), folder("b"), on_token("1"), on_token("2")];
            let keys = places.map(|location| KeyEntry {
                location,
                ..key("", None)
            });
            let unlocking = Unlocking {
                certificate: &certificate().id(),
                token: Some(token).filter(|token| !token.is_empty()),
                location,
                credential: &|key| {
                    opened.borrow_mut().push(key.entry.location.clone());
                    Ok(Credential::None)
                },
                padding: Padding::Pkcs1,
                now: first_day(),
            };
            let failure = unlocking.open(&[source(keys.into(), Vec::new())]).err();
            let code = failure.map(|failure| Failure::from(failure).code).unwrap();
            (code, opened.into_inner())
        };
        let wrong = |location| (ErrorCode::PasswordWrong, vec![location]);
        assert_eq!(on("", None), wrong(folder("a")));
        assert_eq!(on("", Some(&folder("b"))), wrong(folder("b")));
        assert_eq!(on("1", None), wrong(on_token("1")));
        assert_eq!(on("2", Some(&on_token("2"))), wrong(on_token("2")));
        let none = |code: ErrorCode| (code, Vec::new());
        assert_eq!(on("3", None), none(ErrorCode::TokenRemoved));
        assert_eq!(on("1", Some(&folder("a"))), none(ErrorCode::TokenRemoved));
        let missing = none(ErrorCode::CertificateNotFound);
        assert_eq!(on("", Some(&folder("c"))), missing);
        assert_eq!(on("", Some(&on_token("1"))), missing);
    }
}
