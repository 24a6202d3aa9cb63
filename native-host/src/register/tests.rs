use super::*;

struct Computer {
    root: tempfile::TempDir,
    layout: Layout,
}

fn computer() -> Computer {
    let root = tempfile::tempdir().unwrap();
    let home = root.path().join("home");
    fs::create_dir_all(&home).unwrap();
    let folders = Folders {
        config: home.join(".config"),
        data: home.join(".local/share/tamga"),
        system: root.path().join("etc/tamga"),
        home,
    };
    let layout = Layout::new(folders, root.path().to_owned(), Vec::new());
    Computer { root, layout }
}

impl Computer {
    fn make(&self, folder: &str) {
        let folder = self.root.path().join(folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("Local State"), b"{}").unwrap();
    }

    fn everything(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![self.root.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path.clone());
                }
                found.push(path);
            }
        }
        found.sort();
        found
    }
}

const PROGRAM: &str = "/opt/tamga/tamga-host";

fn states(places: &[Place]) -> Vec<(&'static str, State)> {
    let all = places
        .iter()
        .map(|place| (place.browser.name, state_of(place, Path::new(PROGRAM))));
    all.collect()
}

#[test]
fn browsers_that_are_there_are_registered_and_nothing_is_left() {
    let computer = computer();
    for folder in [
        "home/.config/google-chrome",
        "home/.config/yandex-browser",
        "home/.config/mozilla/firefox",
    ] {
        computer.make(folder);
    }
    let before = computer.everything();
    let places = places(&computer.layout, &Scope::User, &[]);
    let named = |state: State| ["chrome", "yandex", "firefox"].map(|name| (name, state.clone()));
    assert_eq!(states(&places), named(State::Missing));
    register(&places, Path::new(PROGRAM)).unwrap();
    assert_eq!(states(&places), named(State::Registered));
    let firefox = computer
        .layout
        .folders()
        .home
        .join(".mozilla/native-messaging-hosts");
    assert!(firefox.join("org.tamga.host.json").is_file());
    let after = computer.everything();
    register(&places, Path::new(PROGRAM)).unwrap();
    assert_eq!(computer.everything(), after);
    unregister(&places).unwrap();
    unregister(&places).unwrap();
    assert_eq!(computer.everything(), before);
}

#[test]
fn all_browsers_in_all_scopes_leave_nothing() {
    let computer = computer();
    computer.make("etc/opt");
    computer.make("usr/lib");
    computer.make("usr/lib64");
    computer.make("profile");
    for browser in &BROWSERS {
        for folder in browser.folders.profiles {
            let below = if folder.starts_with('.') {
                ""
            } else {
                ".config"
            };
            computer.make(&format!("home/{below}/{folder}"));
        }
    }
    let before = computer.everything();
    let profile = Scope::Profile(computer.root.path().join("profile"));
    let all: Vec<_> = BROWSERS.iter().collect();
    for scope in [Scope::User, Scope::System, profile] {
        let places = places(&computer.layout, &scope, &all);
        assert!(places.len() >= BROWSERS.len());
        register(&places, Path::new(PROGRAM)).unwrap();
        let registered = states(&places);
        assert!(
            registered
                .iter()
                .all(|(_, state)| *state == State::Registered)
        );
        unregister(&places).unwrap();
        assert_eq!(computer.everything(), before, "{scope:?}");
    }
}

#[test]
fn what_everybody_needs_is_open_to_everybody_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    let computer = computer();
    computer.make("etc");
    let chrome = BROWSERS.iter().find(|browser| browser.name == "chrome");
    let places = places(&computer.layout, &Scope::System, &[chrome.unwrap()]);
    register(&places, Path::new(PROGRAM)).unwrap();
    let folder = places[0].file.parent().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(folder), mode(&places[0].file)), (0o755, 0o644));
    // As a umask of 077 left it before.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(states(&places), [("chrome", State::Broken)]);
    register(&places, Path::new(PROGRAM)).unwrap();
    assert_eq!(states(&places), [("chrome", State::Registered)]);
    assert_eq!(mode(folder), 0o755);
}

