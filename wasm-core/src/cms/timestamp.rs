//! Timestamps (RFC 3161) of signatures.

use super::{Embedded, SignedData, TimestampKind, signer_info::SignerInfo};
use crate::{
    algorithm::{Digest, DigestAlgorithm, digest_of_identifier},
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
    /// What it is over.
    pub kind: TimestampKind,
    /// The time that it states, Unix time, if it can be read.
    pub time: Option<i64>,
    /// The verdict on its signature, if it has one signer.
    pub signature: Option<SignerVerdict>,
    /// Evidence that came along.
    pub embedded: Embedded,
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
    /// It is of a form that Tamga does not check.
    FormUnsupported,
    /// It is of other bytes.
    OtherMessage,
    /// The signature was written in BER: how its bytes were when it was made is not known.
    EncodingUnknown,
    /// The document that it covers is not there.
    ContentMissing,
    /// The document that it covers is too large to be read again.
    ContentTooLarge,
    /// Something that it covers is not there.
    CoverageMissing,
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
            Self::AlgorithmUnsupported
            | Self::ContentMissing
            | Self::ContentTooLarge
            | Self::EncodingUnknown
            | Self::FormUnsupported
            | Self::SignatureUnchecked => SignatureState::Unchecked,
            Self::CoverageMissing
            | Self::Malformed
            | Self::NotBound
            | Self::OtherMessage
            | Self::SignatureInvalid => SignatureState::Invalid,
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

/// What a token states.
struct Token {
    data: SignedData,
    time: i64,
    digest: Option<DigestAlgorithm>,
    hashed_message: Vec<u8>,
}

impl Token {
    fn parse(token: &[u8]) -> Option<Self> {
        let data = SignedData::parse(token).ok()?;
        let content = data
            .content()
            .filter(|_| data.content_type == Some(TST_INFO));
        let info = TstInfo::parse(content?)?;
        Some(Self {
            time: info.time,
            digest: digest_of_identifier(info.imprint.hash_algorithm).ok(),
            hashed_message: info.imprint.hashed_message.as_bytes().to_vec(),
            data,
        })
    }

    /// Evidence in it, and in what was added to its signer's entry.
    fn embedded(&self) -> Embedded {
        let signers = self.data.signers.iter();
        let infos = signers.filter_map(|der| SignerInfo::parse(der));
        let added = infos.filter_map(|info| info.unsigned_attributes);
        added.fold(self.data.embedded(), |all, attributes| {
            all.with(Embedded::of_attributes(&attributes))
        })
    }
}

/// The time that a token states, if it can be read.
pub(super) fn time_of(token: &[u8]) -> Option<i64> {
    Token::parse(token).map(|token| token.time)
}

/// With which digest a token is made, if that can be read and is known.
pub(super) fn digest_of(token: &[u8]) -> Option<DigestAlgorithm> {
    Token::parse(token)?.digest
}

/// Gives the digest that a token with this time has to be of.
pub(super) type Message<'m> =
    dyn FnMut(DigestAlgorithm, &SignedData, i64) -> Result<Digest, TimestampFailure> + 'm;

impl Timestamp {
    /// Verifies a token over `message`; its authority's certificate is looked for in it and in `certificates` (DER).
    pub(super) fn verify(
        token: &[u8],
        kind: TimestampKind,
        message: &mut Message<'_>,
        certificates: &[Vec<u8>],
    ) -> Self {
        let mut verdict = Self {
            kind,
            time: None,
            signature: None,
            embedded: Embedded::default(),
            failure: None,
        };
        verdict.failure = verdict.judge(token, message, certificates).err();
        verdict
    }

    /// Fills the verdict in as far as it gets.
    fn judge(
        &mut self,
        token: &[u8],
        message: &mut Message<'_>,
        certificates: &[Vec<u8>],
    ) -> Result<(), TimestampFailure> {
        let token = Token::parse(token).ok_or(TimestampFailure::Malformed)?;
        self.embedded = token.embedded();
        self.time = Some(token.time);
        let known = [&*self.embedded.certificates, certificates].concat();
        let signature = match <[_; 1]>::try_from(token.data.verify(None, &known)) {
            Ok([signature]) => self.signature.insert(signature),
            Err(_) => return Err(TimestampFailure::Malformed),
        };
        let digest = token.digest.ok_or(TimestampFailure::AlgorithmUnsupported)?;
        let expected = message(digest, &token.data, token.time)?;
        if expected.bytes() != token.hashed_message {
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
