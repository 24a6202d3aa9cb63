//! What a page may ask for, as it reaches the window: the page's own words with the contents taken
//! out. Hostile until it has been read here.

use crate::{
    algorithm::{Digest, DigestAlgorithm, Padding},
    certificate::CertificateView,
    failure::{ErrorCode, Failure},
    format::{Placement, Profile},
    protocol::{MAX_DOCUMENTS, MAX_NAME},
};
use base16ct::mixed;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// A page's request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PageCommand {
    /// To sign documents or digests.
    Sign(SignRequest),
    /// To learn a certificate of the person's choice.
    GetCertificate(Filter),
}

/// What to sign, and how.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignRequest {
    /// Documents or digests; never none.
    pub subject: Subject,
    /// Which signature.
    pub profile: Profile,
    /// How an RSA key signs; it means nothing to other keys.
    pub padding: Padding,
    /// The certificate that the site would like, by its id.
    pub certificate: Option<String>,
}

/// What is signed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Subject {
    /// Documents, whose contents come apart, in this order.
    Documents(Vec<DocumentHead>),
    /// Digests of documents that nobody here can see.
    Hashes(Vec<NamedDigest>),
}

/// A document without its content.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct DocumentHead {
    /// What the site calls it.
    pub name: String,
    /// In bytes.
    pub size: u64,
}

/// A digest and what the site calls the document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamedDigest {
    /// What the site calls the document.
    pub name: String,
    /// The digest.
    pub digest: Digest,
}

/// Which certificates the site can use. Nothing said: any.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Filter {
    /// The keys' algorithms.
    pub key_types: Vec<KeyType>,
    /// Parts of issuers' names, any of which suffices.
    pub issuers: Vec<String>,
}

/// A family of keys.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "UPPERCASE")]
pub enum KeyType {
    /// RSA.
    Rsa,
    /// ECDSA on the NIST curves.
    Ec,
    /// GOST R 34.10, Russian or Kazakh.
    Gost,
}

impl KeyType {
    /// Every family.
    pub const ALL: [Self; 3] = [Self::Rsa, Self::Ec, Self::Gost];

    /// Whether the certificate's key is of it.
    pub fn is_of(self, certificate: &CertificateView) -> bool {
        match self {
            Self::Rsa => certificate.key.starts_with("RSA"),
            Self::Ec => certificate.key.starts_with("EC"),
            Self::Gost => certificate.key_kind.is_some(),
        }
    }
}

/// The longest request, in bytes of JSON: a thousand names and digests.
const MAX_REQUEST: usize = 4 << 20;
/// JavaScript's `Number.MAX_SAFE_INTEGER`.
const MAX_SIZE: u64 = (1 << 53) - 1;
const MAX_ISSUERS: usize = 100;
/// What a page gets that names no format.
const DEFAULT_FORMAT: &str = "cades-bes";

impl PageCommand {
    /// Reads a request.
    ///
    /// # Errors
    /// `REQUEST_MALFORMED` with the name of the first field that is unknown, missing or out of range.
    pub fn parse(json: &str) -> Result<Self, Failure> {
        if json.len() > MAX_REQUEST {
            return Err(ErrorCode::RequestMalformed.into());
        }
        let fields = serde_json::from_str(json).map_err(|_| ErrorCode::RequestMalformed)?;
        let mut fields = Fields(fields);
        let kind: String = fields.take("type")?;
        let command = match kind.as_str() {
            "sign" => Self::Sign(sign_request(&mut fields)?),
            "get-certificate" => Self::GetCertificate(filter(&mut fields)?),
            _ => return Err(malformed("type")),
        };
        fields.end()?;
        Ok(command)
    }
}

/// The fields of an object, each taken out by its name.
struct Fields(Map<String, Value>);

impl Fields {
    fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Failure> {
        self.take_if_there(name)?.ok_or_else(|| malformed(name))
    }

    fn take_if_there<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Failure> {
        let Some(value) = self.0.remove(name) else {
            return Ok(None);
        };
        serde_json::from_value(value).map_err(|_| malformed(name))
    }

