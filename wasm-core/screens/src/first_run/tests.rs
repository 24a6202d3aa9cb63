use super::{
    FirstRun,
    messages::{Action, Effect, Event},
};
use crate::{
    Screen as _, english,
    fixtures::{IVANOVA, NOW, PETROV, SMITH, contained, entry, on_token, token},
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{CheckReport, KeyEntry, KeyLocation, Listing, Unreadable},
};

fn on(system: &str, machine: &str, firefox: bool) -> FirstRun {
    let mut page = FirstRun::new(english());
    let opened = Event::Opened {
        system: system.to_owned(),
        machine: machine.to_owned(),
        firefox,
        hidden: Vec::new(),
        now: NOW,
    };
    assert_eq!(page.receive(opened), [Effect::OpenHost {}]);
    page
}

fn failed(page: &mut FirstRun, code: ErrorCode) {
    let failure = code.into();
    assert_eq!(page.receive(Event::HostFailed { failure }), []);
}

fn with_keys(keys: Vec<KeyEntry>) -> FirstRun {
    let mut page = on("linux", "x86-64", false);
    let version = "0.1.0".to_owned();
    assert_eq!(
        page.receive(Event::HostOpened { version }),
        [Effect::ListCertificates {}]
    );
    let listing = Listing {
        keys,
        ..Listing::default()
    };
    page.receive(Event::Listed(listing));
    page
}

fn says(page: &FirstRun, words: &str) -> bool {
    page.view().words().contains(words)
}

fn press(page: &mut FirstRun, label: &str) -> Vec<Effect> {
    let action = page.view().press(label);
    page.act(action)
}

#[test]
fn how_the_host_is_had_depends_on_the_system() {
    let cases = [
        ("linux", "x86-64", "sudo apt install ./tamga_*_amd64.deb"),
        ("linux", "arm64", "sudo dnf install ./tamga-*.aarch64.rpm"),
        ("linux", "x86-64", "Any other Linux, also without root"),
        ("win", "x86-64", "Take Tamga’s installer"),
        ("mac", "arm64", "There is no package for macOS yet."),
        ("cros", "arm", "does not run on this system"),
    ];
    for (system, machine, words) in cases {
        let mut page = on(system, machine, false);
        assert!(!says(&page, words));
        failed(&mut page, ErrorCode::HostMissing);
        assert!(says(&page, words), "{}", page.view().words());
        assert_eq!(says(&page, "apt install"), system == "linux");
        assert!(says(
            &page,
            "Your keys\nThis comes when the program is there."
        ));
    }
    for (firefox, words) in [
        (true, "It asks once whether it may start Tamga: allow it."),
        (false, "In such a package it can start no programs"),
    ] {
        let mut page = on("linux", "x86-64", firefox);
        failed(&mut page, ErrorCode::HostMissing);
        assert!(says(&page, words));
    }
}

#[test]
fn what_is_no_matter_of_packages_leads_to_the_diagnosis() {
    for code in [ErrorCode::HostForbidden, ErrorCode::HostBlocked] {
        let mut page = on("linux", "x86-64", false);
        failed(&mut page, code);
        assert!(says(&page, &english().help(&code.into())));
        assert!(!says(&page, "apt install"));
        assert_eq!(
            press(&mut page, "What is wrong?"),
            [Effect::OpenDiagnosis {}]
        );
    }
}

#[test]
fn it_looks_again_when_the_person_comes_back_and_goes_on_by_itself() {
    let mut page = on("linux", "x86-64", false);
    assert_eq!(page.receive(Event::Focused {}), []);
    failed(&mut page, ErrorCode::HostMissing);
    assert_eq!(page.receive(Event::Focused {}), [Effect::OpenHost {}]);
    assert!(says(&page, "apt install"), "no flicker meanwhile");
    let version = "0.1.0".to_owned();
    assert_eq!(
        page.receive(Event::HostOpened { version }),
        [Effect::ListCertificates {}]
    );
    assert!(says(&page, "Ready, version 0.1.0") && !says(&page, "apt install"));
    page.receive(Event::Listed(Listing::default()));
    assert!(says(&page, "There are no certificates yet."));
    assert!(says(&page, "This comes when there is a key that can sign."));
    assert_eq!(press(&mut page, "Add a key file"), [Effect::OpenOptions {}]);
    assert_eq!(
        page.receive(Event::ReadersChanged {}),
        [Effect::ListCertificates {}]
    );
}

