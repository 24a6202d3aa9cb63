//! Signing files of any size in constant memory.

use super::{
    Outcome,
    console::Console,
    containers::shown,
    keys::{self, named},
    output::{Outputs, Target, create_beside},
};
use crate::{
    failure::{Error, Storage as _},
    folder::name_of,
    keys::{certificate_of, pkcs12, software::FileKey},
    session::Surroundings,
    sign::{Signer, Unlocking},
};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};
use tamga_core::{
    algorithm::{Digest, DigestAlgorithm},
    cms::{CmsFormat, Placement},
    failure::{ErrorCode, Failure},
    protocol::{KeyEntry, KeyHome},
    secret::Secret,
    text::Catalogue,
};

/// How much of a document is in memory, in bytes.
const PIECE: usize = 256 << 10;

/// What to sign, and how.
#[derive(Args, Debug)]
pub(super) struct Request {
    /// The certificate's id as `list` has it, or its beginning. Not needed if there is only one.
    #[arg(long, value_name = "ID")]
    key: Option<String>,
    /// A PKCS#12 file to sign with, rather than a key that was added.
    #[arg(long, value_name = "P12")]
    file: Option<PathBuf>,
    /// Put the document into the signature.
    #[arg(long, conflicts_with = "detached")]
    attached: bool,
    /// Leave the document outside of the signature (as it is anyway).
    #[arg(long)]
    detached: bool,
    /// Which signature to make.
    #[arg(long, value_enum, default_value_t = Format::CadesBes)]
    format: Format,
    /// RSA keys: PSS rather than PKCS#1 v1.5.
    #[arg(long)]
    pss: bool,
    /// Sign with a token even if one more wrong PIN locks it.
    #[arg(long)]
    last_try: bool,
    /// The signature's file, which must not be there yet; for several documents, a folder. Otherwise signatures lie
    /// beside the documents. Where a name is taken, the signature gets another one: act (2).txt.p7s.
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Replace files that are there already; but never a document or the key file.
    #[arg(long)]
    force: bool,
    /// The documents.
    #[arg(required = true, value_name = "FILE")]
    documents: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    Cms,
    CadesBes,
}

/// What became of one document.
#[derive(Serialize)]
struct Signed {
    document: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<PathBuf>,
    /// What the signature would be called if there were no such file already.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
}

/// `tamga-host sign`
pub(super) fn sign(
    request: &Request,
    surroundings: &mut Surroundings,
    console: &Console,
) -> Result<Outcome, Error> {
    let in_use = request.documents.iter().chain(&request.file);
    let mut outputs = Outputs::new(request.force, in_use.map(PathBuf::as_path));
    outputs.keep_folder(&surroundings.folders.data);
    for document in &request.documents {
        outputs.check(&request.target_for(document))?;
    }
    let signer = unlock(request, &mut outputs, surroundings, console)?;
    let mut all = Vec::new();
    for document in &request.documents {
        let target = request.target_for(document);
        let signed = sign_one(
            request,
            document,
            &target,
            &signer,
            &mut outputs,
            surroundings,
        );
        all.push(Signed::of(document, &target, signed));
    }
    console.result(&all, |texts| {
        all.iter().map(|signed| signed.line(texts)).collect()
    });
    let failed = all.iter().any(|signed| signed.failure.is_some());
    Ok(if failed {
        Outcome::Failed
    } else {
        Outcome::Done
    })
}

impl Signed {
    fn of(document: &Path, target: &Target, signed: Result<PathBuf, Error>) -> Self {
        let mut all = Self {
            document: document.to_owned(),
            signature: None,
            taken: None,
            failure: None,
        };
        match signed {
            Ok(signature) => {
                all.taken = (signature != target.path()).then(|| target.path().to_owned());
                all.signature = Some(signature);
            }
            Err(error) => all.failure = Some(named(error, document)),
        }
        all
    }

    fn line(&self, texts: &Catalogue) -> String {
        if let Some(failure) = &self.failure {
            return texts.error(failure);
        }
        let path = |path: &Option<PathBuf>| path.as_deref().map(shown).unwrap_or_default();
        let (signature, taken) = (path(&self.signature), path(&self.taken));
        let values = [
            ("document", &*shown(&self.document)),
            ("signature", &signature),
            ("taken", &taken),
        ];
        match self.taken {
            None => texts.text("cli_signed", &values),
            Some(_) => texts.text("cli_signed_beside", &values),
        }
    }
}

fn unlock(
    request: &Request,
    outputs: &mut Outputs,
    surroundings: &Surroundings,
    console: &Console,
) -> Result<Signer, Error> {
    let now = (surroundings.clock)();
    let wanted = request.key.as_deref().unwrap_or_default();
    let Some(path) = &request.file else {
        let sources = surroundings.sources();
        let keys = crate::keys::list(&sources, &mut |_| {}).keys;
        let key = chosen(&keys, wanted)?;
        // Nobody shall type a password for a certificate that may not sign.
        let owner = fit_owner(key, now)?;
        if let KeyHome::Cryptopro { folder, .. } = &key.home {
            outputs.keep_folder(Path::new(folder));
        }
        let password = |key: &KeyEntry| match key.passwordless {
            true => Ok(Secret::new(String::new())),
            false => console.password(&owner),
        };
        let unlocking = Unlocking {
            certificate: &key.id,
            token: key.home.token(),
            home: Some(&key.home),
            password: &password,
            last_try: request.last_try,
            pss: request.pss,
            now,
        };
        let unlocked = Signer::unlock(&sources, &unlocking);
        let of_key = |error| Failure::from(error).or_of(key.home.name());
        return Ok(unlocked.map_err(of_key)?);
    };
    let file = keys::read(path)?;
    let password = console.password(&name_of(path))?;
    of_file(&file, &password, wanted)
        .and_then(|key| Signer::new(Box::new(key), request.pss, now))
        .map_err(|error| named(error, path).into())
}

