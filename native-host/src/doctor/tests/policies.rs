//! Policies of administrators.

use super::*;

#[test]
fn policies_that_block_are_named_with_their_file() {
    let id = register::CHROMIUM_IDS[0];
    for (policy, expected) in [
        (
            r#"{"NativeMessagingBlocklist":["*"]}"#.to_owned(),
            Some(Code::HostBlocked),
        ),
        (
            r#"{"NativeMessagingBlocklist":["org.tamga.host"]}"#.to_owned(),
            Some(Code::HostBlocked),
        ),
        (
            r#"{"NativeMessagingBlocklist":["*"],"NativeMessagingAllowlist":["org.tamga.host"]}"#
                .to_owned(),
            None,
        ),
        (
            r#"{"NativeMessagingUserLevelHosts":false}"#.to_owned(),
            Some(Code::HostBlocked),
        ),
        (
            r#"{"ExtensionInstallBlocklist":["*"]}"#.to_owned(),
            Some(Code::ExtensionBlocked),
        ),
        (
            format!(
                r#"{{"ExtensionInstallBlocklist":["*"],"ExtensionInstallForcelist":["{id};http://a/b"]}}"#
            ),
            None,
        ),
        (
            r#"{"ExtensionSettings":{"*":{"installation_mode":"blocked"}}}"#.to_owned(),
            Some(Code::ExtensionBlocked),
        ),
        (
            format!(
                r#"{{"ExtensionSettings":{{"*":{{"installation_mode":"blocked"}},"{id}":{{"installation_mode":"allowed"}}}}}}"#
            ),
            None,
        ),
        (
            r#"{"ExtensionSettings":{"*":{"blocked_permissions":["nativeMessaging"]}}}"#.to_owned(),
            Some(Code::ExtensionBlocked),
        ),
        ("not JSON".to_owned(), None),
    ] {
        let computer = computer();
        let file = computer.write("etc/chromium/policies/managed/company.json", &policy);
        let found: Vec<_> = computer.findings();
        let codes: Vec<_> = found.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, expected.into_iter().collect::<Vec<_>>(), "{policy}");
        if let Some(finding) = found.first() {
            assert_eq!(finding.place.as_deref(), file.to_str());
            assert_eq!(
                (finding.subject.as_deref(), finding.repairable),
                (Some("Chromium"), false)
            );
        }
    }
    let computer = computer();
    let blocked = r#"{"policies":{"ExtensionSettings":{"*":{"installation_mode":"blocked"}}}}"#;
    computer.write("etc/firefox/policies/policies.json", blocked);
    let finding = computer.only();
    assert_eq!(finding.code, Code::ExtensionBlocked);
    assert_eq!(finding.subject.as_deref(), Some("Firefox"));
}

#[test]
fn hosts_of_a_package_are_no_hosts_of_a_person() {
    let computer = computer();
    computer.register_system("chromium", &computer.system.program);
    computer.write(
        "etc/chromium/policies/managed/company.json",
        r#"{"NativeMessagingUserLevelHosts":false}"#,
    );
    assert_eq!(computer.findings(), []);
}
