//! What the host lists: certificates, where their keys live, and what could not be read.

use super::{MAX_LARGE_MESSAGE, Reader, Token};
use crate::{
    algorithm::DigestAlgorithm,
    certificate::{Certificate, CertificateView},
    failure::{ErrorCode, Failure},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// What is within reach. What cannot be read does not hold up the rest.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(
    any(test, feature = "typescript"),
    derive(ts_rs::TS),
    ts(as = "Shared")
)]
#[serde(try_from = "Shared", into = "Shared")]
pub struct Listing {
    /// The certificates.
    pub keys: Vec<KeyEntry>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// The tokens, also those without a certificate.
    pub tokens: Vec<Token>,
    /// The readers whose card no driver serves.
    pub readers_without_driver: Vec<Reader>,
    /// The certificates that the person gave and whose keys are not within reach.
    pub without_key: Vec<LoneCertificate>,
}

impl Listing {
    /// Lists a key at this place, or why it cannot be read.
    pub fn add(&mut self, location: &KeyLocation, entry: Result<KeyEntry, Failure>) {
        match entry {
            Ok(entry) => self.keys.push(entry),
            Err(failure) => self.unreadable.push(Unreadable {
                failure,
                location: Some(location.clone()),
            }),
        }
    }
}

// `Listing` on the wire, where a certificate that is above many keys is in it once. Both are exported as one type, so
// that their documentation is the same.
/// What is within reach. What cannot be read does not hold up the rest.
#[derive(Deserialize, Serialize)]
#[cfg_attr(
    any(test, feature = "typescript"),
    derive(ts_rs::TS),
    ts(export, rename = "Listing")
)]
#[serde(rename_all = "camelCase")]
struct Shared {
    /// The certificates. `chain` has places in `authorities`.
    keys: Vec<KeyEntry<usize>>,
    /// The certificates above them, base64 of DER.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        any(test, feature = "typescript"),
        ts(as = "Option<Vec<String>>", optional)
    )]
    authorities: Vec<String>,
    /// What could not be read.
    unreadable: Vec<Unreadable>,
    /// The tokens, also those without a certificate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        any(test, feature = "typescript"),
        ts(as = "Option<Vec<Token>>", optional)
    )]
    tokens: Vec<Token>,
    /// The readers whose card no driver serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        any(test, feature = "typescript"),
        ts(as = "Option<Vec<Reader>>", optional)
    )]
    readers_without_driver: Vec<Reader>,
    /// The certificates that the person gave and whose keys are not within reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        any(test, feature = "typescript"),
        ts(as = "Option<Vec<LoneCertificate>>", optional)
    )]
    without_key: Vec<LoneCertificate>,
}

/// Why a listing cannot be what it says.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
enum ListingError {
    /// A chain names a place where there is no certificate.
    #[error("a certificate is missing")]
    Missing,
    /// The chains add up to more than a message may be.
    #[error("the chains are too long")]
    TooLong,
}

impl From<Listing> for Shared {
    fn from(listing: Listing) -> Self {
        let mut authorities = Vec::new();
        let mut places = BTreeMap::new();
        let mut place = |certificate: &String| {
            *places.entry(certificate.clone()).or_insert_with(|| {
                authorities.push(certificate.clone());
                authorities.len() - 1
            })
        };
        let keys = listing.keys.into_iter();
        let keys = keys.map(|key| {
            let chain = key.chain.iter().map(&mut place).collect();
            key.with_chain(chain)
        });
        Self {
            keys: keys.collect(),
            authorities,
            unreadable: listing.unreadable,
            tokens: listing.tokens,
            readers_without_driver: listing.readers_without_driver,
            without_key: listing.without_key,
        }
    }
}

impl TryFrom<Shared> for Listing {
    type Error = ListingError;

