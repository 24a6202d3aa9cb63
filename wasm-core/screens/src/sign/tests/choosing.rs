//! The choice of a certificate, and looking at what is signed.

use super::tokens::press;
use super::*;
use crate::certificate_list::ListAction;
use crate::fixtures::{revoked, valid};
use tamga_core::protocol::{KeyEntry, KeyLocation, Unreadable};

fn id(certificate: &str) -> String {
    entry(certificate).id
}

fn key_id(certificate: &str) -> String {
    entry(certificate).key_id()
}

fn named(certificate: &str) -> String {
    let id = id(certificate);
    format!(r#"{{"type":"sign","documents":[{{"name":"a","size":5}}],"certificate":"{id}"}}"#)
}

fn hashes(algorithm: &str, length: usize) -> String {
    let value = "00".repeat(length);
    format!(
        r#"{{"type":"sign","hashes":[{{"name":"a","algorithm":"{algorithm}","value":"{value}"}}]}}"#
    )
}

/// The key that is chosen on the screen.
fn chosen(window: &SignWindow) -> Option<String> {
    let view = window.view();
    let radios = view
        .all()
        .into_iter()
        .filter(|it| it.value_of("type") == Some("radio"));
    let mut chosen = radios.filter(|radio| radio.value_of("checked").is_some());
    chosen
        .next()
        .and_then(|radio| radio.value_of("value"))
        .map(str::to_owned)
}

/// A window of a site on which this certificate was used last.
fn remembering(last: &str, certificates: &[&str]) -> SignWindow {
    let mut window = SignWindow::new(english());
    window.receive(listed(certificates));
    window.receive(Event::Requested(WindowRequest {
        last_certificate: Some(id(last)),
        ..asked(ONE, ALLOWED)
    }));
    window
}

/// The value of the radio button that the keyboard comes to.
fn focused_radio(window: &SignWindow) -> Option<String> {
    let view = window.view();
    let mut radios = view.all().into_iter();
    let focused = radios.find(|it| it.value_of("type") == Some("radio") && it.focus.is_some());
    focused
        .and_then(|it| it.value_of("value"))
        .map(str::to_owned)
}

#[test]
fn nobody_chooses_of_several_for_the_person() {
    let (mut window, effects) = choosing(ONE, &[PETROV, ENCRYPTS, AKHMETOV, IVANOVA]);
    assert_eq!(chosen(&window), None);
    // The document is read, to be looked at; nothing is signed, and the keyboard is where the choice is.
    assert_eq!(names(&effects), ["read"]);
    assert!(window.view().with("type", "password").is_none());
    assert!(says(&window, "Choose a certificate above."));
    assert_eq!(focused_radio(&window), Some(key_id(IVANOVA)));
    // Arrow keys choose: the keyboard stays in the list, which stays as it is.
    assert!(window.act(Action::Choose(key_id(AKHMETOV))).is_empty());
    assert_eq!(focused_radio(&window), None);
    assert_eq!(window.view().with("type", "password").unwrap().focus, None);
    assert!(says(&window, "Ivanova Anna") && says(&window, "Petrov Pyotr"));
}

#[test]
fn the_only_one_that_fits_is_chosen_and_that_is_said() {
    let words = "Only this certificate fits, so it is chosen.";
    let (window, _) = choosing(ONE, &[PETROV, ENCRYPTS, IVANOVA]);
    assert_eq!(chosen(&window), Some(key_id(IVANOVA)));
    assert!(says(&window, words));
    assert!(!window.view().buttons().contains(&"Change".to_owned()));
    let (window, _) = choosing(CERTIFICATE, &[PETROV, IVANOVA]);
    assert_eq!(chosen(&window), Some(key_id(IVANOVA)));
    assert!(says(&window, words));
    // Where there are others it is not said.
    let window = remembering(IVANOVA, &[IVANOVA, SMITH]);
    assert!(!says(&window, words));
}

#[test]
fn a_hidden_one_is_chosen_by_the_person_alone() {
    let hiding = |hidden: &[&str], last: Option<&str>, request: &str| {
        let mut window = SignWindow::new(english());
        window.receive(listed(&[IVANOVA, AKHMETOV]));
        window.receive(Event::Requested(WindowRequest {
            hidden: hidden.iter().map(|it| id(it)).collect(),
            last_certificate: last.map(id),
            ..asked(request, ALLOWED)
        }));
        window
    };
    let window = hiding(&[IVANOVA], None, ONE);
    assert_eq!(chosen(&window), Some(key_id(AKHMETOV)));
    assert!(says(&window, "Hidden (1)"));
    assert!(window.view().with("open", "").is_none());
    // What the site was signed for last is not offered either, nor the only one there is.
    let mut window = hiding(&[IVANOVA], Some(IVANOVA), ONE);
    assert_eq!(chosen(&window), None);
    window.act(Action::Choose(key_id(IVANOVA)));
    assert_eq!(chosen(&window), Some(key_id(IVANOVA)));
    assert_eq!(chosen(&hiding(&[IVANOVA, AKHMETOV], None, ONE)), None);
    // A site that names one gets no other.
    let window = hiding(&[IVANOVA], None, &named(IVANOVA));
    assert_eq!(chosen(&window), Some(key_id(IVANOVA)));
}

#[test]
fn what_will_be_refused_is_warned_of_and_not_forbidden() {
    let (mut window, _) = choosing(ONE, &[IVANOVA]);
    let warning = "Such a signature will be refused: The certificate was revoked on 2027-01-01.";
    assert!(!says(&window, warning));
    let before = window.pending();
    window.receive(Event::Verdict(Box::new(valid(IVANOVA))));
    assert!(says(&window, "Valid") && !says(&window, warning));
    // Nothing else is decided on than before.
    assert!(before == window.pending());
    window.receive(Event::Verdict(Box::new(revoked(IVANOVA))));
    assert!(says(&window, warning), "{}", window.view().words());
    // A press that was under way before the warning came decides nothing.
    assert!(before != window.pending());
    let form = window.view().submit("1");
    window.act(form);
    assert!(window.view().with("type", "password").is_none());
}

#[test]
fn a_verdict_moves_the_list_until_the_person_is_there() {
    let (mut window, _) = choosing(ONE, &[AKHMETOV, IVANOVA]);
    let order = |window: &SignWindow| {
        let words = window.view().words();
        words.find("Ivanova") < words.find("Ахметов")
    };
    let second = if order(&window) { AKHMETOV } else { IVANOVA };
    let before = order(&window);
    window.receive(Event::Verdict(Box::new(revoked(second))));
    assert!(order(&window) != before && says(&window, "Need attention (1)"));
    window.receive(Event::Verdict(Box::new(valid(second))));
    let there = order(&window);
    window.receive(Event::Touched {});
    for later in [AKHMETOV, IVANOVA] {
        window.receive(Event::Verdict(Box::new(revoked(later))));
        assert_eq!(order(&window), there);
    }
    assert!(!says(&window, "Need attention") && says(&window, "Revoked"));
}

#[test]
fn the_only_one_is_not_chosen_while_others_may_come_or_when_another_goes() {
    let all = |keys: &[&str]| Listing {
        keys: keys.iter().map(|it| entry(it)).collect(),
        ..Listing::default()
    };
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(asked(ONE, ALLOWED)));
    window.receive(Event::ListedSoFar(all(&[IVANOVA])));
    assert_eq!((chosen(&window), focused_radio(&window)), (None, None));
    window.receive(Event::Listed(all(&[IVANOVA, SMITH])));
    assert_eq!(chosen(&window), None);
    assert!(focused_radio(&window).is_some());
    // The person was offered two: which one is left is not the person's choice.
    window.receive(Event::Listed(all(&[IVANOVA])));
    assert_eq!((chosen(&window), focused_radio(&window)), (None, None));
}

