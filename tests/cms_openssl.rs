//! CMS against the OpenSSL command line: it takes what Tamga makes, Tamga takes what it makes, and neither takes
//! what was changed.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

mod added;
mod algorithm_protection;
mod attribute_order;
mod candidates;
mod exchange;
mod gost;
mod long_document;
pub(crate) mod openssl;
mod resigned;
mod signer;
mod signing_certificate;

use self::exchange::{CONTENT, NOW, made_by_openssl, sign_and_verify, verify};
use self::openssl::Openssl;
use self::signer::{Signer, cms, put_together};
use tamga_core::{
    algorithm::{DigestAlgorithm, Padding, SignatureAlgorithm},
    certificate::Certificate,
    format::{
        Container, Content, FormatError, Level, Placement, Profile, Signed, SignerFailure,
        SignerWarning, Signing, prepare,
    },
};

/// Name, `openssl genpkey -algorithm`, padding asked for.
const LEAVES: [(&str, &str, Padding); 6] = [
    ("rsa", "RSA -pkeyopt rsa_keygen_bits:2048", Padding::Pkcs1),
    (
        "rsa-for-pss",
        "RSA -pkeyopt rsa_keygen_bits:2048",
        Padding::Pss,
    ),
    (
        "pss-only",
        "RSA-PSS -pkeyopt rsa_keygen_bits:2048",
        Padding::Pkcs1,
    ),
    (
        "p256",
        "EC -pkeyopt ec_paramgen_curve:P-256",
        Padding::Pkcs1,
    ),
    (
        "p384",
        "EC -pkeyopt ec_paramgen_curve:P-384",
        Padding::Pkcs1,
    ),
    (
        "p521",
        "EC -pkeyopt ec_paramgen_curve:P-521",
        Padding::Pkcs1,
    ),
];
/// Keys that are only verified with.
const FOREIGN_LEAVES: [(&str, &str); 7] = [
    ("secp256k1", "EC -pkeyopt ec_paramgen_curve:secp256k1"),
    ("bp256r1", "EC -pkeyopt ec_paramgen_curve:brainpoolP256r1"),
    ("bp256t1", "EC -pkeyopt ec_paramgen_curve:brainpoolP256t1"),
    ("bp384r1", "EC -pkeyopt ec_paramgen_curve:brainpoolP384r1"),
    ("bp384t1", "EC -pkeyopt ec_paramgen_curve:brainpoolP384t1"),
    ("bp512r1", "EC -pkeyopt ec_paramgen_curve:brainpoolP512r1"),
    (
        "bp512t1",
        "EC -pkeyopt ec_paramgen_curve:brainpoolP512t1 -pkeyopt point-format:compressed",
    ),
];
const RSA_1024: &str = "RSA -pkeyopt rsa_keygen_bits:1024";

#[test]
fn openssl_takes_what_tamga_makes() {
    let Some(openssl) = with_all_leaves() else {
        return;
    };
    for (name, _, padding) in LEAVES {
        let signer = Signer::new(&openssl, name, padding);
        for level in [Level::Plain, Level::Bes] {
            for attached in [true, false] {
                sign_and_verify(&openssl, &signer, level, attached, NOW);
            }
        }
    }
    // From 2050 on, signingTime is a GeneralizedTime (RFC 5652 §11.3).
    let signer = Signer::new(&openssl, "p256", Padding::Pkcs1);
    sign_and_verify(&openssl, &signer, Level::Bes, false, 2_550_000_000);
}

