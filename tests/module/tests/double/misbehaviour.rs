//! That it misbehaves as it is told to.

use crate::{
    alone::{alone, first_slot, initialised, logged_in, object, start},
    keys::{self, P256},
    raw::Raw,
};
use cryptoki::{
    context::Pkcs11,
    error::{Error, RvError},
    mechanism::Mechanism,
    object::{Attribute, AttributeType, ObjectClass},
};
use p256::ecdsa::Signature;
use std::{
    io::Read as _,
    num::NonZeroUsize,
    path::Path,
    process::ExitStatus,
    thread,
    time::{Duration, Instant},
};
use tamga_tests::double::{Call, Double, Slot, module, private_key};

/// A token with a key, and a second one, in a module that does this.
fn misbehaving(how: &'static [(&str, Option<u32>, &str)]) -> impl FnOnce(&Path) -> Double {
    move |folder| {
        let key = &keys::p256(folder);
        let slot = Slot {
            objects: vec![private_key(P256, key)],
            ..Slot::default()
        };
        let double = Double::new(folder).slot(slot.clone()).slot(slot);
        how.iter().fold(double, |double, (function, nth, how)| {
            double.misbehaviour(function, *nth, how)
        })
    }
}

/// Signs once with cryptoki, which asks for the length and then for the signature.
fn sign() -> Result<Vec<u8>, Error> {
    let pkcs11 = initialised();
    let session = logged_in(&pkcs11, "12345678");
    let key = object(&session, ObjectClass::PRIVATE_KEY, P256);
    session.sign(&Mechanism::Ecdsa, key, &[7; 32])
}

/// How a process ended that did not come to its end, and its last call.
fn ending<T>(
    test: &T,
    how: &'static [(&str, Option<u32>, &str)],
    body: impl FnOnce(),
) -> Option<(ExitStatus, Call)> {
    let process = start(test, misbehaving(how), |_| body())?;
    let output = process.child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!said.contains("test result"), "{said}");
    Some((output.status, process.double.calls().pop().unwrap()))
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(unix)]
#[test]
fn it_crashes() {
    let how = &[("C_Sign", Some(2), "crash")];
    let end = ending(&it_crashes, how, || drop(sign()));
    if let Some((status, _)) = end {
        assert_eq!(signal(status), Some(11));
    }
}

#[cfg(unix)]
#[test]
fn it_crashes_as_soon_as_it_is_loaded() {
    let how = &[("C_GetFunctionList", None, "crash")];
    let end = ending(&it_crashes_as_soon_as_it_is_loaded, how, || {
        drop(Pkcs11::new(module()));
    });
    if let Some((status, _)) = end {
        assert_eq!(signal(status), Some(11));
    }
}

#[cfg(unix)]
#[test]
fn it_aborts() {
    let how = &[("C_Initialize", None, "abort")];
    let end = ending(&it_aborts, how, || drop(sign()));
    if let Some((status, _)) = end {
        assert_eq!(signal(status), Some(6));
    }
}

#[test]
fn it_leaves() {
    let how = &[("C_Login", None, "exit")];
    if let Some((status, last)) = ending(&it_leaves, how, || drop(sign())) {
        assert_eq!(status.code(), Some(0));
        assert_eq!((&*last.function, &*last.result), ("C_Login", "exit"));
    }
}

#[test]
fn it_hangs() {
    let make = misbehaving(&[("C_FindObjectsInit", None, "hang")]);
    let Some(mut process) = start(&it_hangs, make, |_| drop(sign())) else {
        return;
    };
    let has_come_so_far = || !process.double.results("C_FindObjectsInit").is_empty();
    while !has_come_so_far() && process.child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(10));
    }
    // Whoever returns has a few milliseconds of work left.
    thread::sleep(Duration::from_millis(500));
    assert_eq!(process.child.try_wait().unwrap(), None);
    process.child.kill().unwrap();
    process.child.wait().unwrap();
    let mut said = String::new();
    process
        .child
        .stdout
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert!(!said.contains("1 passed"), "{said}");
    let last = process.double.calls().pop().unwrap();
    assert_eq!(
        (&*last.function, &*last.result),
        ("C_FindObjectsInit", "hang")
    );
}

#[test]
fn it_is_slow() {
    alone(
        &it_is_slow,
        misbehaving(&[("C_Sign", Some(1), "slow:300")]),
        |_| {
            let start = Instant::now();
            assert_eq!(sign().unwrap().len(), 64);
            assert!(start.elapsed() >= Duration::from_millis(300));
        },
    );
}

#[test]
fn it_prints() {
    let make = misbehaving(&[("C_GetInfo", None, "print")]);
    let Some(process) = start(&it_prints, make, |_| {
        initialised().get_library_info().unwrap();
    }) else {
        return;
    };
    let output = process.child.wait_with_output().unwrap();
    assert!(output.status.success());
    for stream in [output.stdout, output.stderr] {
        let said = String::from_utf8(stream).unwrap();
        assert!(said.contains("C_GetInfo says something"), "{said}");
    }
}

