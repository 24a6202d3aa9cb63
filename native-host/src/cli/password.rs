//! Changing the password of a key.

use super::{
    Outcome,
    console::Console,
    containers,
    keys::{read, unlock},
};
use crate::{
    failure::Error,
    files::name_of,
    keys::{key_input::key_file, pkcs12::change_password},
    session::HostContext,
};
use std::path::Path;
use tamga_core::{
    failure::ErrorCode,
    pkcs12::{Cancel, open_with},
    secret::Secret,
};

/// A kind of key whose password can be changed.
struct Kind {
    is: fn(&Path) -> bool,
    change: fn(&Path, &mut HostContext, &Console) -> Result<Outcome, Error>,
}

/// The first that fits counts.
const KINDS: [Kind; 2] = [
    Kind {
        is: Path::is_dir,
        change: containers::change_password,
    },
    Kind {
        is: |_| true,
        change: of_pkcs12,
    },
];

/// `tamga-host password`
pub(super) fn password(
    path: &Path,
    context: &mut HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let kind = KINDS.iter().find(|kind| (kind.is)(path));
    let kind = kind.ok_or(ErrorCode::KeyFileMalformed)?;
    (kind.change)(path, context, console)
}

fn of_pkcs12(path: &Path, context: &mut HostContext, console: &Console) -> Result<Outcome, Error> {
    let name = name_of(path);
    let file = read(path)?;
    let key_file = key_file(&file)?;
    let cancel = Cancel::default();
    let open = |passwords: &[&Secret]| Ok(open_with(&key_file, passwords, &cancel)?);
    let (contents, _) = unlock(&name, console, open)?;
    let new = console.new_password(&name)?;
    if new.expose().is_empty() {
        return Err(ErrorCode::PasswordUnfit.into());
    }
    change_password(path, &file, &contents, &new, &mut *(context.random)())?;
    let copy = context.key_files(&cancel).copy_of(&key_file);
    let result = serde_json::json!({ "changed": path, "copyWithOldPassword": copy });
    console.result(&result, |texts| {
        let changed = texts.text("cli_password_changed", &[("name", &name)]);
        let of_copy = copy.map(|copy| texts.text("cli_password_of_copy", &[("copy", &copy)]));
        [changed].into_iter().chain(of_copy).collect()
    });
    Ok(Outcome::Done)
}
