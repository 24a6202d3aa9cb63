//! Russian and Kazakh certificates, lists and signatures made by others, read in place: every one of them verifies, and
//! none does when a bit of it or the order of its bytes is another.

#![expect(clippy::indexing_slicing, reason = "a test may stop where it stands")]

use crate::support::conformance::{Score, der, directory, files};
use der::{Decode, Encode, Reader, asn1::AnyRef, referenced::OwnedToRef};
use spki::AlgorithmIdentifierOwned;
use std::fs;
use tamga_core::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    certificate::{Certificate, PublicKey},
    cms::SignedData,
    format::{Document, Level},
};

/// What is signed, how, and the signature: a certificate, request or revocation list (RFC 5280 §4.1, §5.1).
struct Signed {
    content: Vec<u8>,
    algorithm: AlgorithmIdentifierOwned,
    signature: Vec<u8>,
}

impl Signed {
    fn read(der: &[u8]) -> Option<Self> {
        let outer = AnyRef::from_der(der).ok()?;
        let mut reader = der::SliceReader::new(outer.value()).ok()?;
        let content: AnyRef<'_> = reader.decode().ok()?;
        let algorithm = reader.decode().ok()?;
        let signature: der::asn1::BitStringRef<'_> = reader.decode().ok()?;
        Some(Self {
            content: content.to_der().ok()?,
            algorithm,
            signature: signature.as_bytes()?.to_vec(),
        })
    }

    fn verifies_with(&self, key: &PublicKey) -> bool {
        let Ok(key) = key.verifying_key() else {
            return false;
        };
        let any = DigestAlgorithm::Sha256; // the identifiers of certificates name their digest
        let identifier = self.algorithm.owned_to_ref();
        let algorithm = SignatureAlgorithm::from_identifier(identifier, any);
        algorithm.is_ok_and(|algorithm| {
            let digest = algorithm.digest().digest(&self.content);
            key.verify(algorithm, &digest, &self.signature).is_ok()
        })
    }

    /// One bit of content or signature, or the order of its bytes, is another.
    fn spoilt(&self) -> Vec<Self> {
        let with = |content: Option<usize>, signature: &dyn Fn(&mut Vec<u8>)| {
            let mut spoilt = Self {
                content: self.content.clone(),
                algorithm: self.algorithm.clone(),
                signature: self.signature.clone(),
            };
            if let Some(place) = content {
                spoilt.content[place] ^= 1;
            }
            signature(&mut spoilt.signature);
            spoilt
        };
        let half = self.signature.len() / 2;
        vec![
            with(Some(self.content.len() / 2), &|_| {}),
            with(None, &|signature| signature[half] ^= 0x10),
            with(None, &|signature| signature.reverse()),
            with(None, &|signature| signature.rotate_left(half)),
            with(None, &|signature| signature.truncate(2 * half - 1)),
        ]
    }
}

#[test]
fn certificates_requests_and_lists_verify() {
    let Some(folder) = directory("gost") else {
        return;
    };
    let certificates: Vec<Certificate> = files(&folder)
        .iter()
        .filter_map(|path| der(path, "CERTIFICATE"))
        .filter_map(|der| Certificate::parse(&der).ok())
        .collect();
    let mut score = Score::new("GOST signatures of certificates, requests and lists", &[]);
    let mut without_issuer = Vec::new();
    for path in files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        for label in ["CERTIFICATE", "X509 CRL", "CERTIFICATE REQUEST"] {
            let Some(signed) = der(&path, label).as_deref().and_then(Signed::read) else {
                continue;
            };
            let oid = signed.algorithm.oid.to_string();
            if !oid.starts_with("1.2.643.") && !oid.starts_with("1.2.398.") {
                continue;
            }
            let mut keys: Vec<_> = certificates.iter().map(Certificate::key).collect();
            keys.sort_unstable_by_key(|key| key.spki());
            keys.dedup();
            let Some(key) = keys.into_iter().find(|key| signed.verifies_with(key)) else {
                without_issuer.push(name.clone());
                break;
            };
            let all_fail = signed.spoilt().iter().all(|it| !it.verifies_with(key));
            score.note(&name, all_fail, "a spoilt one verifies");
            break;
        }
    }
    println!("Their issuers are not here: {}", without_issuer.join(", "));
    score.finish();
}

#[test]
fn signed_documents_verify() {
    let Some(folder) = directory("gost") else {
        return;
    };
    let mut score = Score::new("GOST CMS", &[]);
    let detached = fs::read(folder.join("openssl-oracle/data.txt")).unwrap();
    for path in files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let is_cms = name.ends_with(".cms") || name == "tc26-cms/signed_a111.pem";
        if !is_cms {
            continue;
        }
        let der = der(&path, "CMS").expect("a CMS");
        let signed = SignedData::parse(&der).expect("a SignedData");
        let mut document = &*detached;
        let document: Option<&mut dyn Document> = match signed.content() {
            Some(_) => None,
            None => Some(&mut document),
        };
        let verdicts = signed.verify(document, &[]);
        let [verdict] = &verdicts[..] else {
            panic!("{name}: {verdicts:?}");
        };
        let is_cades = name.contains("cades");
        assert_eq!(verdict.level == Level::Bes, is_cades, "{name}");
        score.note(&name, verdict.failure.is_none(), &format!("{verdict:?}"));
    }
    score.finish();
}
