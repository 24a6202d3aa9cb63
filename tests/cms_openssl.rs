//! CMS against the OpenSSL command line: it takes what Tamga makes, Tamga takes what it makes, and neither takes
//! what was changed.

#[path = "cms/openssl.rs"]
mod openssl;

use openssl::Openssl;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use pkcs8::DecodePrivateKey as _;
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey};
use sha2::Sha256;
use tamga_core::{
    algorithm::{Digest, DigestAlgorithm, SignatureAlgorithm},
    cms::{
        CmsError, CmsFormat, Placement, SignedData, SignedDocument, SignerFailure, SignerVerdict,
        SignerWarning, Signing, prepare,
    },
};

const CONTENT: &[u8] = b"\xd0\xa2\xd0\xb0\xd0\xbc\xd2\x93\xd0\xb0\r\n\0\n";
/// 2026-11-22
const NOW: u64 = 1_795_000_000;

/// Name, `openssl genpkey -algorithm`, PSS asked for.
const LEAVES: [(&str, &[&str], bool); 6] = [
    ("rsa", &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"], false),
    (
        "rsa-for-pss",
        &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        true,
    ),
    (
        "pss-only",
        &["RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
        false,
    ),
    (
        "p256",
        &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        false,
    ),
    (
        "p384",
        &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        false,
    ),
    (
        "p521",
        &["EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
        false,
    ),
];

#[test]
fn openssl_takes_what_tamga_makes() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.write("content", CONTENT);
    for (name, algorithm, pss) in LEAVES {
        openssl.leaf(name, algorithm);
        let signer = Signer::new(&openssl, name, pss);
        for format in [CmsFormat::Cms, CmsFormat::CadesBes] {
            for attached in [true, false] {
                signer.sign_and_verify(format, attached, NOW);
            }
        }
    }
    // From 2050 on, signingTime is a GeneralizedTime (RFC 5652 §11.3).
    let signer = Signer::new(&openssl, "p256", false);
    signer.sign_and_verify(CmsFormat::CadesBes, false, 2_550_000_000);
}

#[test]
fn tamga_takes_what_openssl_makes() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.write("content", CONTENT);
    for (name, algorithm, _) in LEAVES {
        openssl.leaf(name, algorithm);
    }
    openssl.leaf("rsa1024", &["RSA", "-pkeyopt", "rsa_keygen_bits:1024"]);
    let pss: &[&str] = &["-keyopt", "rsa_padding_mode:pss"];
    let short_salt: &[&str] = &[pss, &["-keyopt", "rsa_pss_saltlen:7"]].concat();
    let two: &[&str] = &["-signer", "p384.pem", "-inkey", "p384.key"];
    let unlike_data: &[&str] = &["-econtent_type", "1.2.840.113549.1.9.16.1.4"];
    for (name, options) in [
        ("rsa", &["-nodetach"] as &[&str]),
        ("rsa", &[]),
        ("rsa", &["-nodetach", "-stream"]),
        ("rsa", &["-keyid"]),
        ("rsa", &["-noattr"]),
        ("rsa", &["-md", "sha512"]),
        ("rsa", &["-cades"]),
        ("rsa", &["-nodetach", "-certfile", "middle.pem"]),
        ("rsa", unlike_data),
        ("rsa", pss),
        ("rsa", short_salt),
        ("rsa", two),
        ("pss-only", pss),
        ("p256", &["-stream", "-nodetach", "-keyid"]),
        ("p256", &["-md", "sha512"]),
        ("p256", &["-md", "sha224"]),
        ("p384", &["-cades"]),
        ("p521", &["-md", "sha256"]),
        ("p521", &["-noattr", "-nodetach"]),
    ] {
        let verdicts = made_by_openssl(&openssl, name, options);
        let signers = if options == two { 2 } else { 1 };
        assert_eq!(verdicts.len(), signers, "{name} {options:?}");
        for verdict in verdicts {
            assert_eq!(verdict.failure, None, "{name} {options:?}");
            assert_eq!(verdict.warnings, [], "{name} {options:?}");
            let cades = options.contains(&"-cades");
            assert_eq!(
                verdict.level == CmsFormat::CadesBes,
                cades,
                "{name} {options:?}"
            );
        }
    }
    for (name, options, warnings, failure) in [
        (
            "rsa1024",
            &[] as &[&str],
            &[SignerWarning::RsaShort] as &[_],
            None,
        ),
        ("rsa", &["-md", "sha1"], &[SignerWarning::Sha1], None),
        (
            "rsa",
            &["-md", "md5"],
            &[],
            Some(SignerFailure::AlgorithmWeak),
        ),
        (
            "rsa",
            &["-md", "sha3-256"],
            &[],
            Some(SignerFailure::AlgorithmUnsupported),
        ),
        (
            "rsa",
            &["-nocerts"],
            &[],
            Some(SignerFailure::CertificateMissing),
        ),
        (
            "rsa",
            &["-noattr", "-econtent_type", "1.2.840.113549.1.9.16.1.4"],
            &[],
            Some(SignerFailure::AttributesMalformed),
        ),
    ] {
        let [verdict] = made_by_openssl(&openssl, name, options).try_into().unwrap();
        assert_eq!(verdict.warnings, warnings, "{name} {options:?}");
        assert_eq!(verdict.failure, failure, "{name} {options:?}");
    }
}

#[test]
fn one_flipped_bit_is_refused() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.leaf("rsa", LEAVES[0].1);
    let signer = Signer::new(&openssl, "rsa", false);
    let made = signer
        .sign(CmsFormat::CadesBes, Placement::Detached, NOW)
        .unwrap();
    let document = [made.head, made.tail].concat();
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
    for at in start..document.len() {
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
    let signer = Signer::new(&openssl, "p256", false);
    for (time, warning) in [
        (0, SignerWarning::CertificateNotYetValid),
        (4_000_000_000, SignerWarning::CertificateExpired),
    ] {
        let made = signer
            .sign(CmsFormat::Cms, Placement::Detached, time)
            .unwrap();
        let verdicts = verify(&[made.head, made.tail].concat(), CONTENT);
        assert_eq!(verdicts[0].warnings, [warning]);
        assert_eq!(verdicts[0].signing_time, Some(time));
    }
    let digest = DigestAlgorithm::Sha256.digest(CONTENT);
    let signing = signer.signing(&digest, CmsFormat::Cms, NOW);
    let by_another = Signer::new(&openssl, "other", false);
    let prepared = prepare(&signing).unwrap();
    let signature = by_another.signature(&prepared.digest_to_sign());
    let refused = prepared
        .finish(&signature, Placement::Detached)
        .unwrap_err();
    assert_eq!(refused, CmsError::SignatureInvalid);
}

#[test]
fn nothing_unfit_is_prepared() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.leaf("p256", LEAVES[3].1);
    openssl.leaf("rsa1024", &["RSA", "-pkeyopt", "rsa_keygen_bits:1024"]);
    let [sha1, sha256] =
        [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256].map(|a| a.digest(CONTENT));
    let signer = Signer::new(&openssl, "p256", false);
    let good = signer.signing(&sha256, CmsFormat::Cms, NOW);
    let no_certificate = [b"no certificate".to_vec()];
    let refused = |signing: Signing<'_>| prepare(&signing).unwrap_err();
    let by = |algorithm| refused(Signing { algorithm, ..good });
    assert_eq!(
        refused(Signing {
            digest: &sha1,
            ..good
        }),
        CmsError::DigestUnfit
    );
    assert_eq!(
        refused(Signing {
            digest: &sha1,
            algorithm: SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha1),
            ..good
        }),
        CmsError::DigestUnfit
    );
    assert_eq!(
        by(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512)),
        CmsError::DigestUnfit
    );
    assert_eq!(
        by(SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256)),
        CmsError::KeyUnsupported
    );
    assert_eq!(
        refused(Signing {
            certificate: b"",
            ..good
        }),
        CmsError::CertificateMalformed
    );
    assert_eq!(
        refused(Signing {
            chain: &no_certificate,
            ..good
        }),
        CmsError::CertificateMalformed
    );
    assert_eq!(
        refused(Signing {
            signing_time: u64::MAX,
            ..good
        }),
        CmsError::TimeOutOfRange
    );
    let too_large = Placement::Attached { size: u64::MAX };
    let refused = signer.sign(CmsFormat::Cms, too_large, NOW).unwrap_err();
    assert_eq!(refused, CmsError::ContentTooLarge);
    let short = spki(&openssl, "rsa1024");
    assert!(SignatureAlgorithm::for_key(&short, false).is_err());
}

