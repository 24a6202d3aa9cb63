use super::*;
use crate::{
    english,
    fixtures::{IVANOVA, NOW, PETROV, entry, token},
};
use tamga_core::{failure::ErrorCode, protocol::Token};

pub(super) fn options() -> Options {
    let mut options = Options::new(english());
    let effects = options.receive(Event::Opened {
        policy: "{}".to_owned(),
        language: Some("kk".to_owned()),
        pin_entry: PinEntrySetting::default(),
        managed: ManagedSettings::default(),
        version: "0.1.0".to_owned(),
        browser: "Firefox".to_owned(),
        token: None,
        hidden: Vec::new(),
        now: NOW,
    });
    assert_eq!(json(&effects), r#"[{"type":"open-host"}]"#);
    options.receive(Event::HostOpened {
        version: "0.2.0".to_owned(),
    });
    options
}

pub(super) fn with_keys(certificates: &[&str]) -> Options {
    let mut options = options();
    options.receive(Event::Listed(Listing {
        keys: certificates.iter().map(|it| entry(it)).collect(),
        ..Listing::default()
    }));
    options
}

pub(super) fn says(options: &Options, words: &str) -> bool {
    options.view().words().contains(words)
}

pub(super) fn json(effects: &[Effect]) -> String {
    serde_json::to_string(effects).unwrap()
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
fn what_the_administrator_decided_is_shown_and_not_changed() {
    let mut options = options();
    let administrators = "Your administrator has decided this.";
    assert!(!says(&options, administrators));
    let policy = r#"{"managed":{"allowedSites":["https://*.bank.example"],
        "grants":[{"origin":"https://www.bank.example","scopes":["sign"]}]}}"#;
    options.receive(Event::Opened {
        policy: policy.to_owned(),
        language: None,
        pin_entry: PinEntrySetting::default(),
        managed: ManagedSettings {
            language_fixed: true,
            problems: vec!["grants[3]".to_owned(), "a\u{202e}".to_owned()],
        },
        version: "0.1.0".to_owned(),
        browser: "Firefox".to_owned(),
        token: None,
        hidden: Vec::new(),
        now: NOW,
    });
    for words in [
        "https://*.bank.example",
        "www.bank.example",
        "not used: grants[3], a[U+202E]",
    ] {
        assert!(says(&options, words), "{words}");
    }
    // The grant and the language.
    assert_eq!(options.view().words().matches(administrators).count(), 2);
    assert!(!options.view().buttons().contains(&"Revoke".to_owned()));
    options.receive(Event::Decided {
        policy: r#"{"managed":{"allowedSites":[]}}"#.to_owned(),
    });
    assert!(says(&options, "lets no site use Tamga"));
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
    let words = options.view().words();
    assert!(words.find("tamga-host register") < words.find("Key files"));
    let look = json(&options.receive(Event::Focused {}));
    assert_eq!(look, r#"[{"type":"open-host"}]"#);
    assert!(says(&options, "tamga-host register"));
    let lead = options.view().press("First steps");
    assert_eq!(json(&options.act(lead)), r#"[{"type":"open-first-run"}]"#);
    let again = options.view().press("Try again");
    assert_eq!(json(&options.act(again)), r#"[{"type":"open-host"}]"#);
}
