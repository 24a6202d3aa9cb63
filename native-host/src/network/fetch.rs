//! Fetching what certificates point to: revocation lists, certificates of issuers, and answers of OCSP responders.
//!
//! Nobody is asked without a need, nobody inside, and nobody for long. What comes is believed by its signature alone, which
//! is why plain HTTP will do (RFC 5280 §8).

#[cfg(test)]
mod tests;

use super::{
    address::{Address, AddressError, Permits, is_public},
    http::{Exchange, Response, time_left},
    proxy::{Proxy, ProxyServer, UnusableProxy},
    secure::Stream,
};
use crate::{
    directories::{Folders, IS_FOR_TESTS},
    settings::Settings,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{
    env,
    fmt::Write as _,
    io,
    net::{SocketAddr, TcpStream, ToSocketAddrs as _},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::MAX_TRUST_LIST,
    trust::revocation::{MAX_CRL, MAX_OCSP},
};
use thiserror::Error;

/// Responders and filters refuse, or lead elsewhere, who does not say what they are.
const USER_AGENT: &str = concat!("Tamga/", env!("CARGO_PKG_VERSION"));
/// How long one of several addresses of a host may take to answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What is fetched.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wanted {
    /// A revocation list.
    Crl,
    /// Certificates of an issuer (id-ad-caIssuers).
    Certificates,
    /// An answer of an OCSP responder.
    OcspAnswer,
    /// A national list, from where the person says.
    TrustList,
}

impl Wanted {
    /// The most bytes of it, and how long it may take altogether.
    fn bounds(self) -> (usize, Duration) {
        match self {
            Self::Crl => (MAX_CRL, Duration::from_secs(60)),
            Self::Certificates => (1 << 20, Duration::from_secs(15)),
            Self::OcspAnswer => (MAX_OCSP, Duration::from_secs(15)),
            Self::TrustList => (MAX_TRUST_LIST, Duration::from_secs(180)),
        }
    }
}

/// Why nothing was fetched.
#[derive(Debug, Error)]
pub enum FetchError {
    /// The address is none that is asked.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The environment names a proxy that cannot be used.
    #[error("a proxy of an unknown kind")]
    Proxy,
    /// There is no such host.
    #[error("no such host")]
    HostNotFound,
    /// It took too long.
    #[error("not in time")]
    Deadline,
    /// There is more of it than there may be.
    #[error("too large")]
    TooLarge,
    /// What came is no HTTP, or ends early.
    #[error("no HTTP")]
    Malformed,
    /// The server leads elsewhere: mostly a network that wants to be logged in to.
    #[error("redirected")]
    Redirected,
    /// Another status than 200.
    #[error("status {0}")]
    Status(u16),
    /// A page for people came instead: mostly a network that wants to be logged in to.
    #[error("a web page")]
    WebPage,
    /// Neither DER nor PEM came.
    #[error("neither DER nor PEM")]
    NotBinary,
    /// No XML came where that is expected.
    #[error("no XML")]
    NotMarkup,
    /// The system's reason.
    #[error(transparent)]
    Io(io::Error),
}

impl FetchError {
    /// What the person is told who wanted this address to be fetched.
    pub fn told(&self, address: &str) -> Failure {
        let code = match self {
            Self::Address(_) => ErrorCode::AddressRefused,
            Self::Deadline => ErrorCode::Timeout,
            Self::TooLarge => ErrorCode::ContentTooLarge,
            Self::WebPage => ErrorCode::FileIsWebPage,
            Self::HostNotFound
            | Self::Io(_)
            | Self::Malformed
            | Self::NotBinary
            | Self::NotMarkup
            | Self::Proxy
            | Self::Redirected
            | Self::Status(_) => ErrorCode::DownloadFailed,
        };
        Failure::of(code, address)
    }
}

impl From<io::Error> for FetchError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::Deadline,
            _ => Self::Io(error),
        }
    }
}

impl From<UnusableProxy> for FetchError {
    fn from(_: UnusableProxy) -> Self {
        Self::Proxy
    }
}

