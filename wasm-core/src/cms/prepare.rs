//! Making a SignedData: the attributes, then what stands before and after the content.

use super::{
    attributes,
    der_prefix::{DerPrefix, FIELD_0, OCTET_STRING, SEQUENCE, SET, structure},
    ess,
    structure::{ID_DATA, ID_SIGNED_DATA},
};
use crate::format::{FormatError, Level, Piece, Signing};
use cms::{content_info::CmsVersion, signed_data::SignedAttributes};
use der::{Decode as _, Encode, asn1::AnyRef};

/// A SignedData without its signature and its signed attributes.
#[derive(Debug)]
pub(crate) struct Unsigned {
    /// DER of IssuerAndSerialNumber.
    signer: Vec<u8>,
    /// DER of AlgorithmIdentifiers.
    digest_algorithm: Vec<u8>,
    signature_algorithm: Vec<u8>,
    /// In the order of a DER SET OF.
    certificates: Vec<Vec<u8>>,
    /// How long the content is, if it goes inside.
    attached: Option<u64>,
}

/// Builds the signed attributes, which are the message to sign.
///
/// # Errors
/// [`FormatError::ContentSizeMissing`], [`FormatError::TimeOutOfRange`].
pub(crate) fn prepare(signing: &Signing<'_>) -> Result<(Vec<u8>, Unsigned), FormatError> {
    let attributes = signed_attributes(signing)?;
    let unsigned = Unsigned {
        signer: signing.certificate.issuer_and_serial(),
        digest_algorithm: signing
            .algorithm
            .digest_identifier()
            .to_der()
            .map_err(encoding)?,
        signature_algorithm: signature_algorithm(signing).map_err(encoding)?,
        certificates: certificate_set(signing),
        attached: signing.attached()?,
    };
    // RFC 5652 §5.4: signed is the DER of a SET OF, not of the field it will be.
    Ok((attributes.to_der().map_err(encoding)?, unsigned))
}

impl Unsigned {
    /// Puts the SignedData together around its content.
    ///
    /// # Errors
    /// [`FormatError::Malformed`]: lengths that DER cannot express.
    pub(crate) fn assemble(
        self,
        attributes: &[u8],
        signature: &[u8],
    ) -> Result<Vec<Piece>, FormatError> {
        self.pieces(attributes, signature).map_err(encoding)
    }

    fn pieces(self, attributes: &[u8], signature: &[u8]) -> der::Result<Vec<Piece>> {
        // RFC 5652 §5.3; version 1 because of issuerAndSerialNumber
        let signer_info = [
            CmsVersion::V1.to_der()?,
            self.signer,
            self.digest_algorithm.clone(),
            structure(FIELD_0, AnyRef::from_der(attributes)?.value()),
            self.signature_algorithm,
            structure(OCTET_STRING, signature),
        ];
        let signer_info = structure(SEQUENCE, &signer_info.concat());
        let tail = tail(&self.certificates.concat(), &signer_info);
        let head = head(&self.digest_algorithm, self.attached, &tail)?;
        Ok(match self.attached {
            Some(length) => vec![
                Piece::Bytes { bytes: head },
                Piece::Document { start: 0, length },
                Piece::Bytes { bytes: tail },
            ],
            None => vec![Piece::Bytes {
                bytes: [head, tail].concat(),
            }],
        })
    }
}

/// What is left when everything from outside has been checked: lengths that DER cannot express.
fn encoding(_: der::Error) -> FormatError {
    FormatError::Malformed("encoding")
}

fn signature_algorithm(signing: &Signing<'_>) -> der::Result<Vec<u8>> {
    signing.algorithm.identifier()?.to_der()
}

fn signed_attributes(signing: &Signing<'_>) -> Result<SignedAttributes, FormatError> {
    let time = attributes::signing_time(signing.signing_time).ok_or(FormatError::TimeOutOfRange)?;
    let build = || {
        let mut list = vec![
            attributes::content_type()?,
            attributes::message_digest(&signing.content.digest)?,
            time?,
        ];
        if signing.profile.level == Level::Bes {
            let ess = ess::signing_certificate(signing.certificate, signing.algorithm)?;
            list.push(ess);
        }
        SignedAttributes::try_from(list)
    };
    build().map_err(encoding)
}

/// The signer's certificate and its chain, each once.
fn certificate_set(signing: &Signing<'_>) -> Vec<Vec<u8>> {
    let certificates = signing.chain.iter().chain([signing.certificate]);
    let mut set: Vec<_> = certificates.map(|it| it.der().to_vec()).collect();
    set.sort();
    set.dedup();
    set
}

/// `certificates` and `signerInfos` of RFC 5652 §5.1.
fn tail(certificates: &[u8], signer_info: &[u8]) -> Vec<u8> {
    [
        structure(FIELD_0, certificates),
        structure(SET, signer_info),
    ]
    .concat()
}

/// Everything before the content, from ContentInfo (RFC 5652 §3) to the header of eContent (§5.2).
///
/// SignedData is version 1 (§5.1): content of type id-data, X.509 certificates only, SignerInfo of version 1.
fn head(digest_algorithm: &[u8], attached: Option<u64>, tail: &[u8]) -> der::Result<Vec<u8>> {
    let content = match attached {
        Some(size) => DerPrefix::of(size).wrap(OCTET_STRING).wrap(FIELD_0),
        None => DerPrefix::of(0),
    };
    let encap_content_info = content.prepend(&ID_DATA.to_der()?).wrap(SEQUENCE);
    let signed_data = encap_content_info
        .prepend(&structure(SET, digest_algorithm))
        .prepend(&CmsVersion::V1.to_der()?)
        .followed_by(tail)
        .wrap(SEQUENCE);
    let content_info = signed_data
        .wrap(FIELD_0)
        .prepend(&ID_SIGNED_DATA.to_der()?)
        .wrap(SEQUENCE);
    Ok(content_info.into_bytes())
}
