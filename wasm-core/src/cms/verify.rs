//! Verifying the signatures of a SignedData (RFC 5652 §5.4, §5.6).

use super::{
    SignedData,
    attributes::Attributes,
    content::Content,
    ess::{self, Binding},
    signer_info::SignerInfo,
    structure::ID_DATA,
};
use crate::{
    algorithm::{Digest, DigestAlgorithm, EdDsa, SignatureAlgorithm, digest_of_identifier},
    certificate::Certificate,
    format::{
        Container, Document, Level, SignatureState, SignerFailure, SignerVerdict, SignerWarning,
    },
    reason::most_telling,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};

/// The most certificates of one name that are tried for one signature.
const MAX_CANDIDATES: usize = 4;

impl SignedData {
    /// Verifies every signer; the verdicts are in the order of the signers, none if there are none.
    ///
    /// `document` is the content if none is attached, and has to be the same if one is. The signers' certificates are
    /// looked for in the SignedData and in `certificates` (DER): that one is found there says nothing about trust.
    pub fn verify<'a>(
        &'a self,
        document: Option<&'a mut (dyn Document + 'a)>,
        certificates: &[Vec<u8>],
    ) -> Vec<SignerVerdict> {
        let certificates = self.certificates.iter().chain(certificates);
        let certificates: Vec<_> = certificates
            .filter_map(|der| Certificate::parse(der).ok())
            .collect();
        let mut content = Content::new(self.content.as_deref(), document);
        let changed = content.is_another_than_attached();
        let signers = self.signers.iter();
        signers
            .map(|signer| {
                let mut verdict = self.verdict(signer, &certificates, &mut content);
                if changed {
                    verdict.failure = Some(SignerFailure::ContentChanged);
                    verdict.state = SignerFailure::ContentChanged.state();
                }
                verdict
            })
            .collect()
    }

    fn verdict(
        &self,
        signer: &[u8],
        certificates: &[Certificate],
        content: &mut Content<'_>,
    ) -> SignerVerdict {
        let Some(info) = SignerInfo::parse(signer) else {
            return refused(signer, SignerFailure::Malformed);
        };
        let mut candidates: Vec<&Certificate> = Vec::new();
        for certificate in certificates {
            let known = candidates
                .iter()
                .any(|other| other.der() == certificate.der());
            if candidates.len() < MAX_CANDIDATES && !known && certificate.is_named_by(info.signer) {
                candidates.push(certificate);
            }
        }
        // Names may be the same by chance or by intent: the one whose key made the signature is meant.
        let verdicts = candidates
            .into_iter()
            .map(|certificate| self.verdict_with(signer, &info, certificate, content));
        let mut told = None;
        for verdict in verdicts {
            if verdict.state == SignatureState::Valid {
                return verdict;
            }
            told = most_telling(told.into_iter().chain([verdict]));
        }
        told.unwrap_or_else(|| refused(signer, SignerFailure::CertificateMissing))
    }

    fn verdict_with(
        &self,
        signer: &[u8],
        info: &SignerInfo<'_>,
        certificate: &Certificate,
        content: &mut Content<'_>,
    ) -> SignerVerdict {
        let mut verdict = refused(signer, SignerFailure::SignatureInvalid);
        verdict.certificate = Some(BASE64_STANDARD.encode(certificate.der()));
        let judged = self.judge(info, certificate, content, &mut verdict);
        verdict.failure = judged.err();
        verdict.state = verdict
            .failure
            .map_or(SignatureState::Valid, SignerFailure::state);
        verdict
    }

    /// Fills the verdict in as far as it gets.
    fn judge(
        &self,
        info: &SignerInfo<'_>,
        certificate: &Certificate,
        content: &mut Content<'_>,
        verdict: &mut SignerVerdict,
    ) -> Result<(), SignerFailure> {
        let algorithms = Algorithms::of(info)?;
        verdict.warn_of_algorithms(certificate, &algorithms)?;
        if let Some(unsigned) = &info.unsigned_attributes {
            unsigned.check_unsigned()?;
        }
        let signature = Check {
            certificate,
            algorithms: &algorithms,
            signature: info.signature,
        };
        let Some(attributes) = &info.signed_attributes else {
            // RFC 5652 §5.3: attributes may be left out for content of type id-data only.
            if self.content_type.is_some_and(|it| it != ID_DATA) {
                return Err(SignerFailure::AttributesMalformed);
            }
            signature.of_content(content, verdict)?;
            return match content.looks_like_signed_attributes() {
                true => Err(SignerFailure::ContentAmbiguous),
                false => Ok(()),
            };
        };
        signature.of_attributes(attributes, verdict)?;
        if let Some(named) = attributes.algorithm_protection()?
            && !algorithms.are_named_by(&named, info)
        {
            return Err(SignerFailure::AlgorithmMismatch);
        }
        self.check_attributes(attributes, algorithms.digest, content)?;
        verdict.note_attributes(attributes, certificate)
    }

    /// RFC 5652 §5.6: the attributes, which are what was signed, speak of this content.
    fn check_attributes(
        &self,
        attributes: &Attributes<'_>,
        digest: DigestAlgorithm,
        content: &mut Content<'_>,
    ) -> Result<(), SignerFailure> {
        let message_digest = attributes.message_digest()?;
        if let Some(content_type) = self.content_type
            && attributes.content_type()? != content_type
        {
            return Err(SignerFailure::ContentTypeMismatch);
        }
        let content = Message::Content(content).digest(digest)?;
        if content.bytes() != message_digest {
            return Err(SignerFailure::ContentChanged);
        }
        Ok(())
    }
}

