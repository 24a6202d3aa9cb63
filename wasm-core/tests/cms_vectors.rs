//! The public corpora of CMS files, read in place: what is said of each must be what OpenSSL said (its manifest), or be
//! listed here with the reason.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

#[path = "support/conformance.rs"]
mod conformance;

use conformance::{Score, der, directory, entries, read_json};
use serde_json::Value;
use std::{fs, path::Path};
use tamga_core::{
    algorithm::DigestAlgorithm,
    cms::{SignedData, SignerVerdict},
};

const ATTACHED: &str = "the manifest's verdict is of another content than the attached one (option -content); \
    of the attached one OpenSSL says what Tamga says";
const DSA: &str = "DSA is not supported";
const MIME: &str = "S/MIME is not read";
const OTHER_DIGEST: &str = "signatureAlgorithm says SHA-512, the signature is one of SHA-256";
const REORDERED: &str = "signed sorted, written unsorted: OpenSSL tries one order, Tamga both";
const SHA3: &str = "SHA-3 is not supported";

/// Files of which Tamga says something else than `openssl cms -verify -noverify` did.
const DIVERGENCES: &[(&str, &str)] = &[
    (
        "dss-cades__validation__dss-1469__cadesLTAwithATv2expired.p7s",
        ATTACHED,
    ),
    (
        "dss-cades__validation__evidence-record__C-B-B-wrong-er-attribute.p7m",
        ATTACHED,
    ),
    (
        "dss-cades__validation__evidence-record__C-E-ERS-basic-invalid-sig.p7m",
        ATTACHED,
    ),
    (
        "dss-cades__validation__evidence-record__C-E-ERS-two-er.p7m",
        ATTACHED,
    ),
    (
        "dss-cades__validation__evidence-record__C-E-ERS_renewed_hashtree.p7m",
        ATTACHED,
    ),
    (
        "dss-cades__validation__evidence-record__C-E-ERS_renewed_hashtree_invalid.p7m",
        ATTACHED,
    ),
    (
        "dss-cades__validation__evidence-record__CAdEs-BpT+ER-without-reducedHashTree.p7m",
        ATTACHED,
    ),
    (
        "dss-cades__validation__evidence-record__Double-C-B-B-basic.p7m",
        ATTACHED,
    ),
    (
        "dss-cades__validation__evidence-record__Double-C-E-ERS-basic.p7m",
        ATTACHED,
    ),
    (
        "dss-cades__validation__evidence-record__Double-C-E-ERS.p7m",
        ATTACHED,
    ),
    (
        "dss-cades__validation__dss-1419__CAdES-BpB-att-SHA3_256-SHA256withRSA.p7m",
        SHA3,
    ),
    (
        "dss-cades__validation__dss-1419__CAdES-BpB-att-SHA3_384-SHA256withRSA.p7m",
        SHA3,
    ),
    (
        "dss-cades__validation__dss-1419__CAdES-BpB-att-SHA3_512-SHA256withRSA.p7m",
        SHA3,
    ),
    (
        "dss-cades__validation__dss-1419__CAdES-BpB-att-SHA3_512-SHA3_512withRSA.p7m",
        SHA3,
    ),
    (
        "dss-cades__validation__dss-1419__CAdES-BpB-att-SHA256-SHA512withRSA.p7m",
        OTHER_DIGEST,
    ),
    (
        "dss-cades__validation__dss-667__BER_reordered_prova.txt.p7m",
        REORDERED,
    ),
    ("4.1.bin", DSA),
    ("4.3.bin", DSA),
    ("4.4.bin", DSA),
    ("4.7.bin", DSA),
    ("4.10.bin", DSA),
    ("4.9.eml", MIME),
    ("SignedInvalidMappingFromanyPolicyTest7.eml", MIME),
];

#[test]
fn files_are_judged_as_openssl_does() {
    let Some(cms) = directory("conformance/cms") else {
        return;
    };
    let mut score = Score::new("cms", DIVERGENCES);
    for corpus in [
        "eu-dss-cades",
        "openssl",
        "pyca-pkcs7",
        "rfc4134",
        "rustcrypto",
    ] {
        let corpus = cms.join(corpus);
        let manifest = read_json(&corpus.join("manifest.json"));
        for entry in manifest.as_array().unwrap() {
            let found = judge(&corpus, entry);
            let expected = entry["openssl30_noverify"] == "signature-ok";
            let name = entry["file"].as_str().unwrap();
            score.note(name, found.is_ok() == expected, &format!("{found:?}"));
        }
    }
    score.finish();
}

#[test]
fn malformed_files_do_no_harm() {
    let Some(folder) = directory("conformance/malformed/gnutls-pkcs7-third") else {
        return;
    };
    let mut files = 0;
    for file in entries(&folder) {
        let bytes = fs::read(file).unwrap();
        if let Ok(data) = SignedData::parse(&bytes) {
            data.verify(|algorithm| Some(algorithm.digest(b"")));
        }
        files += 1;
    }
    println!("cms malformed: {files} of {files} survived");
    assert!(files > 50);
}

/// Whether the file has signers and every signature is good.
fn judge(corpus: &Path, entry: &Value) -> Result<Vec<SignerVerdict>, String> {
    let path = |name: &Value| corpus.join(name.as_str().unwrap());
    let der = match entry["format"].as_str() {
        Some("DER" | "PEM") => der(&path(&entry["file"]), "").ok_or("no PEM")?,
        _ => return Err("neither DER nor PEM".to_owned()),
    };
    let data = SignedData::parse(&der).map_err(|error| error.to_string())?;
    let content = entry
        .get("content_file")
        .map(|name| fs::read(path(name)).unwrap());
    let digest = |algorithm: DigestAlgorithm| content.as_ref().map(|bytes| algorithm.digest(bytes));
    let verdicts = data.verify(digest);
    let failures: Vec<_> = verdicts.iter().map(|verdict| verdict.failure).collect();
    if failures.is_empty() || failures.iter().any(Option::is_some) {
        return Err(format!("{failures:?}"));
    }
    Ok(verdicts)
}
