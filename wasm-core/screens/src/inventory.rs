//! What the host has listed: it comes in parts where tokens take their time.

use super::{
    certificate_card::{HeldKey, held},
    certificate_face::Face,
    certificate_list::Section,
    node::Element,
    parts::{Weight, button, paragraph},
    wording::{card_name, name},
};
use std::collections::BTreeMap;
use tamga_core::{
    failure::TriesLeft,
    protocol::{
        CertificateVerdict, KeyLocation, Listing, LoneCertificate, PinRules, PinState, Reader,
        Token, Unreadable,
    },
    text::Catalogue,
};

/// The most certificates of which verdicts are kept.
const MAX_VERDICTS: usize = 4096;

/// Everything that is within reach.
#[derive(Debug, Default)]
pub struct Inventory {
    /// The keys, by sections.
    pub keys: Vec<HeldKey>,
    /// What the host could not read.
    pub unreadable: Vec<Unreadable>,
    /// The tokens, also those without a certificate.
    pub tokens: Vec<Token>,
    /// The readers whose card no driver serves.
    pub readers_without_driver: Vec<Reader>,
    /// The certificates that the person gave and whose keys are not there, once everything was read.
    pub without_key: Vec<LoneCertificate>,
    /// Whether the host is still reading tokens.
    pub reading: bool,
    /// Whether the host has said everything once, so that from now on things come and go.
    pub settled: bool,
    /// What came or went last, in words: for those who do not see it.
    pub said: String,
    /// The ids of the certificates that the person does not want to see in lists.
    hidden: Vec<String>,
    /// The one that the person hides in this window: others' windows take no notice.
    hiding: Option<String>,
    /// The one that was hidden last, whose it is, and how many were hidden before.
    hidden_last: Option<(String, String)>,
    hidings: u32,
    /// What the host found out, by the certificates' ids.
    verdicts: BTreeMap<String, Box<CertificateVerdict>>,
    /// Whether the person is at the window already: from then on a verdict moves nothing.
    touched: bool,
}

impl Inventory {
    /// Takes in what the host has listed: all there is (`whole`), or what it knows so far. Until it has said all,
    /// what was there stays: a token that is still being read has not gone. `now` in milliseconds since 1970.
    pub fn update(&mut self, text: &Catalogue, listing: Listing, whole: bool, now: u64) {
        let new = Self {
            keys: held(listing.keys, now),
            unreadable: listing.unreadable,
            tokens: listing.tokens,
            readers_without_driver: listing.readers_without_driver,
            without_key: match whole {
                true => listing.without_key,
                false => std::mem::take(&mut self.without_key),
            },
            reading: !whole,
            settled: whole || self.settled,
            said: self.said.clone(),
            hidden: self.hidden.clone(),
            hiding: self.hiding.take(),
            hidden_last: self.hidden_last.take(),
            hidings: self.hidings,
            verdicts: std::mem::take(&mut self.verdicts),
            touched: self.touched,
        };
        let before = std::mem::replace(self, new);
        let inserted = before.settled.then(|| before.inserted(text));
        let order = before.order();
        let sections = before.sections();
        if !whole {
            self.keep(before);
        }
        self.mark();
        self.place(&sections);
        self.arrange(&order);
        self.tell_apart(text);
        let changes = inserted.and_then(|inserted| self.changes(text, &inserted));
        if let Some(words) = changes {
            self.said = words;
        }
    }

    /// How a certificate without a key is bound to one. A key on a token, which is seen after logging in only, may be the one.
    pub fn how_to_bind(&self, text: &Catalogue) -> String {
        let key = match self.tokens.iter().any(|it| it.may_hold_private) {
            true => "without_key_token",
            false => "without_key_meaning",
        };
        text.plain(key)
    }

    /// These certificates are hidden in lists now.
    pub fn hide(&mut self, hidden: Vec<String>) {
        let order = self.order();
        let before = std::mem::replace(&mut self.hidden, hidden);
        let keys = self.keys.iter().map(|key| &key.entry);
        let is_new = |id: &String| self.hides(id) && !before.contains(id);
        let mut new = keys.filter(|it| self.hiding.as_ref() == Some(&it.id) && is_new(&it.id));
        self.hidden_last = new.next().map(|it| (it.id.clone(), it.view.owner.clone()));
        self.hiding = None;
        self.hidings += 1;
        let sections = self.sections();
        self.mark();
        self.place(&sections);
        self.arrange(&order);
    }

