//! Whether a certificate is qualified at a time, rule by rule (TS 119 615).

use super::made_european::{MadePeriod, MadeService, qualifications, verified};
use crate::support::{
    certificates::{Made, key_usage, oids, policies},
    der::{oid, sequence},
};
use tamga_core::{
    certificate::Certificate,
    trust::lists::european::{
        Answer, Answers, Qualified, QualifiedFor, Reason, qualified, qualified_at,
    },
};

const QC_STATEMENTS: &str = "1.3.6.1.5.5.7.1.3";
const COMPLIANCE: &str = "0.4.0.1862.1.1";
const SSCD: &str = "0.4.0.1862.1.4";
const TYPE: &str = "0.4.0.1862.1.6";
/// In 2025, and under the directive in 2015, Unix seconds.
const NOW: i64 = 1_750_000_000;
const DIRECTIVE: i64 = 1_430_000_000;

fn authority() -> Certificate {
    Made::root("authority", 1).certificate()
}

/// What a certificate says of itself: statements without a value, and types.
fn person(statements: &[&str], types: &[&str]) -> Made {
    let statement = |it: &&str| sequence(&[&oid(it)]);
    let mut all: Vec<Vec<u8>> = statements.iter().map(statement).collect();
    if !types.is_empty() {
        all.push(sequence(&[&oid(TYPE), &oids(types)]));
    }
    let all: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
    Made::of("person", 2, "authority", 1)
        .valid("200101000000Z", "350101000000Z")
        .with("2.5.29.15", true, key_usage(&[1]))
        .with(QC_STATEMENTS, false, sequence(&all))
}

fn compliant() -> Made {
    person(&[COMPLIANCE], &[])
}

fn ask(made: &Made, services: &[MadeService], when: i64) -> Answer {
    let (person, authority) = (made.certificate(), authority());
    let list = verified(services);
    qualified_at(
        &[&list],
        &[&person, &authority],
        QualifiedFor::Signatures,
        when,
    )
}

/// The answer of one service with one period.
fn of_period(made: &Made, period: MadePeriod, when: i64) -> Answer {
    ask(made, &[(authority(), vec![period])], when)
}

/// The answer of a service with these qualifiers for everybody whose key is for signatures.
fn of_qualifiers(made: &Made, qualifiers: &[&str]) -> Answer {
    let period = MadePeriod {
        additional: &["ForeSignatures", "ForeSeals"],
        extensions: qualifications(true, qualifiers, SIGNATURE_KEYS),
        ..MadePeriod::default()
    };
    of_period(made, period, NOW)
}

const SIGNATURE_KEYS: &str = "<CriteriaList assert=\"all\"><KeyUsage><KeyUsageBit name=\"nonRepudiation\">true</KeyUsageBit>\
                              </KeyUsage></CriteriaList>";

fn yes(purpose: QualifiedFor, device: bool) -> Answer {
    Answer::Yes(Qualified { purpose, device })
}

#[test]
fn the_certificate_says_what_it_is_where_the_list_does_not() {
    use QualifiedFor::{Seals, Signatures};
    let period = MadePeriod {
        additional: &["ForeSignatures", "ForeSeals"],
        ..MadePeriod::default()
    };
    for (made, expected) in [
        (compliant(), yes(Signatures, false)),
        (person(&[COMPLIANCE, SSCD], &[]), yes(Signatures, true)),
        (
            person(&[COMPLIANCE], &["0.4.0.1862.1.6.2"]),
            yes(Seals, false),
        ),
        (
            person(&[COMPLIANCE], &["0.4.0.1862.1.6.3"]),
            Answer::No(Reason::TypeNotCovered),
        ),
        (
            person(&[COMPLIANCE], &["0.4.0.1862.1.6.1", "0.4.0.1862.1.6.2"]),
            Answer::NotDeterminable(Reason::TypeAmbiguous),
        ),
        (person(&[SSCD], &[]), Answer::No(Reason::NotClaimed)),
        (
            compliant().with(QC_STATEMENTS, false, vec![0x30, 3, 1]),
            Answer::NotDeterminable(Reason::StatementsMalformed),
        ),
    ] {
        assert_eq!(of_period(&made, period.clone(), NOW), expected);
    }
}

