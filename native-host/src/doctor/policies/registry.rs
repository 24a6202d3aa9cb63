//! Policies as Windows has them: keys and values of the registry, in place of the JSON that other systems have in files.

use serde_json::{Map, Value};

/// A key.
#[derive(Debug, Default)]
pub(super) struct Key {
    values: Vec<(String, Entry)>,
    keys: Vec<(String, Self)>,
}

/// What a value holds.
#[derive(Debug)]
enum Entry {
    Number(u32),
    /// One text, or several lines of one.
    Text(String),
}

impl Key {
    /// What a file would hold in its place: a list is a key whose values are numbered; whatever has a structure may also be
    /// JSON in a text.
    pub(super) fn to_json(&self) -> Value {
        let numbers: Option<Vec<u32>> = self
            .values
            .iter()
            .map(|(name, _)| name.parse().ok())
            .collect();
        if let Some(numbers) = numbers.filter(|numbers| !numbers.is_empty() && self.keys.is_empty())
        {
            let entries = self.values.iter().map(|(_, entry)| entry.to_json());
            let mut entries: Vec<_> = numbers.into_iter().zip(entries).collect();
            entries.sort_by_key(|(number, _)| *number);
            return entries.into_iter().map(|(_, entry)| entry).collect();
        }
        let values = self
            .values
            .iter()
            .map(|(name, entry)| (name.clone(), entry.to_json()));
        let keys = self
            .keys
            .iter()
            .map(|(name, key)| (name.clone(), key.to_json()));
        Value::Object(values.chain(keys).collect::<Map<_, _>>())
    }
}

impl Entry {
    /// There are no other numbers among the policies that matter here than yes and no.
    fn to_json(&self) -> Value {
        match self {
            Self::Number(number) => Value::Bool(*number != 0),
            Self::Text(text) => match serde_json::from_str(text) {
                Ok(structure @ (Value::Object(_) | Value::Array(_))) => structure,
                _ => Value::String(text.clone()),
            },
        }
    }
}

#[cfg(windows)]
pub(super) use reading::policies;

#[cfg(windows)]
mod reading {
    use super::{super::Policies, Entry, Key};
    use crate::register::browsers::Browser;
    use windows_registry::{CURRENT_USER, LOCAL_MACHINE, Type};

    /// Where each browser reads what the administrator decided, for everybody or for one person.
    const KEYS: [(&str, &str); 8] = [
        ("chrome", r"Software\Policies\Google\Chrome"),
        ("chromium", r"Software\Policies\Chromium"),
        ("chromium-gost", r"Software\Policies\Chromium"),
        ("edge", r"Software\Policies\Microsoft\Edge"),
        ("brave", r"Software\Policies\BraveSoftware\Brave"),
        ("vivaldi", r"Software\Policies\Vivaldi"),
        ("yandex", r"Software\Policies\YandexBrowser"),
        ("firefox", r"Software\Policies\Mozilla\Firefox"),
    ];
    /// How deep keys are looked into, and the most that is read of one.
    const MAX_DEPTH: usize = 4;
    const MAX_ENTRIES: usize = 1000;

    /// The policies of a browser.
    pub(in super::super) fn policies(browser: &Browser) -> Vec<Policies> {
        let keys = KEYS.iter().filter(|(name, _)| *name == browser.name);
        let roots = [("HKLM", LOCAL_MACHINE), ("HKCU", CURRENT_USER)];
        let places = keys.flat_map(|(_, key)| roots.map(|(name, root)| (name, root, *key)));
        let policies = places.filter_map(|(name, root, key)| {
            Some(Policies {
                file: format!(r"{name}\{key}").into(),
                values: read(&root.open(key).ok()?, MAX_DEPTH).to_json(),
            })
        });
        policies.collect()
    }

    fn read(key: &windows_registry::Key, depth: usize) -> Key {
        let values = key.values().into_iter().flatten().take(MAX_ENTRIES);
        let values = values.filter_map(|(name, value)| {
            let entry = match value.ty() {
                Type::U32 => Entry::Number(value.try_into().ok()?),
                Type::MultiString => {
                    let lines: Vec<String> = value.try_into().ok()?;
                    Entry::Text(lines.join("\n"))
                }
                _ => Entry::Text(value.try_into().ok()?),
            };
            Some((name, entry))
        });
        let names = key.keys().into_iter().flatten().take(MAX_ENTRIES);
        let keys = names.filter(|_| depth > 0).filter_map(|name| {
            let inner = key.open(&name).ok()?;
            Some((name, read(&inner, depth - 1)))
        });
        Key {
            values: values.collect(),
            keys: keys.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(name: &str, text: &str) -> (String, Entry) {
        (name.to_owned(), Entry::Text(text.to_owned()))
    }

    fn key(name: &str, values: Vec<(String, Entry)>, keys: Vec<(String, Key)>) -> (String, Key) {
        (name.to_owned(), Key { values, keys })
    }

    #[test]
    fn keys_are_as_files_would_have_them() {
        let lists = vec![
            key(
                "NativeMessagingBlocklist",
                vec![text("10", "b"), text("2", "*")],
                vec![],
            ),
            key(
                "ExtensionSettings",
                vec![],
                vec![key("*", vec![text("installation_mode", "blocked")], vec![])],
            ),
            key("Empty", vec![], vec![]),
        ];
        let values = vec![
            ("NativeMessagingUserLevelHosts".to_owned(), Entry::Number(0)),
            text("Whole", "{\n\"*\": {\"installation_mode\": \"blocked\"}\n}"),
            text("Name", "12"),
        ];
        let (_, policies) = key("", values, lists);
        let expected = json!({
            "NativeMessagingBlocklist": ["*", "b"],
            "ExtensionSettings": {"*": {"installation_mode": "blocked"}},
            "Empty": {},
            "NativeMessagingUserLevelHosts": false,
            "Whole": {"*": {"installation_mode": "blocked"}},
            "Name": "12",
        });
        assert_eq!(policies.to_json(), expected);
    }
}
