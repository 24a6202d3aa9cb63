//! Issuers that are not there: fetched from where certificates say that they are, when the person asks for that. Otherwise
//! nobody is asked for a chain without an anchor: whoever made the certificate would say who is asked.

use super::TrustStore;
use crate::{
    failure::{Error, Storage as _},
    files::{self, Access},
    network::fetch::{FetchError, Fetcher, Wanted},
};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tamga_core::{
    certificate::Certificate,
    cms::SignedData,
    failure::{ErrorCode, Failure},
    pem,
    trust::{Anchor, Evidence, Need, Reason, Requirements, Verdict, validate},
};

/// The folder's name in the host's own, and the ending of its files.
const FOLDER: &str = "intermediates";
const ENDING: &str = "cer";
/// The most certificates that are kept, and that are fetched for one.
const MAX_KEPT: usize = 500;
const MAX_FETCHED: usize = 8;
/// The most addresses of one certificate that are asked, and certificates at one address that are looked at.
const MAX_ADDRESSES: usize = 4;
const MAX_AT_ADDRESS: usize = 64;
/// The longest file, in bytes.
const MAX_FILE: usize = 1 << 20;
const READING: &str = "reading certificates of issuers";
const WRITING: &str = "keeping the certificate of an issuer";

/// Certificates that may stand between an anchor and others; nothing is believed of them.
#[derive(Debug)]
pub struct IntermediateFolder(PathBuf);

/// What fetching came to.
#[derive(Debug)]
pub struct FetchedIssuers {
    /// Those that are used from now on.
    pub kept: Vec<Certificate>,
    /// Whom the person would have to trust; `None` where somebody trusted was reached.
    pub authority: Option<Certificate>,
}

impl IntermediateFolder {
    /// The one in the host's data folder.
    pub fn new(data: &Path) -> Self {
        Self(data.join(FOLDER))
    }

    pub(super) fn read(&self) -> Vec<Certificate> {
        let files = self.files().into_iter();
        let ders = files.filter_map(|path| files::read(&path, MAX_FILE).ok());
        ders.filter_map(|der| Certificate::parse(&der).ok())
            .collect()
    }

    fn files(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let paths = files.map(|entry| entry.path());
        let is_one = |path: &PathBuf| path.extension().is_some_and(|it| it == ENDING);
        paths.filter(is_one).take(MAX_KEPT).collect()
    }

    /// Beyond what may be kept, it has to be fetched again next time.
    fn keep(&self, certificate: &Certificate) -> Result<(), Error> {
        if self.files().len() >= MAX_KEPT {
            return Ok(());
        }
        files::create_private(&self.0).storing(WRITING)?;
        let path = self.0.join(certificate.id()).with_extension(ENDING);
        files::replace(&path, certificate.der(), Access::Private).storing(WRITING)
    }

    /// Keeps nothing any more.
    ///
    /// # Errors
    /// `STORAGE_FAILED`
    pub fn remove_all(&self) -> Result<(), Error> {
        let removed = files::if_there(fs::remove_dir_all(&self.0));
        removed.storing(READING).map(drop)
    }
}

/// Fetches the issuers of a certificate that are not there; `untrusted` are certificates that came with it, `now` is in
/// Unix seconds. Takes as long as the network does.
///
/// # Errors
/// `CERTIFICATE_NOT_FOUND`: no issuer is missing, or nothing says where it is; `CERTIFICATE_MALFORMED`: another certificate
/// is there, or none; those of [`FetchError::told`]; `STORAGE_FAILED`.
pub fn fetch_issuers(
    certificate: &Certificate,
    untrusted: &[Certificate],
    store: &TrustStore,
    (fetcher, folder): (&Fetcher, &IntermediateFolder),
    now: i64,
) -> Result<FetchedIssuers, Error> {
    let mut fetched: Vec<Certificate> = Vec::new();
    let authority = loop {
        match missing(certificate, untrusted, &fetched, store, now) {
            Missing::Nothing if fetched.is_empty() => {
                let owner = certificate.view().owner;
                return Err(Failure::of(ErrorCode::CertificateNotFound, owner).into());
            }
            Missing::Nothing => break None,
            Missing::Trust(root) => break Some(root),
            Missing::Issuer { of, addresses } => {
                let issuer = match fetched.len() < MAX_FETCHED {
                    true => issuer(&of, &addresses, fetcher),
                    false => Err(Failure::of(
                        ErrorCode::CertificateNotFound,
                        of.view().issuer,
                    )),
                };
                match (issuer, fetched.last()) {
                    (Ok(issuer), _) => fetched.push(issuer),
                    // As far as anybody has come.
                    (Err(_), Some(last)) => break Some(last.clone()),
                    (Err(failure), None) => return Err(failure.into()),
                }
            }
        }
    };
    let is_asked = |it: &Certificate| {
        authority
            .as_ref()
            .is_some_and(|asked| asked.der() == it.der())
    };
    fetched.retain(|it| !is_asked(it));
    for certificate in &fetched {
        folder.keep(certificate)?;
    }
    Ok(FetchedIssuers {
        kept: fetched,
        authority,
    })
}

