//! Listing, adding and removing keys.

use super::{Outcome, console::Console, tokens};
use crate::{
    failure::{Error, Storage as _},
    files::{self, name_of},
    keys::{
        self, cryptopro,
        key_input::{KeyInput, key_file},
        pkcs12,
    },
    session::HostContext,
};
use clap::Args;
use serde::Serialize;
use std::{
    io,
    path::{Path, PathBuf},
};
use tamga_core::{
    certificate::{Certificate, CertificateView, Standing},
    failure::{ErrorCode, Failure},
    pkcs12::Cancel,
    protocol::{KeyEntry, KeyLocation, MAX_KEY_FILE, Reader, Token, Unreadable},
    secret::Secret,
    text::Catalogue,
};
use zeroize::Zeroizing;

#[derive(Serialize)]
struct List {
    keys: Vec<Listed>,
    unreadable: Vec<Unreadable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<Token>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    readers_without_driver: Vec<Reader>,
}

/// A certificate as it stands now.
#[derive(Serialize)]
struct Shown {
    id: String,
    #[serde(flatten)]
    view: CertificateView,
    #[serde(flatten)]
    standing: Standing,
}

/// A key as it is listed.
#[derive(Serialize)]
pub(super) struct Listed {
    certificate: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<KeyLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ErrorCode>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    passwordless: bool,
}

/// What is listed.
#[derive(Args, Debug)]
pub(super) struct ListRequest {
    /// Also the certificates that a token shows only after its PIN, which is asked for.
    #[arg(long)]
    private: bool,
    /// The token's id as `list` has it, or its beginning. Not needed if only one can hold such certificates.
    #[arg(long, value_name = "ID", requires = "private")]
    token: Option<String>,
    /// Go on even if one more wrong PIN locks the token.
    #[arg(long, requires = "private")]
    last_try: bool,
}

/// `tamga-host list`
pub(super) fn list(
    request: &ListRequest,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    if request.private {
        let wanted = request.token.as_deref().unwrap_or_default();
        let tokens = keys::list(&context.sources(), &mut |_| {}).tokens;
        let token = tokens::the_only(tokens, wanted, |token| token.may_hold_private)?;
        let credential = tokens::ask_pin(console, &token, request.last_try)?;
        context.modules.read_private(&token.id, &credential)?;
    }
    let now = (context.clock)();
    let listing = keys::list(&context.sources(), &mut |_| {});
    let list = List {
        keys: listing
            .keys
            .into_iter()
            .map(|entry| Listed::of(entry, now))
            .collect(),
        unreadable: listing.unreadable,
        tokens: listing.tokens,
        readers_without_driver: listing.readers_without_driver,
    };
    console.result(&list, |texts| {
        let keys = list.keys.iter().map(|key| key.lines(texts));
        let unreadable = list.unreadable.iter();
        let failures = unreadable.map(|unreadable| {
            let container = unreadable
                .location
                .as_ref()
                .and_then(|location| container(texts, location));
            let said = texts.error(&unreadable.failure);
            container
                .into_iter()
                .chain([said])
                .collect::<Vec<_>>()
                .join("\n  ")
        });
        let tokens = list.tokens.iter().map(|token| token_lines(texts, token));
        let readers_without_driver = list
            .readers_without_driver
            .iter()
            .map(|reader| readers_without_driver(texts, reader));
        let lines: Vec<String> = keys
            .chain(tokens)
            .chain(readers_without_driver)
            .chain(failures)
            .collect();
        if lines.is_empty() {
            return vec![texts.plain("cli_no_keys")];
        }
        lines
    });
    // A computer without smart cards need not have their service.
    let service = [ErrorCode::ReadersMissing, ErrorCode::ReadersStopped];
    let mut failures = list.unreadable.iter().map(|it| it.failure.code);
    Ok(if failures.all(|code| service.contains(&code)) {
        Outcome::Done
    } else {
        Outcome::Failed
    })
}

