//! What is said of a signature besides whether it is valid: its time, its level, and what is wrong with it all the same. Of
//! files that other programs made (`tests/fixtures/files`, `make.py` there), and of our own.

use super::SignedData;
use crate::{
    algorithm::Padding,
    certificate::Certificate,
    format::{
        Content, Document, Level, Piece, Placement, Profile, SignatureState, SignerFailure,
        SignerVerdict, SignerWarning, Signing, prepare,
    },
    pkcs12::open,
    secret::Secret,
    support::der::{Tag, der, oid, sequence},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use p384::{
    ecdsa::{Signature, SigningKey, signature::hazmat::PrehashSigner as _},
    pkcs8::DecodePrivateKey as _,
};
use std::{fs, path::Path};

const ENGLISH: &[u8] = include_bytes!("../../tests/fixtures/english.der");
/// Noon of the first of September 2026.
const SEPTEMBER: i64 = 1_788_264_000;
/// A year before 1970.
const EARLY: i64 = -31_536_000;
/// The beginning of the year 2050, from which on times are GeneralizedTime (RFC 5652 §11.3).
const YEAR_2050: i64 = 2_524_608_000;

/// File; document; why it is not valid; when it says to have been signed; what is wrong all the same.
type Row = (
    &'static str,
    Option<&'static str>,
    Option<SignerFailure>,
    Option<i64>,
    Option<SignerWarning>,
);

const PLAIN: [Row; 20] = [
    (
        "detached.p7s",
        Some("document.txt"),
        None,
        Some(SEPTEMBER),
        None,
    ),
    (
        "detached.p7s",
        Some("other.txt"),
        Some(SignerFailure::ContentChanged),
        None,
        None,
    ),
    (
        "detached.p7s",
        None,
        Some(SignerFailure::ContentMissing),
        None,
        None,
    ),
    ("ed25519.p7m", None, None, Some(SEPTEMBER), None),
    ("sid-printable.p7m", None, None, Some(SEPTEMBER), None),
    ("uuid-attribute.p7m", None, None, Some(SEPTEMBER), None),
    (
        "no-certificate.p7m",
        None,
        Some(SignerFailure::CertificateMissing),
        None,
        None,
    ),
    ("no-signed-attributes.p7m", None, None, None, None),
    (
        "made-ambiguous.p7m",
        None,
        Some(SignerFailure::ContentAmbiguous),
        None,
        None,
    ),
    (
        "made-ambiguous.p7s",
        Some("made-ambiguous.bin"),
        Some(SignerFailure::ContentAmbiguous),
        None,
        None,
    ),
    (
        "made-ambiguous.p7s",
        Some("other.txt"),
        Some(SignerFailure::SignatureInvalid),
        None,
        None,
    ),
    (
        "made-ed25519-noattr-detached.p7s",
        Some("made-document"),
        None,
        None,
        None,
    ),
    (
        "made-name-other.p7m",
        None,
        Some(SignerFailure::CertificateMissing),
        None,
        None,
    ),
    (
        "made-pss-explicit-default.p7m",
        None,
        None,
        None,
        Some(SignerWarning::Sha1),
    ),
    (
        "made-rsa-md5.p7m",
        None,
        None,
        None,
        Some(SignerWarning::Md5),
    ),
    (
        "made-rsa-other-digest.p7m",
        None,
        None,
        None,
        Some(SignerWarning::DigestMismatch),
    ),
    (
        "made-sig-mismatch.p7m",
        None,
        Some(SignerFailure::KeyMismatch),
        None,
        None,
    ),
    (
        "made-sig-unknown.p7m",
        None,
        Some(SignerFailure::AlgorithmUnsupported),
        None,
        None,
    ),
    (
        "made-time-03.p7m",
        None,
        None,
        Some(EARLY),
        Some(SignerWarning::CertificateNotYetValid),
    ),
    (
        "made-time-10.p7m",
        None,
        None,
        None,
        Some(SignerWarning::SigningTimeMalformed),
    ),
];

const BOUND_TO_THEIR_CERTIFICATE: [Row; 4] = [
    ("attached.p7m", None, None, Some(SEPTEMBER), None),
    (
        "attached.p7m",
        Some("document.txt"),
        None,
        Some(SEPTEMBER),
        None,
    ),
    (
        "attached.p7m",
        Some("other.txt"),
        Some(SignerFailure::ContentChanged),
        Some(SEPTEMBER),
        None,
    ),
    ("ess-printable.p7m", None, None, Some(SEPTEMBER), None),
];

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/files");
    fs::read(folder.join(name)).unwrap()
}

/// What is said of a file with one signer.
fn verdict(file: &[u8], mut document: Option<&[u8]>) -> SignerVerdict {
    let data = SignedData::parse(file).unwrap();
    let document = document
        .as_mut()
        .map(|document| -> &mut dyn Document { document });
    let [verdict] = data.verify(document, &[]).try_into().unwrap();
    verdict
}

#[test]
fn files_of_others() {
    let rows = |level, rows: &'static [Row]| rows.iter().map(move |row| (level, row));
    let plain = rows(Level::Plain, &PLAIN);
    for (level, row) in plain.chain(rows(Level::Bes, &BOUND_TO_THEIR_CERTIFICATE)) {
        let &(name, document, failure, time, warning) = row;
        let document = document.map(fixture);
        let found = verdict(&fixture(name), document.as_deref());
        let said = (found.failure, found.signing_time, found.level);
        assert_eq!(said, (failure, time, level), "{row:?}");
        assert_eq!(found.warnings, Vec::from_iter(warning), "{row:?}");
        let state = failure.map_or(SignatureState::Valid, SignerFailure::state);
        assert_eq!(found.state, state, "{row:?}");
    }
}

