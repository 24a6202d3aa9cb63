use super::{messages::Form, *};
use crate::{
    english,
    fixtures::{IVANOVA, NOW, PETROV, contained, entry, lone, on_token, revoked, token, unchecked},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use tamga_core::{
    certificate::Certificate,
    failure::ErrorCode,
    protocol::{
        CertificateName, FetchedAuthority, KeyEntry, Listing, MissingIssuer, RevocationStatus,
        TrustedCertificate, UncheckedReason, VerdictOutcome,
    },
};

fn opened(certificate: &str) -> CertificatePage {
    let mut page = CertificatePage::new(english());
    let effects = page.receive(Event::Opened {
        certificate: entry(certificate).id,
        hidden: Vec::new(),
        version: "0.1.0".to_owned(),
        browser: "Browser/1".to_owned(),
        now: NOW,
    });
    assert!(matches!(effects[..], [Effect::OpenHost {}]));
    let version = "0.1.0".to_owned();
    let effects = page.receive(Event::HostOpened { version });
    assert!(matches!(effects[..], [Effect::ListCertificates {}]));
    page
}

fn listing(keys: Vec<KeyEntry>) -> Listing {
    Listing {
        keys,
        ..Listing::default()
    }
}

fn described(page: &mut CertificatePage, certificate: &str) {
    let der = BASE64_STANDARD.decode(certificate).unwrap();
    let details = Certificate::parse(&der).unwrap().details(&[]);
    page.receive(Event::Described(Box::new(details)));
}

fn shown(certificate: &str, keys: Vec<KeyEntry>) -> CertificatePage {
    let mut page = opened(certificate);
    page.receive(Event::Listed(listing(keys)));
    described(&mut page, certificate);
    page
}

#[test]
fn a_certificate_is_described_once_and_stays_when_its_token_goes() {
    let mut page = opened(IVANOVA);
    let listed = || Event::Listed(listing(vec![entry(PETROV), on_token(IVANOVA, "Red")]));
    let effects = page.receive(listed());
    let [Effect::Describe { command }] = &effects[..] else {
        panic!("{effects:?}");
    };
    let Command::DescribeCertificate { certificate, chain } = command else {
        panic!("{command:?}");
    };
    assert_eq!((&**certificate, chain.len()), (IVANOVA, 0));
    assert!(page.receive(listed()).is_empty());
    described(&mut page, IVANOVA);
    assert_eq!(page.title().as_deref(), Some("Ivanova Anna · Tamga"));
    assert!(page.view().words().contains("Token Red"));
    page.receive(Event::Listed(listing(Vec::new())));
    let words = page.view().words();
    assert!(words.contains("The key is not connected now."), "{words}");
    assert!(words.contains("000000000018"));
}

#[test]
fn everything_is_on_the_page_and_can_be_copied() {
    let mut page = shown(IVANOVA, vec![entry(IVANOVA), contained(IVANOVA)]);
    let words = page.view().words();
    let expected = [
        "IIN\n000000000018",
        "File keys.p12",
        "CryptoPro container ivanova-2026",
        "2026-01-01 to 2046-01-01",
        "signatures, signatures that cannot be denied",
        "ECDSA, SHA-256",
        "Demo CA\nThis certificate did not come with the key.",
        &entry(IVANOVA).id,
    ];
    for said in expected {
        assert!(words.contains(said), "{said}\n{words}");
    }
    let view = page.view();
    let copy = view.with("aria-label", "Copy: Serial number").unwrap();
    let [crate::node::Handler::Click(action)] = &copy.handlers[..] else {
        panic!("a button");
    };
    let effects = page.act(action.clone());
    assert!(matches!(&effects[..], [Effect::Copy { text }] if text == "01"));
    assert!(!page.view().words().contains("Copied"));
    page.receive(Event::Copied {});
    assert!(page.view().words().contains("Copied"));
    assert!(page.view().with("class", "copy done").is_some());
}

#[test]
fn it_is_saved_in_three_forms() {
    let mut above = entry(IVANOVA);
    above.chain = vec![PETROV.to_owned()];
    let mut page = shown(IVANOVA, vec![above]);
    let mut saved = |form| {
        let effects = page.act(Action::Save(form));
        let Some(Effect::Save { name, content }) = effects.into_iter().next() else {
            panic!("a file");
        };
        (name, BASE64_STANDARD.decode(content).unwrap())
    };
    let (name, der) = saved(Form::Der);
    assert_eq!(name, "Ivanova Anna.cer");
    assert_eq!(der, BASE64_STANDARD.decode(IVANOVA).unwrap());
    let (name, pem) = saved(Form::Pem);
    assert_eq!(name, "Ivanova Anna.pem");
    let parsed = tamga_core::pem::objects(&pem);
    assert_eq!(parsed[0].bytes(), der);
    let (name, chain) = saved(Form::Chain);
    assert_eq!(name, "Ivanova Anna-chain.pem");
    assert_eq!(tamga_core::pem::objects(&chain).len(), 2);
}

#[test]
fn the_report_says_nothing_of_whose_it_is_or_where() {
    let mut page = opened(IVANOVA);
    let red = Listing {
        keys: vec![contained(IVANOVA), on_token(IVANOVA, "Red")],
        tokens: vec![token("Red")],
        ..Listing::default()
    };
    page.receive(Event::Listed(red));
    described(&mut page, IVANOVA);
    let report = page.report();
    let facts = [
        "Tamga host 0.1.0",
        "Browser/1",
        &entry(IVANOVA).id,
        "serial 01",
        "issuer Demo CA",
        "valid 2026-01-01T00:00:00Z to 2046-01-01T00:00:00Z",
        "kept in CryptoPro container, Rutoken ECP",
        "above it 0, incomplete",
    ];
    for fact in facts {
        assert!(report.contains(fact), "{fact}\n{report}");
    }
    for secret in ["Ivanova", "000000000018", "/media", "anna", "Red"] {
        assert!(!report.contains(secret), "{secret}\n{report}");
    }
    assert!(page.view().words().contains(&report));
}

#[test]
fn an_issuer_that_is_the_owner_is_not_in_the_report() {
    let mut page = opened(IVANOVA);
    page.receive(Event::Listed(listing(vec![entry(IVANOVA)])));
    let der = BASE64_STANDARD.decode(IVANOVA).unwrap();
    let details = Certificate::parse(&der).unwrap().details(&[]);
    page.receive(Event::Described(Box::new(CertificateDetails {
        self_issued: true,
        ..details
    })));
    let report = page.report();
    assert!(report.contains("issuer itself") && !report.contains("Demo CA"));
}

#[test]
fn a_certificate_out_of_reach_is_said_only_when_everything_was_read() {
    let mut page = opened(IVANOVA);
    page.receive(Event::ListedSoFar(listing(Vec::new())));
    let absent = |page: &CertificatePage| page.view().words().contains("not within reach");
    assert!(!absent(&page));
    page.receive(Event::Listed(listing(vec![entry(PETROV)])));
    assert!(absent(&page));
    let failure = Failure::from(ErrorCode::HostMissing);
    page.receive(Event::HostFailed { failure });
    assert!(!absent(&page) && page.view().buttons().len() == 2);
    assert!(matches!(
        page.receive(Event::Focused {})[..],
        [Effect::OpenHost {}]
    ));
}

#[test]
fn it_is_hidden_and_shown_again() {
    let mut page = shown(IVANOVA, vec![entry(IVANOVA)]);
    let hide = page.view().press("Hide from lists");
    let id = entry(IVANOVA).id;
    let effects = page.act(hide);
    let expected = |hide: bool| move |effects: &[Effect]| matches!(effects, [Effect::HideCertificate { hidden, .. }] if *hidden == hide);
    assert!(expected(true)(&effects));
    page.receive(Event::Hidden { hidden: vec![id] });
    assert!(page.view().words().contains("without reminders"));
    let show = page.view().press("Show in lists");
    assert!(expected(false)(&page.act(show)));
}

#[test]
fn the_verdict_is_told_whole_and_marks_where_the_chain_breaks() {
    let mut page = shown(IVANOVA, vec![entry(IVANOVA)]);
    // Another certificate's verdict is not this one's.
    page.receive(Event::Verdict(Box::new(revoked(PETROV))));
    assert!(page.view().with("class", "link broken").is_none());
    page.receive(Event::Verdict(Box::new(revoked(IVANOVA))));
    let view = page.view();
    let broken = view.with("class", "link broken").unwrap().words();
    assert_eq!(
        broken,
        "Ivanova Anna\nThe certificate was revoked on 2027-01-01."
    );
    assert!(view.words().contains("Get a new certificate"));
    assert!(page.report().contains("verdict Revoked"));
    let mut verdict = unchecked(IVANOVA, RevocationStatus::NotAsked {});
    let of = verdict.certificate.clone();
    verdict.outcome = VerdictOutcome::Unchecked {
        reason: UncheckedReason::IssuerMissing {
            issuer: "Demo CA".to_owned(),
        },
        about: None,
        missing: vec![MissingIssuer {
            issuer: "Demo CA".to_owned(),
            of,
            addresses: Vec::new(),
        }],
    };
    page.receive(Event::Verdict(Box::new(verdict)));
    let view = page.view();
    assert!(view.with("class", "link broken").is_none());
    let missing = view.with("class", "link missing").unwrap().words();
    assert!(
        missing.starts_with("Demo CA\nThe chain breaks off"),
        "{missing}"
    );
}

fn issuer_missing(addresses: &[&str]) -> CertificatePage {
    let mut verdict = unchecked(IVANOVA, RevocationStatus::NotAsked {});
    let issuer = || "Demo CA".to_owned();
    verdict.outcome = VerdictOutcome::Unchecked {
        reason: UncheckedReason::IssuerMissing { issuer: issuer() },
        about: None,
        missing: vec![MissingIssuer {
            issuer: issuer(),
            of: verdict.certificate.clone(),
            addresses: addresses.iter().map(|it| (*it).to_owned()).collect(),
        }],
    };
    let mut page = shown(IVANOVA, vec![entry(IVANOVA)]);
    page.receive(Event::Verdict(Box::new(verdict)));
    page
}

fn authority(id: &str) -> Box<FetchedAuthority> {
    Box::new(FetchedAuthority {
        shown: TrustedCertificate {
            certificate: CertificateName {
                id: id.repeat(32),
                owner: "Root".to_owned(),
                serial: "01".to_owned(),
            },
            sha1: id.repeat(20),
            issuer: "Root".to_owned(),
            not_before: 0,
            not_after: 1_900_000_000,
        },
        content: "MAA=".to_owned(),
    })
}

const FETCH: &str = "Get the issuer’s certificate";

#[test]
fn a_missing_issuer_is_fetched_by_a_press_where_it_is_said_where_it_is() {
    for addresses in [&[][..], &["ldap://a.kz/a"]] {
        let buttons = issuer_missing(addresses).view().buttons();
        assert!(!buttons.contains(&FETCH.to_owned()));
    }
    let mut page = issuer_missing(&["http://a.kz/a.cer"]);
    assert!(page.view().words().contains("http://a.kz/a.cer"));
    let fetch = page.view().press(FETCH);
    let effects = page.act(fetch.clone());
    let [Effect::Issuer { command }] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert!(
        matches!(command, Command::FetchIssuer { .. }),
        "{command:?}"
    );
    // Once.
    assert!(page.act(fetch).is_empty());
    page.receive(Event::IssuerFailed {
        failure: ErrorCode::DownloadFailed.into(),
    });
    assert!(page.view().words().contains("Nothing could be downloaded"));
    let fetch = page.view().press(FETCH);
    page.act(fetch);
    page.receive(Event::IssuerFetched { authority: None });
    assert!(
        page.view()
            .words()
            .contains("an authority that Tamga trusts already")
    );
}

#[test]
fn the_issuer_is_trusted_after_its_fingerprint_was_compared() {
    let mut page = issuer_missing(&["http://a.kz/a.cer"]);
    let found = |page: &mut CertificatePage| {
        let fetch = page.view().press(FETCH);
        page.act(fetch);
        let authority = Some(authority("5e"));
        page.receive(Event::IssuerFetched { authority });
    };
    found(&mut page);
    let words = page.view().words();
    assert!(words.contains("5e5e 5e5e") && words.contains("Compare the fingerprint"));
    assert!(page.act(Action::TrustAuthority("00".repeat(32))).is_empty());
    let leave = page.view().press("Do not trust");
    assert!(page.act(leave).is_empty());
    assert!(page.act(Action::TrustAuthority("5e".repeat(32))).is_empty());
    found(&mut page);
    let yes = page.view().press("The fingerprint is right, trust it");
    let effects = page.act(yes);
    let [Effect::Issuer { command }] = &effects[..] else {
        panic!("{effects:?}");
    };
    let Command::AddAuthority {
        content,
        fingerprint,
        ..
    } = command
    else {
        panic!("{command:?}");
    };
    assert_eq!((&**content, &**fingerprint), ("MAA=", &*"5e".repeat(32)));
    page.receive(Event::AuthorityAdded {});
    assert!(
        page.view()
            .words()
            .contains("Tamga now trusts this authority")
    );
}

#[test]
fn one_without_a_key_says_what_that_means_until_the_key_comes() {
    let mut page = opened(IVANOVA);
    let without = |tokens| Listing {
        without_key: vec![lone(IVANOVA)],
        tokens,
        ..Listing::default()
    };
    let effects = page.receive(Event::Listed(without(Vec::new())));
    assert!(
        matches!(effects[..], [Effect::Describe { .. }]),
        "{effects:?}"
    );
    described(&mut page, IVANOVA);
    page.receive(Event::Verdict(Box::new(revoked(IVANOVA))));
    assert_eq!(page.title().as_deref(), Some("Ivanova Anna · Tamga"));
    let words = page.view().words();
    for expected in [
        "There is no private key for this certificate.",
        "Connect the token",
        "000000000018",
        "The certificate was revoked",
    ] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    // Lists do not show it, and its key is nowhere.
    assert!(!words.contains("Hide from lists") && !words.contains("not connected now"));
    assert!(words.contains("Save .cer"));
    page.receive(Event::Listed(listing(vec![contained(IVANOVA)])));
    let words = page.view().words();
    assert!(
        !words.contains("private key for this certificate"),
        "{words}"
    );
    assert!(words.contains("CryptoPro container"), "{words}");
}
