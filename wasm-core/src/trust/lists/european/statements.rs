//! What a certificate says of itself (EN 319 412-5): QCStatements, and the policies that came before them.

use super::QualifiedFor;
use crate::certificate::{Certificate, Elements, OBJECT_IDENTIFIER, SEQUENCE};
use const_oid::ObjectIdentifier;

const QC_STATEMENTS: &str = "1.3.6.1.5.5.7.1.3";
/// id-etsi-qcs-QcCompliance, -QcSSCD, -QcType
const COMPLIANCE: &str = "0.4.0.1862.1.1";
const SSCD: &str = "0.4.0.1862.1.4";
const TYPE: &str = "0.4.0.1862.1.6";
const TYPES: [(&str, QualifiedFor); 3] = [
    ("0.4.0.1862.1.6.1", QualifiedFor::Signatures),
    ("0.4.0.1862.1.6.2", QualifiedFor::Seals),
    ("0.4.0.1862.1.6.3", QualifiedFor::Websites),
];
/// QCP public, QCP public with SSCD (TS 101 456): policies of the time before the regulation.
const POLICIES: [&str; 2] = ["0.4.0.1456.1.2", "0.4.0.1456.1.1"];
const POLICY_WITH_DEVICE: &str = "0.4.0.1456.1.1";

/// What a certificate says of itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Statements {
    /// That it is qualified.
    pub(super) compliance: bool,
    /// That its key is in a device.
    pub(super) device: bool,
    /// What it is for.
    pub(super) types: Vec<QualifiedFor>,
    /// By its policies: that it was qualified under the directive, and that its key is in a device.
    pub(super) by_policy: bool,
    pub(super) device_by_policy: bool,
}

impl Statements {
    /// `None` where the extension is there and cannot be read.
    /// ```text
    /// QCStatements ::= SEQUENCE OF SEQUENCE {
    ///   statementId   OBJECT IDENTIFIER,
    ///   statementInfo ANY DEFINED BY statementId OPTIONAL }
    /// ```
    pub(super) fn of(certificate: &Certificate) -> Option<Self> {
        let has = |oid: &str| certificate.policies().iter().any(|it| it == oid);
        let mut read = Self {
            by_policy: POLICIES.into_iter().any(has),
            device_by_policy: has(POLICY_WITH_DEVICE),
            ..Self::default()
        };
        let Some(extension) = certificate.extension(QC_STATEMENTS) else {
            return Some(read);
        };
        for statement in Elements::of(&extension.value, SEQUENCE)?.all()? {
            let mut fields = Elements::of(statement.der, SEQUENCE)?;
            match &*oid(fields.next_if(OBJECT_IDENTIFIER)?.content)? {
                COMPLIANCE => read.compliance = true,
                SSCD => read.device = true,
                TYPE => {
                    for kind in Elements::of(fields.next()?.der, SEQUENCE)?.all()? {
                        let oid = oid(kind.content)?;
                        let row = TYPES.iter().find(|(own, _)| *own == oid);
                        read.types.extend(row.map(|(_, kind)| *kind));
                    }
                }
                _ => {}
            }
        }
        Some(read)
    }
}

fn oid(content: &[u8]) -> Option<String> {
    let oid = ObjectIdentifier::from_bytes(content).ok()?;
    Some(oid.to_string())
}
