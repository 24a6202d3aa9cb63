//! How tokens look in the options.

use super::{PinForm, Step, Trouble};
use crate::{
    node::{Element, Handler},
    options::{
        Options, factory_pins,
        messages::{Action, PinTask},
        parts::{card, form_buttons, part, secret_fields},
    },
    parts::{Weight, alert, button, caution, paragraph, progress, status},
    secret_field::SecretField,
    token_card,
    wording::name,
};
use tamga_core::{
    protocol::{PinEntry, PinRules, PinState, Token},
    text::Catalogue,
};

pub(in crate::options) fn tokens(options: &Options) -> Element<Action> {
    let (text, inventory) = (&options.text, &options.inventory);
    let none = options.host.lists() && !inventory.reading;
    let none = none && inventory.tokens.is_empty() && inventory.readers_without_driver.is_empty();
    let none = none.then(|| paragraph("muted", text.plain("no_tokens")));
    let rows = inventory.tokens.iter().map(|it| token(options, it));
    let readers_without_driver = inventory.readers_without_driver.iter();
    part(text, "tokens", "tokens_title")
        .child(paragraph("muted", text.plain("tokens_meaning")))
        .children(of_absent(options))
        .children(none)
        .child(Element::new("ul").class("files").children(rows))
        .children(inventory.reading.then(|| token_card::reading(text)))
        .children(
            readers_without_driver.map(|reader| token_card::readers_without_driver(text, reader)),
        )
        .child(status(inventory.said.clone()))
}

/// What was not done with a token that is not there any more.
fn of_absent(options: &Options) -> Option<Element<Action>> {
    let form = options.pin_form.as_ref()?;
    let absent = options.inventory.token(&form.token).is_none();
    match &form.step {
        Step::Failed(failure) if absent => Some(alert(&options.text, failure)),
        _ => None,
    }
}

fn token(options: &Options, token: &Token) -> Element<Action> {
    let (text, inventory) = (&options.text, &options.inventory);
    let heading = Element::new("h3")
        .class("file-name")
        .attribute("tabindex", "-1")
        .foreign(&token.name);
    let heading = match &options.wanted {
        Some((wanted, times)) if *wanted == token.id => heading.focus(*times),
        _ => heading,
    };
    let head = Element::new("div").class("file-head").child(heading);
    let cards = inventory
        .on_token(&token.id)
        .filter(|key| options.list.shows(key));
    let cards = cards.map(|key| card(options, key));
    let form = options
        .pin_form
        .as_ref()
        .filter(|form| form.token == token.id);
    let below = match form {
        Some(form) => form_of(options, token, form),
        None => vec![buttons(text, token)],
    };
    Element::new("li")
        .key(token.id.as_str())
        .class("file")
        .child(head)
        .child(facts(text, token))
        .children(advice(text, token))
        .children(token_card::emptiness(text, inventory, token))
        .child(Element::new("ul").class("cards").children(cards))
        .children(below)
}

/// How its PIN is, in one line; everything else for those who unfold it.
fn facts(text: &Catalogue, token: &Token) -> Element<Action> {
    let admin = token.pin.entry != PinEntry::None;
    let rows = [
        ("token_model", Some(name(&token.model))),
        ("detail_serial", Some(name(&token.serial))),
        ("token_reader", Some(name(&token.reader))),
        ("token_driver", Some(name(&token.driver))),
        (
            "token_admin_pin",
            admin.then(|| token_card::state_words(text, token.admin_pin)),
        ),
    ];
    let rows = rows
        .into_iter()
        .filter_map(|(label, value)| Some((label, value?)));
    let rows = rows.flat_map(|(label, value)| {
        let label = Element::new("dt").text(text.plain(label));
        [label, Element::new("dd").text(value)]
    });
    let pin = [
        &text.plain("token_pin"),
        ": ",
        &token_card::pin_words(text, token),
    ];
    let pin = Element::new("p")
        .class(token_card::pin_class(token))
        .text(pin.concat());
    Element::new("details")
        .key("facts")
        .class("token-facts")
        .child(Element::new("summary").child(pin))
        .child(Element::new("dl").class("card-details").children(rows))
}

