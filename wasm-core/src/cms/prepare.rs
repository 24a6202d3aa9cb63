//! Making a SignedData: the attributes, then what stands before and after the content.

use super::{
    CmsError, CmsFormat, attributes,
    der_prefix::{DerPrefix, FIELD_0, OCTET_STRING, SEQUENCE, SET, structure},
    ess,
    structure::{ID_DATA, ID_SIGNED_DATA},
};
use crate::{
    algorithm::{Digest, PublicKey, SHORT_RSA, SignatureAlgorithm, verify_signature},
    certificate::Certificate,
};
use cms::{content_info::CmsVersion, signed_data::SignedAttributes};
use der::{Decode as _, Encode, asn1::AnyRef};
use spki::AlgorithmIdentifierOwned;

/// Above this a length is surely nonsense: 2⁵³ bytes, what a JavaScript number still counts.
const MAX_CONTENT: u64 = 1 << 53;

/// What is to be signed, by whom and how.
#[derive(Clone, Copy, Debug)]
pub struct Signing<'a> {
    /// The signer's certificate, DER.
    pub certificate: &'a [u8],
    /// Certificates to include besides the signer's own, DER, in any order.
    pub chain: &'a [Vec<u8>],
    /// The digest of the content, of the algorithm that `algorithm` signs.
    pub digest: &'a Digest,
    /// Which attributes.
    pub format: CmsFormat,
    /// How the attributes' digest will be signed.
    pub algorithm: SignatureAlgorithm,
    /// Unix seconds.
    pub signing_time: u64,
}

/// A signature that lacks only its value.
#[derive(Debug)]
pub struct Prepared {
    message_to_sign: Vec<u8>,
    digest_to_sign: Digest,
    algorithm: SignatureAlgorithm,
    signature_algorithm: AlgorithmIdentifierOwned,
    /// DER of IssuerAndSerialNumber.
    signer: Vec<u8>,
    /// DER SubjectPublicKeyInfo.
    public_key: Vec<u8>,
    /// In the order of a DER SET OF.
    certificates: Vec<Vec<u8>>,
}

/// Where the content will be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Placement {
    /// Inside, between head and tail.
    Attached {
        /// In bytes.
        size: u64,
    },
    /// Elsewhere.
    Detached,
}

/// A DER ContentInfo: `head`, then the content if it is attached, then `tail`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedDocument {
    /// Up to the first byte of the content.
    pub head: Vec<u8>,
    /// From behind the last byte of the content.
    pub tail: Vec<u8>,
}

/// Builds the signed attributes.
///
/// # Errors
/// [`CmsError`]: a malformed certificate, a key that does not go with the algorithm, a digest of another algorithm
/// than is signed or of one that may not sign, a time after the year 9999.
pub fn prepare(signing: &Signing<'_>) -> Result<Prepared, CmsError> {
    let certificate = parse_certificate(signing.certificate)?;
    let digest = signing.algorithm.digest();
    if signing.digest.algorithm() != digest || !digest.may_sign() {
        return Err(CmsError::DigestUnfit);
    }
    let key = PublicKey::parse(certificate.public_key()).map_err(|_| CmsError::KeyUnsupported)?;
    let too_short = key.rsa_bits().is_some_and(|bits| bits < SHORT_RSA);
    if too_short || !key.goes_with(signing.algorithm) {
        return Err(CmsError::KeyUnsupported);
    }
    let signature_algorithm = signing.algorithm.identifier().map_err(encoding)?;
    let attributes = signed_attributes(signing, &certificate)?;
    // RFC 5652 §5.4: signed is the DER of a SET OF, not of the field it will be.
    let bytes = attributes.to_der().map_err(encoding)?;
    Ok(Prepared {
        digest_to_sign: digest.digest(&bytes),
        message_to_sign: bytes,
        algorithm: signing.algorithm,
        signature_algorithm,
        signer: certificate.issuer_and_serial(),
        public_key: certificate.public_key().to_vec(),
        certificates: certificate_set(signing)?,
    })
}

