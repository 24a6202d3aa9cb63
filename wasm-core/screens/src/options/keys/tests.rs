use super::*;
use crate::{
    Screen as _,
    certificate_list::ListAction,
    fixtures::{AKHMETOV, IVANOVA, PETROV, contained, entry},
    node::Element,
    options::{
        messages::{Action, Event},
        tests::{json, options, says, with_keys},
    },
};
use tamga_core::{
    failure::ErrorCode,
    protocol::{KeyEntry, Listing},
};

fn unreadable(name: &str) -> Unreadable {
    let (key_file, name) = ("00".to_owned(), name.to_owned());
    Unreadable {
        failure: Failure::of(ErrorCode::KeyFileMalformed, name.clone()),
        location: Some(KeyLocation::Pkcs12 { key_file, name }),
    }
}

fn unfold(options: &mut Options, entry: &KeyEntry) {
    options.act(Action::List(ListAction::Unfold(entry.key_id())));
}

fn unfolded(certificate: &str) -> Options {
    let mut options = with_keys(&[certificate]);
    unfold(&mut options, &entry(certificate));
    options
}

#[test]
fn what_can_be_done_with_a_key_is_in_what_it_unfolds() {
    let mut options = with_keys(&[IVANOVA]);
    let actions = ["Remove", "Change the password"].map(str::to_owned);
    let there = |options: &Options| {
        let buttons = options.view().buttons();
        actions.iter().filter(|it| buttons.contains(it)).count()
    };
    assert_eq!(there(&options), 0);
    unfold(&mut options, &entry(IVANOVA));
    assert_eq!(there(&options), 2);
}

#[test]
fn removing_is_asked_about_first() {
    let mut options = unfolded(IVANOVA);
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
fn each_key_has_a_line_and_says_how_many_others_share_its_file() {
    let mut options = options();
    let same_file = KeyEntry {
        location: entry(IVANOVA).location,
        ..entry(AKHMETOV)
    };
    options.receive(Event::Listed(Listing {
        keys: vec![entry(IVANOVA), same_file.clone(), entry(PETROV)],
        unreadable: vec![unreadable("old.p12")],
        ..Listing::default()
    }));
    let view = options.view();
    let lines = view.all().into_iter();
    let lines = lines.filter(|it| it.value_of("class") == Some("card"));
    assert_eq!(lines.count(), 3);
    assert!(says(&options, "old.p12: The file is damaged"));
    // It can be got rid of.
    let remove = view.with("aria-label", "Remove old.p12");
    assert!(remove.is_some_and(|button| button.tag == "button"));
    unfold(&mut options, &entry(PETROV));
    assert!(!says(&options, "in this file"));
    unfold(&mut options, &same_file);
    assert!(says(&options, "There is 1 more key in this file."));
}

#[test]
fn containers_are_listed_apart_and_stay() {
    let mut options = options();
    assert!(says(&options, "Insert the flash drive"));
    options.receive(Event::Listed(Listing::default()));
    assert!(says(&options, "There are no containers yet."));
    let damaged = Unreadable {
        failure: Failure::of(ErrorCode::ContainerIncomplete, "masks.key"),
        location: Some(KeyLocation::Cryptopro {
            folder: "/media/anna/flash/old.000".to_owned(),
            name: "old".to_owned(),
        }),
    };
    options.receive(Event::Listed(Listing {
        keys: vec![entry(IVANOVA), contained(AKHMETOV)],
        unreadable: vec![damaged],
        ..Listing::default()
    }));
    unfold(&mut options, &contained(AKHMETOV));
    let view = options.view();
    let containers = view
        .with("aria-labelledby", "containers")
        .map(Element::words);
    let words = containers.unwrap();
    for expected in [
        "ivanova-2026",
        "has no password",
        "/media/anna/flash/ivanova.000",
        "/media/anna/flash/old.000",
        "masks.key: This file of the key container is missing.",
        "Set a password",
    ] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    assert!(!words.contains("Remove") && !words.contains("no containers yet"));
}
