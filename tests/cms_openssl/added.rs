//! What is added to a signature later: timestamps that OpenSSL makes, and countersignatures.

use super::{
    exchange::{CONTENT, NOW},
    openssl::Openssl,
    resigned::resigned,
    signer::{Signer, cms, put_together},
};
use crate::{
    revocation_openssl::CONFIGURATION,
    support::der::{Tag, der},
};
use cms::{
    content_info::ContentInfo,
    signed_data::{SignedData as Cms, SignerInfo, SignerInfos},
};
use der::{
    Any, Decode as _, Encode as _,
    asn1::{OctetString, SetOfVec},
};
use tamga_core::{
    algorithm::{DigestAlgorithm, Padding},
    certificate::Certificate,
    check::{GivenFile, InputFile, TrustInputs, check},
    cms::{SignedData, SignerDetails, TimestampFailure, TimestampKind, UncheckedAttribute},
    format::{Hashing, Level, Placement, SignatureState, SignerFailure},
    protocol::{CheckedSigner, Conclusion, EvidenceOrigin, SubIndication},
    trust::{Anchor, AnchorClass},
};
use x509_cert::attr::Attribute;

const AUTHORITY: &[u8] = b"
[tsa]
basicConstraints=CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
[t]
serial=serial
default_policy=1.2.3.4
digests=sha256,sha384
signer_digest=sha256
ess_cert_id_alg=sha256
accuracy=secs:1
";
const TIMESTAMP: &str = "1.2.840.113549.1.9.16.2.14";
const COUNTERSIGNATURE: &str = "1.2.840.113549.1.9.6";
const ARCHIVE: &str = "1.2.840.113549.1.9.16.2.48";
/// Seconds in a year.
const YEAR: i64 = 365 * 24 * 60 * 60;
const CERTIFICATE_VALUES: &str = "1.2.840.113549.1.9.16.2.23";
const REVOCATION_VALUES: &str = "1.2.840.113549.1.9.16.2.24";
const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";

fn signer_info(signature: &[u8]) -> SignerInfo {
    let info = ContentInfo::from_der(signature).unwrap();
    let data: Cms = info.content.decode_as().unwrap();
    data.signer_infos.0.as_slice()[0].clone()
}

/// The signature with these unsigned attributes.
fn der_with_added(signature: &[u8], added: &[(&str, Vec<Vec<u8>>)]) -> Vec<u8> {
    let info = ContentInfo::from_der(signature).unwrap();
    let mut data: Cms = info.content.decode_as().unwrap();
    let mut entry = data.signer_infos.0.as_slice()[0].clone();
    let attributes = added.iter().map(|(oid, values)| Attribute {
        oid: oid.parse().unwrap(),
        values: SetOfVec::from_iter(values.iter().map(|it| Any::from_der(it).unwrap())).unwrap(),
    });
    entry.unsigned_attrs = Some(SetOfVec::from_iter(attributes).unwrap());
    data.signer_infos = SignerInfos::from(SetOfVec::try_from(vec![entry]).unwrap());
    let info = ContentInfo {
        content: Any::encode_from(&data).unwrap(),
        ..info
    };
    info.to_der().unwrap()
}

fn with_added(signature: &[u8], added: &[(&str, Vec<Vec<u8>>)]) -> SignedData {
    let data = SignedData::parse(&der_with_added(signature, added)).unwrap();
    // What is added changes nothing about the signature.
    assert_eq!(data.verify(Some(&mut &*CONTENT), &[])[0].failure, None);
    data
}

fn details(signature: &[u8], added: &[(&str, Vec<Vec<u8>>)]) -> SignerDetails {
    let data = with_added(signature, added);
    let [details] = data.details(None, &[]).try_into().unwrap();
    details
}

