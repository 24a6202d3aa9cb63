//! Any bytes are an OCSP answer, which a certificate in it may have signed, or are refused.
#![no_main]

use tamga_core::trust::revocation::OcspResponse;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Ok(answer) = OcspResponse::parse(input) else {
        return;
    };
    for issuer in &answer.certificates {
        _ = answer.verify(issuer, answer.produced_at);
        for single in &answer.responses {
            _ = single.id.is_issued_by(issuer);
        }
    }
});
