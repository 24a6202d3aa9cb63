//! The computer as the checks see it. All effects are in here; tests build one in a folder.

use super::{
    Found,
    elf::Machine,
    readers::{Service, ServiceState},
};
use crate::{
    directories::Folders,
    failure::{Error, Storage as _},
    files,
    keys::pkcs11::ModuleState,
    network::proxy::Proxy,
    program, readers,
    register::{self, Bus, Layout},
    session::HostContext,
    settings::Settings,
    trust::TrustStore,
};
use std::{
    collections::BTreeMap,
    env, fs,
    net::{TcpStream, ToSocketAddrs as _},
    path::{Component, Path, PathBuf},
    thread,
    time::Duration,
};
use tamga_core::{
    pkcs12::Cancel,
    protocol::{Fact, FaultCode, Finding, TrustSourceKind},
};

/// The largest file of text that is looked at, and the largest library, in bytes; the most entries of a folder.
const MAX_FILE: usize = 4 << 20;
const MAX_LIBRARY: usize = 64 << 20;
const MAX_ENTRIES: usize = 1000;
/// How long a proxy is waited for.
const PROXY_TIMEOUT: Duration = Duration::from_secs(2);
/// The variables that the checks look at.
const VARIABLES: [&str; 4] = ["LD_LIBRARY_PATH", "LD_PRELOAD", "SUDO_USER", "USER"];

/// A computer.
#[derive(Debug)]
pub struct System {
    /// Where browsers look for hosts.
    pub(super) layout: Layout,
    /// The program that runs.
    pub(super) program: PathBuf,
    /// Of the environment, those that matter.
    pub(super) variables: BTreeMap<&'static str, String>,
    /// The process that started this one.
    pub(super) parent: Option<u32>,
    /// Unix seconds.
    pub(super) now: u64,
    /// Of when the newest of the lists is that are part of the program, Unix time.
    pub(super) newest_list: i64,
    /// What the smart card service says.
    pub(super) service: Service,
    /// The PKCS#11 modules, and whether they work.
    pub(super) modules: Vec<ModuleState>,
    /// The proxy that is to be used, and whether it answers.
    pub(super) proxy: Option<(String, bool)>,
    /// Asks services of the person's session.
    pub(super) bus: Bus,
    /// The version of the extension that asks; nothing at a terminal.
    pub(super) extension: Option<String>,
}

impl System {
    /// This computer, for whoever asks: an extension of this version, or nobody but the person. Modules and the smart card
    /// service are asked beside each other.
    ///
    /// # Errors
    /// Where the program cannot be found.
    pub fn examined(
        context: &HostContext,
        extension: Option<String>,
        cancel: &Cancel,
    ) -> Result<Self, Error> {
        let modules = context.modules.until(cancel);
        let (service, modules) = thread::scope(|scope| {
            let service = scope.spawn(|| readers::probe(cancel));
            let modules = modules.examine();
            (service.join().unwrap_or_default(), modules)
        });
        let variable = |name: &&'static str| Some((*name, env::var(name).ok()?));
        Ok(Self {
            layout: Layout::of(context.folders.clone()),
            program: program::path().storing("finding the host")?.to_owned(),
            variables: VARIABLES.iter().filter_map(variable).collect(),
            parent: parent(),
            now: (context.clock)(),
            newest_list: newest_list(&context.folders),
            service,
            modules,
            proxy: proxy(&context.folders),
            bus: register::session_bus,
            extension,
        })
    }

    /// The folders of the person.
    pub(super) fn folders(&self) -> &Folders {
        self.layout.folders()
    }

