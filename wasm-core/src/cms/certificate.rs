//! How a SignedData names certificates.

use super::{
    der_prefix::{FIELD_4, INTEGER, SEQUENCE, structure},
    signer_info::SignerName,
};
use crate::certificate::Certificate;

impl Certificate {
    /// Whether SignerInfo's `sid` means this certificate.
    pub(super) fn is_named_by(&self, sid: SignerName<'_>) -> bool {
        match sid {
            SignerName::Issued { issuer, serial } => self.is_issued(issuer, serial),
            SignerName::Key(identifier) => self.subject_key() == Some(identifier),
        }
    }

    /// Whether it has this issuer (DER of a Name) and this serial number (the content of an INTEGER).
    pub(super) fn is_issued(&self, issuer: &[u8], serial: &[u8]) -> bool {
        // Some encoders leave out the zero that keeps a number positive, or write more of them.
        significant(self.raw_serial()) == significant(serial) && self.issuer().is(issuer)
    }

    /// DER of IssuerAndSerialNumber (RFC 5652 §10.2.4).
    pub(super) fn issuer_and_serial(&self) -> Vec<u8> {
        let serial = structure(INTEGER, self.raw_serial());
        structure(SEQUENCE, &[self.issuer().der(), &serial].concat())
    }

    /// DER of IssuerSerial (RFC 5035 §4).
    pub(super) fn issuer_serial(&self) -> Vec<u8> {
        let issuer = structure(SEQUENCE, &structure(FIELD_4, self.issuer().der()));
        let serial = structure(INTEGER, self.raw_serial());
        structure(SEQUENCE, &[issuer, serial].concat())
    }
}

fn significant(serial: &[u8]) -> &[u8] {
    let zeros = serial.iter().take_while(|octet| **octet == 0).count();
    serial.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> Certificate {
        Certificate::parse(include_bytes!("../../tests/fixtures/english.der")).unwrap()
    }

    #[test]
    fn a_certificate_is_named_by_issuer_and_serial_number() {
        let certificate = english();
        let (issuer, serial) = (certificate.issuer().der(), certificate.raw_serial());
        let padded = [&[0, 0], serial].concat();
        let mut another = serial.to_vec();
        *another.last_mut().unwrap() ^= 1;
        for (issuer, serial, is_named) in [
            (issuer, serial, true),
            (issuer, &*padded, true),
            (issuer, &*another, false),
            (issuer, &[], false),
            (certificate.subject().der(), serial, false),
            (certificate.subject().der(), &*another, false),
        ] {
            let name = SignerName::Issued { issuer, serial };
            assert_eq!(certificate.is_named_by(name), is_named, "{name:x?}");
        }
    }

    #[test]
    fn a_certificate_is_named_by_its_key() {
        let certificate = english();
        let identifier = certificate.subject_key().unwrap();
        assert!(certificate.is_named_by(SignerName::Key(identifier)));
        assert!(!certificate.is_named_by(SignerName::Key(b"another")));
    }
}
