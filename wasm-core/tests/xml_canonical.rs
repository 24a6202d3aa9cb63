//! Canonicalization: against files that libxml2 wrote, and against xmllint itself over every document of the corpora.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use crate::support::conformance::{directory, files};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tamga_core::xml::{Canonicalization, Document, Limits, Version, XmlError, decode};

/// What xmllint calls each.
const VERSIONS: [(&str, Version); 3] = [
    ("c14n", Version::Inclusive10),
    ("c14n11", Version::Inclusive11),
    ("exc-c14n", Version::Exclusive),
];

fn canonical(octets: &[u8], version: Version) -> Result<Vec<u8>, XmlError> {
    let text = decode(octets)?;
    let document = Document::parse(&text, &Limits::default())?;
    let method = Canonicalization::new(version).with_comments();
    Ok(method.octets(&document.all()).unwrap())
}

fn is_xml(path: &Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    ["xml", "ddoc", "xsl"].contains(&extension.unwrap_or_default())
}

#[test]
fn tricky_documents_are_written_as_libxml2_writes_them() {
    let Some(folder) = directory("formats/c14n") else {
        return;
    };
    let (mut same, mut refused) = (0, 0);
    for path in files(&folder).into_iter().filter(|path| is_xml(path)) {
        let octets = fs::read(&path).unwrap();
        for (extension, version) in VERSIONS {
            let expected = fs::read(path.with_extension(extension)).unwrap();
            match canonical(&octets, version) {
                Ok(found) => {
                    let (found, expected) = [found, expected]
                        .map(|it| String::from_utf8(it).unwrap())
                        .into();
                    assert_eq!(found, expected, "{} {extension}", path.display());
                    same += 1;
                }
                Err(error) => {
                    assert_eq!(error, XmlError::Doctype, "{}", path.display());
                    assert!(String::from_utf8_lossy(&octets).contains("<!DOCTYPE"));
                    refused += 1;
                }
            }
        }
    }
    println!("C14N: {same} as libxml2 writes them, {refused} refused for their DTD");
    assert!(same >= 30, "{same}");
}

/// Documents that xmllint and Tamga write otherwise.
const DIFFERENCES: [(&str, &str); 0] = [];

#[test]
fn every_document_of_the_corpora_is_written_as_xmllint_writes_it() {
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("SKIPPED: no xmllint (Debian: libxml2-utils)");
        return;
    }
    let folders = [
        "conformance/xmldsig",
        "conformance/xades",
        "trust/eu",
        "formats",
    ];
    let folders = folders.iter().filter_map(|name| directory(name));
    let all: Vec<PathBuf> = folders.flat_map(|folder| files(&folder)).collect();
    let (mut same, mut refused, mut different) = (0, 0, Vec::new());
    for path in all.iter().filter(|path| is_xml(path)) {
        let octets = fs::read(path).unwrap();
        for (option, version) in VERSIONS {
            let Ok(found) = canonical(&octets, version) else {
                refused += 1;
                continue;
            };
            let xmllint = Command::new("xmllint")
                .args(["--nonet", &format!("--{option}")])
                .arg(path)
                .output()
                .unwrap();
            let listed = DIFFERENCES.iter().any(|(name, _)| path.ends_with(name));
            match xmllint.status.success() && xmllint.stdout == found {
                is_same if is_same != listed => same += 1,
                _ => different.push(format!("{option} {}", path.display())),
            }
        }
    }
    println!("C14N: {same} as xmllint writes them, {refused} not read");
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(all.is_empty() || same > 300, "{same}");
}