impl Prepared {
    /// The signed attributes: what the key signs.
    pub fn message_to_sign(&self) -> &[u8] {
        &self.message_to_sign
    }

    /// Their digest: what a key that does not hash signs.
    pub fn digest_to_sign(&self) -> Digest {
        self.digest_to_sign.clone()
    }

    /// Puts the SignedData together around its content. ECDSA signatures are given in DER, GOST ones in the country's order.
    ///
    /// # Errors
    /// [`CmsError::SignatureInvalid`] if it does not verify with the certificate; [`CmsError::ContentTooLarge`].
    pub fn finish(self, signature: &[u8], content: Placement) -> Result<SignedDocument, CmsError> {
        if matches!(content, Placement::Attached { size } if size > MAX_CONTENT) {
            return Err(CmsError::ContentTooLarge);
        }
        let key = &self.public_key;
        verify_signature(key, self.algorithm, &self.digest_to_sign, signature)
            .map_err(|_| CmsError::SignatureInvalid)?;
        self.assemble(signature, content).map_err(encoding)
    }

    fn assemble(self, signature: &[u8], content: Placement) -> der::Result<SignedDocument> {
        let digest_algorithm = self.algorithm.digest_identifier().to_der()?;
        // RFC 5652 §5.3; version 1 because of issuerAndSerialNumber
        let signer_info = [
            CmsVersion::V1.to_der()?,
            self.signer,
            digest_algorithm.clone(),
            structure(FIELD_0, AnyRef::from_der(&self.message_to_sign)?.value()),
            self.signature_algorithm.to_der()?,
            structure(OCTET_STRING, signature),
        ];
        let signer_info = structure(SEQUENCE, &signer_info.concat());
        let tail = tail(&self.certificates.concat(), &signer_info);
        let head = head(&digest_algorithm, content, &tail)?;
        Ok(SignedDocument { head, tail })
    }
}

fn parse_certificate(der: &[u8]) -> Result<Certificate, CmsError> {
    Certificate::parse(der).map_err(|_| CmsError::CertificateMalformed)
}

/// What is left when everything from outside has been checked: lengths that DER cannot express.
fn encoding(_: der::Error) -> CmsError {
    CmsError::Malformed("encoding")
}

fn signed_attributes(
    signing: &Signing<'_>,
    certificate: &Certificate,
) -> Result<SignedAttributes, CmsError> {
    let time = attributes::signing_time(signing.signing_time).ok_or(CmsError::TimeOutOfRange)?;
    let build = || {
        let mut list = vec![
            attributes::content_type()?,
            attributes::message_digest(signing.digest)?,
            time?,
        ];
        if signing.format == CmsFormat::CadesBes {
            list.push(ess::signing_certificate(certificate, signing.algorithm)?);
        }
        SignedAttributes::try_from(list)
    };
    build().map_err(encoding)
}

/// The signer's certificate and its chain, each once.
fn certificate_set(signing: &Signing<'_>) -> Result<Vec<Vec<u8>>, CmsError> {
    let chain = signing.chain.iter().map(Vec::as_slice);
    let certificates = chain.chain([signing.certificate]);
    // What follows a certificate (tokens pad them) is no part of it.
    let certificates = certificates.map(|der| Ok(parse_certificate(der)?.der().to_vec()));
    let mut set = certificates.collect::<Result<Vec<_>, CmsError>>()?;
    set.sort();
    set.dedup();
    Ok(set)
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
fn head(digest_algorithm: &[u8], content: Placement, tail: &[u8]) -> der::Result<Vec<u8>> {
    let content = match content {
        Placement::Attached { size } => DerPrefix::of(size).wrap(OCTET_STRING).wrap(FIELD_0),
        Placement::Detached => DerPrefix::of(0),
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
