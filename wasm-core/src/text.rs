//! The catalogue of texts in the person's language: `extension/_locales/<language>/messages.json`,
//! Chrome's format, read by the screens and by the host alike.

use crate::{
    display_text,
    failure::{ErrorCode, Failure, TriesLeft},
    protocol::Finding,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The texts of one language.
#[derive(Debug, Default)]
pub struct Catalogue {
    messages: HashMap<String, Message>,
    /// Whether failures are told at a terminal, where there is neither site nor button.
    terminal: bool,
}

/// The text is no catalogue, or is larger than one can be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a catalogue of messages")]
pub struct CatalogueMalformed;

/// The largest catalogue, in bytes of JSON.
const MAX_CATALOGUE: usize = 256 << 10;

#[derive(Debug, Deserialize)]
struct Message {
    message: String,
}

impl Catalogue {
    /// Reads a `messages.json`.
    ///
    /// # Errors
    /// [`CatalogueMalformed`] when it is not one, or larger than 256 KiB.
    pub fn parse(json: &str) -> Result<Self, CatalogueMalformed> {
        if json.len() > MAX_CATALOGUE {
            return Err(CatalogueMalformed);
        }
        let messages = serde_json::from_str(json).map_err(|_| CatalogueMalformed)?;
        Ok(Self {
            messages,
            terminal: false,
        })
    }

    /// The same for a terminal: failures whose words fit the screens only have other ones there
    /// (`cli_error_CODE`, `cli_help_CODE`).
    pub fn at_terminal(self) -> Self {
        Self {
            terminal: true,
            ..self
        }
    }

    /// The message of this key, each `$NAME$` in it replaced by the value of that name (in whichever
    /// case) and `$$` by `$`. Values may be foreign text: nothing hides in them, and what is written from right to
    /// left does not reorder the sentence. A key that is not there shows as itself: a defect everybody can see.
    pub fn text(&self, key: &str, values: &[(&str, &str)]) -> String {
        let Some(found) = self.messages.get(key) else {
            return key.to_owned();
        };
        let mut text = String::with_capacity(found.message.len());
        for (position, piece) in found.message.split('$').enumerate() {
            match (position % 2, piece) {
                (0, words) => text.push_str(words),
                (_, "") => text.push('$'),
                (_, name) => text.push_str(&self.shown(value_of(name, values))),
            }
        }
        text
    }

    /// A message about `$COUNT$` things, in the form that the language has for so many. A message has one form, or more
    /// with `|` between them: two as in English (1, others), three as in Russian (1, 2 to 4, others).
    pub fn counted(&self, key: &str, count: u64) -> String {
        let text = self.text(key, &[("count", &count.to_string())]);
        let forms: Vec<&str> = text.split('|').collect();
        let place = match (forms.len(), count % 10, count % 100) {
            (2, ..) if count == 1 => 0,
            (3, 1, tens) if tens != 11 => 0,
            (3, 2..=4, tens) if !(12..=14).contains(&tens) => 1,
            (forms, ..) => forms - 1,
        };
        forms.get(place).copied().unwrap_or_default().to_owned()
    }

    /// Terminals isolate nothing: many show the isolating characters themselves.
    fn shown(&self, value: &str) -> String {
        let cleaned = display_text::name(value);
        match self.terminal {
            true => cleaned,
            false => display_text::isolated(&cleaned),
        }
    }

    /// A message without values.
    pub fn plain(&self, key: &str) -> String {
        self.text(key, &[])
    }

    /// The message for a value of a closed list: a prefix and the value's name on the wire.
    pub fn word(&self, prefix: &str, value: impl Serialize) -> String {
        let name = serde_json::to_value(value).unwrap_or_default();
        self.plain(&[prefix, name.as_str().unwrap_or_default()].concat())
    }

    /// What happened, and to what; after a wrong PIN also how many tries are left.
    pub fn error(&self, failure: &Failure) -> String {
        let what = self.of_code("error", failure.code);
        let what = match failure.tries {
            Some(tries) => [&what, " ", &self.tries(tries)].concat(),
            None => what,
        };
        match &failure.subject {
            Some(subject) => self.text("error_of", &[("subject", subject), ("error", &what)]),
            None => what,
        }
    }

    /// How many wrong PINs a token still takes.
    pub fn tries(&self, tries: TriesLeft) -> String {
        match tries {
            _ if tries.is_last() => self.plain("tries_last"),
            TriesLeft::Exactly(count) => {
                self.text("tries_exactly", &[("count", &count.to_string())])
            }
            TriesLeft::Few | TriesLeft::Last => self.plain("tries_few"),
        }
    }

    /// What is wrong (`fault_`), what it means (`fault_means_`) or how it is put right (`fault_repair_`).
    pub fn fault(&self, prefix: &str, finding: &Finding) -> String {
        let key = [prefix, &finding.code.name()].concat();
        let value = |part: &Option<String>| part.clone().unwrap_or_default();
        let (subject, place) = (value(&finding.subject), value(&finding.place));
        self.text(&key, &[("subject", &subject), ("place", &place)])
    }

    /// What the person can do about it; about an outdated host, what updates one that came so.
    pub fn help(&self, failure: &Failure) -> String {
        match failure.package {
            Some(kind) => self.word("update_", kind),
            None => self.of_code("help", failure.code),
        }
    }

    fn of_code(&self, kind: &str, code: ErrorCode) -> String {
        self.text_here(&format!("{kind}_{}", code.name()), &[])
    }

    /// The message of this key; at a terminal the one for there, where there is one (`cli_KEY`).
    pub fn text_here(&self, key: &str, values: &[(&str, &str)]) -> String {
        let at_terminal = ["cli_", key].concat();
        match self.terminal && self.messages.contains_key(&at_terminal) {
            true => self.text(&at_terminal, values),
            false => self.text(key, values),
        }
    }
}

fn value_of<'a>(name: &str, values: &[(&str, &'a str)]) -> &'a str {
    let named = values
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    named.map_or("", |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Holder, Identification, KeyKind, LABELS, Usage};
    use crate::protocol::{FaultCode, PackageKind};
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::{Path, PathBuf},
    };

    const LANGUAGES: [&str; 3] = ["ru", "kk", "en"];

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    fn json(language: &str) -> BTreeMap<String, serde_json::Value> {
        let path = root().join(format!("extension/_locales/{language}/messages.json"));
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    }

    fn names_in(message: &str) -> BTreeSet<String> {
        let pieces = message.split('$').skip(1).step_by(2);
        pieces.map(str::to_lowercase).collect()
    }

    #[test]
    fn fills_in_values() {
        let json =
            r#"{"a":{"message":"$COUNT$ of $total$, $$5, $COUNT$"},"b":{"message":"plain"}}"#;
        let catalogue = Catalogue::parse(json).unwrap();
        let text = catalogue.text("a", &[("count", "1"), ("total", "$COUNT$")]);
        assert_eq!(text, "1 of $COUNT$, $5, 1");
        assert_eq!(catalogue.plain("b"), "plain");
        assert_eq!(catalogue.plain("c"), "c");
    }

    #[test]
    fn numbers_have_the_forms_of_the_language() {
        let json = r#"{"ru":{"message":"$COUNT$ день|$COUNT$ дня|$COUNT$ дней"},
            "en":{"message":"$COUNT$ day|$COUNT$ days"},"kk":{"message":"$COUNT$ күн"}}"#;
        let catalogue = Catalogue::parse(json).unwrap();
        let cases = [
            (0, "0 дней", "0 days"),
            (1, "1 день", "1 day"),
            (2, "2 дня", "2 days"),
            (4, "4 дня", "4 days"),
            (5, "5 дней", "5 days"),
            (11, "11 дней", "11 days"),
            (12, "12 дней", "12 days"),
            (14, "14 дней", "14 days"),
            (21, "21 день", "21 days"),
            (22, "22 дня", "22 days"),
            (111, "111 дней", "111 days"),
            (1000, "1000 дней", "1000 days"),
            (1001, "1001 день", "1001 days"),
        ];
        for (count, russian, english) in cases {
            assert_eq!(catalogue.counted("ru", count), russian);
            assert_eq!(catalogue.counted("en", count), english);
            assert_eq!(catalogue.counted("kk", count), format!("{count} күн"));
        }
    }

    #[test]
    fn foreign_values_cannot_hide_or_reorder_anything() {
        let json = r#"{"a":{"message":"$NAME$: signed"}}"#;
        let screen = Catalogue::parse(json).unwrap();
        let values = [
            ("a\n\u{1b}[2K\u{202e}", "a[U+000A][U+001B][2K[U+202E]"),
            ("\u{2068}a\u{2069}", "[U+2068]a[U+2069]"),
        ];
        for (value, shown) in values {
            let said = screen.text("a", &[("name", value)]);
            assert_eq!(said, format!("{shown}: signed"));
        }
        let hebrew = [("name", "חוזה 5")];
        assert_eq!(screen.text("a", &hebrew), "\u{2068}חוזה 5\u{2069}: signed");
        assert_eq!(screen.at_terminal().text("a", &hebrew), "חוזה 5: signed");
    }

    #[test]
    fn failures_may_have_other_words_at_a_terminal() {
        let json = r#"{"help_BUSY":{"message":"close"},"error_BUSY":{"message":"busy"},
            "cli_help_BUSY":{"message":"wait"}}"#;
        let screen = Catalogue::parse(json).unwrap();
        let busy = ErrorCode::Busy.into();
        assert_eq!(
            (screen.error(&busy), screen.help(&busy)),
            ("busy".into(), "close".into())
        );
        let terminal = screen.at_terminal();
        assert_eq!(
            (terminal.error(&busy), terminal.help(&busy)),
            ("busy".into(), "wait".into())
        );
    }

    #[test]
    fn tries_are_in_words() {
        let json = fs::read_to_string(root().join("extension/_locales/ru/messages.json")).unwrap();
        let catalogue = Catalogue::parse(&json).unwrap();
        let cases = [
            (TriesLeft::Exactly(0), "Осталось попыток: 0."),
            (TriesLeft::Exactly(1), "Осталась последняя попытка."),
            (TriesLeft::Exactly(2), "Осталось попыток: 2."),
            (TriesLeft::Exactly(21), "Осталось попыток: 21."),
            (TriesLeft::Few, "Попыток осталось меньше, чем было сначала."),
            (TriesLeft::Last, "Осталась последняя попытка."),
        ];
        for (tries, words) in cases {
            assert_eq!(catalogue.tries(tries), words);
            let failure = Failure {
                tries: Some(tries),
                ..Failure::of(ErrorCode::PinWrong, "Рутокен")
            };
            let expected = format!("Рутокен: ПИН-код неверен. {words}");
            assert_eq!(catalogue.error(&failure), expected);
        }
    }

    #[test]
    fn is_bounded() {
        let long = format!(r#"{{"a":{{"message":"{}"}}}}"#, "a".repeat(MAX_CATALOGUE));
        assert!(Catalogue::parse(&long).is_err());
        assert!(Catalogue::parse("[]").is_err());
        assert!(Catalogue::parse(r#"{"a":"text"}"#).is_err());
    }

    #[test]
    fn every_code_says_what_happened_and_what_to_do() {
        for language in LANGUAGES {
            let json = json(language);
            for code in ErrorCode::ALL {
                for key in ["error", "help"].map(|kind| format!("{kind}_{}", code.name())) {
                    assert!(json.contains_key(&key), "{language}: {key}");
                }
            }
        }
    }

    fn of_updates() -> impl Iterator<Item = String> {
        let kinds = PackageKind::ALL.into_iter();
        kinds.map(|kind| word("update_", kind))
    }

    #[test]
    fn every_kind_of_package_says_how_it_is_updated() {
        for language in LANGUAGES {
            let json = json(language);
            for key in of_updates() {
                assert!(json.contains_key(&key), "{language}: {key}");
            }
        }
        let catalogue = english();
        let outdated = |package| Failure {
            package,
            ..ErrorCode::HostOutdated.into()
        };
        let help = |package| catalogue.help(&outdated(package));
        assert!(help(Some(PackageKind::Deb)).contains("sudo apt install ./tamga_"));
        assert!(help(None).contains("in the way in which it was installed"));
    }

    fn english() -> Catalogue {
        let json = fs::read_to_string(root().join("extension/_locales/en/messages.json"));
        Catalogue::parse(&json.unwrap()).unwrap()
    }

    /// What is wrong, what it means, and one repair.
    fn of_faults() -> impl Iterator<Item = String> {
        let prefixes = ["fault_", "fault_means_", "fault_repair_"];
        let codes = FaultCode::ALL.into_iter();
        codes.flat_map(move |code| prefixes.map(|prefix| [prefix, &code.name()].concat()))
    }

    #[test]
    fn every_fault_has_a_cause_a_meaning_and_a_repair() {
        for language in LANGUAGES {
            let json = json(language);
            for key in of_faults() {
                assert!(json.contains_key(&key), "{language}: {key}");
            }
        }
    }

    /// The keys for what certificates say, which are put together from names.
    fn of_certificates() -> impl Iterator<Item = String> {
        let labels = LABELS.into_iter().map(|label| format!("name_{label}"));
        let usages = Usage::all().map(|it| word("usage_", it));
        let holders = Holder::ALL.into_iter().map(|it| word("holder_", it));
        let identified = Identification::ALL.map(|it| word("identified_", it));
        let keys = KeyKind::ALL.map(|it| word("key_", it));
        labels
            .chain(usages)
            .chain(holders)
            .chain(identified)
            .chain(keys)
    }

    /// A prefix and a name on the wire.
    fn word(prefix: &str, value: impl Serialize) -> String {
        let name = serde_json::to_value(value).unwrap();
        [prefix, name.as_str().unwrap()].concat()
    }

    #[test]
    fn whatever_certificates_say_has_a_word() {
        for language in LANGUAGES {
            let json = json(language);
            for key in of_certificates() {
                assert!(json.contains_key(&key), "{language}: {key}");
            }
        }
    }

    #[test]
    fn languages_agree_on_keys_and_placeholders() {
        let placeholders = |language| -> BTreeMap<String, BTreeSet<String>> {
            let named = |(key, message): (String, serde_json::Value)| {
                (key, names_in(message["message"].as_str().unwrap()))
            };
            json(language).into_iter().map(named).collect()
        };
        for language in LANGUAGES {
            assert_eq!(placeholders(language), placeholders("en"), "{language}");
        }
    }

    /// Browsers refuse an extension whose messages use a placeholder that is not declared.
    #[test]
    fn placeholders_are_declared() {
        for language in LANGUAGES {
            for (key, message) in json(language) {
                let declared = message["placeholders"].as_object();
                let declared: Option<BTreeSet<String>> =
                    declared.map(|all| all.keys().cloned().collect());
                let used = names_in(message["message"].as_str().unwrap());
                assert_eq!(declared.unwrap_or_default(), used, "{language}: {key}");
            }
        }
    }

    #[test]
    fn no_message_is_empty() {
        for language in LANGUAGES {
            for (key, message) in json(language) {
                assert_ne!(message["message"], "", "{language}: {key}");
            }
        }
    }

    #[test]
    fn no_key_is_orphaned() {
        let mut sources = String::new();
        for folder in [
            "wasm-core/src",
            "wasm-core/screens/src",
            "native-host/src",
            "extension",
            "manifests",
        ] {
            collect(&root().join(folder), &mut sources);
        }
        let codes = ErrorCode::ALL.iter().map(|code| code.name());
        let of_codes = codes.flat_map(|code| {
            let prefixes = ["error_", "help_", "cli_error_", "cli_help_"];
            prefixes.map(|prefix| format!("{prefix}{code}"))
        });
        let made: BTreeSet<String> = of_codes
            .chain(of_certificates())
            .chain(of_faults())
            .chain(of_updates())
            .collect();
        for key in json("en").keys() {
            // What a terminal has other words for (`cli_KEY`) is used by the key that the screens have.
            let names = [Some(&**key), key.strip_prefix("cli_")]
                .into_iter()
                .flatten();
            let mut quoted = names.flat_map(|name| [format!("\"{name}\""), format!("'{name}'")]);
            let used = quoted.any(|name| sources.contains(&name));
            let in_manifest = sources.contains(&format!("__MSG_{key}__"));
            let used = used || in_manifest || made.contains(key);
            assert!(used, "{key} is used nowhere");
        }
    }

    fn collect(folder: &Path, sources: &mut String) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let extension = path.extension().and_then(|extension| extension.to_str());
            match extension {
                _ if path.ends_with("_locales") || path.ends_with("node_modules") => {}
                None if path.is_dir() => collect(&path, sources),
                Some("rs" | "js" | "html") => sources.push_str(&fs::read_to_string(path).unwrap()),
                Some("json") if !path.ends_with("package-lock.json") => {
                    sources.push_str(&fs::read_to_string(path).unwrap());
                }
                _ => {}
            }
        }
    }
}