/// A document that Ivan signed, and OpenSSL's authority of timestamps.
fn signed(openssl: &Openssl) -> Vec<u8> {
    openssl.leaf("ivan", "EC -pkeyopt ec_paramgen_curve:P-256");
    openssl.leaf("tsa", "RSA -pkeyopt rsa_keygen_bits:2048");
    openssl.write("tsa.cnf", AUTHORITY);
    openssl.write("serial", b"01");
    let by = "-CA middle.pem -CAkey middle.key -CAcreateserial";
    openssl.run(&format!(
        "x509 -req -in tsa.csr -days 30 -extfile tsa.cnf -extensions tsa {by} -out tsa.pem"
    ));
    let signer = Signer::new(openssl, "ivan", Padding::Pkcs1);
    let profile = cms(Level::Bes, Placement::Detached);
    let made = signer.sign(&signer.content(CONTENT), profile, NOW);
    put_together(&made.unwrap(), b"")
}

/// A timestamp over these bytes.
fn timestamp(openssl: &Openssl, message: &[u8], digest: &str, options: &str) -> Vec<u8> {
    openssl.write("message", message);
    openssl.run(&format!(
        "ts -query -data message -{digest} -cert -out query"
    ));
    openssl.run(&format!(
        "ts -reply -queryfile query -signer tsa.pem -inkey tsa.key -config tsa.cnf -section t {options} -token_out -out token"
    ));
    openssl
        .run("ts -verify -data message -in token -token_in -CAfile root.pem -untrusted middle.pem");
    openssl.read("token")
}

#[test]
fn timestamps_prove_the_time_of_their_own_signature() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    let signature = signed(&openssl);
    let value = signer_info(&signature).signature.as_bytes().to_vec();
    let good = timestamp(&openssl, &value, "sha256", "");
    let stronger = timestamp(&openssl, &value, "sha384", "-chain middle.pem");
    let other = timestamp(&openssl, CONTENT, "sha256", "");
    let mut forged = good.clone();
    *forged.last_mut().unwrap() ^= 1;
    let unsigned = ContentInfo::from_der(&good).unwrap();
    let mut bag: Cms = unsigned.content.decode_as().unwrap();
    bag.signer_infos = SignerInfos::from(SetOfVec::new());
    let unsigned = ContentInfo {
        content: Any::encode_from(&bag).unwrap(),
        ..unsigned
    };

    for (token, failure) in [
        (good.clone(), None),
        (stronger, None),
        (other, Some(TimestampFailure::OtherMessage)),
        (forged, Some(TimestampFailure::SignatureInvalid)),
        (
            unsigned.to_der().unwrap(),
            Some(TimestampFailure::Malformed),
        ),
        (signature.clone(), Some(TimestampFailure::Malformed)),
        (vec![5, 0], Some(TimestampFailure::Malformed)),
    ] {
        let found = details(&signature, &[(TIMESTAMP, vec![token])]);
        let [timestamp] = &*found.timestamps else {
            panic!("{found:?}");
        };
        assert_eq!(timestamp.failure, failure);
        if failure.is_none() {
            let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
            let ago = i64::try_from(now).unwrap() - timestamp.time.unwrap();
            assert!((0..600).contains(&ago), "{ago}");
            assert!(!timestamp.embedded.certificates.is_empty());
            assert_eq!(timestamp.kind, TimestampKind::Signature);
        }
    }
    // Two in one attribute, and what is only told.
    let found = details(
        &signature,
        &[
            (TIMESTAMP, vec![good.clone(), vec![5, 0]]),
            (ARCHIVE, vec![vec![5, 0]]),
        ],
    );
    let mut failures: Vec<_> = found.timestamps.iter().map(|it| it.failure).collect();
    failures.sort_by_key(Option::is_some);
    let malformed = Some(TimestampFailure::Malformed);
    assert_eq!(failures, [None, malformed, malformed]);
    assert_eq!(found.timestamps[2].kind, TimestampKind::Archive);
    assert_eq!(found.unchecked, []);
    // More than are verified.
    let many = (0..17_u8).map(|number| vec![4, 1, number]).collect();
    let found = details(&signature, &[(TIMESTAMP, many)]);
    assert_eq!(found.timestamps.len(), 16);
    assert_eq!(found.unchecked, [UncheckedAttribute::More]);
}

