//! The log, and what a token says it can do.

use crate::{
    alone::{alone, first_slot, initialised, logged_in, object},
    keys::{self, GOST256, P256, RSA},
    raw::Raw,
};
use cryptoki::{
    mechanism::Mechanism,
    object::{Attribute, AttributeType, ObjectClass},
};
use cryptoki_sys::*;
use std::{fs, path::Path};
use tamga_tests::double::{Double, Object, PrivateKey, Slot, certificate, private_key};

#[test]
fn a_hundred_signatures_and_one_login() {
    let make = |folder: &Path| {
        let key = &keys::p256(folder);
        Double::new(folder).slot(Slot {
            objects: vec![private_key(P256, key)],
            ..Slot::default()
        })
    };
    alone(&a_hundred_signatures_and_one_login, make, |double| {
        let pkcs11 = initialised();
        let session = logged_in(&pkcs11, "12345678");
        let key = object(&session, ObjectClass::PRIVATE_KEY, P256);
        for _ in 0..100 {
            session.sign(&Mechanism::Ecdsa, key, &[7; 32]).unwrap();
        }
        assert_eq!(double.results("C_Login"), ["CKR_OK"]);
        assert_eq!(double.results("C_SignInit"), ["CKR_OK"; 100]);
        let calls = double.calls();
        let about = |function| {
            let call = calls.iter().find(|call| call.function == function);
            call.unwrap().subject.as_deref()
        };
        assert_eq!(about("C_SignInit"), Some("CKM_ECDSA"));
        assert_eq!(about("C_Login"), Some("CKU_USER"));
        assert!(calls.iter().all(|call| call.process == std::process::id()));
        let log = fs::read_to_string(double.folder().join("double.log")).unwrap();
        assert!(!log.contains("12345678"), "the PIN is in the log");
    });
}

/// A slot that hashes only, and a key that nothing else may be done with than what its own list says.
#[test]
fn mechanisms_are_what_the_description_says() {
    let make = |folder: &Path| {
        let keys = keys::make(folder);
        let names = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
        let Object::PrivateKey(key) = private_key(RSA, &keys[usize::from(RSA)]) else {
            panic!("no key");
        };
        Double::new(folder).slot(Slot {
            mechanisms: names(&[
                "CKM_GOSTR3410_WITH_GOSTR3411_2012_256",
                "CKM_RSA_PKCS",
                "CKM_SHA256_RSA_PKCS",
            ]),
            objects: vec![
                private_key(GOST256, &keys[usize::from(GOST256)]),
                Object::PrivateKey(PrivateKey {
                    mechanisms: names(&["CKM_SHA256_RSA_PKCS"]),
                    ..key
                }),
            ],
            ..Slot::default()
        })
    };
    alone(&mechanisms_are_what_the_description_says, make, |_| {
        let pkcs11 = initialised();
        let session = logged_in(&pkcs11, "12345678");
        let raw = Raw::new();
        let listed = raw.mechanisms(first_slot(&pkcs11).id());
        assert_eq!(listed, [0xD432_1008, CKM_RSA_PKCS, CKM_SHA256_RSA_PKCS]);
        let gost = object(&session, ObjectClass::PRIVATE_KEY, GOST256).handle();
        let refused = raw.sign(session.handle(), CKM_GOSTR3410, gost, &[7; 32]);
        assert_eq!(refused, Err(CKR_MECHANISM_INVALID));
        raw.sign(session.handle(), 0xD432_1008, gost, b"message")
            .unwrap();
        let rsa = object(&session, ObjectClass::PRIVATE_KEY, RSA);
        let refused = raw.sign(session.handle(), CKM_RSA_PKCS, rsa.handle(), b"message");
        assert_eq!(refused, Err(CKR_KEY_FUNCTION_NOT_PERMITTED));
        session
            .sign(&Mechanism::Sha256RsaPkcs, rsa, b"message")
            .unwrap();
    });
}

/// A certificate says its names; what is no certificate is handed out all the same.
#[test]
fn certificates_as_they_are() {
    let make = |folder: &Path| {
        let certificates = [
            certificate(1, &demo_certificate()),
            certificate(2, b"no DER"),
        ];
        Double::new(folder).slot(Slot {
            objects: certificates.to_vec(),
            ..Slot::default()
        })
    };
    alone(&certificates_as_they_are, make, |_| {
        let pkcs11 = initialised();
        let session = pkcs11.open_ro_session(first_slot(&pkcs11)).unwrap();
        let asked = [AttributeType::Value, AttributeType::SerialNumber];
        let get = |id| {
            let certificate = object(&session, ObjectClass::CERTIFICATE, id);
            session.get_attributes(certificate, &asked).unwrap()
        };
        let real = [
            Attribute::Value(demo_certificate()),
            Attribute::SerialNumber(vec![2, 1, 5]),
        ];
        assert_eq!(get(1), real);
        let broken = [
            Attribute::Value(b"no DER".to_vec()),
            Attribute::SerialNumber(Vec::new()),
        ];
        assert_eq!(get(2), broken);
    });
}

/// As small as a certificate can be: version 1, number 5, an empty name, a key of no kind.
fn demo_certificate() -> Vec<u8> {
    let algorithm = b"\x30\x03\x06\x01\x2a";
    let validity = b"\x30\x1e\x17\x0d250101000000Z\x17\x0d350101000000Z";
    let key = [&b"\x30\x09"[..], algorithm, b"\x03\x02\x00\x00"].concat();
    let content = [
        b"\x02\x01\x05",
        &algorithm[..],
        b"\x30\x00",
        validity,
        b"\x30\x00",
        &key,
    ]
    .concat();
    let length = |content: &[u8]| u8::try_from(content.len()).unwrap();
    let content = [&[0x30, length(&content)], &content[..]].concat();
    let all = [&content[..], algorithm, b"\x03\x02\x00\x00"].concat();
    [&[0x30, length(&all)], &all[..]].concat()
}
