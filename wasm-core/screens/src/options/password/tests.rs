use super::*;
use crate::{
    Screen as _,
    certificate_list::ListAction,
    fixtures::{IVANOVA, contained, entry},
    node::Element,
    options::{
        messages::{Action, Event},
        tests::{json, options, says},
    },
};
use tamga_core::protocol::{KeyEntry, Listing};

/// The options with the form for this key's password.
fn form(key: KeyEntry, button: &str) -> Options {
    let mut options = options();
    let id = key.key_id();
    options.receive(Event::Listed(Listing {
        keys: vec![key],
        ..Listing::default()
    }));
    options.act(Action::List(ListAction::Unfold(id)));
    let open = options.view().press(button);
    assert!(options.act(open).is_empty());
    options
}

fn of_file() -> Options {
    form(entry(IVANOVA), "Change the password")
}

fn submit(options: &mut Options, secrets: &[&str]) -> String {
    let action = options.view().submit_all(secrets);
    json(&options.act(action))
}

fn failed(options: &mut Options, code: ErrorCode) {
    let failure = code.into();
    options.receive(Event::PasswordFailed { failure });
}

/// The ids of the fields, and which of them the keyboard comes to.
fn fields(options: &Options) -> (Vec<String>, Option<String>) {
    let view = options.view();
    let fields = view.all().into_iter();
    let fields: Vec<_> = fields
        .filter(|it| it.value_of("type") == Some("password"))
        .collect();
    let id = |field: &&Element<Action>| field.value_of("id").unwrap().to_owned();
    let focused = fields.iter().find(|it| it.focus.is_some()).map(id);
    (fields.iter().map(id).collect(), focused)
}

#[test]
fn a_copy_gets_another_password() {
    let mut options = of_file();
    assert!(says(&options, "Your own file keeps the one that it has."));
    let (all, focused) = fields(&options);
    assert_eq!(
        all,
        ["present-password", "new-password", "new-password-again"]
    );
    assert_eq!(focused.as_deref(), Some("present-password"));
    let location = serde_json::to_string(&entry(IVANOVA).location).unwrap();
    let command = format!(
        r#"[{{"type":"change-password","command":{{"type":"change-key-password","location":{location},"password":"MQ==","newPassword":"Mg=="}}}}]"#
    );
    assert_eq!(submit(&mut options, &["1", "2", "2"]), command);
    assert_eq!(fields(&options).0.len(), 0);
    // Nothing ends it but its answer.
    options.act(Action::LeavePassword);
    options.act(Action::ChangePassword(entry(IVANOVA).key_id()));
    assert_eq!(fields(&options).0.len(), 0);
    let effects = options.receive(Event::PasswordChanged {});
    assert_eq!(json(&effects), r#"[{"type":"list-certificates"}]"#);
    assert!(says(&options, "The password is changed: keys.p12."));
}

#[test]
fn what_makes_no_sense_is_said_before_it_is_sent() {
    let cases = [
        (["1", "", ""], "new-password", "Type the new password."),
        (
            ["1", "2", "3"],
            "new-password-again",
            "The passwords differ.",
        ),
    ];
    for (secrets, field, words) in cases {
        let mut options = of_file();
        assert_eq!(submit(&mut options, &secrets), "[]");
        assert!(says(&options, words), "{words}");
        assert_eq!(fields(&options).1.as_deref(), Some(field));
        assert_ne!(submit(&mut options, &["1", "2", "2"]), "[]");
    }
}

#[test]
fn what_was_wrong_is_said_at_its_field() {
    let cases = [
        (
            ErrorCode::PasswordWrong,
            "present-password",
            "The password is wrong.",
        ),
        (
            ErrorCode::PasswordUnfit,
            "new-password",
            "This password cannot be used.",
        ),
    ];
    for (code, field, words) in cases {
        let mut options = of_file();
        submit(&mut options, &["1", "2", "2"]);
        failed(&mut options, code);
        assert!(says(&options, words), "{words}");
        assert_eq!(fields(&options).1.as_deref(), Some(field));
    }
}

#[test]
fn a_file_with_two_passwords_is_asked_for_both() {
    let mut options = of_file();
    submit(&mut options, &["1", "3", "3"]);
    failed(&mut options, ErrorCode::PasswordSecondNeeded);
    assert!(says(&options, "Password of the key itself"));
    assert_eq!(
        fields(&options).1.as_deref(),
        Some("present-password-of-key")
    );
    let sent = submit(&mut options, &["1", "2", "3", "3"]);
    assert!(
        sent.contains(r#""password":"MQ==","secondPassword":"Mg==","newPassword":"Mw==""#),
        "{sent}"
    );
}

#[test]
fn a_container_without_a_password_gets_its_first() {
    let mut options = form(contained(IVANOVA), "Set a password");
    assert!(says(&options, "other programs will ask for the new one"));
    assert_eq!(fields(&options).0, ["new-password", "new-password-again"]);
    let sent = submit(&mut options, &["2", "2"]);
    assert!(
        sent.contains(r#""password":"","newPassword":"Mg==""#),
        "{sent}"
    );
}

#[test]
fn another_failure_is_told_and_the_form_can_be_left() {
    let mut options = of_file();
    submit(&mut options, &["1", "2", "2"]);
    failed(&mut options, ErrorCode::KeyFileUnchanged);
    assert_eq!(fields(&options).0.len(), 0);
    assert!(
        says(&options, "could not be read"),
        "{}",
        options.view().words()
    );

    let mut options = of_file();
    let cancel = options.view().press("Cancel");
    options.act(cancel);
    assert_eq!(fields(&options).0.len(), 0);
}

#[test]
fn no_password_shows_in_debug_output() {
    let mut options = of_file();
    submit(&mut options, &["314159", "271828", "271828"]);
    let shown = format!("{options:?}");
    assert!(!shown.contains("314159") && !shown.contains("271828"));
}
