//! The roots of the operating system: who this computer trusts. They are chosen for servers, and nobody is accredited by
//! being among them.

use tamga_core::{
    certificate::Certificate,
    failure::Failure,
    protocol::{TrustSource, TrustSourceKind},
    trust::{Anchor, AnchorClass},
};

/// What the system has.
#[derive(Debug)]
pub(super) struct SystemRoots {
    pub(super) source: TrustSource,
    pub(super) anchors: Vec<Anchor>,
}

/// Reads them: a few milliseconds on Linux, more elsewhere.
pub(super) fn read() -> SystemRoots {
    let (origin, ders, problems) = roots();
    let certificates = ders.iter().filter_map(|der| Certificate::parse(der).ok());
    let certificates: Vec<_> = certificates.collect();
    let source = TrustSource {
        kind: TrustSourceKind::System,
        name: String::new(),
        country: None,
        origin,
        version: None,
        date: None,
        count: 0,
        certificates: Vec::new(),
        imported: None,
        problems,
    };
    SystemRoots {
        source: source.holding(certificates.iter()),
        anchors: certificates
            .into_iter()
            .map(|it| Anchor::new(it, AnchorClass::System))
            .collect(),
    }
}

type Roots = (String, Vec<Vec<u8>>, Vec<Failure>);

/// From the file of the distribution. Nothing in the environment (SSL_CERT_FILE, SSL_CERT_DIR) names another one: whoever
/// starts the host would name the anchors.
#[cfg(not(any(windows, target_os = "macos")))]
fn roots() -> Roots {
    use crate::files;
    use std::path::Path;
    use tamga_core::{failure::ErrorCode, pem};

    /// Where distributions keep all of them in one file: Debian and Alpine, Fedora and RHEL, SUSE, BSD.
    const FILES: [&str; 5] = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];
    /// The largest such file, in bytes: usual ones have a quarter of a megabyte.
    const MAX_FILE: usize = 8 << 20;

    let Some(path) = FILES.into_iter().find(|path| Path::new(path).is_file()) else {
        return (String::new(), Vec::new(), Vec::new());
    };
    match files::read(Path::new(path), MAX_FILE) {
        Ok(file) => {
            let objects = pem::objects(&file);
            let ders = objects.iter().map(|object| object.bytes().to_vec());
            (path.to_owned(), ders.collect(), Vec::new())
        }
        Err(_) => {
            let failure = Failure::of(ErrorCode::FileUnreadable, path);
            (path.to_owned(), Vec::new(), vec![failure])
        }
    }
}

/// From the system's own store. Where the environment would name others (SSL_CERT_FILE, SSL_CERT_DIR), which the library
/// obeys, none are read: whoever starts the host would name the anchors.
#[cfg(any(windows, target_os = "macos"))]
fn roots() -> Roots {
    use tamga_core::failure::ErrorCode;

    let origin = if cfg!(windows) { "ROOT" } else { "Keychain" }.to_owned();
    let variables = ["SSL_CERT_FILE", "SSL_CERT_DIR"];
    if let Some(name) = variables
        .into_iter()
        .find(|it| std::env::var_os(it).is_some())
    {
        let failure = Failure::of(ErrorCode::FileInsecure, name);
        return (origin, Vec::new(), vec![failure]);
    }
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a root of the system");
    }
    let ders = found.certs.iter().map(|it| it.as_ref().to_vec());
    (origin, ders.collect(), Vec::new())
}
