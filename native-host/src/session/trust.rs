//! The commands on whom Tamga trusts.

use super::{HostContext, Session};
use crate::{
    failure::Error,
    trust::{
        TrustStore,
        folder::{AnchorFolder, authorities},
    },
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{io::Write, sync::Arc};
use tamga_core::{
    certificate::Certificate,
    failure::{ErrorCode, Failure},
    protocol::{MAX_ANCHOR_FILE, Reply, TrustSource, TrustedCertificate},
};

impl<W: Write> Session<W> {
    /// Says whom Tamga trusts.
    pub(super) fn list_trust(&mut self, id: u32) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |_| {
            let sources = sources(&context);
            Ok(Reply::Trust { sources })
        })
    }

    /// Says which authorities a file names. Nothing is trusted by that.
    pub(super) fn inspect_authority(
        &mut self,
        id: u32,
        name: String,
        content: String,
    ) -> Result<(), Error> {
        self.start(id, move |_| {
            let found = given(&name, &content)?;
            Ok(Reply::AuthorityInspected {
                certificates: found.iter().map(TrustedCertificate::of).collect(),
            })
        })
    }

    /// Trusts the one of a file that has this fingerprint.
    pub(super) fn add_authority(
        &mut self,
        id: u32,
        name: String,
        content: String,
        fingerprint: String,
    ) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |_| {
            let found = given(&name, &content)?;
            let meant = found.iter().find(|it| it.id() == fingerprint);
            let missing = || Failure::of(ErrorCode::CertificateNotFound, &name);
            AnchorFolder::of_person(&context.folders.data).add(meant.ok_or_else(missing)?)?;
            let sources = sources(&context);
            Ok(Reply::TrustChanged { sources })
        })
    }

    /// Trusts one no more that the person had added.
    pub(super) fn remove_authority(&mut self, id: u32, fingerprint: String) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |_| {
            AnchorFolder::of_person(&context.folders.data).remove(&fingerprint)?;
            let sources = sources(&context);
            Ok(Reply::TrustChanged { sources })
        })
    }
}

/// Where the anchors are from.
fn sources(context: &HostContext) -> Vec<TrustSource> {
    let now = i64::try_from((context.clock)()).unwrap_or(i64::MAX);
    TrustStore::load(&context.folders).sources(now)
}

/// The authorities in the file of this name; its content is base64.
fn given(name: &str, content: &str) -> Result<Vec<Certificate>, Error> {
    let file = BASE64_STANDARD.decode(content);
    let file = file.map_err(|_| ErrorCode::RequestMalformed)?;
    if file.len() > MAX_ANCHOR_FILE {
        return Err(Failure::of(ErrorCode::ContentTooLarge, name).into());
    }
    authorities(&file).map_err(|code| Failure::of(code, name).into())
}
