use super::*;
use crate::{
    Screen as _,
    fixtures::{AKHMETOV, IVANOVA, PETROV, contained, entry},
    options::{
        messages::{Action, Event},
        tests::{json, options, says, with_keys},
    },
};
use tamga_core::protocol::{Listing, Unreadable};

fn unreadable(name: &str) -> Unreadable {
    let (key_file, name) = ("00".to_owned(), name.to_owned());
    Unreadable {
        failure: Failure::of(ErrorCode::KeyFileMalformed, name.clone()),
        location: Some(KeyLocation::Pkcs12 { key_file, name }),
    }
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
