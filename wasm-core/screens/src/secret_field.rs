//! A field for a password or a PIN: a button shows what was typed, and what the keyboard is like is said before it costs
//! a try. The secret itself stays in the browser's field until the form is submitted.

use super::{
    node::{Element, Handler, Keyboard, SecretInput},
    parts::paragraph,
};
use tamga_core::text::Catalogue;

/// A field for a password or a PIN.
#[derive(Debug)]
pub struct SecretField {
    /// Its id on the page.
    pub id: &'static str,
    /// What it is the password of: for another one the field is another, and empty.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// What is good to know while nothing is wrong.
    pub hint: String,
    /// What is wrong with what was typed.
    pub wrong: Option<String>,
    /// When the keyboard's focus comes to it, as in [`Element::focus`]; another number is another wrong.
    pub focus: Option<u32>,
}

/// What a screen knows of the secret field that the person is in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SecretEntry {
    /// The field's id.
    field: Option<&'static str>,
    is_shown: bool,
    keyboard: Keyboard,
}

impl SecretEntry {
    /// Takes what the person did. What was shown of one field is hidden when another is entered.
    pub fn take(&mut self, input: SecretInput) {
        let (field, is_shown, keyboard) = match input {
            SecretInput::Left => return *self = Self::default(),
            SecretInput::Typed(field, new) => {
                let before = self.keyboard_in(field);
                let caps_lock = new.caps_lock.or(before.caps_lock);
                (field, self.shows(field), Keyboard { caps_lock, ..new })
            }
            SecretInput::Show(field, is_shown) => (field, is_shown, self.keyboard_in(field)),
        };
        *self = Self {
            field: Some(field),
            is_shown,
            keyboard,
        };
    }

    fn shows(&self, field: &str) -> bool {
        self.is_shown && self.field == Some(field)
    }

    fn keyboard_in(&self, field: &str) -> Keyboard {
        match self.field == Some(field) {
            true => self.keyboard,
            false => Keyboard::default(),
        }
    }
}

fn warning(text: &Catalogue, keyboard: Keyboard) -> String {
    let warnings = [
        (keyboard.caps_lock == Some(true), "caps_lock_on"),
        (keyboard.cyrillic, "cyrillic_typed"),
    ];
    let warnings = warnings.into_iter().filter(|(warns, _)| *warns);
    let words: Vec<String> = warnings.map(|(_, key)| text.plain(key)).collect();
    words.join(" ")
}

