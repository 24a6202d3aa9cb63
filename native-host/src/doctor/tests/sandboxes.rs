//! Browsers in snaps and Flatpaks.

use super::*;

#[test]
fn browsers_in_sandboxes_are_named() {
    let mut computer = computer();
    fs::create_dir_all(computer.path("home/aigerim/snap/brave")).unwrap();
    let finding = computer.only();
    assert_eq!(finding.code, Code::BrowserSandboxed);
    assert_eq!(finding.subject.as_deref(), Some("Brave (snap)"));
    fs::remove_dir_all(computer.path("home/aigerim/snap")).unwrap();
    fs::remove_dir_all(computer.path("home/aigerim/.mozilla")).unwrap();
    fs::create_dir_all(computer.path("home/aigerim/snap/firefox")).unwrap();
    let places = register::places(&computer.system.layout, &Scope::User, &[]);
    register::register(&places, &computer.system.program).unwrap();
    assert_eq!(computer.only().code, Code::PortalMissing);
    computer.system.bus = |arguments| arguments.contains(&"version").then(|| "{}".to_owned());
    assert_eq!(computer.findings(), []);
    computer.system.bus = |_| {
        let answers =
            r#"{"type":"a{sas}v","data":[{"snap.firefox":["no"]},{"type":"y","data":0}]}"#;
        Some(answers.to_owned())
    };
    assert_eq!(computer.only().code, Code::PortalRefused);
    computer.system.bus = |_| Some(r#"{"data":[{"snap.firefox":["yes"]}]}"#.to_owned());
    assert_eq!(computer.findings(), []);
}

#[test]
fn the_proxy_is_for_a_firefox_that_knows_it() {
    let service = "usr/share/dbus-1/services/org.freedesktop.NativeMessagingProxy.service";
    let flatpak = "var/lib/flatpak/app/org.mozilla.firefox/current/active/files/lib/firefox";
    let own = "home/aigerim/.local/share/flatpak/app/org.mozilla.firefox/current/active/files/lib/firefox";
    let snap = "snap/firefox/current/usr/lib/firefox";
    for folder in [flatpak, own, snap] {
        let computer = bare();
        fs::remove_dir_all(computer.path("home/aigerim/.mozilla")).unwrap();
        let ini = computer.path(folder).join("application.ini");
        fs::create_dir_all(ini.parent().unwrap()).unwrap();
        let places = register::places(&computer.system.layout, &Scope::User, &[]);
        register::register(&places, &computer.system.program).unwrap();
        let found = |version: &str| {
            fs::write(&ini, format!("[App]\nName=Firefox\nVersion={version}\n")).unwrap();
            computer.codes()
        };
        assert_eq!(found("157.0"), [Code::PortalMissing], "there is no proxy");
        computer.write(service, "");
        for (version, expected) in [
            ("157.0", vec![]),
            ("160.0.1", vec![]),
            ("156.0.2", vec![Code::PortalMissing]),
            ("x", vec![Code::PortalMissing]),
        ] {
            assert_eq!(found(version), expected, "{folder} {version}");
        }
        fs::remove_file(&ini).unwrap();
        assert_eq!(
            computer.codes(),
            [Code::PortalMissing],
            "nobody knows its version"
        );
    }
}

#[test]
fn a_portal_that_is_forced_upon_firefox_is_found() {
    let computer = computer();
    let preference = "user_pref(\"widget.use-xdg-desktop-portal.native-messaging\", 1);\n";
    let file = "home/aigerim/.mozilla/firefox/x.default/prefs.js";
    computer.write(
        file,
        &format!("// Mozilla\nuser_pref(\"a\", 1);\n{preference}"),
    );
    let finding = computer.only();
    assert_eq!(finding.code, Code::PortalForced);
    assert_eq!(
        finding.place.as_deref(),
        Some("~/.mozilla/firefox/x.default/prefs.js")
    );
    for harmless in [
        preference.replace("1);", "2);"),
        ["//", preference].concat(),
    ] {
        computer.write(file, &harmless);
        assert_eq!(computer.findings(), []);
    }
}
