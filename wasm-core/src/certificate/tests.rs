//! What certificates say, and whether they may sign.

use super::*;
use crate::algorithm::DigestAlgorithm;
use proptest::prelude::*;

const AUTHORITY: &[u8] = include_bytes!("../../tests/fixtures/authority.der");
const ENCIPHERMENT: &[u8] = include_bytes!("../../tests/fixtures/encipherment.der");
const ENGLISH: &[u8] = include_bytes!("../../tests/fixtures/english.der");
const KAZAKH: &[u8] = include_bytes!("../../tests/fixtures/kazakh.der");
const RUSSIAN: &[u8] = include_bytes!("../../tests/fixtures/russian.der");

fn certificate(der: &[u8]) -> Certificate {
    Certificate::parse(der).unwrap()
}

/// A day after the certificate's validity began.
fn at_first(certificate: &Certificate) -> u64 {
    u64::try_from(certificate.validity.0).unwrap() + 86_400
}

fn shown(der: &[u8]) -> (CertificateView, Standing) {
    let certificate = certificate(der);
    let view = certificate.view();
    let standing = view.standing(at_first(&certificate));
    (view, standing)
}

fn details(entries: &[NameEntry]) -> Vec<(&str, &str)> {
    let pairs = entries.iter();
    pairs
        .map(|entry| (entry.label.as_str(), entry.value.as_str()))
        .collect()
}

#[test]
fn a_russian_certificate_is_shown() {
    let (view, standing) = shown(RUSSIAN);
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
    assert_eq!(view.digest, Some(DigestAlgorithm::Sha256));
    assert_eq!(standing.state, CertificateState::Good);
    assert_eq!((view.defect, standing.problem), (None, None));
}

#[test]
fn a_kazakh_certificate_is_shown() {
    let (view, _) = shown(KAZAKH);
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
        let standing = kazakh.view().standing(time);
        assert_eq!(
            (standing.problem, standing.state),
            (problem, state),
            "{time}"
        );
        assert_eq!(kazakh.fitness(time).err(), problem, "{time}");
    }
    for unfit in [AUTHORITY, ENCIPHERMENT] {
        let (view, standing) = shown(unfit);
        assert_eq!(view.defect, Some(ErrorCode::CertificateUnfit));
        assert_eq!(standing.problem, view.defect);
        assert_eq!(standing.state, CertificateState::Unfit);
    }
}

#[test]
fn an_authority_without_a_key_is_not_unfit() {
    let authority = certificate(AUTHORITY);
    let view = authority.view_without_key();
    let early = view.standing(at_first(&authority));
    assert_eq!((early.state, early.problem), (CertificateState::Good, None));
    let late = view.standing(u64::MAX);
    assert_eq!(late.problem, Some(ErrorCode::CertificateExpired));
    let other = certificate(ENCIPHERMENT).view_without_key();
    assert_eq!(other.defect, Some(ErrorCode::CertificateUnfit));
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
            prop_assert_eq!(certificate.view().standing(now).problem, certificate.fitness(now).err());
        }
    }

    #[test]
    fn any_bytes_are_safe(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Certificate::parse(&bytes).is_err());
    }
}