    fn end(&self) -> Result<(), Failure> {
        self.0
            .keys()
            .next()
            .map_or(Ok(()), |name| Err(malformed(name)))
    }
}

/// A digest as the page writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PageDigest {
    name: String,
    algorithm: DigestAlgorithm,
    value: String,
}

fn sign_request(fields: &mut Fields) -> Result<SignRequest, Failure> {
    let documents: Vec<DocumentHead> = fields.take_if_there("documents")?.unwrap_or_default();
    let hashes: Vec<PageDigest> = fields.take_if_there("hashes")?.unwrap_or_default();
    let blind = !hashes.is_empty();
    let request = SignRequest {
        subject: subject(documents, hashes)?,
        profile: profile(fields)?,
        padding: padding(fields)?,
        certificate: fields.take_if_there("certificate")?,
    };
    if blind && request.profile.placement == Placement::Attached {
        return Err(malformed("detached"));
    }
    if !request.certificate.as_deref().is_none_or(is_certificate_id) {
        return Err(malformed("certificate"));
    }
    Ok(request)
}

/// What pages call a padding.
fn padding(fields: &mut Fields) -> Result<Padding, Failure> {
    Ok(match fields.take_if_there("pss")? {
        Some(true) => Padding::Pss,
        Some(false) | None => Padding::Pkcs1,
    })
}

/// What pages call a format and a placement.
fn profile(fields: &mut Fields) -> Result<Profile, Failure> {
    let name: Option<String> = fields.take_if_there("format")?;
    let placement = match fields.take_if_there("detached")? {
        Some(false) => Placement::Attached,
        Some(true) | None => Placement::Detached,
    };
    let name = name.as_deref().unwrap_or(DEFAULT_FORMAT);
    Profile::named(name, placement).ok_or_else(|| malformed("format"))
}

/// Either documents or digests, and not too many of them; digests of one algorithm, because one key signs them all.
fn subject(documents: Vec<DocumentHead>, hashes: Vec<PageDigest>) -> Result<Subject, Failure> {
    match (documents.len(), hashes.len()) {
        (1..=MAX_DOCUMENTS, 0) if documents.iter().all(is_plausible) => {
            Ok(Subject::Documents(documents))
        }
        (0, 1..=MAX_DOCUMENTS) => {
            let digests: Option<Vec<_>> = hashes.into_iter().map(named_digest).collect();
            let digests = digests.filter(|digests| {
                let mut algorithms = digests.iter().map(|it| it.digest.algorithm());
                let first = algorithms.next();
                algorithms.all(|algorithm| Some(algorithm) == first)
            });
            digests
                .map(Subject::Hashes)
                .ok_or_else(|| malformed("hashes"))
        }
        (_, 0) => Err(malformed("documents")),
        _ => Err(malformed("hashes")),
    }
}

fn is_plausible(document: &DocumentHead) -> bool {
    is_name(&document.name) && document.size <= MAX_SIZE
}

fn is_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len())
}

/// SHA-256 in lower-case hex.
fn is_certificate_id(id: &str) -> bool {
    id.len() == 64
        && id
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn named_digest(hash: PageDigest) -> Option<NamedDigest> {
    let may_sign = hash.algorithm.may_sign() && is_name(&hash.name);
    let digest = Digest::new(hash.algorithm, &mixed::decode_vec(&hash.value).ok()?)?;
    may_sign.then_some(NamedDigest {
        name: hash.name,
        digest,
    })
}

fn filter(fields: &mut Fields) -> Result<Filter, Failure> {
    let filter: Filter = fields.take_if_there("filter")?.unwrap_or_default();
    let bounded =
        filter.issuers.len() <= MAX_ISSUERS && filter.issuers.iter().all(|it| is_name(it));
    bounded.then_some(filter).ok_or_else(|| malformed("filter"))
}

fn malformed(field: &str) -> Failure {
    Failure::of(ErrorCode::RequestMalformed, field)
}

#[cfg(test)]
mod tests;
