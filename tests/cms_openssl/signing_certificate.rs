//! The ESS attributes, which bind a signature to one certificate (RFC 2634 §5.4, RFC 5035 §3). Without `-cades`
//! OpenSSL does not look at them: to it these signatures are all good, so what is refused is refused for them.

use super::{
    exchange::{CONTENT, NOW, verify},
    openssl::Openssl,
    resigned::{attribute, resigned},
    signer::{Signer, cms, put_together},
};
use der::{Any, Encode as _, Tag};
use tamga_core::{
    algorithm::{DigestAlgorithm, Padding},
    certificate::Certificate,
    format::{Level, Placement, SignerFailure},
};

const V1: &str = "1.2.840.113549.1.9.16.2.12";
const V2: &str = "1.2.840.113549.1.9.16.2.47";
const VERIFY: &str = "cms -verify -binary -inform DER -in made.p7s -content content -CAfile root.pem -purpose any -out out";

const BOUND: (Option<SignerFailure>, Level) = (None, Level::Bes);
const MISMATCH: (Option<SignerFailure>, Level) =
    (Some(SignerFailure::CertificateMismatch), Level::Plain);
const MALFORMED: (Option<SignerFailure>, Level) =
    (Some(SignerFailure::AttributesMalformed), Level::Plain);

#[test]
fn a_signature_is_bound_to_its_own_certificate_alone() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.write("content", CONTENT);
    openssl.leaf("rsa", "RSA -pkeyopt rsa_keygen_bits:2048");
    openssl.leaf("other", "EC -pkeyopt ec_paramgen_curve:P-256");
    let signer = Signer::new(&openssl, "rsa", Padding::Pkcs1);
    let read = |name: &str| Certificate::parse(&openssl.read(&format!("{name}.der"))).unwrap();
    // The other one has the same issuer, the third one another.
    let [own, other, middle] = ["rsa", "other", "middle"].map(read);

    let v1 = sha1;
    let v2 = |certificate: &Certificate| id(certificate, None);
    let named = |certificate: &Certificate, issuer: &Certificate, serial: &Certificate| {
        id(certificate, Some(issuer_serial(issuer, serial)))
    };
    for (case, attributes, expected) in [
        ("its own", vec![(V2, vec![v2(&own)])], BOUND),
        ("its own by SHA-512", vec![(V2, vec![sha512(&own)])], BOUND),
        (
            "its own by issuer and serial number too",
            vec![(V2, vec![named(&own, &own, &own)])],
            BOUND,
        ),
        (
            "its own, then its issuer's",
            vec![(V2, vec![v2(&own), v2(&middle)])],
            BOUND,
        ),
        ("its own by SHA-1", vec![(V1, vec![v1(&own)])], BOUND),
        (
            "its own twice over",
            vec![(V1, vec![v1(&own)]), (V2, vec![v2(&own)])],
            BOUND,
        ),
        ("another's hash", vec![(V2, vec![v2(&other)])], MISMATCH),
        (
            "another's hash, its own issuer and serial number",
            vec![(V2, vec![named(&other, &own, &own)])],
            MISMATCH,
        ),
        (
            "its own hash, another's serial number",
            vec![(V2, vec![named(&own, &own, &other)])],
            MISMATCH,
        ),
        (
            "its own hash, another's issuer",
            vec![(V2, vec![named(&own, &middle, &own)])],
            MISMATCH,
        ),
        (
            "its own hash, its own issuer as an X.400 address",
            vec![(V2, vec![id(&own, Some(issuer_serial_as(3, &own, &own)))])],
            MISMATCH,
        ),
        (
            "another's hash, issuer and serial number",
            vec![(V2, vec![named(&other, &other, &other)])],
            MISMATCH,
        ),
        (
            "another's first, its own second",
            vec![(V2, vec![v2(&other), v2(&own)])],
            MISMATCH,
        ),
        (
            "its issuer's first, its own second",
            vec![(V2, vec![v2(&middle), v2(&own)])],
            MISMATCH,
        ),
        ("another's by SHA-1", vec![(V1, vec![v1(&other)])], MISMATCH),
        (
            "another's by SHA-1, its own by SHA-256",
            vec![(V1, vec![v1(&other)]), (V2, vec![v2(&own)])],
            MISMATCH,
        ),
        (
            "its own by SHA-1, another's by SHA-256",
            vec![(V1, vec![v1(&own)]), (V2, vec![v2(&other)])],
            MISMATCH,
        ),
    ] {
        let made = made(&signer, &attributes);
        openssl.write("made.p7s", &made);
        openssl.run(VERIFY);
        let [verdict] = verify(&made, CONTENT).try_into().unwrap();
        assert_eq!((verdict.failure, verdict.level), expected, "{case}");
        let cades = openssl.succeeds(&format!("{VERIFY} -cades"));
        assert_eq!(cades, expected == BOUND, "OpenSSL: {case}");
    }
}

