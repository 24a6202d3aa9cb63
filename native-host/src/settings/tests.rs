use super::*;

fn settings(folder: &Path) -> Settings {
    for name in ["data", "system"] {
        fs::create_dir_all(folder.join(name)).unwrap();
    }
    Settings {
        person: folder.join("data").join(FILE),
        administrator: folder.join("system").join(FILE),
        owner: Trust::Tester,
    }
}

fn address(address: &str) -> ProxySetting {
    let address = address.to_owned();
    ProxySetting::Address { address }
}

#[test]
fn the_administrators_word_is_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    assert_eq!(settings.proxy(), ProxyState::default());
    for setting in [ProxySetting::None {}, address("proxy:3128")] {
        let set = settings.set_proxy(setting.clone()).unwrap();
        assert_eq!((set.setting, set.fixed), (setting, false));
    }
    for damaged in [
        "",
        "{",
        "[]",
        r#"{"proxy":{"kind":"other"}}"#,
        r#"{"proxy":7}"#,
    ] {
        fs::write(&settings.person, damaged).unwrap();
        assert_eq!(settings.proxy(), ProxyState::default(), "{damaged}");
    }
    let given = r#"{"proxy":{"kind":"address","address":"office:8080"}}"#;
    fs::write(&settings.administrator, given).unwrap();
    let fixed = settings.proxy();
    assert_eq!((fixed.setting, fixed.fixed), (address("office:8080"), true));
    let refused = settings.set_proxy(ProxySetting::None {}).unwrap_err();
    assert_eq!(Failure::from(refused).code, ErrorCode::ProxyFixed);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let everybodys = fs::Permissions::from_mode(0o666);
        fs::set_permissions(&settings.administrator, everybodys).unwrap();
        assert!(!settings.proxy().fixed);
    }
}

#[test]
fn what_is_no_address_of_a_proxy_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let long = "a".repeat(MAX_PROXY + 1);
    for wrong in [
        "",
        " ",
        "socks5://a:1",
        "https://a:1",
        "a b:1",
        "a:99999",
        &long,
    ] {
        let refused = settings.set_proxy(address(wrong)).unwrap_err();
        assert_eq!(
            Failure::from(refused).code,
            ErrorCode::ProxyMalformed,
            "{wrong}"
        );
    }
    assert!(!settings.person.exists());
    settings.set_proxy(address("http://me:pw@proxy:1")).unwrap();
    settings.remove().unwrap();
    settings.remove().unwrap();
    assert_eq!(settings.proxy(), ProxyState::default());
}
