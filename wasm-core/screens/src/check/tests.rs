use super::*;
use crate::english;
use tamga_core::failure::ErrorCode;

fn opened() -> Check {
    let mut check = Check::new(english());
    assert_eq!(check.open(), [Effect::ReadSettings {}, Effect::OpenHost {}]);
    let version = "1".to_owned();
    assert_eq!(check.receive(Event::HostOpened { version }), []);
    assert_eq!(check.receive(Event::Settings { offline: false }), []);
    check
}

/// Files with these names and beginnings.
fn choose(check: &mut Check, files: &[(&str, &[u8])]) -> Vec<Effect> {
    let files = files.iter().map(|(name, beginning)| ChosenFile {
        name: (*name).to_owned(),
        size: 9,
        beginning: BASE64_STANDARD.encode(beginning),
    });
    check.receive(Event::Chosen {
        files: files.collect(),
    })
}

fn read(index: u32, digests: Option<&[DigestAlgorithm]>) -> Effect {
    let digests = digests.map(<[_]>::to_vec);
    Effect::ReadFile { index, digests }
}

fn has_read(
    check: &mut Check,
    index: u32,
    role: CheckRole,
    digests: &[DigestAlgorithm],
) -> Vec<Effect> {
    check.receive(Event::FileRead {
        index,
        file: index + 10,
        role,
        digests: digests.to_vec(),
    })
}

fn report(document: &str) -> CheckReport {
    let signer = r#"{"state":"invalid","conclusion":"content-changed","owner":"Anna","level":"CMS",
        "signature":{"state":"invalid","container":"cms","level":"plain","warnings":[],"failure":"content-changed"},
        "inside":{"certificates":0,"lists":0,"answers":0},"timestamps":[],"countersignatures":[],"unchecked":[]}"#;
    let json = format!(
        r#"{{"time":0,"unsigned":[],"signatures":[
        {{"name":"a.p7m","file":0,"form":"der","document":{document},"signers":[{signer}]}}]}}"#
    );
    serde_json::from_str(&json).unwrap()
}

const SHA: &[DigestAlgorithm] = &[DigestAlgorithm::Sha256];
const GOST: &[DigestAlgorithm] = &[DigestAlgorithm::Streebog256];
const DER: &[u8] = b"\x30\x82";
const PDF: &[u8] = b"%PDF-1.7";

#[test]
fn what_may_be_a_signature_is_read_before_documents() {
    let mut check = opened();
    let files = [("a.pdf", PDF), ("a.pdf.sig", DER)];
    assert_eq!(choose(&mut check, &files), [read(1, None)]);
    let next = has_read(&mut check, 1, CheckRole::Signature, SHA);
    assert_eq!(next, [read(0, Some(SHA))]);
    let next = has_read(&mut check, 0, CheckRole::Document, &[]);
    let round = check.round;
    let asked = Effect::Check {
        round,
        files: vec![10, 11],
        servers: true,
    };
    assert_eq!(next, [asked]);
    assert!(check.view().with("aria-label", "Checking").is_some());

    // A signature that comes later has the document hashed once more.
    assert_eq!(choose(&mut check, &[("b.sig", DER)]), [read(2, None)]);
    let next = has_read(&mut check, 2, CheckRole::Signature, GOST);
    assert_eq!(next, [read(0, Some(&[SHA, GOST].concat()))]);
    // What was asked before is not wanted any more.
    let report = report(r#"{"type":"missing"}"#);
    check.receive(Event::Checked { round, report });
    assert!(matches!(check.stage, Stage::Reading));
}

#[test]
fn without_a_signature_there_is_nothing_to_check() {
    let mut check = opened();
    assert_eq!(
        choose(&mut check, &[("a.txt", b"text"), ("b.pdf", PDF)]),
        [read(0, None)]
    );
    assert_eq!(has_read(&mut check, 0, CheckRole::Document, &[]), []);
    let needs = english().plain("check_need_signature");
    assert!(check.view().words().contains(&needs));
    // What cannot be read keeps nothing else from being checked.
    assert_eq!(
        choose(&mut check, &[("c.sig", DER), ("d.sig", DER)]),
        [read(2, None)]
    );
    let failure = ErrorCode::FileUnreadable.into();
    let next = check.receive(Event::FileFailed { index: 2, failure });
    assert_eq!(next, [read(3, None)]);
    let next = has_read(&mut check, 3, CheckRole::Signature, &[]);
    assert_eq!(next, [read(1, Some(&[]))]);
}

#[test]
fn another_host_is_given_everything_again() {
    let mut check = opened();
    choose(&mut check, &[("a.p7m", DER)]);
    has_read(&mut check, 0, CheckRole::Signature, SHA);
    let failure = ErrorCode::HostStopped.into();
    check.receive(Event::HostFailed { failure });
    let again = check.view().press("Try again");
    assert_eq!(check.act(again), [Effect::OpenHost {}]);
    let version = "2".to_owned();
    assert_eq!(
        check.receive(Event::HostOpened { version }),
        [read(0, None)]
    );
}

#[test]
fn what_came_of_it_is_shown_and_the_document_taken_out() {
    let mut check = opened();
    choose(&mut check, &[("a.p7m", DER)]);
    has_read(&mut check, 0, CheckRole::Signature, SHA);
    let round = check.round;
    let report = report(r#"{"type":"inside","size":5}"#);
    check.receive(Event::Checked { round, report });
    let view = check.view();
    let words = view.words();
    assert!(words.contains("Anna") && words.contains(&english().plain("check_content_changed")));
    let extract = view.press(&english().plain("check_extract"));
    let name = "a".to_owned();
    assert_eq!(check.act(extract), [Effect::Extract { file: 10, name }]);
    check.receive(Event::Extracted { file: 10 });
    assert!(
        check
            .view()
            .words()
            .contains(&english().plain("check_extracted"))
    );
    for (label, effect) in [
        ("check_print", Effect::Print {}),
        ("check_save_report", Effect::SaveReport {}),
        ("check_again", Effect::Forget {}),
    ] {
        let press = check.view().press(&english().plain(label));
        assert_eq!(check.act(press), [effect]);
    }
    assert!(check.files.is_empty());
}

/// A report with one signer, whose certificate is in this state.
fn judged(conclusion: &str, outcome: &str, revocation: &str) -> CheckReport {
    let name = r#"{"id":"00","owner":"Anna","serial":"01"}"#;
    let json = format!(
        r#"{{"time":0,"unsigned":[],"signatures":[{{"name":"a.p7m","file":0,"form":"der",
        "document":{{"type":"inside","size":5}},"signers":[{{"state":"unchecked","conclusion":"{conclusion}","owner":"Anna",
        "level":"CMS","signature":{{"state":"valid","container":"cms","level":"plain","warnings":[]}},
        "certificate":{{"certificate":{name},"time":0,"purpose":"documents","outcome":{outcome},"path":[{name}],
        "revocation":{revocation}}},"inside":{{"certificates":0,"lists":0,"answers":0}},"timestamps":[],"countersignatures":[],"unchecked":[]}}]}}]}}"#
    );
    serde_json::from_str(&json).unwrap()
}

