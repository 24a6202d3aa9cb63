//! The commands on whom Tamga trusts, and on national lists.

use super::{HostContext, Session, certificates::parse};
use crate::{
    documents::ArrivingList,
    failure::Error,
    network::fetch::Fetcher,
    trust::{
        self, TrustStore,
        folder::{AnchorFolder, authorities},
        issuers::{IntermediateFolder, fetch_issuers},
        lists::{ListStore, Origin},
        ministry,
    },
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{io::Write, sync::Arc};
use tamga_core::{
    certificate::Certificate,
    failure::{ErrorCode, Failure},
    protocol::{
        CertificateName, FetchedAuthority, MAX_ANCHOR_FILE, MAX_CHAIN, MAX_NAME, Reply,
        TrustSource, TrustedCertificate,
    },
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
            trust::addable(&context.folders)?.add(meant.ok_or_else(missing)?)?;
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

    /// Fetches the issuers of a certificate that are not there.
    pub(super) fn fetch_issuer(
        &mut self,
        id: u32,
        certificate: &str,
        chain: &[String],
    ) -> Result<(), Error> {
        if chain.len() > MAX_CHAIN {
            return Err(ErrorCode::RequestMalformed.into());
        }
        let certificate = parse(certificate).ok_or(ErrorCode::CertificateMalformed)?;
        let chain: Vec<_> = chain.iter().filter_map(|it| parse(it)).collect();
        let context = Arc::clone(&self.context);
        self.start(id, move |_| {
            let store = TrustStore::load(&context.folders);
            let folder = IntermediateFolder::new(&context.folders.data);
            let by = (&Fetcher::new(&context.folders), &folder);
            let found = fetch_issuers(&certificate, &chain, &store, by, now(&context))?;
            let authority = found.authority.map(|it| FetchedAuthority {
                shown: TrustedCertificate::of(&it),
                content: BASE64_STANDARD.encode(it.der()),
            });
            Ok(Reply::IssuerFetched {
                kept: found.kept.iter().map(CertificateName::of).collect(),
                authority: authority.map(Box::new),
            })
        })
    }

    /// Expects a national list.
    pub(super) fn expect_list(
        &mut self,
        id: u32,
        stream: u32,
        name: String,
        size: u64,
    ) -> Result<(), Error> {
        if name.len() > MAX_NAME {
            return Err(ErrorCode::RequestMalformed.into());
        }
        Ok(self.documents.expect_list(id, stream, size, name)?)
    }

    /// Verifies a list that has arrived, and keeps it.
    pub(super) fn list_arrived(&mut self, id: u32, list: ArrivingList) -> Result<(), Error> {
        self.change_lists(id, move |lists, now| {
            let origin = Origin::Given(&list.name);
            lists
                .import(&list.octets, origin, &ministry(), now)
                .map(drop)
        })
    }

    /// Fetches a list from an address that the person has given.
    pub(super) fn fetch_list(&mut self, id: u32, address: String) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.change_lists(id, move |lists, now| {
            let fetcher = Fetcher::new(&context.folders);
            lists.fetch(&address, &fetcher, &ministry(), now).map(drop)
        })
    }

    /// Fetches a list anew.
    pub(super) fn update_list(&mut self, id: u32, list: String) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.change_lists(id, move |lists, now| {
            let fetcher = Fetcher::new(&context.folders);
            lists.update(&list, &fetcher, &ministry(), now).map(drop)
        })
    }

    /// Keeps a list no more.
    pub(super) fn remove_list(&mut self, id: u32, list: String) -> Result<(), Error> {
        self.change_lists(id, move |lists, _| lists.remove(&list))
    }

    fn change_lists(
        &mut self,
        id: u32,
        change: impl FnOnce(&ListStore, i64) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |task| {
            change(&ListStore::new(&context.folders.data), now(&context))?;
            task.check()?;
            let sources = sources(&context);
            Ok(Reply::TrustChanged { sources })
        })
    }
}

/// Unix seconds.
fn now(context: &HostContext) -> i64 {
    i64::try_from((context.clock)()).unwrap_or(i64::MAX)
}

/// Where the anchors are from.
fn sources(context: &HostContext) -> Vec<TrustSource> {
    TrustStore::load(&context.folders).sources(now(context))
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