#[test]
fn the_one_that_was_used_on_the_site_last_is_chosen_if_it_fits() {
    let window = remembering(SMITH, &[IVANOVA, PETROV, SMITH]);
    assert_eq!(chosen(&window), Some(key_id(SMITH)));
    // It has expired, or is not there: nothing is chosen in its place.
    for there in [
        &[IVANOVA, PETROV, AKHMETOV][..],
        &[IVANOVA, PETROV],
        &[IVANOVA],
    ] {
        let window = remembering(PETROV, there);
        assert_eq!(chosen(&window), None);
        assert_eq!(focused_radio(&window), Some(key_id(IVANOVA)));
    }
}

#[test]
fn whose_key_it_is_stands_above_the_password_and_leads_to_the_others() {
    let mut window = remembering(SMITH, &[IVANOVA, AKHMETOV, PETROV, SMITH]);
    let foot = |window: &SignWindow| {
        let view = window.view();
        let foot = view.all().into_iter().find(|it| it.tag == "footer");
        foot.unwrap().words()
    };
    let words = foot(&window);
    let place = |part: &str| {
        words
            .find(part)
            .unwrap_or_else(|| panic!("{part}: {words}"))
    };
    assert!(place("Signs:") < place("Smith John"));
    assert!(place("until 2027-02-01") < place("Password of the file keys.p12"));
    assert!(!says(&window, "Ivanova Anna"));
    assert!(press(&mut window, "Change").is_empty());
    assert!(says(&window, "Ivanova Anna"));
    assert_eq!(focused_radio(&window), Some(key_id(SMITH)));
    window.act(Action::Choose(key_id(AKHMETOV)));
    assert!(foot(&window).contains("Ахметов Ерлан"));

    let (window, _) = choosing(CERTIFICATE, &[IVANOVA]);
    assert!(foot(&window).contains("The site will see:\n"));
}

