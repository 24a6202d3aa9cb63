use super::*;
use gost3410::{Curve, SigningKey};
use tamga_core::{
    cryptopro::{Masking, NewContainer, NewKey, SlotName},
    gost_key::GostKey,
    protocol::LastTry,
};
use zeroize::Zeroizing;

const NOW: u64 = 1_800_000_000;

/// A container's folder to be written, with a key of its own.
struct Written {
    key: SigningKey,
    certificate: Option<Vec<u8>>,
    password: &'static str,
    expires: Option<u64>,
}

impl Written {
    fn new(octet: u8) -> Self {
        let key =
            SigningKey::from_le_bytes(Curve::CryptoProA, &[[octet; 31].as_slice(), &[1]].concat());
        let key = key.unwrap();
        Self {
            certificate: Some(certificate(&key)),
            key,
            password: "qwerty12",
            expires: None,
        }
    }

    fn write(&self, folder: &Path) {
        fs::create_dir_all(folder).unwrap();
        for (part, content) in self.files().iter() {
            fs::write(folder.join(part.file_name()), content).unwrap();
        }
    }

    fn files(&self) -> Files {
        let new = NewContainer {
            name: "ivanova-2026",
            primary: NewKey {
                key: &self.key,
                certificate: self.certificate.as_deref(),
            },
            secondary: None,
            exportable: true,
            expires: self.expires,
        };
        let fresh = [3, 5].map(|octet| Masking::new(Zeroizing::new([octet; 64]), [octet; 12]));
        let password = Secret::new(self.password.to_owned());
        new.seal(&password, &fresh).unwrap()
    }
}

/// A certificate of the key as far as anybody here looks: nobody signed it.
fn certificate(key: &SigningKey) -> Vec<u8> {
    let der = |tag: u8, parts: &[&[u8]]| {
        let content = parts.concat();
        let length = u8::try_from(content.len()).unwrap();
        let header = match length {
            0..=0x7f => vec![tag, length],
            _ => vec![tag, 0x81, length],
        };
        [header, content].concat()
    };
    let algorithm = der(0x30, &[&der(6, &[&[0x2a, 0x85, 3, 7, 1, 1, 3, 2]])]);
    let name = der(
        0x30,
        &[
            &der(6, &[&[0x55, 4, 3]]),
            &der(0x0c, &["Иванова".as_bytes()]),
        ],
    );
    let name = der(0x30, &[&der(0x31, &[&name])]);
    let [from, until] = [b"260101000000Z", b"360101000000Z"].map(|time| der(0x17, &[time]));
    let validity = der(0x30, &[&from, &until]);
    let spki = GostKey::russian(key.clone()).unwrap().public_key().unwrap();
    let serial = der(2, &[&[1]]);
    let tbs = der(0x30, &[&serial, &algorithm, &name, &validity, &name, &spki]);
    der(0x30, &[&tbs, &algorithm, &der(3, &[&[0; 9]])])
}

