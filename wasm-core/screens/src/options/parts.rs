//! What several parts of the options are made of.

use super::messages::Action;
use crate::{
    certificate_card::{HeldKey, details, reason, summary},
    node::Element,
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
pub(super) fn card(text: &Catalogue, key: &HeldKey) -> Element<Action> {
    let problem = key.problem().map(|problem| reason(text, problem));
    let head = Element::new("summary")
        .child(summary(text, key))
        .children(problem);
    let more = Element::new("details")
        .child(head)
        .child(details(text, key));
    Element::new("li")
        .key(key.entry.key_id())
        .class("card")
        .child(more)
}
