//! Whose key it is: always in view where the person signs.

use crate::{
    certificate_card::HeldKey,
    certificate_face::{organisation_or_head, validity},
    node::Element,
    parts::{Weight, button, paragraph},
    sign::{SignWindow, choice::Choice, messages::Action},
    verdict,
};
use tamga_core::text::Catalogue;

/// Who signs, or whose certificate the site will see, and the way to another one.
pub(super) fn line(window: &SignWindow, key: &HeldKey, signs: bool) -> Element<Action> {
    let text = &window.text;
    let label = if signs { "signer" } else { "holder_shown" };
    let verdict = key.verdict.as_deref();
    let verdict = verdict.map(|it| fact().child(verdict::short(text, it)));
    let name = Element::new("strong")
        .class("signer-name")
        .foreign(&key.entry.view.owner);
    let who = Element::new("p")
        .class("signer-who")
        .attribute("id", "signer")
        .child(Element::new("span").text(text.plain(label)))
        .text(" ")
        .child(name)
        .children(organisation_or_head(&key.entry.view).map(|other| fact().foreign(&other)))
        .child(until(text, key))
        .children(verdict);
    let fitting = window.choice.iter().flat_map(Choice::fitting).count();
    let other = (fitting > 1).then(|| {
        let words = text.plain("button_change_signer");
        button(words, Weight::Quiet, Action::ShowCertificates)
            .attribute("aria-describedby", "signer")
    });
    let is_only = fitting == 1;
    let only = is_only.then(|| paragraph("fine", text.plain("certificate_is_only")));
    Element::new("div")
        .key("signer")
        .class("signer")
        .child(who)
        .children(other)
        .children(only)
        .children(verdict::warning(text, key).filter(|_| signs))
}

fn fact() -> Element<Action> {
    Element::new("span").text(" · ")
}

/// Until when; soon is amber.
fn until(text: &Catalogue, key: &HeldKey) -> Element<Action> {
    let validity = validity(text, &key.entry.view, key.standing);
    let words = Element::new("span").class(validity.class);
    fact().child(words.text(validity.words))
}
