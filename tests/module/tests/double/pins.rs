//! PINs: wrong ones, locked ones, new ones, and those that are typed elsewhere.

use crate::{
    alone::{alone, first_slot, initialised, logged_in, object, secret},
    keys::{self, P256},
    raw::Raw,
};
use cryptoki::{
    context::Pkcs11,
    error::{Error, RvError},
    mechanism::Mechanism,
    object::{Attribute, ObjectClass},
    session::{Session, UserType},
};
use cryptoki_sys::CKR_FUNCTION_NOT_SUPPORTED;
use std::{env, path::Path, process::Command};
use tamga_tests::double::{
    Bytes, Data, Double, Object, PinPad, Slot, always_authenticated_key, private_key,
};

/// A token with a key that locks after three wrong PINs.
fn three_tries(folder: &Path) -> Double {
    let key = keys::p256(folder);
    Double::new(folder).rutoken().slot(Slot {
        tries: 3,
        objects: vec![private_key(P256, &key)],
        ..Slot::default()
    })
}

/// What a login with this PIN comes to.
fn login(session: &Session, pin: &str) -> Option<RvError> {
    failure(session.login(UserType::User, Some(&secret(pin))))
}

fn failure<T>(result: Result<T, Error>) -> Option<RvError> {
    match result {
        Ok(_) => None,
        Err(Error::Pkcs11(error, _)) => Some(error),
        Err(other) => panic!("{other}"),
    }
}

/// The flags of the user's PIN: count low, final try, locked.
fn flags(pkcs11: &Pkcs11) -> [bool; 3] {
    let token = pkcs11.get_token_info(first_slot(pkcs11)).unwrap();
    [
        token.user_pin_count_low(),
        token.user_pin_final_try(),
        token.user_pin_locked(),
    ]
}

#[test]
fn wrong_pins_lock_and_the_officer_unlocks() {
    alone(
        &wrong_pins_lock_and_the_officer_unlocks,
        three_tries,
        |_| {
            let pkcs11 = initialised();
            let session = pkcs11.open_rw_session(first_slot(&pkcs11)).unwrap();
            assert_eq!(flags(&pkcs11), [false, false, false]);
            assert_eq!(login(&session, "0000"), Some(RvError::PinIncorrect));
            assert_eq!(flags(&pkcs11), [true, false, false]);
            assert_eq!(login(&session, "0000"), Some(RvError::PinIncorrect));
            assert_eq!(flags(&pkcs11), [true, true, false]);
            assert_eq!(login(&session, "0000"), Some(RvError::PinLocked));
            assert_eq!(flags(&pkcs11), [true, false, true]);
            assert_eq!(login(&session, "12345678"), Some(RvError::PinLocked));

            assert_eq!(
                failure(session.init_pin(&secret("new pin"))),
                Some(RvError::UserNotLoggedIn)
            );
            session
                .login(UserType::So, Some(&secret("87654321")))
                .unwrap();
            assert_eq!(
                failure(session.init_pin(&secret("new"))),
                Some(RvError::PinLenRange)
            );
            session.init_pin(&secret("new pin")).unwrap();
            session.logout().unwrap();
            assert_eq!(flags(&pkcs11), [false, false, false]);
            assert_eq!(login(&session, "12345678"), Some(RvError::PinIncorrect));
            assert_eq!(login(&session, "new pin"), None);
            assert_eq!(flags(&pkcs11), [false, false, false]);
            assert_eq!(
                login(&session, "new pin"),
                Some(RvError::UserAlreadyLoggedIn)
            );
        },
    );
}

#[test]
fn a_wrong_pin_costs_a_try() {
    alone(&a_wrong_pin_costs_a_try, three_tries, |_| {
        let pkcs11 = initialised();
        let session = pkcs11.open_ro_session(first_slot(&pkcs11)).unwrap();
        assert_eq!(login(&session, "0000"), Some(RvError::PinIncorrect));
    });
}

#[test]
fn processes_share_their_tries() {
    alone(&processes_share_their_tries, three_tries, |_| {
        let pkcs11 = initialised();
        let (raw, slot) = (Raw::new(), first_slot(&pkcs11));
        assert_eq!(raw.tries_left(slot.id()), Ok(3));
        // In this environment it is the same token.
        let mut other = Command::new(env::current_exe().unwrap());
        other.args(["pins::a_wrong_pin_costs_a_try", "--exact"]);
        assert!(other.output().unwrap().status.success());
        assert_eq!(raw.tries_left(slot.id()), Ok(2));
        assert_eq!(flags(&pkcs11), [true, false, false]);
        let session = pkcs11.open_ro_session(slot).unwrap();
        assert_eq!(login(&session, "0000"), Some(RvError::PinIncorrect));
        assert_eq!(raw.tries_left(slot.id()), Ok(1));
        assert_eq!(login(&session, "0000"), Some(RvError::PinLocked));
        assert_eq!(raw.tries_left(slot.id()), Ok(0));
    });
}

