//! A list of certificates: in sections by how long they hold, with a search where it is long.

use super::{
    certificate_card::{HeldKey, details},
    node::{Element, Handler, Node},
    parts::paragraph,
    verdict::is_refused,
    wording::name,
};
use tamga_core::{certificate::CertificateState, text::Catalogue};

/// From so many certificates on there is a search.
const SEARCHED_FROM: usize = 8;
/// What is found of the owner's details; a country would be found in most of them.
const FOUND: [&str; 13] = [
    "commonName",
    "surname",
    "givenName",
    "organization",
    "title",
    "email",
    "inn",
    "innLegalEntity",
    "iin",
    "bin",
    "snils",
    "ogrn",
    "ogrnip",
];

/// A part of a list, in the order in which they come.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Section {
    /// Verifiers will refuse what they sign.
    Refused,
    /// They will soon sign no more.
    Soon,
    /// They sign.
    Good,
    /// They do not.
    Unfit,
    /// The person does not want to see them.
    Hidden,
}

/// What the person does with a list.
#[derive(Clone, Debug)]
pub enum ListAction {
    /// Looks for this.
    Find(String),
    /// Folds or unfolds what there is to know about the certificate with this id.
    Unfold(String),
}

/// What the person has done with a list.
#[derive(Debug, Default)]
pub struct CertificateList {
    /// What is looked for, word by word.
    words: Vec<String>,
    /// The ids of those certificates of which everything is drawn: with all of them opening would take twice as long.
    unfolded: Vec<String>,
}

impl Section {
    const ALL: [Self; 5] = [
        Self::Refused,
        Self::Soon,
        Self::Good,
        Self::Unfit,
        Self::Hidden,
    ];

    /// Where a key belongs.
    pub fn of(key: &HeldKey) -> Self {
        match (key.problem(), key.standing.state) {
            _ if key.hidden => Self::Hidden,
            (Some(_), _) => Self::Unfit,
            _ if key.verdict.as_deref().is_some_and(is_refused) => Self::Refused,
            (None, CertificateState::ExpiresSoon) => Self::Soon,
            (None, _) => Self::Good,
        }
    }

    /// Where a key that stands here comes to stand when it belongs `there` now and the person is at the list already: a
    /// verdict that comes then moves nothing.
    pub fn unmoved(self, there: Self) -> Self {
        let divided_by_verdict = |it: Self| matches!(it, Self::Refused | Self::Soon | Self::Good);
        match divided_by_verdict(self) && divided_by_verdict(there) {
            true => self,
            false => there,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Refused => "section_refused",
            Self::Soon => "section_soon",
            Self::Good => "section_good",
            Self::Unfit => "section_unfit",
            Self::Hidden => "section_hidden",
        }
    }
}

impl CertificateList {
    /// The person did this.
    pub fn act(&mut self, action: ListAction) {
        match action {
            ListAction::Find(words) => {
                self.words = folded(&words)
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect();
            }
            ListAction::Unfold(id) => {
                if !self.unfolded.contains(&id) {
                    self.unfolded.push(id);
                }
            }
        }
    }

    /// Whether everything about this key is drawn.
    pub fn is_unfolded(&self, key: &HeldKey) -> bool {
        self.unfolded.contains(&key.entry.key_id())
    }

    /// Whether the person looks for something.
    pub fn is_searching(&self) -> bool {
        !self.words.is_empty()
    }

    /// Whether a key is among what the person looks for.
    pub fn shows(&self, key: &HeldKey) -> bool {
        if !self.is_searching() {
            return true;
        }
        let view = &key.entry.view;
        let details = view.owner_details.iter();
        let details = details.filter(|entry| FOUND.contains(&&*entry.label));
        let details = details.map(|entry| entry.value.as_str());
        let others = [&*view.owner, &*view.serial, key.entry.location.name()];
        let all: Vec<&str> = others.into_iter().chain(details).collect();
        let all = folded(&all.join("\n"));
        self.words.iter().all(|word| all.contains(word.as_str()))
    }