/// Below the root, the manifests for everybody of these browsers.
fn system_files(computer: &Computer, names: &[&str]) -> Vec<String> {
    let named = BROWSERS.iter();
    let named: Vec<_> = named.filter(|it| names.contains(&it.name)).collect();
    let places = places(&computer.layout, &Scope::System, &named);
    let folder = |place: &Place| {
        let below = place.file.strip_prefix(computer.root.path());
        below.unwrap().parent().unwrap().display().to_string()
    };
    places.iter().map(folder).collect()
}

#[test]
fn every_folder_for_everybody_of_a_browser_is_written_to() {
    let computer = computer();
    let opt = |folder: &str| format!("etc/opt/{folder}/native-messaging-hosts");
    let chromium = || "etc/chromium/native-messaging-hosts".to_owned();
    for (name, expected) in [
        ("brave", vec![chromium(), opt("chrome")]),
        ("vivaldi", vec![opt("vivaldi"), chromium()]),
        ("opera", vec![opt("chrome"), opt("opera")]),
        (
            "yandex",
            vec![
                opt("yandex/browser"),
                opt("yandex/browser-beta"),
                opt("yandex-browser"),
                chromium(),
            ],
        ),
    ] {
        assert_eq!(system_files(&computer, &[name]), expected);
    }
    let of_firefox = |library: &str| format!("usr/{library}/mozilla/native-messaging-hosts");
    let firefox = || system_files(&computer, &["firefox"]);
    assert_eq!(firefox(), [of_firefox("lib")]);
    // Where it is the same folder, there is one file.
    let lib64 = computer.root.path().join("usr/lib64");
    computer.make("usr/lib");
    std::os::unix::fs::symlink("lib", &lib64).unwrap();
    assert_eq!(firefox(), [of_firefox("lib")]);
    fs::remove_file(lib64).unwrap();
    computer.make("usr/lib64");
    assert_eq!(firefox(), [of_firefox("lib"), of_firefox("lib64")]);
}

#[test]
fn no_folder_of_a_browser_is_made_before_the_browser_makes_it() {
    let computer = computer();
    computer.make("home/.config/chromium-gost");
    let before = computer.everything();
    let all: Vec<_> = BROWSERS.iter().collect();
    let places = places(&computer.layout, &Scope::User, &all);
    register(&places, Path::new(PROGRAM)).unwrap();
    let gost = "home/.config/chromium-gost/NativeMessagingHosts";
    let gost = computer.root.path().join(gost);
    let mut after = [before, vec![gost.clone(), gost.join("org.tamga.host.json")]].concat();
    after.sort();
    assert_eq!(computer.everything(), after);
    for (browser, state) in states(&places) {
        let expected = match browser {
            // Its second folder is Chromium's, which is not there.
            "chromium-gost" => State::Registered,
            _ => State::NotStarted,
        };
        assert_eq!(state, expected, "{browser}");
    }
}

#[test]
fn a_profile_stays_whatever_is_in_it() {
    let computer = computer();
    let profile = computer.layout.folders().config.join("google-chrome");
    fs::create_dir_all(&profile).unwrap();
    let places = places(&computer.layout, &Scope::User, &[]);
    register(&places, Path::new(PROGRAM)).unwrap();
    assert!(places[0].file.is_file());
    unregister(&places).unwrap();
    assert_eq!(fs::read_dir(profile).unwrap().count(), 0);
}

#[test]
fn what_a_package_linked_is_left_to_it() {
    let computer = computer();
    computer.make("usr/lib/tamga");
    let chromium = BROWSERS.iter().find(|browser| browser.name == "chromium");
    let places = places(&computer.layout, &Scope::System, &[chromium.unwrap()]);
    register(&places, Path::new(PROGRAM)).unwrap();
    let [file, packaged] = [
        "etc/chromium/native-messaging-hosts/org.tamga.host.json",
        "usr/lib/tamga/chromium.json",
    ]
    .map(|path| computer.root.path().join(path));
    fs::rename(&file, &packaged).unwrap();
    std::os::unix::fs::symlink(&packaged, &file).unwrap();
    assert_eq!(states(&places), [("chromium", State::Registered)]);
    register(&places, Path::new(PROGRAM)).unwrap();
    unregister(&places).unwrap();
    assert!(file.is_symlink() && packaged.is_file());
}

