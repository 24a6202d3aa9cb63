//! What lists say about certificates.

use super::*;

/// google/boringssl `pki/testdata/crl_unittest`.
#[test]
fn boringssl_lists() {
    let Some(folder) = conformance::directory("conformance/revocation/boringssl-crl") else {
        return;
    };
    let mut score = Score::new(
        "boringssl-crl",
        &[(
            "bad_idp_indirectcrl",
            "an indirect list says about its own issuer's certificates what another would (RFC 5280 §5.2.5); BoringSSL reads none",
        )],
    );
    for case in cases(&folder) {
        let id = case["id"].as_str().unwrap();
        let subject = certificate(&der(&case, "cert").unwrap());
        let issuer = certificate(&der(&case, "issuer").unwrap());
        let other = der(&case, "issuer2").map(|other| certificate(&other));
        let signers: Vec<&Certificate> = other.iter().collect();
        let list = der(&case, "crl").unwrap();
        let list = Crl::parse(&list);
        let lists = lists(&list);
        let question = Question {
            certificate: &subject,
            issuer: &issuer,
            times: times(&case),
        };
        let sources = Sources {
            lists: &lists,
            signers: &signers,
            answers: &[],
        };
        let state = check(&question, &sources, &mut |_| true);
        let expected = case["expected_status"].as_str().unwrap();
        score.note(
            id,
            word(&state) == expected,
            &format!("{state:?}, {expected}; {:?}", list.err()),
        );
    }
    score.finish();
}

/// Real lists and certificates of Amazon Trust Services: `valid`, `revoked` and `expired` in the names of certificates.
#[test]
fn amazon_lists() {
    let Some(folder) = conformance::directory("conformance/revocation/amazon-trust-real") else {
        return;
    };
    /// 2025-02-25, when all of them were current.
    const NOW: i64 = 1_740_441_600;
    let files = |extension: &str| -> Vec<(String, Vec<u8>)> {
        let paths = conformance::entries(&folder).into_iter();
        let paths = paths.filter(|path| path.extension().is_some_and(|it| it == extension));
        let named = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
        paths
            .map(|path| (named(&path), std::fs::read(&path).unwrap()))
            .collect()
    };
    let ders = files("crl");
    let parsed: Vec<Crl<'_>> = ders
        .iter()
        .map(|(_, der)| Crl::parse(der).unwrap())
        .collect();
    let lists = lists(&parsed);
    let certificates = files("cer");
    let certificates: Vec<(String, Certificate)> = certificates
        .into_iter()
        .map(|(name, der)| (name, certificate(&der)))
        .collect();
    let mut score = Score::new("amazon-trust-real", &[]);
    for (name, subject) in &certificates {
        let issuer = certificates.iter().find(|(_, issuer)| {
            subject.names_as_issuer(issuer) && subject.verify_signature(issuer.key()).is_ok()
        });
        // Some issuers, and the lists of some issuers, are not in the corpus.
        let Some((_, issuer)) = issuer.filter(|(_, issuer)| issuer.der() != subject.der()) else {
            continue;
        };
        let has_list = parsed.iter().any(|list| list.verify(issuer.key()).is_ok());
        let question = Question {
            certificate: subject,
            issuer,
            times: Times::at(NOW),
        };
        let sources = Sources {
            lists: &lists,
            ..Sources::default()
        };
        let expected = match (has_list, name.starts_with("revoked")) {
            (false, _) => "unknown",
            (true, true) => "revoked",
            (true, false) => "good",
        };
        let state = check(&question, &sources, &mut |_| false);
        score.note(
            name,
            word(&state) == expected,
            &format!("{state:?}, {expected}"),
        );
    }
    score.finish();
}

/// Every list of the test authorities of Kazakhstan verifies with its authority's key, and with no other.
#[test]
fn kazakh_lists() {
    let Some(folder) = conformance::directory("gost/kz") else {
        return;
    };
    for (list, signer) in [
        ("nca_gost2022_test.crl", "nca_gost2022_test.cer"),
        ("nca_gost_test.crl", "nca_gost_test.crt"),
        ("nca_rsa_test.crl", "nca_rsa_test.crt"),
    ] {
        let der = std::fs::read(folder.join("crl").join(list)).unwrap();
        let parsed = Crl::parse(&der).unwrap();
        assert!(parsed.entries().all(|placed| placed.is_some()), "{list}");
        for path in conformance::entries(&folder.join("ca")) {
            let authority = certificate(&conformance::der(&path, "CERTIFICATE").unwrap());
            let expected =
                path.ends_with(signer) || authority.public_key() == signer_key(&folder, signer);
            assert_eq!(
                parsed.verify(authority.key()).is_ok(),
                expected,
                "{list} {path:?}"
            );
        }
    }
}

fn signer_key(folder: &Path, signer: &str) -> Vec<u8> {
    let der = conformance::der(&folder.join("ca").join(signer), "CERTIFICATE").unwrap();
    certificate(&der).public_key().to_vec()
}
