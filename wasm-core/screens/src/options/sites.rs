//! The decisions about sites, and for how long a token's PIN is good for each.

use super::{
    Options, managed,
    messages::{Action, Effect},
    parts::part,
};
use crate::{
    json,
    node::{Element, Handler},
    parts::{self, paragraph},
};
use tamga_core::{
    policy::{Change, Decision, Grant, Scope},
    protocol::PinTerm,
    text::Catalogue,
};

/// The terms that can be chosen.
const PIN_TERMS: [Option<PinTerm>; 6] = [
    None,
    Some(PinTerm::Minutes(5)),
    Some(PinTerm::Minutes(15)),
    Some(PinTerm::Minutes(60)),
    Some(PinTerm::Signatures(10)),
    Some(PinTerm::Signatures(100)),
];

/// The change that an option of a list of terms stands for: its value is the change as JSON.
pub(super) fn set_pin_term(value: &str) -> Vec<Effect> {
    let change = json::read(value).ok();
    let decide = change.map(|change| Effect::Decide { change });
    decide.into_iter().collect()
}

pub(super) fn sites(options: &Options) -> Element<Action> {
    let text = &options.text;
    let grants = options.policy.current(options.now);
    let rows = grants.map(|grant| {
        let row = parts::grant(text, grant, Action::Revoke(grant.clone()));
        row.children(pin_term(text, grant))
    });
    let list = Element::new("ul").class("rows").children(rows);
    let none = list.children.is_empty();
    let none = none.then(|| paragraph("muted", text.plain("no_grants")));
    let meaning = options.policy.current(options.now).any(signs);
    let meaning = meaning.then(|| paragraph("muted", text.plain("pin_term_meaning")));
    part(text, "sites", "sites_title")
        .children(managed::sites(options))
        .children(none)
        .child(list)
        .children(meaning)
}

/// Only where the site may always ask for signatures.
fn signs(grant: &Grant) -> bool {
    grant.scope == Scope::Sign && grant.decision == Decision::Always
}

fn pin_term(text: &Catalogue, grant: &Grant) -> Option<Element<Action>> {
    let option = |term: Option<PinTerm>| {
        let site = grant.site.clone();
        let change = serde_json::to_string(&Change::PinTermSet { site, term });
        Element::new("option")
            .attribute("value", change.unwrap_or_default())
            .flag("selected", term == grant.pin_term)
            .text(words(text, term))
    };
    let select = Element::new("select")
        .on(Handler::Change(Action::SetPinTerm))
        .children(PIN_TERMS.map(option));
    let label = Element::new("label").class("pin-term");
    let label = label.child(Element::new("span").text(text.plain("pin_term")));
    signs(grant).then(|| label.child(select))
}

fn words(text: &Catalogue, term: Option<PinTerm>) -> String {
    let (key, count) = match term {
        None => return text.plain("pin_term_none"),
        Some(PinTerm::Minutes(count)) => ("pin_term_minutes", count),
        Some(PinTerm::Signatures(count)) => ("pin_term_signatures", count),
    };
    text.text(key, &[("count", &count.to_string())])
}
