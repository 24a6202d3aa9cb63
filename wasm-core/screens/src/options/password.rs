//! Another password for a copy of a key file or for a container.

pub(super) mod draw;
#[cfg(test)]
mod tests;

use super::{Options, messages::Effect};
use crate::certificate_card::HeldKey;
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{Command, KeyLocation},
    secret::Secret,
};

/// The change of one password.
#[derive(Debug)]
pub(super) struct PasswordChange {
    /// Where the key is.
    location: KeyLocation,
    /// What tells the key from others in the same place.
    key: String,
    /// Which secrets the form asks for.
    asks_for: AsksFor,
    /// How often something was wrong.
    wrong: u32,
    trouble: Option<Trouble>,
    step: Step,
}

/// What comes before the new password.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum AsksFor {
    /// Nothing: the container has no password.
    NewOnly,
    /// The present one.
    Present,
    /// The present one of the file, and the other one of the key.
    BothPresent,
}

/// How far it is.
#[derive(Debug)]
enum Step {
    /// The fields are being filled in.
    Filling,
    /// The host is at it.
    Sent,
    /// It is done.
    Done,
    /// It was not done, and nothing in the fields would change that.
    Failed(Failure),
}

/// What is wrong with what was typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Trouble {
    /// There is no new password.
    Empty,
    /// The two new passwords are not the same.
    Differ,
    /// The present password is wrong.
    Wrong,
    /// The key has a password other than its file's.
    SecondNeeded,
    /// The new password cannot be used.
    Unfit,
}

impl Options {
    /// The form for a key's password; one at a time, and none while the host is at one.
    pub(super) fn change_password(&mut self, key: &str) -> Vec<Effect> {
        if self.password.as_ref().is_some_and(PasswordChange::is_sent) {
            return Vec::new();
        }
        let mut keys = self.inventory.keys.iter();
        let found = keys.find(|it| it.entry.key_id() == key);
        self.password = found.map(PasswordChange::of);
        Vec::new()
    }

    /// Takes what is in the form: the present passwords, then the new one twice.
    pub(super) fn submit_password(&mut self, secrets: Vec<Secret>) -> Vec<Effect> {
        let form = self.password.as_mut().filter(|form| form.is_filling());
        let effect = form.and_then(|form| form.submit(secrets));
        effect.into_iter().collect()
    }

    pub(super) fn leave_password(&mut self) -> Vec<Effect> {
        self.password = self.password.take().filter(PasswordChange::is_sent);
        Vec::new()
    }

    pub(super) fn password_changed(&mut self) -> Vec<Effect> {
        if let Some(form) = &mut self.password {
            form.step = Step::Done;
        }
        vec![Effect::ListCertificates {}]
    }

    pub(super) fn password_failed(&mut self, failure: Failure) -> Vec<Effect> {
        if let Some(form) = &mut self.password {
            form.failed(failure);
        }
        Vec::new()
    }
}

impl PasswordChange {
    fn of(key: &HeldKey) -> Self {
        Self {
            location: key.entry.location.clone(),
            key: key.entry.key_id(),
            asks_for: match key.entry.passwordless {
                true => AsksFor::NewOnly,
                false => AsksFor::Present,
            },
            wrong: 0,
            trouble: None,
            step: Step::Filling,
        }
    }

    fn is_filling(&self) -> bool {
        matches!(self.step, Step::Filling)
    }

    fn is_sent(&self) -> bool {
        matches!(self.step, Step::Sent)
    }

    fn submit(&mut self, secrets: Vec<Secret>) -> Option<Effect> {
        let mut secrets = secrets.into_iter();
        let (password, second_password) = match self.asks_for {
            AsksFor::NewOnly => (Secret::new(String::new()), None),
            AsksFor::Present => (secrets.next()?, None),
            AsksFor::BothPresent => (secrets.next()?, Some(secrets.next()?)),
        };
        let (new_password, again) = (secrets.next()?, secrets.next()?);
        let trouble = match (new_password.expose(), again.expose()) {
            ("", _) => Some(Trouble::Empty),
            (new, again) => (new != again).then_some(Trouble::Differ),
        };
        if let Some(trouble) = trouble {
            self.told(trouble);
            return None;
        }
        (self.step, self.trouble) = (Step::Sent, None);
        let command = Command::ChangeKeyPassword {
            location: Box::new(self.location.clone()),
            password,
            second_password,
            new_password,
        };
        Some(Effect::ChangePassword { command })
    }

    fn failed(&mut self, failure: Failure) {
        match failure.code {
            ErrorCode::PasswordWrong => self.told(Trouble::Wrong),
            ErrorCode::PasswordSecondNeeded if self.asks_for == AsksFor::Present => {
                self.asks_for = AsksFor::BothPresent;
                self.told(Trouble::SecondNeeded);
            }
            ErrorCode::PasswordUnfit => self.told(Trouble::Unfit),
            _ => self.step = Step::Failed(failure),
        }
    }

    /// The form again, with what was wrong.
    fn told(&mut self, trouble: Trouble) {
        self.wrong += 1;
        (self.step, self.trouble) = (Step::Filling, Some(trouble));
    }
}
