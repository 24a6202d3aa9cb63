//! Key containers: what is in them, and their passwords.

use super::{
    Outcome,
    console::Console,
    keys::{Listed, named},
};
use crate::{
    failure::{Error, Storage as _},
    files::name_of,
    keys::cryptopro,
    session::HostContext,
};
use serde::Serialize;
use std::path::{Path, PathBuf};
use tamga_core::{
    cryptopro::{Container, ContainerError, Part, Slot, SlotName},
    failure::{ErrorCode, Failure},
    secret::Secret,
    text::Catalogue,
};

/// What a container holds, as far as it can be seen without its password.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Contents {
    kind: &'static str,
    name: String,
    folder: String,
    has_password: bool,
    /// The end of the keys' own term, Unix time.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<u64>,
    /// Whether sites can have something signed with it.
    within_reach: bool,
    keys: Vec<KeyInside>,
}

/// One of a container's keys.
#[derive(Serialize)]
struct KeyInside {
    slot: &'static str,
    /// Its name in texts.
    #[serde(skip)]
    words: &'static str,
    exportable: bool,
    /// Whether the key was opened: that takes no password where there is none.
    opened: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    #[serde(flatten)]
    certificate: Option<Listed>,
}

/// `tamga-host inspect` of a container.
pub(super) fn inspect(
    path: &Path,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    if cryptopro::read(path).is_none() {
        return Err(Failure::of(ErrorCode::ContainerMissing, shown(path)).into());
    }
    let (path, container) = read(path)?;
    let now = (context.clock)();
    let expired = container.expires().is_some_and(|end| now > end);
    let folder = shown(&path);
    let reached = cryptopro::Containers::new(&context.folders, now).folders();
    let within_reach = reached.is_ok_and(|folders| folders.contains(&path));
    let inside = |slot: &Slot| {
        let opened = match container.has_password() {
            true => slot.check().map(|()| false),
            false => {
                let opened = container.open(slot.name(), &Secret::new(String::new()));
                opened.map(|_| true)
            }
        };
        let certificate = slot.certificate();
        let term = expired.then_some(ErrorCode::KeyExpired);
        let (name, words) = match slot.name() {
            SlotName::Primary => ("primary", "cli_slot_primary"),
            SlotName::Secondary => ("secondary", "cli_slot_secondary"),
        };
        KeyInside {
            slot: name,
            words,
            exportable: slot.exportable(),
            opened: opened.clone().unwrap_or_default(),
            failure: opened.err().map(Failure::from),
            certificate: certificate.map(|der| Listed::certificate(der, term, now)),
        }
    };
    let contents = Contents {
        kind: "container",
        name: name(&path, &container),
        folder,
        has_password: container.has_password(),
        expires: container.expires(),
        within_reach,
        keys: container.slots().iter().map(inside).collect(),
    };
    console.result(&contents, |texts| contents.lines(texts));
    let sound = contents.keys.iter().all(|key| key.failure.is_none());
    Ok(if sound {
        Outcome::Done
    } else {
        Outcome::Failed
    })
}

impl Contents {
    fn lines(&self, texts: &Catalogue) -> Vec<String> {
        let place = [("name", &*self.name), ("folder", &*self.folder)];
        let mut lines = vec![texts.text("home_cryptopro", &place)];
        lines.push(texts.plain(match self.has_password {
            true => "cli_container_locked",
            false => "cli_passwordless",
        }));
        lines.extend(self.keys.iter().map(|key| key.lines(texts)));
        if !self.within_reach {
            lines.push(texts.text("cli_container_reach", &place));
        }
        lines
    }
}

impl KeyInside {
    fn lines(&self, texts: &Catalogue) -> String {
        let exportable = match self.exportable {
            true => "cli_key_exportable",
            false => "cli_key_not_exportable",
        };
        let mut lines = vec![texts.plain(self.words), texts.plain(exportable)];
        match &self.certificate {
            Some(certificate) => lines.push(certificate.lines(texts)),
            None => lines.push(texts.error(&ErrorCode::CertificateMissing.into())),
        }
        if self.opened && self.certificate.is_some() {
            lines.push(texts.plain("cli_key_opened"));
        }
        lines.extend(self.failure.iter().map(|failure| texts.error(failure)));
        lines.join("\n  ")
    }
}

/// `tamga-host password` of a container.
pub(super) fn change_password(
    path: &Path,
    context: &mut HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let (path, container) = read(path)?;
    let name = name(&path, &container);
    let old = current_password(&container, &name, console)?;
    let new = console.new_password(&name)?;
    let data = &context.folders.data;
    let mut random = (context.random)();
    cryptopro::change_password(data, &path, &container, &old, &new, &mut *random)?;
    let word = match new.expose() {
        "" => "cli_password_removed",
        _ => "cli_password_changed",
    };
    console.result(&serde_json::json!({ "changed": shown(&path) }), |texts| {
        vec![texts.text(word, &[("name", &name)])]
    });
    Ok(Outcome::Done)
}

/// The path in full and what is there.
pub(super) fn read(path: &Path) -> Result<(PathBuf, Container), Error> {
    // The target of a symbolic link is what is replaced.
    let full = path.canonicalize().reading();
    let path = full.map_err(|error| named(error, path))?;
    let header = path.join(Part::Header.file_name());
    let missing = || Failure::of(ErrorCode::ContainerIncomplete, shown(&header));
    let files = cryptopro::read(&path).ok_or_else(missing)?;
    Ok((path, Container::parse(files)?))
}

/// What the container is called, for people.
pub(super) fn name(path: &Path, container: &Container) -> String {
    container.name().unwrap_or_else(|| name_of(path))
}

/// The password that the container has, tried at once: there is no use in asking for another one first.
pub(super) fn current_password(
    container: &Container,
    name: &str,
    console: &Console,
) -> Result<Secret, Error> {
    if !container.has_password() {
        return Ok(Secret::new(String::new()));
    }
    let password = console.password(name)?;
    let slots = container.slots().iter();
    let first = slots.map(|slot| slot.name()).next();
    match container.open(first.unwrap_or(SlotName::Primary), &password) {
        Err(wrong @ ContainerError::PasswordWrong) => Err(wrong.into()),
        _ => Ok(password),
    }
}

/// A path as it is shown.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}
