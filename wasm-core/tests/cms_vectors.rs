//! The public corpora of CMS files, read in place: what is said of each must be what OpenSSL said (its manifest), or be
//! listed here with the reason.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use crate::support::conformance::{Score, der, directory, entries, read_json};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};
use tamga_core::{
    cms::{SignedData, TimestampFailure, TimestampKind},
    format::{Document, SignerVerdict},
};

const DSA: &str = "DSA is not supported";
const PSS_DIGEST: &str = "the content's digest is another than that of PSS: OpenSSL 3.0 verifies no such signature; it is good";
const MIME: &str = "S/MIME is not read";
const REORDERED: &str = "signed sorted, written unsorted: OpenSSL tries one order, Tamga both";

/// Files of which Tamga says something else than `openssl cms -verify -noverify` did.
const DIVERGENCES: &[(&str, &str)] = &[
    (
        "dss-cades__validation__dss-667__BER_reordered_prova.txt.p7m",
        REORDERED,
    ),
    (
        "dss-cades__validation__dss-1419__CAdES-BpB-att-SHA256-SHA3_256withRSAandMGF1.p7m",
        PSS_DIGEST,
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

const RECODED: &str = "the file is in BER: how its bytes were when it was stamped is not known";
const NO_DOCUMENT: &str = "the document is not in the corpus";
const NOT_COVERED: &str = "its index names what is not there, as its maker meant it";
const OPENSSL_TOO: &str = "OpenSSL verifies it neither";

/// Timestamps of the corpus that do not verify: file, what they are over, what is said, and why. All others do.
#[rustfmt::skip]
const TIMESTAMPS: [(&str, TimestampKind, TimestampFailure, &str); 13] = {
    use TimestampFailure::{ContentMissing, CoverageMissing, EncodingUnknown, Malformed, SignatureInvalid};
    use TimestampKind::{Archive, Content, Signature};
    [
        ("Signature-C-DE_CRY-3.p7m", Signature, Malformed, OPENSSL_TOO),
        ("cades-ats-v3-rev-val-crl.p7s", Archive, ContentMissing, NO_DOCUMENT),
        ("cades-ats-v3-rev-val-crl.p7s", Archive, ContentMissing, NO_DOCUMENT),
        ("cades-ats-v3-wrong-cert.p7m", Archive, CoverageMissing, NOT_COVERED),
        ("cades-ats-v3-wrong-crl.p7s", Archive, ContentMissing, NO_DOCUMENT),
        ("cades-ats-v3-wrong-crl.p7s", Archive, ContentMissing, NO_DOCUMENT),
        ("cms-wrong-sign-cert-ref.p7m", Signature, SignatureInvalid, OPENSSL_TOO),
        ("dss-1220__CAdES-BpLTA_modified_ats_hash_element.p7m", Archive, CoverageMissing, NOT_COVERED),
        ("dss-1401__sig_with_atsv2.p7s", Archive, EncodingUnknown, RECODED),
        ("dss-2011__cades-content-tst.pkcs7", Content, ContentMissing, NO_DOCUMENT),
        ("dss-2011__cades-content-tst.pkcs7", Content, ContentMissing, NO_DOCUMENT),
        ("dss-2011__cades-lta-detached.pkcs7", Archive, ContentMissing, NO_DOCUMENT),
        ("dss-2011__cades-tstv2-detached.p7s", Archive, ContentMissing, NO_DOCUMENT),
    ]
};

/// Every timestamp of the corpus of DSS, over signatures, references, documents and archives, is computed and compared.
#[test]
fn timestamps_are_of_what_they_say() {
    let Some(corpus) = directory("conformance/cms/eu-dss-cades") else {
        return;
    };
    let manifest = read_json(&corpus.join("manifest.json"));
    let mut found = Vec::new();
    let mut right = BTreeMap::new();
    for entry in manifest.as_array().unwrap() {
        let name = entry["file"].as_str().unwrap();
        let Some(der) = der(&corpus.join(name), "") else {
            continue;
        };
        let Ok(data) = SignedData::parse(&der) else {
            continue;
        };
        let content = entry
            .get("content_file")
            .map(|name| fs::read(corpus.join(name.as_str().unwrap())).unwrap());
        let mut content = content.as_deref();
        let document = content
            .as_mut()
            .map(|content| -> &mut dyn Document { content });
        for stamp in data
            .details(document, &[])
            .iter()
            .flat_map(|it| &it.timestamps)
        {
            match stamp.failure {
                None => *right.entry(format!("{:?}", stamp.kind)).or_insert(0) += 1,
                Some(failure) => found.push((name.to_owned(), stamp.kind, failure)),
            }
        }
    }
    println!("cms timestamps: {right:?} verify");
    for (name, kind, failure, why) in TIMESTAMPS {
        println!("cms timestamps: {name}, {kind:?}: {failure:?}: {why}");
    }
    let listed = TIMESTAMPS
        .map(|(name, kind, failure, _)| (format!("dss-cades__validation__{name}"), kind, failure));
    assert_eq!(found, listed);
    let right: Vec<_> = right.into_iter().collect();
    let expected = [
        ("Archive", 9),
        ("Content", 4),
        ("Signature", 30),
        ("SignatureAndReferences", 1),
    ];
    assert_eq!(
        right,
        expected.map(|(kind, count)| (kind.to_owned(), count))
    );
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
            data.verify(Some(&mut &b""[..]), &[]);
            data.details(Some(&mut &b""[..]), &[]);
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
    let mut content = content.as_deref();
    let document = content
        .as_mut()
        .map(|content| -> &mut dyn Document { content });
    let verdicts = data.verify(document, &[]);
    let failures: Vec<_> = verdicts.iter().map(|verdict| verdict.failure).collect();
    if failures.is_empty() || failures.iter().any(Option::is_some) {
        return Err(format!("{failures:?}"));
    }
    Ok(verdicts)
}
