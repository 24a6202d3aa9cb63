//! Which modules there are on this computer: those the person or the administrator named, those known by
//! name, those that p11-kit lists. Never one that a page or a document names.

use super::module_table::{self, PROXY_MODULES};
use crate::{
    directories::Folders, files, keys::path_list::PathList, ownership::Trust,
    settings::administrator::Administrator,
};
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};
use tamga_core::failure::{ErrorCode, Failure};

/// The most modules that are used.
const MAX_MODULES: usize = 32;
/// The largest of p11-kit's files that is read, in bytes.
const MAX_MODULE_FILE: usize = 64 << 10;
/// A file beside the administrator's list of modules, or the person's: where it is, only modules of the list are used.
const ONLY_NAMED: &str = "modules.only";
/// Where p11-kit keeps a file for each module (`pkcs11.conf(5)`), packages first.
const P11_KIT: [&str; 2] = ["/usr/share/p11-kit/modules", "/etc/pkcs11/modules"];
/// Where p11-kit looks for modules that are named without a folder.
const P11_KIT_MODULES: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/pkcs11",
    "/usr/lib/aarch64-linux-gnu/pkcs11",
    "/usr/lib64/pkcs11",
    "/usr/lib/pkcs11",
];

/// A module that is there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Found {
    /// What people call it: its maker's name for it, or that of its file.
    pub name: String,
    pub path: PathBuf,
    /// Whether its tokens may be PIV cards, as its row in the table says.
    pub serves_piv: bool,
}

/// The modules of this computer, those first that are asked first; and which of the administrator's are not used.
pub(super) fn modules(folders: &Folders) -> (Vec<Found>, Vec<Failure>) {
    let settings = Administrator::of(folders);
    let (mut paths, refused) = administrators(folders, &settings);
    let is_only = |folder: &Path| folder.join(ONLY_NAMED).exists();
    let only_administrators = settings.only_named_modules || is_only(&folders.system);
    if !only_administrators {
        paths.extend(named(&folders.data));
    }
    if !only_administrators && !is_only(&folders.data) {
        let places = || module_table::places().filter(|(_, path)| path.is_file());
        let of_kind = |generic| {
            move |(known, path): (&module_table::Known, PathBuf)| {
                (known.generic == generic).then_some(path)
            }
        };
        paths.extend(places().filter_map(of_kind(false)));
        paths.extend(P11_KIT.iter().flat_map(|folder| p11_kit(Path::new(folder))));
        paths.extend(places().filter_map(of_kind(true)));
    }
    (distinct(paths), refused)
}

/// The modules that the administrator named. All people of this computer run them, so only root may be able to change
/// the list and the modules.
fn administrators(folders: &Folders, settings: &Administrator) -> (Vec<PathBuf>, Vec<Failure>) {
    let list = PathList::modules(&folders.system);
    let trust = Trust::of(folders);
    let (mut paths, mut refused) = (Vec::new(), Vec::new());
    let listed = match trust.check(&list.path()) {
        Err(failure) if failure.code == ErrorCode::FileNotFound => Vec::new(),
        Err(failure) => {
            refused.push(failure);
            Vec::new()
        }
        Ok(()) => named(&folders.system),
    };
    for path in settings.modules.iter().cloned().chain(listed) {
        match trust.check(&path) {
            Ok(()) => paths.push(path),
            // A module that is not installed cannot run.
            Err(failure) if failure.code == ErrorCode::FileNotFound => {}
            Err(failure) => refused.push(failure),
        }
    }
    (paths, refused)
}

/// Whether only the administrator can change the list of modules for everybody, and the modules.
///
/// # Errors
/// `FILE_INSECURE` for the first that others can change.
pub(crate) fn check(folders: &Folders) -> Result<(), Failure> {
    let (_, refused) = administrators(folders, &Administrator::of(folders));
    match refused.into_iter().next() {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

/// Each module once, under the name of its row in the table.
fn distinct(paths: Vec<PathBuf>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for path in paths {
        // A path through links is the same module, and one that is not there is none.
        let Ok(path) = fs::canonicalize(path) else {
            continue;
        };
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if PROXY_MODULES.contains(&&*file) || found.iter().any(|known| known.path == path) {
            continue;
        }
        let known = module_table::by_file(&path);
        found.push(Found {
            name: known.map_or_else(|| file.into_owned(), |known| known.name.to_owned()),
            serves_piv: known.is_some_and(|known| known.serves_piv),
            path,
        });
    }
    // Generic modules come last, whoever named them.
    let generic =
        |found: &Found| module_table::by_file(&found.path).is_some_and(|known| known.generic);
    found.sort_by_key(generic);
    found.truncate(MAX_MODULES);
    found
}

/// The modules in somebody's list.
fn named(folder: &Path) -> Vec<PathBuf> {
    let list = PathList::modules(folder).list();
    list.map(Iterator::collect).unwrap_or_default()
}

/// The modules that a folder of p11-kit's files names.
fn p11_kit(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension() == Some(OsStr::new("module")));
    files.sort();
    files.truncate(MAX_MODULES);
    let read = |path: &PathBuf| files::read(path, MAX_MODULE_FILE).ok();
    let files = files.iter().filter_map(read);
    files
        .filter_map(|file| module_of(&String::from_utf8_lossy(&file)))
        .filter_map(|module| resolve(&module))
        .collect()
}

/// The module of one of p11-kit's files; `None` for one that only holds certificates to trust.
fn module_of(text: &str) -> Option<PathBuf> {
    let value = |key: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once(':'));
        lines.find_map(|(name, value)| (name.trim() == key).then(|| value.trim()))
    };
    if value("trust-policy") == Some("yes") {
        return None;
    }
    value("module")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// A module without a folder is looked for where p11-kit has it.
