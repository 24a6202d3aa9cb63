//! How national lists look that the person imports.

use crate::{
    node::{Element, Handler},
    options::{
        Options,
        messages::Action,
        parts::confirmation,
        trust::{ListState, Trust},
    },
    parts::{Weight, button, paragraph, progress},
    wording,
};
use tamga_core::{
    protocol::{ImportedList, ListWords},
    text::Catalogue,
};

/// What there is to know of a list.
pub(super) fn facts(text: &Catalogue, list: &ImportedList) -> Vec<String> {
    let words = ListWords {
        texts: text,
        date: wording::date,
    };
    words.lines(list)
}

/// What can be done with a list.
pub(super) fn buttons(
    text: &Catalogue,
    trust: &Trust,
    list: &ImportedList,
    name: &str,
) -> Element<Action> {
    if trust.removal.as_ref() == Some(&list.id) {
        let yes = ("button_remove_list", Action::RemoveList);
        return confirmation(text, "confirm_remove_list", yes, Action::KeepTrust);
    }
    let name = wording::name(name);
    let labelled = |label: &str, action: Action| {
        let label = text.plain(label);
        let values = [("action", &*label), ("name", &*name)];
        let described = text.text("action_of", &values);
        button(label, Weight::Quiet, action).attribute("aria-label", described)
    };
    let update = list.address.is_some().then(|| {
        let update = Action::UpdateList(list.id.clone());
        labelled("button_update_list", update)
    });
    let remove = Action::AskToRemoveList(list.id.clone());
    Element::new("div")
        .key("list-buttons")
        .class("buttons start")
        .children(update)
        .child(labelled("button_remove", remove))
}

/// Where a list is added: from a file, or from an address.
pub(super) fn add(options: &Options) -> Element<Action> {
    let (text, trust) = (&options.text, &options.trust);
    let is_ready = options.host.lists() && trust.list != ListState::Sent;
    let label = Element::new("label")
        .class("button")
        .attribute("for", "list-file")
        .text(text.plain("button_add_list"));
    let picker = Element::new("input")
        .key(["list", &trust.picker.to_string()].concat())
        .attribute("type", "file")
        .attribute("id", "list-file")
        .attribute("class", "unseen")
        .attribute("accept", ".xml,.xtsl")
        .flag("disabled", !is_ready)
        .on(Handler::Change(Action::PickList));
    let address = Element::new("input")
        .key(["address", &trust.picker.to_string()].concat())
        .class("list-address")
        .attribute("type", "url")
        .attribute("id", "list-address")
        .attribute("maxlength", "2000")
        .attribute("aria-label", text.plain("list_address_label"))
        .attribute("placeholder", text.plain("list_address_label"))
        .on(Handler::Change(Action::SetListAddress));
    let fetch = button(
        text.plain("button_fetch_list"),
        Weight::Plain,
        Action::FetchList,
    );
    let state = match trust.list {
        ListState::Idle => None,
        ListState::Sent => Some(progress(&text.plain("list_being_verified"), None)),
        ListState::Kept => {
            let notice = Element::new("div").key("list-kept").class("notice good");
            let words = Element::new("p").text(text.plain("list_kept"));
            Some(notice.attribute("role", "status").child(words))
        }
    };
    Element::new("div")
        .key("add-list")
        .class("folders")
        .child(picker)
        .child(label)
        .child(paragraph("fine", text.plain("add_list_meaning")))
        .child(
            Element::new("div")
                .class("buttons start")
                .child(address)
                .child(fetch.flag("disabled", !is_ready)),
        )
        .child(paragraph("fine", text.plain("list_address_meaning")))
        .children(state)
}
