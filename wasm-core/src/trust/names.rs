//! Name constraints (RFC 5280 §4.2.1.10, §6.1.3 (b), (c), with RFC 9549 and 9598 on mail addresses).

use super::{
    Reason,
    host_name::{Mailbox, Pattern, host, is_below, is_within, written_ip},
};
use crate::certificate::{Certificate, ComparableName, GeneralName, NameConstraints, name_of};

/// The most comparisons of names with constraints along one path. It is bounded because both are the certificates' to
/// choose, and their product is not.
const MAX_COMPARISONS: usize = 1 << 18;

/// id-on-SmtpUTF8Mailbox (RFC 9598 §3), DER of its value: 1.3.6.1.5.5.7.8.9
const SMTP_UTF8_MAILBOX: &[u8] = &[6, 8, 0x2b, 6, 1, 5, 5, 7, 8, 9];
pub(super) const ALTERNATIVE_NAME: &str = "2.5.29.17";
pub(super) const COMMON_NAME: &str = "2.5.4.3";
const EMAIL_ADDRESS: &str = "1.2.840.113549.1.9.1";

/// The constraints of the authorities on a path so far, from the anchor down.
#[derive(Debug, Default)]
pub(super) struct Constraints {
    all: Vec<NameConstraints>,
    comparisons: usize,
}

impl Constraints {
    /// Those of one more authority hold from here on.
    pub(super) fn add(&mut self, constraints: NameConstraints) {
        if !constraints.permitted.is_empty() || !constraints.excluded.is_empty() {
            self.all.push(constraints);
        }
    }

    /// Says whether all names of a certificate are allowed by all authorities above it.
    ///
    /// # Errors
    /// `NameNotPermitted`, `LimitReached`
    pub(super) fn admit(&mut self, certificate: &Certificate) -> Result<(), Reason> {
        if self.all.is_empty() {
            return Ok(());
        }
        let names = names(certificate);
        let bases = self
            .all
            .iter()
            .map(|it| it.permitted.len() + it.excluded.len());
        self.comparisons += names.len() * bases.sum::<usize>();
        if self.comparisons > MAX_COMPARISONS {
            return Err(Reason::LimitReached);
        }
        let refused = names
            .iter()
            .find(|name| !self.all.iter().all(|it| permits(it, name)));
        refused.map_or(Ok(()), |name| {
            Err(Reason::NameNotPermitted { name: shown(name) })
        })
    }
}

/// Every name that constraints are about.
fn names(certificate: &Certificate) -> Vec<GeneralName> {
    let alternative = certificate.alternative_names();
    let subject = certificate.subject();
    let mut names = alternative.to_vec();
    if !subject.attributes().is_empty() {
        names.push(GeneralName::Directory(subject.der().to_vec()));
    }
    let values = |oid: &'static str| {
        let attributes = subject.attributes().iter();
        attributes
            .filter(move |it| it.oid == oid)
            .map(|it| it.value.clone())
    };
    // RFC 5280 §4.2.1.10: mail addresses in the subject count where there are no alternative names; so do hosts in the
    // common name, which verifiers of old take from there then.
    if certificate.extension(ALTERNATIVE_NAME).is_none() {
        names.extend(values(EMAIL_ADDRESS).map(GeneralName::Email));
        let hosts = values(COMMON_NAME).filter(|name| name.contains('.'));
        let hosts = hosts.filter(|name| Pattern::parse(name).is_some());
        names.extend(hosts.map(GeneralName::Dns));
    }
    names
}

/// Every mail address that a certificate is for: of its alternative names, else of its subject.
pub(super) fn mailboxes(certificate: &Certificate) -> impl Iterator<Item = Mailbox> {
    let names = names(certificate).into_iter();
    names.filter_map(|name| match &name {
        GeneralName::Email(text) => Mailbox::parse(text),
        other => mailbox(other),
    })
}

