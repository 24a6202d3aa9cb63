use super::*;
use crate::{
    english,
    fixtures::{
        ENCRYPTS, IVANOVA, NOW, PETROV, SMITH, entry, on_token, readers_without_driver, token,
        token_id,
    },
};
use tamga_core::{
    failure::{ErrorCode, TriesLeft},
    protocol::{KeyEntry, KeyLocation, PackageKind, Unreadable},
};

const POLICY: &str = r#"{"grants":[
    {"origin":"https://shop.example","scope":"sign","decision":"always","since":1,"until":1815552000000},
    {"origin":"https://frame.example","topOrigin":"https://shop.example","scope":"certificate","decision":"never",
     "since":1},
    {"origin":"https://other.example","scope":"sign","decision":"never","since":1}]}"#;

fn popup(page: Option<&str>, policy: &str) -> Popup {
    let mut popup = Popup::new(english());
    popup.receive(Event::Opened {
        page: page.map(str::to_owned),
        policy: policy.to_owned(),
        waiting: Vec::new(),
        reminders: Vec::new(),
        clock: None,
        not_in_private_windows: false,
        hidden: Vec::new(),
        now: NOW,
    });
    popup
}

fn with_keys(certificates: &[&str]) -> Popup {
    let mut popup = popup(None, "{}");
    popup.receive(Event::HostOpened {
        version: "0.1.0".to_owned(),
    });
    popup.receive(Event::Listed(Listing {
        keys: certificates.iter().map(|it| entry(it)).collect(),
        ..Listing::default()
    }));
    popup
}

fn says(popup: &Popup, words: &str) -> bool {
    popup.view().words().contains(words)
}

#[test]
fn opens_the_host_and_lists() {
    let mut popup = Popup::new(english());
    assert_eq!(popup.open(), []);
    let known = Event::Opened {
        page: None,
        policy: "{}".to_owned(),
        waiting: Vec::new(),
        reminders: Vec::new(),
        clock: None,
        not_in_private_windows: false,
        hidden: Vec::new(),
        now: NOW,
    };
    assert_eq!(popup.receive(known), [Effect::OpenHost {}]);
    assert!(says(&popup, "Starting…"));
    let version = "0.1.0".to_owned();
    let effects = popup.receive(Event::HostOpened { version });
    assert_eq!(effects, [Effect::ListCertificates {}]);
    assert!(says(&popup, "Ready, version 0.1.0"));
    assert!(!says(&popup, "There are no certificates yet"));
}

#[test]
fn names_the_half_that_is_older_until_there_is_another() {
    let mut popup = with_keys(&[IVANOVA]);
    let (what, how) = ("older than the extension", "sudo dnf install");
    assert!(!says(&popup, what));
    let failure = Failure {
        package: Some(PackageKind::Rpm),
        ..ErrorCode::HostOutdated.into()
    };
    let outdated = |failure: &Failure| Event::Outdated {
        failure: failure.clone(),
    };
    popup.receive(outdated(&failure));
    assert!(says(&popup, what) && says(&popup, how) && says(&popup, "Ivanova Anna"));
    popup.receive(Event::HostFailed { failure });
    assert_eq!(popup.view().words().matches(what).count(), 1);
    popup.receive(Event::HostOpened {
        version: "0.2.0".to_owned(),
    });
    assert!(!says(&popup, what));
    popup.receive(outdated(&ErrorCode::ExtensionOutdated.into()));
    assert!(says(&popup, "older than the Tamga program"));
}

#[test]
fn shows_everything_about_a_certificate() {
    let mut popup = with_keys(&[IVANOVA]);
    let words = "Ivanova Anna\nIIN\u{a0}000000000018\nFile keys.p12\nuntil 2046-01-01";
    assert!(says(&popup, words), "{}", popup.view().words());
    assert!(!says(&popup, "Serial number"));
    let unfold = ListAction::Unfold(entry(IVANOVA).key_id());
    popup.act(Action::List(unfold));
    let expected = [
        "Issued by\nDemo CA",
        "Serial number\n01",
        "For\nsignatures, signatures that cannot be denied",
        "Key\nEC P-256",
        "Kept in\nFile keys.p12",
        "Valid\n2026-01-01 to 2046-01-01",
        "IIN\n000000000018",
    ];
    for words in expected {
        assert!(says(&popup, words), "{words}\n{}", popup.view().words());
    }
}

