//! Reading a SignedData.

use super::{
    signer_info::SignerInfo,
    structure::{ContentInfo, ID_SIGNED_DATA, RawSet, SignedDataLayout},
};
use crate::{
    ber,
    format::{FormatError, SignerReference},
};
use const_oid::ObjectIdentifier;
use der::Decode;

/// The most signers that are verified.
const MAX_SIGNERS: usize = 100;
/// The most certificates that are looked through.
const MAX_CERTIFICATES: usize = 1000;

/// A SignedData that was read, with nothing verified yet.
#[derive(Clone, Debug)]
pub struct SignedData {
    pub(super) content_type: ObjectIdentifier,
    pub(super) content: Option<Vec<u8>>,
    /// DER, or what claims to be.
    pub(super) certificates: Vec<Vec<u8>>,
    /// DER SignerInfos.
    pub(super) signers: Vec<Vec<u8>>,
    trailing: usize,
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
            content_type: data.encap_content_info.content_type,
            content: content.map(|content| content.as_bytes().to_vec()),
            certificates: members(data.certificates, MAX_CERTIFICATES, "certificates")?,
            signers: members(Some(data.signer_infos), MAX_SIGNERS, "signerInfos")?,
            trailing: rest.len(),
        })
    }

    /// The certificates that came along, in DER, in no particular order. Other kinds of entries are among them.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
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
