use super::*;
use crate::{
    Screen as _,
    fixtures::{AKHMETOV, IVANOVA, PETROV, entry},
    options::{
        messages::{Action, Event},
        tests::{json, says, with_keys},
    },
};

fn inspected(asks_for: KeyFilePassword) -> Options {
    let mut options = with_keys(&[]);
    let effects = options.act(Action::Pick(r"C:\fakepath\ivanova.p12".to_owned()));
    assert_eq!(json(&effects), r#"[{"type":"inspect-key-file"}]"#);
    assert!(says(&options, "ivanova.p12") && !says(&options, "fakepath"));
    options.receive(Event::Inspected { password: asks_for });
    options
}

fn picked() -> Options {
    inspected(KeyFilePassword::OfFile)
}

fn submit(options: &mut Options, passwords: &[&str]) -> Vec<Effect> {
    let action = options.view().submit_all(passwords);
    options.act(action)
}

fn failed(options: &mut Options, failure: impl Into<Failure>) {
    let failure = failure.into();
    options.receive(Event::AddFailed { failure });
}

/// The key of the file picker in the screen.
fn picker(options: &Options) -> String {
    let view = options.view();
    let pickers = view.with("type", "file");
    pickers.expect("a file picker").key.clone()
}

/// The id of the field that the keyboard comes to, and the number with which it does.
fn focused(options: &Options) -> Option<(String, u32)> {
    let view = options.view();
    let mut fields = view.all().into_iter();
    fields.find_map(|it| Some((it.value_of("id")?.to_owned(), it.focus?)))
}

#[test]
fn a_key_file_is_picked_given_its_password_and_added() {
    let mut options = picked();
    assert_eq!(
        json(&submit(&mut options, &["1"])),
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
fn keys_that_cannot_sign_are_told_apart_with_the_reason() {
    let mut options = picked();
    submit(&mut options, &["1"]);
    options.receive(Event::Added {
        keys: vec![entry(PETROV), entry(IVANOVA)],
    });
    let words = "ivanova.p12 is added. Certificates in it:\nIvanova Anna\n\
        ivanova.p12 is added, but this cannot sign:\nPetrov Pyotr\nThe certificate has expired.";
    assert!(says(&options, words), "{}", options.view().words());
    let view = options.view();
    assert!(view.with("class", "notice warn").is_some());
}

#[test]
fn picking_nothing_asks_nothing() {
    let mut options = picked();
    options.act(Action::Pick(String::new()));
    assert!(!says(&options, "Password of the file"));
    options.receive(Event::Inspected {
        password: KeyFilePassword::OfFile,
    });
    assert!(!says(&options, "Password of the file"));
}

#[test]
fn a_file_without_a_key_is_named_before_a_password_is_asked_for() {
    let mut options = with_keys(&[]);
    options.act(Action::Pick(r"C:\fakepath\contract.pdf".to_owned()));
    assert!(!says(&options, "Password of the file"));
    failed(&mut options, ErrorCode::FileIsDocument);
    assert!(says(
        &options,
        "contract.pdf: This is a document, not a key."
    ));
    assert!(!says(&options, "Password of the file"));
}

#[test]
fn several_files_at_once_are_not_taken() {
    let mut options = with_keys(&[]);
    options.receive(Event::SeveralDropped {});
    assert!(says(&options, "Drop the files one by one"));
}

#[test]
fn an_unprotected_key_gets_a_new_password_typed_twice() {
    let mut options = inspected(KeyFilePassword::New);
    assert!(says(&options, "The key in this file is not protected."));
    assert!(submit(&mut options, &["1", "2"]).is_empty());
    assert!(says(&options, "The passwords differ."));
    assert_eq!(
        focused(&options),
        Some(("copy-password-again".to_owned(), 1))
    );
    assert_eq!(
        json(&submit(&mut options, &["", ""])),
        r#"[{"type":"add-key-file","password":""}]"#
    );
    failed(&mut options, ErrorCode::PasswordUnfit);
    assert!(says(&options, "This password cannot be used."));
    assert_eq!(focused(&options), Some(("copy-password".to_owned(), 2)));
    assert_eq!(
        json(&submit(&mut options, &["1", "1"])),
        r#"[{"type":"add-key-file","password":"MQ=="}]"#
    );
}

#[test]
fn a_wrong_password_keeps_the_file_and_asks_again() {
    let mut options = picked();
    let before = picker(&options);
    for wrong in 1..=2 {
        submit(&mut options, &["wrong"]);
        failed(&mut options, ErrorCode::PasswordWrong);
        assert_eq!(focused(&options), Some(("password".to_owned(), wrong)));
        assert!(says(&options, "The password is wrong."));
    }
    assert_eq!(picker(&options), before);
    assert_eq!(submit(&mut options, &["right"]).len(), 1);
}

#[test]
fn a_file_with_two_passwords_is_asked_for_the_other() {
    let mut options = picked();
    submit(&mut options, &["1"]);
    failed(&mut options, ErrorCode::PasswordSecondNeeded);
    assert!(says(
        &options,
        "The key has another password: type that one."
    ));
    assert_eq!(
        json(&submit(&mut options, &["2"])),
        r#"[{"type":"add-key-file","password":"MQ==","secondPassword":"Mg=="}]"#
    );
    // Whichever was wrong: from the beginning.
    failed(&mut options, ErrorCode::PasswordWrong);
    assert!(says(&options, "The password is wrong."));
    assert_eq!(
        json(&submit(&mut options, &["1"])),
        r#"[{"type":"add-key-file","password":"MQ=="}]"#
    );
}

#[test]
fn another_failure_is_told_and_the_picker_is_empty_again() {
    let mut options = picked();
    let before = picker(&options);
    submit(&mut options, &["1"]);
    failed(&mut options, ErrorCode::KeyFileMalformed);
    assert!(says(&options, "ivanova.p12: The file is damaged"));
    assert!(says(&options, "Choose a .p12 or .pfx file"));
    assert_ne!(picker(&options), before);
}

#[test]
fn no_password_shows_in_debug_output() {
    let mut options = picked();
    submit(&mut options, &["314159"]);
    assert!(!format!("{options:?}").contains("314159"));
}