#[test]
fn what_others_put_there_stays() {
    let computer = computer();
    let hosts = computer
        .layout
        .folders()
        .config
        .join("chromium/NativeMessagingHosts");
    fs::create_dir_all(&hosts).unwrap();
    fs::write(hosts.join("org.example.json"), b"{}").unwrap();
    let places = places(&computer.layout, &Scope::User, &[]);
    register(&places, Path::new(PROGRAM)).unwrap();
    unregister(&places).unwrap();
    assert!(hosts.join("org.example.json").is_file());
}

#[test]
fn what_is_there_is_told_apart() {
    let computer = computer();
    computer.make("home/.config/chromium");
    let places = places(&computer.layout, &Scope::User, &[]);
    register(&places, Path::new("/old/tamga-host")).unwrap();
    let path = PathBuf::from("/old/tamga-host");
    assert_eq!(states(&places), [("chromium", State::Elsewhere { path })]);
    fs::write(&places[0].file, b"{").unwrap();
    assert_eq!(states(&places), [("chromium", State::Broken)]);
    register(&places, Path::new(PROGRAM)).unwrap();
    let access = SandboxAccess::asking(&computer.layout, |_| None);
    let status = status(&places, Path::new(PROGRAM), access);
    assert_eq!(status[0].state, State::Registered);
    let origin = format!("chrome-extension://{}/", CHROMIUM_IDS[0]);
    assert_eq!(status[0].extensions, [origin]);
}

#[test]
fn sandboxed_browsers_are_named_and_left_alone() {
    let computer = computer();
    computer.make("home/snap/chromium");
    computer.make("home/.var/app/org.mozilla.firefox");
    let places = places(&computer.layout, &Scope::User, &[]);
    register(&places, Path::new(PROGRAM)).unwrap();
    let found = |bus: Bus| -> Vec<_> {
        let access = SandboxAccess::asking(&computer.layout, bus);
        let all = status(&places, Path::new(PROGRAM), access).into_iter();
        all.map(|it| (it.browser, it.state, it.sandbox)).collect()
    };
    let expected = |portal| {
        let sandbox = |kind, portal| Some(Sandbox { kind, portal });
        [
            (
                "chromium",
                State::Missing,
                sandbox(SandboxKind::Snap, false),
            ),
            (
                "firefox",
                State::Registered,
                sandbox(SandboxKind::Flatpak, portal),
            ),
        ]
    };
    assert_eq!(found(|_| None), expected(false));
    assert_eq!(found(|_| Some("{}".to_owned())), expected(true));
    // Where the proxy looks for the hosts of a Firefox in a sandbox.
    let firefox = places.iter().find(|place| place.browser.name == "firefox");
    let folder = firefox.and_then(|place| place.file.parent().map(Path::to_owned));
    let home = &computer.layout.folders().home;
    let looked_in = [".mozilla", ".config/mozilla"];
    let looked_in = looked_in.map(|it| home.join(it).join("native-messaging-hosts"));
    assert!(folder.is_some_and(|it| looked_in.contains(&it)));
}

#[test]
fn an_installer_for_windows_has_every_browser() {
    let computer = computer();
    let registration = windows_registration(Path::new("tamga-host.exe"), computer.root.path());
    let WindowsRegistration { files, keys } = registration.unwrap();
    let names = [
        "org.tamga.host.chromium.json",
        "org.tamga.host.firefox.json",
    ];
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        names.iter().collect::<Vec<_>>()
    );
    assert!(
        files
            .values()
            .all(|json| json.contains(r#""path": "tamga-host.exe""#))
    );
    for browser in &BROWSERS {
        assert!(!browser.windows_keys.is_empty(), "{}", browser.name);
    }
    let file = |key: &str| keys.get(key).map(String::as_str);
    let chrome = r"Software\Google\Chrome\NativeMessagingHosts\org.tamga.host";
    assert_eq!(file(chrome), Some(names[0]));
    let mozilla = r"Software\Mozilla\NativeMessagingHosts\org.tamga.host";
    assert_eq!(file(mozilla), Some(names[1]));
}