#[test]
fn countersignatures_are_of_the_signature() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    let signature = signed(&openssl);
    openssl.leaf("mary", "EC -pkeyopt ec_paramgen_curve:P-384");
    let mary = Signer::new(&openssl, "mary", Padding::Pkcs1);
    let certificate = openssl.read("mary.der");
    let countersigned = |message: &[u8]| {
        let profile = cms(Level::Bes, Placement::Detached);
        let made = mary.sign(&mary.content(message), profile, NOW).unwrap();
        // RFC 5652 §11.4: no content type.
        let made = resigned(&mary, &put_together(&made, b""), |entry| {
            let attributes = entry.signed_attrs.take().unwrap().into_vec().into_iter();
            let others = attributes.filter(|it| it.oid.to_string() != CONTENT_TYPE);
            entry.signed_attrs = Some(SetOfVec::from_iter(others).unwrap());
        });
        signer_info(&made)
    };
    let value = signer_info(&signature).signature.as_bytes().to_vec();
    let good = countersigned(&value);
    let mut forged = good.clone();
    let mut octets = forged.signature.as_bytes().to_vec();
    *octets.last_mut().unwrap() ^= 1;
    forged.signature = OctetString::new(octets).unwrap();
    for (entry, known, failure) in [
        (good.clone(), true, None),
        (good, false, Some(SignerFailure::CertificateMissing)),
        (forged, true, Some(SignerFailure::SignatureInvalid)),
        (
            countersigned(b"another"),
            true,
            Some(SignerFailure::ContentChanged),
        ),
    ] {
        let data = with_added(
            &signature,
            &[(COUNTERSIGNATURE, vec![entry.to_der().unwrap()])],
        );
        let known = match known {
            true => vec![certificate.clone()],
            false => Vec::new(),
        };
        let [details] = data.details(None, &known).try_into().unwrap();
        let [verdict] = &*details.countersignatures else {
            panic!("{details:?}");
        };
        assert_eq!(verdict.failure, failure);
    }
}

/// Nothing but these anchors.
fn trusting(anchors: &[Anchor]) -> TrustInputs<'_> {
    TrustInputs {
        anchors,
        certificates: &[],
        lists: Vec::new(),
        answers: Vec::new(),
        kept: None,
        servers: None,
        revocation: false,
        national: &[],
    }
}

/// What the only signer comes to.
fn checked(signature: &[u8], trust: &TrustInputs<'_>, time: i64) -> CheckedSigner {
    let mut files = [
        ("act.p7s", InputFile::read(signature), signature.to_vec()),
        ("act", InputFile::Document, CONTENT.to_vec()),
    ]
    .map(|(name, input, bytes)| {
        let mut hashing = Hashing::new(&[DigestAlgorithm::Sha256]);
        hashing.update(&bytes);
        let document = hashing.finish();
        GivenFile {
            name: name.to_owned(),
            input,
            digests: document.digests().to_vec(),
            document: Box::new(document),
        }
    });
    let report = check(&mut files, None, Some(trust), time);
    let [file] = report.signatures.try_into().unwrap();
    let [signer] = file.signers.try_into().unwrap();
    signer
}

/// A list of each authority that OpenSSL makes, as revocation-values have them (ETSI EN 319 122-1 annex A.1.2.2).
fn revocation_values(openssl: &Openssl, index: &str, times: &str) -> Vec<u8> {
    openssl.write("lists.cnf", CONFIGURATION);
    openssl.write("number", b"1000\n");
    openssl.write("index.txt.attr", b"unique_subject=no\n");
    openssl.write("index.txt", index.as_bytes());
    let lists = ["root", "middle"].map(|authority| {
        openssl.run(&format!(
            "ca -gencrl -config lists.cnf -cert {authority}.pem -keyfile {authority}.key {times} -out list.pem"
        ));
        openssl.run("crl -in list.pem -outform DER -out list.der");
        openssl.read("list.der")
    });
    let lists = der(Tag::Sequence, &[&lists.concat()]);
    der(Tag::Sequence, &[&der(Tag::Explicit(0), &[&lists])])
}

