//! The host's binary, in a home folder of its own.

use crate::once;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use byteorder::{NativeEndian, ReadBytesExt as _, WriteBytesExt as _};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    env, fs,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    sync::{
        OnceLock,
        mpsc::{Receiver, channel},
    },
    thread,
    time::Duration,
};

/// How long a message of the host is waited for, also on a slow machine.
const RECEIVE_TIMEOUT: Duration = Duration::from_secs(120);

/// The program as it is now: it is built if it is not up to date, so that no test runs an old one.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| built("tamga-host"))
}

/// A program of this workspace as it is now.
pub(crate) fn built(program: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap();
    once::folder(&format!("built-{program}"), |_| {
        let mut build = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        // Of the whole workspace, as its tests are built: alone, a quarter of what it depends on would be built anew.
        build.args(["build", "--quiet", "--workspace", "--bin", program]);
        build.env("CARGO_TARGET_DIR", once::target());
        if folder.ends_with("release") {
            build.arg("--release");
        }
        let done = build.status().unwrap().success();
        assert!(done, "{program} does not build");
    });
    folder.join(format!("{program}{}", env::consts::EXE_SUFFIX))
}

/// The program with this home folder, and no other word about the person. The modules of this computer are none of its
/// concern.
pub fn command(home: &Path) -> Command {
    let mut command = Command::new(program());
    command
        .env_clear()
        .env("HOME", home)
        .env(
            "TAMGA_SYSTEM",
            concat!(env!("CARGO_MANIFEST_DIR"), "/system"),
        )
        .env("PATH", "/nonexistent")
        .env("LANG", "en");
    command
}

/// A host that runs.
#[derive(Debug)]
pub struct Host {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    log: PathBuf,
    last_request: u32,
    /// On which tokens certificates were when they were last seen there.
    tokens: BTreeMap<String, Value>,
}

/// How a host ended.
#[derive(Debug)]
pub struct End {
    /// What the system says.
    pub status: ExitStatus,
    /// What it wrote to standard error.
    pub log: String,
    /// What it sent and nobody received.
    pub rest: Vec<Value>,
}

impl Host {
    /// Starts the host as Chromium does.
    pub fn start(home: &Path) -> Self {
        Self::start_logging(home, "warn")
    }

    /// The same with so much in its log.
    pub fn start_logging(home: &Path, level: &str) -> Self {
        Self::start_as(command(home), &home.join("log.txt"), level)
    }

    /// Starts the host by this command, logging so much into this file.
    pub fn start_as(mut command: Command, log: &Path, level: &str) -> Self {
        command.arg("chrome-extension://epbgnlfkddopdogpcmdbdbclbkdojfbl/");
        command.env("TAMGA_LOG", level).env("RUST_BACKTRACE", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(fs::File::create(log).unwrap());
        let mut child = command.spawn().unwrap();
        Self {
            input: child.stdin.take(),
            output: receive_all(child.stdout.take().unwrap()),
            child,
            log: log.to_owned(),
            last_request: 0,
            tokens: BTreeMap::new(),
        }
    }

    /// Starts the host and says hello.
    pub fn greeted(home: &Path) -> Self {
        let mut host = Self::start(home);
        host.greet();
        host
    }

    /// Says hello.
    pub fn greet(&mut self) {
        let hello = json!({"type": "hello", "protocol": 1, "version": "0.1.0"});
        assert_eq!(self.request(&hello)["type"], "hello");
    }

    /// The host's process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Sends bytes as they are.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.input.as_mut().unwrap().write_all(bytes).unwrap();
    }

    /// Sends a frame.
    pub fn send(&mut self, message: &Value) {
        self.send_bytes(&frame(message.to_string().as_bytes()));
    }

    /// The next message; `None` when the host has closed its output.
    pub fn receive(&mut self) -> Option<Value> {
        match self.output.recv_timeout(RECEIVE_TIMEOUT) {
            Ok(message) => Some(message),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => None,
            Err(error) => panic!("the host hangs: {error}"),
        }
    }

    /// Sends a request; gives its number.
    pub fn ask(&mut self, command: &Value) -> u32 {
        self.last_request += 1;
        let id = self.last_request;
        self.send(&json!({"type": "request", "id": id, "command": command}));
        id
    }

    /// Sends a request; gives the reply, or the failure.
    pub fn request(&mut self, command: &Value) -> Value {
        self.request_with_events(command).1
    }

    /// The same, and the events before it. A certificate that is on a token is signed with there.
    pub fn request_with_events(&mut self, command: &Value) -> (Vec<Value>, Value) {
        let mut command = command.clone();
        if command["type"] == "sign" && command.get("token").is_none() {
            self.exchange(&json!({"type": "list-certificates"}));
            if let Some(token) = command["certificate"]
                .as_str()
                .and_then(|id| self.tokens.get(id))
            {
                command["token"] = token.clone();
            }
        }
        self.exchange(&command)
    }

