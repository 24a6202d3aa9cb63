//! The commands that add and remove key files, and change passwords.

use super::Session;
use crate::{
    failure::Error,
    keys::{
        cryptopro::{self, Containers},
        key_input::KeyInput,
        pkcs12,
    },
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{ffi::OsStr, io::Write, sync::Arc};
use tamga_core::{
    failure::ErrorCode,
    pkcs12::Cancel,
    protocol::{KeyFilePassword, KeyLocation, Reply},
    secret::Secret,
};
use zeroize::Zeroizing;

impl<W: Write> Session<W> {
    /// Says what a file is before its password is asked for.
    pub(super) fn inspect_key_file(
        &mut self,
        id: u32,
        name: String,
        content: String,
    ) -> Result<(), Error> {
        self.start(id, move |_| {
            let password = match given(&name, &content)?.needs_password() {
                true => KeyFilePassword::OfFile,
                false => KeyFilePassword::New,
            };
            Ok(Reply::KeyFileInspected { password })
        })
    }

    /// Adds a key file, whose content is base64. Making keys of passwords takes its time.
    pub(super) fn add_key_file(
        &mut self,
        id: u32,
        name: String,
        content: String,
        passwords: [Option<Secret>; 2],
    ) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |task| {
            let given = given(&name, &content)?;
            let salt = pkcs12::salt(&mut *(context.random)())?;
            let passwords: Vec<&Secret> = passwords.iter().flatten().collect();
            let key_files = context.key_files(task.cancel());
            let keys = key_files.add(&name, &given, &passwords, &salt)?;
            Ok(Reply::KeyFileAdded { keys })
        })
    }

    /// Removes the host's copy of a key file.
    pub(super) fn remove_key_file(&mut self, id: u32, key_file: String) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |_| {
            context.key_files(&Cancel::default()).remove(&key_file)?;
            Ok(Reply::KeyFileRemoved {})
        })
    }

    /// Gives a copy of a key file, or a container, another password.
    pub(super) fn change_key_password(
        &mut self,
        id: u32,
        location: KeyLocation,
        passwords: [Option<Secret>; 2],
        new: Secret,
    ) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |task| {
            let passwords: Vec<&Secret> = passwords.iter().flatten().collect();
            let random = &mut *(context.random)();
            match location {
                KeyLocation::Pkcs12 { key_file, .. } => {
                    let key_files = context.key_files(task.cancel());
                    key_files.change_password(&key_file, &passwords, &new, random)?;
                }
                KeyLocation::Cryptopro { .. } => {
                    let containers = Containers::new(&context.folders, (context.clock)());
                    let old = passwords.first().ok_or(ErrorCode::RequestMalformed)?;
                    containers.change_password(&location, old, &new, random)?;
                }
                KeyLocation::Token { .. } => return Err(ErrorCode::RequestMalformed.into()),
            }
            Ok(Reply::KeyPasswordChanged {})
        })
    }
}

/// What the file of this name holds; its content is base64.
fn given(name: &str, content: &str) -> Result<KeyInput, Error> {
    let file = BASE64_STANDARD.decode(content).map(Zeroizing::new);
    let file = file.map_err(|_| ErrorCode::RequestMalformed)?;
    let input = KeyInput::read(&[&file]);
    match input {
        // Nothing in the file says so.
        Err(_) if cryptopro::is_part_name(OsStr::new(name)) => Err(ErrorCode::ContainerFile.into()),
        input => input,
    }
}
