//! A web origin that cannot hold anything else.

use serde::{Deserialize, Serialize};
use std::fmt;

/// `https://host[:port]`, or `http` on this computer. Written as browsers write it: lower case,
/// punycode, no default port, no path. Taken from the browser's word about a sender, never from a page. Or
/// [`OWN_PAGE`], which no address of a page gives.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(
    any(test, feature = "typescript"),
    derive(ts_rs::TS),
    ts(export, type = "string")
)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// The text is no origin that may ask for signatures: plain http, opaque (`null`), or no origin.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a secure web origin")]
pub struct InsecureOrigin;

/// The page of the extension itself on which a signature is tried: it asks as sites do.
pub const OWN_PAGE: &str = "tamga://extension";
/// How that is shown to people.
const OWN_NAME: &str = "Tamga";

/// The longest origin: scheme, a 253-byte host name (RFC 1035 §2.3.4) and a port.
const MAX_LENGTH: usize = 270;

impl Origin {
    /// Reads the browser's serialisation of an origin, or [`OWN_PAGE`].
    ///
    /// # Errors
    /// [`InsecureOrigin`] when it is anything but that, https, or http on localhost.
    pub fn parse(text: &str) -> Result<Self, InsecureOrigin> {
        if text == OWN_PAGE {
            return Ok(Self(text.to_owned()));
        }
        if text.len() > MAX_LENGTH {
            return Err(InsecureOrigin);
        }
        let (scheme, authority) = text.split_once("://").ok_or(InsecureOrigin)?;
        let (host, port) = split_port(authority).ok_or(InsecureOrigin)?;
        let plausible = is_host(host)
            && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port != 0));
        match scheme {
            "https" if plausible => Ok(Self(text.to_owned())),
            "http" if plausible && is_this_computer(host) => Ok(Self(text.to_owned())),
            _ => Err(InsecureOrigin),
        }
    }

    /// As the browser writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the extension's own page, and no site.
    pub fn is_own_page(&self) -> bool {
        self.0 == OWN_PAGE
    }

    /// Whether this is `http` on this computer: another program may have the port tomorrow.
    pub fn is_local(&self) -> bool {
        self.scheme() == "http"
    }

    /// Whether `other` is this host or a subdomain of it. Ports of `https` do not count, as with cookies (RFC 6265
    /// §8.5): who has a host has all its ports. On this computer each port is another program.
    pub fn covers(&self, other: &Self) -> bool {
        let ((host, port), (other_host, other_port)) = (self.host(), other.host());
        let below = other_host.strip_suffix(host);
        let related = below.is_some_and(|below| below.is_empty() || below.ends_with('.'));
        related && self.scheme() == other.scheme() && (!self.is_local() || port == other_port)
    }

    /// Whether this is a host below the other, of the same scheme and port.
    pub fn is_below(&self, parent: &Self) -> bool {
        let ((host, port), (above, parents_port)) = (self.host(), parent.host());
        let rest = host.strip_suffix(above);
        let is_below = rest.is_some_and(|rest| rest.ends_with('.'));
        is_below && self.scheme() == parent.scheme() && port == parents_port
    }

    fn scheme(&self) -> &str {
        self.0.split_once("://").map_or("", |(scheme, _)| scheme)
    }

    fn host(&self) -> (&str, Option<&str>) {
        let authority = self.0.split_once("://").map_or("", |(_, rest)| rest);
        split_port(authority).unwrap_or((authority, None))
    }
}

/// `[::1]:80` → (`[::1]`, `80`)
fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let after_bracket = authority.rfind(']').map_or(0, |end| end + 1);
    match authority.get(after_bracket..)?.split_once(':') {
        None => Some((authority, None)),
        Some((name, port)) => Some((authority.get(..after_bracket + name.len())?, Some(port))),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let name =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte);
    !host.is_empty() && host.bytes().all(name)
}

/// The hosts that browsers call potentially trustworthy without https (W3C Secure Contexts §3.1).
fn is_this_computer(host: &str) -> bool {
    let loopback = |address: std::net::Ipv4Addr| address.is_loopback();
    host == "localhost"
        || host
            .strip_suffix(".localhost")
            .is_some_and(|name| !name.is_empty())
        || host == "[::1]"
        || host.parse().is_ok_and(loopback)
}

/// As people see it.
impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.is_own_page() {
            true => OWN_NAME,
            false => &self.0,
        })
    }
}

impl TryFrom<String> for Origin {
    type Error = InsecureOrigin;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worker judges the same addresses alike (`extension/origin.js`).
    #[test]
    fn takes_what_browsers_write_of_secure_pages() {
        #[derive(Deserialize)]
        struct Case {
            origin: String,
            secure: bool,
        }
        let cases: Vec<Case> = serde_json::from_str(include_str!("origin/secure.json")).unwrap();
        assert!(cases.len() > 30);
        for Case { origin, secure } in cases {
            let expected = secure.then_some(&*origin).ok_or(InsecureOrigin);
            let parsed = Origin::parse(&origin);
            assert_eq!(
                parsed.as_ref().map(Origin::as_str),
                expected.as_ref().copied(),
                "{origin}"
            );
            assert_eq!(parsed.map(String::from), expected.map(str::to_owned));
        }
    }

    #[test]
    fn the_own_page_is_no_site_and_covers_none() {
        let own = Origin::parse(OWN_PAGE).unwrap();
        assert!(own.is_own_page() && !own.is_local());
        assert_eq!(
            (own.as_str(), own.to_string()),
            (OWN_PAGE, "Tamga".to_owned())
        );
        for site in ["https://extension", "https://tamga.org", "http://localhost"] {
            let site = Origin::parse(site).unwrap();
            assert!(!site.is_own_page() && !site.covers(&own) && !own.covers(&site));
        }
        for other in ["tamga://other", "tamga://extension/", "Tamga://extension"] {
            assert_eq!(Origin::parse(other), Err(InsecureOrigin));
        }
    }

    #[test]
    fn covers_itself_and_its_subdomains() {
        let covers = |one: &str, other: &str| {
            let (one, other) = (Origin::parse(one).unwrap(), Origin::parse(other).unwrap());
            one.covers(&other)
        };
        for other in [
            "https://shop.example",
            "https://shop.example:8443",
            "https://www.shop.example",
            "https://a.b.shop.example:1",
        ] {
            assert!(covers("https://shop.example", other), "{other}");
        }
        for other in [
            "https://example",
            "https://bookshop.example",
            "https://shop.example.net",
            "https://bank.example",
        ] {
            assert!(!covers("https://shop.example", other), "{other}");
        }
        assert!(covers("http://localhost:1", "http://a.localhost:1"));
        assert!(!covers("http://localhost:1", "http://localhost:2"));
        assert!(!covers("https://localhost", "http://localhost"));
        assert!(covers("https://[::1]:8080", "https://[::1]"));
        assert!(covers("https://[::]:8080", "https://[::]"));
    }

    #[test]
    fn refuses_what_is_no_origin_of_a_browser() {
        for text in [
            "",
            "https://",
            "https://Example.kz",
            "https://example.kz/",
            "https://example.kz/path",
            "https://user@example.kz",
            "https://example.kz:99999",
            "https://пример.рф",
            "chrome-extension://abcdefgh",
            "https://a b",
            "https://[::1",
        ] {
            assert_eq!(Origin::parse(text), Err(InsecureOrigin), "{text}");
        }
    }
}
