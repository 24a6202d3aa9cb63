use super::*;

const ENGLISH: &[u8] = include_bytes!("../../../../../wasm-core/tests/fixtures/english.der");
const RUSSIAN: &[u8] = include_bytes!("../../../../../wasm-core/tests/fixtures/russian.der");

fn certificate(der: &[u8]) -> Certificate {
    Certificate::parse(der).unwrap()
}

/// A key that goes by this id, and tells the certificate's public key, if any.
fn key(id: &str, told: Option<&Certificate>) -> Key {
    let object = KeyObject {
        handle: None,
        names: Names {
            id: id.as_bytes().to_vec(),
            label: Vec::new(),
        },
        half: PublicHalf {
            info: told.map(|certificate| certificate.public_key().to_vec()),
            ..PublicHalf::default()
        },
    };
    (None, object)
}

fn bound(objects: &Objects, given: &[Certificate]) -> Vec<String> {
    let bound = objects.bound(given, true).into_iter();
    bound.map(|found| found.certificate).collect()
}

#[test]
fn a_certificate_that_was_given_is_bound_by_its_public_key_and_by_nothing_else() {
    let [english, russian] = [ENGLISH, RUSSIAN].map(certificate);
    let given = [english.clone(), russian.clone()];
    let expected = [BASE64_STANDARD.encode(ENGLISH)];
    let public = Objects {
        public: vec![key("a", Some(&english)), key("b", None)],
        private: vec![key("a", None), key("b", None)],
        ..Objects::default()
    };
    assert_eq!(bound(&public, &given), expected);
    let private = Objects {
        private: vec![key("", Some(&english))],
        ..Objects::default()
    };
    assert_eq!(bound(&private, &given), expected);
    // Keys that tell nothing belong to nobody before they sign.
    let silent = Objects {
        private: vec![key("a", None)],
        ..Objects::default()
    };
    assert!(bound(&silent, &given).is_empty());
}

#[test]
fn a_certificate_that_is_on_the_token_is_found_there_alone() {
    let english = certificate(ENGLISH);
    let objects = Objects {
        certificates: vec![CertificateObject {
            der: ENGLISH.to_vec(),
            names: vec![Names::default()],
            certificate: Some(english.clone()),
        }],
        public: vec![key("a", Some(&english))],
        ..Objects::default()
    };
    assert!(bound(&objects, &[english]).is_empty());
    assert_eq!(objects.certificates(true, false).len(), 1);
}
