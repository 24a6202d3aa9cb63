//! What a file holds.

use std::fmt;
use zeroize::Zeroizing;

/// What a file holds, in its order.
#[derive(Debug, Default)]
pub struct KeyFile {
    /// Keys with a certificate of theirs; a key that has several is there once for each.
    pub keys: Vec<KeyWithCertificate>,
    /// Keys without a certificate.
    pub lone_keys: Vec<LoneKey>,
    /// Certificates that belong to no key in the file and to no chain above one.
    pub lone_certificates: Vec<NamedCertificate>,
    /// Revocation lists, secrets, what is encrypted for somebody's certificate.
    pub others: Vec<OtherPart>,
    /// How many parts could not be read: they have another password, or are damaged. [`super::seal`] cannot write them.
    pub unread: usize,
}

/// A part of a file that is neither key nor certificate. It is not read; [`super::seal`] writes it unchanged.
#[derive(Clone, Eq, PartialEq)]
pub struct OtherPart(pub(super) Other);

#[derive(Clone, Eq, PartialEq)]
pub(super) enum Other {
    /// DER of a SafeBag.
    Bag(Zeroizing<Vec<u8>>),
    /// DER of a ContentInfo.
    Safe(Zeroizing<Vec<u8>>),
    /// DER of a secret key that was encrypted in its bag, and of the bag's attributes.
    Secret {
        key: Zeroizing<Vec<u8>>,
        attributes: Option<Zeroizing<Vec<u8>>>,
    },
}

/// A private key and its certificate.
#[derive(Clone)]
pub struct KeyWithCertificate {
    /// DER of the PrivateKeyInfo (RFC 5208, RFC 5958).
    pub pkcs8: Zeroizing<Vec<u8>>,
    /// DER of the certificate.
    pub certificate: Vec<u8>,
    /// The certificates above it that are in the file, nearest first.
    pub chain: Vec<NamedCertificate>,
    /// What the file calls the certificate.
    pub friendly_name: Option<String>,
    /// What else it says of the key and of the certificate: DER of the attributes.
    pub attributes: [Vec<Vec<u8>>; 2],
}

/// A private key without a certificate.
#[derive(Clone)]
pub struct LoneKey {
    /// DER of the PrivateKeyInfo (RFC 5208, RFC 5958).
    pub pkcs8: Zeroizing<Vec<u8>>,
    /// What the file calls it.
    pub friendly_name: Option<String>,
    /// What else it says of it: DER of the attributes.
    pub attributes: Vec<Vec<u8>>,
}

/// A certificate without a private key of its own in the file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamedCertificate {
    /// DER of the certificate.
    pub certificate: Vec<u8>,
    /// What the file calls it.
    pub friendly_name: Option<String>,
    /// What else it says of it: DER of the attributes.
    pub attributes: Vec<Vec<u8>>,
}

impl fmt::Debug for KeyWithCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeyWithCertificate")
            .field("friendly_name", &self.friendly_name)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LoneKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LoneKey")
            .field("friendly_name", &self.friendly_name)
            .finish_non_exhaustive()
    }
}

impl OtherPart {
    pub(super) fn bag(der: Zeroizing<Vec<u8>>) -> Self {
        Self(Other::Bag(der))
    }

    pub(super) fn safe(der: Zeroizing<Vec<u8>>) -> Self {
        Self(Other::Safe(der))
    }

    pub(super) fn secret(key: Zeroizing<Vec<u8>>, attributes: Option<Zeroizing<Vec<u8>>>) -> Self {
        Self(Other::Secret { key, attributes })
    }
}

impl fmt::Debug for OtherPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OtherPart").finish_non_exhaustive()
    }
}
