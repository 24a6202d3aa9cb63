//! What bad containers and key files get: one failure with its code, which says what it happened to, and words of
//! what to do. Nothing but an explicit command changes them, and a command that breaks off leaves them whole.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use serde_json::{Value, json};
use std::{fs, path::Path};
use tamga_core::cryptopro::{Files, Part};
use tamga_people::foreign;
use tamga_tests::{
    gost::{container, files, openssl, people, put, run, said},
    host::program,
};

const PERSON: &str = "larisa-twokeys";
const PASSWORD: &str = "larisa-demo";

/// A home folder with a document, and this container in `keys/x.000`.
fn home(files: &Files) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    put(files, &home.path().join("keys/x.000"));
    fs::write(home.path().join("document"), b"document").unwrap();
    said(home.path(), &["folder", "add", "keys"], &[]);
    home
}

/// Ids of the keys that could sign, and failures of what is listed and of what is not readable.
fn listed(home: &Path) -> (Vec<String>, Vec<Value>) {
    let (_, list) = said(home, &["list"], &[]);
    let all = list["keys"].as_array().unwrap();
    let able = all.iter().filter(|key| key["problem"].is_null());
    let id = |key: &Value| key["certificate"]["id"].as_str().unwrap().to_owned();
    let ids = able.map(id).collect();
    let problems = all.iter().filter_map(|key| key.get("problem").cloned());
    let unreadable = list["unreadable"].as_array().unwrap().iter();
    let failures = unreadable.map(|it| it["failure"].clone());
    (
        ids,
        problems
            .filter(|it| !it.is_null())
            .chain(failures)
            .collect(),
    )
}

fn sign(home: &Path, id: &str, password: &str) -> (Option<i32>, Value) {
    let (status, said) = said(home, &["sign", "--key", id, "document"], &[password]);
    (status, said["failure"].clone())
}

fn changed(files: &Files, part: Part, change: impl FnOnce(&mut Vec<u8>)) -> Files {
    let mut content = files.get(part).unwrap().to_vec();
    change(&mut content);
    let mut files = files.clone();
    files.insert(part, content);
    files
}

#[test]
fn each_file_that_is_missing_or_cut_is_named() {
    let whole = files(&container(PERSON));
    for part in Part::ALL {
        let length = whole.get(part).unwrap().len();
        for cut in [None, Some(0), Some(length - 1)] {
            let damaged = match cut {
                Some(length) => changed(&whole, part, |content| content.truncate(length)),
                None => whole
                    .iter()
                    .filter(|(other, _)| *other != part)
                    .map(|(part, content)| (part, content.to_vec()))
                    .collect(),
            };
            let home = home(&damaged);
            let (ids, failures) = listed(home.path());
            let code = if cut.is_none() {
                "CONTAINER_INCOMPLETE"
            } else {
                "CONTAINER_DAMAGED"
            };
            let named = |container: &str| {
                vec![json!({"code": code, "subject": format!("{container}/{part}")})]
            };
            let (keys, expected) = match part {
                // Without a name it is called as its folder is.
                Part::Name => (2, Vec::new()),
                Part::Header => (0, named("x.000")),
                // The other key needs nothing of it.
                _ => (1, named(PERSON)),
            };
            assert_eq!((ids.len(), failures), (keys, expected), "{part} {cut:?}");
            for id in ids {
                assert_eq!(
                    sign(home.path(), &id, PASSWORD).0,
                    Some(0),
                    "{part} {cut:?}"
                );
            }
            if part != Part::Name {
                let password = said(home.path(), &["password", "keys/x.000"], &[PASSWORD, "new"]);
                assert_eq!(password.1["failure"]["code"], code);
                let copy = said(
                    home.path(),
                    &["copy", "keys/x.000", "x.p12"],
                    &[PASSWORD, "new"],
                );
                assert_eq!(copy.1["failure"]["code"], code);
            }
            assert_eq!(files(&home.path().join("keys/x.000")), damaged);
        }
    }
}