    /// The field to look for one of these, where they are many, and how many are found.
    pub fn search<'a, A>(
        &self,
        text: &Catalogue,
        keys: impl Iterator<Item = &'a HeldKey>,
        find: fn(String) -> A,
    ) -> Option<Element<A>> {
        let shown: Vec<bool> = keys.map(|key| self.shows(key)).collect();
        if shown.len() < SEARCHED_FROM && !self.is_searching() {
            return None;
        }
        let found = shown.iter().filter(|it| **it).count().to_string();
        let counts = [("found", &*found), ("total", &*shown.len().to_string())];
        let counts = self
            .is_searching()
            .then(|| text.text("certificates_found", &counts));
        let field = Element::new("input")
            .attribute("type", "search")
            .attribute("autocomplete", "off")
            .attribute("spellcheck", "false")
            .attribute("aria-label", text.plain("certificates_search"))
            .attribute("placeholder", text.plain("certificates_search_by"))
            .on(Handler::Input(find));
        let counts = paragraph("fine", counts.unwrap_or_default()).attribute("role", "status");
        let search = Element::new("div").key("search").class("search");
        Some(search.child(field).child(counts))
    }

    /// What there is to know about a key, folded under a `<summary>` with this in it; `is_reached` by the keyboard. The
    /// browser itself folds and unfolds it.
    pub fn folding<A>(
        &self,
        text: &Catalogue,
        key: &HeldKey,
        head: impl Into<Node<A>>,
        is_reached: bool,
        unfold: fn(String) -> A,
    ) -> Element<A> {
        let id = key.entry.key_id();
        let everything = self.is_unfolded(key).then(|| details(text, key));
        let everything = everything.into_iter().flatten();
        let head = Element::new("summary")
            .attribute("tabindex", if is_reached { "0" } else { "-1" })
            .child(head)
            .on(Handler::Click(unfold(id)));
        Element::new("details").child(head).children(everything)
    }

    /// The cards in their sections, each in the order in which they come and in a list of this class. Those that cannot
    /// sign are folded, unless there is nothing else, or the person looks for something; hidden ones unless the person does.
    pub fn sections<A>(
        &self,
        text: &Catalogue,
        cards: Vec<(Section, Element<A>)>,
        list: &'static str,
    ) -> Vec<Element<A>> {
        let count = cards.len();
        let mut rest = cards;
        let mut sections = Vec::new();
        for section in Section::ALL {
            let (own, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|it| it.0 == section);
            rest = others;
            if own.is_empty() {
                continue;
            }
            let is_only = own.len() == count;
            let values = [("count", &*own.len().to_string())];
            let title = text.text(section.title(), &values);
            let heading = Element::new("h3").class("section-title").text(title);
            let block = match section {
                Section::Unfit | Section::Hidden => Element::new("details")
                    .flag(
                        "open",
                        self.is_searching() || is_only && section == Section::Unfit,
                    )
                    .child(Element::new("summary").child(heading)),
                Section::Refused | Section::Soon | Section::Good => {
                    Element::new("div").children((!is_only).then_some(heading))
                }
            };
            let cards = own.into_iter().map(|(_, card)| card);
            let cards = Element::new("ul").class(list).children(cards);
            sections.push(block.key(section.title()).class("section").child(cards));
        }
        sections
    }
}

