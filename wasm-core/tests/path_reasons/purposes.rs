//! Names, policies and purposes.

use super::{
    ALTERNATIVE_NAME, Chain, EXTENDED_KEY_USAGE, MAIL, POLICIES, asked, chain, found, named,
};
use crate::support::{
    certificates::{Made, NOW, hosts, name, oids, policies},
    der::{Tag, der, sequence},
};
use tamga_core::trust::{PolicyRequirements, Purpose, Reason, Requirements};

#[test]
fn names_are_found_wherever_they_stand() {
    let person = |host: &str| Chain {
        person: chain().person.with(ALTERNATIVE_NAME, false, hosts(&[host])),
        ..chain()
    };
    for (presented, expected, good) in [
        ("a.example.kz", "A.Example.KZ.", true),
        ("*.example.kz", "a.example.kz", true),
        ("*.example.kz", "a.b.example.kz", false),
        ("xn--80aaa0a6awh12ed.xn--80ao21a", "қазақстан.қаз", true),
        ("192.0.2.1", "192.0.2.1", false),
    ] {
        let found = found(&person(presented), &named(expected), NOW);
        assert_eq!(found.is_none(), good, "{presented} {expected}");
    }
    let old = Chain {
        person: Made {
            subject: name("www.example.kz"),
            ..chain().person
        },
        ..chain()
    };
    assert_eq!(found(&old, &named("www.example.kz"), NOW), None);
    let mail = der(Tag::Implicit(1), &["Анна@xn--e1afmkfd.xn--p1ai".as_bytes()]);
    let with_mail = Chain {
        person: chain()
            .person
            .with(ALTERNATIVE_NAME, false, sequence(&[&mail])),
        ..chain()
    };
    assert_eq!(found(&with_mail, &named("Анна@пример.рф"), NOW), None);
    assert!(found(&with_mail, &named("анна@пример.рф"), NOW).is_some());
}

#[test]
fn policies_are_mapped() {
    let mapping = sequence(&[&oids(&["1.2.3", "1.2.9"])]);
    let mapped = Chain {
        authority: chain()
            .authority
            .with(POLICIES, false, policies(&["1.2.3"]))
            .with("2.5.29.33", true, mapping),
        person: chain().person.with(POLICIES, false, policies(&["1.2.9"])),
        ..chain()
    };
    let wants = |policy: &str, inhibit_mapping| Requirements {
        policies: PolicyRequirements {
            acceptable: vec![policy.to_owned()],
            explicit: true,
            inhibit_mapping,
            ..PolicyRequirements::default()
        },
        ..Requirements::default()
    };
    assert_eq!(found(&mapped, &wants("1.2.3", false), NOW), None);
    assert_eq!(
        found(&mapped, &wants("1.2.9", false), NOW),
        Some((Reason::PolicyMissing, 0))
    );
    assert_eq!(
        found(&mapped, &wants("1.2.3", true), NOW),
        Some((Reason::PolicyMissing, 0))
    );
}

#[test]
fn a_mail_certificate_is_for_mail_and_documents() {
    let mail = Chain {
        person: chain()
            .person
            .with(EXTENDED_KEY_USAGE, false, oids(&[MAIL])),
        ..chain()
    };
    for (purpose, good) in [
        (Purpose::Mail, true),
        (Purpose::Documents, true),
        (Purpose::Server, false),
        (Purpose::Client, false),
        (Purpose::CodeSigning, false),
        (Purpose::CrlSigning, true),
    ] {
        assert_eq!(
            found(&mail, &asked(purpose), NOW).is_none(),
            good,
            "{purpose:?}"
        );
    }
}