#[test]
fn a_wrong_password_and_damage_are_told_apart() {
    let whole = files(&container(PERSON));
    let damaged = json!("CONTAINER_DAMAGED");
    // In the header and the masks it is the MAC, the last four octets; no MAC is over the key itself.
    for (part, octet) in [(Part::Header, 1), (Part::Masks, 1), (Part::Primary, 20)] {
        let made = changed(&whole, part, |content| {
            let place = content.len() - octet;
            content[place] ^= 1;
        });
        let home = home(&made);
        let (ids, failures) = listed(home.path());
        match part {
            Part::Primary => {
                let failures: Vec<_> = ids
                    .iter()
                    .map(|id| sign(home.path(), id, PASSWORD).1)
                    .collect();
                let named = json!({"code": damaged, "subject": "larisa-twokeys/primary.key"});
                assert!(
                    failures.contains(&named) && failures.contains(&Value::Null),
                    "{failures:?}"
                );
                for id in ids {
                    let wrong = json!({"code": "PASSWORD_WRONG", "subject": PERSON});
                    assert_eq!(sign(home.path(), &id, "Larisa-demo"), (Some(4), wrong));
                }
            }
            _ => assert_eq!(
                failures.iter().map(|it| &it["code"]).collect::<Vec<_>>(),
                [&damaged],
                "{part}"
            ),
        }
        assert_eq!(files(&home.path().join("keys/x.000")), made);
    }
}

#[test]
fn a_certificate_of_another_key_is_refused() {
    let other = files(&container("pavel-director"));
    let certificate = tamga_core::cryptopro::Container::parse(other).unwrap();
    let certificate = certificate.slots()[0].certificate().unwrap().to_vec();
    let made = foreign::with_certificate(&files(&container(PERSON)), &certificate);
    let home = home(&made);
    let (ids, _) = listed(home.path());
    let failures: Vec<_> = ids
        .iter()
        .map(|id| sign(home.path(), id, PASSWORD).1)
        .collect();
    let mismatch = json!({"code": "KEY_MISMATCH", "subject": PERSON});
    assert!(failures.contains(&mismatch), "{failures:?}");
    let copy = said(
        home.path(),
        &["copy", "keys/x.000", "x.p12"],
        &[PASSWORD, "new"],
    );
    assert_eq!(copy.1["failure"]["code"], "KEY_MISMATCH");
    assert!(!home.path().join("x.p12").exists());
}

