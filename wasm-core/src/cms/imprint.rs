//! What the timestamps of a signature are over (ETSI EN 319 122-1 §5.2.8, §5.3, §5.5, annex A.1.5, A.2.4).

use super::{
    SignedData, TimestampFailure,
    attributes::Attributes,
    content::Content,
    der_prefix::{DerPrefix, FIELD_0, OCTET_STRING, SEQUENCE, structure},
    hash_index::HashIndex,
    signer_info::SignerInfo,
    timestamp::time_of,
};
use crate::{
    algorithm::{Digest, DigestAlgorithm},
    ber,
    format::SignerFailure,
};
use const_oid::ObjectIdentifier;
use serde::{Deserialize, Serialize};

/// What a timestamp is over.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum TimestampKind {
    /// The document: it says nothing about when that was signed.
    Content,
    /// The signature.
    Signature,
    /// The signature with its timestamps and the references to evidence.
    SignatureAndReferences,
    /// The references to evidence alone.
    References,
    /// The document, the signature, and all that came along.
    Archive,
}

impl TimestampKind {
    /// Whether the signature was there when it was made.
    pub fn covers_signature(self) -> bool {
        match self {
            Self::Signature | Self::SignatureAndReferences | Self::Archive => true,
            Self::Content | Self::References => false,
        }
    }
}

/// How the imprint of a timestamp is made up.
#[derive(Clone, Copy, Debug)]
pub(super) enum Imprint {
    Content,
    Signature,
    SignatureAndReferences,
    References,
    /// archive-time-stamp of ETSI TS 101 733 V1.4.0, without tags and lengths: nobody makes it any more.
    ArchiveV1,
    ArchiveV2,
    ArchiveV3,
}

/// The attributes with timestamps: signed or not, and what is in them.
pub(super) const TIMESTAMPS: [(ObjectIdentifier, bool, TimestampKind, Imprint); 7] = [
    (
        oid("1.2.840.113549.1.9.16.2.20"),
        true,
        TimestampKind::Content,
        Imprint::Content,
    ),
    (
        oid("1.2.840.113549.1.9.16.2.14"),
        false,
        TimestampKind::Signature,
        Imprint::Signature,
    ),
    (
        oid("1.2.840.113549.1.9.16.2.25"),
        false,
        TimestampKind::SignatureAndReferences,
        Imprint::SignatureAndReferences,
    ),
    (
        oid("1.2.840.113549.1.9.16.2.26"),
        false,
        TimestampKind::References,
        Imprint::References,
    ),
    (
        oid("1.2.840.113549.1.9.16.2.27"),
        false,
        TimestampKind::Archive,
        Imprint::ArchiveV1,
    ),
    (
        oid("1.2.840.113549.1.9.16.2.48"),
        false,
        TimestampKind::Archive,
        Imprint::ArchiveV2,
    ),
    (
        oid("0.4.0.1733.2.4"),
        false,
        TimestampKind::Archive,
        Imprint::ArchiveV3,
    ),
];

const SIGNATURE_TIMESTAMP: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.14");
const CERTIFICATE_REFERENCES: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.21");
const REVOCATION_REFERENCES: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.22");

/// CONTEXT 1, constructed
const FIELD_1: u8 = 0xa1;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// A signer's entry, and what it is in.
pub(super) struct Stamped<'s, 'c> {
    pub(super) data: &'s SignedData,
    /// DER of the SignerInfo.
    pub(super) der: &'s [u8],
    pub(super) info: &'s SignerInfo<'s>,
    pub(super) content: &'s mut Content<'c>,
}

