//! The PINs that tokens come with from the factory: shown as a help where a token says by its flag that it still has
//! one, never filled in and never tried.

/// The person's PIN and the administrator's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct FactoryPins {
    pub(super) user: &'static str,
    pub(super) admin: &'static str,
}

/// By what the token's model begins with, as their makers' manuals have them.
const KINDS: [(&str, FactoryPins); 3] = [
    ("Rutoken", pins("12345678", "87654321")),
    ("ESMART", pins("12345678", "12345678")),
    // JaCarta-2 GOST.
    ("eToken GOST", pins("1234567890", "0987654321")),
];

const fn pins(user: &'static str, admin: &'static str) -> FactoryPins {
    FactoryPins { user, admin }
}

/// What tokens of this model come with, where it is known.
pub(super) fn of_model(model: &str) -> Option<FactoryPins> {
    let mut kinds = KINDS.into_iter();
    let found = kinds.find(|(beginning, _)| model.starts_with(beginning));
    found.map(|(_, pins)| pins)
}
