//! Signatures of real authorities on real certificates.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use crate::support::conformance::{der, directory, files};
use tamga_core::{
    algorithm::SignatureError,
    certificate::{Certificate, IssuerSignatureError},
};

/// What verifying each certificate with every certificate came to that it may have been issued with.
#[derive(Debug, Default, Eq, PartialEq)]
struct Count {
    signed: usize,
    /// Signed by its own key.
    roots: usize,
    /// No certificate among these has its issuer's name.
    orphans: usize,
    /// Certificates have its issuer's name, and none of their keys signed it.
    unsigned: usize,
}

fn certificates(folder: &str) -> Option<Vec<(String, Certificate)>> {
    let files = files(&directory(folder)?).into_iter();
    let pem = files.filter(|path| path.extension().is_some_and(|it| it == "pem"));
    let read = |path: std::path::PathBuf| {
        let der = der(&path, "CERTIFICATE").unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, Certificate::parse(&der).unwrap())
    };
    Some(pem.map(read).collect())
}

fn count(certificates: &[(String, Certificate)]) -> Count {
    let mut count = Count::default();
    for (name, certificate) in certificates {
        let is_by = |issuer: &Certificate| match certificate.verify_signature(issuer.key()) {
            Ok(()) => true,
            Err(IssuerSignatureError::Signature(SignatureError::Invalid)) => false,
            Err(error) => panic!("{name}: {error}"),
        };
        let others = certificates.iter().map(|(_, other)| other);
        let issuers: Vec<_> = others
            .filter(|other| certificate.names_as_issuer(other))
            .collect();
        // A cross-certificate has the key and the name of a root, too.
        let found = if certificate.names_as_issuer(certificate) && is_by(certificate) {
            &mut count.roots
        } else if issuers.is_empty() {
            &mut count.orphans
        } else if issuers.into_iter().any(is_by) {
            &mut count.signed
        } else {
            &mut count.unsigned
        };
        *found += 1;
    }
    count
}

#[test]
fn kazakhstans_authority_is_signed_by_its_root() {
    let Some(certificates) = certificates("trust/kz") else {
        return;
    };
    let expected = Count {
        signed: 1,
        roots: 1,
        ..Count::default()
    };
    assert_eq!(count(&certificates), expected);
}

#[test]
fn russias_authorities_are_signed_by_its_roots() {
    let Some(certificates) = certificates("trust/ru-list-16314") else {
        return;
    };
    let count = count(&certificates);
    println!("Russian list: {count:?}");
    // The list is a part of the ministry's: for the others, that part has no certificate of their issuer.
    let (signed, orphans) = (count.signed, count.orphans);
    assert_eq!((count.roots, count.unsigned), (7, 0));
    assert_eq!(signed + orphans, certificates.len() - 7);
    assert!(signed > 100, "{signed}");
}
