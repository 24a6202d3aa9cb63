//! Whom this host trusts, and what it says about a certificate.
//!
//! Anchors are of four sources that are never mixed up: states, the administrator, the person, the operating system.

mod checking;
mod embedded;
pub mod folder;
pub mod lists;
mod system_roots;

pub use checking::{Asking, Checker};

use crate::{directories::Folders, ownership::Trust};
use embedded::Embedded;
use folder::{AnchorFolder, Held};
use std::sync::OnceLock;
use system_roots::SystemRoots;
use tamga_core::{certificate::Certificate, protocol::TrustSource, trust::Anchor};

/// Every anchor of this person on this computer, and certificates between them and others.
#[derive(Debug)]
pub struct TrustStore {
    national: &'static [Embedded],
    administrator: Held,
    person: Held,
    system: &'static SystemRoots,
}

impl TrustStore {
    /// Reads all of it. What is part of the program and of the operating system is read once.
    pub fn load(folders: &Folders) -> Self {
        static NATIONAL: OnceLock<Vec<Embedded>> = OnceLock::new();
        static SYSTEM: OnceLock<SystemRoots> = OnceLock::new();
        let administrator = AnchorFolder::of_administrator(&folders.system, Trust::of(folders));
        Self {
            national: NATIONAL.get_or_init(embedded::lists),
            administrator: administrator.read(),
            person: AnchorFolder::of_person(&folders.data).read(),
            system: SYSTEM.get_or_init(system_roots::read),
        }
    }

    /// The anchors.
    pub fn anchors(&self) -> impl Iterator<Item = &Anchor> {
        let national = self.national.iter().flat_map(|list| &list.anchors);
        national
            .chain(&self.administrator.anchors)
            .chain(&self.person.anchors)
            .chain(&self.system.anchors)
    }

    /// The roots of the Russian ministry, which signs the list of accredited authorities.
    pub fn ministry(&self) -> Vec<Anchor> {
        let is_russian = |list: &&Embedded| list.source.country.as_deref() == Some("RU");
        let russian = self.national.iter().filter(is_russian);
        russian.flat_map(|list| list.anchors.clone()).collect()
    }

    /// Certificates that may stand between an anchor and others; nothing is believed of them.
    pub fn intermediates(&self) -> impl Iterator<Item = &Certificate> {
        self.national.iter().flat_map(|list| &list.intermediates)
    }

    /// Where the anchors are from.
    pub fn sources(&self) -> Vec<TrustSource> {
        let national = self.national.iter().map(|list| &list.source);
        let others = [
            &self.administrator.source,
            &self.person.source,
            &self.system.source,
        ];
        national.chain(others).cloned().collect()
    }
}
