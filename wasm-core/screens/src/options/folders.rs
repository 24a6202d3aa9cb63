//! The folders in which containers are looked for because the person said so.

pub(super) mod draw;
#[cfg(test)]
mod tests;

use super::{Options, messages::Effect};
use tamga_core::failure::{ErrorCode, Failure};

/// What is known of the folders.
#[derive(Debug, Default)]
pub(super) struct Folders {
    /// Their paths.
    paths: Vec<String>,
    /// Whether the dialog of the system is open.
    choosing: bool,
    /// How many containers are in the one that was added last.
    found: Option<u32>,
    failure: Option<Failure>,
}

impl Options {
    /// The dialog of the system opens; there is no second one beside it.
    pub(super) fn choose_folder(&mut self) -> Vec<Effect> {
        if self.folders.choosing {
            return Vec::new();
        }
        (self.folders.choosing, self.folders.found) = (true, None);
        self.folders.failure = None;
        vec![Effect::AddFolder {}]
    }

    pub(super) fn remove_folder(&mut self, folder: String) -> Vec<Effect> {
        (self.folders.found, self.folders.failure) = (None, None);
        vec![Effect::RemoveFolder { folder }]
    }

    /// The first answer changes nothing in what is listed; later ones do.
    pub(super) fn folders_listed(&mut self, paths: Vec<String>, found: Option<u32>) -> Vec<Effect> {
        let folders = &mut self.folders;
        let changed = folders.choosing || folders.paths.len() > paths.len();
        folders.choosing &= found.is_none();
        folders.paths = paths;
        folders.found = found.or(folders.found);
        let list = changed.then_some(Effect::ListCertificates {});
        list.into_iter().collect()
    }

    /// Whoever leaves the dialog knows that nothing was added.
    pub(super) fn folders_failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.folders.choosing = false;
        self.folders.failure = (failure.code != ErrorCode::Cancelled).then_some(failure);
        Vec::new()
    }
}