fn containers(places: Vec<Place>, data: &Path) -> Containers {
    Containers {
        places,
        named: PathList::containers(data),
        given: CertificateFiles::new(data),
        data: data.to_owned(),
        now: NOW,
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn password(text: &str) -> Credential {
    Credential::Password(secret(text))
}

fn found_key(entry: &KeyEntry) -> FoundKey {
    FoundKey::of(entry.clone()).unwrap()
}

#[test]
fn a_key_is_listed_by_its_certificate_and_opened() {
    let folder = tempfile::tempdir().unwrap();
    let written = Written::new(3);
    written.write(&folder.path().join("ivanova.000"));
    let containers = containers(vec![Place::Store(folder.path().to_owned())], folder.path());
    let listing = containers.list();
    let [entry] = listing.keys.as_slice() else {
        panic!("{listing:?}");
    };
    assert_eq!(entry.location.name(), "ivanova-2026");
    assert_eq!((entry.problem, entry.passwordless), (None, false));
    let key = containers
        .open(found_key(entry), &password("qwerty12"))
        .unwrap();
    assert_eq!(key.certificate().der(), written.certificate.unwrap());
    let wrong = containers
        .open(found_key(entry), &password("qwerty"))
        .err()
        .unwrap();
    let named = Failure::of(ErrorCode::PasswordWrong, "ivanova-2026");
    assert_eq!(Failure::from(wrong), named);
    let none = containers
        .open(found_key(entry), &Credential::None)
        .err()
        .unwrap();
    assert_eq!(Failure::from(none), named);
    // A token's PIN is not tried as a password.
    let pin = Credential::Pin(secret("qwerty12"), LastTry::NotAcknowledged);
    let refused = containers.open(found_key(entry), &pin).err().unwrap();
    assert_eq!(Failure::from(refused), ErrorCode::RequestMalformed.into());

    // Nothing that was not found is opened.
    let KeyLocation::Cryptopro { name, .. } = &entry.location else {
        panic!("{entry:?}");
    };
    let elsewhere = KeyEntry {
        location: KeyLocation::Cryptopro {
            folder: folder.path().join("other.000").display().to_string(),
            name: name.clone(),
        },
        ..entry.clone()
    };
    let gone = containers
        .open(found_key(&elsewhere), &password("qwerty12"))
        .err()
        .unwrap();
    assert_eq!(Failure::from(gone).code, ErrorCode::KeyFileNotFound);
}

#[test]
fn what_cannot_sign_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let bare = Written {
        certificate: None,
        ..Written::new(3)
    };
    bare.write(&store.join("a-bare.000"));
    let cut = store.join("b-cut.000");
    Written::new(4).write(&cut);
    for part in [Part::Masks, Part::Primary2] {
        fs::remove_file(cut.join(part.file_name())).unwrap();
    }
    let headless = store.join("c-headless.000");
    Written::new(5).write(&headless);
    fs::remove_file(headless.join("header.key")).unwrap();
    let old = Written {
        expires: Some(NOW - 1),
        password: "",
        ..Written::new(6)
    };
    old.write(&store.join("d-old.000"));
    fs::create_dir_all(store.join("photos")).unwrap();
    Written::new(7).write(&store.join("photos"));
    let containers = containers(vec![Place::Store(store)], folder.path());
    let listing = containers.list();
    let found = listing.unreadable.iter().map(|it| it.failure.clone());
    let expected = [
        Failure::of(ErrorCode::CertificateMissing, "ivanova-2026"),
        Failure::of(ErrorCode::ContainerIncomplete, "ivanova-2026/masks.key"),
        Failure::of(ErrorCode::ContainerIncomplete, "c-headless.000/header.key"),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
    let [entry] = listing.keys.as_slice() else {
        panic!("{listing:?}");
    };
    assert_eq!(
        (entry.problem, entry.passwordless),
        (Some(ErrorCode::KeyExpired), true)
    );
    let refused = containers
        .open(found_key(entry), &password(""))
        .err()
        .unwrap();
    assert_eq!(Failure::from(refused), ErrorCode::KeyExpired.into());
}

#[cfg(unix)]
#[test]
fn drives_are_looked_into_and_links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let drives = folder.path().join("media");
    Written::new(3).write(&drives.join("FLASH/ivanova.000"));
    Written::new(4).write(&folder.path().join("elsewhere/hidden.000"));
    symlink(folder.path().join("elsewhere"), drives.join("link")).unwrap();
    let hidden = folder.path().join("elsewhere/hidden.000");
    symlink(&hidden, drives.join("FLASH/link.000")).unwrap();
    let partial = drives.join("FLASH/partial.000");
    fs::create_dir(&partial).unwrap();
    symlink(hidden.join("header.key"), partial.join("header.key")).unwrap();
    let listing = containers(vec![Place::Drives(drives)], folder.path()).list();
    assert_eq!((listing.keys.len(), listing.unreadable.len()), (1, 0));
}

#[test]
fn named_folders_come_and_go() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    Written::new(3).write(&keys.join("ivanova.000"));
    let data = folder.path().join("data");
    let named = PathList::containers(&data);
    let count = || containers(Vec::new(), &data).list().keys.len();
    assert_eq!(count(), 0);
    assert!(named.add(&folder.path().join("nowhere")).is_err());
    named.add(&keys).unwrap();
    named.add(&keys).unwrap();
    assert_eq!(count(), 1);
    // The same container twice is one.
    named.add(&keys.join("ivanova.000")).unwrap();
    assert_eq!((count(), named.list().unwrap().count()), (1, 2));
    named.remove(&keys).unwrap();
    assert_eq!(count(), 1);
    named.remove(&keys.join("ivanova.000")).unwrap();
    assert!(named.remove(&keys).is_err());
    assert_eq!(count(), 0);

    fs::write(data.join("folders.json"), b"{").unwrap();
    let listing = containers(Vec::new(), &data).list();
    assert_eq!(
        listing.unreadable[0].failure,
        ErrorCode::StorageFailed.into()
    );
}

