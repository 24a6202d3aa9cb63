use super::{
    DiagnosisPage,
    messages::{Action, Effect, Event},
};
use crate::{Screen as _, english};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{Diagnosis, Fact, FaultCode, Finding},
};

fn page() -> DiagnosisPage {
    let mut page = DiagnosisPage::new(english());
    assert_eq!(wire(&page.open()), [r#"{"type":"open-host"}"#]);
    page.receive(Event::Opened {
        version: "0.1.0".to_owned(),
        browser: "Firefox".to_owned(),
    });
    page
}

fn wire(effects: &[Effect]) -> Vec<String> {
    let json = effects.iter().map(serde_json::to_string);
    json.collect::<Result<_, _>>().unwrap()
}

fn diagnose(repair: bool) -> String {
    format!(r#"{{"type":"diagnose","command":{{"type":"diagnose","repair":{repair}}}}}"#)
}

fn shown(page: &DiagnosisPage) -> String {
    page.view().words()
}

fn finding(code: FaultCode, repairable: bool) -> Finding {
    Finding {
        code,
        subject: Some("Chromium".to_owned()),
        place: Some("~/.config/a.json".to_owned()),
        repairable,
    }
}

fn found(findings: Vec<Finding>) -> Event {
    Event::Diagnosed(Diagnosis {
        findings,
        repaired: Vec::new(),
        facts: vec![Fact {
            name: "Tamga host".to_owned(),
            value: "0.1.0".to_owned(),
        }],
    })
}

fn with_host() -> DiagnosisPage {
    let mut page = page();
    let version = "0.1.0".to_owned();
    assert_eq!(
        wire(&page.receive(Event::HostOpened { version })),
        [diagnose(false)]
    );
    page
}

#[test]
fn what_the_host_found_is_shown_with_its_repair() {
    let mut page = with_host();
    page.receive(found(vec![
        finding(FaultCode::ManifestMissing, true),
        finding(FaultCode::HostBlocked, false),
    ]));
    let view = shown(&page);
    for words in [
        "Chromium has not been told",
        "tamga-host register",
        "A policy keeps Chromium",
        "Repair",
    ] {
        assert!(view.contains(words), "{words}: {view}");
    }
    assert_eq!(wire(&page.act(Action::Repair)), [diagnose(true)]);
    page.receive(found(vec![finding(FaultCode::HostBlocked, false)]));
    assert!(!shown(&page).contains("has not been told"));
    assert_eq!(wire(&page.act(Action::TryAgain)), [diagnose(false)]);
    page.receive(found(Vec::new()));
    assert!(shown(&page).contains("Nothing was found"));
}

#[test]
fn without_a_host_it_says_what_the_browser_said() {
    let mut page = page();
    for code in [
        ErrorCode::HostMissing,
        ErrorCode::HostForbidden,
        ErrorCode::HostNotStarted,
        ErrorCode::HostGarbled,
        ErrorCode::HostBlocked,
    ] {
        let failure = Failure::from(code);
        let words = [english().error(&failure), english().help(&failure)];
        page.receive(Event::HostFailed { failure });
        let view = shown(&page);
        assert!(words.iter().all(|words| view.contains(&**words)), "{view}");
    }
    // Whoever has put it right comes back.
    assert_eq!(
        wire(&page.receive(Event::Focused {})),
        [r#"{"type":"open-host"}"#]
    );
    assert_eq!(
        wire(&page.act(Action::TryAgain)),
        [r#"{"type":"open-host"}"#]
    );
    assert_eq!(page.report(), "Tamga extension 0.1.0\nFirefox");
}

#[test]
fn the_report_is_what_is_seen() {
    let mut page = with_host();
    page.receive(found(vec![finding(FaultCode::ManifestMissing, true)]));
    let report = "Tamga extension 0.1.0\nFirefox\nTamga host 0.1.0\nMANIFEST_MISSING Chromium ~/.config/a.json";
    assert_eq!(page.report(), report);
    let [Effect::Copy { text }] = &*page.act(Action::Copy) else {
        panic!("nothing is copied");
    };
    assert_eq!(text, report);
    page.receive(Event::Copied {});
    assert!(shown(&page).contains("Copied"));
    page.receive(Event::HostFailed {
        failure: ErrorCode::HostStopped.into(),
    });
    assert_eq!(
        page.report(),
        "Tamga extension 0.1.0\nFirefox\nHOST_STOPPED"
    );
}

#[test]
fn what_could_not_be_examined_is_said() {
    let mut page = with_host();
    let failure = Failure::from(ErrorCode::StorageFailed);
    let words = english().error(&failure);
    page.receive(Event::DiagnoseFailed { failure });
    assert!(shown(&page).contains(&words));
    assert!(page.report().ends_with("STORAGE_FAILED"));
}
