use super::*;
use crate::{
    english,
    fixtures::{AKHMETOV, IVANOVA, NOW, PETROV, contained, entry, token},
};
use tamga_core::protocol::{Token, Unreadable};

fn options() -> Options {
    let mut options = Options::new(english());
    let effects = options.receive(Event::Opened {
        policy: "{}".to_owned(),
        language: Some("kk".to_owned()),
        pin_entry: PinEntrySetting::default(),
        version: "0.1.0".to_owned(),
        browser: "Firefox".to_owned(),
        token: None,
        now: NOW,
    });
    assert_eq!(json(&effects), r#"[{"type":"open-host"}]"#);
    options.receive(Event::HostOpened {
        version: "0.2.0".to_owned(),
    });
    options
}

fn with_keys(certificates: &[&str]) -> Options {
    let mut options = options();
    options.receive(Event::Listed(Listing {
        keys: certificates.iter().map(|it| entry(it)).collect(),
        ..Listing::default()
    }));
    options
}

fn unreadable(name: &str) -> Unreadable {
    let (key_file, name) = ("00".to_owned(), name.to_owned());
    Unreadable {
        failure: Failure::of(ErrorCode::KeyFileMalformed, name.clone()),
        location: Some(KeyLocation::Pkcs12 { key_file, name }),
    }
}

fn says(options: &Options, words: &str) -> bool {
    options.view().words().contains(words)
}

fn json(effects: &[Effect]) -> String {
    serde_json::to_string(effects).unwrap()
}

fn picked() -> Options {
    let mut options = with_keys(&[]);
    options.act(Action::Pick(r"C:\fakepath\ivanova.p12".to_owned()));
    options
}

fn submit(options: &mut Options, password: &str) -> Vec<Effect> {
    let action = options.view().submit(password);
    options.act(action)
}

/// The key of the file picker in the screen.
fn picker(options: &Options) -> String {
    let view = options.view();
    let pickers = view.with("type", "file");
    pickers.expect("a file picker").key.clone()
}

#[test]
fn a_key_file_is_picked_given_its_password_and_added() {
    let mut options = picked();
    assert!(says(&options, "ivanova.p12") && !says(&options, "fakepath"));
    assert_eq!(
        json(&submit(&mut options, "1")),
        r#"[{"type":"add-key-file","password":"MQ=="}]"#
    );
    assert!(!says(&options, "Password of the file"));
    let before = picker(&options);
    let effects = options.receive(Event::Added {
        keys: vec![entry(IVANOVA), entry(AKHMETOV)],
    });
    assert_eq!(json(&effects), r#"[{"type":"list-certificates"}]"#);
    assert!(says(
        &options,
        "ivanova.p12 is added. Certificates in it:\nIvanova Anna\nАхметов Ерлан"
    ));
    assert_ne!(picker(&options), before);
}

#[test]
fn nothing_hides_in_the_report() {
    let mut options = options();
    let tricky = Token {
        model: "a\u{202e}\n".to_owned(),
        ..token("Red")
    };
    options.receive(Event::Listed(Listing {
        tokens: vec![tricky],
        ..Listing::default()
    }));
    let copied = json(&options.act(Action::CopyReport));
    assert!(copied.contains("a[U+202E][U+000A]"), "{copied}");
}

#[test]
fn picking_nothing_asks_nothing() {
    let mut options = picked();
    options.act(Action::Pick(String::new()));
    assert!(!says(&options, "Password of the file"));
}

#[test]
fn a_wrong_password_keeps_the_file_and_asks_again() {
    let mut options = picked();
    let before = picker(&options);
    for wrong in 1..=2 {
        submit(&mut options, "wrong");
        options.receive(Event::AddFailed {
            failure: ErrorCode::PasswordWrong.into(),
        });
        let view = options.view();
        let field = view.with("type", "password");
        assert_eq!(field.expect("a password field").focus, Some(wrong));
        assert!(says(&options, "The password is wrong."));
    }
    assert_eq!(picker(&options), before);
    assert_eq!(submit(&mut options, "right").len(), 1);
}

#[test]
fn a_file_with_two_passwords_is_asked_for_the_other() {
    let mut options = picked();
    let second_needed = || Event::AddFailed {
        failure: ErrorCode::PasswordSecondNeeded.into(),
    };
    submit(&mut options, "1");
    options.receive(second_needed());
    assert!(says(
        &options,
        "The key has another password: type that one."
    ));
    assert_eq!(
        json(&submit(&mut options, "2")),
        r#"[{"type":"add-key-file","password":"MQ==","secondPassword":"Mg=="}]"#
    );
    // Whichever was wrong: from the beginning.
    options.receive(Event::AddFailed {
        failure: ErrorCode::PasswordWrong.into(),
    });
    assert!(says(&options, "The password is wrong."));
    assert_eq!(
        json(&submit(&mut options, "1")),
        r#"[{"type":"add-key-file","password":"MQ=="}]"#
    );
}

#[test]
fn another_failure_is_told_and_the_picker_is_empty_again() {
    let mut options = picked();
    let before = picker(&options);
    submit(&mut options, "1");
    options.receive(Event::AddFailed {
        failure: Failure::of(ErrorCode::KeyFileMalformed, "ivanova.p12"),
    });
    assert!(says(&options, "ivanova.p12: The file is damaged"));
    assert!(says(&options, "Choose a .p12 or .pfx file"));
    assert_ne!(picker(&options), before);
}

#[test]
fn removing_is_asked_about_first() {
    let mut options = with_keys(&[IVANOVA]);
    let remove = options.view().press("Remove");
    assert!(options.act(remove.clone()).is_empty());
    assert!(says(&options, "Your own file stays where it is."));
    let keep = options.view().press("Keep");
    assert!(options.act(keep).is_empty());
    assert!(!says(&options, "Your own file stays where it is."));

    options.act(remove);
    let confirm = options.view().press("Remove");
    let file: String = entry(IVANOVA).id.chars().take(16).collect();
    let effect = format!(r#"[{{"type":"remove-key-file","keyFile":"{file}"}}]"#);
    assert_eq!(json(&options.act(confirm.clone())), effect);
    assert!(options.act(confirm).is_empty());
    assert_eq!(
        json(&options.receive(Event::Removed {})),
        r#"[{"type":"list-certificates"}]"#
    );
}

#[test]
fn a_removal_that_fails_is_told() {
    let mut options = with_keys(&[IVANOVA]);
    options.act(Action::Remove("x".to_owned()));
    options.act(Action::ConfirmRemoval);
    options.receive(Event::RemoveFailed {
        failure: ErrorCode::StorageFailed.into(),
    });
    assert!(says(&options, "cannot read or write its folder"));
}

#[test]
fn certificates_are_listed_by_their_files() {
    let mut options = options();
    let location = entry(IVANOVA).location;
    let same_file = KeyEntry {
        location,
        ..entry(AKHMETOV)
    };
    options.receive(Event::Listed(Listing {
        keys: vec![entry(IVANOVA), same_file, entry(PETROV)],
        unreadable: vec![unreadable("old.p12")],
        ..Listing::default()
    }));
    assert_eq!(options.key_files(|_| true).len(), 3);
    assert_eq!(
        options.view().words().matches("keys.p12\nRemove").count(),
        2
    );
    assert!(says(&options, "old.p12: The file is damaged"));
    // It can be got rid of.
    let view = options.view();
    let remove = view.with("aria-label", "Remove old.p12");
    assert!(remove.is_some_and(|button| button.tag == "button"));
}

#[test]
fn decisions_are_listed_and_taken_back() {
    let mut options = options();
    assert!(says(&options, "You have not decided about any site yet."));
    let grant = r#"{"origin":"https://shop.example","scope":"sign","decision":"never","since":1}"#;
    options.receive(Event::Decided {
        policy: format!(r#"{{"grants":[{grant}]}}"#),
    });
    assert!(says(&options, "May not ask for signatures"));
    let revoke = options.view().press("Revoke");
    let change = r#"[{"type":"decide","change":{"revoked":{"site":{"origin":"https://shop.example"},"scope":"sign"}}}]"#;
    assert_eq!(json(&options.act(revoke)), change);
}

#[test]
fn how_long_a_pin_is_good_is_said_for_each_site_that_may_always_sign() {
    let mut options = options();
    let grant = |scope, decision| {
        format!(
            r#"{{"origin":"https://shop.example","scope":"{scope}","decision":"{decision}","since":1,"until":9000000000000,"pinTerm":{{"signatures":10}}}}"#
        )
    };
    for other in [grant("sign", "never"), grant("certificate", "always")] {
        let policy = format!(r#"{{"grants":[{other}]}}"#);
        options.receive(Event::Decided { policy });
        assert!(!says(&options, "The token’s PIN"));
    }
    let policy = format!(r#"{{"grants":[{}]}}"#, grant("sign", "always"));
    options.receive(Event::Decided { policy });
    let view = options.view();
    let all = view.all();
    let option = |words: &str| {
        all.iter()
            .find(|it| it.tag == "option" && it.words() == words)
    };
    let chosen = option("is good for 10 signatures").expect("the term");
    assert!(chosen.value_of("selected").is_some());
    for (words, term) in [
        ("is asked for each time", "null"),
        ("is good for 15 min", r#"{"minutes":15}"#),
    ] {
        let value = option(words).and_then(|it| it.value_of("value"));
        let effects = options.act(Action::SetPinTerm(value.expect("a value").to_owned()));
        let change = format!(
            r#"[{{"type":"decide","change":{{"pin-term-set":{{"site":{{"origin":"https://shop.example"}},"term":{term}}}}}}}]"#
        );
        assert_eq!(json(&effects), change);
    }
    assert!(
        options
            .act(Action::SetPinTerm("nonsense".to_owned()))
            .is_empty()
    );
}

#[test]
fn the_language_is_chosen_or_left_to_the_browser() {
    let mut options = options();
    let view = options.view();
    let chosen = view
        .all()
        .into_iter()
        .find(|it| it.value_of("selected").is_some());
    assert_eq!(chosen.map(Element::words).as_deref(), Some("Қазақша"));
    let russian = options.act(Action::SetLanguage("ru".to_owned()));
    assert_eq!(
        json(&russian),
        r#"[{"type":"set-language","language":"ru"}]"#
    );
    let browsers = options.act(Action::SetLanguage(String::new()));
    assert_eq!(
        json(&browsers),
        r#"[{"type":"set-language","language":null}]"#
    );
}

#[test]
fn pins_are_typed_where_the_person_or_the_administrator_says() {
    let mut options = options();
    let effects = options.act(Action::SetPinEntry("system".to_owned()));
    assert_eq!(
        json(&effects),
        r#"[{"type":"set-pin-entry","system":true}]"#
    );
    let radio = |options: &Options, name: &str| {
        let view = options.view();
        let system = view.with("value", "system");
        system.expect("the choice").value_of(name).is_some()
    };
    assert!(radio(&options, "checked") && !radio(&options, "disabled"));
    let effects = options.act(Action::SetPinEntry("window".to_owned()));
    assert_eq!(
        json(&effects),
        r#"[{"type":"set-pin-entry","system":false}]"#
    );
    assert!(!radio(&options, "checked"));
    options.pin_entry = PinEntrySetting {
        system: true,
        fixed: true,
    };
    assert!(radio(&options, "checked") && radio(&options, "disabled"));
    assert!(
        options
            .view()
            .words()
            .contains("Your administrator has decided this.")
    );
}

#[test]
fn the_report_has_facts_and_no_person() {
    let mut options = options();
    options.receive(Event::Listed(Listing {
        keys: vec![entry(IVANOVA), entry(PETROV)],
        tokens: vec![token("Anna's")],
        ..Listing::default()
    }));
    let copy = options.view().press("Copy report");
    let lines = [
        "Tamga extension 0.1.0",
        "Tamga host 0.2.0",
        "Firefox",
        "certificates 2",
        "tokens Rutoken ECP",
        "problems CERTIFICATE_EXPIRED",
    ];
    let text = lines.join("\\n");
    assert_eq!(
        json(&options.act(copy)),
        format!(r#"[{{"type":"copy","text":"{text}"}}]"#)
    );
    options.receive(Event::Copied {});
    assert!(says(&options, "Copied"));
}

#[test]
fn a_missing_host_is_explained_and_can_be_tried_again() {
    let mut options = options();
    options.receive(Event::HostFailed {
        failure: ErrorCode::HostMissing.into(),
    });
    assert!(says(&options, "tamga-host register"));
    assert!(says(&options, "problems HOST_MISSING"));
    let again = options.view().press("Try again");
    assert_eq!(json(&options.act(again)), r#"[{"type":"open-host"}]"#);
}

#[test]
fn containers_are_listed_apart_and_stay() {
    let mut options = options();
    assert!(!says(&options, "CryptoPro"));
    options.receive(Event::Listed(Listing {
        keys: vec![entry(IVANOVA), contained(AKHMETOV)],
        unreadable: vec![Unreadable {
            failure: Failure::of(ErrorCode::ContainerIncomplete, "masks.key"),
            location: Some(KeyLocation::Cryptopro {
                folder: "/media/anna/flash/old.000".to_owned(),
                name: "old".to_owned(),
            }),
        }],
        ..Listing::default()
    }));
    let words = options.view().words();
    for expected in [
        "CryptoPro containers",
        "ivanova-2026",
        "has no password",
        "/media/anna/flash/ivanova.000",
        "masks.key: This file of the key container is missing.",
    ] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    assert_eq!(words.matches("Remove").count(), 1);
}
