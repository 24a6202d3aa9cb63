//! What a screen shows, as plain data: elements, texts, and which action each handler stands for.

use tamga_core::{display_text, secret::Secret};

/// A piece of a screen. `A` is what the person can do on it.
#[derive(Debug)]
pub enum Node<A> {
    /// An HTML element.
    Element(Element<A>),
    /// Text; never markup.
    Text(String),
}

/// An HTML element.
#[derive(Debug)]
pub struct Element<A> {
    /// Its name, such as `button`.
    pub tag: &'static str,
    /// What it stands for among its siblings: an element is carried over from one drawing to the next
    /// only under the same tag and key.
    pub key: String,
    /// Its attributes.
    pub attributes: Vec<(&'static str, String)>,
    /// What the person can do with it.
    pub handlers: Vec<Handler<A>>,
    /// A number: when it appears or changes, the keyboard's focus comes here.
    pub focus: Option<u32>,
    /// What is inside.
    pub children: Vec<Node<A>>,
}

/// Something the person does with an element, and the action it stands for.
#[derive(Clone, Debug)]
pub enum Handler<A> {
    /// Presses the button.
    Click(A),
    /// Chooses a value, which the action is made of; for a file picker, the file's name.
    Change(fn(String) -> A),
    /// Types into a field: the action takes what is in it then.
    Input(fn(String) -> A),
    /// Submits the form, by its button or by Enter; the action takes what is in its password field.
    Submit(fn(Secret) -> A),
    /// The same with several password fields: the action takes them in the form's order.
    SubmitAll(fn(Vec<Secret>) -> A),
    /// Lets a key go in the secret field of this id; the action says what the keyboard is like, and not what is typed.
    Typed(&'static str, fn(SecretInput) -> A),
    /// Takes the keyboard's focus to something that is not inside.
    Left(A),
}

/// What the keyboard was like when the last key was let go.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Keyboard {
    /// Caps Lock is on; what is pasted does not say.
    pub caps_lock: Option<bool>,
    /// There are Cyrillic letters in the field.
    pub cyrillic: bool,
}

/// What the person does in a secret field, apart from what is typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SecretInput {
    /// Has let a key go.
    Typed(&'static str, Keyboard),
    /// Wants to see what was typed, or no longer.
    Show(&'static str, bool),
    /// Has left the field and its button.
    Left,
}

impl Keyboard {
    /// With Caps Lock as it is, after this was typed.
    pub fn after(typed: &str, caps_lock: Option<bool>) -> Self {
        let is_cyrillic = |letter: char| ('\u{400}'..='\u{52f}').contains(&letter);
        Self {
            caps_lock,
            cyrillic: typed.chars().any(is_cyrillic),
        }
    }
}

impl<A> Element<A> {
    /// An empty element.
    pub fn new(tag: &'static str) -> Self {
        Self {
            tag,
            key: String::new(),
            attributes: Vec::new(),
            handlers: Vec::new(),
            focus: None,
            children: Vec::new(),
        }
    }

    /// With a key among its siblings.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// With a CSS class, or several.
    pub fn class(self, names: &'static str) -> Self {
        self.attribute("class", names)
    }

    /// With an attribute.
    pub fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// With an attribute whose presence is its meaning, such as `disabled`.
    pub fn flag(self, name: &'static str, on: bool) -> Self {
        if on { self.attribute(name, "") } else { self }
    }

    /// With this text at the end.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.children.push(Node::Text(text.into()));
        self
    }

    /// With foreign text at the end: nothing hides in it, and its direction is its own (`<bdi>`).
    pub fn foreign(self, words: &str) -> Self {
        self.child(Self::new("bdi").text(display_text::name(words)))
    }

    /// With this inside, at the end.
    pub fn child(mut self, child: impl Into<Node<A>>) -> Self {
        self.children.push(child.into());
        self
    }

    /// With these inside, at the end: many, or one that may be absent.
    pub fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children
            .extend(children.into_iter().map(Node::Element));
        self
    }

