//! What several parts of the options are made of.

use super::{Options, messages::Action};
use crate::{
    certificate_card::{HeldKey, buttons, summary},
    certificate_list::ListAction,
    node::Element,
    parts::{Weight, button, paragraph, submit},
    secret_field::SecretField,
};
use tamga_core::text::Catalogue;

/// A part of the page, with its title.
pub(super) fn part(text: &Catalogue, key: &'static str, title: &str) -> Element<Action> {
    let heading = Element::new("h2")
        .attribute("id", key)
        .text(text.plain(title));
    Element::new("section")
        .key(key)
        .class("part")
        .attribute("aria-labelledby", key)
        .child(heading)
}

/// A certificate, which tells everything when it is opened.
pub(super) fn card(options: &Options, key: &HeldKey) -> Element<Action> {
    let text = &options.text;
    let unfold = |id| Action::List(ListAction::Unfold(id));
    let more = options
        .list
        .folding(text, key, summary(text, key), true, unfold);
    let actions = options.list.is_unfolded(key).then(|| {
        let buttons = certificate_buttons(text, key);
        Element::new("div").class("buttons").children(buttons)
    });
    Element::new("li")
        .key(key.entry.key_id())
        .class("card")
        .child(more.children(actions))
}

/// The way to everything about a certificate, and out of the lists or back into them.
pub(super) fn certificate_buttons(text: &Catalogue, key: &HeldKey) -> [Element<Action>; 2] {
    let certificate = || key.entry.id.clone();
    let hide = Action::Hide(certificate(), !key.hidden);
    buttons(text, key, Action::OpenCertificate(certificate()), hide)
}

/// A question before something is deleted. The keyboard comes to the answer that changes nothing.
pub(super) fn confirmation(
    text: &Catalogue,
    question: &str,
    (label, yes): (&str, Action),
    no: Action,
) -> Element<Action> {
    let yes = button(text.plain(label), Weight::Plain, yes);
    let no = button(text.plain("button_keep"), Weight::Quiet, no).focus(0);
    let buttons = Element::new("div").class("buttons").child(no).child(yes);
    Element::new("div")
        .key("confirmation")
        .class("confirm")
        .attribute("role", "group")
        .child(paragraph("question", text.plain(question)))
        .child(buttons)
}

/// The fields of a form for passwords or PINs.
pub(super) fn secret_fields(
    options: &Options,
    fields: impl IntoIterator<Item = SecretField>,
) -> Vec<Element<Action>> {
    let block = |field: SecretField| {
        let block = Element::new("div").key(field.id).class("password");
        block.children(field.draw(&options.text, &options.secret, Action::Secret))
    };
    fields.into_iter().map(block).collect()
}

/// The buttons of such a form.
pub(super) fn form_buttons(text: &Catalogue, save: &str, leave: Action) -> Element<Action> {
    let cancel = button(text.plain("button_cancel"), Weight::Quiet, leave);
    let buttons = Element::new("div").class("buttons");
    buttons.child(cancel).child(submit(text.plain(save)))
}
