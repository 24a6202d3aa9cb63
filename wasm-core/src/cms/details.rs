//! What a SignerInfo has besides its signature: what it was made over, and what was added to it later (RFC 5652 §11.4;
//! ETSI EN 319 122-1 §5.3 to §5.5).

use super::{SignedData, Timestamp, signer_info::SignerInfo};
use crate::{
    algorithm::{Digest, DigestAlgorithm, SignatureAlgorithm, digest_of_identifier},
    format::SignerVerdict,
};
use const_oid::ObjectIdentifier;
use serde::{Deserialize, Serialize};

const COUNTERSIGNATURE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.6");
const SIGNATURE_TIMESTAMP: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
const SIGNATURE_POLICY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.15");
/// The most timestamps, and the most countersignatures, that are verified for one signer.
const MAX_ADDED: usize = 16;

/// An attribute that is there, and whose meaning is not verified.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum UncheckedAttribute {
    /// content-time-stamp: a timestamp over the document.
    ContentTimestamp,
    /// complete-certificate-references
    CertificateReferences,
    /// complete-revocation-references
    RevocationReferences,
    /// certificate-values
    CertificateValues,
    /// revocation-values
    RevocationValues,
    /// CAdES-C-timestamp, time-stamped-certs-crls-references
    ReferencesTimestamp,
    /// archive-time-stamp of any version
    ArchiveTimestamp,
    /// More timestamps or countersignatures than are verified.
    More,
}

/// Where the attributes stand that are told and not verified.
const UNCHECKED: [(ObjectIdentifier, UncheckedAttribute); 11] = {
    use UncheckedAttribute::{
        ArchiveTimestamp, CertificateReferences, CertificateValues, ContentTimestamp,
        ReferencesTimestamp, RevocationReferences, RevocationValues,
    };
    [
        (oid("1.2.840.113549.1.9.16.2.20"), ContentTimestamp),
        (oid("1.2.840.113549.1.9.16.2.21"), CertificateReferences),
        (oid("1.2.840.113549.1.9.16.2.22"), RevocationReferences),
        (oid("1.2.840.113549.1.9.16.2.23"), CertificateValues),
        (oid("1.2.840.113549.1.9.16.2.24"), RevocationValues),
        (oid("1.2.840.113549.1.9.16.2.25"), ReferencesTimestamp),
        (oid("1.2.840.113549.1.9.16.2.26"), ReferencesTimestamp),
        (oid("1.2.840.113549.1.9.16.2.27"), ArchiveTimestamp),
        (oid("1.2.840.113549.1.9.16.2.48"), ArchiveTimestamp),
        (oid("0.4.0.1733.2.4"), ArchiveTimestamp),
        (oid("0.4.0.1733.2.5"), ArchiveTimestamp),
    ]
};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// What a signer's entry has besides its signature.
#[derive(Clone, Debug, Default)]
pub struct SignerDetails {
    /// Whether it names a signature policy (CAdES-EPES).
    pub has_policy: bool,
    /// The timestamps over its signature, verified.
    pub timestamps: Vec<Timestamp>,
    /// The countersignatures, verified.
    pub countersignatures: Vec<SignerVerdict>,
    /// What else is there.
    pub unchecked: Vec<UncheckedAttribute>,
}

impl SignedData {
    /// What each signer's entry has besides its signature, in the order of the signers. Certificates are looked for as
    /// [`Self::verify`] does it.
    pub fn details(&self, certificates: &[Vec<u8>]) -> Vec<SignerDetails> {
        let known = [&*self.certificates, certificates].concat();
        let signers = self.signers.iter();
        let details = signers.map(|der| match SignerInfo::parse(der) {
            Some(info) => SignerDetails::of(&info, &known),
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
    fn of(info: &SignerInfo<'_>, certificates: &[Vec<u8>]) -> Self {
        let signed = info.signed_attributes.iter();
        let unsigned = info.unsigned_attributes.iter();
        let values = |oid| unsigned.clone().flat_map(move |it| it.values(oid));
        let all = || signed.clone().chain(unsigned.clone());
        let mut unchecked: Vec<_> = UNCHECKED
            .into_iter()
            .filter(|(oid, _)| all().any(|attributes| attributes.has(*oid)))
            .map(|(_, name)| name)
            .collect();
        unchecked.dedup();
        let most = [SIGNATURE_TIMESTAMP, COUNTERSIGNATURE].map(|oid| values(oid).count());
        unchecked
            .extend((most.iter().any(|it| *it > MAX_ADDED)).then_some(UncheckedAttribute::More));
        let timestamps = values(SIGNATURE_TIMESTAMP)
            .take(MAX_ADDED)
            .map(|token| Timestamp::verify(token, info.signature, certificates));
        let countersignatures = values(COUNTERSIGNATURE).take(MAX_ADDED).flat_map(|signer| {
            let signed = SignedData::countersigned(info.signature, signer);
            signed.verify(None, certificates)
        });
        Self {
            has_policy: signed.clone().any(|it| it.has(SIGNATURE_POLICY)),
            timestamps: timestamps.collect(),
            countersignatures: countersignatures.collect(),
            unchecked,
        }
    }
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
    let mut all: Vec<_> = digest.into_iter().chain(signed.flatten()).collect();
    all.dedup();
    all
}

fn message_digest(info: &SignerInfo<'_>) -> Option<Digest> {
    let identifier = info.digest_algorithm().ok()?;
    let algorithm = digest_of_identifier(identifier).ok()?;
    let value = info.signed_attributes.as_ref()?.message_digest().ok()?;
    Digest::new(algorithm, value)
}