/// A verdict that knows nothing but how the signer is named.
fn refused(signer: &[u8], failure: SignerFailure) -> SignerVerdict {
    SignerVerdict {
        signer: SignerInfo::parse(signer).map(|info| info.signer.reference()),
        ..SignerVerdict::refused(Container::Cms, failure)
    }
}

/// How something was signed.
#[derive(Clone, Copy)]
enum Scheme {
    /// A digest of it was.
    OfDigest(SignatureAlgorithm),
    /// It was itself (RFC 8419).
    OfMessage(EdDsa),
}

/// The algorithms of a SignerInfo.
struct Algorithms {
    /// Of the content.
    digest: DigestAlgorithm,
    scheme: Scheme,
}

impl Algorithms {
    fn of(info: &SignerInfo<'_>) -> Result<Self, SignerFailure> {
        let digest = digest_of_identifier(info.digest_algorithm()?)?;
        let identifier = info.signature_algorithm()?;
        let scheme = match EdDsa::from_oid(identifier.oid) {
            Some(scheme) => Scheme::OfMessage(scheme),
            None => Scheme::OfDigest(SignatureAlgorithm::from_identifier(identifier, digest)?),
        };
        Ok(Self { digest, scheme })
    }

    /// RFC 6211 §2.1
    fn are_named_by(
        &self,
        named: &super::attributes::AlgorithmProtection<'_>,
        info: &SignerInfo<'_>,
    ) -> bool {
        match self.scheme {
            Scheme::OfDigest(algorithm) => named.names(self.digest, algorithm),
            Scheme::OfMessage(_) => {
                let signature = info.signature_algorithm().ok().map(|it| it.oid);
                named.names_oid(self.digest, signature)
            }
        }
    }

    /// The digest that is signed; the content's where the message itself is.
    fn signed_digest(&self) -> DigestAlgorithm {
        match self.scheme {
            Scheme::OfDigest(algorithm) => algorithm.digest(),
            Scheme::OfMessage(_) => self.digest,
        }
    }
}

/// Whose signature of what it may be.
struct Check<'a> {
    certificate: &'a Certificate,
    algorithms: &'a Algorithms,
    signature: &'a [u8],
}

/// What was signed.
enum Message<'m, 'c> {
    /// The content.
    Content(&'m mut Content<'c>),
    /// The DER of signed attributes.
    Attributes(&'m [u8]),
}

impl Message<'_, '_> {
    /// Hands it over in pieces; `false` if it is not there.
    fn read(&mut self, piece: &mut dyn FnMut(&[u8])) -> bool {
        match self {
            Self::Content(content) => content.read(piece),
            Self::Attributes(bytes) => {
                piece(bytes);
                true
            }
        }
    }