/// `tamga-host add`. PKCS#12 files are added one by one; other files belong together.
pub(super) fn add(
    paths: &[PathBuf],
    context: &mut HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let is_key_file = |path: &PathBuf| read(path).is_ok_and(|file| key_file(&file).is_ok());
    let (key_files, parts): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.iter().cloned().partition(is_key_file);
    let parts = (!parts.is_empty()).then_some(&*parts);
    let mut added = Vec::new();
    for together in key_files.chunks(1).chain(parts) {
        added.extend(add_together(together, context, console)?);
    }
    console.result(&added, |texts| {
        added.iter().map(|key| key.lines(texts)).collect()
    });
    Ok(Outcome::Done)
}

fn add_together(
    paths: &[PathBuf],
    context: &mut HostContext,
    console: &Console,
) -> Result<Vec<Listed>, Error> {
    let path = paths.first().ok_or(ErrorCode::RequestMalformed)?;
    let name = name_of(path);
    let files: Result<Vec<_>, _> = paths.iter().map(|path| read(path)).collect();
    let files = files?;
    let files: Vec<&[u8]> = files.iter().map(|file| file.as_slice()).collect();
    let given = KeyInput::read(&files).map_err(|error| named(error, path))?;
    let salt = pkcs12::salt(&mut *(context.random)())?;
    let key_files = context.key_files(&Cancel::default());
    let open = |passwords: &[&Secret]| key_files.add(&name, &given, passwords, &salt);
    let added = match given.needs_password() {
        true => unlock(&name, console, open).map(|(added, _)| added),
        false => console.new_password(&name).and_then(|new| open(&[&new])),
    };
    let added = added.map_err(|error| named(error, path))?;
    let now = (context.clock)();
    let added = added.into_iter().map(|entry| Listed::of(entry, now));
    Ok(added.collect())
}

/// Opens a key file with its password, or with two where the key has another one than the file. Gives both too.
///
/// # Errors
/// What `open` says of the last ones; `PASSWORD_SECOND_NEEDED` when there is no second one to be had.
pub(super) fn unlock<T>(
    name: &str,
    console: &Console,
    open: impl Fn(&[&Secret]) -> Result<T, Error>,
) -> Result<(T, Vec<Secret>), Error> {
    let first = console.password(name)?;
    let needed = match open(&[&first]).map_err(Failure::from) {
        Ok(opened) => return Ok((opened, vec![first])),
        Err(failure) if failure.code == ErrorCode::PasswordSecondNeeded => failure,
        Err(failure) => return Err(failure.into()),
    };
    let second = console.secret("cli_password_second", name);
    let second = second.ok().filter(|second| !second.expose().is_empty());
    let second = second.ok_or(needed)?;
    let opened = open(&[&first, &second])?;
    Ok((opened, vec![first, second]))
}

/// `tamga-host remove`
pub(super) fn remove(id: &str, context: &HostContext, console: &Console) -> Result<Outcome, Error> {
    let removed = context.key_files(&Cancel::default()).remove(id);
    removed.map_err(|error| named(error, Path::new(id)))?;
    console.result(&serde_json::json!({ "removed": id }), |texts| {
        vec![texts.text("cli_removed", &[("name", id)])]
    });
    Ok(Outcome::Done)
}

/// Reads a key file of the person's.
///
/// # Errors
/// `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `KEY_FILE_MALFORMED` for one that is too large to be one; `KEY_IN_CONTAINER`,
/// `CONTAINER_FILE`.
pub(super) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    if path.is_dir() {
        return Err(Failure::of(ErrorCode::KeyInContainer, name_of(path)).into());
    }
    if cryptopro::is_part(path) {
        return Err(Failure::of(ErrorCode::ContainerFile, name_of(path)).into());
    }
    match files::read(path, MAX_KEY_FILE) {
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            Err(Failure::of(ErrorCode::KeyFileMalformed, name_of(path)).into())
        }
        file => {
            let file = file.reading().map_err(|error| named(error, path))?;
            Ok(Zeroizing::new(file))
        }
    }
}

/// An error that says what file it happened to.
pub(super) fn named(error: Error, path: &Path) -> Failure {
    Failure::from(error).or_of(name_of(path))
}

impl Listed {
    fn of(entry: KeyEntry, now: u64) -> Self {
        Self {
            location: Some(entry.location),
            passwordless: entry.passwordless,
            ..Self::shown(entry.id, entry.view, entry.problem, now)
        }
    }