/// Who fetches.
#[derive(Clone, Debug)]
pub struct Fetcher {
    proxy: Proxy,
    permits: Permits,
    /// Shorter than [`BOUNDS`] has it, in tests.
    deadline: Option<Duration>,
}

impl Fetcher {
    /// Through the proxy that is set.
    pub fn new(folders: &Folders) -> Self {
        let deadline = deadline_of_tests();
        Self {
            proxy: Proxy::of_setting(&Settings::new(folders).proxy().setting),
            permits: match deadline {
                Some(_) => |ip| ip.is_loopback(),
                None => is_public,
            },
            deadline,
        }
    }

    /// Asks this computer alone.
    #[cfg(test)]
    pub(super) fn on_loopback(deadline: Duration) -> Self {
        Self {
            proxy: Proxy::default(),
            permits: |ip| ip.is_loopback(),
            deadline: Some(deadline),
        }
    }

    /// Fetches what is at an address.
    ///
    /// # Errors
    /// [`FetchError`]
    pub fn get(&self, address: &str, wanted: Wanted) -> Result<Vec<u8>, FetchError> {
        self.get_dated(address, wanted)
            .map(|response| response.body)
    }

    /// The same with what the time is by the server's clock.
    pub(super) fn get_dated(&self, address: &str, wanted: Wanted) -> Result<Response, FetchError> {
        self.fetch("GET", address, "", &[], wanted)
    }

    /// Asks an OCSP responder (RFC 6960, appendix A.1).
    ///
    /// # Errors
    /// [`FetchError`]
    pub(super) fn ask_responder(
        &self,
        address: &str,
        request: &[u8],
    ) -> Result<Response, FetchError> {
        let fields = "Content-Type: application/ocsp-request\r\n\
                      Accept: application/ocsp-response\r\n";
        self.fetch("POST", address, fields, request, Wanted::OcspAnswer)
    }

    /// How long fetching may take.
    pub(super) fn time(&self, wanted: Wanted) -> Duration {
        self.deadline.unwrap_or(wanted.bounds().1)
    }

    fn fetch(
        &self,
        method: &str,
        address: &str,
        fields: &str,
        body: &[u8],
        wanted: Wanted,
    ) -> Result<Response, FetchError> {
        let (limit, _) = wanted.bounds();
        let until = Instant::now() + self.time(wanted);
        let address = match wanted {
            Wanted::TrustList => Address::of_web(address, self.permits),
            _ => Address::parse(address, self.permits),
        }?;
        let proxy = self.proxy.of(&address)?;
        let stream = match proxy {
            Some(proxy) => connect(&proxy.address, |_| true, until)?,
            None => connect(&address, self.permits, until)?,
        };
        let stream = secured(stream, &address, proxy, until)?;
        // Within TLS nobody speaks to the proxy any more.
        let proxy = proxy.filter(|_| !address.is_secure());
        let head = head(method, &address, proxy, fields, body.len());
        let request = [head.as_bytes(), body].concat();
        let response = Exchange::new(stream, until).perform(&request, limit)?;
        let is_expected = match wanted {
            Wanted::TrustList => is_markup(&response.body),
            _ => is_binary(&response.body),
        };
        is_expected.map(|()| response)
    }
}

/// The connection as the address has it: within TLS, through a proxy by a tunnel.
fn secured(
    stream: TcpStream,
    address: &Address,
    proxy: Option<&ProxyServer>,
    until: Instant,
) -> Result<Stream, FetchError> {
    if !address.is_secure() {
        return Ok(Stream::Plain(stream));
    }
    let Some(proxy) = proxy else {
        return Stream::secure(stream, address.host(), until);
    };
    let target = format!("{}:{}", address.host(), address.port());
    let mut request =
        format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: {USER_AGENT}\r\n");
    authorize(&mut request, proxy);
    request.push_str("\r\n");
    let exchange = Exchange::new(Stream::Plain(stream), until);
    match exchange.tunnel(request.as_bytes())? {
        Stream::Plain(stream) => Stream::secure(stream, address.host(), until),
        Stream::Secure(_) => Err(FetchError::Malformed),
    }
}

