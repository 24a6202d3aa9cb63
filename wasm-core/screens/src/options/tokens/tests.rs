use super::*;
use crate::{
    Screen,
    fixtures::{SMITH, on_token, readers_without_driver, token, token_id},
    node::Element,
    options::{
        messages::{Action, Event},
        tests::{self, json, says},
    },
};
use tamga_core::protocol::{Listing, PinState, Token, Unreadable};

fn listing(token: Token) -> Listing {
    Listing {
        keys: vec![on_token(SMITH, "Red")],
        tokens: vec![token],
        ..Listing::default()
    }
}

fn options(token: Token) -> Options {
    let mut options = tests::options();
    options.receive(Event::Listed(listing(token)));
    options
}

fn red(amend: impl FnOnce(&mut Token)) -> Token {
    let mut red = token("Red");
    amend(&mut red);
    red
}

fn press(options: &mut Options, label: &str) -> Vec<Effect> {
    let action = options.view().press(label);
    options.act(action)
}

fn submit(options: &mut Options, secrets: [&str; 3]) -> Vec<Effect> {
    let action = options.view().submit_all(&secrets);
    options.act(action)
}

fn failed(options: &mut Options, code: ErrorCode, tries: Option<TriesLeft>) -> String {
    let failure = Failure {
        tries,
        ..Failure::new(code)
    };
    json(&options.receive(Event::PinFailed { failure }))
}

const LISTS: &str = r#"[{"type":"list-certificates"}]"#;

/// The ids of the password fields, and which of them the keyboard comes to.
fn fields(options: &Options) -> (Vec<String>, Option<String>) {
    let view = options.view();
    let id = |field: &&Element<Action>| field.value_of("id").unwrap().to_owned();
    let fields = view.all().into_iter();
    let fields: Vec<_> = fields
        .filter(|it| it.value_of("type") == Some("password"))
        .collect();
    let focused = fields.iter().find(|it| it.focus.is_some()).map(id);
    (fields.iter().map(id).collect(), focused)
}

#[test]
fn a_token_is_told_with_all_that_is_known_of_it() {
    let options = options(red(|token| {
        token.pin.tries = Some(TriesLeft::Exactly(3));
        token.admin_pin = PinState::Locked;
    }));
    for words in [
        "Red",
        "Model\nRutoken ECP",
        "Serial number\n0a1b2c3d",
        "Reader\nAktiv Rutoken ECP 00 00",
        "Driver\nRutoken",
        "PIN: set. Tries left: 3.",
        "Administrator’s PIN or PUK\nlocked",
        "Smith John",
    ] {
        assert!(says(&options, words), "{words}\n{}", options.view().words());
    }
}

#[test]
fn tokens_come_and_go() {
    let mut options = options(token("Red"));
    assert_eq!(json(&options.receive(Event::ReadersChanged {})), LISTS);
    options.receive(Event::ListedSoFar(Listing::default()));
    assert!(says(&options, "Reading tokens…") && says(&options, "Smith John"));
    options.receive(Event::Listed(Listing {
        readers_without_driver: vec![readers_without_driver("Slot", Some("JaCarta"))],
        unreadable: vec![Unreadable {
            failure: ErrorCode::ReadersStopped.into(),
            location: None,
        }],
        ..Listing::default()
    }));
    assert!(says(&options, "Inserted: JaCarta. Removed: Red"));
    assert!(says(&options, "JaCarta: there is no driver"));
    assert_eq!(
        options
            .view()
            .words()
            .matches("service is not running")
            .count(),
        1
    );
    assert!(says(&options, "pcscd.socket"));
    options.receive(Event::Listed(Listing::default()));
    assert!(says(&options, "No token or card is inserted."));
}

#[test]
fn a_pin_is_changed() {
    let mut options = options(token("Red"));
    press(&mut options, "Change the PIN");
    let (all, focused) = fields(&options);
    assert_eq!(all, ["pin", "new-pin", "new-pin-again"]);
    assert_eq!(focused.as_deref(), Some("pin"));
    assert!(says(&options, "Characters: 6 to 8."));
    let effects = submit(&mut options, ["111111", "222222", "222222"]);
    let expected = format!(
        r#"[{{"type":"manage-pin","command":{{"type":"change-pin","token":"{}","pins":{{"type":"typed","pin":"MTExMTEx","newPin":"MjIyMjIy"}}}}}}]"#,
        token_id("Red")
    );
    assert_eq!(json(&effects), expected);
    // The fields are gone, and what was in them.
    assert_eq!(fields(&options).0.len(), 0);
    assert!(says(&options, "The token is working…"));
    assert!(options.act(Action::LeavePin).is_empty());
    assert!(says(&options, "The token is working…"));
    assert_eq!(json(&options.receive(Event::PinChanged {})), LISTS);
    options.receive(Event::Listed(listing(token("Red"))));
    assert!(says(&options, "The PIN is changed."));
}

