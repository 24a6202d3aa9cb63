//! The entries of a revocation list (RFC 5280 §5.1.2.6, §5.3).

use super::state::{Revocation, RevocationReason};
use crate::{
    asn1_time,
    certificate::{
        BOOLEAN, Element, Elements, GeneralName, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE,
    },
};

const ENUMERATED: u8 = 0x0a;
/// Contents of the OIDs of entry extensions: 2.5.29.21, 2.5.29.23, 2.5.29.24 and 2.5.29.29.
const REASON_CODE: &[u8] = &[0x55, 0x1d, 0x15];
const HOLD_INSTRUCTION: &[u8] = &[0x55, 0x1d, 0x17];
const INVALIDITY_DATE: &[u8] = &[0x55, 0x1d, 0x18];
const CERTIFICATE_ISSUER: &[u8] = &[0x55, 0x1d, 0x1d];

/// One revoked certificate.
/// ```text
/// SEQUENCE {
///   userCertificate    CertificateSerialNumber,
///   revocationDate     Time,
///   crlEntryExtensions Extensions OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Entry<'a> {
    /// Its serial number: the content of an INTEGER.
    pub serial: &'a [u8],
    /// When it was revoked, Unix time.
    pub at: i64,
    /// Why.
    pub reason: RevocationReason,
    /// Since when it may have been abused (invalidityDate), Unix time.
    pub invalid_since: Option<i64>,
    /// The names in certificateIssuer, if the entry has that: who issued this certificate and those of the entries that follow.
    pub issuer: Option<&'a [u8]>,
    /// One of its extensions is critical, and Tamga does not know it.
    pub unknown_critical: bool,
}

/// An entry, where it is, and whose certificate it is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PlacedEntry<'a> {
    /// The entry.
    pub entry: Entry<'a>,
    /// Where it begins in the DER of the list, in bytes.
    pub offset: usize,
    /// The names in the certificateIssuer that holds for it; `None` where that is the list's issuer.
    pub issuer: Option<&'a [u8]>,
    /// Where the entry with that certificateIssuer begins; 0 where there is none.
    pub issuer_offset: usize,
}

/// The entries of a list in order; `None` for one that cannot be read.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    left: &'a [u8],
    /// Where `left` ends in the DER of the list.
    end: usize,
    /// Version 1 has no extensions.
    extensions_allowed: bool,
    issuer: Option<&'a [u8]>,
    issuer_offset: usize,
}

impl<'a> Entries<'a> {
    pub(super) fn of(contents: &'a [u8], offset: usize, extensions_allowed: bool) -> Self {
        Self {
            left: contents,
            end: offset + contents.len(),
            extensions_allowed,
            issuer: None,
            issuer_offset: 0,
        }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Option<PlacedEntry<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left.is_empty() {
            return None;
        }
        let offset = self.end - self.left.len();
        let mut elements = Elements::in_contents(self.left);
        let element = elements.next_if(SEQUENCE);
        let entry = element.and_then(|element| Entry::of(element, self.extensions_allowed));
        let Some(entry) = entry else {
            self.left = &[];
            return Some(None);
        };
        self.left = elements.rest();
        if entry.issuer.is_some() {
            (self.issuer, self.issuer_offset) = (entry.issuer, offset);
        }
        Some(Some(PlacedEntry {
            entry,
            offset,
            issuer: self.issuer,
            issuer_offset: self.issuer_offset,
        }))
    }
}

impl<'a> Entry<'a> {
    /// Reads the entry that `der` begins with; `None` if it is none.
    pub fn parse(der: &'a [u8]) -> Option<Self> {
        Self::of(Elements::in_contents(der).next_if(SEQUENCE)?, true)
    }

    fn of(element: Element<'a>, extensions_allowed: bool) -> Option<Self> {
        let mut fields = Elements::in_contents(element.content);
        let serial = fields.next_if(INTEGER)?.content;
        let mut entry = Self {
            serial,
            at: time(fields.next()?)?,
            reason: RevocationReason::Unspecified,
            invalid_since: None,
            issuer: None,
            unknown_critical: false,
        };
        if !fields.is_at_end() {
            let extensions = fields.next_if(SEQUENCE)?;
            entry.take_all(extensions.content)?;
            if !extensions_allowed || !fields.is_at_end() {
                return None;
            }
        }
        (!serial.is_empty()).then_some(entry)
    }