#[test]
fn says_why_a_certificate_cannot_sign_and_shows_it_last() {
    let popup = with_keys(&[PETROV, IVANOVA]);
    assert!(says(
        &popup,
        "Petrov Pyotr\nFile keys.p12\nexpired 2026-01-01"
    ));
    let unfit = with_keys(&[ENCRYPTS]);
    let said = [
        "until 2046-01-01",
        &english().plain("error_CERTIFICATE_UNFIT"),
    ]
    .join("\n");
    assert!(says(&unfit, &said), "{}", unfit.view().words());
    let words = popup.view().words();
    assert!(words.find("Ivanova") < words.find("Petrov"));
}

#[test]
fn without_certificates_the_options_are_a_press_away() {
    let mut popup = with_keys(&[]);
    assert!(says(&popup, "There are no certificates yet."));
    let add = popup.view().press("Add a key file");
    assert_eq!(popup.act(add), [Effect::OpenOptions { token: None }]);
    let lead = popup.view().press("First steps");
    assert_eq!(popup.act(lead), [Effect::OpenFirstRun {}]);
}

#[test]
fn a_missing_host_is_one_line_and_its_fix() {
    let mut popup = popup(None, "{}");
    popup.receive(Event::HostFailed {
        failure: ErrorCode::HostMissing.into(),
    });
    assert!(says(&popup, "Cannot sign now"));
    assert!(says(&popup, "tamga-host register"));
    assert!(!says(&popup, "There are no certificates yet"));
    let help = popup.view().press("What is wrong?");
    assert_eq!(popup.act(help), [Effect::OpenDiagnosis {}]);
    let lead = popup.view().press("First steps");
    assert_eq!(popup.act(lead), [Effect::OpenFirstRun {}]);
    let again = popup.view().press("Try again");
    assert_eq!(popup.act(again), [Effect::OpenHost {}]);
    assert!(says(&popup, "Starting…"));
}

#[test]
fn what_is_missing_comes_first_and_is_looked_for_again_when_the_person_comes_back() {
    let mut popup = popup(Some("https://shop.example"), POLICY);
    popup.receive(Event::HostFailed {
        failure: ErrorCode::HostMissing.into(),
    });
    let words = popup.view().words();
    assert!(words.find("tamga-host register") < words.find("shop.example"));
    assert_eq!(popup.receive(Event::Focused {}), [Effect::OpenHost {}]);
    assert!(says(&popup, "tamga-host register"));
    popup.receive(Event::HostOpened {
        version: "0.1.0".to_owned(),
    });
    assert!(!says(&popup, "tamga-host register"));
    assert_eq!(popup.receive(Event::Focused {}), []);
}

#[test]
fn shows_what_the_site_and_frames_in_it_may() {
    let popup = popup(Some("https://shop.example"), POLICY);
    for words in [
        "May ask for signatures",
        "until 2027-07-14",
        "frame.example",
    ] {
        assert!(says(&popup, words), "{words}\n{}", popup.view().words());
    }
    assert!(!says(&popup, "other.example"));
}

#[test]
fn takes_a_decision_back() {
    let mut popup = popup(Some("https://shop.example"), POLICY);
    let revoke = popup.view().press("Revoke");
    let effects = popup.act(revoke);
    let change = r#"[{"type":"decide","change":{"revoked":{"site":{"origin":"https://shop.example"},"scope":"sign"}}}]"#;
    assert_eq!(serde_json::to_string(&effects).unwrap(), change);
    popup.receive(Event::Decided {
        policy: "{}".to_owned(),
    });
    assert!(says(&popup, "Has no permission of yours."));
}

