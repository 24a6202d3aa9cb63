//! Tokens that come and go.

use crate::{
    alone::{alone, first_slot, initialised, logged_in, object},
    keys::{self, P256},
};
use cryptoki::{
    error::{Error, RvError},
    mechanism::Mechanism,
    object::ObjectClass,
};
use std::{path::Path, thread};
use tamga_tests::double::{Double, Slot, private_key};

fn two_readers_and_a_phantom(folder: &Path) -> Double {
    let key = &keys::p256(folder);
    let reader = |name: &str, phantom| Slot {
        reader: name.to_owned(),
        objects: vec![private_key(P256, key)],
        phantom,
        ..Slot::default()
    };
    let slots = [
        reader("one", false),
        reader("nowhere", true),
        reader("two", false),
    ];
    slots.into_iter().fold(Double::new(folder), Double::slot)
}

fn code<T>(result: Result<T, Error>) -> RvError {
    match result.err() {
        Some(Error::Pkcs11(error, _)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn phantoms_have_no_token() {
    alone(&phantoms_have_no_token, two_readers_and_a_phantom, |_| {
        let pkcs11 = initialised();
        let all = pkcs11.get_all_slots().unwrap();
        let present = pkcs11.get_slots_with_token().unwrap();
        assert_eq!((all.len(), present), (3, vec![all[0], all[2]]));
        let info = pkcs11.get_slot_info(all[1]).unwrap();
        assert_eq!(
            (info.slot_description(), info.token_present()),
            ("nowhere", false)
        );
        assert_eq!(
            code(pkcs11.get_token_info(all[1])),
            RvError::TokenNotPresent
        );
        assert_eq!(
            code(pkcs11.open_ro_session(all[1])),
            RvError::TokenNotPresent
        );
    });
}

#[test]
fn a_token_is_taken_away() {
    alone(
        &a_token_is_taken_away,
        two_readers_and_a_phantom,
        |double| {
            let pkcs11 = initialised();
            let slot = first_slot(&pkcs11);
            let session = logged_in(&pkcs11, "12345678");
            let key = object(&session, ObjectClass::PRIVATE_KEY, P256);
            let sign = || session.sign(&Mechanism::Ecdsa, key, &[7; 32]);
            assert_eq!(sign().unwrap().len(), 64);
            double.remove(0);
            assert_eq!(code(sign()), RvError::DeviceRemoved);
            assert_eq!(code(sign()), RvError::SessionHandleInvalid);
            assert_eq!(code(pkcs11.get_token_info(slot)), RvError::TokenNotPresent);
            assert_eq!(code(pkcs11.open_ro_session(slot)), RvError::TokenNotPresent);
            double.insert(0);
            assert_eq!(code(sign()), RvError::SessionHandleInvalid);
            logged_in(&pkcs11, "12345678");
        },
    );
}

#[test]
fn a_token_that_was_away_for_a_moment_has_no_sessions() {
    let test = &a_token_that_was_away_for_a_moment_has_no_sessions;
    alone(test, two_readers_and_a_phantom, |double| {
        let pkcs11 = initialised();
        let session = logged_in(&pkcs11, "12345678");
        double.insert(0);
        assert_eq!(
            code(session.get_session_info()),
            RvError::SessionHandleInvalid
        );
    });
}

#[test]
fn events_are_told_once() {
    alone(&events_are_told_once, two_readers_and_a_phantom, |double| {
        let pkcs11 = initialised();
        let [first, _, third] = pkcs11.get_all_slots().unwrap()[..] else {
            panic!("not three slots");
        };
        assert_eq!(pkcs11.get_slot_event().unwrap(), None);
        double.remove(0);
        double.remove(2);
        assert_eq!(pkcs11.get_slot_event().unwrap(), Some(first));
        assert_eq!(pkcs11.get_slot_event().unwrap(), Some(third));
        assert_eq!(pkcs11.get_slot_event().unwrap(), None);
        let waiting = pkcs11.clone();
        let waiting = thread::spawn(move || waiting.wait_for_slot_event().unwrap());
        double.insert(2);
        assert_eq!(waiting.join().unwrap(), third);
        assert_eq!(pkcs11.get_slots_with_token().unwrap(), [third]);
    });
}

#[test]
fn the_end_of_the_module_ends_the_waiting() {
    alone(
        &the_end_of_the_module_ends_the_waiting,
        two_readers_and_a_phantom,
        |_| {
            let pkcs11 = initialised();
            let waiting = pkcs11.clone();
            let waiting = thread::spawn(move || waiting.wait_for_slot_event());
            pkcs11.finalize().unwrap();
            assert_eq!(
                code(waiting.join().unwrap()),
                RvError::CryptokiNotInitialized
            );
        },
    );
}
