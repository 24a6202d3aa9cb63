//! What a revocation list says about itself (RFC 5280 §5.1.2, §5.2): everything but its entries.

use super::{
    crl_entry::{number, time},
    scope::Scope,
};
use crate::certificate::{
    AuthorityKey, DistributionPoint, Elements, Extension, FRESHEST_CRL, INTEGER, Name, SEQUENCE,
    algorithm, authority_key, distribution_points, read_extensions,
};
use std::collections::HashSet;

const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
const CRL_NUMBER: &str = "2.5.29.20";
const DELTA_CRL_INDICATOR: &str = "2.5.29.27";
const ISSUING_DISTRIBUTION_POINT: &str = "2.5.29.28";
/// Extensions that say nothing about certificates: issuerAltName, authorityInfoAccess.
const INFORMATIVE: [&str; 2] = ["2.5.29.18", "1.3.6.1.5.5.7.1.1"];

/// `crlExtensions`
const EXTENSIONS: u8 = 0xa0;
/// UTCTime and GeneralizedTime
const TIMES: [u8; 2] = [0x17, 0x18];
/// The longest cRLNumber, in bytes (RFC 5280 §5.2.3).
const MAX_NUMBER: usize = 20;

/// What a revocation list says about itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CrlHead {
    /// Who issued the list.
    pub issuer: Name,
    /// When it was issued, Unix time.
    pub this_update: i64,
    /// When the next one is due at the latest, Unix time.
    pub next_update: Option<i64>,
    /// cRLNumber: the content of an INTEGER in its shortest form, not negative.
    pub number: Option<Vec<u8>>,
    /// The cRLNumber of the list that this one is a delta to (deltaCRLIndicator), in the same form.
    pub base: Option<Vec<u8>>,
    /// Which certificates it is about.
    pub scope: Scope,
    /// Which key signed it. Authorities write it wrongly: a hint.
    pub authority_key: Option<AuthorityKey>,
    /// Where deltas to it are.
    pub freshest: Vec<DistributionPoint>,
    /// A critical extension of the list or of an entry is not known, so that it is not to be used (RFC 5280 §5.2, §5.3).
    pub unknown_critical: bool,
    version_2: bool,
}

/// The fields of a TBSCertList.
/// ```text
/// TBSCertList ::= SEQUENCE {
///   version                 Version OPTIONAL,
///   signature               AlgorithmIdentifier,
///   issuer                  Name,
///   thisUpdate              Time,
///   nextUpdate              Time OPTIONAL,
///   revokedCertificates     SEQUENCE OF SEQUENCE { … } OPTIONAL,
///   crlExtensions       [0] EXPLICIT Extensions OPTIONAL }
/// ```
pub(super) struct HeadFields<'a> {
    pub(super) head: CrlHead,
    pub(super) signed_algorithm: &'a [u8],
    /// The contents of revokedCertificates.
    pub(super) entries: &'a [u8],
    /// The fields before and after revokedCertificates.
    pub(super) around: (&'a [u8], &'a [u8]),
}

impl CrlHead {
    /// Reads the contents of a TBSCertList, with or without the entries, which are not looked at.
    pub fn parse(tbs: &[u8]) -> Option<Self> {
        Self::read(tbs).map(|fields| fields.head)
    }

    pub(super) fn read(tbs: &[u8]) -> Option<HeadFields<'_>> {
        let mut fields = Elements::in_contents(tbs);
        let version = fields.next_if(INTEGER);
        // Version 2 has the value 1; version 1 is not written (RFC 5280 §5.1.2.1).
        if version.is_some_and(|version| version.content != [1]) {
            return None;
        }
        let signed_algorithm = algorithm(&mut fields)?;
        let mut head = Self {
            issuer: Name::parse(fields.next_if(SEQUENCE)?.der)?,
            this_update: time(fields.next()?)?,
            next_update: None,
            number: None,
            base: None,
            scope: Scope::default(),
            authority_key: None,
            freshest: Vec::new(),
            unknown_critical: false,
            version_2: version.is_some(),
        };
        let next = fields.rest().first();
        if next.is_some_and(|identifier| TIMES.contains(identifier)) {
            head.next_update = Some(time(fields.next()?)?);
        }
        let (before, _) = tbs.split_at_checked(tbs.len() - fields.rest().len())?;
        let entries = fields.next_if(SEQUENCE).map(|entries| entries.content);
        let after = fields.rest();
        if let Some(list) = fields.next_if(EXTENSIONS) {
            head.take_all(read_extensions(list.content)?)?;
        }
        fields.is_at_end().then_some(HeadFields {
            head,
            signed_algorithm,
            entries: entries.unwrap_or_default(),
            around: (before, after),
        })
    }

    fn take_all(&mut self, extensions: Vec<Extension>) -> Option<()> {
        let mut seen = HashSet::new();
        for extension in extensions {
            self.take(&extension)?;
            if !self.version_2 || !seen.insert(extension.oid) {
                return None;
            }
        }
        Some(())
    }

    /// `None` where the extension is known and cannot be read.
    fn take(&mut self, extension: &Extension) -> Option<()> {
        let value = &*extension.value;
        match &*extension.oid {
            AUTHORITY_KEY_IDENTIFIER => self.authority_key = Some(authority_key(value)?),
            CRL_NUMBER => self.number = Some(crl_number(value)?),
            DELTA_CRL_INDICATOR => self.base = Some(crl_number(value)?),
            FRESHEST_CRL => self.freshest = distribution_points(value)?,
            ISSUING_DISTRIBUTION_POINT => self.scope = Scope::read(value)?,
            other if INFORMATIVE.contains(&other) => {}
            _ => self.unknown_critical |= extension.critical,
        }
        Some(())
    }

    /// Whether it says only what changed since another list.
    pub fn is_delta(&self) -> bool {
        self.base.is_some()
    }

    /// Whether its version may have extensions.
    pub(super) fn has_extensions(&self) -> bool {
        self.version_2
    }
}

/// CRLNumber ::= INTEGER (0..MAX)
fn crl_number(value: &[u8]) -> Option<Vec<u8>> {
    let content = Elements::in_contents(value).next_if(INTEGER)?.content;
    let number = number(content);
    let negative = number.first()? & 0x80 != 0;
    (!negative && number.len() <= MAX_NUMBER).then(|| number.to_vec())
}
