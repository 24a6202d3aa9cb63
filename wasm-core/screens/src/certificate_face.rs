//! What a certificate says at a glance: whose it is and for whom, where its key is, and how long it holds.

use super::{
    certificate_card::HeldKey,
    wording::{date, isolated, name},
};
use tamga_core::{
    certificate::{CertificateState, CertificateView, Holder, Standing, Usage},
    protocol::{KeyEntry, KeyLocation},
    text::Catalogue,
};

/// What is between the parts of a line.
const SEPARATOR: &str = " · ";
/// The numbers of an organisation, the one it is known by first, and the word for each.
const OF_ORGANISATION: [(&str, &str); 2] = [("innLegalEntity", "card_inn"), ("bin", "name_bin")];
/// The numbers of a person.
const OF_PERSON: [(&str, &str); 2] = [("inn", "card_inn"), ("iin", "name_iin")];

/// The lines of a certificate's card.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Face {
    /// Whose it is.
    pub owner: String,
    /// The organisation, its head or the person's position, and the number they are known by; empty where it says none
    /// of that.
    pub about: String,
    /// Where the key is.
    pub place: String,
    /// How long it holds.
    pub validity: Validity,
}

/// How long a certificate holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Validity {
    /// The CSS class of how near the end is.
    pub class: &'static str,
    /// The same in words.
    pub words: String,
}

impl Face {
    /// The face of a key's certificate.
    pub fn of(text: &Catalogue, key: &HeldKey) -> Self {
        let KeyEntry { view, location, .. } = &key.entry;
        Self {
            owner: view.owner.clone(),
            about: about(text, view),
            place: place(text, location),
            validity: validity(text, view, key.standing),
        }
    }
}

/// For which organisation the owner signs, or who signs for the organisation that is the owner.
pub fn organisation_or_head(view: &CertificateView) -> Option<String> {
    let is_legal_entity = view.holder == Some(Holder::LegalEntity);
    let head = person(view).filter(|_| is_legal_entity);
    head.or_else(|| organisation(view).map(str::to_owned))
}

/// The organisation that a certificate names, unless the owner's line says it already.
fn organisation(view: &CertificateView) -> Option<&str> {
    detail(view, "organization").filter(|organisation| *organisation != view.owner)
}

/// How long it holds: the key's own term counts where it is over earlier.
pub fn validity(text: &Catalogue, view: &CertificateView, standing: Standing) -> Validity {
    let end = date(text, view.key_until.unwrap_or(view.not_after));
    let from = date(text, view.not_before);
    let until = text.text("until", &[("date", &end)]);
    let near = |left: String| ("validity warn", [&left, ", ", &until].concat());
    let (class, words) = match (standing.state, standing.days_left) {
        (CertificateState::NotYetValid, _) => {
            ("validity bad", text.text("valid_from", &[("date", &from)]))
        }
        (_, ..0) => ("validity bad", text.text("expired_on", &[("date", &end)])),
        (_, 0) => near(text.plain("last_day")),
        (CertificateState::ExpiresSoon, days) => {
            near(text.counted("days_more", u64::from(days.unsigned_abs())))
        }
        _ => ("validity", until),
    };
    Validity { class, words }
}

/// An organisation's certificate says who acts for it, a sole trader's that it is one; the organisation's own number
/// comes before the person's.
pub(crate) fn about(text: &Catalogue, view: &CertificateView) -> String {
    let is_legal_entity = view.holder == Some(Holder::LegalEntity);
    let is_head = is_legal_entity && view.usages.contains(&Usage::KzHead);
    let trades = view.holder == Some(Holder::SoleTrader) && organisation(view).is_none();
    let position = detail(view, "title").map(str::to_owned);
    let parts = [
        organisation(view).map(str::to_owned),
        trades.then(|| text.word("holder_", Holder::SoleTrader)),
        person(view).filter(|_| is_legal_entity),
        position.or_else(|| is_head.then(|| text.word("usage_", Usage::KzHead))),
        number(text, view),
    ];
    let parts = parts.into_iter().flatten().map(|part| isolated(&part));
    parts.collect::<Vec<_>>().join(SEPARATOR)
}

/// The person in an organisation's certificate, unless the owner's line is that person's name already. (Kazakhstan has
/// only the patronymic in givenName, and the rest in commonName.)
fn person(view: &CertificateView) -> Option<String> {
    let surname = detail(view, "surname")?;
    if view.owner.to_lowercase().contains(&surname.to_lowercase()) {
        return None;
    }
    let given = detail(view, "givenName");
    Some(
        [Some(surname), given]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
    )
}

