//! Any bytes are a trusted list of the European Union, whose services are at some time something, or are refused; nobody
//! but the one who may has signed it.
#![no_main]

use tamga_core::trust::lists::european::{Signers, TrustedList, VerifiedList};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    if let Ok(list) = TrustedList::unverified(text) {
        for service in &list.services {
            _ = service.at(1_750_000_000);
        }
    }
    let signers = Signers::of_the_list_of_lists();
    assert!(VerifiedList::list_of_lists(text, &signers).is_err());
});
