//! Copying keys: between containers, between PKCS#12 files, and from the one into the other.

use super::{
    Outcome,
    console::Console,
    containers::{current_password, name, read as read_container, shown},
    keys::{named, read as read_file, unlock},
};
use crate::{
    failure::Error,
    files::name_of,
    keys::{Random, cryptopro, key_input::key_file, pkcs12},
    session::HostContext,
};
use clap::ValueEnum;
use std::path::Path;
use tamga_core::{
    failure::{ErrorCode, Failure},
    pkcs12::{Cancel, Scheme, open_with},
    secret::Secret,
};

/// The endings by which a PKCS#12 file is known before it is there.
const KEY_FILE_ENDINGS: [&str; 2] = ["p12", "pfx"];

/// What encrypts the keys of a container in a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Cipher {
    /// As RFC 9548 has it.
    Kuznyechik,
    /// For programs that do not know it yet, as OpenSSL's GOST engine.
    Gost28147,
}

impl Cipher {
    fn scheme(self) -> Scheme {
        match self {
            Self::Kuznyechik => Scheme::Kuznyechik,
            Self::Gost28147 => Scheme::Gost28147,
        }
    }
}

/// `tamga-host copy`
pub(super) fn copy(
    source: &Path,
    target: &Path,
    cipher: Cipher,
    context: &mut HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    if is_key_file(target) && target.symlink_metadata().is_ok() {
        // Checked before passwords are asked for.
        return Err(Failure::of(ErrorCode::FileExists, name_of(target)).into());
    }
    let random = &mut *(context.random)();
    let name = match source.is_dir() {
        true => of_container(source, target, cipher.scheme(), random, console),
        false => of_file(source, target, random, console),
    };
    // What is not said of a source is said of the target.
    let name = name.map_err(|error| named(error, target))?;
    let target = shown(target);
    console.result(&serde_json::json!({ "copied": target }), |texts| {
        vec![texts.text("cli_copied", &[("name", &name), ("folder", &target)])]
    });
    Ok(Outcome::Done)
}

/// Copies the keys of a container; gives its name. Another container keeps the password, in which the keys
/// stay sealed as they are.
fn of_container(
    source: &Path,
    target: &Path,
    scheme: Scheme,
    random: &mut Random,
    console: &Console,
) -> Result<String, Error> {
    let (path, container) = read_container(source)?;
    let name = name(&path, &container);
    let of_source = |error: Error| Error::from(named(error, &path));
    let password = current_password(&container, &name, console).map_err(of_source)?;
    if is_key_file(target) {
        let contents = container.to_key_file(&password);
        let contents = contents.map_err(|error| of_source(error.into()))?;
        let new = console.new_password(&name_of(target))?;
        if new.expose().is_empty() {
            // Without a password the copy would not be protected.
            return Err(ErrorCode::PasswordUnfit.into());
        }
        pkcs12::create(target, &contents, scheme, &new, random)?;
    } else {
        cryptopro::copy(&container, &password, target)?;
    }
    Ok(name)
}

/// Copies the keys of a PKCS#12 file; gives its name. Another file is the same to the last octet, its
/// password too.
fn of_file(
    source: &Path,
    target: &Path,
    random: &mut Random,
    console: &Console,
) -> Result<String, Error> {
    let name = name_of(source);
    let file = read_file(source)?;
    let of_source = |error: Error| Error::from(named(error, source));
    let key_file = key_file(&file).map_err(of_source)?;
    let open = |passwords: &[&Secret]| Ok(open_with(&key_file, passwords, &Cancel::default())?);
    let (contents, passwords) = unlock(&name, console, open).map_err(of_source)?;
    if is_key_file(target) {
        let passwords: Vec<&Secret> = passwords.iter().collect();
        pkcs12::copy(target, &key_file, &contents, &passwords)?;
    } else {
        let new = console.new_password(&name_of(target))?;
        cryptopro::create(target, &contents, &new, random)?;
    }
    Ok(name)
}

fn is_key_file(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    let mut known = KEY_FILE_ENDINGS.iter();
    known.any(|known| ending.eq_ignore_ascii_case(known))
}
