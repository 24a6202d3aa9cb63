//! Timestamps over signatures (RFC 3161; the attribute signature-time-stamp of ETSI EN 319 122-1 §5.3).

use super::SignedData;
use crate::{
    algorithm::digest_of_identifier,
    asn1_time, ber,
    format::{Level, SignatureState, SignerFailure, SignerVerdict},
};
use const_oid::ObjectIdentifier;
use der::{
    Decode as _, Sequence, Tag, Tagged as _,
    asn1::{AnyRef, OctetStringRef},
};
use serde::{Deserialize, Serialize};
use spki::AlgorithmIdentifierRef;

/// id-ct-TSTInfo
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// A timestamp, and what verifying it came to. Whether its authority is trusted is another question.
#[derive(Clone, Debug)]
pub struct Timestamp {
    /// The time that it states, Unix time, if it can be read.
    pub time: Option<i64>,
    /// The verdict on its signature, if it has one signer.
    pub signature: Option<SignerVerdict>,
    /// Certificates that came along, DER.
    pub certificates: Vec<Vec<u8>>,
    /// Why it proves nothing.
    pub failure: Option<TimestampFailure>,
}

/// Why a timestamp proves nothing, whoever made it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum TimestampFailure {
    /// It is none that can be read.
    Malformed,
    /// The digest in it is one that Tamga does not know.
    AlgorithmUnsupported,
    /// It is of other bytes.
    OtherMessage,
    /// Its signature does not name its certificate by hash (RFC 3161 §2.4.2).
    NotBound,
    /// Its signature is not valid.
    SignatureInvalid,
    /// Its signature could not be checked.
    SignatureUnchecked,
}

impl TimestampFailure {
    /// Whether it is known to prove nothing, or could not be checked.
    pub fn state(self) -> SignatureState {
        match self {
            Self::AlgorithmUnsupported | Self::SignatureUnchecked => SignatureState::Unchecked,
            Self::Malformed | Self::NotBound | Self::OtherMessage | Self::SignatureInvalid => {
                SignatureState::Invalid
            }
        }
    }
}

/// RFC 3161 §2.4.2
/// ```text
/// MessageImprint ::= SEQUENCE {
///   hashAlgorithm  AlgorithmIdentifier,
///   hashedMessage  OCTET STRING }
/// ```
#[derive(Sequence)]
struct MessageImprint<'a> {
    hash_algorithm: AlgorithmIdentifierRef<'a>,
    hashed_message: &'a OctetStringRef,
}

/// The fields of TSTInfo that are asked for.
struct TstInfo<'a> {
    imprint: MessageImprint<'a>,
    time: i64,
}

impl<'a> TstInfo<'a> {
    /// RFC 3161 §2.4.2
    /// ```text
    /// TSTInfo ::= SEQUENCE {
    ///   version         INTEGER { v1(1) },
    ///   policy          TSAPolicyId,
    ///   messageImprint  MessageImprint,
    ///   serialNumber    INTEGER,
    ///   genTime         GeneralizedTime,
    ///   ... }
    /// ```
    fn parse(der: &'a [u8]) -> Option<Self> {
        let info = AnyRef::from_der(der).ok()?;
        let mut rest = info.value();
        let mut next = || {
            let (element, after) = ber::split_first(rest).ok()?;
            rest = after;
            Some(element)
        };
        let version = next()?;
        let _policy = next()?;
        let imprint = MessageImprint::from_der(next()?).ok()?;
        let _serial = next()?;
        let time = AnyRef::from_der(next()?).ok()?;
        let is_time = time.tag() == Tag::GeneralizedTime;
        let time = asn1_time::unix_time(asn1_time::GENERALIZED_TIME, time.value())?;
        let is_known = info.tag() == Tag::Sequence && version == [2, 1, 1] && is_time;
        is_known.then_some(Self { imprint, time })
    }
}

impl Timestamp {
    /// Verifies a token over `message`; its authority's certificate is looked for in it and in `certificates` (DER).
    pub(super) fn verify(token: &[u8], message: &[u8], certificates: &[Vec<u8>]) -> Self {
        let mut verdict = Self {
            time: None,
            signature: None,
            certificates: Vec::new(),
            failure: None,
        };
        verdict.failure = verdict.judge(token, message, certificates).err();
        verdict
    }

    /// Fills the verdict in as far as it gets.
    fn judge(
        &mut self,
        token: &[u8],
        message: &[u8],
        certificates: &[Vec<u8>],
    ) -> Result<(), TimestampFailure> {
        let token = SignedData::parse(token).map_err(|_| TimestampFailure::Malformed)?;
        self.certificates = token.certificates().to_vec();
        let content = token
            .content()
            .filter(|_| token.content_type == Some(TST_INFO));
        let info = content.and_then(TstInfo::parse);
        let info = info.ok_or(TimestampFailure::Malformed)?;
        self.time = Some(info.time);
        let signature = match <[_; 1]>::try_from(token.verify(None, certificates)) {
            Ok([signature]) => self.signature.insert(signature),
            Err(_) => return Err(TimestampFailure::Malformed),
        };
        let digest = digest_of_identifier(info.imprint.hash_algorithm)
            .map_err(|_| TimestampFailure::AlgorithmUnsupported)?;
        if digest.digest(message).bytes() != info.imprint.hashed_message.as_bytes() {
            return Err(TimestampFailure::OtherMessage);
        }
        match (signature.state, signature.failure, signature.level) {
            (SignatureState::Valid, _, Level::Bes) => Ok(()),
            (SignatureState::Valid, ..) | (_, Some(SignerFailure::CertificateMismatch), _) => {
                Err(TimestampFailure::NotBound)
            }
            (SignatureState::Invalid, ..) => Err(TimestampFailure::SignatureInvalid),
            (SignatureState::Unchecked, ..) => Err(TimestampFailure::SignatureUnchecked),
        }
    }
}
