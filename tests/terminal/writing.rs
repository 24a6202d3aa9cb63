//! Signatures and documents that are written: what is replaced, and who may read it.

use super::{everything, given, run};
use serde_json::Value;
use std::{fs, path::Path, process::Command};
use tamga_tests::{
    host::command,
    people::{PASSWORD, People},
    terminal,
};

#[test]
fn a_document_is_taken_out_of_its_signature() {
    let home = tempfile::tempdir().unwrap();
    let document = fs::read(given("document.txt")).unwrap();
    let copy = |fixture: &str, name: &str| {
        fs::copy(given(fixture), home.path().join(name)).unwrap();
    };
    copy("attached.p7m", "act.txt.p7m");
    copy("made-ec-bp512-bad.p7m", "bad.P7M");
    copy("made-sig-unknown.p7m", "unknown");
    copy("detached.p7s", "detached.p7s");
    for (arguments, code, written) in [
        (&["act.txt.p7m"][..], 0, Some("act.txt")),
        // What is there stays there.
        (&["act.txt.p7m"], 0, Some("act (2).txt")),
        (&["act.txt.p7m", "-o", "act.txt"], 1, None),
        (&["act.txt.p7m", "-o", "act.txt.p7m"], 1, None),
        (&["act.txt.p7m", "-o", "other.txt"], 0, Some("other.txt")),
        (&["bad.P7M"], 3, Some("bad")),
        (&["unknown"], 5, Some("unknown.content")),
        (&["detached.p7s"], 1, None),
    ] {
        let output = run(home.path(), &[&["extract"], arguments].concat(), "");
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert_eq!(said.contains("Warning:"), code > 1, "{arguments:?}: {said}");
        let Some(name) = written else { continue };
        let content = fs::read(home.path().join(name)).unwrap();
        assert_eq!(content == document, code == 0, "{arguments:?}: {said}");
    }
    assert_eq!(fs::read(home.path().join("act.txt")).unwrap(), document);
    let signature = fs::read(home.path().join("act.txt.p7m")).unwrap();
    assert_eq!(signature, fs::read(given("attached.p7m")).unwrap());
}

