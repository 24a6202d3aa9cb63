//! Addresses that certificates name, and which of them are asked: plain HTTP on the public network.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};
use thiserror::Error;

/// The longest address, in bytes.
const MAX_ADDRESS: usize = 2048;
/// Where HTTP is, and where it is within TLS.
const PORT: u16 = 80;
const SECURE_PORT: u16 = 443;
/// Names at their ends that only an internal network has (RFC 6761, RFC 6762).
const INTERNAL: [&str; 4] = [".home.arpa", ".internal", ".local", ".localhost"];

/// Why an address is not asked.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum AddressError {
    /// Not of the form `http://host[:port]/path`, or `https:` where that is asked.
    #[error("no address of HTTP")]
    Malformed,
    /// A name or number of an internal network, which certificates of large authorities do carry: it would be waited for in
    /// vain, or somebody else would be asked.
    #[error("an address of an internal network")]
    Internal,
}

/// An address that may be asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Address {
    /// Whether it is asked within TLS.
    secure: bool,
    host: String,
    port: u16,
    /// With the query.
    path: String,
}

/// Which addresses of the Internet Protocol may be asked.
pub type Permits = fn(IpAddr) -> bool;

impl Address {
    /// Reads `http://host[:port]/path`.
    ///
    /// # Errors
    /// [`AddressError`]
    pub fn parse(text: &str, permits: Permits) -> Result<Self, AddressError> {
        let address = Self::read(text).ok_or(AddressError::Malformed)?;
        address.permitted(permits)
    }

    /// The same; also `https:`, which certificates do not name, but people do.
    ///
    /// # Errors
    /// [`AddressError`]
    pub fn of_web(text: &str, permits: Permits) -> Result<Self, AddressError> {
        let address = Self::read_any(text).ok_or(AddressError::Malformed)?;
        address.permitted(permits)
    }

    fn permitted(self, permits: Permits) -> Result<Self, AddressError> {
        let address = self;
        let internal = match address.ip() {
            Some(ip) => !permits(ip),
            None => is_internal(&address.host),
        };
        match internal {
            true => Err(AddressError::Internal),
            false => Ok(address),
        }
    }

    /// Reads an address wherever it is: a proxy is mostly inside.
    pub(super) fn read(text: &str) -> Option<Self> {
        Self::read_any(text).filter(|it| !it.secure)
    }

    /// The same, within TLS or not.
    pub(super) fn read_any(text: &str) -> Option<Self> {
        // Nothing that would end a line of the request
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.len() > MAX_ADDRESS || !printable {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let rest = rest.split('#').next()?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let secure = scheme.eq_ignore_ascii_case("https");
        let (host, port) = host_and_port(authority, standard_port(secure))?;
        let path = match path {
            "" => "/".to_owned(),
            query if query.starts_with('?') => format!("/{query}"),
            path => path.to_owned(),
        };
        (secure || scheme.eq_ignore_ascii_case("http")).then_some(Self {
            secure,
            host: host.to_ascii_lowercase(),
            port,
            path,
        })
    }

    /// Whether it is asked within TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host's name or number, the latter without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Path and query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The number, where the host is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// As it stands in the field Host (RFC 9110 §7.2).
    pub fn authority(&self) -> String {
        let host = match self.ip() {
            Some(IpAddr::V6(ip)) => format!("[{ip}]"),
            _ => self.host.clone(),
        };
        match self.port == standard_port(self.secure) {
            true => host,
            false => format!("{host}:{}", self.port),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(formatter, "{scheme}://{}{}", self.authority(), self.path)
    }
}

fn standard_port(secure: bool) -> u16 {
    if secure { SECURE_PORT } else { PORT }
}

/// `None` with a user's name in it, too: nobody has one here.
fn host_and_port(authority: &str, standard: u16) -> Option<(&str, u16)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            host.parse::<Ipv6Addr>().ok()?;
            (host, port.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte);
    let fits = !host.is_empty() && host.bytes().all(allowed);
    let port = match port {
        None | Some("") => standard,
        Some(port) => port.parse().ok().filter(|port| *port != 0)?,
    };
    fits.then_some((host, port))
}

fn is_internal(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    !host.contains('.') || INTERNAL.iter().any(|end| host.ends_with(end))
}

/// Whether an address is one of the public network (RFC 6890).
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let special = matches!(
        ip.octets(),
        [0, ..] | [100, 64..=127, ..] | [192, 0, 0, _] | [198, 18 | 19, ..] | [240..=255, ..]
    );
    !(special
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast())
}

