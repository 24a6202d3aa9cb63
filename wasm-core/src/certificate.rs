//! X.509 certificates (RFC 5280): what they say, and whether they may sign now.
//!
//! Nothing here decides trust: that an issuer is what it says it is, is another room's question.

mod extensions;
mod key;
mod name;
mod russian;
mod usage;
mod view;

pub use key::{KeyKind, PublicKey};
pub use name::{Attribute, LABELS};
pub(crate) use name::{same_name, utf16};
pub use russian::Identification;
pub use usage::Usage;
pub use view::{CertificateState, CertificateView, Holder, NameEntry};

use crate::{
    algorithm::{GostAlgorithm, SignatureAlgorithm},
    failure::ErrorCode,
};
use base16ct::lower;
use extensions::Extensions;
use sha2::{Digest, Sha256};
use thiserror::Error;
use x509_parser::{asn1_rs::Any, certificate::X509Certificate, prelude::FromDer};

/// The most certificates above one.
const MAX_CHAIN: usize = 16;

/// The largest certificate that is read, in bytes.
pub const MAX_CERTIFICATE: usize = 256 << 10;

/// Why bytes are no certificate.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum CertificateError {
    /// Larger than [`MAX_CERTIFICATE`].
    #[error("the certificate is too large")]
    TooLarge,
    /// Not the structure of RFC 5280 §4.1.
    #[error("the certificate is malformed")]
    Malformed,
}

impl From<CertificateError> for ErrorCode {
    fn from(_: CertificateError) -> Self {
        Self::CertificateMalformed
    }
}

/// A certificate that was read; owns everything it says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Certificate {
    der: Vec<u8>,
    serial: Vec<u8>,
    subject: Vec<Attribute>,
    subject_der: Vec<u8>,
    issuer: Vec<Attribute>,
    issuer_der: Vec<u8>,
    not_before: i64,
    not_after: i64,
    public_key: PublicKey,
    extensions: Extensions,
}

