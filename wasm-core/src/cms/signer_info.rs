//! A SignerInfo (RFC 5652 §5.3) that was read. Object identifiers and numbers stay bytes, however long they are:
//! what an attribute that nobody asks for looks like decides nothing.

use super::{attributes::Attributes, structure::SignerInfoLayout};
use crate::{
    ber, certificate,
    format::{SignerFailure, SignerReference},
};
use der::{Decode, Tag, Tagged, asn1::AnyRef};
use spki::AlgorithmIdentifierRef;

/// A signer's entry.
pub(super) struct SignerInfo<'a> {
    pub(super) signer: SignerName<'a>,
    digest_algorithm: AnyRef<'a>,
    pub(super) signed_attributes: Option<Attributes<'a>>,
    signature_algorithm: AnyRef<'a>,
    pub(super) signature: &'a [u8],
    pub(super) unsigned_attributes: Option<Attributes<'a>>,
}

/// SignerIdentifier: which certificate is the signer's.
#[derive(Clone, Copy, Debug)]
pub(super) enum SignerName<'a> {
    /// issuerAndSerialNumber
    Issued {
        /// DER of a Name.
        issuer: &'a [u8],
        /// The content of an INTEGER.
        serial: &'a [u8],
    },
    /// subjectKeyIdentifier
    Key(&'a [u8]),
}

impl<'a> SignerInfo<'a> {
    /// `None` if the bytes are none.
    pub(super) fn parse(der: &'a [u8]) -> Option<Self> {
        let layout = SignerInfoLayout::from_der(der).ok()?;
        if layout.signature.tag() != Tag::OctetString {
            return None;
        }
        let attributes = |set: Option<_>| {
            set.map(Attributes::parse)
                .map_or(Some(None), |it| it.map(Some))
        };
        Some(Self {
            signer: SignerName::parse(layout.sid)?,
            digest_algorithm: layout.digest_algorithm,
            signed_attributes: attributes(layout.signed_attributes)?,
            signature_algorithm: layout.signature_algorithm,
            signature: layout.signature.value(),
            unsigned_attributes: attributes(layout.unsigned_attributes)?,
        })
    }

    pub(super) fn digest_algorithm(&self) -> Result<AlgorithmIdentifierRef<'a>, SignerFailure> {
        identifier(self.digest_algorithm)
    }

    pub(super) fn signature_algorithm(&self) -> Result<AlgorithmIdentifierRef<'a>, SignerFailure> {
        identifier(self.signature_algorithm)
    }
}

/// An identifier of a length that the const-oid crate does not hold is of an algorithm that nobody here knows.
fn identifier(any: AnyRef<'_>) -> Result<AlgorithmIdentifierRef<'_>, SignerFailure> {
    if any.tag() != Tag::Sequence {
        return Err(SignerFailure::Malformed);
    }
    any.decode_as()
        .map_err(|_| SignerFailure::AlgorithmUnsupported)
}

impl<'a> SignerName<'a> {
    fn parse(sid: AnyRef<'a>) -> Option<Self> {
        match sid.tag() {
            Tag::Sequence => {
                let (issuer, serial) = ber::split_first(sid.value()).ok()?;
                let serial = AnyRef::from_der(serial).ok()?;
                let serial = (serial.tag() == Tag::Integer).then(|| serial.value())?;
                Some(Self::Issued { issuer, serial })
            }
            Tag::ContextSpecific {
                constructed: false,
                number,
            } if number.value() == 0 => Some(Self::Key(sid.value())),
            _ => None,
        }
    }

    /// For people.
    pub(super) fn reference(self) -> SignerReference {
        match self {
            Self::Issued { issuer, serial } => SignerReference {
                issuer: certificate::name_of(issuer),
                serial: Some(certificate::serial_hex(serial)),
                key_identifier: None,
            },
            Self::Key(identifier) => SignerReference {
                issuer: None,
                serial: None,
                key_identifier: Some(base16ct::lower::encode_string(identifier)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5652 §5.3: a key identifier is [0], primitive.
    #[test]
    fn a_key_identifier_has_its_own_tag() {
        for (sid, is_identifier) in [
            (&b"\x80\x02ab"[..], true),
            (b"\x81\x02ab", false),
            (b"\xa0\x02\x05\x00", false),
            (b"\x04\x02ab", false),
        ] {
            let name = SignerName::parse(AnyRef::from_der(sid).unwrap());
            let identifier = matches!(name, Some(SignerName::Key(b"ab")));
            assert_eq!(identifier, is_identifier, "{sid:x?}");
            assert_eq!(name.is_some(), is_identifier, "{sid:x?}");
        }
    }
}