#[test]
fn it_fails() {
    let make = misbehaving(&[
        ("C_SignInit", Some(2), "error"),
        ("C_SignInit", Some(1), "error:0x30"),
    ]);
    alone(&it_fails, make, |double| {
        let pkcs11 = initialised();
        let session = logged_in(&pkcs11, "12345678");
        let key = object(&session, ObjectClass::PRIVATE_KEY, P256);
        let sign = || session.sign(&Mechanism::Ecdsa, key, &[7; 32]);
        assert!(matches!(
            sign(),
            Err(Error::Pkcs11(RvError::DeviceError, _))
        ));
        assert!(matches!(
            sign(),
            Err(Error::Pkcs11(RvError::VendorDefined(_), _))
        ));
        assert_eq!(sign().unwrap().len(), 64);
        let results = ["CKR_DEVICE_ERROR", "CKR_VENDOR_DEFINED", "CKR_OK"];
        assert_eq!(double.results("C_SignInit"), results);
    });
}

#[test]
fn it_fails_before_it_has_begun() {
    let make = misbehaving(&[("C_GetFunctionList", None, "error")]);
    alone(&it_fails_before_it_has_begun, make, |_| {
        Pkcs11::new(module()).unwrap_err();
    });
}

#[test]
fn it_has_no_such_function() {
    let make = misbehaving(&[("C_Sign", None, "null")]);
    alone(&it_has_no_such_function, make, |_| {
        assert!(matches!(sign(), Err(Error::NullFunctionPointer)));
    });
}

#[test]
fn it_hands_out_garbage() {
    let make = misbehaving(&[
        ("C_Sign", None, "garbage"),
        ("C_GetTokenInfo", None, "garbage"),
        ("C_GetAttributeValue", None, "garbage"),
    ]);
    alone(&it_hands_out_garbage, make, |double| {
        let pkcs11 = initialised();
        let session = logged_in(&pkcs11, "12345678");
        let key = object(&session, ObjectClass::PRIVATE_KEY, P256);
        let signature = session.sign(&Mechanism::Ecdsa, key, &[7; 32]).unwrap();
        let own = keys::read(double.folder(), P256);
        let own: p256::ecdsa::SigningKey = pkcs8::DecodePrivateKey::from_pkcs8_der(&own).unwrap();
        let verdict = Signature::from_slice(&signature).and_then(|signature| {
            signature::hazmat::PrehashVerifier::verify_prehash(
                own.verifying_key(),
                &[7; 32],
                &signature,
            )
        });
        assert_eq!((signature.len(), verdict.is_err()), (64, true));
        let label = session
            .get_attributes(key, &[AttributeType::Label])
            .unwrap();
        assert_ne!(label, [Attribute::Label(b"key 1".to_vec())]);
        // Numbers that make no sense, flags that nobody knows: cryptoki may refuse them.
        let label = pkcs11
            .get_token_info(first_slot(&pkcs11))
            .map(|token| token.label().to_owned());
        assert_ne!(label.ok().as_deref(), Some("Tamga"));
    });
}

#[test]
fn it_exaggerates() {
    let make = misbehaving(&[
        ("C_GetSlotList", None, "long-length"),
        ("C_Sign", None, "long-length"),
        ("C_GetTokenInfo", None, "long-length"),
    ]);
    alone(&it_exaggerates, make, |_| {
        let pkcs11 = initialised();
        assert_eq!(pkcs11.get_all_slots().unwrap().len(), 2 + (1 << 20));
        let session = logged_in(&pkcs11, "12345678");
        let key = object(&session, ObjectClass::PRIVATE_KEY, P256);
        session.sign_init(&Mechanism::EcdsaSha256, key).unwrap();
        let claimed = Raw::new().claimed_length(session.handle(), 64);
        assert_eq!(claimed, 64 + (1 << 20));
        let label = pkcs11.get_token_info(first_slot(&pkcs11)).unwrap();
        assert!(label.label().len() >= 32, "{}", label.label());
        assert!(
            label.label().contains("Tamgaжұлдыз-Tamga"),
            "{}",
            label.label()
        );
    });
}

#[test]
fn it_keeps_half_for_itself() {
    let make = misbehaving(&[
        ("C_GetSlotList", None, "short-length"),
        ("C_Sign", None, "short-length"),
        ("C_GetSlotInfo", None, "short-length"),
    ]);
    alone(&it_keeps_half_for_itself, make, |_| {
        assert_eq!(sign().unwrap().len(), 32);
        let pkcs11 = initialised();
        let [slot] = pkcs11.get_all_slots().unwrap()[..] else {
            panic!("not one of two slots");
        };
        let info = pkcs11.get_slot_info(slot).unwrap();
        assert!(info.slot_description().starts_with("Tamga Reader 00 00\0"));
    });
}

#[test]
fn it_floods() {
    let make = misbehaving(&[
        ("C_GetSlotList", Some(1), "flood"),
        ("C_GetSlotList", Some(2), "flood"),
        ("C_FindObjects", None, "flood"),
    ]);
    alone(&it_floods, make, |_| {
        let pkcs11 = initialised();
        assert_eq!(pkcs11.get_all_slots().unwrap().len(), 1_000_000);
        let session = logged_in(&pkcs11, "12345678");
        let room = NonZeroUsize::new(10_000).unwrap();
        let objects = session.iter_objects_with_cache_size(&[], room).unwrap();
        assert_eq!(objects.map(Result::unwrap).count(), 1_000_000);
    });
}

#[test]
fn there_is_no_lie_where_nothing_is_handed_out() {
    for how in ["flood", "garbage", "long-length", "short-length"] {
        let make = |folder: &Path| Double::new(folder).misbehaviour("C_Login", None, how);
        alone(&there_is_no_lie_where_nothing_is_handed_out, make, |_| {
            Pkcs11::new(module()).unwrap_err();
        });
    }
}