/// Of 2000::/3, and none that holds an internal address of version 4.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let [first, second, third, ..] = ip.segments();
    let [high, low] = second.to_be_bytes();
    let [next, last] = third.to_be_bytes();
    match (first, second) {
        // 6to4
        (0x2002, _) => is_public_v4(Ipv4Addr::new(high, low, next, last)),
        // Teredo, documentation
        (0x2001, 0 | 0x0db8) => false,
        _ => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_plain_http_are_read() {
        for (text, host, port, path) in [
            (
                "http://ca.example/cdp/a.crl",
                "ca.example",
                80,
                "/cdp/a.crl",
            ),
            ("HTTP://CA.Example:8080", "ca.example", 8080, "/"),
            ("http://ca.example?x=1#part", "ca.example", 80, "/?x=1"),
            ("http://[2606:4700::1]:81/a", "2606:4700::1", 81, "/a"),
            ("http://1.1.1.1:/a", "1.1.1.1", 80, "/a"),
        ] {
            let address = Address::parse(text, is_public).unwrap();
            assert_eq!(
                (address.host(), address.port(), address.path()),
                (host, port, path)
            );
            assert_eq!(Address::parse(&address.to_string(), is_public), Ok(address));
        }
    }

    #[test]
    fn people_name_addresses_within_tls_too() {
        let address = Address::of_web("https://ec.example/tools/lotl.xml", is_public).unwrap();
        assert!(address.is_secure());
        assert_eq!((address.port(), &*address.authority()), (443, "ec.example"));
        assert_eq!(address.to_string(), "https://ec.example/tools/lotl.xml");
        let other = Address::of_web("https://ec.example:80/", is_public).unwrap();
        assert_eq!(other.authority(), "ec.example:80");
        assert!(
            !Address::of_web("http://ec.example/", is_public)
                .unwrap()
                .is_secure()
        );
        let inside = Address::of_web("https://10.0.0.1/", is_public);
        assert_eq!(inside, Err(AddressError::Internal));
        let other = Address::of_web("ftp://ec.example/", is_public);
        assert_eq!(other, Err(AddressError::Malformed));
    }

    #[test]
    fn other_addresses_are_refused() {
        for text in [
            "",
            "ca.example/a.crl",
            "https://ca.example/a.crl",
            "ldap://ca.example/",
            "file:///etc/passwd",
            "http://",
            "http:///a",
            "http://user:word@ca.example/",
            "http://ca.example:0/",
            "http://ca.example:99999/",
            "http://ca.example/a b",
            "http://ca.example/\r\nX: y",
            "http://[::1/a",
            "http://пример.рф/a",
        ] {
            let refused = Address::parse(text, is_public);
            assert_eq!(refused, Err(AddressError::Malformed), "{text}");
        }
        for text in [
            "http://c0000-app005/cdp/a.crl",
            "http://localhost/",
            "http://localhost./",
            "http://a.local/",
            "http://ca.internal./a",
            "http://10.0.0.1/",
            "http://127.0.0.1:8080/",
            "http://169.254.169.254/latest",
            "http://100.64.1.1/",
            "http://0.0.0.0/",
            "http://224.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[2002:0a00:0001::]/",
        ] {
            let refused = Address::parse(text, is_public);
            assert_eq!(refused, Err(AddressError::Internal), "{text}");
        }
    }
}
