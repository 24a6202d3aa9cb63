//! GOST on tokens, against a module double with recorded calls: no free token has these mechanisms.

use super::bench::{Bench, DOCUMENT, PIN, list, sign, token};
use crate::cms_openssl::openssl::Openssl;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;
use tamga_tests::{
    double::{Slot, certificate, private_key, public_key},
    signatures,
};

/// Name, `openssl genpkey -algorithm`, the mechanisms of the token, the one that is to be used.
const KEYS: [(&str, &str, &[&str], &str); 4] = [
    (
        "256-raw",
        "gost2012_256 -pkeyopt paramset:TCA",
        &["CKM_GOSTR3410"],
        "CKM_GOSTR3410",
    ),
    (
        "256-hashing",
        "gost2012_256 -pkeyopt paramset:A",
        &["CKM_GOSTR3410_WITH_GOSTR3411_2012_256"],
        "CKM_GOSTR3410_WITH_GOSTR3411_2012_256",
    ),
    (
        "512-raw",
        "gost2012_512 -pkeyopt paramset:A",
        &["CKM_GOSTR3410_512", "CKM_GOSTR3410_WITH_GOSTR3411_2012_512"],
        "CKM_GOSTR3410_512",
    ),
    (
        "512-hashing",
        "gost2012_512 -pkeyopt paramset:C",
        &["CKM_GOSTR3410_WITH_GOSTR3411_2012_512"],
        "CKM_GOSTR3410_WITH_GOSTR3411_2012_512",
    ),
];

#[test]
fn a_double_signs_by_the_mechanisms_of_tc26_and_openssl_takes_it() {
    let Some(openssl) = Openssl::with_gost() else {
        return;
    };
    for (name, algorithm, mechanisms, expected) in KEYS {
        openssl.leaf(name, algorithm);
        let (key, der) = (
            openssl.read(&format!("{name}.p8")),
            openssl.read(&format!("{name}.der")),
        );
        let slot = Slot {
            mechanisms: Some(mechanisms.iter().map(|name| (*name).to_owned()).collect()),
            ..token(vec![
                private_key(1, &key),
                public_key(1, &key, name.ends_with("raw")),
                certificate(1, &der),
                // The chain that comes with the key is put into the signature.
                certificate(9, &openssl.read("middle.der")),
            ])
        };
        let bench = Bench::new(|double| double.slot(slot));
        let mut host = bench.host();
        let listing = list(&mut host);
        let key = &listing["keys"][0];
        assert_eq!(
            key["certificate"],
            BASE64_STANDARD.encode(&der),
            "{listing}"
        );
        let (events, reply) = sign(&mut host, key, PIN, 3);
        assert_eq!(reply["type"], "done", "{name}: {events:?} {reply}");
        assert_eq!(events.len(), 3);
        assert!(
            events.iter().all(|event| event["type"] == "item-signed"),
            "{events:?}"
        );
        judge(&openssl, &events[0]);

        let calls = bench.double.calls();
        let signed = calls.iter().filter(|call| call.function == "C_SignInit");
        assert!(
            signed
                .clone()
                .all(|call| call.subject.as_deref() == Some(expected)),
            "{calls:?}"
        );
        assert_eq!(signed.count(), 3);
        // One login for all three, and nobody is left logged in.
        assert_eq!((bench.count("C_Login"), bench.count("C_Logout")), (1, 1));
        assert!(host.finish().status.success());
    }
}

fn judge(openssl: &Openssl, signed: &Value) {
    openssl.write("signature.p7s", &signatures::signed(signed, b""));
    openssl.write("document", DOCUMENT);
    openssl.run(
        "cms -verify -binary -inform DER -in signature.p7s -content document -CAfile root.pem \
         -purpose any -cades -out content",
    );
    assert_eq!(openssl.read("content"), DOCUMENT);
}

#[test]
fn a_certificate_without_its_key_says_so() {
    let Some(openssl) = Openssl::with_gost() else {
        return;
    };
    for (name, algorithm, ..) in &KEYS[..2] {
        openssl.leaf(name, algorithm);
    }
    let [mine, other] = [KEYS[0].0, KEYS[1].0].map(|name| {
        let key = openssl.read(&format!("{name}.p8"));
        (key, openssl.read(&format!("{name}.der")))
    });
    // Seen without a PIN: that the second key is missing is certain.
    let open = Slot {
        login_required: false,
        ..token(vec![
            private_key(1, &mine.0),
            certificate(1, &mine.1),
            certificate(2, &other.1),
        ])
    };
    let bench = Bench::new(|double| double.slot(open));
    let mut host = bench.host();
    let listing = list(&mut host);
    let keys = listing["keys"].as_array().unwrap();
    let problem = |der: &[u8]| {
        let key = keys
            .iter()
            .find(|key| key["certificate"] == BASE64_STANDARD.encode(der));
        key.unwrap()["problem"].clone()
    };
    assert_eq!(problem(&mine.1), Value::Null, "{listing}");
    assert_eq!(problem(&other.1), "KEY_MISSING", "{listing}");
    let usable = keys.iter().find(|key| key["problem"].is_null()).unwrap();
    assert_eq!(usable["passwordless"], true);
    let (_, reply) = sign(&mut host, usable, "", 1);
    assert_eq!(reply["type"], "done", "{reply}");
    assert_eq!(bench.count("C_Login"), 0);
}
