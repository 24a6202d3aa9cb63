//! How the host is had on each system: the packages that `scripts/package` makes, and what installs them.

/// What the browser says of the computer.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Platform {
    pub(super) system: System,
    /// Another processor than x86-64: packages for it are called otherwise.
    pub(super) is_arm: bool,
    /// Whether the browser is of Firefox's family.
    pub(super) firefox: bool,
}

/// An operating system.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum System {
    Linux,
    Windows,
    Macos,
    /// There is no host for it; or it is not known yet.
    #[default]
    Other,
}

/// How one family of Linux systems installs a package.
pub(super) struct Package {
    /// Their names; nothing for all others.
    pub(super) systems: Option<&'static str>,
    x86: &'static str,
    arm: &'static str,
}

/// A shell finds the package by the pattern, whichever version it is of.
pub(super) const LINUX: [Package; 4] = [
    Package {
        systems: Some("Debian, Ubuntu, Astra Linux"),
        x86: "sudo apt install ./tamga_*_amd64.deb",
        arm: "sudo apt install ./tamga_*_arm64.deb",
    },
    Package {
        systems: Some("Fedora, RED OS, ROSA"),
        x86: "sudo dnf install ./tamga-*.x86_64.rpm",
        arm: "sudo dnf install ./tamga-*.aarch64.rpm",
    },
    Package {
        systems: Some("Arch, Manjaro"),
        x86: "sudo pacman -U tamga-*-x86_64.pkg.tar.zst",
        arm: "sudo pacman -U tamga-*-aarch64.pkg.tar.zst",
    },
    Package {
        systems: None,
        x86: "tar xf tamga-*-linux-x86_64.tar.gz && tamga-*-linux-x86_64/install",
        arm: "tar xf tamga-*-linux-aarch64.tar.gz && tamga-*-linux-aarch64/install",
    },
];

/// What tells browsers where the host is.
pub(super) const REGISTER: &str = "tamga-host register";

impl Platform {
    /// `os` and `arch` of `runtime.PlatformInfo`, as both browsers have them.
    pub(super) fn of(os: &str, arch: &str, firefox: bool) -> Self {
        let system = match os {
            "linux" => System::Linux,
            "win" => System::Windows,
            "mac" => System::Macos,
            _ => System::Other,
        };
        Self {
            system,
            is_arm: matches!(arch, "arm" | "arm64" | "aarch64"),
            firefox,
        }
    }
}

impl Package {
    /// What installs it there.
    pub(super) fn command(&self, platform: Platform) -> &'static str {
        match platform.is_arm {
            true => self.arm,
            false => self.x86,
        }
    }
}