    fn digest(&mut self, algorithm: DigestAlgorithm) -> Result<Digest, SignerFailure> {
        match self {
            Self::Content(content) => content.digest(algorithm).ok_or_else(|| content.missing()),
            Self::Attributes(bytes) => Ok(algorithm.digest(bytes)),
        }
    }

    /// Why it is not there.
    fn missing(&self) -> SignerFailure {
        match self {
            Self::Content(content) => content.missing(),
            Self::Attributes(_) => SignerFailure::AttributesMalformed,
        }
    }
}

impl Check<'_> {
    fn of_content(
        &self,
        content: &mut Content<'_>,
        verdict: &mut SignerVerdict,
    ) -> Result<(), SignerFailure> {
        self.of(Message::Content(content), verdict)
    }

    /// RFC 5652 §5.4 has the attributes signed in DER. Some signers sign them in the order in which they wrote them,
    /// some write them in another order than they signed: what stands there is tried first, then DER.
    fn of_attributes(
        &self,
        attributes: &Attributes<'_>,
        verdict: &mut SignerVerdict,
    ) -> Result<(), SignerFailure> {
        let (as_written, sorted) = (attributes.as_written(), attributes.sorted());
        let mut check = |bytes: &[u8]| self.of(Message::Attributes(bytes), verdict);
        check(&as_written).or_else(|failure| {
            if failure != SignerFailure::SignatureInvalid || sorted == as_written {
                return Err(failure);
            }
            check(&sorted)
        })
    }

    fn of(
        &self,
        mut message: Message<'_, '_>,
        verdict: &mut SignerVerdict,
    ) -> Result<(), SignerFailure> {
        let key = self.certificate.key().verifying_key();
        let key = key.map_err(|_| SignerFailure::KeyUnsupported)?;
        let algorithm = match self.algorithms.scheme {
            Scheme::OfMessage(scheme) => {
                let mut read = |piece: &mut dyn FnMut(&[u8])| message.read(piece);
                let verified = key.verify_message(scheme, self.signature, &mut read);
                return verified
                    .ok_or_else(|| message.missing())?
                    .map_err(Into::into);
            }
            Scheme::OfDigest(algorithm) => algorithm,
        };
        let mut check = |algorithm: SignatureAlgorithm| {
            let digest = message.digest(algorithm.digest())?;
            key.verify(algorithm, &digest, self.signature)
                .map_err(SignerFailure::from)
        };
        let checked = check(algorithm);
        // Peers take the digest from digestAlgorithm alone; some signers name another one in signatureAlgorithm.
        match algorithm.made_with(self.algorithms.digest) {
            Some(other) if checked == Err(SignerFailure::SignatureInvalid) => {
                check(other).map_err(|_| SignerFailure::SignatureInvalid)?;
                verdict.warnings.push(SignerWarning::DigestMismatch);
                Ok(())
            }
            _ => checked,
        }
    }
}

impl SignerVerdict {
    fn warn_of_algorithms(
        &mut self,
        certificate: &Certificate,
        algorithms: &Algorithms,
    ) -> Result<(), SignerFailure> {
        if let Scheme::OfDigest(_) = algorithms.scheme {
            let key = certificate.key().verifying_key();
            self.warn_of_key(key.map_err(|_| SignerFailure::KeyUnsupported)?);
        }
        self.warn_of_digests(&[algorithms.digest, algorithms.signed_digest()]);
        Ok(())
    }

    /// Takes time and level from attributes whose signature is good.
    fn note_attributes(
        &mut self,
        attributes: &Attributes<'_>,
        certificate: &Certificate,
    ) -> Result<(), SignerFailure> {
        match attributes.signing_time()? {
            None => {}
            Some(None) => self.warnings.push(SignerWarning::SigningTimeMalformed),
            Some(Some(time)) => self.note_time(time, certificate),
        }
        match ess::binding(attributes, certificate)? {
            Binding::Absent => {}
            Binding::Bound => self.level = Level::Bes,
            Binding::Mismatch => return Err(SignerFailure::CertificateMismatch),
        }
        Ok(())
    }
}
