//! What qualified certificates of Russia say beyond RFC 5280 (order 795 of the Federal Security Service, RFC 9215 §5–8).

use serde::{Deserialize, Serialize};
use x509_parser::asn1_rs::{Any, FromDer, Tag};

/// subjectSignTool, issuerSignTool, identificationKind.
pub(super) const SUBJECT_SIGN_TOOL: &str = "1.2.643.100.111";
pub(super) const ISSUER_SIGN_TOOL: &str = "1.2.643.100.112";
pub(super) const IDENTIFICATION_KIND: &str = "1.2.643.100.114";

/// Policy → class of the signing tools that the certificate is for, as they are written everywhere. A higher class
/// comes with all lower ones.
const CLASSES: [(&str, &str); 6] = [
    ("1.2.643.100.113.6", "КА1"),
    ("1.2.643.100.113.5", "КВ2"),
    ("1.2.643.100.113.4", "КВ1"),
    ("1.2.643.100.113.3", "КС3"),
    ("1.2.643.100.113.2", "КС2"),
    ("1.2.643.100.113.1", "КС1"),
];

/// How the authority made sure of who the holder is (RFC 9215 §8, identificationKind). Each has a word in the
/// catalogue (`identified_` and the name on the wire).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub enum Identification {
    /// The person was there.
    InPerson,
    /// By a signature with an earlier qualified certificate.
    ByCertificate,
    /// By a passport that can be read electronically.
    ByPassport,
    /// By the state's biometric system.
    ByBiometrics,
}

impl Identification {
    /// Every one, in the order of its number.
    pub const ALL: [Self; 4] = [
        Self::InPerson,
        Self::ByCertificate,
        Self::ByPassport,
        Self::ByBiometrics,
    ];

    pub(super) fn read(extension: &[u8]) -> Option<Self> {
        let (_, number) = Any::from_der(extension).ok()?;
        match number.data {
            [kind] if number.tag() == Tag::Integer => Self::ALL.get(usize::from(*kind)).copied(),
            _ => None,
        }
    }
}

/// The highest class among the policies.
pub(super) fn tool_class(policies: &[String]) -> Option<&'static str> {
    let has = |oid: &str| policies.iter().any(|policy| policy == oid);
    let class = CLASSES.iter().find(|(oid, _)| has(oid));
    class.map(|(_, class)| *class)
}

/// subjectSignTool: what the holder signs with.
pub(super) fn signing_tool(extension: &[u8]) -> Option<String> {
    let (_, text) = Any::from_der(extension).ok()?;
    utf8(&text)
}

/// issuerSignTool: a sequence of the authority's signing tool, the authority's software, and the papers of both.
pub(super) fn issuer_tool(extension: &[u8]) -> Option<String> {
    let (_, tools) = Any::from_der(extension).ok()?;
    let (_, first) = Any::from_der(tools.data).ok()?;
    utf8(&first)
}

fn utf8(text: &Any<'_>) -> Option<String> {
    let is_text = text.tag() == Tag::Utf8String;
    is_text.then(|| String::from_utf8_lossy(text.data).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_read() {
        assert_eq!(
            Identification::read(&[2, 1, 0]),
            Some(Identification::InPerson)
        );
        assert_eq!(
            Identification::read(&[2, 1, 3]),
            Some(Identification::ByBiometrics)
        );
        for odd in [&[2, 1, 4][..], &[2, 1, 0xff], &[12, 1, 0], &[]] {
            assert_eq!(Identification::read(odd), None);
        }
        assert_eq!(signing_tool(b"\x0c\x03CSP").as_deref(), Some("CSP"));
        assert_eq!(signing_tool(b"\x04\x03CSP"), None);
        let tools = b"\x30\x08\x0c\x01A\x0c\x03B 1";
        assert_eq!(issuer_tool(tools).as_deref(), Some("A"));
        assert_eq!(issuer_tool(b"\x30\x00"), None);
    }
}
