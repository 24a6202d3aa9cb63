use super::*;
use crate::{
    Screen as _,
    options::{
        messages::{Action, Event},
        tests::{json, options, says, with_keys},
    },
};
use tamga_core::{
    failure::ErrorCode,
    protocol::{CertificateName, ImportedList, ListRole, TrustSourceKind},
};

fn authority(owner: &str, id: &str) -> TrustedCertificate {
    TrustedCertificate {
        certificate: CertificateName {
            id: id.repeat(32),
            owner: owner.to_owned(),
            serial: "01".to_owned(),
        },
        sha1: id.repeat(20),
        issuer: owner.to_owned(),
        not_before: 0,
        not_after: 1_900_000_000,
    }
}

fn source(kind: TrustSourceKind, certificates: Vec<TrustedCertificate>) -> TrustSource {
    TrustSource {
        kind,
        name: "State".to_owned(),
        country: None,
        origin: "https://a.kz/".to_owned(),
        version: Some("7".to_owned()),
        date: Some(1_800_000_000),
        count: u32::try_from(certificates.len()).unwrap(),
        certificates,
        imported: None,
        problems: Vec::new(),
    }
}

fn with(sources: Vec<TrustSource>) -> Options {
    let mut options = with_keys(&[]);
    options.receive(Event::TrustListed { sources });
    options
}

