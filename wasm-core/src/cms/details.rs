//! What a SignerInfo has besides its signature: what it was made over, and what was added to it later (RFC 5652 §11.4;
//! ETSI EN 319 122-1 §5.3 to §5.5, annex A).

use super::{
    Embedded, SignedData, Timestamp, TimestampFailure,
    content::Content,
    imprint::{Imprint, Stamped, TIMESTAMPS},
    signer_info::SignerInfo,
    timestamp::digest_of,
};
use crate::{
    algorithm::{Digest, DigestAlgorithm, SignatureAlgorithm, digest_of_identifier},
    format::{Document, SignerVerdict},
};
use const_oid::ObjectIdentifier;
use serde::{Deserialize, Serialize};

const COUNTERSIGNATURE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.6");
const SIGNATURE_POLICY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.15");
/// The most timestamps, and the most countersignatures, that are verified for one signer.
const MAX_ADDED: usize = 16;

/// An attribute that is there, and whose meaning is not verified.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum UncheckedAttribute {
    /// complete-certificate-references
    CertificateReferences,
    /// complete-revocation-references
    RevocationReferences,
    /// More timestamps or countersignatures than are verified.
    More,
    /// What XAdES adds to a signature later: timestamps, certificates, answers about revocation.
    UnsignedProperties,
}

/// Where the attributes stand that are told and not verified.
const UNCHECKED: [(ObjectIdentifier, UncheckedAttribute); 2] = [
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.21"),
        UncheckedAttribute::CertificateReferences,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.22"),
        UncheckedAttribute::RevocationReferences,
    ),
];

/// What a signer's entry has besides its signature.
#[derive(Clone, Debug, Default)]
pub struct SignerDetails {
    /// Whether it names a signature policy (CAdES-EPES).
    pub has_policy: bool,
    /// The timestamps, verified.
    pub timestamps: Vec<Timestamp>,
    /// The countersignatures, verified.
    pub countersignatures: Vec<SignerVerdict>,
    /// Evidence that was added to the signature.
    pub embedded: Embedded,
    /// What else is there.
    pub unchecked: Vec<UncheckedAttribute>,
    /// The parts of the document that are signed, as they are named; empty: all of it is.
    pub covered: Vec<String>,
}

impl SignedData {
    /// What each signer's entry has besides its signature, in the order of the signers. `document` is the content, and
    /// certificates are looked for, as [`Self::verify`] has it.
    pub fn details<'a>(
        &'a self,
        document: Option<&'a mut (dyn Document + 'a)>,
        certificates: &[Vec<u8>],
    ) -> Vec<SignerDetails> {
        let known = [&*self.certificates, certificates].concat();
        let mut content = Content::new(self.content.as_deref(), document);
        let signers = self.signers.iter();
        let details = signers.map(|der| match SignerInfo::parse(der) {
            Some(info) => {
                let stamped = Stamped {
                    data: self,
                    der,
                    info: &info,
                    content: &mut content,
                };
                SignerDetails::of(stamped, &known)
            }
            None => SignerDetails::default(),
        });
        details.collect()
    }

    /// The digests of the content that verifying the signers may ask for.
    pub fn digests(&self) -> Vec<DigestAlgorithm> {
        let mut all = Vec::new();
        let infos = self.signers.iter().filter_map(|der| SignerInfo::parse(der));
        for digest in infos.flat_map(|info| digests(&info)) {
            if !all.contains(&digest) {
                all.push(digest);
            }
        }
        all
    }

    /// The digests of the content that signers signed, as far as they say them.
    pub fn message_digests(&self) -> Vec<Digest> {
        let infos = self.signers.iter().filter_map(|der| SignerInfo::parse(der));
        infos.filter_map(|info| message_digest(&info)).collect()
    }
}