/// The length at the start of a document of 5 GiB is that of the whole.
#[test]
fn an_attached_document_may_be_longer_than_memory() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.leaf("p256", LEAVES[3].1);
    let size = 5 << 30;
    let signer = Signer::new(&openssl, "p256", false);
    let made = signer
        .sign(CmsFormat::Cms, Placement::Attached { size }, NOW)
        .unwrap();
    let [0x30, 0x85, length @ ..] = made.head.as_slice() else {
        panic!("{:02x?}", made.head);
    };
    let length = length[..5]
        .iter()
        .fold(0, |length, octet| length << 8 | u64::from(*octet));
    let rest = made.head.len() - 7 + made.tail.len();
    assert_eq!(length, size + u64::try_from(rest).unwrap());
    assert!(made.head.ends_with(&[0x04, 0x85, 1, 0x40, 0, 0, 0]));
}

/// A leaf certificate with its key.
struct Signer<'a> {
    openssl: &'a Openssl,
    name: &'a str,
    certificate: Vec<u8>,
    chain: [Vec<u8>; 2],
    algorithm: SignatureAlgorithm,
}

impl<'a> Signer<'a> {
    fn new(openssl: &'a Openssl, name: &'a str, pss: bool) -> Self {
        let certificate = openssl.read(&format!("{name}.der"));
        Self {
            openssl,
            name,
            // The signer's own certificate once more: it must not come out twice.
            chain: [certificate.clone(), openssl.read("middle.der")],
            certificate,
            algorithm: SignatureAlgorithm::for_key(&spki(openssl, name), pss).unwrap(),
        }
    }