    /// The host has found out about a certificate. A later verdict replaces an earlier one.
    pub fn judge(&mut self, verdict: Box<CertificateVerdict>) {
        let id = &verdict.certificate.id;
        if self.verdicts.len() >= MAX_VERDICTS && !self.verdicts.contains_key(id) {
            return;
        }
        let (order, sections) = (self.order(), self.sections());
        self.verdicts
            .insert(verdict.certificate.id.clone(), verdict);
        self.mark();
        self.place(&sections);
        self.arrange(&order);
    }

    /// The person is at the window.
    pub fn touch(&mut self) {
        self.touched = true;
    }

    /// The person hides this certificate here, or shows it again.
    pub fn will_hide(&mut self, id: &str, hidden: bool) {
        self.hiding = hidden.then(|| id.to_owned());
    }

    /// Whether this certificate is hidden.
    pub fn hides(&self, id: &str) -> bool {
        self.hidden.iter().any(|hidden| hidden == id)
    }

    /// What has become of the one that was hidden just now, with the way back, to which the keyboard comes.
    pub fn hidden_notice<A>(
        &self,
        text: &Catalogue,
        show: impl FnOnce(String) -> A,
    ) -> Option<Element<A>> {
        let (id, owner) = self.hidden_last.as_ref()?;
        let words = text.text("hidden_notice", &[("name", &name(owner))]);
        let show = show(id.clone());
        let show = button(text.plain("button_undo"), Weight::Plain, show).focus(self.hidings);
        let notice = Element::new("div").key("hidden").class("notice undo");
        let words = paragraph("fine", words).attribute("role", "status");
        Some(notice.child(words).child(show))
    }

    /// What is known of the keys besides what was listed.
    fn mark(&mut self) {
        for key in &mut self.keys {
            key.hidden = self.hidden.contains(&key.entry.id);
            key.verdict = self.verdicts.get(&key.entry.id).cloned();
        }
    }

    /// Puts each key into its section; one that stood in another stays there where it must not move.
    fn place(&mut self, before: &BTreeMap<String, Section>) {
        for key in &mut self.keys {
            let there = Section::of(key);
            key.section = match before.get(&key.entry.key_id()) {
                Some(section) if self.touched => section.unmoved(there),
                _ => there,
            };
        }
    }

    fn sections(&self) -> BTreeMap<String, Section> {
        let keys = self.keys.iter();
        keys.map(|key| (key.entry.key_id(), key.section)).collect()
    }

    /// The ids of the keys and of the tokens, as they are shown.
    fn order(&self) -> Vec<String> {
        let keys = self.keys.iter().map(|key| key.entry.key_id());
        let tokens = self.tokens.iter().map(|token| token.id.clone());
        keys.chain(tokens).collect()
    }

    /// What is on the screen stays where it is in its section, under the pointer and the keyboard; what is new comes
    /// after it, what ends soonest first.
    fn arrange(&mut self, order: &[String]) {
        let place = |id: &str| {
            let known = order.iter().position(|it| it == id);
            known.unwrap_or(order.len())
        };
        let (keys, tokens) = (&mut self.keys, &mut self.tokens);
        keys.sort_by_cached_key(|key| {
            let id = key.entry.key_id();
            (key.section, place(&id), key.standing.days_left, id)
        });
        // The same type of key for both, which is compiled once.
        tokens.sort_by_cached_key(|it| (Section::Good, place(&it.id), 0, String::new()));
    }

    fn tell_apart(&mut self, text: &Catalogue) {
        let faces: Vec<Face> = self.keys.iter().map(|key| key.face(text)).collect();
        for (key, face) in self.keys.iter_mut().zip(&faces) {
            key.looks_like_another = faces.iter().filter(|it| *it == face).count() > 1;
        }
    }

    fn keep(&mut self, before: Self) {
        let same_key = |one: &HeldKey, other: &HeldKey| one.entry.key_id() == other.entry.key_id();
        add_missing(&mut self.keys, before.keys, same_key);
        let same_token = |one: &Token, other: &Token| one.id == other.id;
        add_missing(&mut self.tokens, before.tokens, same_token);
        add_missing(&mut self.unreadable, before.unreadable, Unreadable::eq);
        add_missing(
            &mut self.readers_without_driver,
            before.readers_without_driver,
            Reader::eq,
        );
    }