fn number(text: &Catalogue, view: &CertificateView) -> Option<String> {
    let is_person = matches!(view.holder, Some(Holder::Individual | Holder::SoleTrader));
    let [first, second] = match is_person {
        true => [OF_PERSON, OF_ORGANISATION],
        false => [OF_ORGANISATION, OF_PERSON],
    };
    let mut numbers = first.into_iter().chain(second);
    let (label, number) = numbers.find_map(|(label, word)| Some((word, detail(view, label)?)))?;
    // An organisation's ten digits stood behind two zeros in the person's attribute before they had one of their own.
    let number = match (is_person, number.strip_prefix("00")) {
        (false, Some(ten)) if label == "card_inn" && ten.len() == 10 => ten,
        _ => number,
    };
    // The number does not part from its word.
    Some([&text.plain(label), "\u{a0}", number].concat())
}

/// The first value of this label that is more than white space.
fn detail<'a>(view: &'a CertificateView, label: &str) -> Option<&'a str> {
    let mut entries = view.owner_details.iter();
    let said = entries.find(|entry| entry.label == label && !entry.value.trim().is_empty());
    said.map(|entry| entry.value.as_str())
}

/// Where a key lives, in words.
pub fn home_words(text: &Catalogue, location: &KeyLocation) -> String {
    match location {
        KeyLocation::Pkcs12 { name: file, .. } => {
            text.text("home_pkcs12", &[("name", &name(file))])
        }
        KeyLocation::Cryptopro {
            folder,
            name: container,
        } => {
            let values = [("name", &*name(container)), ("folder", &name(folder))];
            text.text("home_cryptopro", &values)
        }
        KeyLocation::Token { name: token, .. } => {
            text.text("home_token", &[("name", &name(token))])
        }
    }
}

