use crate::{
    Screen as _,
    fixtures::{IVANOVA, contained, entry, lone, token},
    options::{
        Options,
        messages::{Action, Event},
        tests::{json, says, with_keys},
    },
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{Listing, Token},
};

fn picked() -> Options {
    let mut options = with_keys(&[]);
    options.act(Action::Pick("ivanova.cer".to_owned()));
    let failure = Failure::from(ErrorCode::FileIsCertificate);
    options.receive(Event::AddFailed { failure });
    options
}

fn added() -> Options {
    let mut options = picked();
    let add = options.view().press("Add the certificate");
    assert_eq!(json(&options.act(add)), r#"[{"type":"add-certificate"}]"#);
    let certificate = entry(IVANOVA).id;
    let effects = options.receive(Event::CertificateAdded { certificate });
    assert_eq!(json(&effects), r#"[{"type":"list-certificates"}]"#);
    options
}

#[test]
fn a_certificate_alone_is_said_to_be_one_and_can_be_added() {
    let options = picked();
    assert!(says(
        &options,
        "In the file ivanova.cer there is only a certificate"
    ));
    let mut options = added();
    // Until everything was read it is not known whether its key is here.
    assert!(!says(&options, "private key for this"));
    options.receive(Event::Listed(Listing {
        keys: vec![contained(IVANOVA)],
        ..Listing::default()
    }));
    let bound = "The key of this certificate was found. CryptoPro container ivanova-2026";
    assert!(says(&options, bound), "{}", options.view().words());
    assert!(!says(&options, "Certificates without a key"));
}

#[test]
fn without_its_key_it_is_said_what_to_connect() {
    let mut options = added();
    let without = |tokens: Vec<Token>| {
        Event::Listed(Listing {
            without_key: vec![lone(IVANOVA)],
            tokens,
            ..Listing::default()
        })
    };
    options.receive(without(Vec::new()));
    assert!(says(
        &options,
        "There is no private key for this certificate."
    ));
    assert!(says(
        &options,
        "Certificates without a key\nNothing can be signed yet: the private key is not here."
    ));
    options.receive(without(vec![Token {
        may_hold_private: true,
        ..token("Red")
    }]));
    assert!(says(
        &options,
        "If the key is on the token that is inserted"
    ));
    // A part of the next list says nothing of it.
    options.receive(Event::ListedSoFar(Listing::default()));
    assert!(says(&options, "Certificates without a key"));
    let remove = options.view().press("Remove");
    let id = lone(IVANOVA).id;
    let expected = format!(r#"[{{"type":"remove-certificate","certificate":"{id}"}}]"#);
    assert_eq!(json(&options.act(remove)), expected);
    let effects = options.receive(Event::CertificateRemoved {});
    assert_eq!(json(&effects), r#"[{"type":"list-certificates"}]"#);
    options.receive(Event::Listed(Listing::default()));
    assert!(!says(&options, "Certificates without a key"));
}

#[test]
fn one_that_cannot_be_added_or_removed_is_told() {
    let mut options = picked();
    let add = options.view().press("Add the certificate");
    options.act(add);
    let failure = Failure::of(ErrorCode::CertificateUnfit, "root.pem");
    let told = crate::english().error(&failure);
    options.receive(Event::AddFailed { failure });
    assert!(says(&options, &told));
    let failure = Failure::from(ErrorCode::StorageFailed);
    let told = crate::english().error(&failure);
    options.receive(Event::CertificateFailed { failure });
    assert!(says(&options, &told));
}
