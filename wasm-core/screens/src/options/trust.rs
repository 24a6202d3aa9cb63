//! Whom Tamga trusts: the lists with what is in them, and authorities and national lists that the person adds and removes.

pub(super) mod draw;
#[cfg(test)]
mod tests;

use super::{Options, messages::Effect};
use tamga_core::{
    failure::Failure,
    protocol::{Command, TrustSource, TrustedCertificate},
};

/// What is known of the lists, and what is being done to them.
#[derive(Debug, Default)]
pub(super) struct Trust {
    /// `None` until the host has said.
    sources: Option<Vec<TrustSource>>,
    adding: Adding,
    /// The authority that the person is about to remove, by its certificate's id, or the list by its own.
    removal: Option<String>,
    list: ListState,
    /// Where a list is, as far as the person has said.
    address: String,
    failure: Option<Failure>,
    /// The number of the file picker: a new one is empty.
    picker: u32,
}

/// How far adding an authority is.
#[derive(Debug, Default)]
enum Adding {
    /// Nothing is picked.
    #[default]
    Nothing,
    /// The host looks at the file.
    Inspected,
    /// These are in it, and none of them is trusted by that.
    Found(Vec<TrustedCertificate>),
    /// The host is told to trust one of them.
    Sent,
    /// It does.
    Added { owner: String },
}

/// How far a national list is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum ListState {
    /// Nothing is under way.
    #[default]
    Idle,
    /// The host has it, or fetches it.
    Sent,
    /// It is kept.
    Kept,
}

impl Options {
    /// Reads what the host trusts.
    pub(super) fn read_trust() -> Effect {
        Effect::Trust {
            command: Command::ListTrust {},
        }
    }

    pub(super) fn pick_authority(&mut self, path: &str) -> Vec<Effect> {
        (self.trust.failure, self.trust.removal) = (None, None);
        if path.is_empty() {
            self.trust.adding = Adding::Nothing;
            return Vec::new();
        }
        self.trust.adding = Adding::Inspected;
        vec![Effect::InspectAuthority {}]
    }

    pub(super) fn authorities_found(&mut self, found: Vec<TrustedCertificate>) -> Vec<Effect> {
        if matches!(self.trust.adding, Adding::Inspected) {
            self.trust.adding = Adding::Found(found);
        }
        Vec::new()
    }

    /// The person has compared the fingerprint.
    pub(super) fn trust_authority(&mut self, id: String) -> Vec<Effect> {
        let Adding::Found(found) = &self.trust.adding else {
            return Vec::new();
        };
        if !found.iter().any(|it| it.certificate.id == id) {
            return Vec::new();
        }
        self.trust.adding = Adding::Sent;
        vec![Effect::AddAuthority { fingerprint: id }]
    }

    pub(super) fn leave_authorities(&mut self) -> Vec<Effect> {
        self.trust.adding = Adding::Nothing;
        self.trust.picker += 1;
        Vec::new()
    }

    pub(super) fn ask_to_distrust(&mut self, id: String) -> Vec<Effect> {
        (self.trust.removal, self.trust.failure) = (Some(id), None);
        self.trust.list = ListState::Idle;
        Vec::new()
    }

    pub(super) fn distrust(&mut self) -> Vec<Effect> {
        let Some(fingerprint) = self.trust.removal.take() else {
            return Vec::new();
        };
        self.trust.adding = Adding::Nothing;
        vec![Effect::Trust {
            command: Command::RemoveAuthority { fingerprint },
        }]
    }

    pub(super) fn pick_list(&mut self, path: &str) -> Vec<Effect> {
        if path.is_empty() {
            return Vec::new();
        }
        self.begin_list();
        vec![Effect::ImportList {}]
    }

    pub(super) fn set_list_address(&mut self, address: &str) -> Vec<Effect> {
        address.trim().clone_into(&mut self.trust.address);
        Vec::new()
    }

    pub(super) fn fetch_list(&mut self) -> Vec<Effect> {
        let address = self.trust.address.clone();
        match address.is_empty() {
            true => Vec::new(),
            false => self.change_list(Command::FetchList { address }),
        }
    }

    /// Has the host keep a list that it fetches.
    pub(super) fn change_list(&mut self, command: Command) -> Vec<Effect> {
        self.begin_list();
        vec![Effect::Trust { command }]
    }

    pub(super) fn remove_list(&mut self) -> Vec<Effect> {
        let list = self.trust.removal.take();
        let removal = list.map(|list| Effect::Trust {
            command: Command::RemoveList { list },
        });
        removal.into_iter().collect()
    }

    pub(super) fn list_kept(&mut self) -> Vec<Effect> {
        self.trust.list = ListState::Kept;
        self.trust.address.clear();
        self.trust.picker += 1;
        Vec::new()
    }

    fn begin_list(&mut self) {
        (self.trust.failure, self.trust.removal) = (None, None);
        self.trust.list = ListState::Sent;
    }

    pub(super) fn keep_trust(&mut self) -> Vec<Effect> {
        self.trust.removal = None;
        Vec::new()
    }

    pub(super) fn trust_listed(&mut self, sources: Vec<TrustSource>) -> Vec<Effect> {
        self.trust.sources = Some(sources);
        Vec::new()
    }

    /// The host trusts this one from now on; the lists follow.
    pub(super) fn authority_added(&mut self, owner: String) -> Vec<Effect> {
        self.trust.adding = Adding::Added { owner };
        self.trust.picker += 1;
        Vec::new()
    }

    pub(super) fn trust_failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.trust.failure = Some(failure);
        self.trust.adding = Adding::Nothing;
        self.trust.list = ListState::Idle;
        self.trust.picker += 1;
        Vec::new()
    }
}
