//! The table of PKCS#11 modules that are known by name. A new one is a row.

/// A maker's module.
#[derive(Debug)]
pub(super) struct Known {
    /// The maker's name for it.
    pub name: &'static str,
    /// Its file on Linux, in any of [`LINUX_FOLDERS`].
    linux: &'static [&'static str],
    /// On macOS, in full.
    macos: &'static [&'static str],
    /// On Windows, below `System32` or in full.
    windows: &'static [&'static str],
    /// Whether it serves cards of many makers: a maker's own module knows its cards better.
    pub generic: bool,
    /// Whether it serves PIV cards (NIST SP 800-73-4): it does not say how many tries of the PIN are left.
    pub serves_piv: bool,
}

/// In the order in which they are asked to serve a token that several of them see.
const KNOWN: [Known; 9] = [
    Known {
        name: "Rutoken",
        linux: &["librtpkcs11ecp.so"],
        macos: &[
            "/Library/Frameworks/rtpkcs11ecp.framework/rtpkcs11ecp",
            "/usr/local/lib/librtpkcs11ecp.dylib",
        ],
        windows: &["rtPKCS11ECP.dll"],
        generic: false,
        serves_piv: false,
    },
    Known {
        name: "JaCarta",
        linux: &["libjcPKCS11-2.so"],
        macos: &["/Library/Frameworks/jcPKCS11-2.framework/jcPKCS11-2"],
        windows: &["jcPKCS11-2.dll"],
        generic: false,
        serves_piv: false,
    },
    Known {
        name: "ESMART Token",
        linux: &["libisbc_pkcs11_main.so"],
        macos: &[],
        windows: &["isbc_pkcs11_main.dll"],
        generic: false,
        serves_piv: false,
    },
    Known {
        name: "SafeNet eToken",
        linux: &["libeTPkcs11.so", "libeToken.so"],
        macos: &[
            "/usr/local/lib/pkcs11/libeTPkcs11.dylib",
            "/Library/Frameworks/eToken.framework/Versions/Current/libeToken.dylib",
        ],
        windows: &["eTPKCS11.dll"],
        generic: false,
        serves_piv: false,
    },
    Known {
        name: "SafeNet IDPrime",
        linux: &["libIDPrimePKCS11.so"],
        macos: &["/usr/local/lib/pkcs11/libIDPrimePKCS11.dylib"],
        windows: &["IDPrimePKCS11.dll"],
        generic: false,
        serves_piv: false,
    },
    Known {
        name: "YubiKey",
        linux: &["libykcs11.so.2"],
        macos: &["/usr/local/lib/libykcs11.dylib"],
        windows: &[r"C:\Program Files\Yubico\Yubico PIV Tool\bin\libykcs11.dll"],
        generic: false,
        serves_piv: true,
    },
    Known {
        name: "Feitian ePass2003",
        linux: &["libcastle.so.1.0.0"],
        macos: &[],
        windows: &["eps2003csp11v2.dll", "eps2003csp11.dll"],
        generic: false,
        serves_piv: false,
    },
    Known {
        name: "JaCarta",
        linux: &["libjcPKCS11.so"],
        macos: &["/Library/Frameworks/jcPKCS11.framework/jcPKCS11"],
        windows: &["jcPKCS11.dll"],
        generic: false,
        serves_piv: false,
    },
    Known {
        name: "OpenSC",
        linux: &["opensc-pkcs11.so"],
        macos: &[
            "/Library/OpenSC/lib/opensc-pkcs11.so",
            "/opt/homebrew/lib/pkcs11/opensc-pkcs11.so",
            "/usr/local/lib/pkcs11/opensc-pkcs11.so",
        ],
        windows: &[r"C:\Program Files\OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll"],
        generic: true,
        serves_piv: true,
    },
];

/// Where packages put modules on Linux.
const LINUX_FOLDERS: [&str; 10] = [
    "/usr/lib",
    "/usr/lib64",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib/pkcs11",
    "/usr/lib64/pkcs11",
    "/usr/lib/x86_64-linux-gnu/pkcs11",
    "/usr/local/lib",
    "/opt/aktivco/rutokenecp/x86_64",
    "/opt/kontur.plugin/pkcs11",
];

/// Modules without keys of their own: they combine other modules, or log their calls.
pub(super) const PROXY_MODULES: [&str; 4] = [
    "p11-kit-proxy.so",
    "p11-kit-trust.so",
    "pkcs11-spy.so",
    "onepin-opensc-pkcs11.so",
];

use std::path::{Path, PathBuf};

/// Every known module with the paths where this system may have it.
pub(super) fn places() -> impl Iterator<Item = (&'static Known, PathBuf)> {
    KNOWN
        .iter()
        .flat_map(|known| known.paths().into_iter().map(move |path| (known, path)))
}

/// The row of a module by the name of its file.
pub(super) fn by_file(path: &Path) -> Option<&'static Known> {
    let name = path.file_name()?.to_str()?;
    let named = |known: &&Known| {
        let files = [known.linux, known.macos, known.windows].concat();
        let mut files = files.iter().map(|file| Path::new(file).file_name());
        files.any(|file| file.is_some_and(|file| file.eq_ignore_ascii_case(name)))
    };
    KNOWN.iter().find(named)
}

impl Known {
    fn paths(&self) -> Vec<PathBuf> {
        if cfg!(windows) {
            let system = std::env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
            let system = Path::new(&system).join("System32");
            // A path in full replaces what it is joined to.
            return self.windows.iter().map(|file| system.join(file)).collect();
        }
        if cfg!(target_os = "macos") {
            return self.macos.iter().map(PathBuf::from).collect();
        }
        let folders = LINUX_FOLDERS.iter().map(Path::new);
        folders
            .flat_map(|folder| self.linux.iter().map(move |file| folder.join(file)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        let name = |path: &str| by_file(Path::new(path)).map(|known| known.name);
        assert_eq!(name("/opt/x/librtpkcs11ecp.so"), Some("Rutoken"));
        assert_eq!(name("/opt/x/opensc-pkcs11.so"), Some("OpenSC"));
        assert_eq!(name("/opt/x/ETPKCS11.DLL"), Some("SafeNet eToken"));
        assert_eq!(name("/opt/x/other.so"), None);
        assert_eq!(name("/"), None);
    }
}