/// The key of a PKCS#12 file whose certificate's id begins so.
fn of_file(file: &[u8], password: &Secret, wanted: &str) -> Result<FileKey, Error> {
    let mut keys = pkcs12::contents(file, password)?;
    let ids: Vec<_> = keys.iter().map(|key| id_of(&key.certificate)).collect();
    let id = the_only(ids.iter().map(|id| &**id), wanted)?;
    let index = ids.iter().position(|other| other == id);
    FileKey::new(keys.swap_remove(index.ok_or(ErrorCode::CertificateNotFound)?))
}

/// The key whose id begins so; one that can sign, if there is any.
fn chosen<'a>(keys: &'a [KeyEntry], wanted: &str) -> Result<&'a KeyEntry, Error> {
    let meant = |key: &&KeyEntry| key.id.starts_with(wanted);
    let able: Vec<&KeyEntry> = keys
        .iter()
        .filter(meant)
        .filter(|key| key.problem.is_none())
        .collect();
    let all = keys.iter().filter(meant).collect();
    let candidates = if able.is_empty() { all } else { able };
    let id = the_only(candidates.iter().map(|key| &*key.id), wanted)?;
    let key = candidates.into_iter().find(|key| key.id == id);
    let key = key.ok_or(ErrorCode::CertificateNotFound)?;
    match key.problem {
        Some(problem) => Err(Failure::of(problem, key.home.name()).into()),
        None => Ok(key),
    }
}

/// Whose certificate this is, if it may sign.
fn fit_owner(key: &KeyEntry, now: u64) -> Result<String, Error> {
    let certificate = certificate_of(key)?;
    let owner = certificate.view(now).owner;
    match certificate.fitness(now) {
        Ok(()) => Ok(owner),
        Err(problem) => Err(Failure::of(problem, owner).into()),
    }
}

/// The one id that begins like this. The same key may be there more than once.
fn the_only<'a>(ids: impl Iterator<Item = &'a str>, beginning: &str) -> Result<&'a str, Error> {
    let none = match beginning {
        "" => ErrorCode::CertificateNotFound.into(),
        beginning => Failure::of(ErrorCode::CertificateNotFound, beginning),
    };
    let mut found = None;
    for id in ids.filter(|id| id.starts_with(beginning)) {
        if found.is_some_and(|other| other != id) {
            return Err(none.into());
        }
        found = Some(id);
    }
    Ok(found.ok_or(none)?)
}

fn id_of(certificate: &[u8]) -> String {
    DigestAlgorithm::Sha256.digest(certificate).hex().to_owned()
}

fn sign_one(
    request: &Request,
    document: &Path,
    target: &Target,
    signer: &Signer,
    outputs: &mut Outputs,
    surroundings: &mut Surroundings,
) -> Result<PathBuf, Error> {
    let (digest, size) = digest_of(document, signer.digest_algorithm(), &mut io::sink())?;
    let placement = if request.attached {
        Placement::Attached { size }
    } else {
        Placement::Detached
    };
    let format = match request.format {
        Format::Cms => CmsFormat::Cms,
        Format::CadesBes => CmsFormat::CadesBes,
    };
    let signed = signer.sign(&digest, format, placement, &mut *surroundings.random)?;
    let signed = signed.finish()?;
    let original = if request.attached {
        Some(document.metadata().reading()?)
    } else {
        None
    };
    let mut file = create_beside(target, original.as_ref()).writing("writing a signature")?;
    file.write_all(&signed.head)
        .writing("writing a signature")?;
    if request.attached {
        let (copied, _) = digest_of(document, digest.algorithm(), &mut file)?;
        if copied != digest {
            return Err(ErrorCode::ContentChanged.into());
        }
    }
    file.write_all(&signed.tail)
        .writing("writing a signature")?;
    let whole = file.as_file().sync_all();
    whole.writing("writing a signature")?;
    outputs.place(file, target)
}

/// Copies a document; gives its digest and its size.
///
/// # Errors
/// When it cannot be read, or the copy cannot be written.
pub(super) fn digest_of(
    document: &Path,
    algorithm: DigestAlgorithm,
    copy: &mut impl io::Write,
) -> Result<(Digest, u64), Error> {
    let mut file = File::open(document).reading()?;
    let mut hasher = algorithm.hasher();
    let mut piece = vec![0; PIECE];
    let mut size = 0;
    loop {
        let length = match file.read(&mut piece) {
            Ok(0) => return Ok((hasher.finish(), size)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            length => length.reading()?,
        };
        let read = piece.get(..length).unwrap_or_default();
        hasher.update(read);
        copy.write_all(read).writing("writing a signature")?;
        size += u64::try_from(length).unwrap_or(u64::MAX);
    }
}

impl Request {
    fn target_for(&self, document: &Path) -> Target {
        let ending = if self.attached { ".p7m" } else { ".p7s" };
        let mut name = document.file_name().unwrap_or_default().to_owned();
        name.push(ending);
        match &self.output {
            Some(folder) if self.documents.len() > 1 || folder.is_dir() => {
                Target::Suggested(folder.join(name))
            }
            Some(file) => Target::Exact(file.clone()),
            None => Target::Suggested(document.with_file_name(name)),
        }
    }
}