#[test]
fn tamga_takes_what_openssl_makes() {
    let Some(openssl) = with_all_leaves() else {
        return;
    };
    for (name, algorithm) in FOREIGN_LEAVES {
        openssl.leaf(name, algorithm);
    }
    for (name, options) in [
        ("rsa", "-nodetach"),
        ("rsa", ""),
        ("rsa", "-nodetach -stream"),
        ("rsa", "-keyid"),
        ("rsa", "-noattr"),
        ("rsa", "-md sha512"),
        ("rsa", "-cades"),
        ("rsa", "-nodetach -certfile middle.pem"),
        ("rsa", "-econtent_type 1.2.840.113549.1.9.16.1.4"),
        ("rsa", "-keyopt rsa_padding_mode:pss"),
        (
            "rsa",
            "-keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:7",
        ),
        (
            "rsa",
            "-keyopt rsa_padding_mode:pss -keyopt rsa_mgf1_md:sha512",
        ),
        (
            "rsa",
            "-md sha512 -keyopt rsa_padding_mode:pss -keyopt rsa_mgf1_md:sha1 -keyopt rsa_pss_saltlen:20",
        ),
        ("rsa", "-signer p384.pem -inkey p384.key"),
        ("pss-only", "-keyopt rsa_padding_mode:pss"),
        ("p256", "-stream -nodetach -keyid"),
        ("p256", "-md sha512"),
        ("p256", "-md sha224"),
        ("p384", "-cades"),
        ("p521", "-md sha256"),
        ("p521", "-noattr -nodetach"),
        ("rsa", "-md sha3-256"),
        ("secp256k1", ""),
        ("bp256r1", "-noattr"),
        ("bp256t1", ""),
        ("bp384r1", "-md sha512"),
        ("bp384t1", "-cades"),
        ("bp512r1", "-md sha512 -nodetach"),
        ("bp512t1", "-md sha256"),
    ] {
        let verdicts = made_by_openssl(&openssl, name, options);
        let signers = 1 + options.matches("-signer").count();
        assert_eq!(verdicts.len(), signers, "{name} {options}");
        for verdict in verdicts {
            assert_eq!(verdict.failure, None, "{name} {options}");
            assert_eq!(verdict.warnings, [], "{name} {options}");
            let cades = verdict.level == Level::Bes;
            assert_eq!(cades, options == "-cades", "{name} {options}");
        }
    }
}

#[test]
fn tamga_tells_what_is_wrong_with_what_openssl_makes() {
    let Some(openssl) = with_all_leaves() else {
        return;
    };
    openssl.leaf("rsa1024", RSA_1024);
    for (name, options, warning) in [
        ("rsa1024", "", SignerWarning::RsaShort),
        ("rsa", "-md sha1", SignerWarning::Sha1),
        ("rsa", "-md md5", SignerWarning::Md5),
    ] {
        let [verdict] = made_by_openssl(&openssl, name, options).try_into().unwrap();
        assert_eq!(verdict.failure, None, "{name} {options}");
        assert_eq!(verdict.warnings, [warning], "{name} {options}");
    }
    for (options, failure) in [
        ("-nocerts", SignerFailure::CertificateMissing),
        (
            "-noattr -econtent_type 1.2.840.113549.1.9.16.1.4",
            SignerFailure::AttributesMalformed,
        ),
    ] {
        let [verdict] = made_by_openssl(&openssl, "rsa", options)
            .try_into()
            .unwrap();
        assert_eq!(verdict.failure, Some(failure), "{options}");
    }
}

#[test]
fn one_flipped_bit_is_refused() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.leaf("rsa", LEAVES[0].1);
    let signer = Signer::new(&openssl, "rsa", Padding::Pkcs1);
    let profile = cms(Level::Bes, Placement::Detached);
    let made = signer.sign(&signer.content(CONTENT), profile, NOW);
    let document = put_together(&made.unwrap(), b"");
    assert_eq!(failure(&document, CONTENT), None);
    for at in 0..CONTENT.len() {
        let failure = failure(&document, &flipped(CONTENT, at));
        assert_eq!(
            failure,
            Some(Failure::Of(SignerFailure::ContentChanged)),
            "content, byte {at}"
        );
    }
    // SignerInfo comes last: everything behind its version is signed, the signature, or names its key or algorithm.
    let version = [0x02, 0x01, 0x01, 0x30];
    let start = document
        .windows(4)
        .rposition(|bytes| bytes == version)
        .unwrap()
        + 3;
    assert!(document.len() - start > 500);
    // But for the case of a letter in the issuer's name, Ү or ү, which says the same (RFC 5280 §7.1).
    let issuer = document.windows(2).skip(start);
    let other_case = start + 1 + issuer.take_while(|bytes| bytes != &"Ү".as_bytes()).count();
    assert_eq!(failure(&flipped(&document, other_case), CONTENT), None);
    for at in (start..document.len()).filter(|at| *at != other_case) {
        assert!(
            failure(&flipped(&document, at), CONTENT).is_some(),
            "byte {at} of {}",
            document.len()
        );
    }
}