const UNKNOWN: [&str; 3] = [
    "revocation-unknown",
    r#"{"state":"unchecked","reason":{"code":"revocation-unknown"}}"#,
    r#"{"state":"unavailable","why":"no-evidence"}"#,
];
const REVOKED: [&str; 3] = [
    "revoked",
    r#"{"state":"invalid","reason":{"code":"revoked"}}"#,
    r#"{"state":"revoked","at":0,"reason":"superseded"}"#,
];

/// A page whose host has said what it knows, and asks servers now.
fn asking() -> (Check, u32) {
    let mut check = opened();
    choose(&mut check, &[("a.p7m", DER)]);
    has_read(&mut check, 0, CheckRole::Signature, SHA);
    let round = check.round;
    let [conclusion, outcome, revocation] = UNKNOWN;
    let report = judged(conclusion, outcome, revocation);
    check.receive(Event::CheckedSoFar { round, report });
    (check, round)
}

fn says(check: &Check, key: &str) -> bool {
    check.view().words().contains(&english().plain(key))
}

#[test]
fn what_servers_say_changes_the_verdict_in_its_place() {
    let (mut check, round) = asking();
    assert!(says(&check, "check_asking") && says(&check, "check_asking_servers"));
    assert!(!says(&check, "check_step_revocation_unknown"));
    let [conclusion, outcome, revocation] = REVOKED;
    let report = judged(conclusion, outcome, revocation);
    let file = report.signatures[0].clone();
    // What is said about an earlier question counts for nothing.
    let earlier = round.wrapping_sub(1);
    let other = file.clone();
    check.receive(Event::FileChecked {
        round: earlier,
        file: other,
    });
    assert!(!says(&check, "check_revoked"));
    check.receive(Event::FileChecked { round, file });
    assert!(says(&check, "check_revoked") && says(&check, "check_asking_servers"));
    check.receive(Event::Checked { round, report });
    assert!(says(&check, "check_revoked") && says(&check, "check_servers_asked"));
}

#[test]
fn nobody_has_to_wait_for_servers() {
    let (mut check, round) = asking();
    let stop = check.view().press(&english().plain("check_stop_asking"));
    assert_eq!(check.act(stop), [Effect::StopChecking {}]);
    let failure = ErrorCode::Cancelled.into();
    check.receive(Event::CheckFailed { round, failure });
    // What is known without them stays, and is said as it is.
    assert!(says(&check, "check_revocation_unknown"));
    assert!(says(&check, "check_step_revocation_unknown"));
    assert!(says(&check, "check_servers_not_asked"));
}

#[test]
fn offline_no_server_is_asked() {
    let (mut check, round) = asking();
    let toggled = check.act(Action::ToggleOffline);
    let kept = Effect::KeepOffline { offline: true };
    assert_eq!(toggled, [kept, Effect::StopChecking {}]);
    let failure = ErrorCode::Cancelled.into();
    check.receive(Event::CheckFailed { round, failure });
    // With servers again, what was found out stays to be seen.
    let toggled = check.act(Action::ToggleOffline);
    let kept = Effect::KeepOffline { offline: false };
    let round = check.round;
    let again = Effect::Check {
        round,
        files: vec![10],
        servers: true,
    };
    assert_eq!(toggled, [kept, again]);
    assert!(says(&check, "check_asking"));

    let mut check = Check::new(english());
    check.open();
    check.receive(Event::Settings { offline: true });
    let version = "1".to_owned();
    check.receive(Event::HostOpened { version });
    choose(&mut check, &[("a.p7m", DER)]);
    let next = has_read(&mut check, 0, CheckRole::Signature, SHA);
    let round = check.round;
    let asked = Effect::Check {
        round,
        files: vec![10],
        servers: false,
    };
    assert_eq!(next, [asked]);
    let [conclusion, outcome, revocation] = UNKNOWN;
    let report = judged(conclusion, outcome, revocation);
    check.receive(Event::Checked { round, report });
    assert!(says(&check, "check_servers_not_asked") && says(&check, "check_revocation_unknown"));
}