/// Where a key is, in few words: of a container's path only what it lies in, such as the flash drive.
fn place(text: &Catalogue, location: &KeyLocation) -> String {
    let KeyLocation::Cryptopro {
        folder,
        name: container,
    } = location
    else {
        return home_words(text, location);
    };
    let mut folders = folder.rsplit(['/', '\\']).filter(|part| !part.is_empty());
    let around = folders.nth(1).unwrap_or(folder);
    let values = [("name", &*name(container)), ("place", &name(around))];
    text.text("place_cryptopro", &values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        english,
        fixtures::{IVANOVA, NOW, PETROV, SMITH, contained, entry, on_token},
    };
    use tamga_core::certificate::NameEntry;

    /// Ivanova's certificate as if its subject said this.
    fn view(holder: Option<Holder>, owner: &str, details: &[(&str, &str)]) -> CertificateView {
        let detail = |(label, value): &(&str, &str)| NameEntry {
            label: (*label).to_owned(),
            value: (*value).to_owned(),
        };
        CertificateView {
            owner: owner.to_owned(),
            owner_details: details.iter().map(detail).collect(),
            holder,
            ..entry(IVANOVA).view
        }
    }

    fn about_of(holder: Option<Holder>, owner: &str, details: &[(&str, &str)]) -> String {
        about(&english(), &view(holder, owner, details))
    }

    #[test]
    fn an_organisation_shows_its_head_and_its_own_number_first() {
        let details = [
            ("commonName", "ООО «Ромашка»"),
            ("organization", "ООО «Ромашка»"),
            ("surname", "Иванова"),
            ("givenName", "Анна Сергеевна"),
            ("title", "Директор"),
            ("inn", "770123456789"),
            ("innLegalEntity", "7701234567"),
        ];
        let about = about_of(Some(Holder::LegalEntity), "ООО «Ромашка»", &details);
        assert_eq!(
            about,
            "Иванова Анна Сергеевна · Директор · INN\u{a0}7701234567"
        );
    }

    #[test]
    fn a_person_signs_for_an_organisation_and_an_organisation_by_its_head() {
        let details = [
            ("organization", "ООО «Ромашка»"),
            ("surname", "Иванова"),
            ("givenName", "Анна Сергеевна"),
        ];
        let anna = "Иванова Анна Сергеевна";
        let legal = Some(Holder::LegalEntity);
        let cases = [
            (legal, anna, &details[..], Some("ООО «Ромашка»")),
            (legal, "ООО «Ромашка»", &details, Some(anna)),
            (legal, "Ромашка", &details, Some(anna)),
            (legal, "ООО «Ромашка»", &details[..1], None),
            (Some(Holder::Individual), anna, &details[1..], None),
        ];
        for (holder, owner, details, expected) in cases {
            let other = organisation_or_head(&view(holder, owner, details));
            assert_eq!(other.as_deref(), expected, "{owner}");
        }
    }

    #[test]
    fn an_organisation_of_kazakhstan_is_named_behind_its_person() {
        let details = [
            ("commonName", "ИВАНОВА АННА"),
            ("surname", "ИВАНОВА"),
            ("givenName", "СЕРГЕЕВНА"),
            ("iin", "800101400017"),
            ("organization", "ТОО «Ромашка»"),
            ("bin", "010140000017"),
        ];
        let mut view = view(Some(Holder::LegalEntity), "ИВАНОВА АННА", &details);
        assert_eq!(
            about(&english(), &view),
            "ТОО «Ромашка» · BIN\u{a0}010140000017"
        );
        view.usages.push(Usage::KzHead);
        let head = [
            "ТОО «Ромашка»",
            &english().plain("usage_kzHead"),
            "BIN\u{a0}010140000017",
        ];
        assert_eq!(about(&english(), &view), head.join(" · "));
    }

    #[test]
    fn a_person_shows_the_own_number_and_a_sole_trader_that_it_is_one() {
        let details = [
            ("surname", "Иванова"),
            ("organization", " "),
            ("innLegalEntity", "7701234567"),
            ("inn", "770123456789"),
        ];
        let person = about_of(Some(Holder::Individual), "Иванова Анна", &details);
        assert_eq!(person, "INN\u{a0}770123456789");
        let trader = about_of(Some(Holder::SoleTrader), "Иванова Анна", &details);
        assert_eq!(trader, "sole trader · INN\u{a0}770123456789");
        let employed = [
            ("organization", "Ромашка"),
            ("title", "Бухгалтер"),
            ("iin", "1"),
        ];
        let employee = about_of(Some(Holder::Individual), "Иванова Анна", &employed);
        assert_eq!(employee, "Ромашка · Бухгалтер · IIN\u{a0}1");
        assert_eq!(about_of(None, "Anna", &[("commonName", "Anna")]), "");
    }

    #[test]
    fn the_zeros_before_an_organisations_number_are_left_out() {
        let details = [("inn", "007701234567")];
        let organisation = about_of(Some(Holder::LegalEntity), "ООО", &details);
        assert_eq!(organisation, "INN\u{a0}7701234567");
        let person = about_of(Some(Holder::Individual), "Анна", &details);
        assert_eq!(person, "INN\u{a0}007701234567");
    }

    #[test]
    fn a_key_is_in_a_file_a_container_or_a_token() {
        let place = |entry: KeyEntry| place(&english(), &entry.location);
        assert_eq!(place(entry(IVANOVA)), "File keys.p12");
        assert_eq!(place(contained(IVANOVA)), "Container ivanova-2026 (flash)");
        assert_eq!(place(on_token(IVANOVA, "Red")), "Token Red");
        let of_windows = KeyLocation::Cryptopro {
            folder: "E:\\ivanova.000".to_owned(),
            name: "a".to_owned(),
        };
        assert_eq!(super::place(&english(), &of_windows), "Container a (E:)");
    }

    #[test]
    fn near_ends_are_counted_and_far_ones_dated() {
        let words = |certificate, now| {
            let key = HeldKey::new(entry(certificate), now);
            let Validity { class, words } = validity(&english(), &key.entry.view, key.standing);
            format!("{class}: {words}")
        };
        const DAY: u64 = 86_400_000;
        // Until 2027-02-01T00:00:00Z.
        let end = 1_801_440_000_000;
        assert_eq!(words(IVANOVA, NOW), "validity: until 2046-01-01");
        assert_eq!(words(SMITH, end - 31 * DAY), "validity: until 2027-02-01");
        assert_eq!(
            words(SMITH, end - 12 * DAY),
            "validity warn: 12 more days, until 2027-02-01"
        );
        assert_eq!(
            words(SMITH, end - DAY / 2),
            "validity warn: less than a day, until 2027-02-01"
        );
        assert_eq!(words(PETROV, NOW), "validity bad: expired 2026-01-01");
        assert_eq!(words(IVANOVA, 1), "validity bad: valid from 2026-01-01");
    }

    #[test]
    fn the_keys_own_term_counts_where_it_ends_earlier() {
        let mut entry = entry(IVANOVA);
        entry.view.key_until = Some(1_801_440_000);
        let words = |now| {
            let key = HeldKey::new(entry.clone(), now);
            validity(&english(), &key.entry.view, key.standing).words
        };
        assert_eq!(words(NOW), "16 more days, until 2027-02-01");
        assert_eq!(words(NOW + 19 * 86_400_000), "expired 2027-02-01");
    }
}
