//! The proxy that the environment names.

use super::address::Address;
use std::env;

/// Variables that name a proxy for plain HTTP, the first that is set counts.
const PROXIES: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
/// Variables that name what is asked without it.
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// Where requests go, if not to the host itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Proxy {
    /// `None`: there is none. `Err`: one that Tamga cannot use, so that nothing is asked.
    address: Option<Result<Address, UnusableProxy>>,
    /// User and password as they stand in Proxy-Authorization (RFC 7617), before Base64.
    credentials: Option<String>,
    exceptions: Vec<String>,
}

/// A proxy is named that is not one for plain HTTP.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnusableProxy;

impl Proxy {
    /// What the environment says.
    pub fn from_environment() -> Self {
        Self::from_variables(|name| env::var(name).ok())
    }

    /// This one for everything.
    #[cfg(test)]
    pub(super) fn named(proxy: &str) -> Self {
        Self::from_variables(|name| (name == "http_proxy").then(|| proxy.to_owned()))
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &&str| variable(name).filter(|value| !value.trim().is_empty());
        let exceptions = EXCEPTIONS.iter().find_map(set).unwrap_or_default();
        let exceptions = exceptions
            .split(',')
            .map(|name| name.trim().to_ascii_lowercase());
        let exceptions = exceptions.filter(|name| !name.is_empty()).collect();
        let Some(proxy) = PROXIES.iter().find_map(set) else {
            return Self::default();
        };
        let proxy = proxy.trim();
        let (scheme, rest) = proxy.split_once("://").unwrap_or(("http", proxy));
        let (credentials, host) = match rest.rsplit_once('@') {
            Some((credentials, host)) => (percent_decoded(credentials), host),
            None => (None, rest),
        };
        let address = Address::read(&format!("{scheme}://{host}"));
        Self {
            address: Some(address.ok_or(UnusableProxy)),
            credentials,
            exceptions,
        }
    }

    /// The proxy, whatever is asked.
    ///
    /// # Errors
    /// [`UnusableProxy`]
    pub(crate) fn address(&self) -> Option<Result<&Address, UnusableProxy>> {
        let address = self.address.as_ref()?;
        Some(address.as_ref().map_err(|error| *error))
    }

    /// The proxy for requests to this host; `None`: the host itself is asked.
    ///
    /// # Errors
    /// [`UnusableProxy`]
    pub(super) fn of(&self, host: &str) -> Result<Option<&Address>, UnusableProxy> {
        let is_exception = self.exceptions.iter().any(|exception| {
            let name = exception.trim_start_matches("*.").trim_start_matches('.');
            let below = host
                .strip_suffix(name)
                .is_some_and(|rest| rest.ends_with('.'));
            exception == "*" || host == name || below
        });
        match &self.address {
            Some(address) if !is_exception => address.as_ref().map(Some).map_err(|error| *error),
            _ => Ok(None),
        }
    }

    pub(super) fn credentials(&self) -> Option<&str> {
        self.credentials.as_deref()
    }
}

/// `None` where it is no UTF-8 (RFC 3986 §2.1).
fn percent_decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escape = (*first == b'%')
            .then(|| after.split_at_checked(2))
            .flatten();
        let octet = escape.and_then(|(digits, after)| {
            let digits = std::str::from_utf8(digits).ok()?;
            Some((u8::from_str_radix(digits, 16).ok()?, after))
        });
        let (octet, after) = octet.unwrap_or((*first, after));
        decoded.push(octet);
        rest = after;
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(variables: &[(&str, &str)]) -> Proxy {
        let value = |name: &str| variables.iter().find(|(known, _)| *known == name);
        Proxy::from_variables(|name| value(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_environment_names_the_proxy_and_its_exceptions() {
        let none = proxy(&[("http_proxy", " ")]);
        assert_eq!(none.of("ca.example"), Ok(None));
        let inside = proxy(&[
            ("ALL_PROXY", "http://other:1/"),
            ("http_proxy", "http://us%40er:p%3Aw@proxy:3128/"),
            ("no_proxy", "ca.example, .gov.kz,*.tax.gov.ru"),
        ]);
        let address = inside.of("other.example").unwrap().unwrap();
        assert_eq!((address.host(), address.port()), ("proxy", 3128));
        assert_eq!(inside.credentials(), Some("us@er:p:w"));
        for host in [
            "ca.example",
            "crl.ca.example",
            "pki.gov.kz",
            "pki.tax.gov.ru",
        ] {
            assert_eq!(inside.of(host), Ok(None), "{host}");
        }
        assert!(inside.of("notca.example").unwrap().is_some());
        let bare = proxy(&[("all_proxy", "10.0.0.1:8080")]);
        assert_eq!(bare.of("a.b").unwrap().unwrap().port(), 8080);
        let all = proxy(&[("http_proxy", "proxy:1"), ("NO_PROXY", "*")]);
        assert_eq!(all.of("a.b"), Ok(None));
    }

    /// Asking the host itself would tell it what the person wanted hidden.
    #[test]
    fn a_proxy_of_another_kind_is_not_passed_by() {
        for value in ["socks5://127.0.0.1:1080", "https://proxy:443", "http://"] {
            assert_eq!(
                proxy(&[("ALL_PROXY", value)]).of("a.b"),
                Err(UnusableProxy),
                "{value}"
            );
        }
    }
}