impl Certificate {
    /// Reads the certificate that `der` begins with. What follows is no part of it: tokens and files pad certificates.
    ///
    /// # Errors
    /// [`CertificateError`] when the bytes are none.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateError> {
        let (rest, _) = Any::from_der(der).map_err(|_| CertificateError::Malformed)?;
        let (der, _) = der.split_at(der.len() - rest.len());
        if der.len() > MAX_CERTIFICATE {
            return Err(CertificateError::TooLarge);
        }
        let (_, parsed) =
            X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
        let names = name::names(parsed.tbs_certificate.as_ref());
        let [issuer, subject] = names.ok_or(CertificateError::Malformed)?;
        let attributes = |name| name::attributes(name).ok_or(CertificateError::Malformed);
        Ok(Self {
            der: der.to_vec(),
            serial: parsed.raw_serial().to_vec(),
            subject: attributes(subject)?,
            subject_der: subject.to_vec(),
            issuer: attributes(issuer)?,
            issuer_der: issuer.to_vec(),
            not_before: parsed.validity.not_before.timestamp(),
            not_after: parsed.validity.not_after.timestamp(),
            public_key: PublicKey::read(&parsed.subject_pki),
            extensions: Extensions::read(&parsed),
        })
    }

    /// The certificate's id everywhere in Tamga: SHA-256 of its DER, lower-case hex.
    pub fn id(&self) -> String {
        lower::encode_string(&Sha256::digest(&self.der))
    }

    /// The certificate as it was read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The DER of its SubjectPublicKeyInfo.
    pub fn public_key(&self) -> &[u8] {
        self.public_key.spki()
    }

    /// What kind of key it holds.
    pub fn key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The serial number, lower-case hex without a leading zero octet; with a minus sign where, against
    /// the standard, it is negative.
    pub fn serial(&self) -> String {
        serial_hex(&self.serial)
    }

    /// Whose certificate it is: the attributes of the subject in order.
    pub fn subject(&self) -> &[Attribute] {
        &self.subject
    }

    /// Who issued it: the attributes of the issuer in order.
    pub fn issuer(&self) -> &[Attribute] {
        &self.issuer
    }

    /// The DER of the subject's Name.
    pub fn subject_der(&self) -> &[u8] {
        &self.subject_der
    }

    /// The DER of the issuer's Name.
    pub fn issuer_der(&self) -> &[u8] {
        &self.issuer_der
    }

    /// First and last second of its validity, Unix time; negative before 1970.
    pub fn validity(&self) -> (i64, i64) {
        (self.not_before, self.not_after)
    }

    /// The last second in which its private key may sign, where that is earlier than the certificate's end
    /// (RFC 3280 §4.2.1.4), Unix time.
    pub fn key_until(&self) -> Option<i64> {
        let until = self.extensions.key_until;
        until.filter(|until| *until < self.not_after)
    }

    /// What the key may be used for: the key usages in the order of their bits, then the extended ones.
    pub fn usages(&self) -> Vec<Usage> {
        usage::usages(self.extensions.key_usage, &self.extensions.extended)
    }

    /// Whether the certificate may issue others.
    pub fn is_authority(&self) -> bool {
        self.extensions.authority
    }

    /// Whether a signature may be made with it at `now` (Unix seconds).
    ///
    /// # Errors
    /// The first reason against it: its extensions, validity, usage, or the kind of key.
    pub fn fitness(&self, now: u64) -> Result<(), ErrorCode> {
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        if self.extensions.defective {
            return Err(ErrorCode::CertificateMalformed);
        }
        if now < self.not_before {
            return Err(ErrorCode::CertificateNotYetValid);
        }
        if now > self.not_after {
            return Err(ErrorCode::CertificateExpired);
        }
        if self.extensions.key_until.is_some_and(|until| now > until) {
            return Err(ErrorCode::KeyExpired);
        }
        if self.is_authority() || !usage::allows_signing(self.extensions.key_usage) {
            return Err(ErrorCode::CertificateUnfit);
        }
        self.key_fitness()
    }

    /// Whether keys of this kind sign, whatever else the certificate says.
    ///
    /// # Errors
    /// `KEY_WITHDRAWN`, `KEY_UNSUPPORTED`.
    pub fn key_fitness(&self) -> Result<(), ErrorCode> {
        match SignatureAlgorithm::for_key(self.public_key(), false) {
            Ok(_) => Ok(()),
            Err(_) if GostAlgorithm::is_withdrawn(self.key().algorithm()) => {
                Err(ErrorCode::KeyWithdrawn)
            }
            Err(_) => Err(ErrorCode::KeyUnsupported),
        }
    }

    /// What a screen shows of it at `now` (Unix seconds).
    pub fn view(&self, now: u64) -> CertificateView {
        view::view(self, now)
    }

    /// The same where there is no key to it, so that nobody asks whether it may sign.
    pub fn view_without_key(&self, now: u64) -> CertificateView {
        view::view_without_key(self, now)
    }

    /// Whether `spki` (DER of a SubjectPublicKeyInfo) is the certificate's key. Algorithm parameters,
    /// which encoders write in different ways, are not compared.
    pub fn matches_key(&self, spki: &[u8]) -> bool {
        self.public_key.is(spki)
    }

    /// Whether `issuer` may have issued it, by name and, where both name it, by key identifier.
    pub fn names_as_issuer(&self, issuer: &Self) -> bool {
        let keys = (
            &self.extensions.authority_key,
            &issuer.extensions.subject_key,
        );
        let same_key = match keys {
            (Some(named), Some(own)) => named == own,
            _ => true,
        };
        same_key && same_name(&self.issuer_der, &issuer.subject_der)
    }

    /// The certificates above it among these, nearest first.
    pub fn chain<'a>(&'a self, others: &[&'a Self]) -> Vec<&'a Self> {
        let mut chain = vec![self];
        while let Some(last) = chain.last() {
            let above = others.iter().find(|other| {
                last.names_as_issuer(other) && !chain.iter().any(|known| known.der == other.der)
            });
            match above {
                Some(above) if chain.len() <= MAX_CHAIN => chain.push(above),
                _ => break,
            }
        }
        chain.remove(0);
        chain
    }
}

