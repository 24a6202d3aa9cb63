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
