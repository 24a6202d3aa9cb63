//! Answers of OCSP responders (RFC 6960 §4.2): read, and whoever signed them.

use super::{
    crl_entry::time,
    ocsp_request::CertId,
    state::{Revocation, RevocationReason, Unavailable, Untrusted},
};
use crate::{
    algorithm::DigestAlgorithm,
    certificate::{
        Certificate, Element, Elements, Name, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, Signed,
        Usage, algorithm, read_extensions,
    },
    trust::usage::OCSP_SIGNING,
};

/// The largest answer that is read, in bytes.
pub const MAX_OCSP: usize = 1 << 20;
/// The most certificates of an answer that are looked at.
const MAX_CERTIFICATES: usize = 16;

const BIT_STRING: u8 = 0x03;
const ENUMERATED: u8 = 0x0a;
/// Content of the OID id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1.
const BASIC: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1];
const NONCE: &str = "1.3.6.1.5.5.7.48.1.2";
/// Critical extensions that change nothing here: nonce, crl references, archive cutoff, extended revoke, and the list of
/// signed certificate timestamps (RFC 6962 §3.3).
const KNOWN: [&str; 5] = [
    NONCE,
    "1.3.6.1.5.5.7.48.1.3",
    "1.3.6.1.5.5.7.48.1.6",
    "1.3.6.1.5.5.7.48.1.9",
    "1.3.6.1.4.1.11129.2.4.5",
];

/// OCSPResponseStatus → why there is no answer (RFC 6960 §4.2.1).
const STATUSES: [(u8, Unavailable); 5] = [
    (1, Unavailable::RequestRefused),
    (2, Unavailable::ResponderFailed),
    (3, Unavailable::TryLater),
    (5, Unavailable::SignatureRequired),
    (6, Unavailable::Unauthorized),
];

/// A BasicOCSPResponse that was read.
/// ```text
/// BasicOCSPResponse ::= SEQUENCE {
///   tbsResponseData        ResponseData,
///   signatureAlgorithm     AlgorithmIdentifier,
///   signature              BIT STRING,
///   certs              [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
///
/// ResponseData ::= SEQUENCE {
///   version            [0] EXPLICIT Version DEFAULT v1,
///   responderID            ResponderID,
///   producedAt             GeneralizedTime,
///   responses              SEQUENCE OF SingleResponse,
///   responseExtensions [1] EXPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct OcspResponse<'a> {
    tbs: &'a [u8],
    signature_algorithm: &'a [u8],
    signature: &'a [u8],
    /// Those that came along and can be read.
    pub certificates: Vec<Certificate>,
    responder: Responder<'a>,
    /// When it was signed, Unix time.
    pub produced_at: i64,
    /// What it says about each certificate.
    pub responses: Vec<SingleResponse<'a>>,
    /// The nonce, without the OCTET STRING that it should be in (RFC 9654 §2.1).
    pub nonce: Option<Vec<u8>>,
    /// A critical extension is not known.
    pub unknown_critical: bool,
}

/// What an answer says about one certificate.
/// ```text
/// SingleResponse ::= SEQUENCE {
///   certID               CertID,
///   certStatus           CertStatus,
///   thisUpdate           GeneralizedTime,
///   nextUpdate       [0] EXPLICIT GeneralizedTime OPTIONAL,
///   singleExtensions [1] EXPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct SingleResponse<'a> {
    /// Which certificate.
    pub id: CertId<'a>,
    /// What it says.
    pub status: CertStatus,
    /// When it was true, Unix time.
    pub this_update: i64,
    /// When more will be known at the latest, Unix time.
    pub next_update: Option<i64>,
}

/// What a responder says about a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CertStatus {
    /// It is not revoked.
    Good,
    /// It is.
    Revoked(Revocation),
    /// The responder does not know it.
    Unknown,
}

/// ```text
/// ResponderID ::= CHOICE {
///   byName [1] Name,
///   byKey  [2] KeyHash }
/// ```
#[derive(Clone, Debug)]
enum Responder<'a> {
    Name(Name),
    /// SHA-1 of the content of the key's BIT STRING.
    Key(&'a [u8]),
}