fn authorize(head: &mut String, proxy: &ProxyServer) {
    if let Some(credentials) = &proxy.credentials {
        let credentials = BASE64_STANDARD.encode(credentials);
        let _ = write!(head, "Proxy-Authorization: Basic {credentials}\r\n");
    }
}

/// Request line and fields; to a proxy in absolute-form (RFC 9112 §3.2.2), which every one takes: many refuse CONNECT to port
/// 80.
fn head(
    method: &str,
    address: &Address,
    proxy: Option<&ProxyServer>,
    fields: &str,
    length: usize,
) -> String {
    let target = match proxy {
        Some(_) => address.to_string(),
        None => address.path().to_owned(),
    };
    let mut head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {USER_AGENT}\r\n\
         Accept-Encoding: identity\r\nConnection: close\r\n{fields}",
        address.authority()
    );
    if let Some(proxy) = proxy {
        authorize(&mut head, proxy);
    }
    if length > 0 {
        let _ = write!(head, "Content-Length: {length}\r\n");
    }
    head.push_str("\r\n");
    head
}

/// Where the servers are on this computer, as the tests of this workspace have them: how long one of them may take. In a
/// host that people use, whoever sets its environment would have it ask inside.
fn deadline_of_tests() -> Option<Duration> {
    let milliseconds = IS_FOR_TESTS.then(|| env::var("TAMGA_LOOPBACK"))?;
    milliseconds.ok()?.parse().ok().map(Duration::from_millis)
}

/// A connection to one of the host's addresses that may be asked: a name of the public network can lead inside, too.
fn connect(address: &Address, permits: Permits, until: Instant) -> Result<TcpStream, FetchError> {
    let found = resolve(address, until)?;
    let mut refused = match found.is_empty() {
        true => FetchError::HostNotFound,
        false => AddressError::Internal.into(),
    };
    for address in found.into_iter().filter(|address| permits(address.ip())) {
        let time = time_left(until)?.min(CONNECT_TIMEOUT);
        match TcpStream::connect_timeout(&address, time) {
            Ok(stream) => return Ok(stream),
            Err(error) => refused = error.into(),
        }
    }
    Err(refused)
}

/// The addresses of a host. The system asks without a deadline: a thread waits for it, if need be longer than anybody else.
fn resolve(address: &Address, until: Instant) -> Result<Vec<SocketAddr>, FetchError> {
    if let Some(ip) = address.ip() {
        return Ok(vec![SocketAddr::new(ip, address.port())]);
    }
    let (sender, receiver) = mpsc::channel();
    let host = (address.host().to_owned(), address.port());
    thread::spawn(move || {
        let found = host.to_socket_addrs().map(|found| found.collect());
        // Whoever asked may have given up.
        let _ = sender.send(found);
    });
    let found = receiver.recv_timeout(time_left(until)?);
    let found: io::Result<Vec<SocketAddr>> = found.map_err(|_| FetchError::Deadline)?;
    found.map_err(|_| FetchError::HostNotFound)
}

/// Whether DER or PEM came, by its beginning: a network that wants to be logged in to answers everything with a page and 200.
fn is_binary(response: &[u8]) -> Result<(), FetchError> {
    let text = response.trim_ascii_start();
    match (response.first(), text.first()) {
        (Some(0x30), _) => Ok(()),
        _ if text.starts_with(b"-----BEGIN ") => Ok(()),
        (_, Some(b'<')) => Err(FetchError::WebPage),
        _ => Err(FetchError::NotBinary),
    }
}

/// Whether XML came that is no web page.
fn is_markup(response: &[u8]) -> Result<(), FetchError> {
    let beginning: Vec<u8> = response.iter().copied().take(64).collect();
    // As the encodings have it that XML can be in.
    let text: String = beginning
        .iter()
        .filter(|it| it.is_ascii_graphic())
        .map(|it| char::from(it.to_ascii_lowercase()))
        .collect();
    match text {
        _ if text.starts_with("<html") || text.starts_with("<!doctype") => Err(FetchError::WebPage),
        _ if text.starts_with('<') => Ok(()),
        _ => Err(FetchError::NotMarkup),
    }
}