/// A serial number (the content of an INTEGER) as [`Certificate::serial`] has it.
pub(crate) fn serial_hex(serial: &[u8]) -> String {
    match serial {
        [0, rest @ ..] if !rest.is_empty() => lower::encode_string(rest),
        [0x80..=0xff, ..] => format!("-{}", lower::encode_string(&negated(serial))),
        all => lower::encode_string(all),
    }
}

/// The name (DER) of somebody in one line, as [`CertificateView::owner`] has it; `None` if it names nobody.
pub(crate) fn name_of(name: &[u8]) -> Option<String> {
    let attributes = name::attributes(name)?;
    view::best_name(&attributes)
}

/// The absolute value of a negative number in two's complement, without leading zero octets.
fn negated(number: &[u8]) -> Vec<u8> {
    let mut absolute = Vec::with_capacity(number.len());
    let mut carry = true;
    for octet in number.iter().rev() {
        let (inverse, overflows) = (!octet).overflowing_add(u8::from(carry));
        absolute.push(inverse);
        carry = overflows;
    }
    while absolute.len() > 1 && absolute.last() == Some(&0) {
        absolute.pop();
    }
    absolute.reverse();
    absolute
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AUTHORITY: &[u8] = include_bytes!("../tests/fixtures/authority.der");
    const ENCIPHERMENT: &[u8] = include_bytes!("../tests/fixtures/encipherment.der");
    const ENGLISH: &[u8] = include_bytes!("../tests/fixtures/english.der");
    const KAZAKH: &[u8] = include_bytes!("../tests/fixtures/kazakh.der");
    const RUSSIAN: &[u8] = include_bytes!("../tests/fixtures/russian.der");

    fn certificate(der: &[u8]) -> Certificate {
        Certificate::parse(der).unwrap()
    }

    /// A day after the certificate's validity began.
    fn at_first(certificate: &Certificate) -> u64 {
        u64::try_from(certificate.not_before).unwrap() + 86_400
    }

    fn shown(der: &[u8]) -> CertificateView {
        let certificate = certificate(der);
        certificate.view(at_first(&certificate))
    }

    fn details(entries: &[NameEntry]) -> Vec<(&str, &str)> {
        let pairs = entries.iter();
        pairs
            .map(|entry| (entry.label.as_str(), entry.value.as_str()))
            .collect()
    }

    #[test]
    fn a_russian_certificate_is_shown() {
        let view = shown(RUSSIAN);
        assert_eq!(view.owner, "Тестова Ольга Ивановна");
        assert_eq!(
            details(&view.owner_details),
            [
                ("country", "RU"),
                ("state", "77 Москва"),
                ("organization", "ООО «Ромашка»"),
                ("title", "Бухгалтер"),
                ("surname", "Тестова"),
                ("givenName", "Ольга Ивановна"),
                ("commonName", "Тестова Ольга Ивановна"),
                ("inn", "999999999999"),
                ("innLegalEntity", "9999999999"),
                ("ogrn", "9999999999999"),
                ("snils", "99999999999"),
                ("email", "olga@example.ru"),
            ]
        );
        assert_eq!(view.issuer, "Tamga Test Authority");
        assert_eq!(view.key, "RSA 2048");
        assert_eq!((view.state, view.problem), (CertificateState::Good, None));
    }

    #[test]
    fn a_kazakh_certificate_is_shown() {
        let view = shown(KAZAKH);
        assert_eq!(view.owner, "СЫНАҚОВА ӘСЕЛ");
        let national: Vec<_> = details(&view.owner_details)
            .into_iter()
            .filter(|(_, value)| *value == "999999999999")
            .collect();
        assert_eq!(national, [("iin", "999999999999"), ("bin", "999999999999")]);
        assert_eq!(view.key, "EC P-256");
        assert_eq!(
            view.usages,
            [
                Usage::DigitalSignature,
                Usage::NonRepudiation,
                Usage::EmailProtection,
                Usage::KzIndividual
            ]
        );
    }

    #[test]
    fn fitness_goes_by_time_usage_and_place() {
        let kazakh = certificate(KAZAKH);
        let (first, last) = kazakh.validity();
        let [first, last] = [first, last].map(|time| u64::try_from(time).unwrap());
        for (time, problem, state) in [
            (
                first - 1,
                Some(ErrorCode::CertificateNotYetValid),
                CertificateState::NotYetValid,
            ),
            (first, None, CertificateState::Good),
            (last - 30 * 86_400, None, CertificateState::Good),
            (last - 30 * 86_400 + 1, None, CertificateState::ExpiresSoon),
            (last, None, CertificateState::ExpiresSoon),
            (
                last + 1,
                Some(ErrorCode::CertificateExpired),
                CertificateState::Expired,
            ),
            (
                u64::MAX,
                Some(ErrorCode::CertificateExpired),
                CertificateState::Expired,
            ),
        ] {
            let view = kazakh.view(time);
            assert_eq!((view.problem, view.state), (problem, state), "{time}");
        }
        for unfit in [AUTHORITY, ENCIPHERMENT] {
            let view = shown(unfit);
            assert_eq!(view.problem, Some(ErrorCode::CertificateUnfit));
            assert_eq!(view.state, CertificateState::Unfit);
        }
    }

    #[test]
    fn an_authority_without_a_key_is_not_unfit() {
        let authority = certificate(AUTHORITY);
        let view = authority.view_without_key(at_first(&authority));
        assert_eq!((view.state, view.problem), (CertificateState::Good, None));
        let late = authority.view_without_key(u64::MAX);
        assert_eq!(late.problem, Some(ErrorCode::CertificateExpired));
        let other = certificate(ENCIPHERMENT);
        let view = other.view_without_key(at_first(&other));
        assert_eq!(view.problem, Some(ErrorCode::CertificateUnfit));
    }

    #[test]
    fn an_issuer_is_named() {
        let (english, authority) = (certificate(ENGLISH), certificate(AUTHORITY));
        assert!(english.names_as_issuer(&authority) && authority.names_as_issuer(&authority));
        assert!(!authority.names_as_issuer(&english));
        assert!(authority.is_authority() && !english.is_authority());
    }

    #[test]
    fn a_key_matches_itself_alone() {
        let (english, kazakh) = (certificate(ENGLISH), certificate(KAZAKH));
        assert!(english.matches_key(english.public_key()));
        assert!(!english.matches_key(kazakh.public_key()));
        assert!(!english.matches_key(b""));
    }

    #[test]
    fn a_certificate_ends_where_it_ends() {
        for padding in [&[0; 3][..], b"\r\n", ENGLISH] {
            let padded = Certificate::parse(&[ENGLISH, padding].concat()).unwrap();
            assert_eq!(padded, certificate(ENGLISH));
        }
        let cut = ENGLISH.split_last().unwrap().1;
        assert_eq!(Certificate::parse(cut), Err(CertificateError::Malformed));
        let length = u32::try_from(MAX_CERTIFICATE).unwrap().to_be_bytes();
        let header = [&[0x30, 0x84][..], &length].concat();
        let large = [header, vec![0; MAX_CERTIFICATE]].concat();
        assert_eq!(Certificate::parse(&large), Err(CertificateError::TooLarge));
    }

    #[test]
    fn negative_serial_numbers_have_a_sign() {
        assert_eq!(negated(&[0x80, 0x01]), [0x7f, 0xff]);
        assert_eq!(negated(&[0xff]), [0x01]);
        assert_eq!(negated(&[0xff, 0x00]), [0x01, 0x00]);
    }

    proptest! {
        #[test]
        fn any_change_is_safe(position in 0..RUSSIAN.len(), value in any::<u8>(), now in any::<u64>()) {
            let mut der = RUSSIAN.to_vec();
            der[position] = value;
            if let Ok(certificate) = Certificate::parse(&der) {
                prop_assert_eq!(certificate.view(now).problem, certificate.fitness(now).err());
            }
        }

        #[test]
        fn any_bytes_are_safe(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(Certificate::parse(&bytes).is_err());
        }
    }
}