impl<'a> OcspResponse<'a> {
    /// Reads an answer.
    ///
    /// # Errors
    /// Why there is none: it is not one, or the responder says so.
    pub fn parse(der: &'a [u8]) -> Result<Self, Unavailable> {
        if der.len() > MAX_OCSP {
            return Err(Unavailable::Malformed);
        }
        let (status, bytes) = outer(der).ok_or(Unavailable::Malformed)?;
        if status != 0 {
            let row = STATUSES.iter().find(|row| row.0 == status);
            return Err(row.map_or(Unavailable::Malformed, |row| row.1));
        }
        let basic = bytes.and_then(Self::read);
        basic.ok_or(Unavailable::Malformed)
    }

    /// ```text
    /// ResponseBytes ::= SEQUENCE {
    ///   responseType OBJECT IDENTIFIER,
    ///   response     OCTET STRING }
    /// ```
    fn read(bytes: Element<'a>) -> Option<Self> {
        let mut bytes = Elements::of(bytes.content, SEQUENCE)?;
        if bytes.next_if(OBJECT_IDENTIFIER)?.content != BASIC {
            return None;
        }
        let mut basic = Elements::of(bytes.next_if(OCTET_STRING)?.content, SEQUENCE)?;
        let tbs = basic.next_if(SEQUENCE)?;
        let signature_algorithm = algorithm(&mut basic)?;
        let signature = basic.next_if(BIT_STRING)?.content.strip_prefix(&[0])?;
        let certificates = match basic.next_if(0xa0) {
            Some(list) => certificates(list.content)?,
            None => Vec::new(),
        };
        let whole = bytes.is_at_end() && basic.is_at_end();
        whole.then_some(())?;

        let mut data = Elements::in_contents(tbs.content);
        // v1 has the value 0.
        if let Some(version) = data.next_if(0xa0) {
            (version.content == [2, 1, 0]).then_some(())?;
        }
        let mut response = Self {
            tbs: tbs.der,
            signature_algorithm,
            signature,
            certificates,
            responder: Responder::read(data.next()?)?,
            produced_at: time(data.next()?)?,
            responses: Vec::new(),
            nonce: None,
            unknown_critical: false,
        };
        let responses = Elements::in_contents(data.next_if(SEQUENCE)?.content).all()?;
        for single in responses {
            let (single, unknown) = SingleResponse::read(single)?;
            response.responses.push(single);
            response.unknown_critical |= unknown;
        }
        if let Some(list) = data.next_if(0xa1) {
            response.unknown_critical |= unknown_critical(list.content)?;
            response.nonce = nonce(list.content)?;
        }
        data.is_at_end().then_some(response)
    }

    /// Says whether it was signed by `issuer`, or by somebody whom `issuer` let do so (RFC 6960 §4.2.2.2), as of `now`
    /// (Unix seconds). The delegate, if there is one, is returned.
    ///
    /// # Errors
    /// Why it is not to be trusted.
    pub fn verify(
        &self,
        issuer: &Certificate,
        now: i64,
    ) -> Result<Option<&Certificate>, Untrusted> {
        let signed = Signed {
            content: self.tbs,
            content_algorithm: self.signature_algorithm,
            algorithm: self.signature_algorithm,
            signature: self.signature,
        };
        let mut why = Untrusted::Responder;
        if self.responder.is(issuer) {
            match signed.verify(issuer.key()) {
                Ok(()) => return Ok(None),
                Err(_) => why = Untrusted::Signature,
            }
        }
        let named = self.certificates.iter().filter(|it| self.responder.is(it));
        for delegate in named {
            if signed.verify(delegate.key()).is_err() {
                why = Untrusted::Signature;
            } else if self.is_delegate(delegate, issuer, now) {
                return Ok(Some(delegate));
            }
        }
        Err(why)
    }

    /// Whether the issuer itself says in a certificate that its holder may answer.
    fn is_delegate(&self, delegate: &Certificate, issuer: &Certificate, now: i64) -> bool {
        let (from, until) = delegate.validity();
        let usages = delegate.key_usages();
        let extended = delegate.extended_usages().unwrap_or_default();
        delegate.issuer().is(issuer.subject().der())
            && delegate.verify_signature(issuer.key()).is_ok()
            && extended.iter().any(|usage| usage == OCSP_SIGNING)
            && usages.is_none_or(|usages| {
                usages.contains(&Usage::DigitalSignature) || usages.contains(&Usage::NonRepudiation)
            })
            && [self.produced_at, now]
                .iter()
                .all(|time| (from..=until).contains(time))
    }
}