#[test]
fn a_certificate_in_two_places_is_chosen_in_one_of_them() {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(asked(ONE, ALLOWED)));
    window.receive(host_opened());
    let keys = vec![entry(IVANOVA), contained(IVANOVA)];
    window.receive(Event::Listed(Listing {
        keys: keys.clone(),
        ..Listing::default()
    }));
    read(&mut window, 0, DigestAlgorithm::Sha256);
    for key in [&keys[1], &keys[0]] {
        window.act(Action::Choose(key.key_id()));
        assert_eq!(chosen(&window), Some(key.key_id()));
    }
    window.act(Action::Choose(keys[1].key_id()));
    let effects = press(&mut window, "Sign");
    let Some(Effect::Sign { command, .. }) = effects.last() else {
        panic!("{effects:?}");
    };
    let Command::Sign { location, .. } = command else {
        panic!("{command:?}");
    };
    assert_eq!(location.as_deref(), Some(&keys[1].location));
}

#[test]
fn the_one_that_the_site_names_is_the_only_one() {
    let (mut window, _) = choosing(&named(SMITH), &[IVANOVA, SMITH]);
    assert_eq!(chosen(&window), Some(key_id(SMITH)));
    assert!(says(&window, "The site asks for another certificate."));
    window.act(Action::Choose(key_id(IVANOVA)));
    assert_eq!(chosen(&window), Some(key_id(SMITH)));
}

#[test]
fn the_one_that_the_site_names_may_be_missing_or_bad() {
    let (window, _) = choosing(&named(SMITH), &[IVANOVA]);
    assert!(says(
        &window,
        "The certificate that the site asks for is not here."
    ));
    assert_eq!(window.view().buttons(), ["Close", "Settings"]);
    let (window, _) = choosing(&named(PETROV), &[IVANOVA, PETROV]);
    assert!(says(&window, "Petrov Pyotr: The certificate has expired."));
}

