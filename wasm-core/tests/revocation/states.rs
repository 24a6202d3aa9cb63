//! The states that several sources together come to.

use super::*;
use std::fs;
use tamga_core::{
    algorithm::DigestAlgorithm,
    trust::revocation::{
        MAX_NONCE, OcspResponse, RevocationTerm, Unavailable, Untrusted, ocsp_request,
    },
};

/// A certificate, its issuer and an answer about it, of BoringSSL's.
struct Answered {
    subject: Certificate,
    issuer: Certificate,
    answer: Vec<u8>,
    times: Times,
}

impl Answered {
    fn named(id: &str) -> Option<Self> {
        let folder = conformance::directory("conformance/revocation/boringssl-ocsp")?;
        let case = cases(&folder).into_iter().find(|case| case["id"] == id)?;
        Some(Self {
            subject: certificate(&der(&case, "cert")?),
            issuer: certificate(&der(&case, "issuer")?),
            answer: der(&case, "ocsp_response")?,
            times: times(&case),
        })
    }

    fn state(&self, requested: Option<OcspRequested<'_>>, times: Times) -> RevocationState {
        let answers = [OcspAnswer {
            der: &self.answer,
            requested,
        }];
        let question = Question {
            certificate: &self.subject,
            issuer: &self.issuer,
            times,
        };
        let sources = Sources {
            answers: &answers,
            ..Sources::default()
        };
        check(&question, &sources, &mut |_| false)
    }
}

const ASKED: Option<OcspRequested<'_>> = Some(OcspRequested { nonce: None });

#[test]
fn an_answer_without_next_update_is_believed_for_a_day() {
    let Some(answered) = Answered::named("good_response_sha256") else {
        return;
    };
    // thisUpdate: 2017-03-01
    const MADE: i64 = 1_488_326_400;
    for (now, expected) in [
        // producedAt is a day later: a clock is wrong
        (MADE, RevocationState::Untrusted(Untrusted::FromTheFuture)),
        (
            MADE + 86_400,
            RevocationState::Good(RevocationTerm {
                at: MADE,
                until: MADE + 86_400,
            }),
        ),
        (
            MADE + 86_401,
            RevocationState::Stale {
                since: MADE + 86_400,
            },
        ),
    ] {
        assert_eq!(answered.state(ASKED, Times::at(now)), expected);
    }
}

#[test]
fn a_revocation_counts_however_old_the_answer_is() {
    let Some(answered) = Answered::named("revoke_response") else {
        return;
    };
    let years_later = Times::at(answered.times.now + 100_000_000);
    let state = answered.state(ASKED, years_later);
    assert!(matches!(state, RevocationState::Revoked(_)), "{state:?}");
}

#[test]
fn what_a_responder_did_not_know_long_ago_says_nothing() {
    let Some(answered) = Answered::named("unknown_response") else {
        return;
    };
    let now = answered.state(ASKED, answered.times);
    assert_eq!(now, RevocationState::Unknown);
    let years_later = Times::at(answered.times.now + 100_000_000);
    let nothing = RevocationState::Unavailable(Unavailable::NoEvidence);
    assert_eq!(answered.state(ASKED, years_later), nothing);
}

#[test]
fn an_answer_without_the_nonce_has_to_be_fresh() {
    let Some(answered) = Answered::named("good_response_sha256") else {
        return;
    };
    let asked = Some(OcspRequested {
        nonce: Some(&[7; 16]),
    });
    let state = answered.state(asked, answered.times);
    assert!(matches!(state, RevocationState::Good { .. }), "{state:?}");
    let state = answered.state(asked, Times::at(answered.times.now));
    assert!(matches!(state, RevocationState::Stale { .. }), "{state:?}");
}