impl<'a> SingleResponse<'a> {
    /// With whether a critical extension is not known.
    fn read(element: Element<'a>) -> Option<(Self, bool)> {
        let mut fields = Elements::of(element.der, SEQUENCE)?;
        let id = CertId::read(fields.next_if(SEQUENCE)?)?;
        let status = CertStatus::read(fields.next()?)?;
        let this_update = time(fields.next()?)?;
        let next_update = match fields.next_if(0xa0) {
            Some(next) => Some(time(Elements::in_contents(next.content).next()?)?),
            None => None,
        };
        let unknown = match fields.next_if(0xa1) {
            Some(list) => unknown_critical(list.content)?,
            None => false,
        };
        let single = Self {
            id,
            status,
            this_update,
            next_update,
        };
        fields.is_at_end().then_some((single, unknown))
    }
}

impl CertStatus {
    /// ```text
    /// CertStatus ::= CHOICE {
    ///   good    [0] IMPLICIT NULL,
    ///   revoked [1] IMPLICIT RevokedInfo,
    ///   unknown [2] IMPLICIT UnknownInfo }
    ///
    /// RevokedInfo ::= SEQUENCE {
    ///   revocationTime       GeneralizedTime,
    ///   revocationReason [0] EXPLICIT CRLReason OPTIONAL }
    /// ```
    fn read(element: Element<'_>) -> Option<Self> {
        match element.der.first()? {
            0x80 => Some(Self::Good),
            0xa1 => {
                let mut info = Elements::in_contents(element.content);
                let at = time(info.next()?)?;
                let reason = match info.next_if(0xa0) {
                    Some(reason) => {
                        let code = Elements::in_contents(reason.content).next_if(ENUMERATED)?;
                        let [code] = *code.content else { return None };
                        RevocationReason::from_code(code)?
                    }
                    None => RevocationReason::Unspecified,
                };
                Some(Self::Revoked(Revocation {
                    at,
                    reason,
                    invalid_since: None,
                }))
            }
            0x82 => Some(Self::Unknown),
            _ => None,
        }
    }
}

impl<'a> Responder<'a> {
    fn read(element: Element<'a>) -> Option<Self> {
        let mut content = Elements::in_contents(element.content);
        match element.der.first()? {
            0xa1 => Name::parse(content.next_if(SEQUENCE)?.der).map(Self::Name),
            0xa2 => Some(Self::Key(content.next_if(OCTET_STRING)?.content)),
            _ => None,
        }
    }

    fn is(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Name(name) => name.is(certificate.subject().der()),
            Self::Key(hash) => {
                let key = DigestAlgorithm::Sha1.digest(certificate.key().bits());
                key.bytes() == *hash
            }
        }
    }
}

/// ```text
/// OCSPResponse ::= SEQUENCE {
///   responseStatus     ENUMERATED,
///   responseBytes  [0] EXPLICIT ResponseBytes OPTIONAL }
/// ```
fn outer(der: &[u8]) -> Option<(u8, Option<Element<'_>>)> {
    let mut fields = Elements::of(der, SEQUENCE)?;
    let [status] = *fields.next_if(ENUMERATED)?.content else {
        return None;
    };
    let bytes = fields.next_if(0xa0);
    fields.is_at_end().then_some((status, bytes))
}

fn certificates(list: &[u8]) -> Option<Vec<Certificate>> {
    let list = Elements::of(list, SEQUENCE)?.all()?.into_iter();
    let readable = list.filter_map(|element| Certificate::parse(element.der).ok());
    Some(readable.take(MAX_CERTIFICATES).collect())
}

fn unknown_critical(list: &[u8]) -> Option<bool> {
    let extensions = read_extensions(list)?;
    let unknown = |oid: &str| !KNOWN.contains(&oid);
    Some(extensions.iter().any(|it| it.critical && unknown(&it.oid)))
}

/// `None` where the extensions cannot be read.
fn nonce(list: &[u8]) -> Option<Option<Vec<u8>>> {
    let extensions = read_extensions(list)?;
    let nonce = extensions.into_iter().find(|it| it.oid == NONCE);
    Some(nonce.map(|nonce| {
        // Responders before RFC 6960 had its octets bare.
        let mut inner = Elements::in_contents(&nonce.value);
        let octets = inner.next_if(OCTET_STRING).filter(|_| inner.is_at_end());
        octets.map_or(nonce.value.clone(), |octets| octets.content.to_vec())
    }))
}