fn resolve(module: &Path) -> Option<PathBuf> {
    if module.is_absolute() {
        return Some(module.to_owned());
    }
    let folders = P11_KIT_MODULES.iter().map(Path::new);
    let mut paths = folders.map(|folder| folder.join(module));
    paths.find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p11_kits_files_are_read() {
        let module = |text| module_of(text).map(|path| path.display().to_string());
        let plain = "# a comment: of no matter\n\nmodule: /usr/lib/a.so\npriority: 1\n";
        assert_eq!(module(plain).as_deref(), Some("/usr/lib/a.so"));
        assert_eq!(module(" module :b.so").as_deref(), Some("b.so"));
        assert_eq!(module("module: t.so\ntrust-policy: yes\n"), None);
        assert_eq!(module("module:\n"), None);
        assert_eq!(module("priority: 1"), None);
    }

    #[cfg(unix)]
    #[test]
    fn each_module_is_found_once_and_the_generic_one_last() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in [
            "opensc-pkcs11.so",
            "librtpkcs11ecp.so",
            "other.so",
            "pkcs11-spy.so",
        ] {
            fs::write(path(name), b"").unwrap();
        }
        std::os::unix::fs::symlink(path("other.so"), path("link.so")).unwrap();
        let named = [
            "opensc-pkcs11.so",
            "other.so",
            "link.so",
            "gone.so",
            "pkcs11-spy.so",
            "librtpkcs11ecp.so",
        ];
        let found = distinct(named.map(path).to_vec());
        let names: Vec<_> = found.iter().map(|found| &*found.name).collect();
        assert_eq!(names, ["other.so", "Rutoken", "OpenSC"]);
    }

    /// Everything of the person's in one folder, everything of the administrator's in the other.
    fn folders(data: &tempfile::TempDir, system: &tempfile::TempDir) -> Folders {
        Folders {
            home: data.path().to_owned(),
            config: data.path().to_owned(),
            data: data.path().to_owned(),
            system: system.path().to_owned(),
        }
    }

    #[test]
    fn an_administrator_can_have_the_last_word() {
        let (data, system) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folders = folders(&data, &system);
        fs::write(system.path().join(ONLY_NAMED), b"").unwrap();
        assert_eq!(modules(&folders), (vec![], vec![]));
        for place in [&data, &system] {
            let module = place.path().join("module.so");
            fs::write(&module, b"").unwrap();
            PathList::modules(place.path()).add(&module).unwrap();
        }
        let paths = |folders| {
            let (found, refused) = modules(folders);
            assert_eq!(refused, []);
            let paths = found.into_iter().map(|found| found.path);
            paths.collect::<Vec<_>>()
        };
        let own =
            |place: &tempfile::TempDir| place.path().canonicalize().unwrap().join("module.so");
        assert_eq!(paths(&folders), [own(&system)]);
        fs::rename(system.path().join(ONLY_NAMED), data.path().join(ONLY_NAMED)).unwrap();
        assert_eq!(paths(&folders), [own(&system), own(&data)]);
        fs::remove_file(data.path().join(ONLY_NAMED)).unwrap();
        assert!(paths(&folders).len() >= 2);
    }

    #[cfg(unix)]
    #[test]
    fn the_administrators_settings_name_modules_and_whether_there_are_others() {
        let (data, system) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folders = folders(&data, &system);
        let module = |place: &tempfile::TempDir, name: &str| {
            let module = place.path().canonicalize().unwrap().join(name);
            fs::write(&module, b"").unwrap();
            module
        };
        let (own, listed) = (module(&data, "own.so"), module(&system, "listed.so"));
        let set = module(&system, "set.so");
        PathList::modules(data.path()).add(&own).unwrap();
        PathList::modules(system.path()).add(&listed).unwrap();
        for (only, expected) in [(true, 2), (false, 3)] {
            let settings = serde_json::json!({ "modules": [set], "onlyNamedModules": only });
            fs::write(system.path().join("settings.json"), settings.to_string()).unwrap();
            fs::write(data.path().join(ONLY_NAMED), b"").unwrap();
            let (found, refused) = modules(&folders);
            let paths: Vec<_> = found.into_iter().map(|found| found.path).collect();
            let all = [set.clone(), listed.clone(), own.clone()];
            assert_eq!((paths.as_slice(), refused), (&all[..expected], vec![]));
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_others_can_change_is_not_used_and_said_to_be() {
        use std::os::unix::fs::PermissionsExt as _;
        let (data, system) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folders = folders(&data, &system);
        let (list, module) = ("modules.json", "module.so");
        fs::write(system.path().join(ONLY_NAMED), b"").unwrap();
        fs::write(system.path().join(module), b"").unwrap();
        let modules_of = PathList::modules(system.path());
        modules_of.add(&system.path().join(module)).unwrap();
        modules_of.add(&system.path().join(ONLY_NAMED)).unwrap();
        let mode = |name: &str, mode| {
            let path = system.path().join(name);
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        for (name, bad, good, left) in [
            (list, 0o666, 0o644, 0),
            (module, 0o777, 0o755, 1),
            ("", 0o1777, 0o755, 0),
        ] {
            mode(name, bad);
            let (found, refused) = modules(&folders);
            assert_eq!(found.len(), left, "{name}");
            let path = system.path().join(name).display().to_string();
            let path = path.trim_end_matches('/');
            assert_eq!(refused, [Failure::of(ErrorCode::FileInsecure, path)]);
            assert_eq!(check(&folders), Err(refused[0].clone()));
            mode(name, good);
            assert_eq!((modules(&folders).0.len(), check(&folders)), (2, Ok(())));
        }
    }
}
