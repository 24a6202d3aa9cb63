//! Deleting everything that Tamga keeps: the host's part and the extension's.

#[cfg(test)]
mod tests;

use super::{
    Options,
    folders::Folders,
    messages::{Action, Effect, PinEntrySetting},
    parts::{confirmation, part},
};
use crate::{
    node::Element,
    parts::{Weight, alert, button, paragraph, progress},
};
use tamga_core::failure::Failure;

/// How far the deletion is.
#[derive(Debug, Default)]
pub(super) enum Deletion {
    /// Nobody wants it.
    #[default]
    None,
    /// The person is asked.
    Asked,
    /// It is being done.
    Sent,
    /// It is done.
    Done,
    /// Not all of it was.
    Failed(Failure),
}

impl Options {
    pub(super) fn ask_to_delete(&mut self) -> Vec<Effect> {
        if !matches!(self.deletion, Deletion::Sent) {
            self.deletion = Deletion::Asked;
        }
        Vec::new()
    }

    pub(super) fn keep_everything(&mut self) -> Vec<Effect> {
        if matches!(self.deletion, Deletion::Asked) {
            self.deletion = Deletion::None;
        }
        Vec::new()
    }

    pub(super) fn delete_everything(&mut self) -> Vec<Effect> {
        if !matches!(self.deletion, Deletion::Asked) {
            return Vec::new();
        }
        self.deletion = Deletion::Sent;
        vec![Effect::DeleteEverything {}]
    }

    /// What was set is as at first; what is kept is asked for anew.
    pub(super) fn everything_deleted(&mut self) -> Vec<Effect> {
        self.deletion = Deletion::Done;
        self.language = None;
        if !self.pin_entry.fixed {
            self.pin_entry = PinEntrySetting::default();
        }
        self.folders = Folders::default();
        (self.password, self.removal) = (None, None);
        let mut effects = vec![Effect::ListCertificates {}];
        effects.extend(self.record.read());
        effects
    }

    pub(super) fn deletion_failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.deletion = Deletion::Failed(failure);
        vec![Effect::ListCertificates {}, Effect::ListFolders {}]
    }
}

/// What is kept, and the button that deletes it.
pub(super) fn kept(options: &Options) -> Element<Action> {
    let text = &options.text;
    let outcome = match &options.deletion {
        Deletion::None => None,
        Deletion::Asked => {
            let yes = ("button_confirm_deletion", Action::ConfirmDeletion);
            let asked = confirmation(text, "confirm_deletion", yes, Action::KeepEverything);
            let keeps = paragraph("muted", text.plain("confirm_deletion_keeps"));
            return part(text, "kept", "kept_title").child(keeps).child(asked);
        }
        Deletion::Sent => Some(progress(&text.plain("deleting_everything"), None)),
        Deletion::Failed(failure) => Some(alert(text, failure)),
        Deletion::Done => {
            let words = paragraph("notice-what", text.plain("everything_deleted"));
            let notice = Element::new("div").key("deleted").class("notice good");
            Some(notice.attribute("role", "status").child(words))
        }
    };
    let label = text.plain("button_delete_everything");
    let delete = button(label, Weight::Plain, Action::DeleteEverything);
    let is_sent = matches!(options.deletion, Deletion::Sent);
    let unfit = is_sent || options.host.version().is_none();
    let buttons = Element::new("div").class("buttons start");
    part(text, "kept", "kept_title")
        .child(paragraph("muted", text.plain("kept_meaning")))
        .children(outcome)
        .child(buttons.child(delete.flag("disabled", unfit)))
}
