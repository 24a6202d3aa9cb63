//! The proxy in the settings of Windows, which its own programs use.

use super::{Exception, Proxy};
#[cfg(windows)]
use windows_registry::CURRENT_USER;

#[cfg(windows)]
const KEY: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";

/// The person's settings; what is not there is off.
#[cfg(windows)]
pub(super) fn read() -> Proxy {
    let Ok(key) = CURRENT_USER.open(KEY) else {
        return Proxy::default();
    };
    let text = |name| key.get_string(name).unwrap_or_default();
    let is_on = key.get_u32("ProxyEnable").is_ok_and(|on| on != 0);
    let (server, exceptions) = (text("ProxyServer"), text("ProxyOverride"));
    match is_on {
        true => of(&server, &exceptions),
        false => Proxy::default(),
    }
}

/// `ProxyServer` is one for everything, `host:port`, or one for each protocol, `http=host:port;https=host:port`;
/// `ProxyOverride` are patterns, and `<local>` for hosts without a domain.
pub(super) fn of(server: &str, exceptions: &str) -> Proxy {
    let exceptions = exceptions.split([';', ' ']).filter_map(exception);
    let [plain, secure] = ["http", "https"].map(|protocol| for_protocol(protocol, server));
    Proxy::new(plain, secure, exceptions.collect())
}

/// SOCKS is for what has no proxy of its own.
fn for_protocol<'s>(protocol: &str, server: &'s str) -> Option<&'s str> {
    let entries = || server.split([';', ' ']).filter(|entry| !entry.is_empty());
    let of = |protocol: &str| {
        entries().find_map(|entry| {
            let (name, server) = entry.split_once('=')?;
            let is_named = name.trim().eq_ignore_ascii_case(protocol);
            is_named.then(|| server.trim())
        })
    };
    let for_all = || entries().find(|entry| !entry.contains('='));
    let socks = || of("socks").map(|_| "socks://");
    of(protocol).or_else(for_all).or_else(socks)
}

fn exception(text: &str) -> Option<Exception> {
    let text = text.trim().to_ascii_lowercase();
    // A pattern may name a protocol, too. What is excepted for plain HTTP is for both.
    let (scheme, pattern) = text.split_once("://").unwrap_or(("http", &text));
    match pattern {
        "" => None,
        "<local>" => Some(Exception::Local),
        _ if scheme != "http" => None,
        pattern => Some(Exception::Like(pattern.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{address::Address, proxy::UnusableProxy};

    fn proxy_of(
        server: &str,
        exceptions: &str,
        host: &str,
    ) -> Result<Option<String>, UnusableProxy> {
        let proxy = of(server, exceptions);
        let server = proxy.of(&Address::read(&format!("http://{host}/")).unwrap())?;
        Ok(server.map(|it| format!("{}:{}", it.address.host(), it.address.port())))
    }

    #[test]
    fn the_server_for_plain_http_is_found() {
        for (server, expected) in [
            ("", None),
            ("proxy:3128", Some("proxy:3128")),
            ("http://proxy:3128", Some("proxy:3128")),
            ("https=secure:1;http=plain:2;socks=other:3", Some("plain:2")),
            ("HTTP=plain:2", Some("plain:2")),
            ("ftp=files:1", None),
        ] {
            let found = proxy_of(server, "", "ca.example").unwrap();
            assert_eq!(found.as_deref(), expected, "{server}");
        }
        // Asking the host itself would tell it what the person wanted hidden.
        for server in ["socks=other:3", "http=", "socks://other:3"] {
            assert_eq!(proxy_of(server, "", "a.b"), Err(UnusableProxy), "{server}");
        }
    }

    #[test]
    fn what_goes_within_tls_has_a_server_of_its_own() {
        let address = Address::read_any("https://ca.example/").unwrap();
        for (server, expected) in [
            ("https=secure:1;http=plain:2", Some(1)),
            ("http=plain:2", None),
            ("proxy:3128", Some(3128)),
        ] {
            let proxy = of(server, "");
            let found = proxy.of(&address).unwrap();
            assert_eq!(found.map(|it| it.address.port()), expected, "{server}");
        }
    }

    #[test]
    fn exceptions_are_patterns() {
        let exceptions = "*.gov.kz;10.*; CA.example ;<local>;https://secure.example";
        for (host, is_exception) in [
            ("pki.gov.kz", true),
            ("gov.kz", false),
            ("10.20.30.40", true),
            ("ca.example", true),
            ("crl.ca.example", false),
            ("intranet", true),
            ("secure.example", false),
        ] {
            let found = proxy_of("proxy:3128", exceptions, host).unwrap();
            assert_eq!(found.is_none(), is_exception, "{host}");
        }
    }
}