    fn signing<'b>(
        &'b self,
        digest: &'b Digest,
        format: CmsFormat,
        signing_time: u64,
    ) -> Signing<'b> {
        Signing {
            certificate: &self.certificate,
            chain: &self.chain,
            digest,
            format,
            algorithm: self.algorithm,
            signing_time,
        }
    }

    fn sign(
        &self,
        format: CmsFormat,
        placement: Placement,
        time: u64,
    ) -> Result<SignedDocument, CmsError> {
        let digest = self.algorithm.digest().digest(CONTENT);
        let prepared = prepare(&self.signing(&digest, format, time))?;
        let signature = self.signature(&prepared.digest_to_sign());
        prepared.finish(&signature, placement)
    }

    fn signature(&self, digest: &Digest) -> Vec<u8> {
        let key = self.openssl.read(&format!("{}.p8", self.name));
        let digest = digest.bytes();
        match self.algorithm {
            SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256) => {
                let key = p256::ecdsa::SigningKey::from_pkcs8_der(&key).unwrap();
                let signature: p256::ecdsa::DerSignature = key.sign_prehash(&digest).unwrap();
                signature.as_bytes().to_vec()
            }
            SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384) => {
                let key = p384::ecdsa::SigningKey::from_pkcs8_der(&key).unwrap();
                let signature: p384::ecdsa::DerSignature = key.sign_prehash(&digest).unwrap();
                signature.as_bytes().to_vec()
            }
            SignatureAlgorithm::Ecdsa(_) => {
                let key = p521::ecdsa::SigningKey::from_pkcs8_der(&key).unwrap();
                let signature: p521::ecdsa::DerSignature = key.sign_prehash(&digest).unwrap();
                signature.as_bytes().to_vec()
            }
            SignatureAlgorithm::RsaPkcs1(_) => {
                let key = RsaPrivateKey::from_pkcs8_der(&key).unwrap();
                key.sign(Pkcs1v15Sign::new::<Sha256>(), &digest).unwrap()
            }
            SignatureAlgorithm::RsaPss(_) | SignatureAlgorithm::RsaPssSalted(..) => {
                let key = RsaPrivateKey::from_pkcs8_der(&key).unwrap();
                key.sign(Pss::<Sha256>::new(), &digest).unwrap()
            }
        }
    }

    /// Signs, and lets OpenSSL and Tamga verify it.
    fn sign_and_verify(&self, format: CmsFormat, attached: bool, time: u64) {
        let size = u64::try_from(CONTENT.len()).unwrap();
        let placement = if attached {
            Placement::Attached { size }
        } else {
            Placement::Detached
        };
        let made = self.sign(format, placement, time).unwrap();
        let content = if attached { CONTENT } else { b"" };
        let document = [&made.head, content, &made.tail].concat();
        self.openssl.write("made.p7s", &document);
        let mut command = vec![
            "cms", "-verify", "-binary", "-inform", "DER", "-in", "made.p7s",
        ];
        command.extend(["-CAfile", "root.pem", "-purpose", "any", "-out", "verified"]);
        if !attached {
            command.extend(["-content", "content"]);
        }
        if format == CmsFormat::CadesBes {
            command.push("-cades");
        }
        self.openssl.run(&command);
        assert_eq!(self.openssl.read("verified"), CONTENT, "{}", self.name);

        let data = SignedData::parse(&document).unwrap();
        assert_eq!(data.content(), attached.then_some(CONTENT));
        assert_eq!(data.certificates().len(), 2);
        let [verdict] = verify(&document, CONTENT).try_into().unwrap();
        assert_eq!(
            (verdict.failure, verdict.level),
            (None, format),
            "{}",
            self.name
        );
        assert_eq!(verdict.signing_time, Some(time));
    }
}

