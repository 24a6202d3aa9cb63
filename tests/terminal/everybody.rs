//! What runs as everybody is root's: registering for all users, and the administrator's modules. In a mount namespace of
//! its own, where `/etc` is empty; needs root.

use serde_json::{Value, json};
use std::process::Command;
use tamga_tests::host::program;

/// An empty `/etc`, the host in a folder of root's below it, and nothing readable for others unless somebody says so.
const PREPARE: &str = "\
set -e
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /etc
mkdir -p /etc/opt/tamga /etc/tamga /etc/home
cp \"$1\" /etc/opt/tamga/tamga-host
cp /bin/true /etc/opt/tamga/module.so
host=/etc/opt/tamga/tamga-host
export HOME=/etc/home LANG=en
umask 077
";
/// Registers for everybody, and says with which modes.
const REGISTER: &str = "
set +e
$host register --system --browser chrome --json
stat -c '%a' /etc/opt/chrome/native-messaging-hosts /etc/opt/chrome/native-messaging-hosts/* >&2
";
const MANIFESTS: &str = "/etc/opt/chrome/native-messaging-hosts";

/// What a script prints as JSON, and as text; `None`, said loudly, where there can be no such namespace.
fn run(script: &str) -> Option<(Value, String)> {
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", &[PREPARE, script].concat(), "sh"]);
    let output = command.arg(program()).env_remove("TAMGA_SYSTEM").output();
    let output = output.ok().filter(|output| {
        let said = String::from_utf8_lossy(&output.stderr);
        !said.contains("unshare") && !said.contains("mount")
    });
    let Some(output) = output else {
        eprintln!("SKIPPED: there can be no mount namespace here");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let json = serde_json::from_slice(&output.stdout);
    Some((json.unwrap_or_default(), text))
}

#[test]
fn what_others_can_change_is_not_registered_for_everybody() {
    let Some((registered, modes)) = run(REGISTER) else {
        return;
    };
    assert_eq!(registered[0]["state"], "registered", "{registered}");
    assert_eq!(modes, "755\n644\n");
    let host = "/etc/opt/tamga/tamga-host";
    let list = "echo '[\"/etc/opt/tamga/module.so\"]' >/etc/tamga/modules.json; ";
    for (change, expected) in [
        ("chmod 777 $host", host),
        ("chmod 775 $host", host),
        ("chown 12345 $host", host),
        ("chmod 777 /etc/opt/tamga", "/etc/opt/tamga"),
        ("chmod 1777 /etc/opt", "/etc/opt"),
        ("chown 12345 /etc/opt/tamga", "/etc/opt/tamga"),
        (
            "mkdir -p /etc/opt/chrome; chmod 777 /etc/opt/chrome",
            "/etc/opt/chrome",
        ),
        (
            "ln -s /etc/home/hosts /etc/opt/chrome; mkdir -m 777 /etc/home/hosts",
            "/etc/home/hosts",
        ),
        (
            &[list, "chmod 666 /etc/tamga/modules.json"].concat(),
            "/etc/tamga/modules.json",
        ),
        (
            &[list, "chmod 777 /etc/opt/tamga/module.so"].concat(),
            "/etc/opt/tamga/module.so",
        ),
        (&[list, "chown 12345 /etc/tamga"].concat(), "/etc/tamga"),
    ] {
        let (refused, modes) = run(&[change, REGISTER].concat()).unwrap();
        let failure = json!({"code": "FILE_INSECURE", "subject": expected});
        assert_eq!(refused["failure"], failure, "{change}");
        assert!(!modes.contains("644"), "{change}: {modes}");
    }
    let repaired = ["mkdir -p -m 700 ", MANIFESTS, REGISTER].concat();
    let (registered, modes) = run(&repaired).unwrap();
    assert_eq!(registered[0]["state"], "registered", "{registered}");
    assert_eq!(modes, "755\n644\n");
}

/// A list that anybody can write would have everybody's host load anybody's module.
#[test]
fn an_administrators_module_that_others_can_change_is_not_loaded() {
    let list = "echo '[\"/etc/opt/tamga/module.so\"]' >/etc/tamga/modules.json; touch /etc/tamga/modules.only; ";
    for (change, code, subject) in [
        (
            "chmod 644 /etc/tamga/modules.json",
            "MODULE_FAILED",
            "module.so",
        ),
        (
            "chmod 646 /etc/tamga/modules.json",
            "FILE_INSECURE",
            "/etc/tamga/modules.json",
        ),
        (
            "chown 12345 /etc/tamga/modules.json",
            "FILE_INSECURE",
            "/etc/tamga/modules.json",
        ),
        (
            "chmod 722 /etc/opt/tamga",
            "FILE_INSECURE",
            "/etc/opt/tamga",
        ),
    ] {
        let script = [list, change, "\nset +e\n$host list --json"].concat();
        let Some((listed, _)) = run(&script) else {
            return;
        };
        let unreadable = listed["unreadable"].as_array().unwrap();
        let failures = unreadable.iter().map(|it| &it["failure"]);
        let of_modules = failures.filter(|it| it["subject"].is_string());
        let expected = json!({"code": code, "subject": subject});
        assert_eq!(of_modules.collect::<Vec<_>>(), [&expected], "{change}");
    }
}
