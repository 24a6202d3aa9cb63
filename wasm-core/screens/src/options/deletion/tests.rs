use super::*;
use crate::{
    Screen as _,
    fixtures::IVANOVA,
    options::{
        messages::Event,
        tests::{json, options, says, with_keys},
    },
};
use tamga_core::failure::ErrorCode;

const BUTTON: &str = "Delete everything that Tamga keeps…";

fn press(options: &mut Options, label: &str) -> String {
    let action = options.view().press(label);
    json(&options.act(action))
}

fn sent() -> Options {
    let mut options = with_keys(&[IVANOVA]);
    assert_eq!(press(&mut options, BUTTON), "[]");
    assert!(says(&options, "There is no way back."));
    let sent = press(&mut options, "Delete everything");
    assert_eq!(sent, r#"[{"type":"delete-everything"}]"#);
    options
}

#[test]
fn everything_is_deleted_after_a_question() {
    let mut options = sent();
    assert!(options.act(Action::ConfirmDeletion).is_empty());
    assert!(options.act(Action::KeepEverything).is_empty());
    let effects = json(&options.receive(Event::EverythingDeleted {}));
    assert!(effects.contains("list-certificates") && effects.contains("read-record"));
    assert!(says(&options, "Everything is deleted."));
    assert_eq!(options.language, None);
}

#[test]
fn nothing_is_deleted_unasked() {
    let mut options = with_keys(&[IVANOVA]);
    assert!(options.act(Action::ConfirmDeletion).is_empty());
    press(&mut options, BUTTON);
    assert_eq!(press(&mut options, "Keep"), "[]");
    assert!(options.act(Action::ConfirmDeletion).is_empty());
}

#[test]
fn what_could_not_be_deleted_is_told_and_can_be_tried_again() {
    let mut options = sent();
    options.receive(Event::DeletionFailed {
        failure: ErrorCode::StorageFailed.into(),
    });
    assert!(says(&options, "cannot read or write its folder"));
    press(&mut options, BUTTON);
    assert!(says(&options, "There is no way back."));
}

#[test]
fn without_a_host_there_is_nothing_to_press() {
    let mut options = options();
    options.receive(Event::HostFailed {
        failure: ErrorCode::HostMissing.into(),
    });
    let buttons = options.view().buttons();
    assert!(!buttons.iter().any(|it| it == BUTTON), "{buttons:?}");
}