    /// A path below the root, such as `etc/chromium`.
    pub(super) fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        self.layout.root().join(path)
    }

    /// What is in a library that may not be there, or be too large.
    pub(super) fn read_library(&self, path: &Path) -> Option<Vec<u8>> {
        files::read(path, MAX_LIBRARY).ok()
    }

    /// What is in a file that may not be there, or be too large.
    pub(super) fn read(&self, path: &Path) -> Option<String> {
        let content = files::read(path, MAX_FILE).ok()?;
        Some(String::from_utf8_lossy(&content).into_owned())
    }

    /// What is in a folder that may not be there, in order.
    pub(super) fn entries(&self, folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut entries: Vec<PathBuf> = entries.take(MAX_ENTRIES).map(|it| it.path()).collect();
        entries.sort();
        entries
    }

    /// A variable of the environment that is set.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(name)?;
        (!value.is_empty()).then_some(value)
    }

    /// The kind of processor that this program is for, where that is said as in ELF.
    pub(super) fn machine(&self) -> Option<Machine> {
        Machine::of(&self.program)
    }

    pub(super) fn finding(&self, code: FaultCode, found: Found) -> Finding {
        Finding {
            code,
            subject: found.subject,
            place: found.place.map(|place| self.shown(&place)),
            repairable: found.repairable,
        }
    }

    /// A path without names of people.
    pub(super) fn shown(&self, path: &Path) -> String {
        let home = &self.folders().home;
        if let Ok(below) = path.strip_prefix(home) {
            return Path::new("~").join(below).display().to_string();
        }
        let folder_of_homes = self.at("home");
        if path.starts_with(&folder_of_homes) {
            let file = path.file_name().map(Path::new).unwrap_or(path);
            return folder_of_homes.join("…").join(file).display().to_string();
        }
        let names = [home.file_name(), self.variable("USER").map(AsRef::as_ref)];
        let is_name = |part: &Component<'_>| names.contains(&Some(part.as_os_str()));
        let parts = path.components().map(|part| match is_name(&part) {
            true => Path::new("…").to_owned(),
            false => PathBuf::from(part.as_os_str()),
        });
        parts.collect::<PathBuf>().display().to_string()
    }

    /// What whoever helps wants to know.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let release = self.read(&self.at("etc/os-release")).unwrap_or_default();
        let mut names = release
            .lines()
            .filter_map(|line| line.strip_prefix("PRETTY_NAME="));
        let system = names
            .next()
            .map_or(env::consts::OS, |name| name.trim_matches('"'));
        let service = match self.service.state {
            ServiceState::Runs => "runs",
            ServiceState::Stopped => "stopped",
            ServiceState::Missing => "missing",
            ServiceState::Refuses => "refuses",
        };
        let readers = self.service.readers.iter().map(|reader| &*reader.name);
        let modules = self.modules.iter().map(|module| &*module.name);
        let fact = |name: &str, value: String| Fact {
            name: name.to_owned(),
            value,
        };
        let joined = |names: Vec<&str>| match names.is_empty() {
            true => "-".to_owned(),
            false => names.join(", "),
        };
        vec![
            fact("Tamga host", env!("CARGO_PKG_VERSION").to_owned()),
            fact("program", self.shown(&self.program)),
            fact("system", format!("{system}, {}", env::consts::ARCH)),
            fact("browsers", joined(super::manifests::browsers(self))),
            fact("smart card service", service.to_owned()),
            fact("readers", joined(readers.collect())),
            fact("modules", joined(modules.collect())),
        ]
    }
}

fn parent() -> Option<u32> {
    #[cfg(unix)]
    return Some(std::os::unix::process::parent_id());
    #[cfg(not(unix))]
    None
}

fn newest_list(folders: &Folders) -> i64 {
    // Their dates alone matter here, not whether one is overdue now.
    let sources = TrustStore::load(folders).sources(0);
    let national = sources
        .iter()
        .filter(|it| it.kind == TrustSourceKind::National);
    national
        .filter_map(|source| source.date)
        .max()
        .unwrap_or_default()
}

/// The proxy that lists are fetched through, and whether it can be.
fn proxy(folders: &Folders) -> Option<(String, bool)> {
    let setting = Settings::new(folders).proxy().setting;
    match Proxy::of_setting(&setting).address()? {
        Ok(address) => {
            let name = address.authority();
            let addresses = (address.host(), address.port()).to_socket_addrs();
            let mut addresses = addresses.into_iter().flatten();
            let answers =
                addresses.any(|it| TcpStream::connect_timeout(&it, PROXY_TIMEOUT).is_ok());
            Some((name, answers))
        }
        Err(_) => Some(("-".to_owned(), false)),
    }
}