    fn remember(&mut self, keys: &Value) {
        for key in keys.as_array().into_iter().flatten() {
            if key["location"]["type"] == "token" {
                let id = key["id"].as_str().unwrap().to_owned();
                self.tokens.insert(id, key["location"]["token"].clone());
            }
        }
    }

    fn exchange(&mut self, command: &Value) -> (Vec<Value>, Value) {
        let id = self.ask(command);
        let mut events = Vec::new();
        loop {
            let message = self.receive().expect("the host ended");
            assert_eq!(message["id"], id, "{message}");
            match message["type"].as_str().unwrap() {
                "event" => events.push(message["event"].clone()),
                "reply" => {
                    self.remember(&message["reply"]["keys"]);
                    return (events, message["reply"].clone());
                }
                "failed" => return (events, message["failure"].clone()),
                _ => panic!("{message}"),
            }
        }
    }

    /// Everything within reach.
    pub fn list(&mut self) -> Value {
        self.request(&json!({"type": "list-certificates"}))
    }

    /// Adds a key file; gives the id of its first certificate.
    pub fn add(&mut self, name: &str, file: &[u8], password: &str) -> String {
        let reply = self.request(&json!({
            "type": "add-key-file",
            "name": name,
            "content": BASE64_STANDARD.encode(file),
            "password": BASE64_STANDARD.encode(password),
        }));
        reply["keys"][0]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{reply}"))
            .to_owned()
    }

    /// Streams a document of `size` bytes, all of them made by `piece`; gives the reply.
    pub fn read_document(
        &mut self,
        size: usize,
        digest: &str,
        piece: impl Fn(usize) -> Vec<u8>,
    ) -> Value {
        const CHUNK: usize = 256 << 10;
        let stream = self.last_request + 1;
        let command =
            json!({"type": "read-document", "stream": stream, "size": size, "digest": digest});
        let id = self.ask(&command);
        let count = size.div_ceil(CHUNK).max(1);
        let mut acknowledged = 0;
        for sequence in 0..count {
            while sequence - acknowledged >= 8 {
                let message = self.receive().expect("the host ended");
                assert_eq!(message["type"], "acknowledge", "{message}");
                acknowledged += 1;
            }
            let data = BASE64_STANDARD.encode(piece(CHUNK.min(size - sequence * CHUNK)));
            let last = sequence + 1 == count;
            self.send(&json!({
                "type": "chunk", "stream": stream, "sequence": sequence, "last": last, "data": data,
            }));
        }
        loop {
            let message = self.receive().expect("the host ended");
            if message["type"] != "acknowledge" {
                assert_eq!(message["id"], id, "{message}");
                return message["reply"].clone();
            }
        }
    }

    /// Gives a small file that is to be checked, a document with what it is hashed to; gives its number.
    pub fn read_check_file(&mut self, name: &str, content: &[u8], digests: Option<&[&str]>) -> u64 {
        let stream = self.last_request + 1;
        let mut command = json!({
            "type": "read-check-file", "stream": stream, "name": name, "size": content.len(),
        });
        if let Some(digests) = digests {
            command["digests"] = json!(digests);
        }
        let id = self.ask(&command);
        let data = BASE64_STANDARD.encode(content);
        self.send(&json!({
            "type": "chunk", "stream": stream, "sequence": 0, "last": true, "data": data,
        }));
        loop {
            let message = self.receive().expect("the host ended");
            if message["type"] != "acknowledge" {
                assert_eq!(message["id"], id, "{message}");
                let number = message["reply"]["file"].as_u64();
                return number.unwrap_or_else(|| panic!("{message}"));
            }
        }
    }

    /// Closes the connection and waits for the end.
    pub fn finish(mut self) -> End {
        drop(self.input.take());
        self.end()
    }

    /// Kills the host.
    pub fn kill(mut self) -> End {
        self.child.kill().unwrap();
        self.end()
    }

    fn end(&mut self) -> End {
        let mut rest = Vec::new();
        while let Some(message) = self.receive() {
            rest.push(message);
        }
        End {
            status: self.child.wait().unwrap(),
            log: fs::read_to_string(&self.log).unwrap(),
            rest,
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // Not there any more, as a rule.
        let _ = self.child.kill();
        if thread::panicking() {
            eprintln!("{}", fs::read_to_string(&self.log).unwrap_or_default());
        }
        let _ = self.child.wait();
    }
}

/// A frame that holds these bytes.
pub fn frame(bytes: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    frame
        .write_u32::<NativeEndian>(bytes.len().try_into().unwrap())
        .unwrap();
    frame.extend_from_slice(bytes);
    frame
}

fn receive_all(mut output: ChildStdout) -> Receiver<Value> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        while let Ok(length) = output.read_u32::<NativeEndian>() {
            let mut json = vec![0; usize::try_from(length).unwrap()];
            output.read_exact(&mut json).expect("a frame was cut");
            let message = serde_json::from_slice(&json).expect("a frame is no JSON");
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    receiver
}
