//! Signatures of every kind, judged by those who know the algorithms.

use crate::{
    alone::{alone, initialised, logged_in, object},
    keys::{self, GOST256, GOST512, P256, P384, P521, RSA},
    raw::Raw,
};
use cryptoki::{
    mechanism::{
        Mechanism, MechanismType,
        rsa::{PkcsMgfType, PkcsPssParams},
        vendor_defined::VendorDefinedMechanism,
    },
    object::{Attribute, AttributeType, KeyType, ObjectClass},
};
use cryptoki_sys::*;
use gost3410::{Encoding, Signature};
use pkcs8::DecodePrivateKey as _;
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use signature::{Keypair as _, hazmat::PrehashVerifier as _};
use std::{fs, path::Path, process::Command};
use tamga_core::algorithm::DigestAlgorithm;
use tamga_tests::double::{Double, Slot, private_key, public_key};

const MESSAGE: &[u8] = "Шарт. Договор. Contract.".as_bytes();
const CKM_GOSTR3410_512: CK_MECHANISM_TYPE = 0xD432_1006;
const CKM_GOSTR3410_WITH_GOSTR3411_2012_256: CK_MECHANISM_TYPE = 0xD432_1008;
const CKM_GOSTR3410_WITH_GOSTR3411_2012_512: CK_MECHANISM_TYPE = 0xD432_1009;
/// DigestInfo of SHA-256 up to the digest (RFC 8017 §9.2).
const SHA_256: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// A token with keys of every kind.
fn all_kinds(folder: &Path) -> Double {
    let keys = keys::make(folder);
    let halves = keys.iter().zip(0..).flat_map(|(key, id)| {
        // One public GOST key is bare, the other one wrapped.
        [private_key(id, key), public_key(id, key, id == GOST512)]
    });
    let objects = halves.collect();
    Double::new(folder).slot(Slot {
        objects,
        ..Slot::default()
    })
}

#[test]
fn rsa() {
    alone(&rsa, all_kinds, |double| {
        let pkcs11 = initialised();
        let session = logged_in(&pkcs11, "12345678");
        let key = object(&session, ObjectClass::PRIVATE_KEY, RSA);
        let public = RsaPrivateKey::from_pkcs8_der(&keys::read(double.folder(), RSA)).unwrap();
        let public = public.to_public_key();
        let pss = PkcsPssParams {
            hash_alg: MechanismType::SHA256,
            mgf: PkcsMgfType::MGF1_SHA256,
            s_len: 32.into(),
        };
        let digest = Sha256::digest(MESSAGE);
        let info = [&SHA_256[..], &digest].concat();
        for (mechanism, data) in [
            (Mechanism::RsaPkcs, &info[..]),
            (Mechanism::Sha256RsaPkcs, MESSAGE),
        ] {
            let signature = session.sign(&mechanism, key, data).unwrap();
            let scheme = Pkcs1v15Sign::new::<Sha256>();
            public.verify(scheme, &digest, &signature).unwrap();
        }
        for (mechanism, data) in [
            (Mechanism::RsaPkcsPss(pss), &digest[..]),
            (Mechanism::Sha256RsaPkcsPss(pss), MESSAGE),
        ] {
            let signature = session.sign(&mechanism, key, data).unwrap();
            let scheme = Pss::<Sha256>::new_with_salt(32);
            public.verify(scheme, &digest, &signature).unwrap();
        }
        let signature = session
            .sign(&Mechanism::Sha384RsaPkcs, key, MESSAGE)
            .unwrap();
        let digest = Sha384::digest(MESSAGE);
        public
            .verify(Pkcs1v15Sign::new::<Sha384>(), &digest, &signature)
            .unwrap();
        let signature = session
            .sign(&Mechanism::Sha512RsaPkcs, key, MESSAGE)
            .unwrap();
        let digest = Sha512::digest(MESSAGE);
        public
            .verify(Pkcs1v15Sign::new::<Sha512>(), &digest, &signature)
            .unwrap();
    });
}

#[test]
fn ecdsa() {
    alone(&ecdsa, all_kinds, |double| {
        let pkcs11 = initialised();
        let session = logged_in(&pkcs11, "12345678");
        let sign = |id, mechanism, data: &[u8]| {
            let key = object(&session, ObjectClass::PRIVATE_KEY, id);
            session.sign(&mechanism, key, data).unwrap()
        };
        let der = |id| keys::read(double.folder(), id);

        let key = p256::ecdsa::SigningKey::from_pkcs8_der(&der(P256)).unwrap();
        let digest = Sha256::digest(MESSAGE);
        for signature in [
            sign(P256, Mechanism::Ecdsa, &digest),
            sign(P256, Mechanism::EcdsaSha256, MESSAGE),
        ] {
            let signature = p256::ecdsa::Signature::from_slice(&signature).unwrap();
            key.verifying_key()
                .verify_prehash(&digest, &signature)
                .unwrap();
        }
        let key = p384::ecdsa::SigningKey::from_pkcs8_der(&der(P384)).unwrap();
        let digest = Sha384::digest(MESSAGE);
        let signature = sign(P384, Mechanism::Ecdsa, &digest);
        let signature = p384::ecdsa::Signature::from_slice(&signature).unwrap();
        key.verifying_key()
            .verify_prehash(&digest, &signature)
            .unwrap();

        let key = p521::ecdsa::SigningKey::from_pkcs8_der(&der(P521)).unwrap();
        let digest = Sha512::digest(MESSAGE);
        let signature = sign(P521, Mechanism::EcdsaSha512, MESSAGE);
        let signature = p521::ecdsa::Signature::from_slice(&signature).unwrap();
        key.verifying_key()
            .verify_prehash(&digest, &signature)
            .unwrap();
    });
}

