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
        let mut named = certificates.iter();
        let mut issuers = named
            .by_ref()
            .filter(|(_, other)| certificate.names_as_issuer(other))
            .peekable();
        if issuers.peek().is_none() {
            count.orphans += 1;
            continue;
        }
        let signer = issuers.find(
            |(_, issuer)| match certificate.verify_signature(issuer.key()) {
                Ok(()) => true,
                Err(IssuerSignatureError::Signature(SignatureError::Invalid)) => false,
                Err(error) => panic!("{name}: {error}"),
            },
        );
        match signer {
            Some((_, issuer)) if issuer.der() == certificate.der() => count.roots += 1,
            Some(_) => count.signed += 1,
            None => count.unsigned += 1,
        }
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
    assert_eq!((certificates.len(), count.roots), (165, 7));
}
