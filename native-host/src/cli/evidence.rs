//! What verdicts are built on, from the files that are named.

use super::input_files::{self, malformed};
use crate::{failure::Error, session::HostContext, trust::TrustStore};
use clap::Args;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tamga_core::{
    asn1_time,
    certificate::Certificate,
    failure::ErrorCode,
    pem,
    trust::{
        Anchor, AnchorClass,
        lists::NationalList,
        revocation::{Crl, OcspAnswer, OcspResponse, Unavailable},
    },
};

/// Evidence, and when it counts.
#[derive(Args, Debug)]
pub(super) struct EvidenceRequest {
    /// A file with certificates that are trusted, and no others are. Without it, those that `trust list` names.
    #[arg(long, value_name = "FILE")]
    anchor: Vec<PathBuf>,
    /// A file with certificates that may stand between it and a trusted one.
    #[arg(long, value_name = "FILE")]
    untrusted: Vec<PathBuf>,
    /// A file with revocation lists. With these or --ocsp it has to be known from them that nothing on the path was revoked.
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// A file with an OCSP answer.
    #[arg(long, value_name = "FILE")]
    ocsp: Vec<PathBuf>,
    /// When it has to be valid, as 2026-11-29 or 2026-11-29T10:00:00Z; now, if not given.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<i64>,
}

fn time(text: &str) -> Result<i64, &'static str> {
    asn1_time::from_text(text).ok_or("not a time as 2026-11-29T10:00:00Z")
}

/// The evidence that was named, read.
#[derive(Debug)]
pub(super) struct EvidenceFiles {
    pub(super) anchors: Vec<Anchor>,
    pub(super) untrusted: Vec<Certificate>,
    /// The lists of states; none where only what is named counts.
    pub(super) national: Vec<Arc<NationalList>>,
    /// What all of that is from; absent where only what is named counts.
    pub(super) store: Option<TrustStore>,
    lists: Vec<Vec<u8>>,
    answers: Vec<Vec<u8>>,
}

impl EvidenceRequest {
    /// Where no anchors are named, those that Tamga trusts count.
    ///
    /// # Errors
    /// `CERTIFICATE_MALFORMED`, `CONTENT_MALFORMED`: a file holds none of what it is named for; when it cannot be read.
    pub(super) fn read(&self, context: &HostContext) -> Result<EvidenceFiles, Error> {
        let named = certificates(&self.anchor)?.into_iter();
        let mut anchors: Vec<_> = named
            .map(|it| Anchor::new(it, AnchorClass::Given))
            .collect();
        let mut untrusted = self.untrusted()?;
        let mut national = Vec::new();
        let mut from = None;
        if anchors.is_empty() {
            let store = TrustStore::load(&context.folders);
            anchors.extend(store.anchors().cloned());
            untrusted.extend(store.intermediates().cloned());
            national.extend(store.lists().iter().cloned());
            from = Some(store);
        }
        Ok(EvidenceFiles {
            anchors,
            untrusted,
            national,
            store: from,
            lists: objects(&self.crl, |der| Crl::parse(der).is_ok())?,
            answers: objects(&self.ocsp, |der| {
                !matches!(OcspResponse::parse(der), Err(Unavailable::Malformed))
            })?,
        })
    }

    /// The certificates that were named and are not trusted.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(super) fn untrusted(&self) -> Result<Vec<Certificate>, Error> {
        certificates(&self.untrusted)
    }

    /// Whether exactly what was named is to be looked at.
    pub(super) fn is_named(&self) -> bool {
        !self.anchor.is_empty() || self.names_revocation()
    }

    /// Whether another time than now was named.
    pub(super) fn names_time(&self) -> bool {
        self.at.is_some()
    }

    /// Whether something about revocation was named.
    pub(super) fn names_revocation(&self) -> bool {
        !self.crl.is_empty() || !self.ocsp.is_empty()
    }

    /// When certificates have to be valid, Unix time.
    pub(super) fn time(&self, context: &HostContext) -> i64 {
        let now = i64::try_from((context.clock)()).unwrap_or(i64::MAX);
        self.at.unwrap_or(now)
    }
}

impl EvidenceFiles {
    pub(super) fn lists(&self) -> Vec<Crl<'_>> {
        let lists = self.lists.iter();
        lists.filter_map(|der| Crl::parse(der).ok()).collect()
    }

    pub(super) fn answers(&self) -> Vec<OcspAnswer<'_>> {
        let answers = self.answers.iter();
        answers
            .map(|der| OcspAnswer {
                der,
                requested: None,
            })
            .collect()
    }
}

/// The certificates of a file.
pub(super) fn certificates_in(path: &Path) -> Result<Vec<Certificate>, Error> {
    let all = input_files::certificates(path)?.into_iter();
    Ok(all
        .filter_map(|der| Certificate::parse(&der).ok())
        .collect())
}

fn certificates(paths: &[PathBuf]) -> Result<Vec<Certificate>, Error> {
    let mut all = Vec::new();
    for path in paths {
        all.extend(certificates_in(path)?);
    }
    Ok(all)
}

/// The objects of files, each of which has to be what is asked for.
fn objects(paths: &[PathBuf], is_one: impl Fn(&[u8]) -> bool) -> Result<Vec<Vec<u8>>, Error> {
    let mut all = Vec::new();
    for path in paths {
        let file = input_files::read(path)?;
        let found = pem::objects(&file);
        if found.is_empty() || !found.iter().all(|object| is_one(object.bytes())) {
            return Err(malformed(ErrorCode::ContentMalformed, path));
        }
        all.extend(found.iter().map(|object| object.bytes().to_vec()));
    }
    Ok(all)
}
