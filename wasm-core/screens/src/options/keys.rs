//! Key files and containers in the options: what is in them, and the removal of a copy.

pub(super) mod draw;
#[cfg(test)]
mod tests;

use super::{Options, messages::Effect};
use crate::certificate_card::HeldKey;
use tamga_core::{
    failure::Failure,
    protocol::{KeyLocation, Unreadable},
};

/// A key file that is about to be removed.
#[derive(Debug)]
pub(super) enum Removal {
    /// The person is asked.
    Asked { key_file: String },
    /// The host is at it.
    Sent { key_file: String },
    /// It did not work.
    Failed(Failure),
}

impl Options {
    pub(super) fn ask_to_remove(&mut self, key_file: String) -> Vec<Effect> {
        self.removal = Some(Removal::Asked { key_file });
        Vec::new()
    }

    pub(super) fn remove(&mut self) -> Vec<Effect> {
        let Some(Removal::Asked { key_file }) = self.removal.take() else {
            return Vec::new();
        };
        self.removal = Some(Removal::Sent {
            key_file: key_file.clone(),
        });
        vec![Effect::RemoveKeyFile { key_file }]
    }

    pub(super) fn keep(&mut self) -> Vec<Effect> {
        self.removal = None;
        Vec::new()
    }

    pub(super) fn removed(&mut self) -> Vec<Effect> {
        self.removal = None;
        self.adding = super::adding::Adding::Nothing;
        vec![Effect::ListCertificates {}]
    }

    pub(super) fn remove_failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.removal = Some(Removal::Failed(failure));
        vec![Effect::ListCertificates {}]
    }

    /// The keys in places of a kind.
    fn keys_in(&self, kind: fn(&KeyLocation) -> bool) -> impl Iterator<Item = &HeldKey> {
        let keys = self.inventory.keys.iter();
        keys.filter(move |key| kind(&key.entry.location))
    }

    /// What could not be read in places of a kind.
    fn unreadable_in(
        &self,
        kind: fn(&KeyLocation) -> bool,
    ) -> impl Iterator<Item = (&KeyLocation, &Unreadable)> {
        let unreadable = self.inventory.unreadable.iter();
        let located = unreadable.filter_map(|it| Some((it.location.as_ref()?, it)));
        located.filter(move |(location, _)| kind(location))
    }

    /// How many further keys are in the place of this one.
    fn neighbours(&self, key: &HeldKey) -> usize {
        let all = self.inventory.keys.iter();
        let there = all.filter(|other| other.entry.location == key.entry.location);
        there.count().saturating_sub(1)
    }
}

/// Whether it is a file of which the host has a copy.
pub(super) fn is_file(location: &KeyLocation) -> bool {
    matches!(location, KeyLocation::Pkcs12 { .. })
}

/// Whether it is a container.
pub(super) fn is_container(location: &KeyLocation) -> bool {
    matches!(location, KeyLocation::Cryptopro { .. })
}
