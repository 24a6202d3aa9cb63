//! Signatures in both directions between Tamga and OpenSSL.

use super::{openssl::Openssl, signer::Signer};
use tamga_core::{
    cms::{CmsFormat, Placement, SignedData},
    format::SignerVerdict,
};

/// What is signed: no line end, no end of text stays what it is by itself.
pub(crate) const CONTENT: &[u8] = b"\xd0\xa2\xd0\xb0\xd0\xbc\xd2\x93\xd0\xb0\r\n\0\n";
/// 2026-11-22
pub(crate) const NOW: u64 = 1_795_000_000;

/// Signs, and lets OpenSSL and Tamga verify it.
pub(crate) fn sign_and_verify(
    openssl: &Openssl,
    signer: &Signer,
    format: CmsFormat,
    attached: bool,
    time: u64,
) {
    let size = u64::try_from(CONTENT.len()).unwrap();
    let placement = if attached {
        Placement::Attached { size }
    } else {
        Placement::Detached
    };
    let made = signer.sign(CONTENT, format, placement, time).unwrap();
    let content = if attached { CONTENT } else { b"" };
    let document = [&made.head, content, &made.tail].concat();
    openssl.write("made.p7s", &document);
    let content = if attached { "" } else { "-content content" };
    let cades = if format == CmsFormat::CadesBes {
        "-cades"
    } else {
        ""
    };
    let verify_command = "cms -verify -binary -inform DER -in made.p7s -out verified";
    let command = format!("{verify_command} {content} {cades} -CAfile root.pem -purpose any");
    openssl.run(&command);
    assert_eq!(openssl.read("verified"), CONTENT);

    let data = SignedData::parse(&document).unwrap();
    assert_eq!(data.content(), attached.then_some(CONTENT));
    assert_eq!(data.certificates().len(), 2);
    let [verdict] = verify(&document, CONTENT).try_into().unwrap();
    assert_eq!((verdict.failure, verdict.level), (None, format));
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
    let data = SignedData::parse(document).unwrap();
    data.verify(Some(&mut &*content), &[])
}