#[test]
fn qualifiers_override_what_the_certificate_says() {
    use QualifiedFor::{Seals, Signatures};
    let silent = person(&[SSCD], &[]);
    for (made, qualifiers, expected) in [
        (
            &compliant(),
            &["NotQualified"][..],
            Answer::No(Reason::DeniedByList),
        ),
        (
            &compliant(),
            &["QCForLegalPerson"],
            Answer::No(Reason::LegalPerson),
        ),
        (&silent, &["QCStatement"], yes(Signatures, true)),
        (
            &silent,
            &["QCStatement", "NotQualified"],
            Answer::NotDeterminable(Reason::QualifiersContradict),
        ),
        (
            &silent,
            &["QCStatement", "QCNoQSCD"],
            yes(Signatures, false),
        ),
        (
            &silent,
            &["QCStatement", "QCQSCDStatusAsInCert"],
            yes(Signatures, true),
        ),
        (&compliant(), &["QCWithQSCD"], yes(Signatures, true)),
        (&compliant(), &["QCWithSSCD"], yes(Signatures, true)),
        (
            &compliant(),
            &["QCQSCDManagedOnBehalf"],
            yes(Signatures, true),
        ),
        (
            &compliant(),
            &["QCWithQSCD", "QCNoSSCD"],
            Answer::NotDeterminable(Reason::QualifiersContradict),
        ),
        (&compliant(), &["QCForESeal"], yes(Seals, false)),
        (
            &compliant(),
            &["QCForESeal", "QCForESig"],
            Answer::NotDeterminable(Reason::TypeAmbiguous),
        ),
        (
            &compliant(),
            &["QCForWSA"],
            Answer::No(Reason::TypeNotCovered),
        ),
    ] {
        assert_eq!(of_qualifiers(made, qualifiers), expected, "{qualifiers:?}");
    }
}

#[test]
fn qualifiers_are_those_of_certificates_that_match() {
    let policy = |oid: &str| {
        format!(
            "<PolicySet><PolicyIdentifier><Identifier xmlns=\"http://uri.etsi.org/01903/v1.3.2#\">{oid}</Identifier>\
             </PolicyIdentifier></PolicySet>"
        )
    };
    let usage = |name: &str, value: &str| {
        format!("<KeyUsage><KeyUsageBit name=\"{name}\">{value}</KeyUsageBit></KeyUsage>")
    };
    let list = |assertion: &str, criteria: &[&str]| {
        format!(
            "<CriteriaList assert=\"{assertion}\">{}</CriteriaList>",
            criteria.concat()
        )
    };
    let (own, other) = (policy("1.2.3"), policy("urn:oid:1.2.4"));
    let (signs, agrees) = (
        usage("nonRepudiation", "true"),
        usage("keyAgreement", "true"),
    );
    let strange = "<Strange></Strange>".to_owned();
    let extended = "<otherCriteriaList><ExtendedKeyUsage xmlns=\"http://uri.etsi.org/02231/v2/additionaltypes#\">\
                    <KeyPurposeId><Identifier xmlns=\"http://uri.etsi.org/01903/v1.3.2#\">1.2.9</Identifier></KeyPurposeId>\
                    </ExtendedKeyUsage></otherCriteriaList>";
    let name = extended.replace("ExtendedKeyUsage", "CertSubjectDNAttribute");
    let name = name
        .replace("KeyPurposeId", "AttributeOID")
        .replace("1.2.9", "2.5.4.3");
    let made = compliant()
        .with("2.5.29.32", false, policies(&["1.2.3"]))
        .with("2.5.29.37", false, oids(&["1.2.9"]));
    for (criteria, expected) in [
        (list("all", &[&own, &signs]), Some(true)),
        (list("all", &[&own, &agrees]), Some(false)),
        (list("atLeastOne", &[&other, &signs]), Some(true)),
        (list("atLeastOne", &[&other, &agrees]), Some(false)),
        (list("none", &[&other, &agrees]), Some(true)),
        (list("none", &[&other, &signs]), Some(false)),
        (list("all", &[&usage("keyAgreement", "false")]), Some(true)),
        (list("all", &[&own, &list("none", &[&agrees])]), Some(true)),
        (list("all", &[extended]), Some(true)),
        (
            list("all", &[&extended.replace("1.2.9", "1.2.8")]),
            Some(false),
        ),
        (list("all", &[&name]), Some(true)),
        (
            list("all", &[&name.replace("2.5.4.3", "2.5.4.4")]),
            Some(false),
        ),
        // What is not understood matters only where the answer hangs on it.
        (list("all", &[&strange, &agrees]), Some(false)),
        (list("atLeastOne", &[&strange, &signs]), Some(true)),
        (list("all", &[&strange, &signs]), None),
        (list("atLeastOne", &[&strange, &agrees]), None),
        (list("none", &[&strange, &agrees]), None),
        (list("some", &[&signs]), None),
        (list("all", &["<PolicySet></PolicySet>"]), None),
        (String::new(), None),
    ] {
        let of = |critical: bool| {
            let period = MadePeriod {
                extensions: qualifications(critical, &["QCWithQSCD"], &criteria),
                ..MadePeriod::default()
            };
            of_period(&made, period, NOW)
        };
        let found = of(true);
        let without = yes(QualifiedFor::Signatures, false);
        match expected {
            Some(device) => assert_eq!(found, yes(QualifiedFor::Signatures, device), "{criteria}"),
            None => {
                let unknown = Answer::NotDeterminable(Reason::CriteriaUnknown);
                assert_eq!((found, of(false)), (unknown, without), "{criteria}");
            }
        }
    }
}

