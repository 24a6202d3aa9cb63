//! The certificates to choose from.

use crate::{
    certificate_card::summary,
    certificate_list::{ListAction, Section},
    node::{Element, Handler},
    parts::{Weight, alert, button, caution, paragraph},
    sign::{
        SignWindow,
        choice::{Choice, Obstacle, Offer},
        draw::diagnosis,
        messages::Action,
    },
    token_card::{self, concerns_tokens},
    wording,
};
use tamga_core::protocol::Token;

/// So many are shown without asking.
const FEW: usize = 3;

/// All certificates, or the chosen one of many.
pub(super) fn section(window: &SignWindow, choice: &Choice) -> Element<Action> {
    let (text, inventory) = (&window.text, &window.inventory);
    let all = choice.expanded || choice.offers.len() <= FEW || choice.chosen().is_none();
    let find = |words| Action::List(ListAction::Find(words));
    let search = window.list.search(text, inventory.keys.iter(), find);
    let shown = choice.offers.iter().filter(|offer| match all {
        true => window.list.shows(&offer.key),
        false => choice.is_chosen(offer),
    });
    let cards = shown.map(|offer| (section_of(offer), card(window, choice, offer)));
    let lists = window.list.sections(text, cards.collect(), "cards");
    let heading = Element::new("h2")
        .attribute("id", "certificates")
        .text(text.plain("certificates"));
    let list = Element::new("div")
        .class("choices")
        .attribute("role", "radiogroup");
    let list = list
        .attribute("aria-labelledby", "certificates")
        .children(lists);
    let more = (!all).then(|| {
        let others = (choice.offers.len() - 1).to_string();
        let words = text.text("button_show_certificates", &[("count", &others)]);
        button(words, Weight::Quiet, Action::ShowCertificates)
    });
    let none = inventory
        .is_empty()
        .then(|| paragraph("empty", text.plain("no_certificates")));
    let gone = choice.gone.as_deref().map(|held| {
        let words = text.text("key_gone", &[("name", &wording::name(held))]);
        caution(words).key("gone")
    });
    Element::new("section")
        .class("certificates")
        .child(heading)
        .children(gone)
        .children(none)
        .children(search.filter(|_| all))
        .child(list)
        .children(more)
        .children(inventory.reading.then(|| token_card::reading(text)))
        .children(token_card::without_certificates(text, inventory))
        .children(private(window))
        .children(troubles(window, choice))
}

/// The way to the certificates that tokens show only after their PINs: plain to see where a token shows none without.
pub(super) fn private(window: &SignWindow) -> Option<Element<Action>> {
    let (text, inventory) = (&window.text, &window.inventory);
    let named = |key: &str, token: &Token| text.text(key, &[("name", &wording::name(&token.name))]);
    let ways = window.tokens_with_private().map(|token| {
        let weight = match inventory.on_token(&token.id).next() {
            None => Weight::Plain,
            Some(_) => Weight::Quiet,
        };
        let open = Action::OpenPrivate(token.id.clone());
        button(named("button_private_of", token), weight, open)
            .key(["private ", &token.id].concat())
    });
    let none = window.tokens_without_private().map(|token| {
        paragraph("muted", named("private_none", token)).key(["no-private ", &token.id].concat())
    });
    let all: Vec<_> = ways.chain(none).collect();
    let block = Element::new("div").key("private").class("private");
    (!all.is_empty()).then(|| block.children(all))
}

/// What keeps other keys from being here. Where one is chosen it is one line each.
fn troubles(window: &SignWindow, choice: &Choice) -> Vec<Element<Action>> {
    let (text, inventory) = (&window.text, &window.inventory);
    let nothing_else = choice.chosen().is_none();
    let readers_without_driver = inventory.readers_without_driver.iter();
    let readers_without_driver =
        readers_without_driver.map(|reader| token_card::readers_without_driver(text, reader));
    let failures = inventory.unreadable.iter().map(|it| &it.failure);
    // What keeps tokens in general away is something about this computer.
    let of_computer = failures.clone().any(concerns_tokens);
    let help = of_computer.then(|| diagnosis(text, Weight::Plain));
    let help = help.map(|it| Element::new("div").class("buttons start").child(it));
    let failures = failures.map(|failure| match concerns_tokens(failure) {
        true => token_card::trouble(text, failure, nothing_else),
        false => alert(text, failure),
    });
    readers_without_driver.chain(failures).chain(help).collect()
}

fn section_of(offer: &Offer) -> Section {
    match offer.obstacle {
        Some(_) if !offer.key.hidden => Section::Unfit,
        _ => offer.key.section,
    }
}

/// The label chooses it; what there is to know about it is beside the label, whose words name the radio button.
fn card(window: &SignWindow, choice: &Choice, offer: &Offer) -> Element<Action> {
    let (text, key) = (&window.text, &offer.key);
    let id = key.entry.key_id();
    let radio = Element::new("input")
        .attribute("type", "radio")
        .attribute("name", "certificate")
        .attribute("value", id.as_str())
        .flag("checked", choice.is_chosen(offer))
        .flag("disabled", offer.obstacle.is_some())
        .on(Handler::Change(Action::Choose));
    let not_for_site = offer.obstacle == Some(Obstacle::NotForSite);
    let not_for_site = not_for_site.then(|| paragraph("card-reason", text.plain("not_for_site")));
    let label = Element::new("label").child(radio);
    let label = label.child(summary(text, key).children(not_for_site));
    let of = Element::new("span")
        .class("unseen")
        .foreign(&key.entry.view.owner);
    let more = Element::new("span")
        .text(text.plain("card_details"))
        .child(of);
    let unfold = |id| Action::List(ListAction::Unfold(id));
    // Whoever has chosen comes to the password without passing by all that was not chosen.
    let is_reached = choice.is_chosen(offer) || offer.obstacle.is_some();
    let more = window.list.folding(text, key, more, is_reached, unfold);
    let class = match offer.obstacle {
        Some(_) => "card greyed",
        None => "card",
    };
    let card = Element::new("li").key(id).class(class);
    card.child(label).child(more)
}