#[test]
fn an_expired_certificate_and_a_wrong_one_are_told() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    for name in ["p256", "other"] {
        openssl.leaf(name, LEAVES[3].1);
    }
    let signer = Signer::new(&openssl, "p256", Padding::Pkcs1);
    let (content, profile) = (
        signer.content(CONTENT),
        cms(Level::Plain, Placement::Detached),
    );
    for (time, warning) in [
        (0, SignerWarning::CertificateNotYetValid),
        (4_000_000_000, SignerWarning::CertificateExpired),
    ] {
        let made = signer.sign(&content, profile, time).unwrap();
        let verdicts = verify(&put_together(&made, b""), CONTENT);
        assert_eq!(verdicts[0].warnings, [warning]);
        assert_eq!(verdicts[0].signing_time, i64::try_from(time).ok());
    }
    let signing = signer.signing(&content, profile, NOW);
    let by_another = Signer::new(&openssl, "other", Padding::Pkcs1);
    let prepared = prepare(&signing).unwrap();
    let signature = by_another.signature(&prepared.digest_to_sign());
    let refused = prepared.finish(&signature).unwrap_err();
    assert_eq!(refused, FormatError::SignatureInvalid);
}

#[test]
fn nothing_unfit_is_prepared() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.leaf("p256", LEAVES[3].1);
    openssl.leaf("rsa1024", RSA_1024);
    let signer = Signer::new(&openssl, "p256", Padding::Pkcs1);
    let sha256 = signer.content(CONTENT);
    let sha1 = Content {
        digest: DigestAlgorithm::Sha1.digest(CONTENT),
        ..sha256
    };
    let detached = cms(Level::Plain, Placement::Detached);
    let attached = cms(Level::Plain, Placement::Attached);
    let good = signer.signing(&sha256, detached, NOW);
    let refused = |signing: Signing<'_>| prepare(&signing).unwrap_err();
    let by = |algorithm| refused(Signing { algorithm, ..good });
    assert_eq!(
        refused(Signing {
            content: &sha1,
            ..good
        }),
        FormatError::DigestUnfit
    );
    assert_eq!(
        refused(Signing {
            content: &sha1,
            algorithm: SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha1),
            ..good
        }),
        FormatError::DigestUnfit
    );
    assert_eq!(
        by(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512)),
        FormatError::DigestUnfit
    );
    assert_eq!(
        by(SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256)),
        FormatError::KeyUnsupported
    );
    assert_eq!(
        refused(Signing {
            signing_time: u64::MAX,
            ..good
        }),
        FormatError::TimeOutOfRange
    );
    for (size, error) in [
        (Some(u64::MAX), FormatError::ContentTooLarge),
        (None, FormatError::ContentSizeMissing),
    ] {
        let digest = sha256.digest.clone();
        let content = &Content { digest, size };
        let profile = attached;
        assert_eq!(
            refused(Signing {
                content,
                profile,
                ..good
            }),
            error
        );
    }
    for container in [Container::Pdf, Container::Xml] {
        let profile = Profile {
            container,
            ..attached
        };
        assert_eq!(
            refused(Signing { profile, ..good }),
            FormatError::ProfileUnsupported
        );
    }
    let short = Certificate::parse(&openssl.read("rsa1024.der")).unwrap();
    let by_short_key = Signing {
        certificate: &short,
        algorithm: SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
        ..good
    };
    assert_eq!(
        prepare(&by_short_key).unwrap_err(),
        FormatError::KeyUnsupported
    );
    let short = short.key().verifying_key().unwrap();
    assert!(short.signs_with(Padding::Pkcs1).is_err());
}

/// A CA with a leaf of every kind, and the content.
fn with_all_leaves() -> Option<Openssl> {
    let openssl = Openssl::new()?;
    openssl.write("content", CONTENT);
    for (name, algorithm, _) in LEAVES {
        openssl.leaf(name, algorithm);
    }
    Some(openssl)
}

/// Why a document with one signer is refused.
#[derive(Debug, Eq, PartialEq)]
enum Failure {
    Unreadable,
    Of(SignerFailure),
}

fn failure(document: &[u8], content: &[u8]) -> Option<Failure> {
    let Ok(signed) = Signed::parse(document) else {
        return Some(Failure::Unreadable);
    };
    let verdicts = signed.verify(Some(&mut &*content), &[]);
    match verdicts.as_slice() {
        [verdict] => verdict.failure.map(Failure::Of),
        _ => Some(Failure::Unreadable),
    }
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1;
    bytes
}
