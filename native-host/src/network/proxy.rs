//! The proxy that the person, the environment or the system names.

#[cfg(any(windows, test))]
mod internet_settings;

use super::address::Address;
use std::env;
use tamga_core::protocol::ProxySetting;

/// Variables that name a proxy for plain HTTP, and for what goes within TLS; the first that is set counts.
const PLAIN: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
const SECURE: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
/// Variables that name what is asked without it.
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// Where requests go, if not to the host itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Proxy {
    /// What plain HTTP goes through. `Err`: a proxy that Tamga cannot use, so that nothing is asked.
    plain: Option<Result<ProxyServer, UnusableProxy>>,
    /// The same for what goes within TLS.
    secure: Option<Result<ProxyServer, UnusableProxy>>,
    exceptions: Vec<Exception>,
}

/// A proxy, and who it lets through.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct ProxyServer {
    pub(super) address: Address,
    /// User and password as they stand in Proxy-Authorization (RFC 7617), before Base64.
    pub(super) credentials: Option<String>,
}

/// What is asked without a proxy.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Exception {
    /// Every host.
    All,
    /// This host, and those below it.
    Below(String),
    /// Hosts like this, where `*` stands for anything.
    #[cfg_attr(
        not(any(windows, test)),
        expect(dead_code, reason = "Windows has them")
    )]
    Like(String),
    /// Hosts without a domain.
    #[cfg_attr(
        not(any(windows, test)),
        expect(dead_code, reason = "Windows has them")
    )]
    Local,
}

/// A proxy is named that is not one for plain HTTP.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnusableProxy;

impl Proxy {
    /// The one that is set, or the system's.
    pub fn of_setting(setting: &ProxySetting) -> Self {
        match setting {
            ProxySetting::System {} => Self::of_system(),
            ProxySetting::None {} => Self::default(),
            ProxySetting::Address { address } => Self::named(address),
        }
    }

    /// This one for everything.
    pub fn named(proxy: &str) -> Self {
        Self::new(Some(proxy), Some(proxy), Vec::new())
    }

    /// Whether servers can be asked through it, if there is one.
    pub fn is_usable(&self) -> bool {
        ![&self.plain, &self.secure].contains(&&Some(Err(UnusableProxy)))
    }

    /// What the environment says, or else the system's settings.
    fn of_system() -> Self {
        let named = Self::from_variables(|name| env::var(name).ok());
        match (&named.plain, &named.secure) {
            (None, None) => Self::of_settings(),
            _ => named,
        }
    }

    /// What the settings of the system say, where it has any.
    fn of_settings() -> Self {
        #[cfg(windows)]
        return internet_settings::read();
        #[cfg(not(windows))]
        Self::default()
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &&str| variable(name).filter(|value| !value.trim().is_empty());
        let [plain, secure] = [PLAIN, SECURE].map(|names| names.iter().find_map(set));
        let exceptions = EXCEPTIONS.iter().find_map(set).unwrap_or_default();
        let exceptions = exceptions.split(',').filter_map(Exception::of_variable);
        Self::new(plain.as_deref(), secure.as_deref(), exceptions.collect())
    }

    fn new(plain: Option<&str>, secure: Option<&str>, exceptions: Vec<Exception>) -> Self {
        let [plain, secure] = [plain, secure].map(|named| named.map(ProxyServer::named));
        Self {
            plain,
            secure,
            exceptions,
        }
    }

    /// Where requests to a host go that is no exception, plain HTTP before what goes within TLS.
    ///
    /// # Errors
    /// [`UnusableProxy`]
    pub(crate) fn address(&self) -> Option<Result<&Address, UnusableProxy>> {
        let server = self.plain.as_ref().or(self.secure.as_ref())?;
        let address = server.as_ref().map(|it| &it.address);
        Some(address.map_err(|error| *error))
    }

    /// The proxy for requests to this address; `None`: the host itself is asked.
    ///
    /// # Errors
    /// [`UnusableProxy`]
    pub(super) fn of(&self, address: &Address) -> Result<Option<&ProxyServer>, UnusableProxy> {
        let host = address.host();
        let is_exception = self.exceptions.iter().any(|exception| exception.has(host));
        let server = match address.is_secure() {
            true => &self.secure,
            false => &self.plain,
        };
        match server {
            Some(server) if !is_exception => server.as_ref().map(Some).map_err(|error| *error),
            _ => Ok(None),
        }
    }
}

impl ProxyServer {
    fn named(proxy: &str) -> Result<Self, UnusableProxy> {
        let proxy = proxy.trim();
        let (scheme, rest) = proxy.split_once("://").unwrap_or(("http", proxy));
        let (credentials, host) = match rest.rsplit_once('@') {
            Some((credentials, host)) => (percent_decoded(credentials), host),
            None => (None, rest),
        };
        let address = Address::read(&format!("{scheme}://{host}"));
        let address = address.ok_or(UnusableProxy)?;
        Ok(Self {
            address,
            credentials,
        })
    }
}