#[test]
fn the_keys_that_were_found_are_counted_by_their_kinds() {
    let mut page = with_keys(Vec::new());
    page.receive(Event::Listed(Listing {
        keys: vec![entry(IVANOVA), contained(SMITH), on_token(IVANOVA, "Red")],
        tokens: vec![token("Red"), token("Green")],
        unreadable: vec![Unreadable {
            failure: Failure::of(ErrorCode::ModuleFailed, "eToken"),
            location: None,
        }],
        ..Listing::default()
    }));
    assert!(says(
        &page,
        "Found: tokens 2, certificates in containers 1, in key files 1."
    ));
    assert!(says(&page, "Ivanova Anna") && says(&page, "Smith John"));
    assert!(says(
        &page,
        "Green: There are no certificates on this token."
    ));
    assert!(says(&page, "eToken: The token’s driver does not work."));
    assert_eq!(
        press(&mut page, "What is wrong?"),
        [Effect::OpenDiagnosis {}]
    );
    let many = (0..8).map(|number| KeyEntry {
        location: KeyLocation::Pkcs12 {
            key_file: format!("{number:016}"),
            name: format!("{number}.p12"),
        },
        ..entry(IVANOVA)
    });
    let page = with_keys(many.collect());
    assert!(says(&page, "And 3 more: all of them are in the settings."));
}

#[test]
fn nothing_is_tried_without_a_key_that_can_sign() {
    let page = with_keys(vec![entry(PETROV)]);
    assert!(says(&page, "Petrov"));
    assert!(says(&page, "This comes when there is a key that can sign."));
    assert!(!page.view().buttons().contains(&"Try it".to_owned()));
}

fn report(state: &str, conclusion: &str) -> CheckReport {
    let json = format!(
        r#"{{"time":0,"unsigned":[],"signatures":[{{"name":"Tamga.txt.p7s","file":0,"form":"der",
        "document":{{"type":"beside","name":"Tamga.txt","by":"content"}},"signers":[
        {{"state":"{state}","conclusion":"{conclusion}","owner":"Ivanova Anna","level":"CAdES-B-B",
        "signature":{{"state":"{state}","container":"cms","level":"plain","warnings":[]}},
        "inside":{{"certificates":0,"lists":0,"answers":0}},"timestamps":[],"countersignatures":[],"unchecked":[]}}]}}]}}"#
    );
    serde_json::from_str(&json).unwrap()
}

#[test]
fn a_signature_is_tried_and_what_the_host_says_of_it_is_shown() {
    let mut page = with_keys(vec![entry(IVANOVA)]);
    let effects = press(&mut page, "Try it");
    let [Effect::TrySignature { name, content }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(name, "Tamga.txt");
    assert!(content.starts_with("This is a test of Tamga."));
    assert!(says(&page, "Go on in the window that has opened…"));
    let report = report("valid", "signature-valid");
    assert_eq!(page.receive(Event::Tried { report }), []);
    assert!(says(&page, "It works: the signature is right."));
    assert!(says(&page, &english().plain("check_signature_valid")));
    assert_eq!(
        press(&mut page, "Check a signature"),
        [Effect::OpenCheck {}]
    );
    let wrong = self::report("invalid", "signature-invalid");
    page.receive(Event::Tried { report: wrong });
    assert!(says(&page, "The signature is not right.") && !says(&page, "It works"));
    // Nothing that is signed by nobody is right.
    let nobody = CheckReport {
        signatures: Vec::new(),
        ..self::report("valid", "valid")
    };
    page.receive(Event::Tried { report: nobody });
    assert!(!says(&page, "It works"));
}

#[test]
fn who_does_not_want_it_has_not_failed() {
    for (code, words) in [
        (ErrorCode::Cancelled, "nothing was signed"),
        (ErrorCode::PermissionDenied, "nothing was signed"),
        (ErrorCode::Timeout, "did not"),
    ] {
        let mut page = with_keys(vec![entry(IVANOVA)]);
        page.act(Action::TrySignature);
        let failure = Failure::new(code);
        page.receive(Event::TryFailed { failure });
        let alert = page.view().with("role", "alert").is_some();
        assert_eq!(alert, code == ErrorCode::Timeout);
        assert!(alert || says(&page, words));
        assert!(matches!(
            press(&mut page, "Try it").as_slice(),
            [Effect::TrySignature { .. }]
        ));
    }
}
