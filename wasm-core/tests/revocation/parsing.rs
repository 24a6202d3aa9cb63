//! Which bytes are lists and answers, and what is read of them.

use super::*;
use std::fs;
use tamga_core::{
    algorithm::SignatureError,
    certificate::{DistributionPointName, GeneralName, IssuerSignatureError},
    trust::revocation::{CertStatus, OcspResponse, Reasons, RevocationReason, Unavailable},
};

/// Parts of names of what rustls/webpki refuses.
const WEBPKI_REFUSED: [&str; 7] = [
    "invalid.",
    "unknown",
    "negative",
    "mismatched",
    "too.long",
    "wrong.version",
    "entry.issuer",
];

/// rustls/webpki `tests/crls`: the name of a file says what it is about.
#[test]
fn webpki_lists() {
    let Some(folder) = conformance::directory("conformance/revocation/rustls-webpki-crls") else {
        return;
    };
    let mut score = Score::new(
        "rustls-webpki-crls",
        &[
            (
                "crl.idp.invalid.bool.der",
                "any octet but zero is TRUE in BER, and real authorities write it so",
            ),
            (
                "crl.invalid.this.update.time.der",
                "the year 1 is a year: such a list is long out of date",
            ),
            (
                "crl.negative.serial.der",
                "negative serial numbers are compared as numbers, as PKITS 4.4.14 and 4.4.15 want",
            ),
        ],
    );
    for (name, der) in files(&folder, "der") {
        let list = Crl::parse(&der);
        let usable = list.as_ref().is_ok_and(|list| {
            let key = certificate(AUTHORITY);
            let verified = list.verify(key.key());
            !list.head().unknown_critical
                && verified != Err(IssuerSignatureError::AlgorithmMismatch)
        });
        let expected = !WEBPKI_REFUSED.iter().any(|part| name.contains(part));
        score.note(&name, usable == expected, &format!("{list:?}, {expected}"));
    }
    score.finish();
}

const AUTHORITY: &[u8] = include_bytes!("../fixtures/authority.der");

