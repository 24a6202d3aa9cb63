use super::*;
use crate::network::made::{KEY_COMPROMISE, certificate_issuer, entry, key, list, name, public};
use std::{thread, time::Instant};
use tamga_core::{
    certificate::Name,
    trust::revocation::{Revocation, RevocationReason},
};

const ADDRESS: &str = "http://ca.example/ca.crl";

fn issuer() -> Name {
    Name::parse(&name("Test Authority")).unwrap()
}

/// The serial number of this entry: 20 bytes, as real ones have.
fn serial(number: u32) -> Vec<u8> {
    let digest = DigestAlgorithm::Sha256.digest(&number.to_le_bytes());
    let mut serial = digest.bytes()[..20].to_vec();
    serial[0] &= 0x7f;
    serial[0] |= 0x40;
    serial
}

fn entries(count: u32) -> Vec<u8> {
    let mut all = Vec::new();
    for number in 0..count {
        let extensions: &[u8] = if number.is_multiple_of(2) {
            KEY_COMPROMISE
        } else {
            &[]
        };
        all.extend(entry(&serial(number), extensions));
    }
    all
}

struct Stored {
    folder: tempfile::TempDir,
    store: CrlStore,
    signer: PublicKey,
}

impl Stored {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = CrlStore::new(folder.path());
        let signer = public(&key(7));
        Self {
            folder,
            store,
            signer,
        }
    }

    fn with(count: u32) -> Self {
        let stored = Self::new();
        let der = list(&entries(count), 26, &key(7));
        stored.store.put(ADDRESS, &der, &stored.signer).unwrap();
        stored
    }

    fn crl(&self) -> PathBuf {
        self.store.path(ADDRESS, CRL)
    }

    fn index(&self) -> PathBuf {
        self.store.path(ADDRESS, INDEX)
    }

    fn open(&self) -> Result<Option<StoredCrl>, CrlStoreError> {
        self.store.open(ADDRESS, &self.signer)
    }

    /// What is known of the certificate with this serial number. `Err`: nothing, for any reason.
    fn find(&self, serial: &[u8]) -> Result<Option<Revocation>, ()> {
        let list = self.open().map_err(drop)?.ok_or(())?;
        list.find(serial, &issuer()).map_err(drop)
    }
}

#[test]
fn what_is_kept_is_found_and_nothing_else() {
    let stored = Stored::with(1000);
    let list = stored.open().unwrap().unwrap();
    for number in 0..1000 {
        let found = list.find(&serial(number), &issuer()).unwrap().unwrap();
        let expected = match number % 2 {
            0 => RevocationReason::KeyCompromise,
            _ => RevocationReason::Unspecified,
        };
        assert_eq!((found.at, found.reason), (1_767_225_600, expected));
        // Written with more octets than necessary
        let longer = [&[0], &*serial(number)].concat();
        assert!(list.find(&longer, &issuer()).unwrap().is_some());
    }
    for number in 1000..2000 {
        assert_eq!(list.find(&serial(number), &issuer()), Ok(None));
    }
    let other = Name::parse(&name("Other Authority")).unwrap();
    assert_eq!(list.find(&serial(0), &other), Ok(None));
    assert!(list.verify(&stored.signer).is_ok());
    assert!(list.verify(&public(&key(8))).is_err());
    assert_eq!(list.head().this_update, 1_780_272_000);
    assert!(
        stored
            .store
            .open("http://ca.example/other.crl", &stored.signer)
            .unwrap()
            .is_none()
    );
}

/// In an indirect list entries are about the issuer that was named last.
#[test]
fn issuers_of_entries_are_carried_forward() {
    let stored = Stored::new();
    let first = certificate_issuer("First");
    // Longer than what is read of an entry at first
    let second = certificate_issuer(&"Second ".repeat(100));
    let entries = [
        entry(&[1], &[]),
        entry(&[2], &first),
        entry(&[1], &[]),
        entry(&[3], &second),
        entry(&[1], KEY_COMPROMISE),
    ];
    let der = list(&entries.concat(), 26, &key(7));
    let kept = stored.store.put(ADDRESS, &der, &stored.signer).unwrap();
    let crl = Crl::parse(&der).unwrap();
    let names = [
        name("Test Authority"),
        name("First"),
        name(&"Second ".repeat(100)),
        name("None"),
    ];
    for (place, der) in names.iter().enumerate() {
        let issuer = Name::parse(der).unwrap();
        for number in 1..4 {
            let found = kept.find(&[number], &issuer).unwrap();
            assert_eq!(
                found,
                crl.find(&[number], &issuer).unwrap(),
                "{place} {number}"
            );
            let expected = matches!((place, number), (0..=2, 1) | (1, 2) | (2, 3));
            assert_eq!(found.is_some(), expected, "{place} {number}");
        }
    }
}

