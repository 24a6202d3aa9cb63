//! Why certificates are refused, with small paths that the tests make.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod building;
mod purposes;

use crate::support::{
    certificates::{Made, NOW, hosts, key_usage, oids, policies},
    der::{Tag, der, sequence},
};
use tamga_core::trust::{
    Anchor, AnchorClass, Deviation, Evidence, ExpectedName, PolicyRequirements, Purpose, Reason,
    Requirements, Standing, Verdict, validate,
};

const KEY_USAGE: &str = "2.5.29.15";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const ALTERNATIVE_NAME: &str = "2.5.29.17";
const NAME_CONSTRAINTS: &str = "2.5.29.30";
const POLICIES: &str = "2.5.29.32";
const POLICY_CONSTRAINTS: &str = "2.5.29.36";
const MAIL: &str = "1.3.6.1.5.5.7.3.4";
const SERVER: &str = "1.3.6.1.5.5.7.3.1";

/// Root, authority and person.
struct Chain {
    root: Made,
    authority: Made,
    person: Made,
}

fn chain() -> Chain {
    Chain {
        root: Made::root("Root", 1),
        authority: Made::authority("Authority", 2, "Root", 1),
        person: Made::of("Person", 3, "Authority", 2),
    }
}

/// The reason, whose certificate it is about (0 is the person's), and its standing; `None` where the person's is good.
fn found(chain: &Chain, requirements: &Requirements, when: i64) -> Option<(Reason, usize)> {
    let all = [&chain.person, &chain.authority, &chain.root].map(Made::certificate);
    let [person, authority, root] = &all;
    let anchors = [Anchor::new(root.clone(), AnchorClass::National)];
    let evidence = Evidence::new(&anchors, [authority]);
    let refusal = match validate(person, &evidence, requirements, when) {
        Verdict::Good(path) => {
            assert_eq!(path.certificates.len(), 3);
            assert_eq!(path.anchor.class, AnchorClass::National);
            return None;
        }
        Verdict::Refused(refusal) => {
            assert_eq!(refusal.finding.reason.standing(), Standing::Known);
            refusal
        }
        Verdict::Unchecked(refusal) => {
            assert_eq!(refusal.finding.reason.standing(), Standing::Unchecked);
            refusal
        }
    };
    let about = refusal.finding.certificate.der();
    let place = all.iter().position(|it| it.der() == about).unwrap();
    Some((refusal.finding.reason, place))
}

fn asked(purpose: Purpose) -> Requirements {
    Requirements {
        purpose,
        ..Requirements::default()
    }
}

fn named(text: &str) -> Requirements {
    Requirements {
        name: Some(ExpectedName::parse(text).unwrap()),
        ..Requirements::default()
    }
}

/// NameConstraints with permitted and excluded hosts.
fn constraints(permitted: &[&str], excluded: &[&str]) -> Vec<u8> {
    let subtrees = |tag, bases: &[&str]| {
        let bases: Vec<Vec<u8>> = bases
            .iter()
            .map(|host| sequence(&[&der(Tag::Implicit(2), &[host.as_bytes()])]))
            .collect();
        let bases: Vec<&[u8]> = bases.iter().map(Vec::as_slice).collect();
        match bases.is_empty() {
            true => Vec::new(),
            false => der(Tag::Explicit(tag), &bases),
        }
    };
    sequence(&[&subtrees(0, permitted), &subtrees(1, excluded)])
}

#[test]
fn a_whole_path_is_good() {
    assert_eq!(found(&chain(), &Requirements::default(), NOW), None);
}

/// What is done to the chain, what is asked, and what is found.
type Row = (fn(Chain) -> Chain, Requirements, Reason, usize);

