//! Adding a key file: the host looks at it, the person gives its password or a new one, the host takes a copy.

pub(super) mod draw;
#[cfg(test)]
mod tests;

use super::{Options, messages::Effect};
use crate::certificate_card::{HeldKey, held};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{KeyEntry, KeyFilePassword},
    secret::Secret,
};

/// How far a new key file is.
#[derive(Debug)]
pub(super) enum Adding {
    /// None is picked.
    Nothing,
    /// Several were dropped at once.
    Several,
    /// The host looks at it.
    Inspected { name: String },
    /// Its password, or a new one, is being typed.
    Picked(Picked),
    /// The host is reading it.
    Sent { picked: Picked, password: Secret },
    /// It is added, with these keys.
    Added { name: String, keys: Vec<HeldKey> },
    /// It is not.
    Failed(Failure),
    /// It is a certificate without a key, which can be added all the same.
    Certificate { name: String },
    /// It is added, under this id.
    CertificateAdded { certificate: String },
}

/// A file with a key in it.
#[derive(Debug)]
pub(super) struct Picked {
    name: String,
    /// Whose password is asked for.
    asks_for: KeyFilePassword,
    /// How often what was typed was wrong.
    wrong: u32,
    /// Whether the two new passwords were not the same.
    differ: bool,
    /// The password that opens only a part of the file, which has another one too.
    first: Option<Secret>,
}

impl Options {
    /// Browsers give a made-up path, `C:\fakepath\` and the file's name; nothing when the person picks none.
    pub(super) fn pick(&mut self, path: &str) -> Vec<Effect> {
        let name = path.rsplit(['\\', '/']).next().unwrap_or_default();
        if name.is_empty() {
            self.adding = Adding::Nothing;
            return Vec::new();
        }
        let name = name.to_owned();
        self.adding = Adding::Inspected { name };
        vec![Effect::InspectKeyFile {}]
    }

    pub(super) fn inspected(&mut self, asks_for: KeyFilePassword) -> Vec<Effect> {
        if let Adding::Inspected { name } = &mut self.adding {
            self.adding = Adding::Picked(Picked {
                name: std::mem::take(name),
                asks_for,
                wrong: 0,
                differ: false,
                first: None,
            });
        }
        Vec::new()
    }

    pub(super) fn several_dropped(&mut self) -> Vec<Effect> {
        self.adding = Adding::Several;
        Vec::new()
    }

    /// Takes what is in the form: the file's password, or a new one twice.
    pub(super) fn add(&mut self, passwords: Vec<Secret>) -> Vec<Effect> {
        let Adding::Picked(picked) = &mut self.adding else {
            return Vec::new();
        };
        let mut passwords = passwords.into_iter();
        let Some(password) = passwords.next() else {
            return Vec::new();
        };
        let differ = passwords.any(|again| again.expose() != password.expose());
        if differ {
            (picked.wrong, picked.differ) = (picked.wrong + 1, true);
            return Vec::new();
        }
        let Adding::Picked(picked) = std::mem::replace(&mut self.adding, Adding::Nothing) else {
            return Vec::new();
        };
        let (first, second) = match &picked.first {
            Some(first) => (first.clone(), Some(password.clone())),
            None => (password.clone(), None),
        };
        self.adding = Adding::Sent { picked, password };
        vec![Effect::AddKeyFile {
            password: first,
            second_password: second,
        }]
    }

    pub(super) fn added(&mut self, entries: Vec<KeyEntry>) -> Vec<Effect> {
        let keys = held(entries, self.now);
        let name = match &self.adding {
            Adding::Sent { picked, .. } => picked.name.clone(),
            _ => String::new(),
        };
        self.adding = Adding::Added { name, keys };
        self.picker += 1;
        vec![Effect::ListCertificates {}]
    }

    /// After a wrong password the file stays picked, and so it does when it has another password too.
    pub(super) fn add_failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.adding = match (
            std::mem::replace(&mut self.adding, Adding::Nothing),
            failure.code,
        ) {
            (Adding::Sent { picked, .. }, ErrorCode::PasswordWrong | ErrorCode::PasswordUnfit) => {
                picked.again(None)
            }
            (Adding::Sent { picked, password }, ErrorCode::PasswordSecondNeeded)
                if picked.first.is_none() =>
            {
                picked.again(Some(password))
            }
            (Adding::Inspected { name }, ErrorCode::FileIsCertificate) => {
                Adding::Certificate { name }
            }
            (before, _) => {
                self.picker += 1;
                Adding::Failed(match before.name() {
                    Some(name) => failure.or_of(name),
                    None => failure,
                })
            }
        };
        Vec::new()
    }
}

impl Picked {
    fn again(self, first: Option<Secret>) -> Adding {
        Adding::Picked(Self {
            wrong: self.wrong + 1,
            differ: false,
            first,
            ..self
        })
    }
}

impl Adding {
    /// The file's name.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Inspected { name } | Self::Added { name, .. } | Self::Certificate { name } => {
                Some(name)
            }
            Self::Picked(picked) | Self::Sent { picked, .. } => Some(&picked.name),
            Self::Nothing | Self::Several | Self::Failed(_) | Self::CertificateAdded { .. } => None,
        }
    }
}
