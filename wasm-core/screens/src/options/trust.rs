//! Whom Tamga trusts: the lists with what is in them, and authorities that the person adds and removes.

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
    /// The authority that the person is about to remove, by its certificate's id.
    removal: Option<String>,
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
        self.trust.picker += 1;
        Vec::new()
    }
}