/// Without what people do not type the same: capitals, and the two dots of ё.
fn folded(words: &str) -> String {
    name(words).to_lowercase().replace('ё', "е")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        english,
        fixtures::{AKHMETOV, ENCRYPTS, IVANOVA, NOW, PETROV, SMITH, entry},
    };

    fn keys(certificates: &[&str]) -> Vec<HeldKey> {
        let read = |it: &&str| HeldKey::new(entry(it), NOW);
        certificates.iter().map(read).collect()
    }

    fn found(words: &str) -> Vec<String> {
        let mut list = CertificateList::default();
        list.act(ListAction::Find(words.to_owned()));
        let keys = keys(&[IVANOVA, AKHMETOV, SMITH, PETROV]);
        let shown = keys.into_iter().filter(|key| list.shows(key));
        shown.map(|key| key.entry.view.owner).collect()
    }

    fn sections(list: &CertificateList, keys: &[HeldKey]) -> Element<()> {
        let card = |key: &HeldKey| {
            (
                Section::of(key),
                Element::new("li").text(&key.entry.view.owner),
            )
        };
        let cards = keys.iter().map(card).collect();
        Element::new("div").children(list.sections(&english(), cards, "cards"))
    }

    #[test]
    fn it_finds_by_words_of_the_owner_numbers_serial_and_place() {
        assert_eq!(found("  IVAN anna "), ["Ivanova Anna"]);
        assert_eq!(found("ахметов"), ["Ахметов Ерлан"]);
        assert_eq!(found("АХМЁТОВ"), ["Ахметов Ерлан"]);
        assert_eq!(found("000000000018"), ["Ivanova Anna"]);
        assert_eq!(found("04"), ["Petrov Pyotr"]);
        assert_eq!(found("keys.p12").len(), 4);
        assert_eq!(found(" ").len(), 4);
        assert_eq!(found("ivanova smith"), [""; 0]);
        assert_eq!(found("kz"), [""; 0]);
    }

    #[test]
    fn one_section_needs_no_heading() {
        let list = CertificateList::default();
        assert_eq!(
            sections(&list, &keys(&[IVANOVA, AKHMETOV])).words(),
            "Ivanova Anna\nАхметов Ерлан"
        );
        let unfit = sections(&list, &keys(&[PETROV]));
        assert!(unfit.with("open", "").is_some());
        assert_eq!(sections(&list, &[]).words(), "");
    }

    #[test]
    fn sections_are_counted_and_the_unfit_folded() {
        let mut list = CertificateList::default();
        let keys = keys(&[PETROV, IVANOVA, SMITH, ENCRYPTS, AKHMETOV]);
        let drawn = sections(&list, &keys);
        let expected = "Expiring soon (1)\nSmith John\nValid (2)\nIvanova Anna\nАхметов Ерлан\n\
            Cannot sign (2)\nPetrov Pyotr\nOnly Encrypts";
        assert_eq!(drawn.words(), expected);
        assert!(drawn.with("open", "").is_none());
        list.act(ListAction::Find("petrov".to_owned()));
        assert!(sections(&list, &keys).with("open", "").is_some());
    }

    #[test]
    fn a_long_list_is_searched_and_the_number_found_is_said() {
        let mut list = CertificateList::default();
        let search = |list: &CertificateList, count| {
            let keys = keys(&vec![IVANOVA; count]);
            list.search(&english(), keys.iter(), |_| ())
                .map(|it| it.words())
        };
        assert_eq!(search(&list, 7), None);
        assert_eq!(search(&list, 8).as_deref(), Some("\n"));
        list.act(ListAction::Find("anna".to_owned()));
        assert_eq!(search(&list, 60).as_deref(), Some("\nFound: 60 of 60"));
        // What was typed can be taken away again.
        assert_eq!(search(&list, 7).as_deref(), Some("\nFound: 7 of 7"));
    }

    #[test]
    fn what_was_unfolded_is_drawn() {
        let mut list = CertificateList::default();
        let [key] = &keys(&[IVANOVA])[..] else {
            panic!("one")
        };
        let more = |list: &CertificateList| {
            let head = Element::new("span").text("more");
            list.folding(&english(), key, head, true, |_| ()).words()
        };
        assert_eq!(more(&list), "more");
        list.act(ListAction::Unfold(key.entry.key_id()));
        assert!(more(&list).contains("Issued by\nDemo CA"));
    }
}
