//! What the transcoder makes of any bytes is DER: made DER once more, it stays as it is.
#![no_main]

use tamga_core::ber::to_der;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Ok(der) = to_der(input) {
        assert_eq!(to_der(&der).as_deref(), Ok(&*der));
    }
});