#[test]
fn the_status_that_began_last_counts_and_its_words_changed_with_the_regulation() {
    let period = |from, status| MadePeriod {
        from,
        status,
        ..MadePeriod::default()
    };
    let history = [
        period("2024-01-01T00:00:00Z", "withdrawn"),
        period("2016-06-30T22:00:00Z", "granted"),
        period("2010-01-01T00:00:00Z", "undersupervision"),
    ];
    let by_policy = Made::of("person", 2, "authority", 1).with(
        "2.5.29.32",
        false,
        policies(&["0.4.0.1456.1.1"]),
    );
    let services = |periods: &[MadePeriod]| vec![(authority(), periods.to_vec())];
    let withdrawn = Answer::No(Reason::Status("withdrawn".to_owned()));
    let then = Answer::No(Reason::ServiceNotListedThen);
    let granted = yes(QualifiedFor::Signatures, false);
    let then_said = |made: &Made, when| ask(made, &services(&history), when);
    assert_eq!(then_said(&compliant(), NOW), withdrawn);
    assert_eq!(then_said(&compliant(), 1_600_000_000), granted);
    assert_eq!(then_said(&compliant(), DIRECTIVE), granted);
    assert_eq!(then_said(&compliant(), 1_200_000_000), then);
    // Policies say it under the directive alone.
    assert_eq!(
        then_said(&by_policy, DIRECTIVE),
        yes(QualifiedFor::Signatures, true)
    );
    assert_eq!(
        then_said(&by_policy, 1_600_000_000),
        Answer::No(Reason::NotClaimed)
    );
    let old_word = period("2020-01-01T00:00:00Z", "accredited");
    let found = of_period(&compliant(), old_word, NOW);
    assert_eq!(found, Answer::No(Reason::Status("accredited".to_owned())));
    // The order of the history is not promised.
    let mut turned = history.to_vec();
    turned.swap(1, 2);
    assert_eq!(
        ask(&compliant(), &services(&turned), 1_600_000_000),
        granted
    );
}