#[test]
fn unusable_certificates_say_why_and_cannot_be_chosen() {
    let (mut window, _) = choosing(ONE, &[IVANOVA, PETROV, ENCRYPTS]);
    assert!(says(&window, "expired 2026-01-01"));
    assert!(says(&window, "The certificate is not meant for signing."));
    let view = window.view();
    let radios = view
        .all()
        .into_iter()
        .filter(|it| it.value_of("type") == Some("radio"));
    let disabled = radios.filter(|it| it.value_of("disabled").is_some());
    assert_eq!(disabled.count(), 2);
    window.act(Action::Choose(key_id(PETROV)));
    assert_eq!(chosen(&window), Some(key_id(IVANOVA)));
}

#[test]
fn certificates_show_owner_place_and_days_and_unfold_everything_else() {
    let (mut window, _) = choosing(ONE, &[SMITH]);
    let words = "Smith John\nFile keys.p12\n16 more days, until 2027-02-01";
    assert!(says(&window, words), "{}", window.view().words());
    assert!(!says(&window, "Demo CA"));
    window.act(Action::List(ListAction::Unfold(key_id(SMITH))));
    for words in ["Issued by\nDemo CA", "Serial number\n03", "Key\nRSA 2048"] {
        assert!(says(&window, words), "{words}\n{}", window.view().words());
    }
    assert_eq!(chosen(&window), Some(key_id(SMITH)));
}

#[test]
fn the_keyboard_comes_to_the_details_of_what_is_chosen_and_of_what_cannot_be() {
    let (mut window, _) = choosing(ONE, &[IVANOVA, AKHMETOV, PETROV]);
    window.act(Action::Choose(key_id(AKHMETOV)));
    let view = window.view();
    let cards = view.all().into_iter();
    let cards = cards.filter(|it| it.tag == "li" && it.key.contains(':'));
    let reached = cards.filter(|card| card.with("tabindex", "0").is_some());
    let reached: Vec<&str> = reached.map(|it| it.key.as_str()).collect();
    assert_eq!(reached, [key_id(AKHMETOV), key_id(PETROV)]);
}

#[test]
fn a_long_list_is_searched_once_it_is_shown() {
    let keys = (0..60).map(|number| KeyEntry {
        location: KeyLocation::Pkcs12 {
            key_file: format!("{number:016}"),
            name: format!("key-{number}.p12"),
        },
        ..entry(IVANOVA)
    });
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(asked(ONE, ALLOWED)));
    window.receive(Event::Listed(Listing {
        keys: keys.collect(),
        ..Listing::default()
    }));
    window.act(Action::ShowCertificates);
    let first = window.inventory.keys[0].entry.key_id();
    window.act(Action::Choose(first.clone()));
    window.act(Action::List(ListAction::Find("anna key-7".to_owned())));
    assert!(says(&window, "Found: 1 of 60"));
    assert!(says(&window, "key-7.p12") && !says(&window, "key-8.p12"));
    let chosen = window.chosen().map(|key| key.entry.key_id());
    assert_eq!(chosen, Some(first));
}

#[test]
fn of_many_certificates_only_the_chosen_one_is_shown_at_first() {
    let mut window = remembering(IVANOVA, &[IVANOVA, AKHMETOV, SMITH, PETROV]);
    assert!(!says(&window, "Smith John"));
    let more = window.view().press("Other certificates (3)");
    window.act(more);
    assert!(says(&window, "Ivanova Anna") && says(&window, "Petrov Pyotr"));
}

#[test]
fn without_certificates_the_options_are_a_press_away_and_coming_back_looks_again() {
    for certificates in [&[][..], &[PETROV][..]] {
        let (mut window, effects) = choosing(ONE, certificates);
        assert!(effects.is_empty());
        let add = window.view().press("Add a key file");
        assert_eq!(names(&window.act(add)), ["open-options"]);
        assert_eq!(
            names(&window.receive(Event::Focused {})),
            ["list-certificates"]
        );
        assert_eq!(names(&window.receive(listed(&[IVANOVA]))), ["read"]);
        assert_eq!(chosen(&window), Some(key_id(IVANOVA)));
        assert!(window.receive(Event::Focused {}).is_empty());
    }
}

