//! What several parts of the options are made of.

use super::{Options, messages::Action};
use crate::{
    certificate_card::{HeldKey, summary},
    certificate_list::ListAction,
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
pub(super) fn card(options: &Options, key: &HeldKey) -> Element<Action> {
    let text = &options.text;
    let unfold = |id| Action::List(ListAction::Unfold(id));
    let more = options
        .list
        .folding(text, key, summary(text, key), true, unfold);
    Element::new("li")
        .key(key.entry.key_id())
        .class("card")
        .child(more)
}
