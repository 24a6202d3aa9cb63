//! Keys as people have them, at the terminal: files with two passwords, padded, in base64; PEM keys with their
//! certificates; what is no key file, and what it is said to be; containers under other names.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod containers;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tamga_tests::{gost::said, host::program};
use tempfile::TempDir;

const PASSWORD: &str = "12345";

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm-core/tests/fixtures/files");
    fs::read(folder.join(name)).unwrap()
}

/// A home folder with a document and these files.
fn home(files: &[(&str, &[u8])]) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(home.path().join(name), content).unwrap();
    }
    fs::write(home.path().join("document"), b"document").unwrap();
    home
}

/// The code of a failure.
fn code(said: &(Option<i32>, Value)) -> &str {
    let code = said.1.pointer("/failure/code");
    code.and_then(Value::as_str).unwrap_or_default()
}

/// Signs the document with the only key there is; gives the code of the failure.
fn signed(home: &Path, password: &str) -> String {
    let _ = fs::remove_file(home.join("signature"));
    let sign = ["sign", "-o", "signature", "document"];
    let said = said(home, &sign, &[password]);
    assert_eq!(
        said.0 == Some(0),
        home.join("signature").exists(),
        "{said:?}"
    );
    code(&said).to_owned()
}

fn openssl(home: &Path, arguments: &str) {
    let arguments = arguments.split(' ');
    let mut openssl = Command::new("openssl");
    let output = openssl.args(arguments).current_dir(home).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_second_password_is_asked_for_and_the_key_signs_with_its_own() {
    for (name, of_file, of_key) in [
        ("key-has-another.p12", PASSWORD, "other"),
        ("mac-has-another.p12", "other", PASSWORD),
    ] {
        let home = home(&[(name, &fixture(name))]);
        let add = |passwords: &[&str]| said(home.path(), &["add", name], passwords);
        for one in [of_file, of_key] {
            let refused = add(&[one]);
            let failure = json!({"code": "PASSWORD_SECOND_NEEDED", "subject": name});
            assert_eq!(refused, (Some(4), json!({ "failure": failure })));
        }
        assert_eq!(code(&add(&[of_file, "wrong"])), "PASSWORD_WRONG");
        assert_eq!(code(&add(&["wrong"])), "PASSWORD_WRONG");
        assert_eq!(add(&[of_file, of_key]).0, Some(0));

        // Once it is here, one password is asked for: the key's.
        assert_eq!(signed(home.path(), of_key), "");
        assert_eq!(signed(home.path(), of_file), "PASSWORD_SECOND_NEEDED");
        assert_eq!(signed(home.path(), "wrong"), "PASSWORD_WRONG");
        let sign = ["sign", "--file", name, "-o", "out", "document"];
        assert_eq!(said(home.path(), &sign, &[of_key, of_file]).0, Some(0));

        let inspect = said(home.path(), &["inspect", name], &[of_file, of_key]);
        assert_eq!(inspect.0, Some(0), "{inspect:?}");

        // A new password is that of everything.
        let password = said(home.path(), &["password", name], &[of_file, of_key, "new"]);
        assert_eq!(password.0, Some(0), "{password:?}");
        openssl(
            home.path(),
            &format!("pkcs12 -in {name} -passin pass:new -noenc -out all.pem"),
        );
    }
}

#[test]
fn padding_and_base64_of_key_files() {
    let file = fixture("p256-33-bytes.p12");
    let base64 = BASE64_STANDARD.encode(&file);
    for (name, given) in [
        ("zeros.p12", [&*file, &[0; 64]].concat()),
        ("crlf.p12", [&*file, b"\r\n"].concat()),
        ("base64.p12", base64.clone().into_bytes()),
        ("bom.p12", format!("\u{feff}{base64}\r\n").into_bytes()),
        (
            "pem.p12",
            format!("-----BEGIN PKCS12-----\n{base64}\n-----END PKCS12-----\n").into_bytes(),
        ),
    ] {
        let home = home(&[(name, &given)]);
        assert_eq!(
            said(home.path(), &["add", name], &[PASSWORD]).0,
            Some(0),
            "{name}"
        );
        assert_eq!(signed(home.path(), PASSWORD), "", "{name}");
        // Its password can be changed, and it is copied, without what was around it.
        assert_eq!(
            said(home.path(), &["copy", name, "copy.p12"], &[PASSWORD]).0,
            Some(0)
        );
        assert_eq!(
            fs::read(home.path().join("copy.p12")).unwrap(),
            file,
            "{name}"
        );
        assert_eq!(
            said(home.path(), &["password", name], &[PASSWORD, "new"]).0,
            Some(0)
        );
        openssl(
            home.path(),
            &format!("pkcs12 -in {name} -passin pass:new -noenc -out all.pem"),
        );
    }
}

/// Keys with their certificates as OpenSSL writes them become files of ours, which OpenSSL reads.
#[test]
fn keys_in_pem_get_a_file_and_a_password() {
    let home = home(&[]);
    let at = |name: &str| home.path().join(name);
    let make = |arguments: &str| openssl(home.path(), arguments);
    make(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout plain.pem -out cert.pem -days 99 \
        -subj /CN=Zhanna -addext basicConstraints=CA:FALSE -addext keyUsage=digitalSignature",
    );
    make("pkcs8 -topk8 -in plain.pem -passout pass:key-demo -out encrypted.pem");
    make(
        "pkcs8 -topk8 -in plain.pem -passout pass:key-demo -v2 des3 -outform DER -out encrypted.der",
    );
    make("ec -in plain.pem -out sec1.pem");
    make("ec -in plain.pem -aes128 -passout pass:key-demo -out traditional.pem");
    make("pkcs8 -topk8 -in plain.pem -nocrypt -outform DER -out plain.der");
    make("x509 -in cert.pem -outform DER -out cert.der");
    let both = [
        fs::read(at("cert.pem")).unwrap(),
        fs::read(at("sec1.pem")).unwrap(),
    ]
    .concat();
    fs::write(at("both.pem"), both).unwrap();
    for files in [
        &["plain.pem", "cert.pem"][..],
        &["cert.der", "plain.der"],
        &["sec1.pem", "cert.pem"],
        &["encrypted.pem", "cert.pem"],
        &["encrypted.der", "cert.pem"],
        &["traditional.pem", "cert.der"],
        &["both.pem"],
    ] {
        let _ = fs::remove_dir_all(at("tamga"));
        let _ = fs::remove_dir_all(at(".local"));
        let add = [&["add"], files].concat();
        let encrypted = files[0].starts_with("encrypted") || files[0].starts_with("traditional");
        if encrypted {
            assert_eq!(
                code(&said(home.path(), &add, &["wrong"])),
                "PASSWORD_WRONG",
                "{files:?}"
            );
        } else {
            assert_eq!(
                code(&said(home.path(), &add, &[""])),
                "PASSWORD_UNFIT",
                "{files:?}"
            );
        }
        let added = said(home.path(), &add, &["key-demo"]);
        assert_eq!(added.0, Some(0), "{files:?} {added:?}");
        assert_eq!(signed(home.path(), "wrong"), "PASSWORD_WRONG", "{files:?}");
        assert_eq!(signed(home.path(), "key-demo"), "", "{files:?}");
        let stem = added.1[0]["location"]["keyFile"].as_str().unwrap();
        let copy = copy_of(home.path(), stem);
        openssl(
            home.path(),
            &format!(
                "pkcs12 -in {} -passin pass:key-demo -noenc -out all.pem",
                copy.display()
            ),
        );
        assert_eq!(
            code(&said(home.path(), &add, &["key-demo"])),
            "KEY_FILE_EXISTS"
        );
    }
    assert_eq!(
        code(&said(home.path(), &["add", "plain.pem"], &["x"])),
        "CERTIFICATE_MISSING"
    );
    make("genpkey -algorithm ED25519 -out ed.pem");
    make("req -x509 -new -key ed.pem -out ed.crt -days 99 -subj /CN=Zhanna");
    let unsupported = said(home.path(), &["add", "ed.pem", "ed.crt"], &["x"]);
    assert_eq!(
        unsupported.1[0]["problem"], "KEY_UNSUPPORTED",
        "{unsupported:?}"
    );
    make("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.pem");
    assert_eq!(
        code(&said(
            home.path(),
            &["add", "other.pem", "cert.pem"],
            &["x"]
        )),
        "KEY_MISMATCH"
    );
    // Where they are they sign too, and are no key files.
    let sign = |file| {
        [
            "sign", "--force", "--file", file, "-o", "itself", "document",
        ]
    };
    let mut encrypted = fs::read(at("encrypted.pem")).unwrap();
    encrypted.extend(fs::read(at("cert.pem")).unwrap());
    fs::write(at("both-encrypted.pem"), encrypted).unwrap();
    for (file, password) in [("both.pem", ""), ("both-encrypted.pem", "key-demo")] {
        let signed = said(home.path(), &sign(file), &[password]);
        assert_eq!(signed.0, Some(0), "{file} {signed:?}");
        make("cms -verify -noverify -binary -inform DER -in itself -content document -out copy");
    }
    assert_eq!(
        code(&said(home.path(), &sign("both-encrypted.pem"), &["x"])),
        "PASSWORD_WRONG"
    );
    assert_eq!(
        code(&said(home.path(), &["password", "both.pem"], &["x", "y"])),
        "FILE_IS_PRIVATE_KEY"
    );
}

fn copy_of(home: &Path, stem: &str) -> PathBuf {
    let name = format!("{stem}.p12");
    let folders = [".local/share/tamga/keys", "tamga/keys"];
    let mut paths = folders.iter().map(|folder| home.join(folder).join(&name));
    paths.find(|path| path.exists()).unwrap()
}

#[test]
fn what_is_no_key_file_is_named() {
    let jks = [&[0xfe, 0xed, 0xfe, 0xed][..], &[0; 30]].concat();
    for (name, file, expected) in [
        ("request.csr", fixture("request.csr"), "FILE_IS_REQUEST"),
        ("list.crl", fixture("list.crl"), "FILE_IS_REVOCATION_LIST"),
        ("public.pem", fixture("public.pem"), "FILE_IS_PUBLIC_KEY"),
        (
            "signed.p7m",
            fixture("no-certificate.p7m"),
            "FILE_IS_SIGNATURE",
        ),
        (
            "page.p12",
            b"<!DOCTYPE html><title>Login</title>".to_vec(),
            "FILE_IS_WEB_PAGE",
        ),
        ("keys.zip", b"PK\x03\x04\x14".to_vec(), "FILE_IS_ARCHIVE"),
        ("store.jks", jks, "FILE_IS_KEYSTORE"),
        ("nothing.p12", Vec::new(), "KEY_FILE_EMPTY"),
        ("words.p12", b"words".to_vec(), "KEY_FILE_MALFORMED"),
        ("header.key", b"words".to_vec(), "CONTAINER_FILE"),
    ] {
        let home = home(&[(name, &file)]);
        for command in [&["add", name][..], &["sign", "--file", name, "document"]] {
            let refused = said(home.path(), command, &[PASSWORD]);
            let failure = json!({"code": expected, "subject": name});
            assert_eq!(
                refused,
                (Some(1), json!({ "failure": failure })),
                "{command:?}"
            );
        }
    }
    for (name, passwords, expected) in [
        ("only-secret.p12", "password1", "KEY_FILE_EMPTY"),
        ("30-million-rounds.p12", PASSWORD, "KEY_FILE_TOO_COSTLY"),
    ] {
        let home = home(&[(name, &fixture(name))]);
        assert_eq!(
            code(&said(home.path(), &["add", name], &[passwords])),
            expected
        );
    }
}

#[test]
fn without_a_terminal_a_password_is_said_to_be_needed() {
    let home = home(&[("key.p12", &fixture("p256-33-bytes.p12"))]);
    let mut host = Command::new("setsid");
    host.arg("--wait")
        .arg(program())
        .args(["add", "key.p12", "--json"]);
    host.env_clear()
        .env("HOME", home.path())
        .env("PATH", "/usr/bin:/bin");
    let output = host
        .current_dir(home.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("PASSWORD_NEEDED"), "{said}");
}