#[test]
fn says_when_a_refused_site_may_ask_again_and_lets_it_ask_now() {
    for (left, words) in [
        (10_000, "May ask again in 10 s"),
        (91_000, "in 2 min"),
        (3_600_000, "in 60 min"),
    ] {
        let policy = format!(
            r#"{{"refusals":[{{"origin":"https://shop.example","scope":"sign","count":2,"until":{}}},
            {{"origin":"https://other.example","scope":"sign","count":1,"until":{}}}]}}"#,
            NOW + left,
            NOW + left
        );
        let mut popup = popup(Some("https://shop.example"), &policy);
        assert!(says(&popup, "You did not allow signatures"));
        assert!(says(&popup, words), "{words}\n{}", popup.view().words());
        assert!(!says(&popup, "other.example"));
        let again = popup.view().press("Ask again now");
        let effects = popup.act(again);
        let change = r#"[{"type":"decide","change":{"revoked":{"site":{"origin":"https://shop.example"},"scope":"sign"}}}]"#;
        assert_eq!(serde_json::to_string(&effects).unwrap(), change);
    }
    let over = format!(
        r#"{{"refusals":[{{"origin":"https://shop.example","scope":"sign","count":2,"until":{NOW}}}]}}"#
    );
    assert!(says(
        &popup(Some("https://shop.example"), &over),
        "Has no permission"
    ));
}

#[test]
fn a_refusal_is_shown_where_it_holds() {
    let policy = r#"{"grants":[{"origin":"https://shop.example","scope":"sign","decision":"never","since":1}]}"#;
    for page in ["https://shop.example", "https://pay.shop.example"] {
        assert!(says(&popup(Some(page), policy), "Revoke"), "{page}");
    }
    assert!(!says(
        &popup(Some("https://bookshop.example"), policy),
        "Revoke"
    ));
}

#[test]
fn requests_that_wait_are_opened_or_dismissed() {
    let waiting = r#"{"waiting":{"waiting":[{"id":"1f","scope":"sign",
        "site":{"origin":"https://frame.example","topOrigin":"https://shop.example"}}]}}"#;
    let mut popup = popup(None, "{}");
    assert!(!says(&popup, "Waiting for you"));
    popup.receive(serde_json::from_str(waiting).unwrap());
    for words in [
        "Waiting for you",
        "frame.example",
        "shop.example",
        "Asks for a signature",
    ] {
        assert!(says(&popup, words), "{words}\n{}", popup.view().words());
    }
    let id = || "1f".to_owned();
    let open = popup.view().press("Open");
    assert_eq!(popup.act(open), [Effect::OpenRequest { id: id() }]);
    let dismiss = popup.view().press("Dismiss");
    assert_eq!(popup.act(dismiss), [Effect::DismissRequest { id: id() }]);
    let waiting = Vec::new();
    popup.receive(Event::Waiting { waiting });
    assert!(!says(&popup, "Waiting for you"));
}

#[test]
fn it_is_said_that_private_windows_need_a_permission_of_the_browser() {
    assert!(!says(&popup(None, "{}"), "private windows"));
    let mut popup = Popup::new(english());
    popup.receive(Event::Opened {
        page: None,
        policy: "{}".to_owned(),
        waiting: Vec::new(),
        reminders: Vec::new(),
        clock: None,
        not_in_private_windows: true,
        hidden: Vec::new(),
        now: NOW,
    });
    assert!(says(&popup, "does not work in private windows"));
}

#[test]
fn pages_without_an_origin_are_no_sites() {
    for page in [
        None,
        Some("null"),
        Some("chrome://settings"),
        Some("http://plain.example"),
    ] {
        assert!(!says(&popup(page, POLICY), "This site"), "{page:?}");
    }
}