/// A critical extension of an entry is in no field of the head.
#[test]
fn unknown_critical_extensions_are_remembered() {
    let stored = Stored::new();
    let unknown = b"\x30\x0b\x06\x03\x55\x1d\x63\x01\x01\xff\x04\x01\x05";
    let der = list(&entry(&[1], unknown), 26, &key(7));
    stored.store.put(ADDRESS, &der, &stored.signer).unwrap();
    assert!(stored.open().unwrap().unwrap().head().unknown_critical);
}

#[test]
fn only_a_newer_list_by_the_right_key_takes_the_place_of_another() {
    let stored = Stored::with(10);
    let put = |der: &[u8], signer: &PublicKey| stored.store.put(ADDRESS, der, signer);
    let before = stored.open().unwrap().unwrap().head().this_update;
    let older = put(&list(&[], 25, &key(7)), &stored.signer).unwrap();
    assert_eq!(older.head().this_update, before);
    let newer = list(&entries(20), 27, &key(7));
    for broken in [&newer[..newer.len() - 1], b"<html></html>", b""] {
        let refused = put(broken, &stored.signer);
        assert!(matches!(refused, Err(CrlStoreError::Crl(_))), "{refused:?}");
    }
    let refused = put(&list(&[], 27, &key(8)), &stored.signer);
    assert!(matches!(refused, Err(CrlStoreError::Signature(_))));
    assert!(
        stored.find(&serial(9)).unwrap().is_some() && stored.find(&serial(19)).unwrap().is_none()
    );
    assert!(put(&newer, &stored.signer).unwrap().head().this_update > before);
    assert!(stored.find(&serial(19)).unwrap().is_some());
    // Kept, but not to be used with another key
    assert!(matches!(
        stored.store.open(ADDRESS, &public(&key(8))),
        Err(CrlStoreError::Signature(_))
    ));
}

/// What is left of an index is used, or made anew; what a list says does not change.
#[test]
fn a_damaged_index_is_made_anew() {
    let stored = Stored::with(600);
    let whole = fs::read(stored.index()).unwrap();
    let (revoked, other) = (serial(599), serial(600));
    let check = |damaged: &[u8], what: &str| {
        fs::write(stored.index(), damaged).unwrap();
        assert!(stored.find(&revoked).unwrap().is_some(), "{what}");
        assert_eq!(stored.find(&other), Ok(None), "{what}");
        // Made anew, if it was of use to nobody
        let found = stored.open().unwrap().unwrap();
        assert!(found.find(&revoked, &issuer()).unwrap().is_some(), "{what}");
        assert!(stored.index().is_file(), "{what}");
    };
    for length in (0..whole.len()).step_by(211) {
        check(&whole[..length], "cut");
    }
    for place in (0..whole.len()).step_by(97) {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x10;
        check(&damaged, "changed");
    }
    check(&[&*whole, &[0]].concat(), "longer");
    fs::remove_file(stored.index()).unwrap();
    assert!(stored.find(&revoked).unwrap().is_some());
}

/// A list that changed on disk is not used, or says what it said.
#[test]
fn a_damaged_list_does_not_get_better() {
    let stored = Stored::with(300);
    let whole = fs::read(stored.crl()).unwrap();
    let time = stored.crl().metadata().unwrap().modified().unwrap();
    let index = fs::read(stored.index()).unwrap();
    for place in (0..whole.len()).step_by(61) {
        for moment in [time, time + Duration::from_secs(1)] {
            let mut damaged = whole.clone();
            damaged[place] ^= 1;
            fs::write(stored.crl(), &damaged).unwrap();
            fs::write(stored.index(), &index).unwrap();
            let file = fs::OpenOptions::new().write(true).open(stored.crl());
            file.unwrap().set_modified(moment).unwrap();
            for number in [0, 150, 299] {
                let found = stored.find(&serial(number));
                assert_ne!(found, Ok(None), "{place} {number}");
            }
        }
    }
    // The next one that comes is kept.
    stored.store.put(ADDRESS, &whole, &stored.signer).unwrap();
    assert!(stored.find(&serial(0)).unwrap().is_some());
}

/// Every state that a cut between two steps can leave.
#[test]
fn a_cut_at_any_step_leaves_one_list() {
    let (old, new) = (
        list(&entries(300), 26, &key(7)),
        list(&entries(310), 27, &key(7)),
    );
    let files = |der: &[u8]| {
        let stored = Stored::new();
        stored.store.put(ADDRESS, der, &stored.signer).unwrap();
        (
            fs::read(stored.crl()).unwrap(),
            fs::read(stored.index()).unwrap(),
        )
    };
    let ((old_crl, old_index), (new_crl, new_index)) = (files(&old), files(&new));
    let none = Vec::new();
    for (crl, index, newest) in [
        (&old_crl, &old_index, false),
        (&new_crl, &old_index, true),
        (&new_crl, &none, true),
        (&new_crl, &new_index, true),
        (&old_crl, &new_index, false),
    ] {
        let stored = Stored::new();
        files::create_private(&stored.folder.path().join("revocation")).unwrap();
        fs::write(stored.crl(), crl).unwrap();
        fs::write(
            stored.folder.path().join("revocation/.tmpA1b2C3"),
            &new_crl[..99],
        )
        .unwrap();
        if !index.is_empty() {
            fs::write(stored.index(), index).unwrap();
        }
        assert!(stored.find(&serial(299)).unwrap().is_some());
        assert_eq!(stored.find(&serial(309)).unwrap().is_some(), newest);
    }
    let stored = Stored::new();
    files::create_private(&stored.folder.path().join("revocation")).unwrap();
    fs::write(stored.index(), &old_index).unwrap();
    assert!(stored.open().unwrap().is_none());
}

