//! The table of browsers: where each keeps its profile, and where it looks for hosts.

/// Which kind of manifest a browser reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Family {
    /// Chrome and what is made of the same source.
    Chromium,
    /// Firefox and what is made of the same source.
    Firefox,
}

/// A browser.
#[derive(Debug, Eq, PartialEq)]
pub struct Browser {
    /// As `--browser` has it.
    pub name: &'static str,
    /// As its makers write it.
    pub title: &'static str,
    /// Which kind of manifest it reads.
    pub family: Family,
    /// Names of its program.
    pub programs: &'static [&'static str],
    /// Linux: the snap and the Flatpak of this browser.
    pub snap: Option<&'static str>,
    /// See `snap`.
    pub flatpak: Option<&'static str>,
    /// On this system.
    pub folders: BrowserFolders,
    /// Windows: the keys of the registry below which it looks for hosts of everybody. Installers are made elsewhere.
    pub windows_keys: &'static [&'static str],
}

/// Where a browser keeps its things on one system.
#[derive(Debug, Eq, PartialEq)]
pub struct BrowserFolders {
    /// Folders that are there when the person uses this browser: relative to where programs keep their
    /// settings, or to the home folder where they begin with a dot.
    pub profiles: &'static [&'static str],
    /// The folders in which it looks for hosts of one person, relative likewise. On Windows, the key in
    /// the registry.
    pub user: &'static [&'static str],
    /// The folders in which it, or one of its packagings, looks for hosts of everybody. On Windows, the key in the
    /// registry.
    pub system: &'static [&'static str],
}

/// One row: what is the same everywhere, then Linux, macOS, Windows.
struct Row {
    name: &'static str,
    title: &'static str,
    family: Family,
    programs: &'static [&'static str],
    snap: Option<&'static str>,
    flatpak: Option<&'static str>,
    linux: BrowserFolders,
    macos: BrowserFolders,
    windows: BrowserFolders,
}

const fn folders(
    profiles: &'static [&'static str],
    user: &'static [&'static str],
    system: &'static [&'static str],
) -> BrowserFolders {
    BrowserFolders {
        profiles,
        user,
        system,
    }
}

const fn browser(row: Row) -> Browser {
    Browser {
        name: row.name,
        title: row.title,
        family: row.family,
        programs: row.programs,
        snap: row.snap,
        flatpak: row.flatpak,
        windows_keys: row.windows.system,
        folders: if cfg!(windows) {
            row.windows
        } else if cfg!(target_os = "macos") {
            row.macos
        } else {
            row.linux
        },
    }
}

// Builds without Google's branding look where Chromium looks for everybody's hosts, unless their makers
// changed it; on Windows most of them look where Chrome looks.
const CHROMIUM_EVERYBODY: &str = "etc/chromium/native-messaging-hosts";
const CHROMIUM_EVERYBODY_MACOS: &str = "Library/Application Support/Chromium/NativeMessagingHosts";
const CHROME_EVERYBODY: &str = "etc/opt/chrome/native-messaging-hosts";
const CHROME_KEY: &str = r"Software\Google\Chrome\NativeMessagingHosts";
const CHROMIUM_KEY: &str = r"Software\Chromium\NativeMessagingHosts";
const MOZILLA_KEY: &str = r"Software\Mozilla\NativeMessagingHosts";

