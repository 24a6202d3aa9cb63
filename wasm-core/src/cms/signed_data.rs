//! Reading a SignedData.

use super::{
    Embedded,
    der_prefix::{OBJECT_IDENTIFIER, structure},
    signer_info::SignerInfo,
    structure::{ContentInfo, ID_SIGNED_DATA, RawSet, SignedDataLayout},
};
use crate::{
    ber,
    format::{FormatError, SignerReference},
};
use const_oid::ObjectIdentifier;
use der::Decode as _;
use std::borrow::Cow;

/// The most signers that are verified.
const MAX_SIGNERS: usize = 100;
/// The most certificates, and the most revocation lists and answers, that are looked through.
const MAX_CERTIFICATES: usize = 1000;

/// A SignedData that was read, with nothing verified yet.
#[derive(Clone, Debug)]
pub struct SignedData {
    /// `None`: what countersigners signed has no type (RFC 5652 §11.4).
    pub(super) content_type: Option<ObjectIdentifier>,
    pub(super) content: Option<Vec<u8>>,
    /// DER, or what claims to be.
    pub(super) certificates: Vec<Vec<u8>>,
    /// DER RevocationInfoChoices, or what claims to be.
    pub(super) revocation: Vec<Vec<u8>>,
    /// DER SignerInfos.
    pub(super) signers: Vec<Vec<u8>>,
    trailing: usize,
    /// Whether the bytes that were read are not these: they were BER.
    pub(super) is_rewritten: bool,
}

impl SignedData {
    /// Reads a ContentInfo with a SignedData, in BER or DER. Bytes that follow it are no part of it
    /// ([`Self::trailing`]).
    ///
    /// # Errors
    /// [`FormatError::Malformed`], also if there are more than 100 signers or 1000 certificates.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let (der, rest) = ber::first_to_der(bytes).map_err(|_| FormatError::Malformed("BER"))?;
        let info =
            ContentInfo::from_der(&der).map_err(|_| FormatError::Malformed("ContentInfo"))?;
        if info.content_type != ID_SIGNED_DATA {
            return Err(FormatError::Malformed("content type"));
        }
        let data = info.content.decode_as::<SignedDataLayout<'_>>();
        let data = data.map_err(|_| FormatError::Malformed("SignedData"))?;
        let content = data.encap_content_info.content;
        Ok(Self {
            content_type: Some(data.encap_content_info.content_type),
            content: content.map(|content| content.as_bytes().to_vec()),
            certificates: members(data.certificates, MAX_CERTIFICATES, "certificates")?,
            // Lists that cannot be read must not hide the signatures.
            revocation: members(data.crls, MAX_CERTIFICATES, "crls").unwrap_or_default(),
            signers: members(Some(data.signer_infos), MAX_SIGNERS, "signerInfos")?,
            trailing: rest.len(),
            is_rewritten: matches!(der, Cow::Owned(_)),
        })
    }

    /// The certificates that came along, in DER, in no particular order. Other kinds of entries are among them.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// The evidence that came along.
    pub fn embedded(&self) -> Embedded {
        Embedded {
            certificates: self.certificates.clone(),
            ..Embedded::of_choices(&self.revocation)
        }
    }

    /// The type of the content, with its header.
    pub(super) fn content_type_der(&self) -> Vec<u8> {
        let oid = self.content_type.as_ref();
        oid.map_or_else(Vec::new, |oid| structure(OBJECT_IDENTIFIER, oid.as_bytes()))
    }

    /// What countersigners signed: the signature of one signer.
    pub(super) fn countersigned(signature: &[u8], signer: &[u8]) -> Self {
        Self {
            content_type: None,
            content: Some(signature.to_vec()),
            certificates: Vec::new(),
            revocation: Vec::new(),
            signers: vec![signer.to_vec()],
            trailing: 0,
            is_rewritten: false,
        }
    }

    /// The content, if it is attached.
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// How many bytes follow the SignedData: padding, or what somebody appended.
    pub fn trailing(&self) -> usize {
        self.trailing
    }

    /// How the signatures name their certificates, as far as they can be read.
    pub fn signers(&self) -> Vec<SignerReference> {
        let signers = self.signers.iter().filter_map(|der| SignerInfo::parse(der));
        signers.map(|info| info.signer.reference()).collect()
    }

    /// Whether nothing is signed: certificates and revocation lists alone (.p7b, RFC 5652 §5.2).
    pub fn is_bag_of_certificates(&self) -> bool {
        self.signers.is_empty() && self.content.is_none() && !self.certificates.is_empty()
    }

    /// How many signers there are. Without any (a mere bag of certificates) nothing is signed.
    pub fn signer_count(&self) -> usize {
        self.signers.len()
    }
}

fn members(
    set: Option<RawSet<'_>>,
    limit: usize,
    name: &'static str,
) -> Result<Vec<Vec<u8>>, FormatError> {
    let Some(set) = set else {
        return Ok(Vec::new());
    };
    let members = set
        .members(limit)
        .map_err(|_| FormatError::Malformed(name))?;
    Ok(members.into_iter().map(<[u8]>::to_vec).collect())
}
