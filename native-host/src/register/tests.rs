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
    let all = status(places, Path::new(PROGRAM));
    all.into_iter()
        .map(|status| (status.browser, status.state))
        .collect()
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
    computer.make("profile");
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
    let status = status(&places, Path::new(PROGRAM));
    assert_eq!(status[0].state, State::Registered);
    let origin = format!("chrome-extension://{}/", CHROMIUM_ID);
    assert_eq!(status[0].extensions, [origin]);
}

#[test]
fn sandboxed_browsers_are_named_and_left_alone() {
    let computer = computer();
    computer.make("home/snap/chromium");
    computer.make("home/.var/app/org.mozilla.firefox");
    let places = places(&computer.layout, &Scope::User, &[]);
    register(&places, Path::new(PROGRAM)).unwrap();
    let found: Vec<_> = status(&places, Path::new(PROGRAM))
        .into_iter()
        .map(|status| (status.browser, status.state, status.sandbox))
        .collect();
    let sandbox = |kind, portal| Some(Sandbox { kind, portal });
    let expected = [
        (
            "chromium",
            State::Missing,
            sandbox(SandboxKind::Snap, false),
        ),
        (
            "firefox",
            State::Registered,
            sandbox(SandboxKind::Flatpak, true),
        ),
    ];
    assert_eq!(found, expected);
}