/// What the person should know before anything else.
fn advice(text: &Catalogue, token: &Token) -> Option<Element<Action>> {
    let obstacle = token_card::obstacle(token).map(|code| alert(text, &code.into()));
    let locked = obstacle.is_some() && token.admin_pin == PinState::Locked;
    let advised = token.pin.state == PinState::ToBeChanged && token.pin.entry != PinEntry::None;
    let changed = || advised.then(|| caution(text.plain("pin_change_advised")).key("advice"));
    let locked = locked.then(|| paragraph("notice-help", text.plain("pin_admin_locked")));
    obstacle
        .map(|notice| notice.children(locked))
        .or_else(changed)
}

/// What can be done with the PIN, what is most needed first.
fn buttons(text: &Catalogue, token: &Token) -> Element<Action> {
    let manage = |key, weight, task| {
        let action = Action::ManagePin(token.id.clone(), task);
        button(text.plain(key), weight, action)
    };
    let (plain, quiet) = (Weight::Plain, Weight::Quiet);
    let can_unblock = matches!(token.admin_pin, PinState::Ready | PinState::ToBeChanged);
    let unblock = |key, weight| can_unblock.then(|| manage(key, weight, PinTask::Unblock));
    let change = manage("button_change_pin", plain, PinTask::Change);
    let buttons = match token.pin.state {
        _ if token.pin.entry == PinEntry::None => [None, None],
        PinState::Locked => [None, unblock("button_unblock_pin", plain)],
        PinState::NotSet => [None, unblock("button_set_pin", plain)],
        PinState::Ready | PinState::ToBeChanged => {
            [unblock("button_forgot_pin", quiet), Some(change)]
        }
    };
    let note = (token.pin.entry == PinEntry::Reader)
        .then(|| paragraph("muted", text.plain("pin_on_reader")));
    Element::new("div")
        .key("buttons")
        .class("buttons")
        .children(note)
        .children(buttons.into_iter().flatten())
}

fn form_of(options: &Options, token: &Token, form: &PinForm) -> Vec<Element<Action>> {
    let text = &options.text;
    match &form.step {
        Step::Filling => vec![fields(options, token, form)],
        Step::Asked(_) => vec![last_try(text, form.task)],
        Step::Sent => vec![working(text, token)],
        Step::Done => vec![done(text, form.task), buttons(text, token)],
        Step::Failed(failure) => vec![alert(text, failure), buttons(text, token)],
    }
}

fn fields(options: &Options, token: &Token, form: &PinForm) -> Element<Action> {
    let text = &options.text;
    let [pin, new_pin, again] = troubles(text, form);
    // The field with the trouble, or else the first, has the keyboard.
    let focus = |trouble: &Option<String>| trouble.as_ref().map(|_| form.wrong);
    let untroubled = form.trouble.is_none().then_some(form.wrong);
    let (label, hint) = first_field(text, token, form.task);
    let field = |id: &'static str, label: &str, hint, wrong: Option<String>, begins| SecretField {
        id,
        key: id.to_owned(),
        label: text.plain(label),
        hint,
        focus: focus(&wrong).or(begins),
        wrong,
    };
    let length = length_words(text, &token.pin);
    let fields = [
        field("pin", label, hint, pin, untroubled),
        field("new-pin", "pin_new", length, new_pin, None),
        field("new-pin-again", "pin_new_again", String::new(), again, None),
    ];
    let save = match form.task {
        PinTask::Change => "button_change_pin",
        PinTask::Unblock => "button_set_pin",
    };
    Element::new("form")
        .key("pin-form")
        .class("secret-form")
        .attribute("autocomplete", "off")
        .on(Handler::SubmitAll(Action::SubmitPin))
        .children(secret_fields(options, fields))
        .child(form_buttons(text, save, Action::LeavePin))
}