fn picked(found: Vec<TrustedCertificate>) -> Options {
    let mut options = with(Vec::new());
    let inspect = options.act(Action::PickAuthority("C:\\fakepath\\a.cer".to_owned()));
    assert_eq!(json(&inspect), r#"[{"type":"inspect-authority"}]"#);
    options.receive(Event::AuthoritiesFound {
        certificates: found,
    });
    options
}

#[test]
fn lists_are_asked_for_and_say_where_they_are_from() {
    let mut options = options();
    let opened = options.receive(Event::HostOpened {
        version: "0.2.0".to_owned(),
    });
    let asked = r#"{"type":"trust","command":{"type":"list-trust"}}"#;
    assert!(json(&opened).contains(asked));
    let options = with(vec![source(
        TrustSourceKind::National,
        vec![authority("Root", "2f")],
    )]);
    for words in [
        "State",
        "1 certificate",
        "https://a.kz/",
        "Version: 7",
        "2027-01-15",
        "Root",
        "2f2f 2f2f",
    ] {
        assert!(says(&options, words), "{words}");
    }
    // What a state vouches for is not the person's to remove.
    assert!(!says(&options, "Remove"));
}

#[test]
fn nothing_is_trusted_by_being_picked() {
    let mut options = picked(vec![authority("Mine", "5e"), authority("Other", "a0")]);
    assert!(says(&options, "5e5e 5e5e") && says(&options, "Compare the fingerprint"));
    // One that is not in the file.
    assert!(options.act(Action::TrustAuthority("00".into())).is_empty());
    let leave = options.view().press("Do not trust");
    assert!(options.act(leave).is_empty());
    assert!(!says(&options, "5e5e 5e5e"));
    // An answer that comes when nothing is picked any more.
    let certificates = vec![authority("Late", "5e")];
    options.receive(Event::AuthoritiesFound { certificates });
    assert!(!says(&options, "Late"));
}

#[test]
fn one_whose_fingerprint_is_right_is_trusted_and_removed() {
    let mut options = picked(vec![authority("Mine", "5e")]);
    let yes = options.view().press("The fingerprint is right, trust it");
    let id = "5e".repeat(32);
    let add = format!(r#"[{{"type":"add-authority","fingerprint":"{id}"}}]"#);
    assert_eq!(json(&options.act(yes)), add);
    // Once.
    let again = Action::TrustAuthority(id.clone());
    assert!(options.act(again).is_empty());
    options.receive(Event::AuthorityAdded {
        owner: "Mine".to_owned(),
    });
    assert!(says(&options, "Tamga now trusts this authority"));
    let own = source(TrustSourceKind::Person, vec![authority("Mine", "5e")]);
    options.receive(Event::TrustListed { sources: vec![own] });
    let remove = options.view().press("Remove");
    assert!(options.act(remove).is_empty());
    let keep = options.view().press("Keep");
    options.act(keep);
    assert!(options.act(Action::Distrust).is_empty());
    let remove = options.view().press("Remove");
    options.act(remove);
    let yes = options.view().press("Trust it no more");
    let removed = format!(
        r#"[{{"type":"trust","command":{{"type":"remove-authority","fingerprint":"{id}"}}}}]"#
    );
    assert_eq!(json(&options.act(yes)), removed);
}

#[test]
fn what_fails_is_said_and_the_lists_stay() {
    let mut options = with(vec![source(TrustSourceKind::National, Vec::new())]);
    options.act(Action::PickAuthority("a.cer".to_owned()));
    options.receive(Event::TrustFailed {
        failure: ErrorCode::CertificateNotAuthority.into(),
    });
    assert!(says(&options, "State"));
    assert!(says(&options, "not one of a certification authority"));
    options.act(Action::PickAuthority(String::new()));
    assert!(!says(&options, "not one of a certification authority"));
}

fn imported(signer: Option<&str>, address: Option<&str>) -> TrustSource {
    TrustSource {
        imported: Some(ImportedList {
            id: "ee".to_owned(),
            role: ListRole::Anchors,
            signer: signer.map(str::to_owned),
            kept: Some(1_800_000_000),
            next_update: Some(1_810_000_000),
            address: address.map(str::to_owned),
        }),
        ..source(TrustSourceKind::National, Vec::new())
    }
}

fn is_being_verified(options: &Options) -> bool {
    let view = options.view();
    view.with("aria-label", "The list is being verified…")
        .is_some()
}

#[test]
fn a_list_is_added_from_a_file_or_from_an_address_by_a_press() {
    let mut options = with(Vec::new());
    assert!(options.act(Action::PickList(String::new())).is_empty());
    let import = options.act(Action::PickList("a.xml".to_owned()));
    assert_eq!(json(&import), r#"[{"type":"import-list"}]"#);
    assert!(is_being_verified(&options));
    options.receive(Event::ListKept {});
    assert!(says(&options, "the list is kept"));
    // Nothing is fetched without an address, and nothing by saying one.
    let fetch = options.view().press("Download");
    assert!(options.act(fetch.clone()).is_empty());
    let address = " https://a.kz/a.xml ".to_owned();
    assert!(options.act(Action::SetListAddress(address)).is_empty());
    let command = r#"{"type":"fetch-list","address":"https://a.kz/a.xml"}"#;
    let expected = format!(r#"[{{"type":"trust","command":{command}}}]"#);
    assert_eq!(json(&options.act(fetch)), expected);
    options.receive(Event::TrustFailed {
        failure: ErrorCode::TrustListUntrusted.into(),
    });
    assert!(says(&options, "somebody's who may not sign it"));
    assert!(!is_being_verified(&options));
}

#[test]
fn an_imported_list_says_what_it_is_good_for_and_is_updated_and_removed() {
    let address = "http://a.kz/a.xml";
    let mut options = with(vec![imported(Some("Scheme"), Some(address))]);
    for words in [
        "Tamga trusts the authorities",
        "Scheme",
        "2027-05-11",
        address,
    ] {
        assert!(says(&options, words), "{words}");
    }
    let update = options.view().press("Update");
    let expected = r#"[{"type":"trust","command":{"type":"update-list","list":"ee"}}]"#;
    assert_eq!(json(&options.act(update)), expected);
    options.receive(Event::ListKept {});
    let remove = options.view().press("Remove");
    assert!(options.act(remove).is_empty());
    let yes = options.view().press("Remove the list");
    let expected = r#"[{"type":"trust","command":{"type":"remove-list","list":"ee"}}]"#;
    assert_eq!(json(&options.act(yes)), expected);
    assert!(options.act(Action::RemoveList).is_empty());
    // One that is not believed any more is not said to be, and what has no address is not updated.
    let options = with(vec![imported(None, None)]);
    assert!(!says(&options, "The signature of the list is right"));
    assert!(!options.view().buttons().contains(&"Update".to_owned()));
}