/// Whether one authority's constraints allow a name.
fn permits(constraints: &NameConstraints, name: &GeneralName) -> bool {
    let of_this_kind = |bases: &[GeneralName], permitted: bool| {
        let bases = bases.iter().filter(|base| are_alike(base, name));
        bases
            .map(|base| contains(base, name, permitted))
            .collect::<Vec<_>>()
    };
    let permitted = of_this_kind(&constraints.permitted, true);
    let excluded = of_this_kind(&constraints.excluded, false);
    let known = !permitted.contains(&None) && !excluded.contains(&None);
    let is_inside = permitted.is_empty() || permitted.contains(&Some(true));
    let is_outside = !excluded.contains(&Some(true));
    // Of what is not critical, kinds that nobody here knows may be passed over.
    let may_be_unknown = !constraints.critical && is_of_unknown_kind(name);
    (known && is_inside && is_outside) || (!known && may_be_unknown)
}

/// Whether a name is of a kind whose constraints are not known here.
fn is_of_unknown_kind(name: &GeneralName) -> bool {
    match name {
        GeneralName::Other(der) => !matches!(tag(der), Some(1 | 2 | 6)) && smtp_utf8(der).is_none(),
        _ => false,
    }
}

/// Whether a base is of the kind that constrains this name.
fn are_alike(base: &GeneralName, name: &GeneralName) -> bool {
    use GeneralName::{Directory, Dns, Email, Ip, Other, Uri};
    match (base, name) {
        (Email(_), Other(der)) if smtp_utf8(der).is_some() => true,
        (Other(base), Other(name)) => other_kind(base) == other_kind(name),
        // One of them has characters that do not belong there.
        (Other(der), text) | (text, Other(der)) => tag(der) == text_tag(text),
        (Directory(_), Directory(_))
        | (Dns(_), Dns(_))
        | (Email(_), Email(_))
        | (Ip(_), Ip(_))
        | (Uri(_), Uri(_)) => true,
        _ => false,
    }
}

/// The number of the tag in the CHOICE.
fn tag(der: &[u8]) -> Option<u8> {
    der.first().map(|identifier| identifier & 0x1f)
}

fn text_tag(name: &GeneralName) -> Option<u8> {
    match name {
        GeneralName::Email(_) => Some(1),
        GeneralName::Dns(_) => Some(2),
        GeneralName::Uri(_) => Some(6),
        GeneralName::Directory(_) | GeneralName::Ip(_) | GeneralName::Other(_) => None,
    }
}

/// The tag, and the type of an otherName, by its first octets: those of the OID.
fn other_kind(der: &[u8]) -> (Option<u8>, Option<&[u8]>) {
    let oid = match tag(der) {
        Some(0) => der.get(2..).and_then(|content| {
            let length = usize::from(*content.get(1)?);
            content.get(..length + 2)
        }),
        _ => None,
    };
    (tag(der), oid)
}

/// Whether a base contains a name of its kind; `None` where that cannot be told. A pattern is contained in what is
/// permitted if all its hosts are, and in what is excluded if one is.
fn contains(base: &GeneralName, name: &GeneralName, permitted: bool) -> Option<bool> {
    match (base, name) {
        (GeneralName::Directory(base), GeneralName::Directory(name)) => {
            let (base, name) = (ComparableName::of(base)?, ComparableName::of(name)?);
            Some(name.starts_with(&base))
        }
        (GeneralName::Dns(base), GeneralName::Dns(name)) => dns(base, name, permitted),
        (GeneralName::Email(base), GeneralName::Email(name)) => {
            email(base, &Mailbox::parse(name)?, true)
        }
        (GeneralName::Email(base), GeneralName::Other(_)) => {
            email(base, &mailbox(name)?, !permitted)
        }
        (GeneralName::Uri(base), GeneralName::Uri(name)) => in_domain(base, &uri_host(name)?),
        (GeneralName::Ip(base), GeneralName::Ip(name)) => ip(base, name),
        _ => None,
    }
}

