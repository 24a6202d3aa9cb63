//! Which paths are found, and what is said where none is.

use super::{BASIC_CONSTRAINTS, Chain, chain, found};
use crate::support::{
    certificates::{Made, NOW},
    der::{Tag, der, oid, sequence},
};
use tamga_core::{
    certificate::Certificate,
    trust::{
        Anchor, AnchorClass, Deviation, Evidence, Need, Note, Reason, Requirements, Verdict,
        validate,
    },
};

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

/// Whatever octet of a certificate of the path is changed, the path is good no more.
#[test]
fn any_change_is_noticed() {
    let chain = chain();
    let all = [&chain.person, &chain.authority, &chain.root].map(Made::certificate);
    let [person, authority, root] = &all;
    let anchors = [Anchor::new(root.clone(), AnchorClass::National)];
    let requirements = Requirements::default();
    for changed in [person, authority] {
        for place in 0..changed.der().len() {
            let mut der = changed.der().to_vec();
            der[place] ^= 1;
            let Ok(damaged) = Certificate::parse(&der) else {
                continue;
            };
            let (person, authority) = match changed.der() == person.der() {
                true => (&damaged, authority),
                false => (person, &damaged),
            };
            let evidence = Evidence::new(&anchors, [authority]);
            let verdict = validate(person, &evidence, &requirements, NOW);
            assert!(verdict.path().is_none(), "{place}");
        }
    }
}