/// As on a full disk: the index cannot be written, and the list is of use all the same.
#[test]
fn without_room_for_the_index_it_stays_in_memory() {
    let stored = Stored::new();
    fs::create_dir_all(stored.index().join("in the way")).unwrap();
    let der = list(&entries(300), 26, &key(7));
    let kept = stored.store.put(ADDRESS, &der, &stored.signer).unwrap();
    assert!(kept.find(&serial(299), &issuer()).unwrap().is_some());
    assert_eq!(kept.find(&serial(300), &issuer()), Ok(None));
    assert!(stored.find(&serial(299)).unwrap().is_some());
}

/// Two hosts that update a list, and others that use it meanwhile: what was revoked stays so.
#[test]
fn several_hosts_update_and_look_up() {
    let stored = Stored::with(300);
    let lists: Vec<Vec<u8>> = (27..35)
        .map(|year| list(&entries(300 + u32::from(year)), year, &key(7)))
        .collect();
    thread::scope(|scope| {
        for host in 0..2 {
            let (stored, lists) = (&stored, &lists);
            scope.spawn(move || {
                for der in lists.iter().skip(host) {
                    stored.store.put(ADDRESS, der, &stored.signer).unwrap();
                }
            });
            scope.spawn(move || {
                for number in 0..300 {
                    assert!(stored.find(&serial(number)).unwrap().is_some());
                }
            });
        }
    });
    assert!(stored.find(&serial(333)).unwrap().is_some());
    let files = fs::read_dir(stored.folder.path().join("revocation")).unwrap();
    assert_eq!(files.count(), 3);
}

#[test]
fn what_was_not_asked_for_longest_makes_room() {
    let mut stored = Stored::with(300);
    let one = stored.crl().metadata().unwrap().len() + stored.index().metadata().unwrap().len();
    stored.store.max_store = 2 * one + one / 2;
    let der = fs::read(stored.crl()).unwrap();
    let addresses = ["a", "b", "c"];
    for (place, address) in addresses.iter().enumerate() {
        stored.store.put(address, &der, &stored.signer).unwrap();
        let used = UNIX_EPOCH + Duration::from_secs(u64::try_from(place).unwrap() + 1);
        let index = fs::OpenOptions::new()
            .write(true)
            .open(stored.store.path(address, INDEX));
        index.unwrap().set_modified(used).unwrap();
    }
    let kept = |address: &str| {
        stored
            .store
            .open(address, &stored.signer)
            .unwrap()
            .is_some()
    };
    assert!(kept("c") && kept(ADDRESS) && !kept("a") && !kept("b"));
}

/// The most memory that this process had, in bytes, since it was asked last; 0 where the system does not say.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().split(' ').next());
    fs::write("/proc/self/clear_refs", "5").ok();
    number
        .and_then(|number| number.parse::<u64>().ok())
        .unwrap_or(0)
        * 1024
}

/// `cargo test --release -p tamga-host --lib a_million_entries -- --ignored --nocapture`
#[test]
#[ignore = "measures; to be run on a computer with nothing else to do"]
fn a_million_entries() {
    let stored = Stored::new();
    let der = list(&entries(1_000_000), 26, &key(7));
    let size = u64::try_from(der.len()).unwrap();
    peak_memory();
    let begun = Instant::now();
    stored.store.put(ADDRESS, &der, &stored.signer).unwrap();
    let (verified, put_peak) = (begun.elapsed(), peak_memory());
    let begun = Instant::now();
    let kept = stored.open().unwrap().unwrap();
    let found = kept.find(&serial(999_999), &issuer()).unwrap();
    let looked_up = begun.elapsed();
    assert!(found.is_some());
    let begun = Instant::now();
    for number in 0..1000 {
        assert!(
            kept.find(&serial(number * 997), &issuer())
                .unwrap()
                .is_some()
        );
    }
    let thousand = begun.elapsed();
    println!(
        "list {} MB: verified, kept and indexed in {verified:?}, at most {} MB of memory with the list itself; \
         opened and looked up in {looked_up:?}; 1000 lookups {thousand:?}; index {} MB",
        size >> 20,
        put_peak >> 20,
        stored.index().metadata().unwrap().len() >> 20
    );
    assert!(looked_up < Duration::from_millis(50));
    assert!(put_peak < 2 * size, "{put_peak}");
}
