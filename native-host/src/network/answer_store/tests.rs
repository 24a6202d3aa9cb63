use super::*;
use crate::network::made::{certificate, key};

fn certificate_of(serial: u8, issuer: u8) -> Certificate {
    let made = certificate("Person", &[serial], &key(8), &key(issuer), &[]);
    Certificate::parse(&made).unwrap()
}

fn authority(seed: u8) -> Certificate {
    let made = certificate("Test Authority", &[1], &key(seed), &key(seed), &[]);
    Certificate::parse(&made).unwrap()
}

#[test]
fn an_answer_is_kept_under_the_key_of_the_issuer_and_the_number() {
    let folder = tempfile::tempdir().unwrap();
    let store = AnswerStore::new(folder.path());
    let (issuer, other) = (authority(7), authority(9));
    assert_eq!(store.get(&certificate_of(1, 7), &issuer), None);
    store.put(&certificate_of(1, 7), &issuer, b"one").unwrap();
    store.put(&certificate_of(2, 7), &issuer, b"two").unwrap();
    store.put(&certificate_of(1, 9), &other, b"other").unwrap();
    let kept = |serial, issuer| store.get(&certificate_of(serial, 7), issuer);
    assert_eq!(kept(1, &issuer), Some(b"one".to_vec()));
    assert_eq!(kept(2, &issuer), Some(b"two".to_vec()));
    assert_eq!(kept(1, &other), Some(b"other".to_vec()));
    assert_eq!(kept(3, &issuer), None);
    // One that is too long leaves the one before it.
    let long = vec![0; MAX_ANSWER + 1];
    store.put(&certificate_of(1, 7), &issuer, &long).unwrap();
    assert_eq!(kept(1, &issuer), Some(b"one".to_vec()));
    let path = store.path(&certificate_of(1, 7), &issuer);
    fs::write(&path, &long).unwrap();
    assert_eq!(kept(1, &issuer), None);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        store.put(&certificate_of(1, 7), &issuer, b"one").unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&store.folder)), (0o600, 0o700));
    }
}

#[test]
fn those_that_came_first_make_room() {
    let folder = tempfile::tempdir().unwrap();
    let store = AnswerStore {
        max_answers: 3,
        ..AnswerStore::new(folder.path())
    };
    let issuer = authority(7);
    for serial in 1..10 {
        let certificate = certificate_of(serial, 7);
        store.put(&certificate, &issuer, &[serial]).unwrap();
        let file = fs::OpenOptions::new()
            .write(true)
            .open(store.path(&certificate, &issuer));
        let written = UNIX_EPOCH + std::time::Duration::from_secs(serial.into());
        file.unwrap().set_modified(written).unwrap();
        // As a power cut leaves them
        let half = store.folder.join(format!(".tmp{serial}"));
        fs::write(&half, b"half").unwrap();
        let file = fs::OpenOptions::new().write(true).open(half).unwrap();
        file.set_modified(UNIX_EPOCH).unwrap();
    }
    let kept: Vec<u8> = (1..10)
        .filter(|serial| store.get(&certificate_of(*serial, 7), &issuer).is_some())
        .collect();
    assert_eq!(kept, [7, 8, 9]);
}