    fn try_from(shared: Shared) -> Result<Self, ListingError> {
        let mut room = MAX_LARGE_MESSAGE;
        let mut at = |place: &usize| {
            let certificate = shared.authorities.get(*place);
            let certificate = certificate.ok_or(ListingError::Missing)?;
            let rest = room.checked_sub(certificate.len());
            room = rest.ok_or(ListingError::TooLong)?;
            Ok(certificate.clone())
        };
        let keys = shared.keys.into_iter().map(|key| {
            let chain = key.chain.iter().map(&mut at).collect::<Result<_, _>>()?;
            Ok(key.with_chain(chain))
        });
        Ok(Self {
            keys: keys.collect::<Result<_, _>>()?,
            unreadable: shared.unreadable,
            tokens: shared.tokens,
            readers_without_driver: shared.readers_without_driver,
            without_key: shared.without_key,
        })
    }
}

/// A certificate and where its key lives; `A` stands for a certificate of its chain.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct KeyEntry<A = String> {
    /// SHA-256 of the certificate, lower-case hex: the certificate's id everywhere.
    pub id: String,
    /// The certificate, base64 of DER.
    pub certificate: String,
    /// What it says.
    pub view: CertificateView,
    /// The certificates above it that came with the key, nearest first, base64 of DER.
    pub chain: Vec<A>,
    /// Where the key lives.
    pub location: KeyLocation,
    /// Why this key cannot sign, as far as the host knows (the certificate's own defects aside).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub problem: Option<ErrorCode>,
    /// Whether the key has no password: none need be asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(any(test, feature = "typescript"), ts(as = "Option<bool>", optional))]
    pub passwordless: bool,
}

impl KeyEntry {
    /// The entry of a certificate (DER) whose key is there: without a chain, with a password, and able to sign as far as
    /// is known.
    ///
    /// # Errors
    /// `CERTIFICATE_MALFORMED` with the name of the place.
    pub fn read(der: &[u8], location: &KeyLocation) -> Result<Self, Failure> {
        let certificate = Certificate::parse(der)
            .map_err(|_| Failure::of(ErrorCode::CertificateMalformed, location.name()))?;
        Ok(Self {
            id: DigestAlgorithm::Sha256.digest(der).hex().to_owned(),
            certificate: BASE64_STANDARD.encode(der),
            view: certificate.view(),
            chain: Vec::new(),
            location: location.clone(),
            problem: None,
            passwordless: false,
        })
    }
}

impl<A> KeyEntry<A> {
    /// What tells this key from every other: a certificate may be in several places.
    pub fn key_id(&self) -> String {
        let place = match &self.location {
            KeyLocation::Pkcs12 {
                key_file: place, ..
            }
            | KeyLocation::Token { token: place, .. }
            | KeyLocation::Cryptopro { folder: place, .. } => place,
        };
        [&self.id, ":", place].concat()
    }

    fn with_chain<B>(self, chain: Vec<B>) -> KeyEntry<B> {
        KeyEntry {
            id: self.id,
            certificate: self.certificate,
            view: self.view,
            chain,
            location: self.location,
            problem: self.problem,
            passwordless: self.passwordless,
        }
    }
}

/// A certificate whose key is not within reach.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct LoneCertificate {
    /// Its SHA-256, lower-case hex.
    pub id: String,
    /// The certificate, base64 of DER.
    pub certificate: String,
    /// What it says.
    pub view: CertificateView,
}

impl LoneCertificate {
    /// What is listed of a certificate.
    pub fn of(certificate: &Certificate) -> Self {
        Self {
            id: certificate.id(),
            certificate: BASE64_STANDARD.encode(certificate.der()),
            view: certificate.view(),
        }
    }
}

/// Where a key lives.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum KeyLocation {
    /// In the host's copy of a PKCS#12 file.
    Pkcs12 {
        /// Names the copy in requests.
        key_file: String,
        /// What the file was called.
        name: String,
    },
    /// On a token or smart card.
    Token {
        /// Its id among `tokens`.
        token: String,
        /// What it is called.
        name: String,
    },
    /// In a container of CryptoPro CSP, which is the person's own.
    Cryptopro {
        /// The folder it lies in, as it is shown.
        folder: String,
        /// Its name.
        name: String,
    },
}

