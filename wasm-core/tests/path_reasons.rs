//! Why certificates are refused, with small paths that the tests make.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use crate::support::{
    certificates::{Made, NOW, hosts, key_usage, name, oids, policies},
    der::{Tag, der, oid, sequence},
};
use tamga_core::{
    certificate::Certificate,
    trust::{
        Anchor, AnchorClass, Deviation, Evidence, ExpectedName, Need, Note, PolicyRequirements,
        Purpose, Reason, Requirements, Standing, Verdict, validate,
    },
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
                strict: true,
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

#[test]
fn what_more_evidence_may_change_is_unchecked() {
    let chain = chain();
    let [person, authority, root] =
        [&chain.person, &chain.authority, &chain.root].map(Made::certificate);
    let access = sequence(&[&sequence(&[
        &oid("1.3.6.1.5.5.7.48.2"),
        &der(Tag::Implicit(6), &[b"http://ca.example.kz/root.cer"]),
    ])]);
    let pointing = chain
        .authority
        .with("1.3.6.1.5.5.7.1.1", false, access)
        .certificate();
    let requirements = Requirements::default();

    let evidence = Evidence::new([], [&authority, &root]);
    let Verdict::Unchecked(refusal) = validate(&person, &evidence, &requirements, NOW) else {
        panic!("no anchor");
    };
    assert_eq!(refusal.finding.reason, Reason::Untrusted);
    assert_eq!(refusal.finding.certificate, &root);
    assert_eq!(refusal.path.len(), 3);
    assert!(refusal.needs.is_empty());

    let evidence = Evidence::new([], [&pointing]);
    let Verdict::Unchecked(refusal) = validate(&person, &evidence, &requirements, NOW) else {
        panic!("no issuer");
    };
    assert_eq!(refusal.finding.reason, Reason::IssuerMissing);
    let addresses = vec!["http://ca.example.kz/root.cer".to_owned()];
    assert_eq!(
        refusal.needs,
        [Need::Issuer {
            of: &pointing,
            addresses
        }]
    );
}

/// A key identifier that is wrong orders the candidates, and a signature decides.
#[test]
fn identifiers_never_exclude() {
    let chain = chain();
    let other = sequence(&[&der(Tag::Implicit(0), &[&[7; 20]])]);
    let own = der(Tag::Octets, &[&[8; 20]]);
    let chain = Chain {
        person: chain.person.with("2.5.29.35", false, other),
        authority: chain.authority.with("2.5.29.14", false, own),
        ..chain
    };
    assert_eq!(found(&chain, &Requirements::default(), NOW), None);
}

/// One of several certificates of the same authority has ended; another leads to the anchor.
#[test]
fn another_path_is_found() {
    let root = Made::root("Root", 1).certificate();
    let ended = Made::authority("Authority", 2, "Root", 1).valid("200101000000Z", "210101000000Z");
    let namesake = Made::authority("Authority", 5, "Root", 1);
    let loose = Made::authority("Authority", 2, "Stranger", 6);
    let current = Made::authority("AUTHORITY ", 2, "Root", 1);
    let person = Made::of("Person", 3, "Authority", 2).certificate();
    let all = [&ended, &namesake, &loose, &current].map(Made::certificate);
    let anchors = [Anchor::new(root, AnchorClass::User)];
    let evidence = Evidence::new(&anchors, &all);
    let verdict = validate(&person, &evidence, &Requirements::default(), NOW);
    let path = verdict.path().unwrap();
    assert_eq!(path.certificates[1], &all[3]);

    // Without it, the reason is that of the path that reaches the anchor.
    let evidence = Evidence::new(&anchors, &all[..3]);
    let verdict = validate(&person, &evidence, &Requirements::default(), NOW);
    assert!(
        matches!(verdict.reason(), Some(Reason::Expired { .. })),
        "{verdict:?}"
    );
}

#[test]
fn loops_and_crowds_are_bounded() {
    let names = ["A", "B", "C", "D", "E", "F"];
    let pairs = names
        .iter()
        .flat_map(|one| names.iter().map(move |other| (*one, *other)));
    // Each certifies each under many keys: more paths than can be tried.
    let crowd: Vec<Certificate> = pairs
        .filter(|(one, other)| one != other)
        .flat_map(|(one, other)| {
            let key = |name: &str| name.as_bytes()[0];
            (0..3).map(move |serial| Made {
                serial: vec![serial + 1],
                ..Made::authority(one, key(one), other, key(other))
            })
        })
        .map(|made| made.certificate())
        .collect();
    let person = Made::of("Person", 3, "A", b'A').certificate();
    let evidence = Evidence::new([], &crowd);
    let verdict = validate(&person, &evidence, &Requirements::default(), NOW);
    assert!(matches!(verdict, Verdict::Unchecked(_)), "{verdict:?}");
}

#[test]
fn an_anchor_is_good_by_itself_and_no_authority_by_that() {
    let chain = chain();
    let person = chain.person.certificate();
    let anchors = [Anchor::new(person.clone(), AnchorClass::Given)];
    let evidence = Evidence::new(&anchors, []);
    let requirements = Requirements::default();
    let verdict = validate(&person, &evidence, &requirements, NOW);
    assert_eq!(verdict.path().map(|path| path.certificates.len()), Some(1));
    assert!(
        validate(&person, &evidence, &requirements, 0)
            .path()
            .is_none()
    );
    let below = Made::of("Below", 7, "Person", 3).certificate();
    let verdict = validate(&below, &evidence, &requirements, NOW);
    assert_eq!(verdict.reason(), Some(&Reason::AuthorityMissing));
}

#[test]
fn version_one_is_believed_of_anchors_alone() {
    let old = |made: Made| Made {
        version: 1,
        extensions: Vec::new(),
        ..made
    };
    let whole = chain();
    let with_old_root = Chain {
        root: old(whole.root),
        ..chain()
    };
    assert_eq!(found(&with_old_root, &Requirements::default(), NOW), None);
    let with_old_authority = Chain {
        authority: old(whole.authority),
        ..chain()
    };
    let found = found(&with_old_authority, &Requirements::default(), NOW);
    assert_eq!(found, Some((Reason::AuthorityMissing, 1)));
}

#[test]
fn what_is_wrong_without_being_bad_is_noted() {
    let chain = chain();
    let loose = sequence(&[&[1, 1, 1]]);
    let authority = chain
        .authority
        .with(BASIC_CONSTRAINTS, true, loose)
        .certificate();
    let [person, root] = [&chain.person, &chain.root].map(Made::certificate);
    let anchors = [Anchor::new(root, AnchorClass::System)];
    let evidence = Evidence::new(&anchors, [&authority]);
    let verdict = validate(&person, &evidence, &Requirements::default(), NOW);
    let warnings = &verdict.path().unwrap().warnings;
    let encoding = Note::Deviation(Deviation::Encoding);
    let odd: Vec<_> = warnings.iter().filter(|it| it.note == encoding).collect();
    assert_eq!(odd.len(), 1);
    assert_eq!(odd[0].certificate, &authority);
}

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