#[test]
fn only_rutoken_counts_aloud() {
    let make = |folder: &Path| Double::new(folder).slot(Slot::default());
    alone(&only_rutoken_counts_aloud, make, |_| {
        let pkcs11 = initialised();
        let left = Raw::new().tries_left(first_slot(&pkcs11).id());
        assert_eq!(left, Err(CKR_FUNCTION_NOT_SUPPORTED));
    });
}

#[test]
fn rutoken_tells_everything() {
    let make = |folder: &Path| {
        Double::new(folder).rutoken().slot(Slot {
            serial: "30d1a2b3".to_owned(),
            so_tries: 7,
            ..Slot::default()
        })
    };
    alone(&rutoken_tells_everything, make, |_| {
        let pkcs11 = initialised();
        let info = Raw::new().rutoken_info(first_slot(&pkcs11).id()).unwrap();
        // Largest and shortest PINs; tries of the officer and of the user, and how many are left.
        assert_eq!(info[6..14], [32, 4, 32, 4, 7, 7, 10, 10]);
        assert_eq!(info[14].to_be(), 0x30d1_a2b3);
        assert_eq!(info[17].to_le_bytes(), *b"\x3b\x8b\x01Rutok");
    });
}

#[test]
fn the_user_changes_the_pin() {
    alone(&the_user_changes_the_pin, three_tries, |_| {
        let pkcs11 = initialised();
        let slot = first_slot(&pkcs11);
        let change =
            |session: &Session, old, new| failure(session.set_pin(&secret(old), &secret(new)));
        let session = pkcs11.open_ro_session(slot).unwrap();
        let refused = change(&session, "12345678", "new pin");
        assert_eq!(refused, Some(RvError::SessionReadOnly));
        let session = pkcs11.open_rw_session(slot).unwrap();
        assert_eq!(
            change(&session, "0000", "new pin"),
            Some(RvError::PinIncorrect)
        );
        assert_eq!(flags(&pkcs11), [true, false, false]);
        assert_eq!(
            change(&session, "12345678", "new"),
            Some(RvError::PinLenRange)
        );
        assert_eq!(change(&session, "12345678", "new pin"), None);
        assert_eq!(login(&session, "new pin"), None);
    });
}

#[test]
fn pins_are_typed_on_the_reader() {
    let make = |folder: &Path| {
        let slot = |pad| Slot {
            pin_pad: Some(pad),
            tries: 2,
            ..Slot::default()
        };
        let pads = [
            PinPad::Ok,
            PinPad::Cancelled,
            PinPad::Timeout,
            PinPad::Wrong,
        ];
        pads.map(slot)
            .into_iter()
            .fold(Double::new(folder), Double::slot)
    };
    alone(&pins_are_typed_on_the_reader, make, |_| {
        let pkcs11 = initialised();
        let slots = pkcs11.get_slots_with_token().unwrap();
        let outcomes = [
            None,
            Some(RvError::FunctionCanceled),
            Some(RvError::FunctionCanceled),
            Some(RvError::PinIncorrect),
        ];
        for (slot, outcome) in slots.iter().zip(outcomes) {
            assert!(
                pkcs11
                    .get_token_info(*slot)
                    .unwrap()
                    .protected_authentication_path()
            );
            let session = pkcs11.open_ro_session(*slot).unwrap();
            assert_eq!(failure(session.login(UserType::User, None)), outcome);
            let low = pkcs11.get_token_info(*slot).unwrap().user_pin_final_try();
            assert_eq!(low, outcome == Some(RvError::PinIncorrect));
        }
        let session = pkcs11.open_ro_session(slots[3]).unwrap();
        let outcome = failure(session.login(UserType::User, None));
        assert_eq!(outcome, Some(RvError::PinLocked));
    });
}