    /// With something the person can do.
    pub fn on(mut self, handler: Handler<A>) -> Self {
        self.handlers.push(handler);
        self
    }

    /// Where the keyboard goes when the number is new.
    pub fn focus(mut self, number: u32) -> Self {
        self.focus = Some(number);
        self
    }
}

impl<A> From<Element<A>> for Node<A> {
    fn from(element: Element<A>) -> Self {
        Self::Element(element)
    }
}

/// Reading a screen the way its tests do: by what is written on it.
#[cfg(test)]
impl<A: Clone> Element<A> {
    /// Everything written in it, in order, one piece a line.
    pub(crate) fn words(&self) -> String {
        let words = self.children.iter().map(|child| match child {
            Node::Element(element) => element.words(),
            Node::Text(text) => text.clone(),
        });
        words.collect::<Vec<_>>().join("\n")
    }

    /// Every element in it and itself, in order.
    pub(crate) fn all(&self) -> Vec<&Self> {
        let inner = self.children.iter().flat_map(|child| match child {
            Node::Element(element) => element.all(),
            Node::Text(_) => Vec::new(),
        });
        std::iter::once(self).chain(inner).collect()
    }

    /// The first element with this attribute.
    pub(crate) fn with(&self, name: &str, value: &str) -> Option<&Self> {
        let mut all = self.all().into_iter();
        all.find(|element| element.value_of(name) == Some(value))
    }

    /// An attribute's value.
    pub(crate) fn value_of(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The labels of all buttons that can be pressed.
    pub(crate) fn buttons(&self) -> Vec<String> {
        let buttons = self.all().into_iter().filter(|it| it.tag == "button");
        let enabled = buttons.filter(|it| it.value_of("disabled").is_none());
        enabled.map(Self::words).collect()
    }

    /// What the button with this label does.
    pub(crate) fn press(&self, label: &str) -> A {
        let named = |element: &&Self| element.tag == "button" && element.words() == label;
        let button = self.all().into_iter().find(named);
        let button = button.unwrap_or_else(|| panic!("no button {label:?} in:\n{}", self.words()));
        assert_eq!(button.value_of("disabled"), None, "{label} is disabled");
        let press = button.handlers.iter().find_map(|handler| match handler {
            Handler::Click(action) => Some(action.clone()),
            _ => None,
        });
        press.unwrap_or_else(|| panic!("the button {label:?} does nothing"))
    }

    /// What submitting the form with this password does.
    pub(crate) fn submit(&self, password: &str) -> A {
        let handlers = self.all().into_iter().flat_map(|element| &element.handlers);
        let mut submits = handlers.filter_map(|handler| match handler {
            Handler::Submit(action) => Some(action(Secret::new(password.to_owned()))),
            _ => None,
        });
        submits.next().expect("a form")
    }

    /// What submitting the form with these passwords does.
    pub(crate) fn submit_all(&self, passwords: &[&str]) -> A {
        let fields = self
            .all()
            .into_iter()
            .filter(|it| it.value_of("type") == Some("password"));
        assert_eq!(fields.count(), passwords.len(), "{}", self.words());
        let secrets = passwords.iter().map(|it| Secret::new((*it).to_owned()));
        let handlers = self.all().into_iter().flat_map(|element| &element.handlers);
        let mut submits = handlers.filter_map(|handler| match handler {
            Handler::SubmitAll(action) => Some(*action),
            _ => None,
        });
        submits.next().expect("a form")(secrets.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cyrillic_letters_are_known() {
        for typed in ["пароль", "паssword", "Ә", "ұ"] {
            assert!(Keyboard::after(typed, Some(false)).cyrillic, "{typed}");
        }
        for typed in ["", "password-1", "éß€", "日本"] {
            assert!(!Keyboard::after(typed, Some(true)).cyrillic, "{typed}");
        }
    }
}