impl Exception {
    /// As `no_proxy` has it: `ca.example`, `.ca.example` or `*.ca.example`.
    fn of_variable(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let name = text.trim_start_matches("*.").trim_start_matches('.');
        match &*text {
            "" => None,
            "*" => Some(Self::All),
            _ => Some(Self::Below(name.to_owned())),
        }
    }

    fn has(&self, host: &str) -> bool {
        match self {
            Self::All => true,
            Self::Below(name) => {
                let below = host.strip_suffix(&**name);
                host == name || below.is_some_and(|rest| rest.ends_with('.'))
            }
            Self::Like(pattern) => is_like(host, pattern),
            Self::Local => !host.contains(['.', ':']),
        }
    }
}

/// Whether `text` is `pattern` with anything in the place of each `*`.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            match rest.split_once(part) {
                Some((_, behind)) => rest = behind,
                None => return false,
            }
        }
    }
    match last {
        None => rest.is_empty(),
        Some(end) => rest.ends_with(end),
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

    fn web(address: &str) -> Address {
        Address::read_any(address).unwrap()
    }

    fn of<'p>(proxy: &'p Proxy, host: &str) -> Result<Option<&'p ProxyServer>, UnusableProxy> {
        proxy.of(&web(&format!("http://{host}/")))
    }

    #[test]
    fn a_pattern_has_anything_in_the_place_of_each_star() {
        for (text, pattern, expected) in [
            ("a.b", "a.b", true),
            ("a.bc", "a.b", false),
            ("10.1.2.3", "10.*", true),
            ("110.1.2.3", "10.*", false),
            ("x.ca.example", "*.ca.example", true),
            ("ca.example", "*.ca.example", false),
            ("crl1.ca.example", "crl*.ca.*", true),
            ("anything", "*", true),
            ("aa", "a*a*a", false),
            ("a-b-a", "a*b*a", true),
        ] {
            assert_eq!(is_like(text, pattern), expected, "{text} {pattern}");
        }
    }

    #[test]
    fn the_environment_names_the_proxy_and_its_exceptions() {
        let none = proxy(&[("http_proxy", " ")]);
        assert_eq!(of(&none, "ca.example"), Ok(None));
        let inside = proxy(&[
            ("ALL_PROXY", "http://other:1/"),
            ("http_proxy", "http://us%40er:p%3Aw@proxy:3128/"),
            ("no_proxy", "ca.example, .gov.kz,*.tax.gov.ru"),
        ]);
        let server = of(&inside, "other.example").unwrap().unwrap();
        let address = &server.address;
        assert_eq!((address.host(), address.port()), ("proxy", 3128));
        assert_eq!(server.credentials.as_deref(), Some("us@er:p:w"));
        for host in [
            "ca.example",
            "crl.ca.example",
            "pki.gov.kz",
            "pki.tax.gov.ru",
        ] {
            assert_eq!(of(&inside, host), Ok(None), "{host}");
        }
        assert!(of(&inside, "notca.example").unwrap().is_some());
        let bare = proxy(&[("all_proxy", "10.0.0.1:8080")]);
        assert_eq!(of(&bare, "a.b").unwrap().unwrap().address.port(), 8080);
        let all = proxy(&[("http_proxy", "proxy:1"), ("NO_PROXY", "*")]);
        assert_eq!(of(&all, "a.b"), Ok(None));
    }

    #[test]
    fn what_goes_within_tls_has_a_proxy_of_its_own() {
        let port = |proxy: &Proxy, address| {
            let server = proxy.of(&web(address)).unwrap();
            server.map(|it| it.address.port())
        };
        let [plain, secure] = ["http://a.b/", "https://a.b/"];
        for (variables, expected) in [
            (
                &[("http_proxy", "p:1"), ("https_proxy", "p:2")][..],
                [Some(1), Some(2)],
            ),
            (&[("http_proxy", "p:1")], [Some(1), None]),
            (&[("HTTPS_PROXY", "p:2")], [None, Some(2)]),
            (
                &[("ALL_PROXY", "p:3"), ("https_proxy", "p:2")],
                [Some(3), Some(2)],
            ),
        ] {
            let proxy = proxy(variables);
            assert_eq!(
                [plain, secure].map(|it| port(&proxy, it)),
                expected,
                "{variables:?}"
            );
            assert!(proxy.is_usable() && proxy.address().is_some());
        }
        assert!(!proxy(&[("https_proxy", "socks5://p:1")]).is_usable());
    }

    /// Asking the host itself would tell it what the person wanted hidden.
    #[test]
    fn a_proxy_of_another_kind_is_not_passed_by() {
        for value in ["socks5://127.0.0.1:1080", "https://proxy:443", "http://"] {
            assert_eq!(
                of(&proxy(&[("ALL_PROXY", value)]), "a.b"),
                Err(UnusableProxy),
                "{value}"
            );
        }
    }
}
