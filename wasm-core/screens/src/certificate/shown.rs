//! The certificate that the page is about: with its key, or without.

use crate::certificate_card::HeldKey;
use tamga_core::{
    certificate::{CertificateView, Standing},
    failure::ErrorCode,
    protocol::LoneCertificate,
};

/// A certificate as it was listed last.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) id: String,
    /// Base64 of its DER.
    pub(super) certificate: String,
    /// Those above it, the same.
    pub(super) chain: Vec<String>,
    pub(super) view: CertificateView,
    pub(super) standing: Standing,
    /// Why its key cannot sign.
    pub(super) problem: Option<ErrorCode>,
    /// The same, where its dates do not say that.
    pub(super) untold_problem: Option<ErrorCode>,
    /// Whether it has a key.
    pub(super) has_key: bool,
}

impl Shown {
    pub(super) fn with_key(key: &HeldKey) -> Self {
        let entry = &key.entry;
        Self {
            id: entry.id.clone(),
            certificate: entry.certificate.clone(),
            chain: entry.chain.clone(),
            view: entry.view.clone(),
            standing: key.standing,
            problem: key.problem(),
            untold_problem: key.untold_problem(),
            has_key: true,
        }
    }

    /// `now` in milliseconds since 1970.
    pub(super) fn without_key(lone: &LoneCertificate, now: u64) -> Self {
        Self {
            id: lone.id.clone(),
            certificate: lone.certificate.clone(),
            chain: Vec::new(),
            view: lone.view.clone(),
            standing: lone.view.standing(now / 1000),
            problem: None,
            untold_problem: None,
            has_key: false,
        }
    }
}