    /// The token of this id.
    pub fn token(&self, id: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.id == id)
    }

    /// The keys on the token of this id.
    pub fn on_token<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a HeldKey> {
        let there = move |location: &KeyLocation| matches!(location, KeyLocation::Token { token, .. } if token == id);
        let keys = self.keys.iter();
        keys.filter(move |key| there(&key.entry.location))
    }

    /// A token has answered with how many tries are left, where it says so.
    pub fn tries_left(&mut self, id: &str, tries: Option<TriesLeft>) {
        self.amend(id, |pin| pin.tries = tries);
    }

    /// A token has answered with what can be done with its PIN.
    pub fn pin_state(&mut self, id: &str, state: PinState) {
        self.amend(id, |pin| pin.state = state);
    }

    fn amend(&mut self, id: &str, amendment: impl FnOnce(&mut PinRules)) {
        let mut tokens = self.tokens.iter_mut();
        if let Some(token) = tokens.find(|token| token.id == id) {
            amendment(&mut token.pin);
        }
    }

    /// Whether there is nothing at all, as far as it is known.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
            && self.tokens.is_empty()
            && self.readers_without_driver.is_empty()
            && !self.reading
    }

    /// The tokens and cards in the readers, by what tells one from another and by name.
    fn inserted(&self, text: &Catalogue) -> Vec<(String, String)> {
        let tokens = self.tokens.iter();
        let tokens = tokens.map(|token| (token.id.clone(), name(&token.name)));
        let cards = self.readers_without_driver.iter();
        let cards = cards.map(|reader| (reader.name.clone(), card_name(text, reader)));
        tokens.chain(cards).collect()
    }

    /// What came and what went since `before`, in words; nothing where nothing did.
    fn changes(&self, text: &Catalogue, before: &[(String, String)]) -> Option<String> {
        let now = self.inserted(text);
        let only_in = |these: &[(String, String)], those: &[(String, String)]| {
            let new = these
                .iter()
                .filter(|(id, _)| !those.iter().any(|(known, _)| known == id));
            let names: Vec<&str> = new.map(|(_, name)| name.as_str()).collect();
            names.join(", ")
        };
        let sentence = |key: &str, names: String| {
            (!names.is_empty()).then(|| text.text(key, &[("names", &names)]))
        };
        let came = sentence("appeared", only_in(&now, before));
        let went = sentence("vanished", only_in(before, &now));
        let words: Vec<String> = came.into_iter().chain(went).collect();
        (!words.is_empty()).then(|| words.join(". "))
    }
}