/// The SubjectPublicKeyInfo of a leaf, by OpenSSL.
fn spki(openssl: &Openssl, name: &str) -> Vec<u8> {
    let key = format!("{name}.key");
    openssl.run(&[
        "pkey", "-in", &key, "-pubout", "-outform", "DER", "-out", "spki.der",
    ]);
    openssl.read("spki.der")
}

/// What Tamga says of a signature made by `openssl cms -sign`.
fn made_by_openssl(openssl: &Openssl, name: &str, options: &[&str]) -> Vec<SignerVerdict> {
    let [certificate, key] = ["pem", "key"].map(|end| format!("{name}.{end}"));
    let sign = [
        "cms",
        "-sign",
        "-binary",
        "-in",
        "content",
        "-outform",
        "DER",
        "-out",
        "theirs.p7s",
    ];
    let signer = ["-signer", &certificate, "-inkey", &key];
    openssl.run(&[&sign, signer.as_slice(), options].concat());
    verify(&openssl.read("theirs.p7s"), CONTENT)
}

fn verify(document: &[u8], content: &[u8]) -> Vec<SignerVerdict> {
    let data = SignedData::parse(document).unwrap();
    data.verify(|algorithm| Some(algorithm.digest(content)))
}

/// Why a document with one signer is refused.
#[derive(Debug, Eq, PartialEq)]
enum Failure {
    Unreadable,
    Of(SignerFailure),
}

fn failure(document: &[u8], content: &[u8]) -> Option<Failure> {
    let Ok(data) = SignedData::parse(document) else {
        return Some(Failure::Unreadable);
    };
    let verdicts = data.verify(|algorithm| Some(algorithm.digest(content)));
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
