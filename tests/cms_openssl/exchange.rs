//! Signatures in both directions between Tamga and OpenSSL.

use super::{
    openssl::Openssl,
    signer::{Signer, cms, put_together},
};
use tamga_core::{
    cms::SignedData,
    format::{Container, Level, Placement, Signed, SignerVerdict},
};

/// What is signed: no line end, no end of text stays what it is by itself.
pub(crate) const CONTENT: &[u8] = b"\xd0\xa2\xd0\xb0\xd0\xbc\xd2\x93\xd0\xb0\r\n\0\n";
/// 2026-11-22
pub(crate) const NOW: u64 = 1_795_000_000;

/// Signs, and lets OpenSSL and Tamga verify it.
pub(crate) fn sign_and_verify(
    openssl: &Openssl,
    signer: &Signer,
    level: Level,
    attached: bool,
    time: u64,
) {
    let placement = if attached {
        Placement::Attached
    } else {
        Placement::Detached
    };
    let content = signer.content(CONTENT);
    let made = signer.sign(&content, cms(level, placement), time).unwrap();
    let document = put_together(&made, if attached { CONTENT } else { b"" });
    openssl.write("made.p7s", &document);
    let content = if attached { "" } else { "-content content" };
    let cades = if level == Level::Bes { "-cades" } else { "" };
    let verify_command = "cms -verify -binary -inform DER -in made.p7s -out verified";
    let command = format!("{verify_command} {content} {cades} -CAfile root.pem -purpose any");
    openssl.run(&command);
    assert_eq!(openssl.read("verified"), CONTENT);

    let data = SignedData::parse(&document).unwrap();
    assert_eq!(data.content(), attached.then_some(CONTENT));
    assert_eq!(data.certificates().len(), 2);
    let [verdict] = verify(&document, CONTENT).try_into().unwrap();
    let is = (verdict.failure, verdict.container, verdict.level);
    assert_eq!(is, (None, Container::Cms, level));
    assert_eq!(verdict.signing_time, Some(i64::try_from(time).unwrap()));
}

/// What Tamga says of a signature made by `openssl cms -sign`.
pub(crate) fn made_by_openssl(openssl: &Openssl, name: &str, options: &str) -> Vec<SignerVerdict> {
    let sign = "cms -sign -binary -in content -outform DER -out theirs.p7s";
    let command = format!("{sign} -signer {name}.pem -inkey {name}.key {options}");
    openssl.run(&command);
    verify(&openssl.read("theirs.p7s"), CONTENT)
}

/// What Tamga says of each signer of this content.
pub(crate) fn verify(document: &[u8], content: &[u8]) -> Vec<SignerVerdict> {
    let signed = Signed::parse(document).unwrap();
    signed.verify(Some(&mut &*content), &[])
}