/// The document, signed by Tess Ting at this time.
fn signed(document: &[u8], level: &str, placement: Placement, time: i64) -> Vec<u8> {
    let certificate = Certificate::parse(ENGLISH).unwrap();
    let key = certificate.key().verifying_key().unwrap();
    let algorithm = key.signs_with(Padding::Pkcs1).unwrap();
    let content = Content {
        digest: algorithm.digest().digest(document),
        size: Some(document.len().try_into().unwrap()),
    };
    let prepared = prepare(&Signing {
        certificate: &certificate,
        chain: &[],
        content: &content,
        profile: Profile::named(level, placement).unwrap(),
        algorithm,
        signing_time: time.try_into().unwrap(),
    });
    let prepared = prepared.unwrap();
    let file = include_bytes!("../../tests/fixtures/english-open.p12");
    let file = open(file, &Secret::new(String::new())).unwrap();
    let key = SigningKey::from_pkcs8_der(&file.keys[0].pkcs8).unwrap();
    let digest = prepared.digest_to_sign();
    let signature: Signature = key.sign_prehash(&digest.bytes()).unwrap();
    let pieces = prepared.finish(signature.to_der().as_bytes()).unwrap();
    let bytes = pieces.into_iter().map(|piece| match piece {
        Piece::Bytes { bytes } => bytes,
        Piece::Document { start, length } => {
            let [start, length] = [start, length].map(|place| usize::try_from(place).unwrap());
            document[start..start + length].to_vec()
        }
    });
    bytes.collect::<Vec<_>>().concat()
}

#[test]
fn our_own_files() {
    let (first, last) = Certificate::parse(ENGLISH).unwrap().validity();
    let early = Some(SignerWarning::CertificateNotYetValid);
    let late = Some(SignerWarning::CertificateExpired);
    for (name, level, placement, time, warning) in [
        ("cms", Level::Plain, Placement::Attached, first, None),
        ("cms", Level::Plain, Placement::Detached, last, None),
        (
            "cades-bes",
            Level::Bes,
            Placement::Attached,
            first - 1,
            early,
        ),
        ("cades-bes", Level::Bes, Placement::Detached, last + 1, late),
        (
            "cades-bes",
            Level::Bes,
            Placement::Detached,
            YEAR_2050,
            late,
        ),
    ] {
        let file = signed(b"document", name, placement, time);
        let document: Option<&[u8]> = match placement {
            Placement::Attached => None,
            Placement::Detached => Some(b"document"),
        };
        let found = verdict(&file, document);
        let said = (found.failure, found.signing_time, found.level);
        assert_eq!(said, (None, Some(time), level));
        assert_eq!(found.warnings, Vec::from_iter(warning), "{time}");
        let other = verdict(&file, Some(b"Document"));
        assert_eq!(other.failure, Some(SignerFailure::ContentChanged));
    }
}

/// Names may be the same by chance or by intent.
#[test]
fn four_certificates_of_one_name_are_tried() {
    let right = fixture("signer.cer");
    let spki = Certificate::parse(&right).unwrap().public_key().to_vec();
    let key = right.windows(spki.len()).position(|part| part == spki);
    // Within the modulus.
    let place = key.unwrap() + spki.len() / 2;
    let with_another_key = |difference: u8| {
        let mut certificate = right.clone();
        certificate[place] ^= difference;
        certificate
    };
    let data = SignedData::parse(&fixture("no-certificate.p7m")).unwrap();
    for (others, failure) in [
        (0, None),
        (3, None),
        (4, Some(SignerFailure::SignatureInvalid)),
    ] {
        let mut certificates: Vec<_> = (1..=others).map(with_another_key).collect();
        // The same ones again are no others.
        certificates.extend_from_within(..);
        certificates.push(right.clone());
        let verdicts = data.verify(None, &certificates);
        assert_eq!(verdicts[0].failure, failure, "{others}");
        let named = BASE64_STANDARD.encode(&right);
        let is_right = verdicts[0].certificate.as_ref() == Some(&named);
        assert_eq!(is_right, failure.is_none(), "{others}");
    }
}

#[test]
fn what_is_in_a_file() {
    let data = SignedData::parse(&fixture("zeros64.p7m")).unwrap();
    assert_eq!((data.trailing(), data.signer_count()), (64, 1));
    let serial = data.signers()[0].serial.clone();
    assert_eq!(serial.as_deref(), Some("1000"));
    let certificate = data.verify(None, &[])[0].certificate.clone();
    let certificate = BASE64_STANDARD.decode(certificate.unwrap()).unwrap();
    assert!(data.certificates().contains(&certificate));
    // A mere bag of certificates.
    let none = der(Tag::Set, &[]);
    let content = sequence(&[&oid("1.2.840.113549.1.7.1")]);
    let authority = include_bytes!("../../tests/fixtures/authority.der");
    let certificates = der(Tag::Explicit(0), &[authority]);
    let bag = sequence(&[&[2, 1, 1], &none, &content, &certificates, &none]);
    let bag = der(Tag::Explicit(0), &[&bag]);
    let data = SignedData::parse(&sequence(&[&oid("1.2.840.113549.1.7.2"), &bag])).unwrap();
    assert_eq!((data.trailing(), data.signer_count()), (0, 0));
    assert_eq!(data.certificates(), [authority]);
    assert!(data.signers().is_empty() && data.verify(None, &[]).is_empty());
}
