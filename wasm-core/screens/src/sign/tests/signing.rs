//! From the password to the page's answer.

use super::failing::read_failed;
use super::*;
use crate::sign::items::State;
use tamga_core::protocol::{SigningContext, WaitingFor};

pub(super) const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;

pub(super) fn submit(window: &mut SignWindow, password: &str) -> Vec<Effect> {
    let action = window.view().submit(password);
    window.act(action)
}

/// A window whose host was given its command.
pub(super) fn signing(command: &str) -> (SignWindow, Vec<Effect>) {
    let (mut window, _) = choosing(command, &[IVANOVA]);
    while let Some(index) = window
        .items
        .all
        .iter()
        .position(|it| it.state == State::Unread)
    {
        read(&mut window, index, SHA256);
    }
    let effects = submit(&mut window, "qwerty");
    (window, effects)
}

pub(super) fn item_signed(window: &mut SignWindow, index: u32) -> Vec<Effect> {
    window.receive(Event::ItemSigned { index })
}

/// The items of the answer to the page.
pub(super) fn outcomes(effects: &[Effect]) -> serde_json::Value {
    let answers = effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Answer { .. }));
    let mut answers = answers.map(|effect| serde_json::to_value(effect).unwrap());
    answers.next().expect("an answer")["items"].take()
}

/// A request for documents of these sizes.
fn documents(sizes: &[u64]) -> String {
    let document = |size| serde_json::json!({"name": "a.txt", "size": size});
    let documents: Vec<_> = sizes.iter().map(document).collect();
    serde_json::json!({"type": "sign", "documents": documents}).to_string()
}

/// Which documents the host is to read.
fn to_read(effects: &[Effect]) -> Vec<usize> {
    let index = |effect: &Effect| match effect {
        Effect::Read { index, .. } => Some(*index),
        _ => None,
    };
    effects.iter().filter_map(index).collect()
}

#[test]
fn documents_are_read_before_the_password_is_there_a_few_at_a_time() {
    let (mut window, effects) = choosing(&documents(&[1; 6]), &[IVANOVA]);
    let first = r#"{"type":"read","index":0,"algorithm":"SHA-256","keep":false}"#;
    assert_eq!(json(&effects)[0], first);
    assert_eq!(to_read(&effects), [0, 1, 2, 3]);
    let effects = read(&mut window, 2, SHA256);
    assert_eq!(names(&effects), ["progress", "read"]);
    assert_eq!(to_read(&effects), [4]);
    assert_eq!(to_read(&read(&mut window, 0, SHA256)), [5]);
    for index in [1, 3, 4, 5] {
        assert_eq!(names(&read(&mut window, index, SHA256)), ["progress"]);
    }
}

#[test]
fn a_large_document_is_read_by_itself() {
    let (mut window, effects) = choosing(&documents(&[5, 2 << 20, 5, 5]), &[IVANOVA]);
    assert_eq!(to_read(&effects), [0]);
    assert_eq!(to_read(&read(&mut window, 0, SHA256)), [1]);
    assert_eq!(to_read(&read(&mut window, 1, SHA256)), [2, 3]);
}