#[test]
fn what_makes_no_sense_is_said_before_it_is_sent() {
    let cases = [
        (["", "222222", "222222"], "pin", "Type the PIN."),
        (["111111", "", ""], "new-pin", "The new PIN is too short."),
        (
            ["111111", "22222", "22222"],
            "new-pin",
            "The new PIN is too short.",
        ),
        (
            ["111111", "222222222", "222222222"],
            "new-pin",
            "The new PIN is too long.",
        ),
        // In bytes of UTF-8.
        (
            ["111111", "ппппп", "ппппп"],
            "new-pin",
            "The new PIN is too long.",
        ),
        (
            ["111111", "222222", "222223"],
            "new-pin-again",
            "The new PINs differ.",
        ),
    ];
    for (secrets, field, words) in cases {
        let mut options = options(token("Red"));
        press(&mut options, "Change the PIN");
        assert!(submit(&mut options, secrets).is_empty(), "{words}");
        assert!(says(&options, words), "{words}");
        assert_eq!(fields(&options).1.as_deref(), Some(field), "{words}");
        assert_eq!(
            submit(&mut options, ["111111", "222222", "222222"]).len(),
            1
        );
    }
}

#[test]
fn a_token_that_names_no_length_takes_any() {
    let mut options = options(red(|token| {
        (token.pin.shortest, token.pin.longest) = (0, 0);
    }));
    press(&mut options, "Change the PIN");
    assert!(!says(&options, "Characters:"));
    assert!(submit(&mut options, ["1", "", ""]).is_empty());
    assert_eq!(submit(&mut options, ["1", "2", "2"]).len(), 1);
}

#[test]
fn a_wrong_pin_can_be_typed_again() {
    let mut options = options(token("Red"));
    press(&mut options, "Change the PIN");
    submit(&mut options, ["111111", "222222", "222222"]);
    let tries = Some(TriesLeft::Exactly(2));
    assert_eq!(failed(&mut options, ErrorCode::PinWrong, tries), LISTS);
    assert!(says(&options, "The PIN is wrong. Tries left: 2."));
    assert_eq!(fields(&options).1.as_deref(), Some("pin"));
    submit(&mut options, ["111112", "222222", "222222"]);
    failed(&mut options, ErrorCode::PinUnfit, None);
    assert!(says(
        &options,
        "The token does not accept this as a new PIN."
    ));
    assert_eq!(fields(&options).1.as_deref(), Some("new-pin"));
}