/// What a path is short of.
enum Missing {
    Nothing,
    /// That somebody trusts this one, which vouches for itself.
    Trust(Certificate),
    Issuer {
        of: Certificate,
        addresses: Vec<String>,
    },
}

fn missing(
    certificate: &Certificate,
    untrusted: &[Certificate],
    fetched: &[Certificate],
    store: &TrustStore,
    now: i64,
) -> Missing {
    let given = || [certificate].into_iter().chain(untrusted).chain(fetched);
    let (anchors, between) = store.above(given());
    let evidence = Evidence::new(anchors, given().chain(between));
    let refusal = match validate(certificate, &evidence, &Requirements::default(), now) {
        Verdict::Good(_) => return Missing::Nothing,
        Verdict::Refused(refusal) | Verdict::Unchecked(refusal) => refusal,
    };
    // A certificate can be bad for a reason of its own, too; what is above it is another matter.
    let is_anchored = |it: &&Certificate| evidence.anchor(it).is_some();
    if refusal.path.last().is_some_and(is_anchored) {
        return Missing::Nothing;
    }
    match (refusal.needs.first(), &refusal.finding.reason) {
        (Some(Need::Issuer { of, addresses }), _) => Missing::Issuer {
            of: (*of).clone(),
            addresses: addresses.clone(),
        },
        (None, Reason::Untrusted) => Missing::Trust(refusal.finding.certificate.clone()),
        (None, _) => Missing::Nothing,
    }
}

/// The certificate of whoever issued this one, from the first of these addresses where it is.
fn issuer(
    of: &Certificate,
    addresses: &[String],
    fetcher: &Fetcher,
) -> Result<Certificate, Failure> {
    let mut first = None;
    for address in addresses.iter().take(MAX_ADDRESSES) {
        let failure = match fetcher.get(address, Wanted::Certificates) {
            Ok(file) => match certificates(&file).find(|it| has_issued(it, of)) {
                Some(issuer) => return Ok(issuer),
                None => Failure::of(ErrorCode::CertificateMalformed, address),
            },
            Err(error) => not_fetched(&error, address),
        };
        first = first.or(Some(failure));
    }
    let nowhere = || Failure::of(ErrorCode::CertificateNotFound, of.view().issuer);
    Err(first.unwrap_or_else(nowhere))
}

fn not_fetched(error: &FetchError, address: &str) -> Failure {
    tracing::info!(%error, address, "the certificate of an issuer is not fetched");
    error.told(address)
}

fn has_issued(issuer: &Certificate, of: &Certificate) -> bool {
    let is_named = issuer.subject().is(of.issuer().der());
    Anchor::may_be(issuer) && is_named && of.verify_signature(issuer.key()).is_ok()
}

/// DER or PEM, or SignedData without signers (RFC 5280 §4.2.2.1).
fn certificates(file: &[u8]) -> impl Iterator<Item = Certificate> {
    let ders =
        pem::objects(file)
            .into_iter()
            .flat_map(|object| match SignedData::parse(object.bytes()) {
                Ok(signed) => signed.certificates().to_vec(),
                Err(_) => vec![object.bytes().to_vec()],
            });
    let ders: Vec<Vec<u8>> = ders.take(MAX_AT_ADDRESS).collect();
    ders.into_iter()
        .filter_map(|der| Certificate::parse(&der).ok())
}
