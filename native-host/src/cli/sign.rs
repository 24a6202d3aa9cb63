//! Signing files of any size in constant memory.

mod documents;

use super::{
    Outcome,
    console::Console,
    keys::{self, named},
    output::{Outputs, Target},
    tokens,
};
use crate::{
    audit::AuditLog,
    failure::Error,
    files::name_of,
    keys::{Credential, FoundKey, key_input::KeyInput, pkcs12, software::FileKey},
    session::HostContext,
    settings::administrator::Administrator,
    sign::{Signer, Unlocking},
};
use clap::{Args, builder::PossibleValuesParser};
use documents::{Signed, Work};
use std::path::{Path, PathBuf};
use tamga_core::{
    algorithm::{DigestAlgorithm, Padding},
    failure::{ErrorCode, Failure},
    format::{Placement, Profile},
    protocol::{KeyEntry, KeyLocation, Token},
    reason::most_telling,
    secret::Secret,
};

/// What to sign, and how.
#[derive(Args, Debug)]
pub(super) struct Request {
    /// The certificate's id as `list` has it, or its beginning. Not needed if there is only one.
    #[arg(long, value_name = "ID")]
    key: Option<String>,
    /// A PKCS#12 file to sign with, rather than a key that was added.
    #[arg(long, value_name = "P12")]
    file: Option<PathBuf>,
    /// The id of a token as `list` has it, or its beginning: sign with a certificate on it, also with one that it shows
    /// only after its PIN.
    #[arg(long, value_name = "ID", conflicts_with = "file")]
    token: Option<String>,
    /// Put the document into the signature.
    #[arg(long, conflicts_with = "detached")]
    attached: bool,
    /// Leave the document outside of the signature (as it is anyway).
    #[arg(long)]
    detached: bool,
    /// Which signature to make.
    #[arg(long, value_parser = PossibleValuesParser::new(Profile::names()), default_value = "cades-bes")]
    format: String,
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

/// `tamga-host sign`
pub(super) fn sign(
    request: &Request,
    context: &mut HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let in_use = request.documents.iter().chain(&request.file);
    let mut outputs = Outputs::new(request.force, in_use.map(PathBuf::as_path));
    outputs.keep_folder(&context.folders.data);
    let profile = request.profile()?;
    for document in &request.documents {
        outputs.check(&request.target_for(document, profile))?;
    }
    let signer = unlock(request, &mut outputs, context, console)?;
    let mut work = Work {
        request,
        profile,
        signer,
        outputs,
        log: AuditLog::of(&Administrator::of(&context.folders)),
        context,
    };
    let documents = request.documents.iter();
    let all: Vec<Signed> = documents.map(|document| work.sign(document)).collect();
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

fn unlock(
    request: &Request,
    outputs: &mut Outputs,
    context: &HostContext,
    console: &Console,
) -> Result<Signer, Error> {
    let now = (context.clock)();
    let wanted = request.key.as_deref().unwrap_or_default();
    let Some(path) = &request.file else {
        let sources = context.sources();
        let listing = crate::keys::list(&sources, &mut |_| {});
        let mut keys = listing.keys;
        if let Some(beginning) = &request.token {
            let token = tokens::the_only(listing.tokens, beginning, |_| true)?;
            keys.retain(|key| key.location.token() == Some(&token.id));
            let shown = keys.iter().any(|key| key.id.starts_with(wanted));
            if !shown && token.may_hold_private {
                return open_private(request, &token, context, console);
            }
        }
        let key = chosen(&keys, wanted)?;
        // Checked before the password is asked for.
        let owner = fit_owner(key, now)?;
        if let KeyLocation::Cryptopro { folder, .. } = &key.location {
            outputs.keep_folder(Path::new(folder));
        }
        let last_try = tokens::acknowledged(request.last_try);
        let credential = |key: &FoundKey| {
            let entry = &key.entry;
            Ok(match (entry.location.token(), entry.passwordless) {
                (Some(_), false) => Credential::Pin(console.password(&owner)?, last_try),
                (Some(_), true) => Credential::Reader(last_try),
                (None, false) => Credential::Password(console.password(&owner)?),
                (None, true) => Credential::None,
            })
        };
        let unlocking = Unlocking {
            certificate: &key.id,
            token: key.location.token(),
            location: Some(&key.location),
            credential: &credential,
            padding: request.padding(),
            now,
        };
        let unlocked = Signer::unlock(&sources, &unlocking);
        let of_key = |error| Failure::from(error).or_of(key.location.name());
        return Ok(unlocked.map_err(of_key)?);
    };
    let file = keys::read(path)?;
    let given = KeyInput::read(&[&file]).map_err(|error| named(error, path))?;
    let open = |passwords: &[&Secret]| of_file(&given, passwords, wanted);
    let key = match given.needs_password() {
        true => keys::unlock(&name_of(path), console, open).map(|(key, _)| key),
        false => open(&[]),
    };
    key.and_then(|key| Signer::new(Box::new(key), request.padding(), now))
        .map_err(|error| named(error, path).into())
}

/// The key of a certificate that the token shows only after its PIN, which is shown to it once.
fn open_private(
    request: &Request,
    token: &Token,
    context: &HostContext,
    console: &Console,
) -> Result<Signer, Error> {
    let wanted = request.key.as_deref().unwrap_or_default();
    let credential = tokens::ask_pin(console, token, request.last_try)?;
    let modules = &context.modules;
    modules
        .open_private(&token.id, wanted, &credential)
        .and_then(|key| Signer::new(key, request.padding(), (context.clock)()))
        .map_err(|error| Failure::from(error).or_of(&*token.name).into())
}

/// The key of a file whose certificate's id begins so.
fn of_file(given: &KeyInput, passwords: &[&Secret], wanted: &str) -> Result<FileKey, Error> {
    let mut keys = pkcs12::contents(given, passwords)?;
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
    let mut same = candidates.into_iter().filter(|key| key.id == id);
    let failures = same.clone().filter_map(failure_of);
    match most_telling(failures) {
        Some(failure) => Err(failure.into()),
        None => Ok(same.next().ok_or(ErrorCode::CertificateNotFound)?),
    }
}

/// Why nothing can be signed with a key.
fn failure_of(key: &KeyEntry) -> Option<Failure> {
    Some(Failure::of(key.problem?, key.location.name()))
}

/// Whose certificate this is, if it may sign.
fn fit_owner(key: &KeyEntry, now: u64) -> Result<String, Error> {
    let owner = key.view.owner.clone();
    match key.view.standing(now).problem {
        None => Ok(owner),
        Some(problem) => Err(Failure::of(problem, owner).into()),
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

impl Request {
    fn padding(&self) -> Padding {
        match self.pss {
            true => Padding::Pss,
            false => Padding::Pkcs1,
        }
    }

    /// # Errors
    /// `PROFILE_UNSUPPORTED`.
    fn profile(&self) -> Result<Profile, ErrorCode> {
        let placement = match self.attached {
            true => Placement::Attached,
            false => Placement::Detached,
        };
        Profile::named(&self.format, placement).ok_or(ErrorCode::ProfileUnsupported)
    }

    fn target_for(&self, document: &Path, profile: Profile) -> Target {
        let mut name = document.file_name().unwrap_or_default().to_owned();
        name.push(profile.ending());
        match &self.output {
            Some(folder) if self.documents.len() > 1 || folder.is_dir() => {
                Target::Suggested(folder.join(name))
            }
            Some(file) => Target::Exact(file.clone()),
            None => Target::Suggested(document.with_file_name(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &[u8] = include_bytes!("../../../wasm-core/tests/fixtures/english.der");

    fn key(id: &str, folder: &str, problem: Option<ErrorCode>) -> KeyEntry {
        let location = KeyLocation::Cryptopro {
            folder: folder.to_owned(),
            name: folder.to_owned(),
        };
        KeyEntry {
            id: id.to_owned(),
            problem,
            ..KeyEntry::read(CERTIFICATE, &location).unwrap()
        }
    }

    #[test]
    fn of_several_places_the_most_telling_problem_is_said() {
        let old = key("ab", "old", Some(ErrorCode::KeyExpired));
        let odd = key("ab", "odd", Some(ErrorCode::KeyUnsupported));
        let right = key("ab", "right", None);
        for keys in [[old.clone(), odd.clone()], [odd.clone(), old.clone()]] {
            let failure = chosen(&keys, "a").map_err(Failure::from).unwrap_err();
            assert_eq!(failure, Failure::of(ErrorCode::KeyExpired, "old"));
        }
        let keys = [odd, right.clone(), old];
        assert_eq!(chosen(&keys, "ab").unwrap().location, right.location);
    }
}
