//! Keys that are the same in every run, so that two processes know them.

use getrandom::{SysRng, rand_core::UnwrapErr};
use gost3410::{Curve, SigningKey};
use p256::elliptic_curve::Generate as _;
use pkcs8::EncodePrivateKey as _;
use std::{fs, path::Path};
use tamga_core::gost_key::GostKey;

/// Makes keys of every kind in a folder, in the order of [`NAMES`].
pub(crate) fn make(folder: &Path) -> Vec<Vec<u8>> {
    let mut random = UnwrapErr(SysRng);
    let gost = |curve| {
        let key = SigningKey::generate(curve, &mut SysRng).unwrap();
        GostKey::russian(key).unwrap().to_pkcs8().unwrap().to_vec()
    };
    let rsa = rsa::RsaPrivateKey::new(&mut random, 2048).unwrap();
    let keys = vec![
        rsa.to_pkcs8_der().unwrap().as_bytes().to_vec(),
        ec(p256::SecretKey::generate_from_rng(&mut random).to_pkcs8_der()),
        ec(p384::SecretKey::generate_from_rng(&mut random).to_pkcs8_der()),
        ec(p521::SecretKey::generate_from_rng(&mut random).to_pkcs8_der()),
        gost(Curve::CryptoProA),
        gost(Curve::Tc26_512A),
    ];
    for (name, key) in NAMES.iter().zip(&keys) {
        fs::write(folder.join(name), key).unwrap();
    }
    keys
}

/// Makes a key on P-256 only, which takes no time.
pub(crate) fn p256(folder: &Path) -> Vec<u8> {
    let key = ec(p256::SecretKey::generate().to_pkcs8_der());
    fs::write(folder.join(NAMES[usize::from(P256)]), &key).unwrap();
    key
}

/// The files of the keys; their `CKA_ID` is their number here.
pub(crate) const NAMES: [&str; 6] = ["rsa", "p256", "p384", "p521", "gost256", "gost512"];
pub(crate) const RSA: u8 = 0;
pub(crate) const P256: u8 = 1;
pub(crate) const P384: u8 = 2;
pub(crate) const P521: u8 = 3;
pub(crate) const GOST256: u8 = 4;
pub(crate) const GOST512: u8 = 5;

/// The key as the other process made it.
pub(crate) fn read(folder: &Path, id: u8) -> Vec<u8> {
    fs::read(folder.join(NAMES[usize::from(id)])).unwrap()
}

/// The GOST key as the other process made it.
pub(crate) fn gost(folder: &Path, id: u8) -> GostKey {
    GostKey::from_pkcs8(&read(folder, id)).unwrap()
}

fn ec(key: pkcs8::Result<pkcs8::SecretDocument>) -> Vec<u8> {
    key.unwrap().as_bytes().to_vec()
}