#[test]
fn an_answer_about_another_certificate_is_none() {
    let Some(answered) = Answered::named("other_response") else {
        return;
    };
    let nothing = RevocationState::Unavailable(Unavailable::NoEvidence);
    assert_eq!(answered.state(None, answered.times), nothing);
    let other = RevocationState::Untrusted(Untrusted::OtherCertificate);
    assert_eq!(answered.state(ASKED, answered.times), other);
}

#[test]
fn any_change_to_an_answer_is_noticed() {
    let Some(mut answered) = Answered::named("good_response_sha256") else {
        return;
    };
    let good = answered.state(ASKED, answered.times);
    for place in (0..answered.answer.len()).step_by(5) {
        answered.answer[place] ^= 1;
        let state = answered.state(ASKED, answered.times);
        assert_ne!(state, good, "{place}");
        assert!(!matches!(state, RevocationState::Revoked(_)), "{place}");
        answered.answer[place] ^= 1;
    }
}

/// `OCSPResponse`s without an answer, and things that are none.
#[test]
fn a_responder_without_an_answer_says_why() {
    let Some(mut answered) = Answered::named("good_response_sha256") else {
        return;
    };
    for (answer, expected) in [
        (&[0x30, 3, 10, 1, 1][..], Unavailable::RequestRefused),
        (&[0x30, 3, 10, 1, 2], Unavailable::ResponderFailed),
        (&[0x30, 3, 10, 1, 3], Unavailable::TryLater),
        (&[0x30, 3, 10, 1, 5], Unavailable::SignatureRequired),
        (&[0x30, 3, 10, 1, 6], Unavailable::Unauthorized),
        (&[0x30, 3, 10, 1, 0], Unavailable::Malformed),
        (
            b"<html>log in to the network</html>",
            Unavailable::Malformed,
        ),
        (b"", Unavailable::Malformed),
    ] {
        answered.answer = answer.to_vec();
        let state = answered.state(ASKED, answered.times);
        assert_eq!(state, RevocationState::Unavailable(expected), "{answer:?}");
    }
}

/// A request names the certificate as an answer does, and carries the nonce.
#[test]
fn a_request_names_the_certificate_and_carries_the_nonce() {
    let Some(answered) = Answered::named("good_response_sha256") else {
        return;
    };
    let request = |digest, nonce: Option<&[u8]>| {
        ocsp_request(&answered.subject, &answered.issuer, digest, nonce).unwrap()
    };
    let contains = |request: &[u8], part: &[u8]| request.windows(part.len()).any(|it| it == part);
    let response = OcspResponse::parse(&answered.answer).unwrap();
    let serial = response.responses[0].id.serial;
    let name = DigestAlgorithm::Sha1.digest(answered.issuer.subject().der());
    let key = DigestAlgorithm::Sha1.digest(answered.issuer.key().bits());
    // As the answer has it, but for the header
    let id = [
        &[4, 20][..],
        &name.bytes(),
        &[4, 20],
        &key.bytes(),
        &[2, 1],
        serial,
    ]
    .concat();
    assert!(contains(&answered.answer, &id));
    let plain = request(DigestAlgorithm::Sha1, None);
    assert!(contains(&plain, &id) && !contains(&plain, &[0x30, 1, 2]));
    let nonce = [7; MAX_NONCE];
    let with_nonce = request(DigestAlgorithm::Sha256, Some(&nonce));
    let wrapped = [&[4, 0x81, 0x83, 4, 0x81, 0x80][..], &nonce].concat();
    assert!(contains(&with_nonce, &wrapped));
    assert!(!contains(&with_nonce, &id));
    // pyca's request without extensions has the same structure.
    let folder = conformance::directory("conformance/revocation/pyca-vectors/ocsp").unwrap();
    let other = fs::read(folder.join("req-sha1.der")).unwrap();
    let tags = |der: &[u8]| -> Vec<u8> { der.iter().step_by(2).take(6).copied().collect() };
    assert_eq!(tags(&plain), [0x30; 6]);
    assert_eq!(tags(&other), tags(&plain));
}