/// Every browser that Tamga knows.
pub static BROWSERS: [Browser; 11] = [
    browser(Row {
        name: "chrome",
        title: "Google Chrome",
        family: Family::Chromium,
        programs: &["google-chrome", "google-chrome-stable"],
        snap: None,
        flatpak: Some("com.google.Chrome"),
        linux: folders(
            &["google-chrome"],
            &["google-chrome/NativeMessagingHosts"],
            &[CHROME_EVERYBODY],
        ),
        macos: folders(
            &["Google/Chrome"],
            &["Google/Chrome/NativeMessagingHosts"],
            &["Library/Google/Chrome/NativeMessagingHosts"],
        ),
        windows: folders(&["Google/Chrome"], &[CHROME_KEY], &[CHROME_KEY]),
    }),
    browser(Row {
        name: "chromium",
        title: "Chromium",
        family: Family::Chromium,
        programs: &["chromium", "chromium-browser"],
        snap: Some("chromium"),
        flatpak: Some("org.chromium.Chromium"),
        linux: folders(
            &["chromium"],
            &["chromium/NativeMessagingHosts"],
            &[CHROMIUM_EVERYBODY],
        ),
        macos: folders(
            &["Chromium"],
            &["Chromium/NativeMessagingHosts"],
            &[CHROMIUM_EVERYBODY_MACOS],
        ),
        windows: folders(&["Chromium"], &[CHROMIUM_KEY], &[CHROMIUM_KEY]),
    }),
    browser(Row {
        name: "edge",
        title: "Microsoft Edge",
        family: Family::Chromium,
        programs: &["microsoft-edge", "microsoft-edge-stable"],
        snap: None,
        flatpak: Some("com.microsoft.Edge"),
        linux: folders(
            &["microsoft-edge"],
            &["microsoft-edge/NativeMessagingHosts"],
            &["etc/opt/edge/native-messaging-hosts"],
        ),
        macos: folders(
            &["Microsoft Edge"],
            &["Microsoft Edge/NativeMessagingHosts"],
            &["Library/Microsoft/Edge/NativeMessagingHosts"],
        ),
        windows: folders(
            &["Microsoft/Edge"],
            &[r"Software\Microsoft\Edge\NativeMessagingHosts"],
            &[r"Software\Microsoft\Edge\NativeMessagingHosts"],
        ),
    }),
    browser(Row {
        name: "brave",
        title: "Brave",
        family: Family::Chromium,
        programs: &["brave-browser", "brave-browser-stable", "brave"],
        snap: Some("brave"),
        flatpak: Some("com.brave.Browser"),
        linux: folders(
            &["BraveSoftware/Brave-Browser"],
            &["BraveSoftware/Brave-Browser/NativeMessagingHosts"],
            // It includes Chromium's own list of folders; programs for it are found in Chrome's as well.
            &[CHROMIUM_EVERYBODY, CHROME_EVERYBODY],
        ),
        macos: folders(
            &["BraveSoftware/Brave-Browser"],
            &["BraveSoftware/Brave-Browser/NativeMessagingHosts"],
            &[CHROMIUM_EVERYBODY_MACOS],
        ),
        windows: folders(
            &["BraveSoftware/Brave-Browser"],
            &[CHROME_KEY],
            &[CHROME_KEY],
        ),
    }),
    browser(Row {
        name: "vivaldi",
        title: "Vivaldi",
        family: Family::Chromium,
        programs: &["vivaldi", "vivaldi-stable"],
        snap: Some("vivaldi"),
        flatpak: Some("com.vivaldi.Vivaldi"),
        linux: folders(
            &["vivaldi"],
            &["vivaldi/NativeMessagingHosts"],
            &["etc/opt/vivaldi/native-messaging-hosts", CHROMIUM_EVERYBODY],
        ),
        macos: folders(
            &["Vivaldi"],
            &["Vivaldi/NativeMessagingHosts"],
            &[CHROMIUM_EVERYBODY_MACOS],
        ),
        windows: folders(&["Vivaldi"], &[CHROME_KEY], &[CHROME_KEY]),
    }),
    browser(Row {
        name: "opera",
        title: "Opera",
        family: Family::Chromium,
        programs: &["opera", "opera-stable"],
        snap: Some("opera"),
        flatpak: Some("com.opera.Opera"),
        linux: folders(
            &["opera"],
            &["opera/NativeMessagingHosts"],
            &[CHROME_EVERYBODY, "etc/opt/opera/native-messaging-hosts"],
        ),
        macos: folders(
            &["com.operasoftware.Opera"],
            &["com.operasoftware.Opera/NativeMessagingHosts"],
            &["Library/Google/Chrome/NativeMessagingHosts"],
        ),
        windows: folders(&["Opera Software"], &[CHROME_KEY], &[CHROME_KEY]),
    }),
    browser(Row {
        name: "yandex",
        title: "Yandex Browser",
        family: Family::Chromium,
        programs: &[
            "yandex-browser",
            "yandex-browser-stable",
            "yandex-browser-corporate",
            "yandex-browser-beta",
        ],
        snap: None,
        flatpak: Some("ru.yandex.Browser"),
        linux: folders(
            &["yandex-browser", "yandex-browser-beta"],
            &[
                "yandex-browser/NativeMessagingHosts",
                "yandex-browser-beta/NativeMessagingHosts",
            ],
            // Set-up programs of CryptoPro and of others write to each of these.
            &[
                "etc/opt/yandex/browser/native-messaging-hosts",
                "etc/opt/yandex/browser-beta/native-messaging-hosts",
                "etc/opt/yandex-browser/native-messaging-hosts",
                CHROMIUM_EVERYBODY,
            ],
        ),
        macos: folders(
            &["Yandex/YandexBrowser"],
            &["Yandex/YandexBrowser/NativeMessagingHosts"],
            &[CHROMIUM_EVERYBODY_MACOS],
        ),
        windows: folders(&["Yandex/YandexBrowser"], &[CHROME_KEY], &[CHROME_KEY]),
    }),
    browser(Row {
        name: "chromium-gost",
        title: "Chromium-Gost",
        family: Family::Chromium,
        programs: &["chromium-gost", "chromium-gost-stable"],
        snap: None,
        flatpak: None,
        // Its own packages use Chromium's profile, those of ALT Linux one of their own.
        linux: folders(
            &["chromium-gost"],
            &[
                "chromium-gost/NativeMessagingHosts",
                "chromium/NativeMessagingHosts",
            ],
            &[CHROMIUM_EVERYBODY],
        ),
        macos: folders(
            &["Chromium-Gost"],
            &[
                "Chromium-Gost/NativeMessagingHosts",
                "Chromium/NativeMessagingHosts",
            ],
            &[CHROMIUM_EVERYBODY_MACOS],
        ),
        windows: folders(&["Chromium-Gost"], &[CHROMIUM_KEY], &[CHROMIUM_KEY]),
    }),
    browser(Row {
        name: "firefox",
        title: "Firefox",
        family: Family::Firefox,
        programs: &["firefox", "firefox-esr"],
        snap: Some("firefox"),
        flatpak: Some("org.mozilla.firefox"),
        // Since version 147 the profile may lie in the folder for settings; the hosts stay where they were.
        linux: folders(
            &[".mozilla/firefox", "mozilla/firefox"],
            &[".mozilla/native-messaging-hosts"],
            // 64-bit systems with rpm have the second.
            &[
                "usr/lib/mozilla/native-messaging-hosts",
                "usr/lib64/mozilla/native-messaging-hosts",
            ],
        ),
        macos: folders(
            &["Firefox"],
            &["Mozilla/NativeMessagingHosts"],
            &["Library/Application Support/Mozilla/NativeMessagingHosts"],
        ),
        windows: folders(&["Mozilla/Firefox"], &[MOZILLA_KEY], &[MOZILLA_KEY]),
    }),
    browser(Row {
        name: "librewolf",
        title: "LibreWolf",
        family: Family::Firefox,
        programs: &["librewolf"],
        snap: None,
        flatpak: Some("io.gitlab.librewolf-community"),
        linux: folders(
            &[".librewolf", "librewolf"],
            &[".librewolf/native-messaging-hosts"],
            &["usr/lib/librewolf/native-messaging-hosts"],
        ),
        macos: folders(
            &["librewolf"],
            &["librewolf/NativeMessagingHosts"],
            &["Library/Application Support/librewolf/NativeMessagingHosts"],
        ),
        windows: folders(&["librewolf"], &[MOZILLA_KEY], &[MOZILLA_KEY]),
    }),
    browser(Row {
        name: "waterfox",
        title: "Waterfox",
        family: Family::Firefox,
        programs: &["waterfox"],
        snap: None,
        flatpak: Some("net.waterfox.waterfox"),
        linux: folders(
            &[".waterfox", "waterfox"],
            &[".waterfox/native-messaging-hosts"],
            &["usr/lib/waterfox/native-messaging-hosts"],
        ),
        macos: folders(
            &["Waterfox"],
            &["Mozilla/NativeMessagingHosts"],
            &["Library/Application Support/Mozilla/NativeMessagingHosts"],
        ),
        windows: folders(&["Waterfox"], &[MOZILLA_KEY], &[MOZILLA_KEY]),
    }),
];
