//! A folder of certificates that are trusted: the person's own, and the administrator's.

use crate::{
    failure::{Error, Storage as _},
    files::{self, Access},
    ownership::Trust,
    settings::administrator::Administrator,
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
    protocol::{MAX_ANCHOR_FILE, TrustSource, TrustSourceKind},
    trust::{Anchor, AnchorClass},
};

/// The folder's name, in the host's own and in the administrator's.
const FOLDER: &str = "trust";
const ENDING: &str = "cer";
/// The most files that are read.
const MAX_FILES: usize = 1000;
const READING: &str = "reading the trusted certificates";
const WRITING: &str = "keeping a trusted certificate";

/// A folder of trusted certificates.
#[derive(Debug)]
pub struct AnchorFolder {
    path: PathBuf,
    kind: TrustSourceKind,
    /// Who may have written the files, where that matters.
    owner: Option<Trust>,
}

/// What a folder holds.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) source: TrustSource,
    pub(super) anchors: Vec<Anchor>,
}

impl AnchorFolder {
    /// The person's own, in the host's data folder.
    pub fn of_person(data: &Path) -> Self {
        Self {
            path: data.join(FOLDER),
            kind: TrustSourceKind::Person,
            owner: None,
        }
    }

    /// The administrator's: in this folder, or where the settings have it.
    pub(super) fn of_administrator(system: &Path, settings: &Administrator, owner: Trust) -> Self {
        let moved = settings.authorities.clone();
        Self {
            path: moved.unwrap_or_else(|| system.join(FOLDER)),
            kind: TrustSourceKind::Administrator,
            owner: Some(owner),
        }
    }

    /// Nothing of what is in it counts.
    pub(super) fn without(&self) -> Held {
        Held {
            source: self.source(Vec::new()),
            anchors: Vec::new(),
        }
    }

    /// What is in it. A file that cannot be read takes no other away.
    pub(super) fn read(&self) -> Held {
        let mut problems = Vec::new();
        let mut certificates: Vec<Certificate> = Vec::new();
        for path in self.files(&mut problems) {
            match self.file(&path) {
                Ok(found) => certificates.extend(found),
                Err(failure) => problems.push(failure),
            }
        }
        certificates.sort_by(|one, other| one.der().cmp(other.der()));
        certificates.dedup_by(|one, other| one.der() == other.der());
        Held {
            source: self.source(problems).holding(certificates.iter()),
            anchors: certificates
                .into_iter()
                .map(|it| Anchor::new(it, AnchorClass::User))
                .collect(),
        }
    }

    fn source(&self, problems: Vec<Failure>) -> TrustSource {
        TrustSource {
            kind: self.kind,
            name: String::new(),
            country: None,
            origin: self.path.display().to_string(),
            version: None,
            date: None,
            count: 0,
            certificates: Vec::new(),
            imported: None,
            problems,
        }
    }

    /// The files in the folder; none where there is none.
    fn files(&self, problems: &mut Vec<Failure>) -> Vec<PathBuf> {
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
            Err(_) => {
                let folder = self.path.display().to_string();
                problems.push(Failure::of(ErrorCode::FileUnreadable, folder));
                return Vec::new();
            }
        };
        let paths = entries.flatten().map(|entry| entry.path());
        let endings = [ENDING, "crt", "der", "pem"];
        let is_certificate = |path: &PathBuf| {
            let ending = path.extension().and_then(|ending| ending.to_str());
            ending.is_some_and(|it| endings.contains(&it.to_ascii_lowercase().as_str()))
        };
        let mut paths: Vec<_> = paths.filter(is_certificate).take(MAX_FILES).collect();
        paths.sort();
        paths
    }

    fn file(&self, path: &Path) -> Result<Vec<Certificate>, Failure> {
        if let Some(owner) = self.owner {
            owner.check(path)?;
        }
        let name = files::name_of(path);
        let file = files::read(path, MAX_ANCHOR_FILE);
        let file = file.map_err(|_| Failure::of(ErrorCode::FileUnreadable, &name))?;
        authorities(&file).map_err(|code| Failure::of(code, &name))
    }

    /// Trusts a certificate from now on.
    ///
    /// # Errors
    /// `CERTIFICATE_NOT_AUTHORITY`, `STORAGE_FAILED`
    pub fn add(&self, certificate: &Certificate) -> Result<(), Error> {
        if !Anchor::may_be(certificate) {
            let owner = certificate.view().owner;
            return Err(Failure::of(ErrorCode::CertificateNotAuthority, owner).into());
        }
        files::create_private(&self.path).storing(WRITING)?;
        let path = self.path_of(&certificate.id());
        files::replace(&path, certificate.der(), Access::Private).storing(WRITING)
    }

    /// Trusts a certificate no more; its id is the SHA-256 of its DER.
    ///
    /// # Errors
    /// `CERTIFICATE_NOT_FOUND`, `STORAGE_FAILED`
    pub fn remove(&self, id: &str) -> Result<(), Error> {
        let is_id = id.len() == 64 && id.bytes().all(|it| it.is_ascii_hexdigit());
        let path = self.path_of(&id.to_ascii_lowercase());
        let removed = is_id && files::if_there(fs::remove_file(path)).storing(WRITING)?;
        if !removed {
            return Err(Failure::of(ErrorCode::CertificateNotFound, id).into());
        }
        files::synchronise(&self.path).storing(WRITING)
    }

    /// Trusts nobody of these any more.
    ///
    /// # Errors
    /// `STORAGE_FAILED`
    pub fn remove_all(&self) -> Result<(), Error> {
        files::if_there(fs::remove_dir_all(&self.path))
            .storing(READING)
            .map(drop)
    }

    fn path_of(&self, id: &str) -> PathBuf {
        self.path.join(format!("{id}.{ENDING}"))
    }
}

/// The certificates of authorities that a file holds: DER, PEM or base64, each by itself or several in a .p7b, of which
/// those of others are passed over.
///
/// # Errors
/// `CERTIFICATE_MALFORMED` where there is no certificate, `CERTIFICATE_NOT_AUTHORITY` where one is nobody's who issues any.
pub fn authorities(file: &[u8]) -> Result<Vec<Certificate>, ErrorCode> {
    let mut all = Vec::new();
    for object in pem::objects(file) {
        match Certificate::parse(object.bytes()) {
            Ok(certificate) => all.push(certificate),
            Err(_) => all.extend(of_bundle(object.bytes())?),
        }
    }
    match all.as_slice() {
        [] => Err(ErrorCode::CertificateMalformed),
        all if all.iter().all(Anchor::may_be) => Ok(all.to_vec()),
        _ => Err(ErrorCode::CertificateNotAuthority),
    }
}

/// The authorities in SignedData (.p7b, .p7c), which chains are given in: certificates of people come with them.
fn of_bundle(der: &[u8]) -> Result<Vec<Certificate>, ErrorCode> {
    let signed = SignedData::parse(der).map_err(|_| ErrorCode::CertificateMalformed)?;
    let parsed = signed
        .certificates()
        .iter()
        .map(|der| Certificate::parse(der));
    let all = parsed.collect::<Result<Vec<_>, _>>();
    let mut all = all.map_err(|_| ErrorCode::CertificateMalformed)?;
    let is_empty = all.is_empty();
    all.retain(Anchor::may_be);
    match all.is_empty() && !is_empty {
        true => Err(ErrorCode::CertificateNotAuthority),
        false => Ok(all),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