#[test]
fn only_one_services_answer_is_an_answer() {
    let service = |period: MadePeriod| (authority(), vec![period]);
    let granted = service(MadePeriod::default());
    let withdrawn = service(MadePeriod {
        status: "withdrawn",
        ..MadePeriod::default()
    });
    let of_seals = service(MadePeriod {
        status: "withdrawn",
        additional: &["ForeSeals"],
        ..MadePeriod::default()
    });
    let of_timestamps = service(MadePeriod {
        kind: "TSA/QTST",
        ..MadePeriod::default()
    });
    let critical = service(MadePeriod {
        extensions: "<Extension Critical=\"true\"><Strange></Strange></Extension>".to_owned(),
        ..MadePeriod::default()
    });
    let harmless = service(MadePeriod {
        extensions: "<Extension Critical=\"true\"><ExpiredCertsRevocationInfo>2020-01-01T00:00:00Z\
                     </ExpiredCertsRevocationInfo></Extension><Extension Critical=\"false\"><Strange></Strange></Extension>"
            .to_owned(),
        ..MadePeriod::default()
    });
    let stranger = (
        Made::root("stranger", 5).certificate(),
        vec![MadePeriod::default()],
    );
    let good = yes(QualifiedFor::Signatures, false);
    for (services, expected) in [
        (vec![granted.clone(), granted.clone()], good.clone()),
        (
            vec![granted.clone(), of_seals.clone(), of_timestamps.clone()],
            good.clone(),
        ),
        (
            vec![granted, withdrawn],
            Answer::NotDeterminable(Reason::Conflict),
        ),
        (vec![of_seals], Answer::No(Reason::TypeNotCovered)),
        (
            vec![of_timestamps],
            Answer::No(Reason::ServiceNotListedThen),
        ),
        (
            vec![critical],
            Answer::NotDeterminable(Reason::ExtensionUnknown("Strange".to_owned())),
        ),
        (vec![harmless], good),
        (vec![stranger], Answer::No(Reason::AuthorityNotListed)),
    ] {
        assert_eq!(ask(&compliant(), &services, NOW), expected);
    }
}

#[test]
fn the_same_key_under_the_same_name_is_the_same_service() {
    let renewed = Made {
        serial: vec![77],
        ..Made::root("authority", 1)
    };
    let renamed = Made::root("other", 1);
    let listed = |made: &Made| {
        let services = [(made.certificate(), vec![MadePeriod::default()])];
        ask(&compliant(), &services, NOW)
    };
    assert_eq!(listed(&renewed), yes(QualifiedFor::Signatures, false));
    assert_eq!(listed(&renamed), Answer::No(Reason::AuthorityNotListed));
}

#[test]
fn both_times_have_to_hold() {
    let periods = vec![
        MadePeriod {
            from: "2024-01-01T00:00:00Z",
            status: "withdrawn",
            ..MadePeriod::default()
        },
        MadePeriod::default(),
    ];
    let list = verified(&[(authority(), periods)]);
    let (person, authority) = (compliant().certificate(), authority());
    let path = [&person, &authority];
    let good = yes(QualifiedFor::Signatures, false);
    let before = qualified(&[&list], &path, 1_600_000_000);
    assert_eq!(before.both(), good);
    let after = qualified(&[&list], &path, NOW);
    assert_eq!(after.at_issuance, good);
    assert_eq!(
        after.both(),
        Answer::No(Reason::Status("withdrawn".to_owned()))
    );
    let answers = |at_issuance: &Answer, at_signing: &Answer| Answers {
        at_issuance: at_issuance.clone(),
        at_signing: at_signing.clone(),
    };
    let device = yes(QualifiedFor::Signatures, true);
    let unclear = Answer::NotDeterminable(Reason::Conflict);
    let no = Answer::No(Reason::NotClaimed);
    for (issued, signed, expected) in [
        (&good, &device, &good),
        (&device, &device, &device),
        (&good, &yes(QualifiedFor::Seals, false), &unclear),
        (&unclear, &good, &unclear),
        (&unclear, &no, &no),
    ] {
        assert_eq!(answers(issued, signed).both(), *expected);
    }
}

#[test]
fn timestamps_are_qualified_by_a_service_of_their_own() {
    let unit = Made::of("unit", 3, "authority", 1).certificate();
    let period = |kind, status| MadePeriod {
        kind,
        status,
        ..MadePeriod::default()
    };
    let ask = |listed: &Certificate, period: MadePeriod| {
        let list = verified(&[(listed.clone(), vec![period])]);
        let path = [&unit, &authority()];
        qualified_at(&[&list], &path, QualifiedFor::Timestamps, NOW)
    };
    let good = yes(QualifiedFor::Timestamps, false);
    assert_eq!(ask(&unit, period("TSA/QTST", "granted")), good);
    assert_eq!(ask(&authority(), period("TSA/QTST", "granted")), good);
    let withdrawn = Answer::No(Reason::Status("withdrawn".to_owned()));
    assert_eq!(ask(&unit, period("TSA/QTST", "withdrawn")), withdrawn);
    let other = Answer::No(Reason::ServiceNotListedThen);
    assert_eq!(ask(&unit, period("CA/QC", "granted")), other);
}