/// RFC 5652 §11 and RFC 5035 §3: the attribute stands once, with one value, which names a certificate.
#[test]
fn an_attribute_that_names_no_certificate_is_malformed() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.leaf("rsa", "RSA -pkeyopt rsa_keygen_bits:2048");
    let signer = Signer::new(&openssl, "rsa", Padding::Pkcs1);
    let own = Certificate::parse(&openssl.read("rsa.der")).unwrap();
    let list = sequence(&[&id(&own, None)]);
    let no_serial = id(&own, Some(sequence(&[])));
    for (case, values) in [
        ("no certificate", vec![sequence(&[])]),
        ("no list", vec![Vec::new()]),
        (
            "two values",
            vec![list.clone(), [&list[..], &list].concat()],
        ),
        ("an empty IssuerSerial", vec![sequence(&[&no_serial])]),
    ] {
        let made = resigned(&signer, &plain(&signer), |entry| {
            let attributes = entry.signed_attrs.as_mut().unwrap();
            attributes.insert(attribute(V2, &values)).unwrap();
        });
        let [verdict] = verify(&made, CONTENT).try_into().unwrap();
        assert_eq!((verdict.failure, verdict.level), MALFORMED, "{case}");
    }
}

/// A detached signature with these attributes, each of one value with these ESSCertIDs.
fn made(signer: &Signer, ess: &[(&str, Vec<Vec<u8>>)]) -> Vec<u8> {
    resigned(signer, &plain(signer), |entry| {
        let attributes = entry.signed_attrs.as_mut().unwrap();
        for (oid, ids) in ess {
            let ids: Vec<&[u8]> = ids.iter().map(Vec::as_slice).collect();
            attributes
                .insert(attribute(oid, &[sequence(&ids)]))
                .unwrap();
        }
    })
}

/// A detached signature without an ESS attribute.
fn plain(signer: &Signer) -> Vec<u8> {
    let profile = cms(Level::Plain, Placement::Detached);
    let made = signer.sign(&signer.content(CONTENT), profile, NOW);
    put_together(&made.unwrap(), b"")
}

/// ESSCertIDv2 with the default digest, SHA-256.
fn id(certificate: &Certificate, issuer_serial: Option<Vec<u8>>) -> Vec<u8> {
    let hash = DigestAlgorithm::Sha256.digest(certificate.der()).bytes();
    let hash = element(Tag::OctetString, &hash);
    sequence(&[&hash, &issuer_serial.unwrap_or_default()])
}

/// ESSCertIDv2 with SHA-512.
fn sha512(certificate: &Certificate) -> Vec<u8> {
    let digest = DigestAlgorithm::Sha512;
    let algorithm = sequence(&[&digest.oid().to_der().unwrap()]);
    let hash = element(Tag::OctetString, &digest.digest(certificate.der()).bytes());
    sequence(&[&algorithm, &hash])
}

/// ESSCertID, whose digest is SHA-1.
fn sha1(certificate: &Certificate) -> Vec<u8> {
    let hash = DigestAlgorithm::Sha1.digest(certificate.der()).bytes();
    sequence(&[&element(Tag::OctetString, &hash)])
}

/// IssuerSerial with the issuer of one certificate and the serial number of another.
fn issuer_serial(issuer: &Certificate, serial: &Certificate) -> Vec<u8> {
    issuer_serial_as(4, issuer, serial)
}

/// The same with the issuer in this form of a GeneralName: 4 is directoryName.
fn issuer_serial_as(form: u32, issuer: &Certificate, serial: &Certificate) -> Vec<u8> {
    let tag = Tag::ContextSpecific {
        constructed: true,
        number: der::TagNumber(form),
    };
    let name = element(tag, issuer.issuer().der());
    let serial = element(Tag::Integer, serial.raw_serial());
    sequence(&[&sequence(&[&name]), &serial])
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(Tag::Sequence, &parts.concat())
}

fn element(tag: Tag, content: &[u8]) -> Vec<u8> {
    Any::new(tag, content).unwrap().to_der().unwrap()
}
