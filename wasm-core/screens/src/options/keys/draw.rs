//! How key files and containers look in the options: a line for each key, which unfolds.

use super::{Removal, is_container, is_file};
use crate::{
    certificate_card::{HeldKey, summary},
    certificate_list::ListAction,
    node::Element,
    options::{
        Options,
        folders::draw::folders,
        messages::Action,
        parts::{certificate_buttons, confirmation, part},
        password,
    },
    parts::{Weight, alert, button, caution, foreign, paragraph, progress},
    wording,
};
use tamga_core::protocol::{KeyLocation, Unreadable};

pub(in crate::options) fn key_files(options: &Options) -> Element<Action> {
    let text = &options.text;
    let failed = match &options.removal {
        Some(Removal::Failed(failure)) => Some(alert(text, failure)),
        _ => None,
    };
    part(text, "keys", "key_files_title")
        .child(paragraph("muted", text.plain("key_files_meaning")))
        .children(failed)
        .children(password::draw::outcome(options, is_file))
        .children(lines(options, is_file, "no_key_files"))
}

pub(in crate::options) fn containers(options: &Options) -> Element<Action> {
    let text = &options.text;
    part(text, "containers", "containers_title")
        .child(paragraph("muted", text.plain("containers_meaning")))
        .children(password::draw::outcome(options, is_container))
        .children(lines(options, is_container, "no_containers"))
        .child(folders(options))
}

/// What could not be read first, whatever the person looks for; then the keys in their sections.
fn lines(options: &Options, kind: fn(&KeyLocation) -> bool, none: &str) -> Vec<Element<Action>> {
    let (text, list) = (&options.text, &options.list);
    let troubled = options.unreadable_in(kind);
    let troubled = troubled.map(|(location, it)| unreadable(options, location, it));
    let troubled = Element::new("ul").class("cards").children(troubled);
    let keys = options.keys_in(kind).filter(|key| list.shows(key));
    let cards: Vec<_> = keys.map(|key| (key.section, line(options, key))).collect();
    let is_empty = options.host.lists()
        && troubled.children.is_empty()
        && options.keys_in(kind).next().is_none();
    let none = is_empty.then(|| paragraph("muted", text.plain(none)));
    let troubled = (!troubled.children.is_empty()).then_some(troubled);
    let sections = list.sections(text, cards, "cards");
    none.into_iter().chain(troubled).chain(sections).collect()
}

/// Whose key it is and where; unfolded, everything else and what can be done with it.
fn line(options: &Options, key: &HeldKey) -> Element<Action> {
    let text = &options.text;
    let unfold = |id| Action::List(ListAction::Unfold(id));
    let head = summary(text, key);
    let folded = options.list.folding(text, key, head, true, unfold);
    let more = options.list.is_unfolded(key).then(|| actions(options, key));
    let open = key.entry.passwordless;
    let open = open.then(|| caution(text.plain("passwordless")));
    Element::new("li")
        .key(key.entry.key_id())
        .class("card")
        .child(folded.children(more))
        .children(open)
}

fn actions(options: &Options, key: &HeldKey) -> Element<Action> {
    let text = &options.text;
    let neighbours = options.neighbours(key);
    let neighbours = (neighbours > 0).then(|| {
        let count = u64::try_from(neighbours).unwrap_or(u64::MAX);
        paragraph("fine", text.counted("file_holds_others", count))
    });
    let block = Element::new("div").key("actions").class("key-actions");
    let block = block.children(neighbours);
    if let Some(form) = password::draw::form(options, key) {
        return block.child(form);
    }
    let change = password::draw::button(text, key);
    let (asked, removal) = match &key.entry.location {
        KeyLocation::Pkcs12 { key_file, name } => removal(options, key_file, name),
        KeyLocation::Cryptopro { .. } | KeyLocation::Token { .. } => (None, None),
    };
    let buttons = Element::new("div")
        .class("buttons")
        .children(certificate_buttons(text, key))
        .children(removal)
        .child(change);
    block.children(asked).child(buttons)
}

/// A place with something in it that could not be read. A copy can be got rid of.
fn unreadable(
    options: &Options,
    location: &KeyLocation,
    unreadable: &Unreadable,
) -> Element<Action> {
    let (key, (asked, removal)) = match location {
        KeyLocation::Pkcs12 { key_file, name } => (key_file, removal(options, key_file, name)),
        KeyLocation::Cryptopro { folder: key, .. } | KeyLocation::Token { token: key, .. } => {
            (key, (None, None))
        }
    };
    let folder = match location {
        KeyLocation::Cryptopro { folder, .. } => Some(foreign("card-place", folder)),
        KeyLocation::Pkcs12 { .. } | KeyLocation::Token { .. } => None,
    };
    let buttons = removal.map(|button| Element::new("div").class("buttons").child(button));
    let heading = Element::new("h3").class("file-name");
    Element::new("li")
        .key(key.as_str())
        .class("card troubled")
        .child(heading.foreign(location.name()))
        .children(folder)
        .child(alert(&options.text, &unreadable.failure))
        .children(asked)
        .children(buttons)
}

/// The question whether a copy is to be removed, or that it is being removed; and otherwise the button.
fn removal(
    options: &Options,
    file: &str,
    name: &str,
) -> (Option<Element<Action>>, Option<Element<Action>>) {
    let text = &options.text;
    match &options.removal {
        Some(Removal::Asked { key_file }) if key_file == file => {
            let yes = ("button_confirm_removal", Action::ConfirmRemoval);
            let asked = confirmation(text, "confirm_removal", yes, Action::KeepKeyFile);
            (Some(asked), None)
        }
        Some(Removal::Sent { key_file }) if key_file == file => {
            (Some(progress(&text.plain("removing"), None)), None)
        }
        _ => {
            let label = text.text("remove_file", &[("name", &wording::name(name))]);
            let action = Action::Remove(file.to_owned());
            let remove = button(text.plain("button_remove"), Weight::Quiet, action);
            (None, Some(remove.attribute("aria-label", label)))
        }
    }
}
