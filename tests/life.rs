//! How the host lives and dies: memory, secrets, sudden ends.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::json;
use std::{fs, process::Command};
#[cfg(target_os = "linux")]
use std::{
    os::unix::fs::MetadataExt as _,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};
#[cfg(target_os = "linux")]
use tamga_tests::host::program;
use tamga_tests::{
    host::Host,
    people::{PASSWORD, People},
};

/// The most memory that a process has used, in KiB, but for the program itself: unoptimised that is three times as large,
/// and `scripts/bench` measures the optimised one with it.
#[cfg(target_os = "linux")]
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let value = |name: &str| -> u64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    value("VmHWM:") - value("RssFile:")
}

#[cfg(target_os = "linux")]
#[test]
fn memory_stays_small() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::greeted(home.path());
    let idle = peak(host.process());
    assert!(idle < 3 << 10, "idle: {idle} KiB");
    let reply = host.read_document(300 << 20, "SHA-256", |length| vec![7; length]);
    assert_eq!(reply["type"], "document-read", "{reply}");
    let streaming = peak(host.process());
    assert!(streaming < 16 << 10, "streaming 300 MiB: {streaming} KiB");
    println!("idle {idle} KiB, after 300 MiB {streaming} KiB");
}

/// Neither the limit nor a program that takes core dumps from the kernel gets one. Whether a process is dumpable is seen
/// by who may ask for its program: only those who may trace any process.
#[cfg(target_os = "linux")]
#[test]
fn no_mode_of_the_host_leaves_a_core_dump() {
    let home = tempfile::tempdir().unwrap();
    let key_file = home.path().join("a.p12");
    fs::write(&key_file, b"0").unwrap();
    let origin = "chrome-extension://epbgnlfkddopdogpcmdbdbclbkdojfbl/";
    let add = ["add", key_file.to_str().unwrap(), "--password-stdin"];
    let control = dumpable_program(home.path(), "/bin/cat".as_ref(), &[]);
    // It is from the moment on when the shell has become this program.
    let deadline = Instant::now() + Duration::from_secs(20);
    while !control.is_dumpable() {
        assert!(Instant::now() < deadline, "nothing is found out here");
        thread::sleep(Duration::from_millis(10));
    }
    for arguments in [&[origin][..], &["--module", "/nonexistent.so"], &add] {
        let host = dumpable_program(home.path(), program(), arguments);
        let deadline = Instant::now() + Duration::from_secs(20);
        while host.is_dumpable() || host.core_limits() != ["0", "0"] {
            assert!(Instant::now() < deadline, "{arguments:?}");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A program that waits for its input.
#[cfg(target_os = "linux")]
struct Waiting(Child);

/// Starts a program with the highest limit for core dumps that there can be here.
#[cfg(target_os = "linux")]
fn dumpable_program(home: &Path, program: &Path, arguments: &[&str]) -> Waiting {
    let mut command = unprivileged("/bin/sh");
    command.args(["-c", r#"ulimit -c "$(ulimit -H -c)"; exec "$0" "$@""#]);
    command.arg(program).args(arguments).env("HOME", home);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    Waiting(command.spawn().unwrap())
}

/// A program that may trace only what everybody may, even if root starts it.
#[cfg(target_os = "linux")]
fn unprivileged(program: &str) -> Command {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--bounding-set=-all", "--inh-caps=-all", program]);
    command
}

#[cfg(target_os = "linux")]
impl Waiting {
    fn file(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.0.id())
    }

    fn is_dumpable(&self) -> bool {
        let mut reading = unprivileged("readlink");
        reading.arg(self.file("exe"));
        reading.output().unwrap().status.success()
    }

    /// The lower and the upper limit.
    fn core_limits(&self) -> [String; 2] {
        let limits = fs::read_to_string(self.file("limits")).unwrap();
        let line = limits
            .lines()
            .find_map(|line| line.strip_prefix("Max core file size"));
        let mut words = line.unwrap().split_whitespace().map(str::to_owned);
        [(); 2].map(|()| words.next().unwrap())
    }
}

#[cfg(target_os = "linux")]
impl Drop for Waiting {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

#[test]
fn the_password_is_nowhere() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::start_logging(home.path(), "trace");
    host.greet();
    let mut said = String::new();
    let secret_name = "Құпия-құжат.pdf";
    let id = host.add("aigerim", &people.read("aigerim.p12"), PASSWORD);
    for password in [PASSWORD, "another-Sësam-48"] {
        let (events, reply) = host.request_with_events(&json!({
            "type": "sign",
            "certificate": id,
            "unlock": {"type": "password", "password": BASE64_STANDARD.encode(password)},
            "profile": {"container": "cms", "level": "bes", "placement": "detached"},
            "padding": "pss",
            "items": [{"type": "hash", "digest": {"algorithm": "SHA-256", "value": "ab".repeat(32)}}],
        }));
        said += &format!("{events:?}{reply}");
    }
    // Where a message cannot be read, its values must not be quoted either.
    let reply = host.request(&json!({
        "type": "add-key-file", "name": secret_name, "content": "", "password": PASSWORD,
    }));
    said += &reply.to_string();
    let end = host.finish();
    assert!(!end.log.is_empty(), "nothing was logged at all");
    for secret in [PASSWORD, "another-Sësam-48", secret_name] {
        for form in [secret.to_owned(), BASE64_STANDARD.encode(secret)] {
            assert!(!end.log.contains(&form), "in the log: {form}");
            assert!(!said.contains(&form), "in a reply: {form}");
        }
    }
    for entry in fs::read_dir(home.path().join(".local/share/tamga/keys")).unwrap() {
        let file = fs::read(entry.unwrap().path()).unwrap();
        let found = file
            .windows(PASSWORD.len())
            .any(|window| window == PASSWORD.as_bytes());
        assert!(!found, "in a file");
    }
}

#[test]
fn a_host_that_was_killed_leaves_everything_as_it_was() {
    let Some(people) = People::get() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::greeted(home.path());
    let id = host.add("ivan", &people.read("ivan.p12"), PASSWORD);
    host.ask(&json!({"type": "read-document", "stream": 1, "size": 9 << 20, "digest": "SHA-256"}));
    let data = BASE64_STANDARD.encode(vec![1; 256 << 10]);
    host.send(&json!({"type": "chunk", "stream": 1, "sequence": 0, "last": false, "data": data}));
    assert_eq!(host.receive().unwrap()["type"], "acknowledge");
    assert!(!host.kill().status.success());

    let mut host = Host::greeted(home.path());
    let listed = host.list();
    assert_eq!(listed["keys"][0]["id"], id);
    assert_eq!(listed["unreadable"], json!([]));
}

#[test]
fn a_browser_that_is_gone_ends_the_host() {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::greeted(home.path());
    host.ask(&json!({"type": "read-document", "stream": 1, "size": 9, "digest": "SHA-256"}));
    let end = host.finish();
    assert!(end.status.success());
    assert_eq!(end.rest, Vec::<serde_json::Value>::new());
    assert_eq!(end.log, "");
}

/// A key file with hundreds of certificates: the reply is larger than a frame may be.
#[test]
fn a_large_reply_comes_in_pieces() {
    let home = tempfile::tempdir().unwrap();
    let keys = home.path().join(".local/share/tamga/keys");
    fs::create_dir_all(&keys).unwrap();
    let certificate = include_bytes!("../wasm-core/tests/fixtures/russian.der");
    let certificate = BASE64_STANDARD.encode(certificate);
    let key = json!({"certificate": certificate, "chain": []});
    let sidecar = json!({"name": "many.p12", "keys": vec![key; 800]});
    fs::write(keys.join("0123456789abcdef.json"), sidecar.to_string()).unwrap();
    fs::write(keys.join("0123456789abcdef.p12"), "").unwrap();

    let mut host = Host::greeted(home.path());
    host.ask(&json!({"type": "list-certificates"}));
    let large = host.receive().unwrap();
    assert_eq!(large["type"], "large", "{large}");
    let mut message = Vec::new();
    loop {
        let chunk = host.receive().unwrap();
        assert_eq!(
            (&chunk["type"], &chunk["stream"]),
            (&json!("chunk"), &large["stream"])
        );
        message.extend(
            BASE64_STANDARD
                .decode(chunk["data"].as_str().unwrap())
                .unwrap(),
        );
        let sequence = &chunk["sequence"];
        host.send(&json!({"type": "acknowledge", "stream": large["stream"], "sequence": sequence}));
        if chunk["last"] == true {
            break;
        }
    }
    assert_eq!(large["size"], message.len());
    let message: serde_json::Value = serde_json::from_slice(&message).unwrap();
    assert_eq!(message["reply"]["keys"].as_array().unwrap().len(), 800);
    let hello = json!({"type": "hello", "protocol": 1, "version": "0.1.0"});
    assert_eq!(host.request(&hello)["type"], "hello");
}

#[test]
fn a_key_file_that_takes_long_is_cancelled_and_the_host_goes_on() {
    let Some(people) = People::get() else { return };
    let home = tempfile::tempdir().unwrap();
    // Some seconds of work, which is within what a file may cost.
    let given = people.path("aigerim.p12").display().to_string();
    let password = format!("pass:{PASSWORD}");
    for arguments in [
        &[
            "-in", &given, "-passin", &password, "-noenc", "-out", "all.pem",
        ][..],
        &[
            "-export", "-in", "all.pem", "-iter", "1000000", "-passout", "pass:x", "-out",
            "slow.p12",
        ],
    ] {
        let mut openssl = Command::new("openssl");
        let made = openssl
            .arg("pkcs12")
            .args(arguments)
            .current_dir(home.path());
        assert!(made.output().unwrap().status.success());
    }
    let slow = fs::read(home.path().join("slow.p12")).unwrap();
    let mut host = Host::greeted(home.path());
    let id = host.ask(&json!({
        "type": "add-key-file",
        "name": "slow.p12",
        "content": BASE64_STANDARD.encode(slow),
        "password": BASE64_STANDARD.encode("x"),
    }));
    host.send(&json!({"type": "cancel", "id": id}));
    let reply = host.receive().unwrap();
    assert_eq!(
        (&reply["type"], &reply["id"]),
        (&json!("failed"), &json!(id))
    );
    assert_eq!(reply["failure"]["code"], "CANCELLED");
    assert!(host.finish().status.success());
}