#[test]
fn the_last_try_asks_again() {
    let last = || red(|token| token.pin.tries = Some(TriesLeft::Last));
    let told = |task: &str, code, tries| {
        let mut options = options(token("Red"));
        press(&mut options, task);
        submit(&mut options, ["111111", "222222", "222222"]);
        failed(&mut options, code, tries);
        options
    };
    let mut listed = options(last());
    press(&mut listed, "Change the PIN");
    let few = Some(TriesLeft::Exactly(1));
    let forms = [
        (listed, "unlocks it; without that the key may be lost"),
        (
            told("Change the PIN", ErrorCode::PinLastTry, None),
            "the key may be lost",
        ),
        (
            told("Forgot the PIN?", ErrorCode::PinLastTry, None),
            "nothing unlocks the token any more",
        ),
        (
            told("Forgot the PIN?", ErrorCode::PinWrong, few),
            "nothing unlocks the token any more",
        ),
    ];
    for (mut options, meaning) in forms {
        assert!(submit(&mut options, ["111112", "222222", "222222"]).is_empty());
        assert!(says(&options, meaning), "{}", options.view().words());
        assert!(press(&mut options, "Back").is_empty());
        submit(&mut options, ["111113", "222222", "222222"]);
        let sent = json(&press(&mut options, "Use the last try"));
        assert!(
            sent.contains("MTExMTEz") && sent.contains(r#""lastTry":"acknowledged""#),
            "{sent}"
        );
    }
}

#[test]
fn a_locked_token_is_unlocked() {
    let locked = || red(|token| token.pin.state = PinState::Locked);
    let mut options = options(locked());
    assert!(says(
        &options,
        "The token is locked after too many wrong PINs."
    ));
    press(&mut options, "Unlock");
    assert!(says(
        &options,
        "It is issued together with the token or card."
    ));
    let sent = json(&submit(&mut options, ["87654321", "222222", "222222"]));
    assert!(
        sent.contains(r#""type":"unblock-pin""#) && sent.contains(r#""type":"typed""#),
        "{sent}"
    );
    options.receive(Event::PinChanged {});
    assert!(says(&options, "The new PIN is set, the token is ready."));
}

#[test]
fn a_new_token_gets_its_first_pin() {
    let mut options = options(red(|token| token.pin.state = PinState::NotSet));
    assert!(says(&options, "The token has no PIN yet."));
    press(&mut options, "Set a PIN");
    let sent = json(&submit(&mut options, ["87654321", "222222", "222222"]));
    assert!(sent.contains(r#""type":"unblock-pin""#), "{sent}");
}

#[test]
fn where_the_administrators_pin_is_locked_too_nothing_is_promised() {
    let options = options(red(|token| {
        token.pin.state = PinState::Locked;
        token.admin_pin = PinState::Locked;
    }));
    assert!(says(
        &options,
        "The administrator’s PIN or PUK is locked too."
    ));
    let buttons = options.view().buttons();
    assert!(!buttons.iter().any(|it| it == "Unlock"), "{buttons:?}");
}

#[test]
fn factory_pins_are_named_where_the_token_still_has_them_and_nowhere_filled_in() {
    let mut options = options(red(|token| {
        token.pin.state = PinState::ToBeChanged;
        token.admin_pin = PinState::ToBeChanged;
    }));
    assert!(says(
        &options,
        "The PIN is still the factory’s or a temporary one"
    ));
    press(&mut options, "Change the PIN");
    assert!(says(&options, "The factory PIN of such tokens: 12345678."));
    let view = options.view();
    let mut fields = view.all().into_iter().filter(|it| it.tag == "input");
    assert!(
        fields.all(|it| it.value_of("value").is_none() || it.value_of("type") == Some("radio"))
    );
    press(&mut options, "Cancel");
    press(&mut options, "Forgot the PIN?");
    assert!(says(&options, "The factory PIN of such tokens: 87654321."));

    let mut options = self::options(token("Red"));
    press(&mut options, "Change the PIN");
    assert!(!says(&options, "12345678"));
}

#[test]
fn a_pin_pad_has_buttons_only() {
    let mut options = options(red(|token| token.pin.entry = PinEntry::Reader));
    let effects = press(&mut options, "Change the PIN");
    assert!(
        json(&effects).contains(r#""pins":{"type":"reader"}"#),
        "{effects:?}"
    );
    assert_eq!(fields(&options).0.len(), 0);
    assert!(says(
        &options,
        "Type the PIN on the reader: Aktiv Rutoken ECP 00 00"
    ));
    failed(&mut options, ErrorCode::Cancelled, None);
    assert!(says(&options, "It was cancelled."));
    press(&mut options, "Change the PIN");
    failed(&mut options, ErrorCode::PinLastTry, None);
    assert!(says(&options, "One try is left."));
    let effects = press(&mut options, "Use the last try");
    assert!(
        json(&effects).contains(r#""lastTry":"acknowledged""#),
        "{effects:?}"
    );
}

#[test]
fn a_token_without_a_pin_has_nothing_to_manage() {
    let options = options(red(|token| token.pin.entry = PinEntry::None));
    assert!(says(&options, "PIN: not needed"));
    let buttons = options.view().buttons();
    assert!(!buttons.iter().any(|it| it.contains("PIN")), "{buttons:?}");
}

#[test]
fn a_token_that_is_pulled_out_takes_its_form_along() {
    let mut options = options(token("Red"));
    press(&mut options, "Change the PIN");
    options.receive(Event::ListedSoFar(Listing::default()));
    assert_eq!(fields(&options).0.len(), 3);
    options.receive(Event::Listed(Listing::default()));
    options.receive(Event::Listed(listing(token("Red"))));
    assert_eq!(fields(&options).0.len(), 0);

    press(&mut options, "Change the PIN");
    submit(&mut options, ["111111", "222222", "222222"]);
    options.receive(Event::Listed(Listing::default()));
    failed(&mut options, ErrorCode::TokenRemoved, None);
    assert!(says(&options, "The token is not inserted."));
}

#[test]
fn the_token_that_the_person_comes_for_has_the_keyboard() {
    let heading = |options: &Options| {
        let view = options.view();
        let headings = view.all().into_iter().filter(|it| it.tag == "h3");
        headings.filter_map(|it| it.focus).next()
    };
    let mut options = options(token("Red"));
    assert_eq!(heading(&options), None);
    for times in [0, 1] {
        let token = token_id("Red");
        options.receive(Event::TokenWanted { token });
        assert_eq!(heading(&options), Some(times));
    }
}

#[test]
fn no_pin_shows_in_debug_output() {
    let mut options = options(red(|token| token.pin.tries = Some(TriesLeft::Last)));
    press(&mut options, "Change the PIN");
    submit(&mut options, ["314159", "271828", "271828"]);
    assert!(says(&options, "Use the last try"));
    let shown = format!("{options:?}");
    assert!(!shown.contains("314159") && !shown.contains("271828"));
}