impl Stamped<'_, '_> {
    /// The digest that has to be in the timestamp `token`, which states `time`.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn digest(
        &mut self,
        imprint: Imprint,
        digest: DigestAlgorithm,
        token: &SignedData,
        time: i64,
    ) -> Result<Digest, TimestampFailure> {
        let signature = self.info.signature;
        match imprint {
            Imprint::Content => self.content(digest),
            Imprint::Signature => Ok(digest.digest(signature)),
            Imprint::SignatureAndReferences => {
                let parts = [
                    SIGNATURE_TIMESTAMP,
                    CERTIFICATE_REFERENCES,
                    REVOCATION_REFERENCES,
                ];
                Ok(self.with_attributes(digest, signature, &parts))
            }
            Imprint::References => {
                let parts = [CERTIFICATE_REFERENCES, REVOCATION_REFERENCES];
                Ok(self.with_attributes(digest, &[], &parts))
            }
            Imprint::ArchiveV1 => Err(TimestampFailure::FormUnsupported),
            Imprint::ArchiveV2 => self.archive_v2(digest, time),
            Imprint::ArchiveV3 => self.archive_v3(digest, token),
        }
    }

    fn content(&mut self, digest: DigestAlgorithm) -> Result<Digest, TimestampFailure> {
        let found = self.content.digest(digest);
        found.ok_or_else(|| missing(self.content))
    }

    /// These bytes, and the unsigned attributes of these types without their headers.
    fn with_attributes(
        &self,
        digest: DigestAlgorithm,
        first: &[u8],
        types: &[ObjectIdentifier],
    ) -> Digest {
        let mut hasher = digest.hasher();
        hasher.update(first);
        let attributes = self.info.unsigned_attributes.as_ref();
        for oid in types {
            let contents = attributes.map(|it| it.contents(*oid)).unwrap_or_default();
            contents.iter().for_each(|it| hasher.update(it));
        }
        hasher.finish()
    }

    /// ETSI EN 319 122-1 annex A.2.4: all of it as it was, without this timestamp and those that were added later.
    fn archive_v2(
        &mut self,
        digest: DigestAlgorithm,
        time: i64,
    ) -> Result<Digest, TimestampFailure> {
        let mut hasher = digest.hasher();
        hasher.update(&self.encapsulated());
        if !self.content.read(&mut |piece| hasher.update(piece)) {
            return Err(missing(self.content));
        }
        for (tag, members) in [
            (FIELD_0, &self.data.certificates),
            (FIELD_1, &self.data.revocation),
        ] {
            if !members.is_empty() {
                hasher.update(&structure(tag, &members.concat()));
            }
        }
        let signed = signed_part(self.der).ok_or(TimestampFailure::Malformed)?;
        hasher.update(signed);
        let earlier = self.info.unsigned_attributes.as_ref();
        let earlier = earlier.map(|it| it.without(|oid, values| is_later(oid, values, time)));
        hasher.update(&structure(FIELD_1, &earlier.unwrap_or_default()));
        Ok(hasher.finish())
    }

    /// What stands before the content in encapContentInfo; all of it where the content is not inside.
    fn encapsulated(&self) -> Vec<u8> {
        let oid = self.data.content_type_der();
        match self.data.content.as_ref() {
            Some(content) => DerPrefix::of(u64::try_from(content.len()).unwrap_or(u64::MAX))
                .wrap(OCTET_STRING)
                .wrap(FIELD_0)
                .prepend(&oid)
                .wrap(SEQUENCE)
                .into_bytes(),
            None => structure(SEQUENCE, &oid),
        }
    }

    /// ETSI EN 319 122-1 §5.5.3: digests of what it covers stand in an index, which is part of the imprint.
    fn archive_v3(
        &mut self,
        digest: DigestAlgorithm,
        token: &SignedData,
    ) -> Result<Digest, TimestampFailure> {
        let content = self.content(digest)?;
        let index = HashIndex::of(token).ok_or(TimestampFailure::Malformed)?;
        let none = Attributes::default();
        let attributes = self.info.unsigned_attributes.as_ref().unwrap_or(&none);
        index.check(self.data, attributes)?;
        let signed = signed_part(self.der).ok_or(TimestampFailure::Malformed)?;
        let mut hasher = digest.hasher();
        for part in [
            &*self.data.content_type_der(),
            &content.bytes(),
            signed,
            index.der(),
        ] {
            hasher.update(part);
        }
        Ok(hasher.finish())
    }
}

/// The fields of a SignerInfo up to its signature, as they stand.
fn signed_part(signer: &[u8]) -> Option<&[u8]> {
    let contents = der::Decode::from_der(signer).map(|any: der::asn1::AnyRef<'_>| any.value());
    let contents = contents.ok()?;
    let mut rest = contents;
    while !rest.is_empty() && rest.first() != Some(&FIELD_1) {
        (_, rest) = ber::split_first(rest).ok()?;
    }
    contents.get(..contents.len() - rest.len())
}

/// Whether it is an archive timestamp that was not there yet at that time.
fn is_later(oid: &[u8], values: &[&[u8]], time: i64) -> bool {
    let mut archives = TIMESTAMPS
        .iter()
        .filter(|(.., kind, _)| *kind == TimestampKind::Archive);
    archives.any(|(archive, ..)| archive.as_bytes() == oid)
        && values
            .iter()
            .any(|token| time_of(token).is_none_or(|stated| stated >= time))
}

fn missing(content: &Content<'_>) -> TimestampFailure {
    match content.missing() {
        SignerFailure::ContentTooLarge => TimestampFailure::ContentTooLarge,
        _ => TimestampFailure::ContentMissing,
    }
}