impl KeyLocation {
    /// The token, if it is one.
    pub fn token(&self) -> Option<&str> {
        match self {
            Self::Token { token, .. } => Some(token),
            Self::Pkcs12 { .. } | Self::Cryptopro { .. } => None,
        }
    }

    /// Whether both are the same place, whatever they are called: a damaged container does not tell its name.
    pub fn is_at(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Pkcs12 { key_file: own, .. }, Self::Pkcs12 { key_file: its, .. })
            | (Self::Token { token: own, .. }, Self::Token { token: its, .. })
            | (Self::Cryptopro { folder: own, .. }, Self::Cryptopro { folder: its, .. }) => {
                own == its
            }
            _ => false,
        }
    }

    /// What the place is called.
    pub fn name(&self) -> &str {
        match self {
            Self::Pkcs12 { name, .. } | Self::Cryptopro { name, .. } | Self::Token { name, .. } => {
                name
            }
        }
    }
}

/// Something that could not be read when certificates were listed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
pub struct Unreadable {
    /// Why, by name.
    pub failure: Failure,
    /// Where it is, unless the whole source could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub location: Option<KeyLocation>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &[u8] = include_bytes!("../../tests/fixtures/english.der");

    fn location() -> KeyLocation {
        KeyLocation::Pkcs12 {
            key_file: "00".to_owned(),
            name: "a.p12".to_owned(),
        }
    }

    fn key(chain: &[&str]) -> KeyEntry {
        KeyEntry {
            chain: chain.iter().map(|it| (*it).to_owned()).collect(),
            ..KeyEntry::read(CERTIFICATE, &location()).unwrap()
        }
    }

    #[test]
    fn a_certificate_is_listed_with_what_it_says_or_as_unreadable() {
        let entry = key(&[]);
        let certificate = Certificate::parse(CERTIFICATE).unwrap();
        assert_eq!(entry.id, certificate.id());
        assert_eq!(entry.view, certificate.view());
        let mut listing = Listing::default();
        listing.add(&location(), Ok(entry));
        listing.add(&location(), KeyEntry::read(b"MAA", &location()));
        assert_eq!(listing.keys.len(), 1);
        let expected = Unreadable {
            failure: Failure::of(ErrorCode::CertificateMalformed, "a.p12"),
            location: Some(location()),
        };
        assert_eq!(listing.unreadable, [expected]);
    }

    #[test]
    fn what_is_above_many_keys_travels_once() {
        let chains: [&[&str]; 4] = [&["MAA=", "MAE="], &["MAI=", "MAE="], &[], &["MAA=", "MAE="]];
        let listing = Listing {
            keys: chains.iter().map(|chain| key(chain)).collect(),
            ..Listing::default()
        };
        let json = serde_json::to_string(&listing).unwrap();
        assert!(
            json.contains(r#""authorities":["MAA=","MAE=","MAI="]"#),
            "{json}"
        );
        let again: Listing = serde_json::from_str(&json).unwrap();
        let same: Vec<_> = again.keys.iter().map(|key| &key.chain).collect();
        assert_eq!(same, chains);
    }

    #[test]
    fn chains_lead_to_what_is_there_and_not_without_end() {
        let shared = |authority: String, chain| Shared {
            keys: vec![key(&[]).with_chain(chain)],
            authorities: vec![authority],
            unreadable: Vec::new(),
            tokens: Vec::new(),
            readers_without_driver: Vec::new(),
            without_key: Vec::new(),
        };
        let refused = |shared: Shared| Listing::try_from(shared).err();
        assert_eq!(refused(shared("MAA=".to_owned(), vec![0])), None);
        let beyond = shared("MAA=".to_owned(), vec![1]);
        assert_eq!(refused(beyond), Some(ListingError::Missing));
        let half = "M".repeat(MAX_LARGE_MESSAGE / 2);
        assert_eq!(refused(shared(half.clone(), vec![0, 0])), None);
        let endless = shared(half, vec![0, 0, 0]);
        assert_eq!(refused(endless), Some(ListingError::TooLong));
    }
}
