//! Key containers: their passwords.

use super::{Outcome, console::Console, keys::named};
use crate::{
    failure::{Error, Storage as _},
    folder::name_of,
    keys::cryptopro,
    session::Surroundings,
};
use std::path::{Path, PathBuf};
use tamga_core::{
    cryptopro::{Container, ContainerError, Part, SlotName},
    failure::{ErrorCode, Failure},
    secret::Secret,
};

/// `tamga-host password` of a container.
pub(super) fn change_password(
    path: &Path,
    surroundings: &mut Surroundings,
    console: &Console,
) -> Result<Outcome, Error> {
    let (path, container) = read(path)?;
    let name = name(&path, &container);
    let old = current_password(&container, &name, console)?;
    let new = console.new_password(&name)?;
    let random = &mut *surroundings.random;
    cryptopro::change_password(&path, &container, &old, &new, random)?;
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
    // Where a link leads: that is what is to be replaced.
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