#[test]
fn gost() {
    alone(&gost, all_kinds, |double| {
        let pkcs11 = initialised();
        let session = logged_in(&pkcs11, "12345678");
        let raw = Raw::new();
        for (id, digest, bare, hashing) in [
            (
                GOST256,
                DigestAlgorithm::Streebog256,
                CKM_GOSTR3410,
                CKM_GOSTR3410_WITH_GOSTR3411_2012_256,
            ),
            (
                GOST512,
                DigestAlgorithm::Streebog512,
                CKM_GOSTR3410_512,
                CKM_GOSTR3410_WITH_GOSTR3411_2012_512,
            ),
        ] {
            let digest = digest.digest(MESSAGE).bytes();
            let key = object(&session, ObjectClass::PRIVATE_KEY, id);
            let by_hash = raw
                .sign(session.handle(), bare, key.handle(), &digest)
                .unwrap();

            let hashing = MechanismType::new_vendor_defined(hashing).unwrap();
            let hashing = VendorDefinedMechanism::new::<()>(hashing, None);
            session
                .sign_init(&Mechanism::VendorDefined(hashing), key)
                .unwrap();
            MESSAGE
                .chunks(7)
                .for_each(|part| session.sign_update(part).unwrap());
            let by_message = session.sign_final().unwrap();

            let key = keys::gost(double.folder(), id);
            for signature in [&by_hash, &by_message] {
                let signature = Signature::from_bytes(key.curve(), Encoding::Russian, signature);
                let verifying_key = key.signing_key().unwrap().verifying_key();
                verifying_key
                    .verify_prehash(&digest, &signature.unwrap())
                    .unwrap();
            }
            openssl_accepts(double.folder(), &key.public_key().unwrap(), &by_hash);

            let handle = session.handle();
            let public = object(&session, ObjectClass::PUBLIC_KEY, id).handle();
            let point = raw.attribute(handle, public, CKA_VALUE).unwrap();
            let own = key.signing_key().unwrap().verifying_key().to_bytes();
            let prefix = point.strip_suffix(own.as_ref()).unwrap();
            assert_eq!(
                prefix,
                [&[][..], &[4, 0x81, 0x80]][usize::from(id == GOST512)]
            );
            let set = raw.attribute(handle, public, CKA_GOSTR3410_PARAMS).unwrap();
            let hash = raw.attribute(handle, public, CKA_GOSTR3411_PARAMS).unwrap();
            let (known_set, known_hash): (&[u8], &[u8]) = match id {
                GOST256 => (
                    b"\x06\x07\x2a\x85\x03\x02\x02\x23\x01",
                    b"\x06\x08\x2a\x85\x03\x07\x01\x01\x02\x02",
                ),
                _ => (
                    b"\x06\x09\x2a\x85\x03\x07\x01\x02\x01\x02\x01",
                    b"\x06\x08\x2a\x85\x03\x07\x01\x01\x02\x03",
                ),
            };
            assert_eq!((&set[..], &hash[..]), (known_set, known_hash));
        }
    });
}

/// `openssl dgst` with the GOST engine, if there is one.
fn openssl_accepts(folder: &Path, spki: &[u8], signature: &[u8]) {
    let engine = Command::new("openssl").args(["engine", "gost"]).output();
    if !engine.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: openssl has no GOST engine");
        return;
    }
    let hash = match signature.len() {
        64 => "-md_gost12_256",
        _ => "-md_gost12_512",
    };
    for (name, content) in [
        ("spki", spki),
        ("signature", signature),
        ("message", MESSAGE),
    ] {
        fs::write(folder.join(name), content).unwrap();
    }
    let mut openssl = Command::new("openssl");
    openssl
        .current_dir(folder)
        .args(["dgst", "-engine", "gost", hash]);
    openssl.args([
        "-keyform",
        "DER",
        "-verify",
        "spki",
        "-signature",
        "signature",
        "message",
    ]);
    let output = openssl.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn keys_say_what_they_are() {
    alone(&keys_say_what_they_are, all_kinds, |_| {
        let pkcs11 = initialised();
        let session = logged_in(&pkcs11, "12345678");
        let rsa = object(&session, ObjectClass::PRIVATE_KEY, RSA);
        let asked = [
            AttributeType::KeyType,
            AttributeType::Label,
            AttributeType::PrivateExponent,
            AttributeType::PublicExponent,
            AttributeType::AlwaysAuthenticate,
        ];
        assert_eq!(
            session.get_attributes(rsa, &asked).unwrap(),
            [
                Attribute::KeyType(KeyType::RSA),
                Attribute::Label(b"key 0".to_vec()),
                Attribute::PublicExponent(vec![1, 0, 1]),
                Attribute::AlwaysAuthenticate(false),
            ]
        );
        let p256 = object(&session, ObjectClass::PUBLIC_KEY, P256);
        let asked = [AttributeType::EcParams, AttributeType::EcPoint];
        let [Attribute::EcParams(curve), Attribute::EcPoint(point)] =
            &session.get_attributes(p256, &asked).unwrap()[..]
        else {
            panic!("no curve or no point");
        };
        assert_eq!(curve, b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07");
        assert_eq!((point.len(), &point[..3]), (67, &[4, 65, 4][..]));
    });
}
