//! A person's computer: a home folder, the PKCS#11 modules that are installed, and nothing else.

use crate::host::{Host, command};
use serde_json::json;
use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};
use tempfile::TempDir;

/// A computer.
#[derive(Debug)]
pub struct Computer {
    folder: TempDir,
    variables: Vec<(&'static str, OsString)>,
    logs: AtomicU32,
}

impl Computer {
    /// With these modules.
    pub fn new(modules: &[&Path]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let computer = Self {
            variables: vec![
                ("TAMGA_HOME", folder.path().join("data").into()),
                ("TAMGA_SYSTEM", folder.path().join("system").into()),
            ],
            folder,
            logs: AtomicU32::new(0),
        };
        for name in ["home", "data", "system"] {
            fs::create_dir(computer.folder.path().join(name)).unwrap();
        }
        fs::write(computer.data().join("modules.only"), "").unwrap();
        fs::write(
            computer.data().join("modules.json"),
            json!(modules).to_string(),
        )
        .unwrap();
        computer
    }

    /// The folder with the host's own files.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder with the administrator's settings, which are none.
    pub fn system(&self) -> PathBuf {
        self.folder.path().join("system")
    }

    /// And this in the environment.
    #[must_use]
    pub fn with(mut self, variable: &'static str, value: impl Into<OsString>) -> Self {
        self.variables.push((variable, value.into()));
        self
    }

    /// The person's home folder.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The host's program.
    pub fn command(&self) -> Command {
        let mut command = command(&self.home());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }

    /// A host that was greeted.
    pub fn host(&self) -> Host {
        self.host_logging("warn")
    }

    /// The same with so much in its log.
    pub fn host_logging(&self, level: &str) -> Host {
        let number = self.logs.fetch_add(1, Ordering::Relaxed);
        let log = self.folder.path().join(format!("log-{number}.txt"));
        let mut host = Host::start_as(self.command(), &log, level);
        host.greet();
        host
    }
}
