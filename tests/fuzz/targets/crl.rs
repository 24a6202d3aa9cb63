//! Any bytes are a revocation list in which what it lists is found, or are refused.
#![no_main]

use tamga_core::trust::revocation::{Crl, CrlHead, RevocationList};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Ok(list) = Crl::parse(input) else {
        return;
    };
    // Without the entries it says the same about itself.
    let head = CrlHead::parse(&list.head_der()).map(|head| (head.number, head.base, head.scope));
    let own = list.head();
    assert_eq!(
        head,
        Some((own.number.clone(), own.base.clone(), own.scope.clone()))
    );
    for placed in list.entries().take(16).flatten() {
        let found = list.find(placed.entry.serial, &own.issuer);
        assert!(placed.issuer.is_some() || matches!(found, Ok(Some(_))));
        assert!(input[placed.offset..].len() > placed.entry.serial.len());
    }
});
