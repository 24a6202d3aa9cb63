//! Certificate revocation lists (RFC 5280 §5), read where they lie: a pass over a list allocates nothing per entry.

use super::{
    crl_entry::{Entries, Entry, same_serial},
    crl_head::{CrlHead, HeadFields},
    state::Revocation,
};
use crate::certificate::{
    Elements, GeneralName, IssuerSignatureError, Name, PublicKey, SEQUENCE, Signed, algorithm,
};
use std::fmt;
use thiserror::Error;

/// The largest list that is read, in bytes: three times the largest that is known.
pub const MAX_CRL: usize = 64 << 20;

/// BIT STRING
const BIT_STRING: u8 = 0x03;

/// Why bytes are no revocation list.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum CrlError {
    /// Larger than [`MAX_CRL`].
    #[error("the revocation list is too large")]
    TooLarge,
    /// Not the structure of RFC 5280 §5.1.
    #[error("the revocation list is malformed")]
    Malformed,
    /// It could not be read from where it is kept.
    #[error("the revocation list cannot be read")]
    Unreadable,
}

/// A list as certificates are looked up in it, wherever it is kept.
pub trait RevocationList: fmt::Debug {
    /// What it says about itself.
    fn head(&self) -> &CrlHead;

    /// What it says about the certificate with this serial number (content of an INTEGER) of this issuer, if anything.
    ///
    /// # Errors
    /// [`CrlError`]: that cannot be found out.
    fn find(&self, serial: &[u8], issuer: &Name) -> Result<Option<Revocation>, CrlError>;

    /// Says whether the owner of `key` signed it.
    ///
    /// # Errors
    /// [`IssuerSignatureError`]
    fn verify(&self, key: &PublicKey) -> Result<(), IssuerSignatureError>;
}

/// A list that was read, in memory.
/// ```text
/// CertificateList ::= SEQUENCE {
///   tbsCertList          TBSCertList,
///   signatureAlgorithm   AlgorithmIdentifier,
///   signatureValue       BIT STRING }
/// ```
#[derive(Clone)]
pub struct Crl<'a> {
    der: &'a [u8],
    head: CrlHead,
    tbs: &'a [u8],
    signed_algorithm: &'a [u8],
    signature_algorithm: &'a [u8],
    signature: &'a [u8],
    /// The contents of revokedCertificates, and where they begin in `der`.
    entries: &'a [u8],
    entries_offset: usize,
    /// The fields of the TBSCertList before and after revokedCertificates.
    around: (&'a [u8], &'a [u8]),
}

impl<'a> Crl<'a> {
    /// Reads the list that `der` begins with, every entry of it. What follows is no part of it.
    ///
    /// # Errors
    /// [`CrlError`] when the bytes are none.
    pub fn parse(der: &'a [u8]) -> Result<Self, CrlError> {
        let list = Elements::in_contents(der).next_if(SEQUENCE);
        let list = list.ok_or(CrlError::Malformed)?;
        if list.der.len() > MAX_CRL {
            return Err(CrlError::TooLarge);
        }
        let mut crl = Self::read(list.der, list.content).ok_or(CrlError::Malformed)?;
        let mut unknown = false;
        for placed in crl.entries() {
            unknown |= placed.ok_or(CrlError::Malformed)?.entry.unknown_critical;
        }
        crl.head.unknown_critical |= unknown;
        Ok(crl)
    }

    fn read(der: &'a [u8], content: &'a [u8]) -> Option<Self> {
        let mut fields = Elements::in_contents(content);
        let tbs = fields.next_if(SEQUENCE)?;
        let signature_algorithm = algorithm(&mut fields)?;
        let signature = fields.next_if(BIT_STRING)?.content.strip_prefix(&[0])?;
        let HeadFields {
            head,
            signed_algorithm,
            entries,
            around,
        } = CrlHead::read(tbs.content)?;
        let whole = fields.is_at_end();
        whole.then_some(Self {
            entries_offset: der.len() - content.len() + tbs.der.len() - tbs.content.len()
                + (tbs.content.len() - around.1.len() - entries.len()),
            der,
            head,
            tbs: tbs.der,
            signed_algorithm,
            signature_algorithm,
            signature,
            entries,
            around,
        })
    }

    /// The list as it was read.
    pub fn der(&self) -> &'a [u8] {
        self.der
    }

    /// Every entry in order; `None` for one that cannot be read.
    pub fn entries(&self) -> Entries<'a> {
        Entries::of(
            self.entries,
            self.entries_offset,
            self.head.has_extensions(),
        )
    }

    /// What [`CrlHead::parse`] makes the same head of, without the entries.
    pub fn head_der(&self) -> Vec<u8> {
        [self.around.0, self.around.1].concat()
    }
}

impl RevocationList for Crl<'_> {
    fn head(&self) -> &CrlHead {
        &self.head
    }

    fn find(&self, serial: &[u8], issuer: &Name) -> Result<Option<Revocation>, CrlError> {
        let mut found = None;
        for placed in self.entries() {
            let placed = placed.ok_or(CrlError::Malformed)?;
            if same_serial(placed.entry.serial, serial)
                && is_issuer(placed.issuer, issuer, &self.head.issuer)
            {
                found = Some(more_severe(found, placed.entry));
            }
        }
        Ok(found)
    }

    fn verify(&self, key: &PublicKey) -> Result<(), IssuerSignatureError> {
        let signed = Signed {
            content: self.tbs,
            content_algorithm: self.signed_algorithm,
            algorithm: self.signature_algorithm,
            signature: self.signature,
        };
        signed.verify(key)
    }
}

/// Without the entries, of which there may be a million.
impl fmt::Debug for Crl<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Crl");
        shown.field("head", &self.head).finish_non_exhaustive()
    }
}

/// Whether an entry is about certificates of `issuer`. `named` is what certificateIssuer said last (RFC 5280 §5.3.3);
/// until it has said anything, entries are about those of the list's own issuer.
pub fn is_issuer(named: Option<&[u8]>, issuer: &Name, list_issuer: &Name) -> bool {
    let Some(named) = named else {
        return list_issuer.is(issuer.der());
    };
    let names = GeneralName::list(named).unwrap_or_default();
    names
        .iter()
        .any(|name| matches!(name, GeneralName::Directory(der) if issuer.is(der)))
}

/// What two entries about one certificate say: a revocation rather than the end of one.
pub fn more_severe(known: Option<Revocation>, entry: Entry<'_>) -> Revocation {
    match known {
        Some(known) if !known.is_removal() => known,
        _ => entry.revocation(),
    }
}