    fn take_all(&mut self, contents: &'a [u8]) -> Option<()> {
        let mut extensions = Elements::in_contents(contents);
        let mut seen = 0_u8;
        while !extensions.is_at_end() {
            let extension = extensions.next_if(SEQUENCE)?;
            let mut fields = Elements::in_contents(extension.content);
            let oid = fields.next_if(OBJECT_IDENTIFIER)?.content;
            let critical = fields.next_if(BOOLEAN);
            let critical = critical.is_some_and(|critical| critical.content != [0]);
            let value = fields.next_if(OCTET_STRING)?.content;
            let kind = self.take(oid, critical, value)?;
            // One extension of a kind (RFC 5280 §4.2)
            if seen & kind != 0 || !fields.is_at_end() {
                return None;
            }
            seen |= kind;
        }
        Some(())
    }

    /// A bit for the kind of extension; `None` where it is known and cannot be read.
    fn take(&mut self, oid: &[u8], critical: bool, value: &'a [u8]) -> Option<u8> {
        let mut value = Elements::in_contents(value);
        match oid {
            REASON_CODE => {
                let [code] = *value.next_if(ENUMERATED)?.content else {
                    return None;
                };
                self.reason = RevocationReason::from_code(code)?;
                Some(1)
            }
            INVALIDITY_DATE => {
                // GeneralizedTime by the standard; the moment is not decided by.
                self.invalid_since = value.next().and_then(time);
                Some(2)
            }
            CERTIFICATE_ISSUER => {
                let names = value.next_if(SEQUENCE)?.content;
                GeneralName::list(names)?;
                self.issuer = Some(names);
                Some(4)
            }
            HOLD_INSTRUCTION => Some(8),
            _ => {
                self.unknown_critical |= critical;
                Some(0)
            }
        }
    }

    /// What it says.
    pub fn revocation(&self) -> Revocation {
        Revocation {
            at: self.at,
            reason: self.reason,
            invalid_since: self.invalid_since,
        }
    }
}

/// Whether two serial numbers (contents of INTEGERs) are the same number, however long they are written.
pub fn same_serial(one: &[u8], other: &[u8]) -> bool {
    number(one) == number(other)
}

/// The content of an INTEGER in its shortest form (X.690 §8.3.2), sign included.
pub fn number(mut content: &[u8]) -> &[u8] {
    while let [first @ (0 | 0xff), rest @ ..] = content
        && rest.first().is_some_and(|next| (next ^ first) & 0x80 == 0)
    {
        content = rest;
    }
    content
}

/// The moment that a Time says, Unix time.
pub(super) fn time(element: Element<'_>) -> Option<i64> {
    let tag = u32::from(*element.der.first()?);
    asn1_time::unix_time(tag, element.content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_compared_as_numbers() {
        assert!(same_serial(&[0, 0, 5], &[5]) && same_serial(&[0xff, 0xff], &[0xff]));
        assert!(!same_serial(&[0, 0xff], &[0xff]));
        assert!(!same_serial(&[0], &[]) && same_serial(&[0, 0], &[0]));
    }

    #[test]
    fn an_entry_says_what_it_says_once() {
        let reason = b"\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x01";
        let start = b"\x02\x01\x05\x17\x0d150101000000Z";
        let entry = |extensions: &[&[u8]]| {
            let extensions = extensions.concat();
            let length = u8::try_from(extensions.len()).unwrap();
            let content = [start, &[0x30, length][..], &extensions].concat();
            let length = u8::try_from(content.len()).unwrap();
            [&[0x30, length][..], &content].concat()
        };
        let once = entry(&[reason]);
        let once = Entry::parse(&once).unwrap();
        let expected = (1_420_070_400, RevocationReason::KeyCompromise);
        assert_eq!((once.at, once.reason), expected);
        assert_eq!(Entry::parse(&entry(&[reason, reason])), None);
        let unknown = b"\x30\x0b\x06\x03\x55\x1d\x63\x01\x01\xff\x04\x01\x05";
        assert!(Entry::parse(&entry(&[unknown])).unwrap().unknown_critical);
        // A reason that there is not
        let none = b"\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x07";
        assert_eq!(Entry::parse(&entry(&[none])), None);
        assert_eq!(Entry::parse(b"\x30\x03\x02\x01\x05"), None);
    }
}
