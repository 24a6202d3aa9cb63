//! Tokens in the options: their PINs are changed, unblocked and set for the first time here.

pub(super) mod draw;
#[cfg(test)]
mod tests;

use super::{
    Options,
    messages::{Effect, PinTask},
};
use crate::inventory::Inventory;
use tamga_core::{
    display_text,
    failure::{ErrorCode, Failure, TriesLeft},
    protocol::{Command, LastTry, PinChange, PinEntry, PinRules},
    secret::Secret,
};

/// What is sent where both PINs are typed on the reader.
const ON_READER: PinChange = PinChange::Reader {
    last_try: LastTry::NotAcknowledged,
};

/// What the person does with the PIN of one token.
#[derive(Debug)]
pub(super) struct PinForm {
    token: String,
    task: PinTask,
    /// How often something was wrong.
    wrong: u32,
    trouble: Option<Trouble>,
    /// Whether the host has said that one more wrong PIN is one too many.
    last_try: bool,
    step: Step,
}

/// How far it is.
#[derive(Debug)]
enum Step {
    /// The fields are being filled in.
    Filling,
    /// The person is asked whether the last try is to be used.
    Asked(PinChange),
    /// The token is at it.
    Sent,
    /// It is done.
    Done,
    /// It was not done, and there is nothing in the fields that would change that.
    Failed(Failure),
}

/// What is wrong with what was typed.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Trouble {
    /// There is nothing in the first field.
    Empty,
    /// The new PIN is shorter than the token takes.
    TooShort,
    /// It is longer.
    TooLong,
    /// The two new PINs are not the same.
    Differ,
    /// The token did not take the PIN of the first field.
    Refused(Failure),
    /// The token does not take the new PIN.
    Unfit,
}

impl Options {
    /// Where the PIN is typed on the reader there is nothing to fill in.
    pub(super) fn manage_pin(&mut self, token: String, task: PinTask) -> Vec<Effect> {
        if self.pin_form.as_ref().is_some_and(PinForm::is_sent) {
            return Vec::new();
        }
        let entry = self.inventory.token(&token).map(|it| it.pin.entry);
        self.pin_form = Some(PinForm {
            token,
            task,
            wrong: 0,
            trouble: None,
            last_try: false,
            step: Step::Filling,
        });
        match entry {
            Some(PinEntry::Reader) => self.ask_or_send(ON_READER),
            _ => Vec::new(),
        }
    }

    /// Nothing is sent before it makes sense: each wrong PIN is a try lost.
    pub(super) fn submit_pin(&mut self, secrets: Vec<Secret>) -> Vec<Effect> {
        let Some(form) = self.pin_form.as_mut().filter(|form| form.is_filling()) else {
            return Vec::new();
        };
        let (Some(token), Ok([pin, new_pin, again])) = (
            self.inventory.token(&form.token),
            <[Secret; 3]>::try_from(secrets),
        ) else {
            return Vec::new();
        };
        if let Some(trouble) = trouble(&token.pin, &pin, &new_pin, &again) {
            form.wrong += 1;
            form.trouble = Some(trouble);
            return Vec::new();
        }
        self.ask_or_send(PinChange::Typed {
            pin,
            new_pin,
            last_try: LastTry::default(),
        })
    }

    fn ask_or_send(&mut self, pins: PinChange) -> Vec<Effect> {
        let Some(form) = &mut self.pin_form else {
            return Vec::new();
        };
        let pin = self.inventory.token(&form.token).map(|token| &token.pin);
        let known = form.task == PinTask::Change && pin.is_some_and(is_last_try);
        if known || form.last_try {
            form.step = Step::Asked(pins);
            return Vec::new();
        }
        form.send(pins)
    }

    pub(super) fn use_last_try(&mut self) -> Vec<Effect> {
        let Some(form) = &mut self.pin_form else {
            return Vec::new();
        };
        match std::mem::replace(&mut form.step, Step::Filling) {
            Step::Asked(pins) => form.send(pins.acknowledged()),
            step => {
                form.step = step;
                Vec::new()
            }
        }
    }