#[test]
fn signatures_replace_nothing_unasked() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    fs::copy(people.path("ivan.p12"), at("key.p12")).unwrap();
    for folder in ["a", "b", "out"] {
        fs::create_dir(at(folder)).unwrap();
    }
    fs::write(at("a/act.txt"), b"one").unwrap();
    fs::write(at("b/act.txt"), b"two").unwrap();
    let sign = |arguments: &[&str]| {
        let arguments = [
            &["sign", "--file", "key.p12", "--password-stdin", "--json"],
            arguments,
        ]
        .concat();
        let output = run(home.path(), &arguments, PASSWORD);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), said)
    };
    let refused = |arguments: &[&str], subject: &str| {
        let before = everything(home.path());
        let (code, said) = sign(arguments);
        let failure = serde_json::json!({"code": "FILE_EXISTS", "subject": subject});
        assert_eq!(
            (code, &said["failure"]),
            (Some(1), &failure),
            "{arguments:?}"
        );
        assert_eq!(everything(home.path()), before);
    };

    // Two documents of one name in one folder, and the same once more.
    let (code, said) = sign(&["-o", "out", "a/act.txt", "b/act.txt"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said[1]["signature"], "out/act (2).txt.p7s");
    assert_eq!(said[1]["taken"], "out/act.txt.p7s");
    people.verify(&at("out/act.txt.p7s"), Some(&at("a/act.txt")), true);
    people.verify(&at("out/act (2).txt.p7s"), Some(&at("b/act.txt")), true);
    // With --force old signatures are replaced, but not one by the other.
    let (code, said) = sign(&["--force", "-o", "out", "b/act.txt", "a/act.txt"]);
    assert_eq!(
        (code, &said[1]["signature"]),
        (Some(0), &"out/act (3).txt.p7s".into())
    );
    people.verify(&at("out/act.txt.p7s"), Some(&at("b/act.txt")), true);
    people.verify(&at("out/act (3).txt.p7s"), Some(&at("a/act.txt")), true);

    // The document, the key file, somebody's file; by whatever name.
    fs::write(at("other.p7s"), b"somebody's").unwrap();
    let mut in_use = vec!["a/act.txt", "key.p12", "b/../a/act.txt"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a/act.txt", at("soft.p7s")).unwrap();
        fs::hard_link(at("key.p12"), at("hard.p7s")).unwrap();
        in_use.extend(["soft.p7s", "hard.p7s"]);
    }
    for path in in_use {
        let name = Path::new(path).file_name().unwrap().to_str().unwrap();
        for force in [&[][..], &["--force"]] {
            for attached in [&[][..], &["--attached"]] {
                refused(
                    &[force, attached, &["-o", path, "a/act.txt"]].concat(),
                    name,
                );
            }
        }
    }
    refused(&["-o", "other.p7s", "a/act.txt"], "other.p7s");
    assert_eq!(fs::read(at("a/act.txt")).unwrap(), b"one");
    assert_eq!(fs::read(at("key.p12")).unwrap(), people.read("ivan.p12"));
    assert_eq!(fs::read(at("other.p7s")).unwrap(), b"somebody's");
    assert_eq!(
        sign(&["--force", "-o", "other.p7s", "a/act.txt"]).0,
        Some(0)
    );
    people.verify(&at("other.p7s"), Some(&at("a/act.txt")), true);

    // Nobody types a password for what is refused, and a person is told of the other name.
    let output = run(
        home.path(),
        &["sign", "--file", "key.p12", "-o", "other.p7s", "a/act.txt"],
        "",
    );
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("other.p7s: This file is there already."),
        "{said}"
    );
    fs::write(at("a/act.txt.p7s"), b"somebody's").unwrap();
    let output = run(
        home.path(),
        &["sign", "--file", "key.p12", "--password-stdin", "a/act.txt"],
        PASSWORD,
    );
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "a/act.txt: signed, a/act (2).txt.p7s (a/act.txt.p7s was there already)\n"
    );
    assert_eq!(fs::read(at("a/act.txt.p7s")).unwrap(), b"somebody's");

    // Several at once, each under a name of its own.
    let signatures = || fs::read_dir(at("b")).unwrap().count() - 1;
    let before = signatures();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(sign(&["b/act.txt"]).0, Some(0)));
        }
    });
    assert_eq!(signatures(), before + 4);
}

/// An attached signature holds the document: it is for those who may read that, and for fewer where the umask says so.
#[cfg(unix)]
#[test]
fn signatures_are_for_those_who_may_read_the_document() {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let document = home.path().join("document");
    fs::write(&document, b"1").unwrap();
    let p12 = people.path("ivan.p12");
    for (mode, umask, option, expected) in [
        (0o600, "022", "--attached", 0o600),
        (0o400, "022", "--attached", 0o400),
        (0o640, "022", "--attached", 0o640),
        (0o644, "077", "--attached", 0o600),
        (0o600, "022", "--detached", 0o644),
        (0o600, "027", "--detached", 0o640),
    ] {
        fs::set_permissions(&document, fs::Permissions::from_mode(mode)).unwrap();
        let host = command(home.path());
        let mut shell = Command::new("/bin/sh");
        let script = format!("umask {umask}; exec \"$0\" \"$@\"");
        shell
            .env_clear()
            .args(["-c", &script])
            .arg(host.get_program());
        shell.envs(
            host.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        let arguments = [
            "sign",
            "--file",
            p12.to_str().unwrap(),
            "--password-stdin",
            "--force",
            option,
            "-o",
            "out",
            "document",
        ];
        let output = terminal::run(shell, home.path(), &arguments, &[PASSWORD]);
        assert!(output.status.success(), "{output:?}");
        let signed = fs::metadata(home.path().join("out")).unwrap().permissions();
        assert_eq!(signed.mode() & 0o777, expected, "{mode:o} {umask} {option}");
    }
}