#[test]
fn sources_that_could_not_be_read_are_named() {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(asked(ONE, ALLOWED)));
    window.receive(Event::Listed(Listing {
        unreadable: vec![
            Unreadable {
                failure: Failure::of(ErrorCode::KeyFileMalformed, "broken\u{202e}.p12"),
                location: None,
            },
            Unreadable {
                failure: Failure::of(ErrorCode::CertificateMalformed, "keys.p12"),
                location: Some(entry(IVANOVA).location),
            },
        ],
        ..Listing::default()
    }));
    assert!(says(
        &window,
        "broken[U+202E].p12: The file is damaged or is no key file."
    ));
    assert!(says(&window, "keys.p12: The certificate cannot be read."));
}

#[test]
fn digests_are_called_blind_and_fit_only_keys_that_sign_them() {
    let (window, effects) = choosing(&hashes("SHA-384", 48), &[IVANOVA, AKHMETOV]);
    assert!(effects.is_empty());
    assert!(says(&window, "You sign blindly"));
    assert!(says(&window, "Sign 1 document blindly"));
    assert!(window.view().with("aria-hidden", "true").is_some());
    let view = window.view();
    assert_eq!(view.with("type", "submit").unwrap().words(), "Sign blindly");
    // There is nothing to see but the digest.
    let details = view.all().into_iter().find(|it| it.tag == "details");
    assert!(details.unwrap().value_of("open").is_some());
    assert_eq!(chosen(&window), Some(key_id(AKHMETOV)));
    assert!(says(&window, &"00".repeat(48)));
}