#[test]
fn a_password_changes_and_everything_else_stays() {
    let [folder, data] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let place = folder.path().join("ivanova.000");
    Written::new(3).write(&place);
    fs::write(place.join("notes.txt"), b"mine").unwrap();
    let open = || Container::parse(read(&place).unwrap()).unwrap();
    let mut random = getrandom::SysRng;
    let mut change = |old: &str, new: &str| {
        let (old, new) = (secret(old), secret(new));
        let changed = change_password(data.path(), &place, &open(), &old, &new, &mut random);
        changed.map_err(|error| Failure::from(error).code)
    };
    assert_eq!(change("wrong", "another"), Err(ErrorCode::PasswordWrong));
    assert_eq!(change("qwerty12", "другой"), Err(ErrorCode::PasswordUnfit));
    assert_eq!(change("qwerty12", "another"), Ok(()));
    assert!(open().open(SlotName::Primary, &secret("another")).is_ok());
    assert!(open().open(SlotName::Primary, &secret("qwerty12")).is_err());
    assert_eq!(fs::read(place.join("notes.txt")).unwrap(), b"mine");

    let target = folder.path().join("second.000");
    copy(&open(), &secret("another"), &target).unwrap();
    let copied = Container::parse(read(&target).unwrap()).unwrap();
    assert_eq!(copied.name().as_deref(), Some("second"));
    assert!(copied.open(SlotName::Primary, &secret("another")).is_ok());
    let again =
        copy(&open(), &secret("another"), &target).map_err(|error| Failure::from(error).code);
    assert_eq!(again, Err(ErrorCode::ContainerExists));
    // Nothing is left behind.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_certificate_beside_the_container_or_given_by_the_person_is_bound_by_its_public_key() {
    let [around, data] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let folder = around.path().join("ivanova.000");
    let written = Written::new(3);
    let bare = Written {
        certificate: None,
        ..Written::new(3)
    };
    bare.write(&folder);
    let containers = containers(vec![Place::Store(around.path().to_owned())], data.path());
    let owner = written.certificate.unwrap();
    let bound = || {
        let listing = containers.list();
        let ids = listing.keys.iter().map(|entry| entry.certificate.clone());
        (ids.collect::<Vec<_>>(), listing.unreadable.len())
    };
    let expected = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &owner);
    // Another key's certificate is not this one's, wherever it lies.
    fs::write(
        around.path().join("another.cer"),
        certificate(&Written::new(4).key),
    )
    .unwrap();
    assert_eq!(bound(), (Vec::new(), 1));
    let beside = around.path().join("ivanova.cer");
    fs::write(&beside, &owner).unwrap();
    assert_eq!(bound(), (vec![expected.clone()], 0));
    fs::remove_file(&beside).unwrap();
    assert_eq!(bound(), (Vec::new(), 1));
    containers.given.add("ivanova.cer", &owner).unwrap();
    assert_eq!(bound(), (vec![expected], 0));
    let listing = containers.list();
    let [entry] = listing.keys.as_slice() else {
        panic!("{listing:?}");
    };
    let key = containers.open(found_key(entry), &password("qwerty12"));
    assert_eq!(key.unwrap().certificate().der(), owner);
    let wrong = containers.open(found_key(entry), &password("qwerty"));
    assert_eq!(
        Failure::from(wrong.err().unwrap()).code,
        ErrorCode::PasswordWrong
    );
}
