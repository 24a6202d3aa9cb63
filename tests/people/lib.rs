//! Demo people with GOST keys, which OpenSSL alone cannot make: CryptoPro containers and GOST PKCS#12 files with
//! certificates as the authorities of Russia and Kazakhstan issue them.
//!
//! Everybody is made up; every key is made anew.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a script: what is wrong with its surroundings shall stop it"
)]

mod certificate;
pub mod foreign;
mod table;

pub use table::{Home, PEOPLE, Person};

use certificate::{Authority, Subject};
use getrandom::{SysRng, rand_core::TryRng as _};
use gost3410::{Curve, SigningKey};
use pem_rfc7468::LineEnding;
use std::{fs, path::Path};
use tamga_core::{
    cryptopro::{Masking, NewContainer, NewKey},
    gost_key::{GostKey, Profile},
    pkcs12::{self, KeyFile, KeyWithCertificate, NamedCertificate, Scheme},
    secret::Secret,
};
use zeroize::Zeroizing;

/// Makes everybody: containers in `containers`, key files, certificates in PEM, and those of the authorities:
/// `gost-root.pem` and `gost-root-kz.pem`.
pub fn make_all(folder: &Path) {
    fs::create_dir_all(folder.join("containers")).unwrap();
    let russian = Authority::new(Profile::Russia2012, "Удостоверяющий центр (демо, ГОСТ)");
    let kazakh = Authority::new(
        Profile::Kazakhstan2015,
        "Куәландырушы орталық (демо, GOST) 2022",
    );
    write_pem(&folder.join("gost-root.pem"), &russian.certificate);
    write_pem(&folder.join("gost-root-kz.pem"), &kazakh.certificate);
    for person in &PEOPLE {
        let authority = match person.profile {
            Profile::Russia2001 | Profile::Russia2012 => &russian,
            Profile::Kazakhstan2004 | Profile::Kazakhstan2015 => &kazakh,
        };
        make(person, authority, folder);
    }
}

fn make(person: &Person, authority: &Authority, folder: &Path) {
    let password = Secret::new(person.password.to_owned());
    let pem = |name: &str| folder.join(format!("{name}.pem"));
    let (key, certificate) = key_with_certificate(person, authority);
    write_pem(&pem(person.file), &certificate);
    match person.home {
        Home::Container { keys } => {
            let more = (keys == 2).then(|| key_with_certificate(person, authority));
            if let Some((_, certificate)) = &more {
                write_pem(&pem(&format!("{}-2", person.file)), certificate);
            }
            let container = NewContainer {
                name: person.file,
                primary: new_key_of(&key, &certificate),
                secondary: more.as_ref().map(|(key, own)| new_key_of(key, own)),
                exportable: true,
                expires: None,
            };
            let files = container.seal(&password, &[masking(), masking()]).unwrap();
            let path = folder.join("containers").join(person.file_name());
            fs::create_dir_all(&path).unwrap();
            for (part, content) in files.iter() {
                fs::write(path.join(part.file_name()), content).unwrap();
            }
        }
        Home::KeyFile => {
            let contents = KeyFile {
                keys: vec![KeyWithCertificate {
                    pkcs8: key.to_pkcs8().unwrap(),
                    certificate,
                    chain: vec![NamedCertificate {
                        certificate: authority.certificate.clone(),
                        friendly_name: None,
                        attributes: Vec::new(),
                    }],
                    friendly_name: Some(person.name().to_owned()),
                    attributes: Default::default(),
                }],
                ..KeyFile::default()
            };
            let scheme = Scheme::of(&contents);
            let file = pkcs12::seal(&contents, scheme, &password, &random()).unwrap();
            fs::write(folder.join(person.file_name()), file).unwrap();
        }
    }
}

fn key_with_certificate(person: &Person, authority: &Authority) -> (GostKey, Vec<u8>) {
    let key = new_key(person.profile, person.curve);
    let certificate = authority.issue(&Subject { person, key: &key });
    (key, certificate)
}

fn new_key_of<'a>(key: &'a GostKey, certificate: &'a [u8]) -> NewKey<'a> {
    NewKey {
        key: key.signing_key().unwrap(),
        certificate: Some(certificate),
    }
}

/// A new key under the first name of its curve.
fn new_key(profile: Profile, curve: Curve) -> GostKey {
    let key = SigningKey::generate(curve, &mut SysRng).unwrap();
    let name = match profile {
        Profile::Russia2001 | Profile::Russia2012 => curve.oids().first(),
        Profile::Kazakhstan2004 | Profile::Kazakhstan2015 => curve.oids().last(),
    };
    GostKey::new(profile, *name.unwrap(), key).unwrap()
}

fn masking() -> Masking {
    Masking::new(Zeroizing::new(random()), random())
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).unwrap();
    bytes
}

fn write_pem(path: &Path, certificate: &[u8]) {
    let pem = pem_rfc7468::encode_string("CERTIFICATE", LineEnding::LF, certificate);
    fs::write(path, pem.unwrap()).unwrap();
}
