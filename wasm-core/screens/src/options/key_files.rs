//! Key files in the options: they are added and removed here.

pub(super) mod draw;
#[cfg(test)]
mod tests;

use super::{Options, messages::Effect};
use crate::certificate_card::{HeldKey, read_all};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{KeyEntry, KeyLocation},
    secret::Secret,
};

/// How far a new key file is.
#[derive(Debug)]
pub(super) enum Adding {
    /// None is picked.
    Nothing,
    /// One is picked; the password was wrong so many times.
    Picked {
        name: String,
        wrong: u32,
        /// The password that opens only a part of the file, which has another one too.
        first: Option<Secret>,
    },
    /// The host is reading it.
    Sent {
        name: String,
        wrong: u32,
        password: Secret,
        second: bool,
    },
    /// It is added, and these are the owners of its certificates.
    Added { name: String, owners: Vec<String> },
    /// It is not.
    Failed(Failure),
}

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

/// A key file of the host's, or a container of the person's, and what it holds.
#[derive(Debug)]
pub(super) struct KeyFile<'a> {
    location: &'a KeyLocation,
    keys: Vec<&'a HeldKey>,
    failures: Vec<&'a Failure>,
}

impl Options {
    /// Browsers give a made-up path, `C:\fakepath\` and the file's name; nothing when the person picks none.
    pub(super) fn pick(&mut self, path: &str) -> Vec<Effect> {
        let name = path
            .rsplit(['\\', '/'])
            .next()
            .unwrap_or_default()
            .to_owned();
        self.adding = match name.is_empty() {
            true => Adding::Nothing,
            false => Adding::Picked {
                name,
                wrong: 0,
                first: None,
            },
        };
        Vec::new()
    }

    pub(super) fn add(&mut self, password: Secret) -> Vec<Effect> {
        let Adding::Picked { name, wrong, first } = &mut self.adding else {
            return Vec::new();
        };
        let (name, wrong, first) = (std::mem::take(name), *wrong, first.take());
        self.adding = Adding::Sent {
            name,
            wrong,
            password: password.clone(),
            second: first.is_some(),
        };
        let (password, second_password) = match first {
            Some(first) => (first, Some(password)),
            None => (password, None),
        };
        vec![Effect::AddKeyFile {
            password,
            second_password,
        }]
    }

    pub(super) fn added(&mut self, entries: Vec<KeyEntry>) -> Vec<Effect> {
        let (keys, _) = read_all(entries, Vec::new(), self.now);
        let owners = keys.into_iter().map(|key| key.view.owner).collect();
        let name = self.adding.name().unwrap_or_default().to_owned();
        self.adding = Adding::Added { name, owners };
        self.picker += 1;
        vec![Effect::ListCertificates {}]
    }

    /// After a wrong password the file stays picked, and so it does when it has another password too.
    pub(super) fn add_failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.adding = match (&mut self.adding, failure) {
            (Adding::Sent { name, wrong, .. }, failure)
                if failure.code == ErrorCode::PasswordWrong =>
            {
                let (name, wrong) = (std::mem::take(name), *wrong + 1);
                let first = None;
                Adding::Picked { name, wrong, first }
            }
            (
                Adding::Sent {
                    name,
                    wrong,
                    password,
                    second: false,
                },
                failure,
            ) if failure.code == ErrorCode::PasswordSecondNeeded => {
                let (name, wrong) = (std::mem::take(name), *wrong + 1);
                let first = Some(password.clone());
                Adding::Picked { name, wrong, first }
            }
            (_, failure) => {
                self.picker += 1;
                Adding::Failed(failure)
            }
        };
        Vec::new()
    }

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
        self.adding = Adding::Nothing;
        vec![Effect::ListCertificates {}]
    }

    pub(super) fn remove_failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.removal = Some(Removal::Failed(failure));
        vec![Effect::ListCertificates {}]
    }

    /// The files and containers of a kind, each with what it holds and what in it could not be read.
    pub(super) fn key_files(&self, kind: fn(&KeyLocation) -> bool) -> Vec<KeyFile<'_>> {
        let readable = self.inventory.keys.iter().map(|key| &key.entry.location);
        let unreadable = self
            .inventory
            .unreadable
            .iter()
            .filter_map(|it| it.location.as_ref());
        let mut files: Vec<KeyFile<'_>> = Vec::new();
        for location in readable.chain(unreadable).filter(|location| kind(location)) {
            if files.iter().all(|file| file.location != location) {
                files.push(self.key_file(location));
            }
        }
        files
    }

    fn key_file<'a>(&'a self, location: &'a KeyLocation) -> KeyFile<'a> {
        let keys = self.inventory.keys.iter();
        let keys = keys.filter(|key| key.entry.location == *location);
        let unreadable = self.inventory.unreadable.iter();
        let unreadable = unreadable.filter(|it| it.location.as_ref() == Some(location));
        KeyFile {
            location,
            keys: keys.collect(),
            failures: unreadable.map(|it| &it.failure).collect(),
        }
    }
}

impl Adding {
    /// The file's name.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Picked { name, .. } | Self::Sent { name, .. } | Self::Added { name, .. } => {
                Some(name)
            }
            Self::Nothing | Self::Failed(_) => None,
        }
    }
}