#[test]
fn each_reason_is_told_about_its_certificate() {
    let rows: [Row; 22] = [
        (
            |it| Chain {
                person: it.person.valid("200101000000Z", "250601000000Z"),
                ..it
            },
            asked(Purpose::Any),
            Reason::Expired {
                until: 1_748_736_000,
            },
            0,
        ),
        (
            |it| Chain {
                authority: it.authority.valid("330101000000Z", "350101000000Z"),
                ..it
            },
            asked(Purpose::Any),
            Reason::NotYetValid {
                from: 1_988_150_400,
            },
            1,
        ),
        (
            |it| Chain {
                root: it.root.valid("200101000000Z", "250601000000Z"),
                ..it
            },
            asked(Purpose::Any),
            Reason::Expired {
                until: 1_748_736_000,
            },
            2,
        ),
        (
            |it| Chain {
                person: Made {
                    issuer_key: 9,
                    ..it.person
                },
                ..it
            },
            asked(Purpose::Any),
            Reason::SignatureInvalid,
            0,
        ),
        (
            |it| Chain {
                authority: Made {
                    extensions: Vec::new(),
                    ..it.authority
                },
                ..it
            },
            asked(Purpose::Any),
            Reason::AuthorityMissing,
            1,
        ),
        (
            |it| Chain {
                authority: it.authority.with(KEY_USAGE, true, key_usage(&[0])),
                ..it
            },
            asked(Purpose::Any),
            Reason::KeyUsage { purpose: None },
            1,
        ),
        (
            |it| {
                let none = sequence(&[&[1, 1, 0xff], &[2, 1, 0]]);
                Chain {
                    root: it.root.with(BASIC_CONSTRAINTS, true, none),
                    ..it
                }
            },
            asked(Purpose::Any),
            Reason::PathTooLong { allowed: 0 },
            2,
        ),
        (
            |it| it,
            Requirements {
                max_intermediates: Some(0),
                ..Requirements::default()
            },
            Reason::PathTooLong { allowed: 0 },
            2,
        ),
        (
            |it| Chain {
                person: it.person.with("1.2.3.4", true, vec![5, 0]),
                ..it
            },
            asked(Purpose::Any),
            Reason::CriticalExtension {
                oid: "1.2.3.4".to_owned(),
            },
            0,
        ),
        (
            |it| Chain {
                person: it.person.with(ALTERNATIVE_NAME, false, vec![0x30, 5]),
                ..it
            },
            asked(Purpose::Any),
            Reason::ExtensionMalformed {
                oid: ALTERNATIVE_NAME.to_owned(),
            },
            0,
        ),
        (
            |it| Chain {
                authority: it.authority.with(NAME_CONSTRAINTS, true, sequence(&[])),
                ..it
            },
            asked(Purpose::Any),
            Reason::ExtensionMalformed {
                oid: NAME_CONSTRAINTS.to_owned(),
            },
            1,
        ),
        (
            |it| Chain {
                person: it.person.with(KEY_USAGE, true, key_usage(&[2])),
                ..it
            },
            asked(Purpose::Documents),
            Reason::KeyUsage {
                purpose: Some(Purpose::Documents),
            },
            0,
        ),
        (
            |it| Chain {
                person: it.person.with(EXTENDED_KEY_USAGE, false, oids(&[SERVER])),
                ..it
            },
            asked(Purpose::Documents),
            Reason::ExtendedUsage {
                purpose: Purpose::Documents,
            },
            0,
        ),
        (
            |it| Chain {
                authority: it
                    .authority
                    .with(EXTENDED_KEY_USAGE, false, oids(&[SERVER])),
                ..it
            },
            asked(Purpose::Mail),
            Reason::ExtendedUsage {
                purpose: Purpose::Mail,
            },
            1,
        ),
        (
            |it| it,
            asked(Purpose::OcspSigning),
            Reason::ExtendedUsage {
                purpose: Purpose::OcspSigning,
            },
            0,
        ),
        (
            |it| it,
            asked(Purpose::TimeStamping),
            Reason::ExtendedUsage {
                purpose: Purpose::TimeStamping,
            },
            0,
        ),
        (
            |it| Chain {
                person: it
                    .person
                    .with(ALTERNATIVE_NAME, false, hosts(&["a.example.kz"])),
                ..it
            },
            named("b.example.kz"),
            Reason::NameMismatch,
            0,
        ),
        (
            |it| Chain {
                authority: it.authority.with(
                    NAME_CONSTRAINTS,
                    true,
                    constraints(&["example.kz"], &[]),
                ),
                person: it
                    .person
                    .with(ALTERNATIVE_NAME, false, hosts(&["a.example.ru"])),
                ..it
            },
            asked(Purpose::Any),
            Reason::NameNotPermitted {
                name: "a.example.ru".to_owned(),
            },
            0,
        ),
        (
            |it| Chain {
                root: it
                    .root
                    .with(NAME_CONSTRAINTS, true, constraints(&[], &["b.example.kz"])),
                person: it
                    .person
                    .with(ALTERNATIVE_NAME, false, hosts(&["*.example.kz"])),
                ..it
            },
            asked(Purpose::Any),
            Reason::NameNotPermitted {
                name: "*.example.kz".to_owned(),
            },
            0,
        ),
        (
            |it| Chain {
                authority: it.authority.with(POLICIES, false, policies(&["1.2.3"])),
                person: it.person.with(POLICIES, false, policies(&["1.2.4"])),
                ..it
            },
            Requirements {
                policies: PolicyRequirements {
                    explicit: true,
                    ..PolicyRequirements::default()
                },
                ..Requirements::default()
            },
            Reason::PolicyMissing,
            0,
        ),
        (
            |it| Chain {
                authority: it
                    .authority
                    .with(POLICY_CONSTRAINTS, true, sequence(&[&[0x80, 1, 0]])),
                ..it
            },
            asked(Purpose::Any),
            Reason::PolicyMissing,
            0,
        ),
        (
            |it| it,
            Requirements {
                conforming: true,
                ..Requirements::default()
            },
            Reason::Deviation {
                rule: Deviation::AuthorityKeyMissing,
            },
            0,
        ),
    ];
    for (place, (change, requirements, reason, about)) in rows.into_iter().enumerate() {
        let expected = Some((reason, about));
        assert_eq!(
            found(&change(chain()), &requirements, NOW),
            expected,
            "row {place}"
        );
    }
}

#[test]
fn both_ends_of_the_validity_belong_to_it() {
    let person = chain().person.valid("260101000000Z", "260201000000Z");
    let chain = Chain { person, ..chain() };
    for (when, good) in [
        (1_767_225_599, false),
        (1_767_225_600, true),
        (1_769_904_000, true),
        (1_769_904_001, false),
    ] {
        let found = found(&chain, &Requirements::default(), when);
        assert_eq!(found.is_none(), good, "{when}");
    }
}