impl SignerDetails {
    fn of(mut stamped: Stamped<'_, '_>, certificates: &[Vec<u8>]) -> Self {
        let info = stamped.info;
        let signed = info.signed_attributes.iter();
        let unsigned = info.unsigned_attributes.iter();
        let all = || signed.clone().chain(unsigned.clone());
        let mut unchecked: Vec<_> = UNCHECKED
            .into_iter()
            .filter(|(oid, _)| all().any(|attributes| attributes.has(*oid)))
            .map(|(_, name)| name)
            .collect();
        let countersignatures = || {
            let all = unsigned.clone();
            all.flat_map(|attributes| attributes.values(COUNTERSIGNATURE))
        };
        let tokens = tokens(info);
        let has_more = [tokens.len(), countersignatures().count()]
            .iter()
            .any(|it| *it > MAX_ADDED);
        unchecked.extend(has_more.then_some(UncheckedAttribute::More));
        let embedded = unsigned.clone().map(Embedded::of_attributes);
        let embedded = embedded.fold(Embedded::default(), Embedded::with);
        let known = [certificates, &*embedded.certificates].concat();
        let timestamps = tokens.into_iter().take(MAX_ADDED);
        let timestamps = timestamps.map(|(row, token)| stamp(&mut stamped, row, token, &known));
        Self {
            has_policy: signed.clone().any(|it| it.has(SIGNATURE_POLICY)),
            timestamps: timestamps.collect(),
            countersignatures: countersignatures()
                .take(MAX_ADDED)
                .flat_map(|signer| {
                    let signed = SignedData::countersigned(info.signature, signer);
                    signed.verify(None, &known)
                })
                .collect(),
            embedded,
            unchecked,
            covered: Vec::new(),
        }
    }
}

/// A row of [`TIMESTAMPS`].
type Row = (ObjectIdentifier, bool, super::TimestampKind, Imprint);

/// All timestamps of a signer's entry, and what each of them is.
fn tokens<'a>(info: &SignerInfo<'a>) -> Vec<(Row, &'a [u8])> {
    let found = TIMESTAMPS.into_iter().flat_map(|row| {
        let (oid, is_signed, ..) = row;
        let attributes = match is_signed {
            true => info.signed_attributes.iter(),
            false => info.unsigned_attributes.iter(),
        };
        let values = attributes.flat_map(move |it| it.values(oid));
        values.map(move |token| (row, token))
    });
    found.collect()
}

fn stamp(
    stamped: &mut Stamped<'_, '_>,
    (_, _, kind, imprint): Row,
    token: &[u8],
    certificates: &[Vec<u8>],
) -> Timestamp {
    let is_rewritten = stamped.data.is_rewritten;
    let mut message =
        |digest, token: &SignedData, time| stamped.digest(imprint, digest, token, time);
    let mut found = Timestamp::verify(token, kind, &mut message, certificates);
    let is_of_encoding = matches!(imprint, Imprint::ArchiveV2) && is_rewritten;
    if is_of_encoding && found.failure == Some(TimestampFailure::OtherMessage) {
        found.failure = Some(TimestampFailure::EncodingUnknown);
    }
    found
}

/// The digests of the content that verifying asks for.
fn digests(info: &SignerInfo<'_>) -> Vec<DigestAlgorithm> {
    let digest = info.digest_algorithm().ok();
    let digest = digest.and_then(|identifier| digest_of_identifier(identifier).ok());
    // Without attributes, the signature's own digest is that of the content.
    let of_signature = || {
        let identifier = info.signature_algorithm().ok()?;
        let algorithm = SignatureAlgorithm::from_identifier(identifier, digest?);
        algorithm.ok().map(SignatureAlgorithm::digest)
    };
    let signed = info.signed_attributes.is_none().then(of_signature);
    let of_content = |imprint| matches!(imprint, Imprint::Content | Imprint::ArchiveV3);
    let tokens = tokens(info).into_iter().take(MAX_ADDED);
    let tokens = tokens.filter(|((.., imprint), _)| of_content(*imprint));
    let stamped = tokens.filter_map(|(_, token)| digest_of(token));
    let known = digest.into_iter().chain(signed.flatten());
    known.chain(stamped).collect()
}

fn message_digest(info: &SignerInfo<'_>) -> Option<Digest> {
    let identifier = info.digest_algorithm().ok()?;
    let algorithm = digest_of_identifier(identifier).ok()?;
    let value = info.signed_attributes.as_ref()?.message_digest().ok()?;
    Digest::new(algorithm, value)
}
