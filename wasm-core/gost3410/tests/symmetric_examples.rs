//! Examples of the standards that take several modules: hashes and derivations of keys from passwords,
//! and key bags of PKCS#12 files.

#![allow(
    clippy::unwrap_used,
    reason = "an example that fails is a test that fails"
)]

use digest::Digest;
use gost3410::{
    Gost94CryptoPro, Gost94Test,
    encryption::{Kuznyechik, decrypt_with_omac, encrypt_with_omac},
    gost28147::{Gost28147, PARAM_Z},
    streebog::Streebog512,
};
use hex_literal::hex;

const PASSWORD: &str = "Пароль для PFX";

fn pbkdf2<const LENGTH: usize>(password: &str, salt: &[u8], rounds: u32) -> [u8; LENGTH] {
    let mut key = [0; LENGTH];
    pbkdf2::pbkdf2_hmac::<Streebog512>(password.as_bytes(), salt, rounds, &mut key);
    key
}

/// RFC 5831 section 7.3.1; and the digest of nothing, with the S-box of CryptoPro.
#[test]
fn hashes_before_streebog() {
    let digest = Gost94Test::digest(b"This is message, length=32 bytes");
    let expected = hex!("b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa");
    assert_eq!(digest.0, expected);
    let expected = hex!("981e5f3ca30c841487830f84fb433e13ac1101569b9c13584ac483234cd656c0");
    assert_eq!(Gost94CryptoPro::digest(b"").0, expected);
}

/// R 50.1.111-2016, which RFC 9337 repeats in its appendix A.
#[test]
fn keys_of_passwords() {
    let expected = hex!(
        "64770af7f748c3b1c9ac831dbcfd85c26111b30a8a657ddc3056b80ca73e040d"
        "2854fd36811f6d825cc4ab66ec0a68a490a9e5cf5156b3a2b7eecddbf9a16b47"
    );
    assert_eq!(pbkdf2("password", b"salt", 1), expected);
    let expected = hex!(
        "b2d8f1245fc4d29274802057e4b54e0a0753aa22fc53760b301cf008679e58fe"
        "4bee9addcae99ba2b0b20f431a9c5e50f395c89387d0945aedeca6eb4015dfc2"
        "bd2421ee9bb71183ba882ceebfef259f33f9e27dc6178cb89dc37428cf9cc52a"
        "2baa2d3a"
    );
    let salt = b"saltSALTsaltSALTsaltSALTsaltSALTsalt";
    assert_eq!(pbkdf2("passwordPASSWORDpassword", salt, 4096), expected);
}

/// RFC 9548 appendix A.2.1: a key bag in `gostr3412-2015-kuznyechik-ctracpkm-omac`.
#[test]
fn a_key_bag_of_kuznyechik() {
    let key = pbkdf2(PASSWORD, &hex!("a7f837b34cc2e82a"), 2048);
    let ukm = hex!("259add960df68f265b00b3498b2a0973");
    let encrypted = hex!(
        "0ccbc469c6db5913435529d724b5b2818acaa22a5d3a30c0ff61c49c1677e2e1"
        "4e2cd85e52a88aa423e81696d1d8606255855354af626e273381a71a1106330d"
        "7b5c4b440264ec692967ed78095b7492c2fd2a8fbab3d8c8a8b43154543d13a1"
        "6e2b050120d3dfc1c31f50e1d1d2f97fa81ae1a3d62eb59b6e05844453a838fc"
        "a1e03a2d94f177ec040ec22123b1bcb2447ab71e06d689ac5046e0217aa1ce9f"
        "8415198f76fc716f27bbb74dc9d074b5a14defe58754472cd1774675ed37d89f"
        "f730b6de568364e896669954c8bad489309b1ebb67d51a693c398b14d32df5d2"
        "7b28a80290e8bb666e6786a3c285bcb05f5df071f6"
    );
    let expected = hex!(
        "3081e2020101301706082a85030701010102300b06092a850307010201020104"
        "40116925f9e6e5b075acf3a48d8112aa4b130e80685bbd1fee679fd659f74d1b"
        "56b1bd4c158697172310d9526cd0b8dcea24192c788edfe7f2635f24c5445d5a"
        "f981818101b48bb75abc290e18655c62a14fb52d5f50844ecc1d1f6004487b4b"
        "5c9534696ab7bfab346e5516a9ab3ccef8adb52c3a5855f0cfb364aa6b5dd937"
        "e4ecfc9525bf9f6a085076718a45c81ff4921e3e2bbf72bf3eebf3ee16134126"
        "65ff13dda7bf275268eb11ae9de707d7f1b884cb6cf4760b9f16f024330d546b"
        "881d5ea0ce"
    );
    let mut data = encrypted;
    let key_info = decrypt_with_omac::<Kuznyechik>(&key, &ukm, &mut data).unwrap();
    assert_eq!(key_info, expected);
    encrypt_with_omac::<Kuznyechik>(&key, &ukm, &mut data).unwrap();
    assert_eq!(data, encrypted);
}

/// R 50.1.112-2016, the example: a key bag in GOST 28147-89.
#[test]
fn a_key_bag_of_gost_28147() {
    let salt = hex!("f9a99af44d322c06f760528abfcc5c0ecddc89a218faff85a2c9c7208fd00afd");
    let key = pbkdf2(PASSWORD, &salt, 2000);
    let mut data = hex!(
        "49f2e1831f6cff39fe0639e14f4ae8af4eef4b9e58b39860bd5a560f1e265c65"
        "96c9ecffdac31c685812af81f8513186c283329c62e917520e568f9b189d1e3e"
        "a1c1fa04b938bf6857e3d4999fc42eb44434a9420ea7d85afa52cacb57dbd0af"
        "085ae74e70ec6c16"
    );
    Gost28147::new(&key, &PARAM_Z).decrypt_cfb(&hex!("dc8a7f569d08b322"), &mut data);
    let expected = hex!(
        "3066020100301f06082a85030701010101301306072a85030202230106082a85"
        "0307010102020440461b46ef3acfed4914a0dc3c337d51b4c61b6922f5e9d3aa"
        "8b382a9514d23f480e997551789a035603230523940a7ef351a42e6cadf05c3a"
        "1adfd7e496724806"
    );
    assert_eq!(data, expected);
}