#[test]
fn no_pin_and_one_to_be_changed() {
    let make = |folder: &Path| {
        let key = keys::p256(folder);
        let slot = |uninitialised| Slot {
            pin_uninitialised: uninitialised,
            pin_to_be_changed: !uninitialised,
            objects: vec![private_key(P256, &key)],
            ..Slot::default()
        };
        Double::new(folder).slot(slot(true)).slot(slot(false))
    };
    alone(&no_pin_and_one_to_be_changed, make, |_| {
        let pkcs11 = initialised();
        let [without, old] = pkcs11.get_slots_with_token().unwrap()[..] else {
            panic!("not two tokens");
        };
        assert!(
            !pkcs11
                .get_token_info(without)
                .unwrap()
                .user_pin_initialized()
        );
        let session = pkcs11.open_rw_session(without).unwrap();
        assert_eq!(
            login(&session, "12345678"),
            Some(RvError::UserPinNotInitialized)
        );

        assert!(pkcs11.get_token_info(old).unwrap().user_pin_to_be_changed());
        let session = pkcs11.open_rw_session(old).unwrap();
        assert_eq!(login(&session, "12345678"), None);
        let key = object(&session, ObjectClass::PRIVATE_KEY, P256);
        let sign = || failure(session.sign(&Mechanism::Ecdsa, key, &[7; 32]));
        assert_eq!(sign(), Some(RvError::PinExpired));
        session
            .set_pin(&secret("12345678"), &secret("new pin"))
            .unwrap();
        assert_eq!(sign(), None);
        assert!(!pkcs11.get_token_info(old).unwrap().user_pin_to_be_changed());
    });
}

#[test]
fn a_key_that_asks_every_time() {
    let make = |folder: &Path| {
        let key = &keys::p256(folder);
        Double::new(folder).slot(Slot {
            objects: vec![always_authenticated_key(P256, key)],
            ..Slot::default()
        })
    };
    alone(&a_key_that_asks_every_time, make, |_| {
        let pkcs11 = initialised();
        let session = logged_in(&pkcs11, "12345678");
        let key = object(&session, ObjectClass::PRIVATE_KEY, P256);
        let again = |pin| failure(session.login(UserType::ContextSpecific, Some(&secret(pin))));
        assert_eq!(again("12345678"), Some(RvError::OperationNotInitialized));
        for _ in 0..2 {
            session.sign_init(&Mechanism::EcdsaSha256, key).unwrap();
            assert_eq!(
                failure(session.sign_update(b"a")),
                Some(RvError::UserNotLoggedIn)
            );
            assert_eq!(again("0000"), Some(RvError::PinIncorrect));
            assert_eq!(again("12345678"), None);
            session.sign_update(b"a").unwrap();
            assert_eq!(session.sign_final().unwrap().len(), 64);
        }
    });
}

#[test]
fn what_is_private_is_seen_after_the_login() {
    let make = |folder: &Path| {
        let key = &keys::p256(folder);
        let data = |label: &str, private| {
            Object::Data(Data {
                label: label.to_owned(),
                application: "CryptoPro".to_owned(),
                value: Bytes(vec![1, 2, 3]),
                private,
            })
        };
        let slot = |login_required| Slot {
            login_required,
            objects: vec![
                private_key(P256, key),
                data("open", false),
                data("closed", true),
            ],
            ..Slot::default()
        };
        Double::new(folder).slot(slot(true)).slot(slot(false))
    };
    alone(&what_is_private_is_seen_after_the_login, make, |_| {
        let pkcs11 = initialised();
        let slots = pkcs11.get_slots_with_token().unwrap();
        let seen = |session: &Session, class| {
            let template = [Attribute::Class(class)];
            session.find_objects(&template).unwrap().len()
        };
        let session = pkcs11.open_ro_session(slots[0]).unwrap();
        assert_eq!(seen(&session, ObjectClass::PRIVATE_KEY), 0);
        assert_eq!(seen(&session, ObjectClass::DATA), 1);
        assert_eq!(login(&session, "12345678"), None);
        assert_eq!(seen(&session, ObjectClass::PRIVATE_KEY), 1);
        assert_eq!(seen(&session, ObjectClass::DATA), 2);
        // Who has logged in once has so in every session; who has logged out, in none.
        let second = pkcs11.open_ro_session(slots[0]).unwrap();
        assert_eq!(seen(&second, ObjectClass::PRIVATE_KEY), 1);
        session.logout().unwrap();
        assert_eq!(seen(&second, ObjectClass::PRIVATE_KEY), 0);

        let session = pkcs11.open_ro_session(slots[1]).unwrap();
        assert_eq!(seen(&session, ObjectClass::PRIVATE_KEY), 1);
        assert!(!pkcs11.get_token_info(slots[1]).unwrap().login_required());
    });
}