impl SecretField {
    /// The label, the field with its button, what the keyboard is like, and the hint.
    pub fn draw<A>(
        self,
        text: &Catalogue,
        entry: &SecretEntry,
        on: fn(SecretInput) -> A,
    ) -> [Element<A>; 4] {
        let id = self.id;
        let (hint_id, keyboard_id) = ([id, "-hint"].concat(), [id, "-keyboard"].concat());
        let label = Element::new("label")
            .key(id)
            .attribute("for", id)
            .text(self.label);
        let invalid = self.wrong.is_some();
        let is_shown = entry.shows(id);
        let field = Element::new("input")
            .key(self.key)
            .class("secret")
            .attribute("type", if is_shown { "text" } else { "password" })
            .attribute("id", id)
            .attribute("autocomplete", "off")
            .attribute("autocapitalize", "off")
            // Some browsers send what they check to a service.
            .attribute("spellcheck", "false")
            .attribute("maxlength", "1024")
            .attribute("aria-describedby", [&*hint_id, " ", &*keyboard_id].concat())
            .attribute("aria-invalid", if invalid { "true" } else { "false" })
            .on(Handler::Typed(id, on));
        let number = self.focus.unwrap_or_default();
        let field = match self.focus {
            Some(number) => field.focus(number),
            None => field,
        };
        let eye = Element::new("button")
            .key("eye")
            .class("eye")
            .attribute("type", "button")
            .attribute("aria-label", text.plain("button_show_secret"))
            .attribute("aria-controls", id)
            .attribute("aria-pressed", if is_shown { "true" } else { "false" })
            .on(Handler::Click(on(SecretInput::Show(id, !is_shown))));
        let box_key = [id, "-box"].concat();
        let secret = Element::new("div").key(box_key).class("secret-box");
        let secret = secret.on(Handler::Left(on(SecretInput::Left)));
        let keyboard = Element::new("p")
            .key(keyboard_id.as_str())
            .class("hint keyboard")
            .attribute("id", keyboard_id)
            .attribute("role", "status")
            .text(warning(text, entry.keyboard_in(id)));
        let hint = match self.wrong {
            None => paragraph("hint", self.hint).key(hint_id.as_str()),
            Some(wrong) => paragraph("hint wrong", wrong)
                .key([&hint_id, &*number.to_string()].concat())
                .attribute("role", "alert"),
        };
        let hint = hint.attribute("id", hint_id);
        [label, secret.child(field).child(eye), keyboard, hint]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::english;

    fn drawn(entry: &SecretEntry, id: &'static str) -> Element<SecretInput> {
        let field = SecretField {
            id,
            key: id.to_owned(),
            label: "Password".to_owned(),
            hint: "Hint".to_owned(),
            wrong: None,
            focus: None,
        };
        Element::new("form").children(field.draw(&english(), entry, |input| input))
    }

    fn type_of(entry: &SecretEntry, id: &'static str) -> String {
        let form = drawn(entry, id);
        let field = form.with("id", id).unwrap();
        field.value_of("type").unwrap().to_owned()
    }

    fn pressed(entry: &SecretEntry) -> (String, SecretInput) {
        let form = drawn(entry, "a");
        let eye = form.with("aria-controls", "a").unwrap();
        let Some(Handler::Click(input)) = eye.handlers.first() else {
            panic!("the button does nothing");
        };
        (eye.value_of("aria-pressed").unwrap().to_owned(), *input)
    }

    #[test]
    fn the_button_shows_what_was_typed_until_the_person_goes_away() {
        let mut entry = SecretEntry::default();
        assert_eq!(type_of(&entry, "a"), "password");
        let (state, show) = pressed(&entry);
        assert_eq!(state, "false");
        entry.take(show);
        assert_eq!(type_of(&entry, "a"), "text");
        entry.take(SecretInput::Typed("a", Keyboard::default()));
        let (state, hide) = pressed(&entry);
        assert_eq!((type_of(&entry, "a"), &*state), ("text".to_owned(), "true"));
        for away in [hide, SecretInput::Left, SecretInput::Show("b", true)] {
            let mut entry = entry;
            entry.take(away);
            assert_eq!(type_of(&entry, "a"), "password");
        }
    }

    #[test]
    fn what_the_keyboard_is_like_is_said_of_the_field_that_is_typed_in() {
        let caps_lock = Keyboard {
            caps_lock: Some(true),
            cyrillic: false,
        };
        let mut entry = SecretEntry::default();
        entry.take(SecretInput::Typed("a", caps_lock));
        let words = drawn(&entry, "a").words();
        assert!(
            words.contains("Caps Lock is on.") && !words.contains("Cyrillic"),
            "{words}"
        );
        assert!(!drawn(&entry, "b").words().contains("Caps Lock"));
        entry.take(SecretInput::Typed(
            "a",
            Keyboard {
                caps_lock: None,
                cyrillic: true,
            },
        ));
        let words = drawn(&entry, "a").words();
        assert!(
            words.contains("Caps Lock is on.") && words.contains("Cyrillic"),
            "{words}"
        );
        entry.take(SecretInput::Left);
        assert!(!drawn(&entry, "a").words().contains("Caps Lock"));
        // It is there before there is something to say: what appears with its words is not read aloud.
        assert!(drawn(&entry, "a").with("role", "status").is_some());
    }
}
