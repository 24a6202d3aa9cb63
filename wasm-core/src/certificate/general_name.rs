//! GeneralName (RFC 5280 §4.2.1.6): who or where something is.

use super::structure::Elements;

/// A name of one of several kinds.
/// ```text
/// GeneralName ::= CHOICE {
///   otherName                 [0]  AnotherName,
///   rfc822Name                [1]  IA5String,
///   dNSName                   [2]  IA5String,
///   x400Address               [3]  ORAddress,
///   directoryName             [4]  Name,
///   ediPartyName              [5]  EDIPartyName,
///   uniformResourceIdentifier [6]  IA5String,
///   iPAddress                 [7]  OCTET STRING,
///   registeredID              [8]  OBJECT IDENTIFIER }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum GeneralName {
    /// A directory name: DER of a Name.
    Directory(Vec<u8>),
    /// A host name.
    Dns(String),
    /// A mail address.
    Email(String),
    /// An address of the Internet Protocol: 4 or 16 octets.
    Ip(Vec<u8>),
    /// Of another kind, or not readable: the element as it is encoded.
    Other(Vec<u8>),
    /// An address such as `http://…`.
    Uri(String),
}

impl GeneralName {
    /// The names that fill `contents`; `None` where they cannot be told apart.
    pub(crate) fn list(contents: &[u8]) -> Option<Vec<Self>> {
        let names = Elements::in_contents(contents).all()?.into_iter();
        let context_specific = |der: &[u8]| der.first().is_some_and(|first| first & 0xc0 == 0x80);
        names
            .map(|name| context_specific(name.der).then(|| Self::of(name.der, name.content)))
            .collect()
    }

    fn of(der: &[u8], content: &[u8]) -> Self {
        // Authorities write UTF-8 where IA5String is due.
        let text = |kind: fn(String) -> Self| String::from_utf8(content.to_vec()).ok().map(kind);
        let read = match der.first().map(|identifier| identifier & 0x1f) {
            Some(1) => text(Self::Email),
            Some(2) => text(Self::Dns),
            Some(4) => Some(Self::Directory(content.to_vec())),
            Some(6) => text(Self::Uri),
            Some(7) => Some(Self::Ip(content.to_vec())),
            _ => None,
        };
        read.unwrap_or_else(|| Self::Other(der.to_vec()))
    }

    /// The text of a mail address.
    pub(super) fn email(&self) -> Option<&str> {
        match self {
            Self::Email(address) => Some(address),
            _ => None,
        }
    }

    /// The text of an address in the network.
    pub(super) fn place(&self) -> Option<&str> {
        match self {
            Self::Dns(place) | Self::Uri(place) => Some(place),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_read() {
        let names = b"\x81\x03a@b\x82\x04b.kz\x86\x06ftp://\x87\x04\x7f\x00\x00\x01\xa4\x02\x30\x00\x88\x01\x2a\x82\x01\xff";
        let expected = [
            GeneralName::Email("a@b".to_owned()),
            GeneralName::Dns("b.kz".to_owned()),
            GeneralName::Uri("ftp://".to_owned()),
            GeneralName::Ip(vec![127, 0, 0, 1]),
            GeneralName::Directory(vec![0x30, 0]),
            GeneralName::Other(vec![0x88, 1, 0x2a]),
            // Not UTF-8
            GeneralName::Other(vec![0x82, 1, 0xff]),
        ];
        assert_eq!(GeneralName::list(names).as_deref(), Some(&expected[..]));
        assert_eq!(GeneralName::list(b"\x81\x05a"), None);
        assert_eq!(GeneralName::list(b"\x0c\x01a"), None);
    }
}