fn add_missing<T>(all: &mut Vec<T>, more: Vec<T>, same: fn(&T, &T) -> bool) {
    for item in more {
        if !all.iter().any(|known| same(known, &item)) {
            all.push(item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        english,
        fixtures::{
            AKHMETOV, IVANOVA, NOW, PETROV, SMITH, entry, on_token, readers_without_driver,
            revoked, token, valid,
        },
    };

    fn listing(tokens: &[&str]) -> Listing {
        Listing {
            keys: tokens.iter().map(|it| on_token(SMITH, it)).collect(),
            tokens: tokens.iter().map(|it| token(it)).collect(),
            ..Listing::default()
        }
    }

    fn sizes(inventory: &Inventory) -> (usize, usize) {
        (inventory.keys.len(), inventory.tokens.len())
    }

    #[test]
    fn a_part_takes_nothing_away_and_the_whole_does() {
        let text = english();
        let mut inventory = Inventory::default();
        inventory.update(&text, listing(&["Red"]), false, NOW);
        assert!(inventory.reading && !inventory.settled);
        inventory.update(&text, listing(&["Red"]), true, NOW);
        assert!(!inventory.reading && inventory.settled);
        let files = Listing {
            keys: vec![entry(IVANOVA)],
            ..Listing::default()
        };
        for _ in 0..2 {
            inventory.update(&text, files.clone(), false, NOW);
            assert_eq!(sizes(&inventory), (2, 1));
            assert!(inventory.reading && inventory.settled);
        }
        assert_eq!(inventory.said, "");
        inventory.update(&text, files, true, NOW);
        assert_eq!(sizes(&inventory), (1, 0));
    }

    #[test]
    fn what_is_shown_stays_in_its_place() {
        let text = english();
        let mut inventory = Inventory::default();
        let all = |keys| Listing {
            keys,
            ..listing(&["Red"])
        };
        inventory.update(&text, all(vec![entry(IVANOVA), entry(AKHMETOV)]), true, NOW);
        let red = || on_token(AKHMETOV, "Red");
        for whole in [false, true] {
            let keys = vec![red(), entry(AKHMETOV), entry(IVANOVA)];
            inventory.update(&text, all(keys), whole, NOW);
            let keys = inventory.keys.iter();
            let keys = keys.map(|it| (&*it.entry.view.owner, it.entry.location.name()));
            let [ivanova, akhmetov] = ["Ivanova Anna", "Ахметов Ерлан"];
            let expected = [
                (ivanova, "keys.p12"),
                (akhmetov, "keys.p12"),
                (akhmetov, "Red"),
            ];
            assert_eq!(keys.collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn what_came_and_went_is_said_by_name_but_not_what_was_there_at_first() {
        let text = english();
        let mut inventory = Inventory::default();
        inventory.update(&text, listing(&[]), false, NOW);
        inventory.update(&text, listing(&["Red", "Green"]), true, NOW);
        assert_eq!(inventory.said, "");
        let next = Listing {
            readers_without_driver: vec![readers_without_driver("Slot 2", Some("Rutoken Lite"))],
            ..listing(&["Green", "Blue"])
        };
        inventory.update(&text, next.clone(), false, NOW);
        assert_eq!(inventory.said, "Inserted: Blue, Rutoken Lite");
        inventory.update(&text, next.clone(), true, NOW);
        assert_eq!(inventory.said, "Removed: Red");
        inventory.update(&text, next, true, NOW);
        assert_eq!(inventory.said, "Removed: Red");
    }

    #[test]
    fn what_ends_soonest_is_first_in_its_section_at_first() {
        let text = english();
        let mut inventory = Inventory::default();
        let all = Listing {
            keys: [IVANOVA, PETROV, SMITH, AKHMETOV].map(entry).to_vec(),
            ..Listing::default()
        };
        inventory.update(&text, all, true, NOW);
        let days: Vec<i32> = inventory
            .keys
            .iter()
            .map(|it| it.standing.days_left)
            .collect();
        assert_eq!(days, [16, 6925, 6925, -380]);
    }

    #[test]
    fn keys_with_one_face_are_told_apart() {
        let text = english();
        let mut inventory = Inventory::default();
        let mut again = entry(IVANOVA);
        again.location = KeyLocation::Pkcs12 {
            key_file: "another".to_owned(),
            name: "keys.p12".to_owned(),
        };
        let keys = vec![
            entry(IVANOVA),
            again,
            on_token(IVANOVA, "Red"),
            entry(SMITH),
        ];
        let all = Listing {
            keys,
            ..Listing::default()
        };
        inventory.update(&text, all, true, NOW);
        let alike = inventory.keys.iter().filter(|it| it.looks_like_another);
        let names: Vec<&str> = alike.map(|it| it.entry.location.name()).collect();
        assert_eq!(names, ["keys.p12", "keys.p12"]);
    }

    #[test]
    fn keys_are_on_their_tokens() {
        let text = english();
        let mut inventory = Inventory::default();
        let all = Listing {
            keys: vec![entry(IVANOVA), on_token(SMITH, "Red")],
            ..listing(&["Red"])
        };
        inventory.update(&text, all, true, NOW);
        assert_eq!(inventory.on_token(&token("Red").id).count(), 1);
    }

    fn order(inventory: &Inventory) -> Vec<(&str, Section)> {
        let keys = inventory.keys.iter();
        keys.map(|key| (&*key.entry.view.owner, key.section))
            .collect()
    }

    #[test]
    fn what_will_be_refused_comes_first_unless_the_person_is_there() {
        let text = english();
        let all = || Listing {
            keys: [IVANOVA, SMITH].map(entry).to_vec(),
            ..Listing::default()
        };
        let mut inventory = Inventory::default();
        // A verdict may come before the list.
        inventory.judge(Box::new(revoked(IVANOVA)));
        inventory.update(&text, all(), true, NOW);
        let [ivanova, smith] = ["Ivanova Anna", "Smith John"];
        let refused_first = [(ivanova, Section::Refused), (smith, Section::Soon)];
        assert_eq!(order(&inventory), refused_first);
        inventory.judge(Box::new(valid(IVANOVA)));
        let soon_first = [(smith, Section::Soon), (ivanova, Section::Good)];
        assert_eq!(order(&inventory), soon_first);
        inventory.touch();
        inventory.judge(Box::new(revoked(IVANOVA)));
        assert_eq!(order(&inventory), soon_first);
        inventory.update(&text, all(), true, NOW);
        assert_eq!(order(&inventory), soon_first);
        let verdicts = inventory.keys.iter().filter(|key| key.verdict.is_some());
        assert_eq!(verdicts.count(), 1);
        // What the person does moves it all the same.
        inventory.hide(vec![entry(SMITH).id]);
        assert_eq!(
            order(&inventory),
            [(ivanova, Section::Good), (smith, Section::Hidden)]
        );
    }
}