#[test]
fn what_goes_into_the_signature_is_kept() {
    let attached = ONE.replacen('{', r#"{"detached":false,"#, 1);
    let (_, effects) = choosing(&attached, &[IVANOVA]);
    assert!(json(&effects)[0].contains(r#""keep":true"#));
}

#[test]
fn a_key_of_another_digest_has_the_documents_read_again() {
    let (mut window, _) = choosing(THREE, &[IVANOVA, AKHMETOV]);
    window.act(Action::Choose(entry(IVANOVA).key_id()));
    read(&mut window, 0, SHA256);
    let other = Action::Choose(entry(AKHMETOV).key_id());
    let again = r#"{"type":"read","index":0,"algorithm":"SHA-384","keep":false}"#;
    assert_eq!(json(&window.act(other)), [again]);
    // What the host is at is not interrupted.
    assert_eq!(to_read(&read(&mut window, 1, SHA256)), [1]);
    assert_eq!(to_read(&read(&mut window, 2, SHA256)), [2]);
    for index in 0..3 {
        read(&mut window, index, DigestAlgorithm::Sha384);
    }
    assert_eq!(names(&submit(&mut window, "1")), ["progress", "sign"]);
}

#[test]
fn the_host_gets_one_command_with_everything() {
    let (_, effects) = signing(THREE);
    assert_eq!(names(&effects), ["progress", "sign"]);
    let Effect::Sign { command, .. } = &effects[1] else {
        panic!("{effects:?}");
    };
    let protocol::KeyEntry { id, location, .. } = entry(IVANOVA);
    let location = serde_json::to_string(&location).unwrap();
    let expected = [
        format!(r#"{{"type":"sign","certificate":"{id}","location":{location},"unlock":{{"type":"password","password":"cXdlcnR5"}},"#),
        r#""context":{"origin":"https://shop.example","documents":["a.txt","b.pdf","c.xml"],"record":true},"#.to_owned(),
        r#""profile":{"container":"cms","level":"bes","placement":"detached"},"padding":"pkcs1","items":["#.to_owned(),
        r#"{"type":"document","document":10},{"type":"document","document":11},"#.to_owned(),
        r#"{"type":"document","document":12}]}"#.to_owned(),
    ];
    assert_eq!(serde_json::to_string(command).unwrap(), expected.concat());
}

#[test]
fn digests_are_signed_as_they_are() {
    let value = "00".repeat(32);
    let hash = format!(r#"{{"name":"a","algorithm":"SHA-256","value":"{value}"}}"#);
    let request = format!(r#"{{"type":"sign","format":"cms","pss":true,"hashes":[{hash}]}}"#);
    let (_, effects) = signing(&request);
    let Effect::Sign { command, .. } = &effects[1] else {
        panic!("{effects:?}");
    };
    let Command::Sign {
        profile,
        padding,
        items,
        ..
    } = command
    else {
        panic!("{command:?}");
    };
    assert_eq!(
        (profile.level, *padding),
        (
            tamga_core::format::Level::Plain,
            tamga_core::algorithm::Padding::Pss
        )
    );
    assert!(matches!(items[..], [protocol::Item::Hash { .. }]));
}

#[test]
fn a_password_that_comes_early_waits_for_the_reading() {
    let (mut window, _) = choosing(THREE, &[IVANOVA]);
    assert!(submit(&mut window, "early").is_empty());
    window.receive(Event::Reading { index: 0, bytes: 3 });
    assert!(says(&window, "Reading documents: 3 B of 2 KB"));
    read(&mut window, 0, SHA256);
    read(&mut window, 1, SHA256);
    let effects = read(&mut window, 2, SHA256);
    assert_eq!(names(&effects), ["progress", "progress", "sign"]);
    assert!(json(&effects)[2].contains(&BASE64_STANDARD.encode("early")));
}

#[test]
fn a_password_is_sent_once() {
    let (mut window, _) = signing(ONE);
    assert!(
        window
            .act(Action::Sign(Secret::new("again".to_owned())))
            .is_empty()
    );
    assert!(
        read(&mut window, 0, SHA256)
            .iter()
            .all(|it| !matches!(it, Effect::Sign { .. }))
    );
}

#[test]
fn progress_is_told_to_the_page() {
    let (mut window, _) = choosing(THREE, &[IVANOVA]);
    let reading = json(&window.receive(Event::Reading { index: 1, bytes: 2 }));
    let expected =
        r#"{"type":"progress","phase":"reading","done":0,"total":3,"bytes":2,"bytesTotal":2053}"#;
    assert_eq!(reading, [expected]);
    let (mut window, effects) = signing(THREE);
    assert_eq!(
        json(&effects)[0],
        r#"{"type":"progress","phase":"signing","done":0,"total":3}"#
    );
    let signed = json(&item_signed(&mut window, 0));
    assert_eq!(
        signed,
        [r#"{"type":"progress","phase":"signing","done":1,"total":3}"#]
    );
    assert!(says(&window, "Signed: 1 of 3"));
}

#[test]
fn the_page_gets_its_items_in_its_order_and_the_window_closes() {
    let (mut window, _) = signing(THREE);
    for index in [2, 0, 1] {
        item_signed(&mut window, index);
    }
    let effects = window.receive(Event::Signed {});
    assert_eq!(names(&effects), ["remember", "answer"]);
    let expected = serde_json::json!([
        {"type": "signed", "name": "a.txt", "signature": 0},
        {"type": "signed", "name": "b.pdf", "signature": 1},
        {"type": "signed", "name": "c.xml", "signature": 2},
    ]);
    assert_eq!(outcomes(&effects), expected);
    assert!(!says(&window, "Close"));
    assert_eq!(
        json(&window.receive(Event::Delivered {})),
        [r#"{"type":"close","after":1500}"#]
    );
    assert!(says(&window, "Signatures: 3 of 3"));
    let close = window.view().press("Close");
    assert_eq!(json(&window.act(close)), [r#"{"type":"close","after":0}"#]);
}

#[test]
fn no_password_shows_in_debug_output() {
    let (mut window, _) = choosing(ONE, &[IVANOVA]);
    submit(&mut window, "correct horse");
    assert!(!format!("{window:?}").contains("horse"));
}

#[test]
fn a_key_without_a_password_asks_for_none() {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(asked(ONE, ALLOWED)));
    window.receive(host_opened());
    window.receive(Event::Listed(Listing {
        keys: vec![contained(IVANOVA)],
        ..Listing::default()
    }));
    let view = window.view();
    assert!(view.with("type", "password").is_none());
    assert!(view.words().contains("has no password"));
    read(&mut window, 0, SHA256);
    let effects = window.act(view.press("Sign"));
    assert_eq!(names(&effects).last().unwrap(), "sign");
}

/// The context of the command to sign.
fn context_of(effects: &[Effect]) -> SigningContext {
    let mut commands = effects.iter().filter_map(|effect| match effect {
        Effect::Sign {
            command: Command::Sign { context, .. },
            ..
        } => context.clone(),
        _ => None,
    });
    *commands.next_back().expect("a context")
}

#[test]
fn the_host_hears_for_whom_it_signs_and_whether_to_record_it() {
    let (mut window, _) = choosing(THREE, &[IVANOVA]);
    read(&mut window, 0, SHA256);
    read_failed(&mut window, 1, ErrorCode::ContentChanged);
    read(&mut window, 2, SHA256);
    let context = context_of(&submit(&mut window, "qwerty"));
    assert_eq!(context.documents, ["a.txt", "c.xml"]);
    assert_eq!(context.origin.as_str(), "https://shop.example");
    assert_eq!(context.top_origin, None);
    assert!(context.record && !context.blind);

    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(WindowRequest {
        top_origin: Some("https://top.example".to_owned()),
        private_window: true,
        ..asked(ONE, "{}")
    }));
    window.act(Action::Answer(Answer::Once));
    window.receive(Event::Decided {});
    window.receive(host_opened());
    window.receive(listed(&[IVANOVA]));
    read(&mut window, 0, SHA256);
    let context = context_of(&submit(&mut window, "qwerty"));
    let top = context.top_origin.map(|top| top.to_string());
    assert_eq!(top.as_deref(), Some("https://top.example"));
    assert!(!context.record);
}

#[test]
fn what_a_signature_waits_for_is_shown_until_it_is_there() {
    for how in [WaitingFor::Device, WaitingFor::Reader] {
        let (mut window, _) = signing(&documents(&[1, 2]));
        let until = "14:05:33";
        window.receive(Event::Waiting {
            how,
            until: until.to_owned(),
        });
        assert!(says(&window, until) && says(&window, "Cancel"), "{how:?}");
        item_signed(&mut window, 0);
        assert!(!says(&window, until), "{how:?}");
    }
}