    /// A certificate that is not in Tamga's folder.
    pub(super) fn certificate(der: &[u8], problem: Option<ErrorCode>, now: u64) -> Self {
        Self::parsed(der, problem, now, Certificate::view)
    }

    /// A certificate without a key.
    pub(super) fn without_key(der: &[u8], now: u64) -> Self {
        Self::parsed(der, None, now, Certificate::view_without_key)
    }

    fn parsed(
        der: &[u8],
        problem: Option<ErrorCode>,
        now: u64,
        view: fn(&Certificate) -> CertificateView,
    ) -> Self {
        match Certificate::parse(der) {
            Ok(certificate) => Self::shown(certificate.id(), view(&certificate), problem, now),
            Err(_) => Self {
                certificate: None,
                location: None,
                passwordless: false,
                problem: problem.or(Some(ErrorCode::CertificateMalformed)),
            },
        }
    }

    fn shown(id: String, view: CertificateView, problem: Option<ErrorCode>, now: u64) -> Self {
        let standing = view.standing(now);
        Self {
            certificate: Some(Shown { id, view, standing }),
            location: None,
            passwordless: false,
            problem: problem.or(standing.problem),
        }
    }

    /// As text for the terminal.
    pub(super) fn lines(&self, texts: &Catalogue) -> String {
        let mut lines = Vec::new();
        if let Some(Shown { id, view, standing }) = &self.certificate {
            let values = [
                ("owner", &*view.owner),
                ("issuer", filled(&view.issuer)),
                ("key", &view.key_words(texts)),
                ("id", id),
                ("days", &standing.days_left.to_string()),
            ];
            lines.push(texts.text("cli_key", &values));
        }
        if let Some(KeyLocation::Pkcs12 { key_file, name }) = &self.location {
            let values = [("name", &**name), ("copy", key_file)];
            lines.push(texts.text("cli_key_file", &values));
        }
        lines.extend(
            self.location
                .as_ref()
                .and_then(|location| container(texts, location)),
        );
        if self.passwordless {
            lines.push(texts.plain("cli_passwordless"));
        }
        if let Some(problem) = self.problem {
            lines.push(texts.error(&problem.into()));
        }
        lines.join("\n  ")
    }
}

/// What stands in a line in place of a value that is not there.
fn filled(value: &str) -> &str {
    match value.trim() {
        "" => "—",
        value => value,
    }
}

fn token_lines(texts: &Catalogue, token: &Token) -> String {
    let values = [
        ("name", filled(&token.name)),
        ("model", filled(&token.model)),
        ("serial", filled(&token.serial)),
        ("reader", filled(&token.reader)),
        ("driver", filled(&token.driver)),
        ("id", &token.id),
    ];
    let line = texts.text("cli_token", &values);
    if token.may_hold_private {
        let private = texts.text("cli_token_private", &[("id", &token.id)]);
        return [line, private].join("\n  ");
    }
    if !token.storage_only {
        return line;
    }
    let storage_only = ErrorCode::TokenStoresOnly.into();
    [line, texts.error(&storage_only), texts.help(&storage_only)].join("\n  ")
}

/// A card that no driver serves, and what to do about it.
fn readers_without_driver(texts: &Catalogue, reader: &Reader) -> String {
    let card = reader.card.as_ref();
    let name = card.map_or(&*reader.name, |card| &card.name);
    match card.and_then(|card| card.driver.as_deref()) {
        Some(driver) => texts.text("cli_card_unserved", &[("card", name), ("driver", driver)]),
        None => texts.text(
            "cli_card_unknown",
            &[("reader", &reader.name), ("card", name)],
        ),
    }
}

/// A container as a place of keys, in words.
fn container(texts: &Catalogue, location: &KeyLocation) -> Option<String> {
    match location {
        KeyLocation::Cryptopro { folder, name } => {
            let values = [("name", &**name), ("folder", folder)];
            Some(texts.text("home_cryptopro", &values))
        }
        KeyLocation::Token { name, .. } => Some(texts.text("home_token", &[("name", name)])),
        KeyLocation::Pkcs12 { .. } => None,
    }
}