/// What was known about revocation when it was signed lies inside of the signature: it counts for that time, and nobody has
/// to be asked.
#[test]
fn evidence_inside_counts_at_the_proven_time() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    let signature = signed(&openssl);
    let value = signer_info(&signature).signature.as_bytes().to_vec();
    let token = timestamp(&openssl, &value, "sha256", "-chain middle.pem");
    let forever = YEAR * 20 + i64::try_from(NOW).unwrap();
    openssl.run("x509 -in root.pem -outform DER -out root.der");
    let root = Certificate::parse(&openssl.read("root.der")).unwrap();
    let anchors = [Anchor::new(root, AnchorClass::Given)];
    let trust = TrustInputs {
        revocation: true,
        ..trusting(&anchors)
    };
    let certificates = der(Tag::Sequence, &[&openssl.read("middle.der")]);
    let ivan = Certificate::parse(&openssl.read("ivan.der")).unwrap();
    let revoked = format!(
        "R\t391231235959Z\t260101000000Z,keyCompromise\t{}\tunknown\t/CN=ivan\n",
        ivan.serial().to_uppercase()
    );
    let old = "-crl_lastupdate 20260101000000Z -crl_nextupdate 20260108000000Z";
    for (values, conclusion, from) in [
        (None, Conclusion::Expired, None),
        (
            Some(revocation_values(&openssl, "", "")),
            Conclusion::Valid,
            Some(EvidenceOrigin::Signature),
        ),
        // Too old at that time.
        (
            Some(revocation_values(&openssl, "", old)),
            Conclusion::Expired,
            None,
        ),
        (
            Some(revocation_values(&openssl, &revoked, "")),
            Conclusion::SignedAfterRevocation,
            None,
        ),
    ] {
        let mut added = vec![
            (TIMESTAMP, vec![token.clone()]),
            (CERTIFICATE_VALUES, vec![certificates.clone()]),
        ];
        let lists = if values.is_some() { 2 } else { 0 };
        added.extend(values.map(|values| (REVOCATION_VALUES, vec![values])));
        let found = checked(&der_with_added(&signature, &added), &trust, forever);
        assert_eq!(
            (found.conclusion, found.revocation_from),
            (conclusion, from),
            "{found:?}"
        );
        assert_eq!(found.inside.lists, lists);
        assert_eq!(
            found.proven_time.is_some(),
            conclusion != Conclusion::Expired
        );
    }
}

/// A signature with a timestamp outlives its certificate; the one without does not.
#[test]
fn a_timestamp_keeps_a_signature_good() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    let signature = signed(&openssl);
    let value = signer_info(&signature).signature.as_bytes().to_vec();
    let token = timestamp(&openssl, &value, "sha256", "-chain middle.pem");
    let forever = YEAR * 20 + i64::try_from(NOW).unwrap();
    let stamped = der_with_added(&signature, &[(TIMESTAMP, vec![token])]);
    openssl.run("x509 -in root.pem -outform DER -out root.der");
    let root = Certificate::parse(&openssl.read("root.der")).unwrap();
    let anchors = [Anchor::new(root, AnchorClass::Given)];
    let middle = [Certificate::parse(&openssl.read("middle.der")).unwrap()];
    let check = |anchors: &[Anchor], signature: &[u8]| {
        let trust = TrustInputs {
            certificates: &middle,
            ..trusting(anchors)
        };
        checked(signature, &trust, forever)
    };
    let found = check(&anchors, &stamped);
    assert_eq!(
        (found.conclusion, &*found.level),
        (Conclusion::Valid, "CAdES-T")
    );
    assert!(found.proven_time.is_some() && found.timestamps[0].certificate.is_some());
    let found = check(&anchors, &signature);
    assert_eq!(
        (found.conclusion, &*found.level),
        (Conclusion::Expired, "CAdES-BES")
    );
    assert_eq!(
        found.indication.unwrap().sub,
        Some(SubIndication::OutOfBoundsNoPoe)
    );
    assert_eq!(found.proven_time, None);
    // An authority that nobody trusts proves nothing.
    let found = check(&[], &stamped);
    assert_eq!(found.conclusion, Conclusion::Expired);
    assert_eq!(found.timestamps[0].state, SignatureState::Unchecked);
    assert_eq!(found.proven_time, None);
}