#[test]
fn keys_of_2001_are_listed_and_do_not_sign() {
    for (algorithm, code, words) in [
        ("1.2.643.2.2.98", "KEY_WITHDRAWN", "is withdrawn"),
        ("1.2.643.2.2.19", "KEY_WITHDRAWN", "is withdrawn"),
        (
            "1.2.643.9.9.9",
            "KEY_UNSUPPORTED",
            "does not sign with keys of this kind",
        ),
    ] {
        let person = files(&container("pavel-director"));
        let home = home(&foreign::with_algorithm(
            &person,
            algorithm.parse().unwrap(),
        ));
        assert_eq!(listed(home.path()), (vec![], vec![json!(code)]));
        let output = run(home.path(), &["sign", "document"], &["pavel-demo"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.starts_with("pavel-director: ") && said.contains(words),
            "{said}"
        );
        let list = String::from_utf8(run(home.path(), &["list"], &[]).stdout).unwrap();
        assert!(
            list.contains("Примеров") || list.contains("Пример"),
            "{list}"
        );
        assert!(list.contains(words), "{list}");
        assert!(!home.path().join("document.p7s").exists());
    }
}

#[test]
fn a_key_file_of_2001_and_one_of_an_unknown_cipher_say_so() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("document"), b"document").unwrap();
    let Some(openssl) = openssl(home.path()) else {
        return;
    };
    let made = |arguments: &str| {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let output = openssl(&arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    };
    let request = "req -new -x509 -newkey gost2001 -pkeyopt paramset:A -nodes -subj /CN=Old -keyout old.key -out old.pem -days 99";
    made(request);
    let export = "pkcs12 -export -in old.pem -inkey old.key -passout pass:old-demo";
    made(&format!(
        "{export} -out old.p12 -keypbe gost89 -certpbe gost89 -macalg md_gost94"
    ));
    made(&format!(
        "{export} -out odd.p12 -keypbe camellia-256-cbc -certpbe camellia-256-cbc"
    ));
    for (file, code, words) in [
        ("old.p12", "KEY_WITHDRAWN", "is withdrawn"),
        ("odd.p12", "KEY_FILE_UNSUPPORTED", "choose AES"),
    ] {
        let before = fs::read(home.path().join(file)).unwrap();
        let sign = ["sign", "--file", file, "document"];
        let refused = said(home.path(), &sign, &["old-demo"]);
        assert_eq!(refused.1["failure"], json!({"code": code, "subject": file}));
        let output = run(home.path(), &sign, &["old-demo"]);
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            text.starts_with(&format!("{file}: ")) && text.contains(words),
            "{text}"
        );
        let wrong = said(home.path(), &sign, &["wrong"]);
        let code = if file == "old.p12" {
            "PASSWORD_WRONG"
        } else {
            code
        };
        assert_eq!(wrong.1["failure"]["code"], code, "{file}");
        assert_eq!(fs::read(home.path().join(file)).unwrap(), before);
    }
    // Added, it is in the list with its reason.
    assert_eq!(
        said(home.path(), &["add", "old.p12"], &["old-demo"]).0,
        Some(0)
    );
    assert_eq!(listed(home.path()), (vec![], vec![json!("KEY_WITHDRAWN")]));
}

/// A program that may not write a file longer than so many blocks is ended by the system in the middle of it.
#[cfg(target_os = "linux")]
#[test]
fn a_command_that_breaks_off_leaves_the_old_version_whole() {
    let original = files(&container(PERSON));
    let home = home(&original);
    let p12 = home.path().join("zoya.p12");
    fs::copy(people().join("zoya-rfc9548.p12"), &p12).unwrap();
    let before = fs::read(&p12).unwrap();
    let broken_off = |blocks: u32, arguments: &str, passwords: &str| {
        let script = format!(
            "ulimit -c 0; ulimit -f {blocks}; printf '{passwords}' | exec \"$0\" {arguments} --password-stdin"
        );
        let mut shell = std::process::Command::new("sh");
        shell.arg("-c").arg(script).arg(program());
        shell
            .env_clear()
            .env("HOME", home.path())
            .env("PATH", "/usr/bin:/bin");
        shell.current_dir(home.path()).output().unwrap().status
    };
    for blocks in [0, 1] {
        let passwords = format!("{PASSWORD}\\nnew\\n");
        let status = broken_off(blocks, "password keys/x.000", &passwords);
        assert!(!status.success(), "{blocks} {status}");
        assert_eq!(files(&home.path().join("keys/x.000")), original);
        assert!(!broken_off(blocks, "copy keys/x.000 made.000", &passwords).success());
        assert!(!home.path().join("made.000").exists());
        assert!(!broken_off(blocks, "copy keys/x.000 made.p12", &passwords).success());
        assert!(!home.path().join("made.p12").exists());
        assert!(!broken_off(blocks, "password zoya.p12", "пароль-зоя\\nnew\\n").success());
        assert_eq!(fs::read(&p12).unwrap(), before);
    }
    // Nothing that was left behind is in the way, or is taken for a container.
    assert_eq!(listed(home.path()).0.len(), 2);
    let password =
        |path: &str, passwords: &[&str]| said(home.path(), &["password", path], passwords).0;
    assert_eq!(password("zoya.p12", &["пароль-зоя", "new"]), Some(0));
    assert_eq!(password("keys/x.000", &[PASSWORD, "new"]), Some(0));
    for id in listed(home.path()).0 {
        assert_eq!(sign(home.path(), &id, "new").0, Some(0));
    }
}
