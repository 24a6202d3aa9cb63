//! The catalogue of texts, embedded: the same files that the extension has.

use tamga_core::text::Catalogue;

/// The languages there are texts in; the first one is for everybody else.
const LANGUAGES: [(&str, &str); 3] = [
    (
        "en",
        include_str!("../../extension/_locales/en/messages.json"),
    ),
    (
        "kk",
        include_str!("../../extension/_locales/kk/messages.json"),
    ),
    (
        "ru",
        include_str!("../../extension/_locales/ru/messages.json"),
    ),
];

/// The texts of a language that begins like this, such as `ru_RU.UTF-8`.
pub fn catalogue(language: &str) -> Catalogue {
    let [english, ..] = &LANGUAGES;
    let of = |(code, _): &&(&str, _)| language.starts_with(*code);
    let (_, json) = LANGUAGES.iter().find(of).unwrap_or(english);
    Catalogue::parse(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_texts() {
        for (code, json) in LANGUAGES {
            let catalogue = Catalogue::parse(json).unwrap();
            assert_ne!(catalogue.plain("cli_unsigned"), "cli_unsigned", "{code}");
        }
    }
}