fn dns(base: &str, name: &str, permitted: bool) -> Option<bool> {
    let pattern = Pattern::parse(name)?;
    // The whole name space
    if base.is_empty() {
        return Some(true);
    }
    // Not in RFC 5280, and in the wild: what is below the domain, without itself
    let (domain, below_only) = match base.strip_prefix('.') {
        Some(domain) => (host(domain)?, true),
        None => (host(base)?, false),
    };
    Some(match pattern {
        Pattern::Host(name) if below_only => is_below(&name, &domain),
        Pattern::Host(name) => is_within(&name, &domain),
        Pattern::Below(parent) => {
            let excludes_one =
                !permitted && domain.split_once('.').is_some_and(|it| it.1 == parent);
            is_within(&parent, &domain) || excludes_one && !below_only
        }
    })
}

/// The constraint is an address, a host, or what is below one. With addresses only that kind is compared whose
/// constraints can be addresses (RFC 9598 §6: not the one of id-on-SmtpUTF8Mailbox).
fn email(base: &str, name: &Mailbox, compare_addresses: bool) -> Option<bool> {
    if base.contains('@') {
        let base = Mailbox::parse(base)?;
        return Some(compare_addresses && base == *name);
    }
    in_domain(base, &name.host)
}

/// RFC 5280: a host is meant alone; with a dot before it, what is below it.
fn in_domain(base: &str, name: &str) -> Option<bool> {
    Some(match base.strip_prefix('.') {
        Some(domain) => is_below(name, &host(domain)?),
        None => name == host(base)?,
    })
}

/// The host of a URI, which has to be a name (RFC 5280 §4.2.1.10).
fn uri_host(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let place = authority.rsplit_once('@').map_or(authority, |it| it.1);
    let (name, port) = place.split_once(':').unwrap_or((place, ""));
    let is_port = port.bytes().all(|octet| octet.is_ascii_digit());
    host(name).filter(|_| is_port)
}

/// An address and a mask (RFC 4632), against an address of the same kind.
fn ip(base: &[u8], name: &[u8]) -> Option<bool> {
    let is_known = |length: usize| length == 4 || length == 16;
    let (network, mask) = base.split_at_checked(base.len() / 2)?;
    if !is_known(network.len()) || network.len() != mask.len() || !is_known(name.len()) {
        return None;
    }
    let bits: Vec<bool> = mask
        .iter()
        .flat_map(|octet| (0..8).map(move |bit| octet << bit & 0x80 != 0))
        .collect();
    if !bits.is_sorted_by(|one, next| one >= next) {
        return None;
    }
    let mut octets = network.iter().zip(mask).zip(name);
    let is_inside = octets.all(|((network, mask), name)| network & mask == name & mask);
    Some(name.len() == network.len() && is_inside)
}

/// The address of an id-on-SmtpUTF8Mailbox.
fn mailbox(name: &GeneralName) -> Option<Mailbox> {
    match name {
        GeneralName::Other(der) => Mailbox::parse(smtp_utf8(der)?),
        _ => None,
    }
}

/// The text of an id-on-SmtpUTF8Mailbox: a UTF8String in an explicit tag 0; empty where it is another string.
fn smtp_utf8(other_name: &[u8]) -> Option<&str> {
    let value = other_name.get(2..)?.strip_prefix(SMTP_UTF8_MAILBOX);
    // A name of more than 127 octets has a longer header.
    let value = value.or_else(|| other_name.get(3..)?.strip_prefix(SMTP_UTF8_MAILBOX))?;
    let text = match value {
        [0xa0, 0x81, _, 0x0c, 0x81, _, text @ ..] => text,
        [0xa0, _, 0x0c, _, text @ ..] => text,
        _ => &[],
    };
    Some(std::str::from_utf8(text).unwrap_or_default())
}

/// A name for people.
fn shown(name: &GeneralName) -> String {
    match name {
        GeneralName::Dns(text) | GeneralName::Email(text) | GeneralName::Uri(text) => text.clone(),
        GeneralName::Directory(der) => name_of(der).unwrap_or_default(),
        GeneralName::Ip(octets) => written_ip(octets),
        GeneralName::Other(der) => format!("#{}", base16ct::lower::encode_string(der)),
    }
}