#[test]
fn a_filter_greys_what_the_site_cannot_use() {
    let cases = [
        (r#"{"keyTypes":["RSA"]}"#, vec![SMITH]),
        (r#"{"keyTypes":["EC"]}"#, vec![IVANOVA]),
        (r#"{"issuers":["nobody","Demo"]}"#, vec![SMITH, IVANOVA]),
    ];
    for (filter, expected) in cases {
        let command = format!(r#"{{"type":"get-certificate","filter":{filter}}}"#);
        let (window, _) = choosing(&command, &[IVANOVA, SMITH]);
        let fitting = window.choice.iter().flat_map(Choice::fitting);
        let fitting: Vec<String> = fitting.map(|it| it.key.entry.key_id()).collect();
        let expected: Vec<String> = expected.into_iter().map(key_id).collect();
        assert_eq!(fitting, expected, "{filter}");
        let only = (expected.len() == 1).then(|| expected[0].clone());
        assert_eq!(chosen(&window), only, "{filter}");
    }
    let command = r#"{"type":"get-certificate","filter":{"issuers":["nobody"]}}"#;
    assert_eq!(chosen(&choosing(command, &[IVANOVA]).0), None);
}

#[test]
fn a_site_learns_the_chosen_certificate_and_no_other() {
    let (mut window, _) = choosing(CERTIFICATE, &[IVANOVA, SMITH]);
    assert!(!says(&window, "Password"));
    window.act(Action::Choose(key_id(SMITH)));
    let show = window.view().press("Show to the site");
    let effects = window.act(show);
    assert_eq!(names(&effects), ["remember", "answer"]);
    let smith = id(SMITH);
    let answer = format!(
        r#"{{"type":"answer","certificate":{{"id":"{smith}","subject":"Smith John","organization":null,{}"der":"{SMITH}","chain":[]}},"items":[]}}"#,
        r#""serial":"03","notAfter":"2027-02-01T00:00:00Z","keyType":"RSA","#
    );
    assert_eq!(json(&effects)[1], answer);
    assert_eq!(
        json(&window.receive(Event::Delivered {})),
        [r#"{"type":"close","after":1500}"#]
    );
    assert!(says(&window, "The certificate was shown to the site"));
}

#[test]
fn documents_show_name_size_and_their_digest_when_it_is_there() {
    let (mut window, _) = choosing(THREE, &[IVANOVA]);
    assert!(says(&window, "Documents: 3 · 2 KB"));
    assert!(says(&window, "b.pdf\n2 KB\nReading…"));
    let digest = DigestAlgorithm::Sha256.digest(&[0; 3]);
    assert!(!says(&window, digest.hex()));
    read(&mut window, 0, DigestAlgorithm::Sha256);
    assert!(says(
        &window,
        &format!("a.txt\n5 B\nDetails\nSHA-256\n{}", digest.hex())
    ));
}

#[test]
fn names_cannot_hide_what_they_are() {
    let command = r#"{"type":"sign","documents":[{"name":"a\u202Efdp.exe","size":5}]}"#;
    let (window, _) = choosing(command, &[IVANOVA]);
    assert!(says(&window, "a[U+202E]fdp.exe"));
    let isolated = window.view();
    let isolated = isolated.all().into_iter().filter(|it| it.tag == "bdi");
    assert!({ isolated }.any(|it| it.words() == "a[U+202E]fdp.exe"));
}

#[test]
fn the_title_counts_what_is_signed() {
    for (count, words) in [(1, "Sign 1 document\n"), (22, "Sign 22 documents\n")] {
        let documents = vec![r#"{"name":"a","size":5}"#; count].join(",");
        let command = format!(r#"{{"type":"sign","documents":[{documents}]}}"#);
        let (window, _) = choosing(&command, &[IVANOVA]);
        let view = window.view();
        let heading = view.all().into_iter().find(|it| it.tag == "h1").unwrap();
        assert_eq!(heading.words(), words.trim_end());
        assert_eq!(says(&window, "18 more documents"), count == 22);
        // Before the site may, too.
        let mut window = SignWindow::new(english());
        window.receive(Event::Requested(asked(&command, "{}")));
        window.receive(listed(&[IVANOVA]));
        window.receive(Event::Decided {});
        assert_eq!(says(&window, "18 more documents"), count == 22);
    }
}

#[test]
fn the_window_is_called_by_what_it_is_and_for_whom() {
    let (window, _) = choosing(ONE, &[IVANOVA]);
    let called = window.title();
    assert_eq!(called.as_deref(), Some("Signing: shop.example · Tamga"));
    let (window, _) = choosing(CERTIFICATE, &[IVANOVA]);
    let called = window.title();
    assert_eq!(
        called.as_deref(),
        Some("Certificate for shop.example · Tamga")
    );
    assert_eq!(SignWindow::new(english()).title(), None);
}

#[test]
fn a_thousand_documents_begin_as_a_few() {
    let one = r#"{"name":"report.xml","size":1048576}"#;
    let command = format!(
        r#"{{"type":"sign","documents":[{}]}}"#,
        vec![one; 1000].join(",")
    );
    let (mut window, _) = choosing(&command, &[IVANOVA]);
    let rows = |window: &SignWindow| window.view().words().matches("report.xml").count();
    assert!(says(&window, "Documents: 1000 · 1000 MB"));
    assert_eq!(rows(&window), FEW_DOCUMENTS);
    let more = window.view().press("996 more documents");
    window.act(more);
    assert_eq!(rows(&window), FEW_DOCUMENTS + MORE_DOCUMENTS);
    for _ in 0..10 {
        window.act(Action::ShowDocuments);
    }
    assert_eq!(rows(&window), 1000);
    assert!(!says(&window, "more document"));
}

#[test]
fn the_keyboard_begins_in_the_password_field() {
    let (window, _) = choosing(ONE, &[IVANOVA]);
    let view = window.view();
    let field = view.with("type", "password");
    let field = field.expect("a password field");
    assert_eq!(field.focus, Some(0));
    assert_eq!(field.value_of("aria-invalid"), Some("false"));
    assert_eq!(field.value_of("autocomplete"), Some("off"));
}