#[test]
fn certificates_are_told_by_their_tokens() {
    let mut popup = with_keys(&[IVANOVA]);
    assert_eq!(
        popup.receive(Event::ReadersChanged {}),
        [Effect::ListCertificates {}]
    );
    let mut red = token("Red");
    red.pin.tries = Some(TriesLeft::Exactly(2));
    let mut store = token("Store");
    store.storage_only = true;
    let failure = |failure| Unreadable {
        failure,
        location: None,
    };
    let listing = Listing {
        keys: vec![on_token(SMITH, "Red"), entry(IVANOVA)],
        tokens: vec![red, token("Empty"), store],
        readers_without_driver: vec![readers_without_driver("Slot", Some("JaCarta"))],
        without_key: Vec::new(),
        unreadable: vec![
            failure(Failure::of(ErrorCode::ModuleFailed, "eToken")),
            failure(ErrorCode::ReadersMissing.into()),
        ],
    };
    popup.receive(Event::ListedSoFar(listing.clone()));
    assert!(says(&popup, "Reading tokens…") && !says(&popup, "no certificates on this token"));
    popup.receive(Event::Listed(listing));
    let words = popup.view().words();
    let order = [
        "Expiring soon (1)\nSmith",
        "Token Red",
        "Valid (1)\nIvanova",
        "Red\nRutoken ECP\nPIN: set. Tries left: 2.",
        "Empty",
    ];
    let order: Vec<_> = order.iter().map(|it| words.find(it)).collect();
    assert!(
        order.is_sorted() && !order.contains(&None),
        "{order:?} {words}"
    );
    for expected in [
        "There are no certificates on this token. If there is a container of CryptoPro CSP on it, copy",
        "This token only stores data: it cannot sign by itself. If there is a container",
        "JaCarta: there is no driver for this token or card.",
        "Install: driver of JaCarta",
        "eToken: The token’s driver does not work.",
        "There is no smart card service on this computer.",
        "Install it: on Debian and Ubuntu, the package pcscd.",
        "Inserted: Red, Empty, Store, JaCarta",
    ] {
        assert!(words.contains(expected), "{expected}\n{words}");
    }
    popup.receive(Event::Listed(Listing::default()));
    assert!(says(&popup, "Removed: Red, Empty, Store, JaCarta"));
}

#[test]
fn a_token_that_wants_something_is_a_press_away_from_it() {
    let mut popup = with_keys(&[]);
    let mut red = token("Red");
    red.pin.state = PinState::Locked;
    popup.receive(Event::Listed(Listing {
        tokens: vec![token("Green"), red],
        ..Listing::default()
    }));
    assert!(says(&popup, "Rutoken ECP\nPIN: locked"));
    assert!(!says(&popup, "There are no certificates yet."));
    let open = popup.view().press("Token settings");
    let token = Some(token_id("Red"));
    assert_eq!(popup.act(open), [Effect::OpenOptions { token }]);
}

#[test]
fn sixty_certificates_are_searched() {
    let mut popup = with_keys(&[IVANOVA; 7]);
    assert!(popup.view().with("type", "search").is_none());
    let keys = [[IVANOVA; 30], [PETROV; 30]].concat();
    let keys = keys
        .iter()
        .enumerate()
        .map(|(number, certificate)| KeyEntry {
            location: KeyLocation::Pkcs12 {
                key_file: format!("{number:016}"),
                name: format!("key-{number}.p12"),
            },
            ..entry(certificate)
        });
    popup.receive(Event::Listed(Listing {
        keys: keys.collect(),
        ..Listing::default()
    }));
    assert!(says(&popup, "Valid (30)") && says(&popup, "Cannot sign (30)"));
    assert!(popup.view().with("type", "search").is_some());
    let find = |words: &str| Action::List(ListAction::Find(words.to_owned()));
    popup.act(find("Anna key-7"));
    assert!(says(&popup, "Found: 1 of 60") && !says(&popup, "Petrov"));
    popup.act(find("nobody"));
    assert!(says(&popup, "Found: 0 of 60") && !says(&popup, "Ivanova"));
    popup.act(find(""));
    assert!(says(&popup, "Valid (30)"));
}

fn reminder(id: &str, days: i64) -> Reminder {
    Reminder {
        id: id.to_owned(),
        owner: format!("Owner {id}"),
        until: i64::try_from(NOW / 1000).unwrap() + days * 86_400 + 3600,
    }
}

#[test]
fn certificates_that_end_are_told_without_a_host_with_what_to_do() {
    let cases = [
        (
            7,
            "The certificate expires in 7 days\nOwner a\n, until 2027-01-22",
            "as long as the old one signs",
        ),
        (
            1,
            "The certificate expires in 1 day\n",
            "as long as the old one signs",
        ),
        (
            0,
            "Last day of the certificate\n",
            "as long as the old one signs",
        ),
        (
            -1,
            "The certificate has expired\n",
            "Ask a certification authority",
        ),
    ];
    for (days, what, advice) in cases {
        let mut popup = popup(None, "{}");
        popup.receive(Event::Reminders {
            reminders: vec![reminder("a", days)],
        });
        assert!(
            says(&popup, what) && says(&popup, advice),
            "{}",
            popup.view().words()
        );
    }
}