type ListProperty = fn(&Crl<'_>) -> bool;

/// Lists of pyca/cryptography and what they were made to have; `None`: they are refused.
const PYCA_LISTS: [(&str, Option<ListProperty>); 26] = [
    ("crl_all_reasons.pem", Some(has_all_reasons)),
    (
        "crl_almost_10k.pem",
        Some(|list| list.entries().count() == 9999),
    ),
    ("crl_bad_version.pem", None),
    (
        "crl_delta_crl_indicator.pem",
        Some(|list| list.head().is_delta() && list.head().base < list.head().number),
    ),
    ("crl_dup_entry_ext.pem", None),
    (
        "crl_empty.pem",
        Some(|list| list.entries().next().is_none()),
    ),
    (
        "crl_empty_no_sequence.der",
        Some(|list| list.entries().next().is_none()),
    ),
    (
        "crl_ian_aia_aki.pem",
        Some(|list| list.head().authority_key.is_some() && !list.head().unknown_critical),
    ),
    (
        "crl_idp_fullname_indirect_crl.pem",
        Some(|list| list.head().scope.indirect && has_address(list)),
    ),
    ("crl_idp_fullname_only.pem", Some(has_address)),
    (
        "crl_idp_fullname_only_aa.pem",
        Some(|list| list.head().scope.only_attributes && has_address(list)),
    ),
    (
        "crl_idp_fullname_only_user.pem",
        Some(|list| list.head().scope.only_users && has_address(list)),
    ),
    (
        "crl_idp_only_ca.pem",
        Some(|list| list.head().scope.only_authorities && has_relative(list)),
    ),
    (
        "crl_idp_reasons_only.pem",
        Some(|list| list.head().scope.reasons == Some(Reasons::from_flags(1 << 1))),
    ),
    (
        "crl_idp_relative_user_all_reasons.pem",
        Some(|list| {
            list.head().scope.only_users && list.head().scope.reasons == Some(Reasons::ALL)
        }),
    ),
    ("crl_idp_relativename_only.pem", Some(has_relative)),
    (
        "crl_inner_outer_mismatch.der",
        Some(|list| verified(list) == Err(IssuerSignatureError::AlgorithmMismatch)),
    ),
    // Entries with extensions in a list of version 1
    ("crl_inval_date_fractional_seconds.der", None),
    ("crl_inval_cert_issuer_entry_ext.pem", None),
    ("crl_invalid_time.der", None),
    (
        "crl_issuer_invalid_printable_string.der",
        Some(|list| !list.head().issuer.attributes().is_empty()),
    ),
    (
        "crl_md2_unknown_crit_entry_ext.pem",
        Some(|list| list.head().unknown_critical),
    ),
    (
        "crl_no_next_update.pem",
        Some(|list| list.head().next_update.is_none()),
    ),
    (
        "crl_unrecognized_extension.der",
        Some(|list| !list.head().unknown_critical),
    ),
    ("crl_unsupported_reason.pem", None),
    (
        "invalid_signature_crl.pem",
        Some(|list| verified(list) == Err(SignatureError::Mismatch.into())),
    ),
];

fn verified(list: &Crl<'_>) -> Result<(), IssuerSignatureError> {
    list.verify(certificate(AUTHORITY).key())
}

fn has_all_reasons(list: &Crl<'_>) -> bool {
    let found: Vec<RevocationReason> = list
        .entries()
        .map(|placed| placed.unwrap().entry.reason)
        .collect();
    let all = (0..=10).filter_map(RevocationReason::from_code);
    all.into_iter().all(|reason| found.contains(&reason))
}

fn has_address(list: &Crl<'_>) -> bool {
    let Some(DistributionPointName::Full(names)) = &list.head().scope.point else {
        return false;
    };
    names.contains(&GeneralName::Uri("http://myhost.com/myca.crl".to_owned()))
}

fn has_relative(list: &Crl<'_>) -> bool {
    matches!(
        list.head().scope.point,
        Some(DistributionPointName::Relative(_))
    )
}

/// pyca/cryptography `vectors/cryptography_vectors/x509`.
#[test]
fn pyca_lists() {
    let Some(folder) = conformance::directory("conformance/revocation/pyca-vectors/crl") else {
        return;
    };
    let mut score = Score::new("pyca lists", &[]);
    for (name, property) in PYCA_LISTS {
        let der = conformance::der(&folder.join(name), "").unwrap();
        let list = Crl::parse(&der);
        let found = list
            .as_ref()
            .ok()
            .map(|list| property.is_some_and(|has| has(list)));
        let expected = property.map(|_| true);
        score.note(name, found == expected, &format!("{list:?}"));
    }
    score.finish();
}

/// Certificates among them, for what they say of lists.
#[test]
fn pyca_distribution_points() {
    let Some(folder) = conformance::directory("conformance/revocation/pyca-vectors/crl") else {
        return;
    };
    let points = |name: &str| {
        let der = conformance::der(&folder.join(name), "").unwrap();
        let certificate = certificate(&der);
        let (points, freshest) = (
            certificate.distribution_points(),
            certificate.freshest_lists(),
        );
        (points.unwrap(), freshest.unwrap())
    };
    let (only_issuer, _) = points("cdp_crl_issuer.pem");
    assert!(
        only_issuer
            .iter()
            .all(|it| it.name.is_none() && it.crl_issuer.len() == 1)
    );
    let (all, _) = points("cdp_fullname_reasons_crl_issuer.pem");
    // keyCompromise, cACompromise and aACompromise
    assert!(
        all.iter()
            .all(|it| it.reasons.is_some() && it.full_name().len() == 1)
    );
    let (_, freshest) = points("freshestcrl.pem");
    assert!(!freshest.is_empty());
}

type AnswerProperty = fn(&OcspResponse<'_>) -> bool;

/// Answers of pyca/cryptography and what they were made to have, or why they are refused.
const PYCA_ANSWERS: [(&str, Result<AnswerProperty, Unavailable>); 18] = [
    (
        "resp-delegate-unknown-cert.der",
        Ok(|it| it.responses[0].status == CertStatus::Unknown && it.certificates.len() == 1),
    ),
    (
        "resp-invalid-signature-oid.der",
        Ok(|it| it.verify(&certificate(AUTHORITY), 0).is_err()),
    ),
    ("resp-invalid-version.der", Err(Unavailable::Malformed)),
    (
        "resp-responder-key-hash.der",
        Ok(|it| is_revoked(it).is_some()),
    ),
    (
        "resp-response-type-unknown-oid.der",
        Err(Unavailable::Malformed),
    ),
    (
        "resp-revoked-no-next-update.der",
        Ok(|it| is_revoked(it).is_some() && it.responses[0].next_update.is_none()),
    ),
    (
        "resp-revoked-reason.der",
        Ok(|it| is_revoked(it) == Some(RevocationReason::Superseded)),
    ),
    (
        "resp-revoked.der",
        Ok(|it| is_revoked(it) == Some(RevocationReason::Unspecified)),
    ),
    ("resp-sct-extension.der", Ok(|it| !it.unknown_critical)),
    (
        "resp-sha256.der",
        Ok(|it| it.responses[0].status == CertStatus::Good),
    ),
    (
        "resp-single-extension-reason.der",
        Ok(|it| !it.unknown_critical),
    ),
    (
        "resp-successful-no-response-bytes.der",
        Err(Unavailable::Malformed),
    ),
    ("resp-unauthorized.der", Err(Unavailable::Unauthorized)),
    (
        "resp-unknown-extension.der",
        Ok(|it| !it.unknown_critical && it.nonce.is_none()),
    ),
    (
        "resp-unknown-hash-alg.der",
        Ok(|it| !it.responses[0].id.is_issued_by(&certificate(AUTHORITY))),
    ),
    (
        "resp-unknown-response-status.der",
        Err(Unavailable::Malformed),
    ),
    (
        "ocsp-army.deps.mil-resp.der",
        Ok(|it| !it.responses.is_empty()),
    ),
    ("req-sha1.der", Err(Unavailable::Malformed)),
];

fn is_revoked(answer: &OcspResponse<'_>) -> Option<RevocationReason> {
    match answer.responses[0].status {
        CertStatus::Revoked(revocation) => Some(revocation.reason),
        _ => None,
    }
}

#[test]
fn pyca_answers() {
    let Some(folder) = conformance::directory("conformance/revocation/pyca-vectors/ocsp") else {
        return;
    };
    let mut score = Score::new("pyca answers", &[]);
    for (name, expected) in PYCA_ANSWERS {
        let der = fs::read(folder.join(name)).unwrap();
        let answer = OcspResponse::parse(&der);
        let as_expected = match (&answer, &expected) {
            (Ok(answer), Ok(has)) => has(answer),
            (Err(why), Err(expected)) => why == expected,
            _ => false,
        };
        score.note(name, as_expected, &format!("{answer:?}"));
    }
    score.finish();
}

/// What GnuTLS's fuzzing kept: no answer, or one; in no case more than a moment.
#[test]
fn damaged_answers_are_refused_at_once() {
    let Some(folder) = conformance::directory("conformance/malformed/gnutls-ocsp-resp-third")
    else {
        return;
    };
    let issuer = certificate(AUTHORITY);
    let mut read = 0;
    for path in conformance::files(&folder) {
        let der = fs::read(&path).unwrap();
        if let Ok(answer) = OcspResponse::parse(&der) {
            read += 1;
            assert!(answer.verify(&issuer, 0).is_err());
        }
        _ = Crl::parse(&der);
    }
    assert!(read > 0);
}

/// Every list that is cut short is none, and so is one with a longer entry.
#[test]
fn a_list_is_whole_or_none() {
    let Some(folder) = conformance::directory("conformance/revocation/rustls-webpki-crls") else {
        return;
    };
    let der = fs::read(folder.join("crl.valid.der")).unwrap();
    for length in 0..der.len() {
        assert!(Crl::parse(&der[..length]).is_err(), "{length}");
    }
    let padded = [&*der, &[0; 16]].concat();
    assert_eq!(Crl::parse(&padded).unwrap().der(), der);
}

fn files(folder: &Path, extension: &str) -> Vec<(String, Vec<u8>)> {
    let paths = conformance::entries(folder).into_iter();
    let paths = paths.filter(|path| path.extension().is_some_and(|it| it == extension));
    paths
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(&path).unwrap())
        })
        .collect()
}
