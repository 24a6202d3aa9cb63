//! Whom this host trusts, and what it says about a certificate.
//!
//! Anchors are of four sources that are never mixed up: states, the administrator, the person, the operating system.

mod checking;
mod embedded;
pub mod folder;
pub mod issuers;
pub mod lists;
mod system_roots;

pub use checking::{Asking, Checker, RevocationLookup, ask_the_time};

use crate::{
    directories::{Folders, IS_FOR_TESTS},
    ownership::Trust,
    settings::administrator::Administrator,
};
use embedded::Embedded;
use folder::{AnchorFolder, Held};
use issuers::IntermediateFolder;
use lists::{Found, KeptList, ListStore, Listed};
use std::{
    collections::HashSet,
    env, fs,
    path::Path,
    sync::{Arc, OnceLock},
};
use system_roots::SystemRoots;
use tamga_core::{
    certificate::Certificate,
    failure::ErrorCode,
    protocol::TrustSource,
    trust::{Anchor, lists::NationalList},
};

/// Every anchor of this person on this computer, and certificates between them and others.
#[derive(Debug)]
pub struct TrustStore {
    national: &'static [Embedded],
    imported: Vec<KeptList>,
    lists: Vec<Arc<NationalList>>,
    fetched: Vec<Certificate>,
    administrator: Held,
    person: Held,
    system: &'static SystemRoots,
}

impl TrustStore {
    /// Reads all of it. What is part of the program and of the operating system is read once; national lists that were
    /// imported are read as they changed, which takes a moment where there are many.
    pub fn load(folders: &Folders) -> Self {
        static SYSTEM: OnceLock<SystemRoots> = OnceLock::new();
        let settings = Administrator::of(folders);
        let owner = Trust::of(folders);
        let administrator = AnchorFolder::of_administrator(&folders.system, &settings, owner);
        let person = AnchorFolder::of_person(&folders.data);
        let imported = ListStore::new(&folders.data).kept(&ministry());
        let listed = imported.iter().filter_map(|it| it.listed.as_ref().ok());
        Self {
            national: national(),
            lists: listed.map(|it| Arc::clone(&it.list)).collect(),
            imported,
            fetched: IntermediateFolder::new(&folders.data).read(),
            administrator: administrator.read(),
            person: match settings.personal_authorities {
                true => person.read(),
                false => person.without(),
            },
            system: SYSTEM.get_or_init(system_roots::read),
        }
    }

    /// The anchors, those of imported lists as well.
    pub fn anchors(&self) -> impl Iterator<Item = &Anchor> {
        let imported = self.listed().flat_map(|it| &it.anchors);
        self.states().chain(imported).chain(self.others())
    }

    /// Certificates that may stand between an anchor and others; nothing is believed of them.
    pub fn intermediates(&self) -> impl Iterator<Item = &Certificate> {
        let listed = self.listed().flat_map(|it| &it.intermediates);
        self.between().chain(listed)
    }

    /// The imported lists, which say who was accredited or qualified.
    pub fn lists(&self) -> &[Arc<NationalList>] {
        &self.lists
    }

    /// What there is for a path of these certificates: the anchors and the intermediates that are few, and those of
    /// imported lists that may be above the certificates, by their names.
    pub fn above<'s>(
        &'s self,
        certificates: impl IntoIterator<Item = &'s Certificate>,
    ) -> (Vec<&'s Anchor>, Vec<&'s Certificate>) {
        let mut found: (Vec<&Anchor>, Vec<&Certificate>) = (Vec::new(), Vec::new());
        let certificates = certificates.into_iter().chain(self.between());
        let mut names: Vec<_> = certificates.map(|it| it.issuer().key()).collect();
        let mut known = HashSet::new();
        while let Some(name) = names.pop() {
            if !known.insert(name.clone()) {
                continue;
            }
            for listed in self.listed().flat_map(|it| it.with_subject(&name)) {
                names.push(listed.certificate().issuer().key());
                match listed {
                    Found::Anchor(anchor) => found.0.push(anchor),
                    Found::Intermediate(certificate) => found.1.push(certificate),
                }
            }
        }
        let (listed, between) = found;
        let anchors = self.states().chain(listed).chain(self.others());
        (anchors.collect(), self.between().chain(between).collect())
    }

    /// Where the anchors are from; `now` is in Unix seconds.
    pub fn sources(&self, now: i64) -> Vec<TrustSource> {
        let national = self.national.iter().map(|list| list.source.clone());
        let imported = self.imported.iter().map(|list| list.source(now));
        let others = [
            &self.administrator.source,
            &self.person.source,
            &self.system.source,
        ];
        national
            .chain(imported)
            .chain(others.into_iter().cloned())
            .collect()
    }

    fn listed(&self) -> impl Iterator<Item = &Listed> {
        let listed = self.imported.iter().map(|it| it.listed.as_ref());
        listed.filter_map(|it| it.ok().map(AsRef::as_ref))
    }

    fn states(&self) -> impl Iterator<Item = &Anchor> {
        self.national.iter().flat_map(|list| &list.anchors)
    }

    fn others(&self) -> impl Iterator<Item = &Anchor> {
        let own = self
            .administrator
            .anchors
            .iter()
            .chain(&self.person.anchors);
        own.chain(&self.system.anchors)
    }

    fn between(&self) -> impl Iterator<Item = &Certificate> {
        let embedded = self.national.iter().flat_map(|list| &list.intermediates);
        embedded.chain(&self.fetched)
    }
}

/// The folder of authorities that the person adds.
///
/// # Errors
/// `SETTING_FIXED` where the administrator has decided that none of them is trusted.
pub fn addable(folders: &Folders) -> Result<AnchorFolder, ErrorCode> {
    match Administrator::of(folders).personal_authorities {
        true => Ok(AnchorFolder::of_person(&folders.data)),
        false => Err(ErrorCode::SettingFixed),
    }
}

/// The roots of the Russian ministry, which signs the list of accredited authorities.
pub fn ministry() -> Vec<Anchor> {
    let is_russian = |list: &&Embedded| list.source.country.as_deref() == Some("RU");
    let russian = national().iter().filter(is_russian);
    russian.flat_map(|list| list.anchors.clone()).collect()
}

/// What is part of the program.
fn national() -> &'static [Embedded] {
    static NATIONAL: OnceLock<Vec<Embedded>> = OnceLock::new();
    NATIONAL.get_or_init(embedded::lists)
}

/// Who signs the list of this name for tests of this workspace: a root of the ministry, or the signer of the list of
/// lists. In a host that people use, whoever sets its environment would sign lists.
fn signer_of_tests(name: &str) -> Option<Certificate> {
    let folder = IS_FOR_TESTS.then(|| env::var_os("TAMGA_LIST_SIGNERS"))??;
    let file = fs::read(Path::new(&folder).join(name).with_extension("der")).ok()?;
    Certificate::parse(&file).ok()
}
