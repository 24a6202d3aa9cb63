//! What is around the process, versions, the clock, the proxy, and other programs for signatures.

use super::*;

#[test]
fn what_confines_the_browser_is_named() {
    let computer = computer();
    for (label, expected) in [
        ("firefox (enforce)\n", Some("AppArmor: firefox")),
        ("firefox (complain)\n", None),
        ("unconfined_u:unconfined_r:unconfined_t:s0\0", None),
        (
            "unconfined_u:unconfined_r:mozilla_t:s0\0",
            Some("SELinux: mozilla_t"),
        ),
        ("", None),
    ] {
        computer.write("proc/77/attr/current", label);
        let found = computer.findings();
        let subjects: Vec<_> = found
            .iter()
            .map(|it| it.subject.as_deref().unwrap())
            .collect();
        assert_eq!(
            subjects,
            expected.into_iter().collect::<Vec<_>>(),
            "{label}"
        );
    }
    computer.write("proc/77/status", "Name:\tfirefox\nPPid:\t70\n");
    computer.write("proc/70/status", "Name:\tfirejail\nPPid:\t1\n");
    let finding = computer.only();
    assert_eq!(
        (finding.code, finding.subject.as_deref()),
        (Code::BrowserConfined, Some("Firejail"))
    );
    assert!(!examine(&computer.system).has_faults());
}

#[test]
fn libraries_in_the_place_of_the_systems_are_found() {
    let mut computer = computer();
    let library = computer.write("opt/vendor/libpcsclite.so.1", "");
    let folder = library.parent().unwrap().to_str().unwrap().to_owned();
    for (name, value, found) in [
        ("LD_LIBRARY_PATH", format!("/nowhere:{folder}"), true),
        ("LD_LIBRARY_PATH", "/nowhere".to_owned(), false),
        ("LD_PRELOAD", "/opt/libhook.so".to_owned(), true),
        (
            "LD_PRELOAD",
            "/usr/lib/firefox/libmozsandbox.so".to_owned(),
            false,
        ),
    ] {
        computer.system.variables = BTreeMap::from([(name, value)]);
        let codes: Vec<_> = found
            .then_some(Code::LibrariesReplaced)
            .into_iter()
            .collect();
        assert_eq!(computer.codes(), codes);
    }
}

#[test]
fn a_wrong_clock_a_bad_proxy_and_rivals_are_said() {
    let mut computer = computer();
    computer.system.now = 1_700_000_000;
    assert_eq!(computer.only().code, Code::ClockBehind);
    computer.system.now = NOW;
    computer.system.proxy = Some(("proxy:3128".to_owned(), true));
    assert_eq!(computer.findings(), []);
    computer.system.proxy = Some(("proxy:3128".to_owned(), false));
    assert_eq!(computer.only().code, Code::ProxyUnusable);
    computer.system.proxy = None;
    computer.write(
        "etc/chromium/native-messaging-hosts/ru.cryptopro.nmcades.json",
        "{}",
    );
    let finding = computer.only();
    assert_eq!(
        (finding.code, finding.subject.as_deref()),
        (Code::RivalRegistered, Some("CryptoPro"))
    );
}

#[test]
fn the_older_of_host_and_extension_is_named() {
    let mut computer = computer();
    let own = env!("CARGO_PKG_VERSION");
    for (extension, expected) in [
        (own, None),
        (&*format!("{own}.0"), None),
        ("0.0.9", Some(Code::ExtensionOlder)),
        ("99.0", Some(Code::HostOlder)),
        ("99.0.0.0.0", None),
        ("new", None),
    ] {
        computer.system.extension = Some(extension.to_owned());
        let found = computer.findings();
        let codes: Vec<_> = found.iter().map(|it| it.code).collect();
        assert_eq!(
            codes,
            expected.into_iter().collect::<Vec<_>>(),
            "{extension}"
        );
        let subjects = found.iter().filter_map(|it| it.subject.clone());
        for subject in subjects {
            assert_eq!(subject, format!("{own}, {extension}"));
        }
    }
    assert!(!examine(&computer.system).has_faults());
}