#[test]
fn a_reminder_can_wait_or_end_and_many_do_not_fill_the_popup() {
    let mut popup = popup(None, "{}");
    assert!(!says(&popup, "Reminders"));
    let reminders = ["a", "b", "c", "d"].map(|id| reminder(id, 3)).to_vec();
    popup.receive(Event::Reminders { reminders });
    assert!(says(&popup, "Owner b") && !says(&popup, "Owner c"));
    assert!(says(&popup, "And 2 more certificates"));
    for (button, again) in [
        ("Remind me later", Again::Later),
        ("Do not remind me", Again::Never),
    ] {
        let action = popup.view().press(button);
        let certificate = "a".to_owned();
        assert_eq!(popup.act(action), [Effect::Quiet { certificate, again }]);
    }
}

#[test]
fn a_hidden_certificate_is_folded_away_and_comes_back() {
    let mut popup = with_keys(&[IVANOVA, SMITH]);
    let id = || entry(IVANOVA).id;
    popup.act(Action::List(ListAction::Unfold(entry(IVANOVA).key_id())));
    let hide = popup.view().press("Hide from lists");
    let effects = popup.act(hide);
    let certificate = id();
    assert_eq!(
        effects,
        [Effect::HideCertificate {
            certificate,
            hidden: true
        }]
    );
    popup.receive(Event::Hidden { hidden: vec![id()] });
    let words = popup.view().words();
    assert!(
        words.contains("Hidden from lists: Ivanova Anna."),
        "{words}"
    );
    assert!(words.find("Hidden (1)") > words.find("Smith John"));
    // It stays hidden when it is listed again, and when it is looked for it is found.
    popup.receive(Event::Listed(Listing {
        keys: vec![entry(IVANOVA)],
        ..Listing::default()
    }));
    let folded = |popup: &Popup| popup.view().with("open", "").is_none();
    assert!(folded(&popup) && says(&popup, "Hidden (1)"));
    popup.act(Action::List(ListAction::Find("ivanova".to_owned())));
    assert!(!folded(&popup));
    let certificate = id();
    let show = popup.view().press("Undo");
    assert_eq!(
        popup.act(show),
        [Effect::HideCertificate {
            certificate,
            hidden: false
        }]
    );
    popup.receive(Event::Hidden { hidden: Vec::new() });
    assert!(!says(&popup, "Hidden"));
}

#[test]
fn what_was_hidden_before_is_no_news() {
    let mut popup = popup(None, "{}");
    popup.receive(Event::Hidden {
        hidden: vec![entry(IVANOVA).id],
    });
    popup.receive(Event::HostOpened {
        version: "0.1.0".to_owned(),
    });
    popup.receive(Event::Listed(Listing {
        keys: vec![entry(IVANOVA)],
        ..Listing::default()
    }));
    assert!(says(&popup, "Hidden (1)") && !says(&popup, "Undo"));
    // Nor is what another window hides: the keyboard stays where it is.
    popup.receive(Event::Hidden { hidden: Vec::new() });
    popup.receive(Event::Hidden {
        hidden: vec![entry(IVANOVA).id],
    });
    assert!(says(&popup, "Hidden (1)") && !says(&popup, "Undo"));
}

#[test]
fn everything_about_a_certificate_is_a_press_away() {
    let mut popup = with_keys(&[IVANOVA]);
    popup.act(Action::List(ListAction::Unfold(entry(IVANOVA).key_id())));
    let open = popup.view().press("About this certificate");
    let certificate = entry(IVANOVA).id;
    assert_eq!(popup.act(open), [Effect::OpenCertificate { certificate }]);
}

#[test]
fn a_wrong_clock_is_said_with_what_to_do() {
    let mut popup = popup(None, "{}");
    let title = "The clock of this computer is wrong";
    assert!(!says(&popup, title));
    let mut doubted = |doubt| {
        let clock = Some(doubt);
        popup.receive(Event::Clock { clock });
        popup.view()
    };
    let view = doubted(ClockDoubt::Program);
    let words = view.words();
    assert!(
        words.contains(title) && words.contains("Set date, time"),
        "{words}"
    );
    assert!(!words.contains("The date is right"));
    // Whoever had it wrong before, and has put it right, says so.
    let action = doubted(ClockDoubt::Back).press("The date is right");
    assert_eq!(popup.act(action), [Effect::TrustClock {}]);
    popup.receive(Event::Clock { clock: None });
    assert!(!says(&popup, title));
}
