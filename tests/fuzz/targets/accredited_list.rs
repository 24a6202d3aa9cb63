//! Any bytes are a Russian list of accredited authorities, or are refused; nobody's signature is right without an anchor.
#![no_main]

use tamga_core::trust::lists::russian::{AccreditedList, VerifiedAccreditedList};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    if let Ok(list) = AccreditedList::unverified(text) {
        let mut certificates = list.certificates.iter();
        assert!(certificates.all(|it| it.authority < list.authorities.len()));
        let mut authorities = list.authorities.iter();
        assert!(authorities.all(|it| it.statuses.is_sorted_by_key(|it| it.from)));
    }
    assert!(VerifiedAccreditedList::verify(text, &[], 1_790_000_000).is_err());
});
