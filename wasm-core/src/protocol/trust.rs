//! Whom the host trusts: where its anchors are from, and what they are.

use super::CertificateName;
use crate::{certificate::Certificate, failure::Failure, text::Catalogue};
use base16ct::lower;
use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};

/// The largest file with certificates of authorities, in bytes.
pub const MAX_ANCHOR_FILE: usize = 1 << 20;
/// The largest national list, in bytes: the Russian one had 12 MB in 2026.
pub const MAX_TRUST_LIST: usize = 64 << 20;
/// The most certificates of one source that are listed; there may be more of them.
pub const MAX_LISTED_ANCHORS: usize = 200;

/// Where trusted certificates are from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct TrustSource {
    /// Whose it is.
    pub kind: TrustSourceKind,
    /// The name of a list, for people; empty for the others, which their kind says enough of.
    pub name: String,
    /// Whose list it is: an ISO 3166 code such as `RU`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub country: Option<String>,
    /// Where it is from: an address, a folder, a file.
    pub origin: String,
    /// Its version, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub version: Option<String>,
    /// Of when it is, Unix time, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional, type = "number"))]
    pub date: Option<i64>,
    /// How many certificates there are.
    pub count: u32,
    /// The certificates, at most [`MAX_LISTED_ANCHORS`].
    pub certificates: Vec<TrustedCertificate>,
    /// What else there is to know where the person imported it as a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub imported: Option<ImportedList>,
    /// What could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        any(test, feature = "typescript"),
        ts(as = "Option<Vec<Failure>>", optional)
    )]
    pub problems: Vec<Failure>,
}

/// A national list that the person imported.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct ImportedList {
    /// What `remove-list` and `update-list` call it: `ru`, `ee`; `eu` for the list of lists.
    pub id: String,
    /// What it is good for.
    pub role: ListRole,
    /// Whose signature it has, in one line; absent where that could not be verified now: it decides nothing then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub signer: Option<String>,
    /// When it was verified and kept, Unix time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional, type = "number"))]
    pub kept: Option<i64>,
    /// When its next issue should be there, Unix time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional, type = "number"))]
    pub next_update: Option<i64>,
    /// Where `update-list` fetches it from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub address: Option<String>,
}

/// What a national list is good for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum ListRole {
    /// Its authorities are trusted.
    Anchors,
    /// It says who was accredited when; a certificate still has to lead to the state's root.
    Accreditation,
    /// It says who signs other lists.
    Signers,
}

/// Whose a source of trusted certificates is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum TrustSourceKind {
    /// A state's.
    National,
    /// The administrator's of this computer, for Tamga alone.
    Administrator,
    /// The person's, for Tamga alone: what is in it can be removed.
    Person,
    /// The operating system's.
    System,
}

/// A certificate that is trusted, or that a file has which may become so.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct TrustedCertificate {
    /// The certificate. Its id is the fingerprint that people compare.
    pub certificate: CertificateName,
    /// SHA-1 of its DER, lower-case hex, by which Russian authorities name it.
    pub sha1: String,
    /// Who issued it, in one line.
    pub issuer: String,
    /// The first second of its validity, Unix time.
    #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
    pub not_before: i64,
    /// The last second of its validity, Unix time.
    #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
    pub not_after: i64,
}

/// An authority that was fetched, and is not trusted by that.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct FetchedAuthority {
    /// What is shown of it.
    pub shown: TrustedCertificate,
    /// The certificate as `add-authority` takes it: base64 of DER.
    pub content: String,
}

/// How an imported list is worded. Screens and terminal say the same.
#[derive(Clone, Copy, Debug)]
pub struct ListWords<'t> {
    /// The texts.
    pub texts: &'t Catalogue,
    /// How a moment (Unix seconds) is written.
    pub date: fn(&Catalogue, i64) -> String,
}

impl ListWords<'_> {
    /// What it is good for, whose signature it has, and where it is fetched from, a line each.
    pub fn lines(&self, list: &ImportedList) -> Vec<String> {
        let role = self.texts.plain(match list.role {
            ListRole::Anchors => "list_role_anchors",
            ListRole::Accreditation => "list_role_accreditation",
            ListRole::Signers => "list_role_signers",
        });
        let signer = match (&list.signer, list.kept) {
            (Some(signer), Some(kept)) => {
                let date = (self.date)(self.texts, kept);
                let values = [("signer", &**signer), ("date", &*date)];
                Some(self.texts.text("list_verified", &values))
            }
            // Its problem says so.
            _ => None,
        };
        let next = list.next_update.map(|next| {
            let date = (self.date)(self.texts, next);
            self.texts.text("list_next_update", &[("date", &*date)])
        });
        let address = list.address.as_ref();
        let address = address.map(|it| self.texts.text("list_address", &[("address", it)]));
        let lines = [Some(role), signer, next, address];
        lines.into_iter().flatten().collect()
    }
}

impl TrustSource {
    /// The same with these certificates.
    pub fn holding<'a>(self, certificates: impl ExactSizeIterator<Item = &'a Certificate>) -> Self {
        Self {
            count: u32::try_from(certificates.len()).unwrap_or(u32::MAX),
            certificates: certificates
                .take(MAX_LISTED_ANCHORS)
                .map(TrustedCertificate::of)
                .collect(),
            ..self
        }
    }
}

impl TrustedCertificate {
    /// What is shown of a certificate.
    pub fn of(certificate: &Certificate) -> Self {
        let view = certificate.view();
        Self {
            certificate: CertificateName::of(certificate),
            sha1: lower::encode_string(&Sha1::digest(certificate.der())),
            issuer: view.issuer,
            not_before: view.not_before,
            not_after: view.not_after,
        }
    }
}