/// What the first field is for, and what helps to find it: the factory's PIN only where the token says that it
/// still has it.
fn first_field(text: &Catalogue, token: &Token, task: PinTask) -> (&'static str, String) {
    let factory = factory_pins::of_model(&token.model);
    let (label, state, pin) = match task {
        PinTask::Change => ("pin_old", token.pin.state, factory.map(|it| it.user)),
        PinTask::Unblock => (
            "token_admin_pin",
            token.admin_pin,
            factory.map(|it| it.admin),
        ),
    };
    let hint = match (pin, state, task) {
        (Some(pin), PinState::ToBeChanged, _) => text.text("pin_factory", &[("pin", pin)]),
        (_, _, PinTask::Change) => token
            .pin
            .tries
            .map_or_else(String::new, |it| text.tries(it)),
        (_, _, PinTask::Unblock) => text.plain("pin_admin_hint"),
    };
    (label, hint)
}

/// What is wrong, by field.
fn troubles(text: &Catalogue, form: &PinForm) -> [Option<String>; 3] {
    let (place, words) = match &form.trouble {
        None => return [None, None, None],
        Some(Trouble::Empty) => (0, text.plain("pin_empty")),
        Some(Trouble::Refused(failure)) => (0, text.error(failure)),
        Some(Trouble::TooShort) => (1, text.plain("pin_too_short")),
        Some(Trouble::TooLong) => (1, text.plain("pin_too_long")),
        Some(Trouble::Unfit) => (
            1,
            text.error(&tamga_core::failure::ErrorCode::PinUnfit.into()),
        ),
        Some(Trouble::Differ) => (2, text.plain("pins_differ")),
    };
    [0, 1, 2].map(|field| (field == place).then(|| words.clone()))
}

/// How long a new PIN may be; nothing where the token does not say.
fn length_words(text: &Catalogue, rules: &PinRules) -> String {
    let (shortest, longest) = (rules.shortest.to_string(), rules.longest.to_string());
    let values = [("shortest", &*shortest), ("longest", &*longest)];
    match (rules.shortest, rules.longest) {
        (0, 0) => String::new(),
        (0, _) => text.text("pin_length_most", &values),
        (_, 0) => text.text("pin_length_least", &values),
        _ => text.text("pin_length", &values),
    }
}

/// The keyboard comes to the answer that costs nothing.
fn last_try(text: &Catalogue, task: PinTask) -> Element<Action> {
    let meaning = match task {
        PinTask::Change => "last_try_meaning",
        PinTask::Unblock => "last_try_admin_meaning",
    };
    let (quiet, plain) = (Weight::Quiet, Weight::Plain);
    let back = button(text.plain("button_back"), plain, Action::KeepLastTry).focus(0);
    let go_on = button(text.plain("button_last_try"), quiet, Action::UseLastTry);
    let buttons = Element::new("div")
        .class("buttons")
        .child(go_on)
        .child(back);
    Element::new("div")
        .key("last-try")
        .class("notice bad")
        .attribute("role", "alert")
        .child(paragraph("notice-what", text.plain("tries_last")))
        .child(paragraph("notice-help", text.plain(meaning)))
        .child(buttons)
}

fn working(text: &Catalogue, token: &Token) -> Element<Action> {
    let words = match token.pin.entry {
        PinEntry::Reader => text.text("pin_reader_waits", &[("reader", &name(&token.reader))]),
        PinEntry::Keyboard | PinEntry::None => text.plain("pin_working"),
    };
    Element::new("div")
        .key("working")
        .class("secret-form")
        .child(progress(&words, None))
        .child(paragraph("muted", words).attribute("role", "status"))
}

fn done(text: &Catalogue, task: PinTask) -> Element<Action> {
    let words = text.plain(match task {
        PinTask::Change => "pin_changed",
        PinTask::Unblock => "pin_unblocked",
    });
    let notice = Element::new("div")
        .key("done")
        .class("notice good")
        .attribute("role", "status");
    notice.child(paragraph("notice-what", words))
}
