//! What OCSP answers say about certificates, and who may give them.

use super::*;
use tamga_core::trust::revocation::{CertStatus, OcspResponse, RevocationReason};

/// google/boringssl `pki/testdata/ocsp_unittest`.
#[test]
fn boringssl_answers() {
    let Some(folder) = conformance::directory("conformance/revocation/boringssl-ocsp") else {
        return;
    };
    let mut score = Score::new("boringssl-ocsp", &[]);
    for case in cases(&folder) {
        let id = case["id"].as_str().unwrap();
        let subject = certificate(&der(&case, "cert").unwrap());
        let issuer = certificate(&der(&case, "issuer").unwrap());
        let answer = der(&case, "ocsp_response").unwrap();
        let answers = [OcspAnswer {
            der: &answer,
            requested: Some(OcspRequested { nonce: None }),
        }];
        let question = Question {
            certificate: &subject,
            issuer: &issuer,
            times: times(&case),
        };
        let sources = Sources {
            answers: &answers,
            ..Sources::default()
        };
        let state = check(&question, &sources, &mut |_| false);
        let expected = case["expected_status"].as_str().unwrap();
        score.note(
            id,
            word(&state) == expected,
            &format!("{state:?}, {expected}"),
        );
    }
    score.finish();
}

/// OpenSSL's `test/recipes/80-test_ocsp.t`: who signed an answer, and whether they may.
#[test]
fn openssl_responders() {
    let Some(folder) = conformance::directory("conformance/revocation/openssl-ocsp") else {
        return;
    };
    let mut score = Score::new("openssl-ocsp", &[]);
    for case in cases(&folder) {
        let id = case["id"].as_str().unwrap();
        let found = openssl_case(&case);
        let expected = case["expected"] == "valid";
        score.note(
            id,
            found.is_some() == expected,
            &format!("{found:?}, {expected}"),
        );
    }
    score.finish();
}

/// `Some`: the answer is signed by whom it has to be, for every certificate that it is about.
fn openssl_case(case: &serde_json::Value) -> Option<()> {
    let now = case["time_unix"].as_i64().unwrap();
    let list = |field: &str| -> Vec<Certificate> {
        let list = case[field].as_array().unwrap().iter();
        let list = list.map(|one| BASE64_STANDARD.decode(one.as_str().unwrap()).unwrap());
        list.map(|der| certificate(&der)).collect()
    };
    // Issuers are those that are trusted, and those that they issued, in whatever order they come.
    let mut issuers = list("trusted");
    let others = list("other_certs");
    for _ in &others {
        let is_issued = |other: &&Certificate| {
            let above = issuers.iter().find(|issuer| other.names_as_issuer(issuer));
            above.is_some_and(|above| other.verify_signature(above.key()).is_ok())
        };
        let issued: Vec<Certificate> = others.iter().filter(is_issued).cloned().collect();
        issuers.extend(issued);
    }
    let answer = der(case, "ocsp_response").unwrap();
    let response = OcspResponse::parse(&answer).ok()?;
    for single in &response.responses {
        let issuer = issuers
            .iter()
            .find(|issuer| single.id.is_issued_by(issuer))?;
        response.verify(issuer, now).ok()?;
    }
    (!response.responses.is_empty()).then_some(())
}

/// Stored answers of Kazakhstan's responder (2022-09-02): CertID with SHA-256, a delegate, no nextUpdate.
#[test]
fn kazakh_answers() {
    let Some(folder) = conformance::directory("gost/kz") else {
        return;
    };
    const NOW: i64 = 1_662_138_000;
    for (answer, issuer, nonce, status) in [
        (
            "ocsp_response_ceo_2015_revoked.bin",
            "nca_gost2022_test.cer",
            "157b28fd1ac7761e",
            "on hold",
        ),
        (
            "ocsp_response_ceo_sign_2004_revoked.bin",
            "nca_gost_test.crt",
            "8b6b9f100d6b0005",
            "superseded",
        ),
        (
            "ocsp_response_individual_sign_2004.bin",
            "nca_rsa_test.crt",
            "b5e5c9b552cbcac4",
            "good",
        ),
    ] {
        let der = std::fs::read(folder.join("ocsp").join(answer)).unwrap();
        let issuer = conformance::der(&folder.join("ca").join(issuer), "CERTIFICATE").unwrap();
        let issuer = certificate(&issuer);
        let response = OcspResponse::parse(&der).unwrap();
        let delegate = response.verify(&issuer, NOW).unwrap();
        assert!(delegate.is_some() && !response.unknown_critical, "{answer}");
        let [single] = &*response.responses else {
            panic!("{response:?}");
        };
        assert!(single.id.is_issued_by(&issuer), "{answer}");
        assert_eq!(single.next_update, None);
        assert_eq!(
            response
                .nonce
                .as_deref()
                .map(base16ct::lower::encode_string)
                .as_deref(),
            Some(nonce)
        );
        let found = match single.status {
            CertStatus::Good => "good",
            CertStatus::Revoked(it) if it.reason == RevocationReason::CertificateHold => "on hold",
            CertStatus::Revoked(it) if it.reason == RevocationReason::Superseded => "superseded",
            _ => "something else",
        };
        assert_eq!(found, status, "{answer}");
        // The delegate's own certificate ends in 2023.
        assert!(response.verify(&issuer, NOW + 2 * 365 * 86_400).is_err());
    }
}