    /// Where there are fields, they can be filled in anew.
    pub(super) fn keep_last_try(&mut self) -> Vec<Effect> {
        let on_reader = self.pin_form.as_ref().is_some_and(|form| {
            let token = self.inventory.token(&form.token);
            token.is_some_and(|token| token.pin.entry == PinEntry::Reader)
        });
        if on_reader {
            return self.leave_pin();
        }
        if let Some(form) = self.pin_form.as_mut().filter(|it| !it.is_sent()) {
            form.step = Step::Filling;
            form.wrong += 1;
        }
        Vec::new()
    }

    pub(super) fn leave_pin(&mut self) -> Vec<Effect> {
        self.pin_form = self.pin_form.take().filter(PinForm::is_sent);
        Vec::new()
    }

    pub(super) fn pin_changed(&mut self) -> Vec<Effect> {
        if let Some(form) = &mut self.pin_form {
            form.step = Step::Done;
        }
        vec![Effect::ListCertificates {}]
    }

    /// The token's state is asked for anew: a try may be lost.
    pub(super) fn pin_failed(&mut self, failure: Failure) -> Vec<Effect> {
        let Some(form) = &mut self.pin_form else {
            return Vec::new();
        };
        let token = self.inventory.token(&form.token);
        let on_reader = token.is_some_and(|token| token.pin.entry == PinEntry::Reader);
        if failure.code == ErrorCode::PinWrong && form.task == PinTask::Change {
            self.inventory.tries_left(&form.token, failure.tries);
        }
        form.last_try =
            failure.code == ErrorCode::PinLastTry || failure.tries.is_some_and(TriesLeft::is_last);
        form.wrong += 1;
        (form.step, form.trouble) = match failure.code {
            ErrorCode::PinLastTry if on_reader => (Step::Asked(ON_READER), None),
            ErrorCode::PinWrong | ErrorCode::PinLastTry if !on_reader => {
                (Step::Filling, Some(Trouble::Refused(failure)))
            }
            ErrorCode::PinUnfit if !on_reader => (Step::Filling, Some(Trouble::Unfit)),
            _ => (Step::Failed(failure), None),
        };
        vec![Effect::ListCertificates {}]
    }

    /// A PIN that was typed for a token does not wait for it to come back.
    pub(super) fn tokens_listed(&mut self) {
        let gone = |form: &PinForm| self.inventory.token(&form.token).is_none();
        let done =
            |form: &PinForm| matches!(form.step, Step::Filling | Step::Asked(_) | Step::Done);
        self.pin_form = self.pin_form.take().filter(|it| !(gone(it) && done(it)));
    }

    pub(super) fn token_wanted(&mut self, token: String) -> Vec<Effect> {
        let times = self.wanted.as_ref().map_or(0, |(_, times)| times + 1);
        self.wanted = Some((token, times));
        Vec::new()
    }
}

impl PinForm {
    fn is_filling(&self) -> bool {
        matches!(self.step, Step::Filling)
    }

    fn is_sent(&self) -> bool {
        matches!(self.step, Step::Sent)
    }

    fn send(&mut self, pins: PinChange) -> Vec<Effect> {
        self.step = Step::Sent;
        self.trouble = None;
        let token = self.token.clone();
        let command = match self.task {
            PinTask::Change => Command::ChangePin { token, pins },
            PinTask::Unblock => Command::UnblockPin { token, pins },
        };
        vec![Effect::ManagePin { command }]
    }
}

fn is_last_try(pin: &PinRules) -> bool {
    pin.tries.is_some_and(TriesLeft::is_last)
}

/// What is wrong with what was typed, as far as that can be known here.
fn trouble(rules: &PinRules, pin: &Secret, new_pin: &Secret, again: &Secret) -> Option<Trouble> {
    let length = u32::try_from(new_pin.expose().len()).unwrap_or(u32::MAX);
    if pin.expose().is_empty() {
        return Some(Trouble::Empty);
    }
    if length < rules.shortest.max(1) {
        return Some(Trouble::TooShort);
    }
    if rules.longest > 0 && length > rules.longest {
        return Some(Trouble::TooLong);
    }
    (new_pin.expose() != again.expose()).then_some(Trouble::Differ)
}

/// What tokens these are, for the report.
pub(super) fn models(inventory: &Inventory) -> String {
    let models = inventory.tokens.iter();
    let models: Vec<String> = models.map(|it| display_text::name(&it.model)).collect();
    match models.is_empty() {
        true => "-".to_owned(),
        false => models.join(", "),
    }
}
