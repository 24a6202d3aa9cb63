//! The verdicts of a real session, with servers on loopback that are good, slow, silent, huge, lying or lead elsewhere.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use crate::{
    cms_openssl::openssl::Openssl,
    revocation_openssl::{CONFIGURATION, issue},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};
use tamga_tests::{computer::Computer, host::Host};

/// How long one server may take, in milliseconds: far more than OpenSSL does.
const DEADLINE: &str = "8000";
const SLOW: Duration = Duration::from_millis(400);

/// A certificate: its name, what its responder and its server of lists do (`-`: it names none), and what comes of it:
/// the state, the reason, what is known about revocation, and why the server did not help.
type Case = [&'static str; 7];

const CASES: [Case; 14] = [
    ["good", "answer", "list", "valid", "", "good", ""],
    ["slow", "slow", "list", "valid", "", "good", ""],
    [
        "revoked", "answer", "list", "invalid", "revoked", "revoked", "",
    ],
    [
        "unknown",
        "answer",
        "list",
        "unchecked",
        "revocation-unknown",
        "unknown",
        "",
    ],
    [
        "listed", "busy", "list", "invalid", "revoked", "revoked", "",
    ],
    ["unlisted", "-", "list", "valid", "", "good", ""],
    [
        "lying",
        "stranger",
        "list",
        "unchecked",
        "revocation-unknown",
        "untrusted",
        "",
    ],
    [
        "stale",
        "-",
        "old-list",
        "unchecked",
        "revocation-unknown",
        "stale",
        "",
    ],
    [
        "redirecting",
        "-",
        "elsewhere",
        "unchecked",
        "revocation-unknown",
        "unavailable",
        "refused",
    ],
    [
        "unreachable",
        "-",
        "closed",
        "unchecked",
        "revocation-unknown",
        "unavailable",
        "unreachable",
    ],
    [
        "hanging",
        "-",
        "silence",
        "unchecked",
        "revocation-unknown",
        "unavailable",
        "too-slow",
    ],
    [
        "huge",
        "endless",
        "-",
        "unchecked",
        "revocation-unknown",
        "unavailable",
        "too-large",
    ],
    [
        "page",
        "-",
        "page",
        "unchecked",
        "revocation-unknown",
        "unavailable",
        "web-page",
    ],
    [
        "nowhere",
        "-",
        "-",
        "unchecked",
        "revocation-unknown",
        "unavailable",
        "",
    ],
];

/// An authority, its servers, and everybody's certificate.
struct Net {
    openssl: Openssl,
    here: String,
    asked: Mutex<Vec<String>>,
    answers: AtomicU32,
}

impl Net {
    fn new() -> Option<Arc<Self>> {
        let openssl = Openssl::new()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let here = format!("http://{}", listener.local_addr().unwrap());
        openssl.write("revocation.ext", extensions(&here).as_bytes());
        openssl.write("revocation.cnf", CONFIGURATION);
        openssl.write("number", b"1000\n");
        openssl.write("index.txt.attr", b"unique_subject=no\n");
        issue(&openssl, "authority", "-signkey authority.key");
        let by = "-CA authority.pem -CAkey authority.key -CAcreateserial";
        issue(&openssl, "stranger", by);
        for [name, ..] in CASES {
            issue(&openssl, name, by);
            openssl.run(&format!(
                "pkcs12 -export -inkey {name}.key -in {name}.pem -certfile authority.pem -name {name} \
                 -passout pass:secret -out {name}.p12"
            ));
        }
        let net = Self {
            openssl,
            here,
            asked: Mutex::default(),
            answers: AtomicU32::new(0),
        };
        net.make_lists();
        let net = Arc::new(net);
        let server = Arc::clone(&net);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let server = Arc::clone(&server);
                // The host may have given up.
                thread::spawn(move || drop(server.serve(stream.unwrap())));
            }
        });
        Some(net)
    }

    /// OpenSSL's index of what was issued, and two lists from it: one of today and one that is long out of date.
    fn make_lists(&self) {
        let good = ["good", "slow", "lying", "unlisted"];
        let revoked = [("revoked", "keyCompromise"), ("listed", "superseded")];
        let good = good.map(|it| {
            format!(
                "V\t391231235959Z\t\t{}\tunknown\t/CN={it}\n",
                self.serial(it)
            )
        });
        let revoked = revoked.map(|(it, why)| {
            let serial = self.serial(it);
            format!("R\t391231235959Z\t260101000000Z,{why}\t{serial}\tunknown\t/CN={it}\n")
        });
        let index = [good.concat(), revoked.concat()].concat();
        self.openssl.write("index.txt", index.as_bytes());
        let made = "ca -gencrl -config revocation.cnf -cert authority.pem -keyfile authority.key";
        let old = "-crl_lastupdate 20260101000000Z -crl_nextupdate 20260108000000Z";
        for (name, times) in [("list", ""), ("old-list", old)] {
            self.openssl.run(&format!("{made} {times} -out {name}.pem"));
            self.openssl
                .run(&format!("crl -in {name}.pem -outform DER -out {name}.der"));
        }
    }

    fn serial(&self, name: &str) -> String {
        let der = self.openssl.read(&format!("{name}.der"));
        let certificate = tamga_core::certificate::Certificate::parse(&der).unwrap();
        certificate.serial().to_uppercase()
    }

    fn id(&self, name: &str) -> String {
        let der = self.openssl.read(&format!("{name}.der"));
        tamga_core::certificate::Certificate::parse(&der)
            .unwrap()
            .id()
    }

    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        let (path, body) = request(&mut stream)?;
        self.asked.lock().unwrap().push(path.clone());
        let found = b"HTTP/1.1 200 OK\r\n\r\n";
        match path.rsplit('/').next().unwrap_or_default() {
            "silence" => loop {
                thread::sleep(Duration::from_secs(60));
            },
            "endless" => {
                stream.write_all(found)?;
                loop {
                    stream.write_all(&[0x30; 65536])?;
                }
            }
            "elsewhere" => {
                let to = format!(
                    "HTTP/1.1 302 Found\r\nLocation: {}/crl/list\r\n\r\n",
                    self.here
                );
                stream.write_all(to.as_bytes())
            }
            how => {
                let answer = match how {
                    "list" | "old-list" => self.openssl.read(&format!("{how}.der")),
                    "page" => b"<html>log in</html>".to_vec(),
                    // OCSPResponse: tryLater
                    "busy" => vec![0x30, 3, 10, 1, 3],
                    "stranger" => self.answer(&body, "stranger"),
                    "slow" => {
                        thread::sleep(SLOW);
                        self.answer(&body, "authority")
                    }
                    _ => self.answer(&body, "authority"),
                };
                stream.write_all(&[&found[..], &answer].concat())
            }
        }
    }

    /// What OpenSSL answers.
    fn answer(&self, request: &[u8], signer: &str) -> Vec<u8> {
        let number = self.answers.fetch_add(1, Ordering::Relaxed);
        self.openssl.write(&format!("{number}.req"), request);
        self.openssl.run(&format!(
            "ocsp -index index.txt -CA authority.pem -rsigner {signer}.pem -rkey {signer}.key -ndays 1 \
             -reqin {number}.req -respout {number}.resp"
        ));
        self.openssl.read(&format!("{number}.resp"))
    }
}

fn extensions(here: &str) -> String {
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let closed = format!("http://{}", closed.local_addr().unwrap());
    let people = CASES.map(|[name, responder, list, ..]| {
        let responder = match responder {
            "-" => String::new(),
            how => format!("authorityInfoAccess=OCSP;URI:{here}/ocsp/{name}/{how}\n"),
        };
        let list = match list {
            "-" => String::new(),
            "closed" => format!("crlDistributionPoints=URI:{closed}/crl\n"),
            how => format!("crlDistributionPoints=URI:{here}/crl/{name}/{how}\n"),
        };
        format!("[{name}]\nkeyUsage=critical,digitalSignature\n{responder}{list}")
    });
    let authority =
        "[authority]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n";
    let stranger = "[stranger]\nextendedKeyUsage=clientAuth\n";
    [authority, stranger, &people.concat()].concat()
}

/// The path and the body of a request.
fn request(stream: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let length = stream.read(&mut piece)?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        request.extend(&piece[..length]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, _)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let body = request[head.len() + 4..].to_vec();
        let announced = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "));
        if body.len() >= announced.map_or(0, |length| length.parse().unwrap()) {
            return Ok((head.split(' ').nth(1).unwrap().to_owned(), body));
        }
    }
}

/// A host that tells verdicts, and the last one about each certificate.
struct Watched {
    host: Host,
    watch: u32,
    verdicts: BTreeMap<String, Value>,
}

impl Watched {
    fn next(&mut self) -> Value {
        let message = self.host.receive().unwrap();
        if message["id"] == self.watch {
            let verdict = message["event"].clone();
            assert_eq!(verdict["type"], "verdict", "{message}");
            let id = verdict["certificate"]["id"].as_str().unwrap().to_owned();
            self.verdicts.insert(id, verdict);
        }
        message
    }

    /// The answer to a request; verdicts may come before it.
    fn request(&mut self, command: &Value) -> Value {
        let id = self.host.ask(command);
        loop {
            let message = self.next();
            if message["id"] == id && message["type"] != "event" {
                assert_eq!(message["type"], "reply", "{message}");
                return message["reply"].clone();
            }
        }
    }

    fn wait_until(&mut self, is_so: impl Fn(&Value) -> bool, names: &[String]) {
        let all = |verdicts: &BTreeMap<String, Value>| {
            names.iter().all(|id| verdicts.get(id).is_some_and(&is_so))
        };
        while !all(&self.verdicts) {
            self.next();
        }
    }
}

fn reason(verdict: &Value) -> &str {
    verdict["outcome"]["reason"]["code"]
        .as_str()
        .unwrap_or_default()
}

#[test]
fn verdicts_come_after_the_list_and_hold_up_nothing() {
    let Some(net) = Net::new() else {
        return;
    };
    let computer = Computer::new(&[]).with("TAMGA_LOOPBACK", DEADLINE);
    let mut host = computer.host();
    for [name, ..] in CASES {
        let file = net.openssl.read(&format!("{name}.p12"));
        host.add(&format!("{name}.p12"), &file, "secret");
    }
    let watch = host.ask(&json!({"type": "watch-verdicts"}));
    let verdicts = BTreeMap::new();
    let mut watched = Watched {
        host,
        watch,
        verdicts,
    };
    watched.request(&json!({"type": "list-certificates"}));
    let ids = CASES.map(|[name, ..]| net.id(name));

    // Nobody is asked about a certificate whose issuer nobody trusts.
    watched.wait_until(|it| reason(it) == "untrusted", &ids);
    let missing = &watched.verdicts[&ids[0]];
    assert_eq!(missing["outcome"]["state"], "unchecked");
    assert_eq!(missing["outcome"]["reason"]["issuer"], "authority");
    assert_eq!(missing["outcome"]["about"]["id"], net.id("authority"));
    assert!(net.asked.lock().unwrap().is_empty());

    let content = BASE64_STANDARD.encode(net.openssl.read("authority.der"));
    let file = json!({"type": "inspect-authority", "name": "authority.der", "content": content});
    let found = watched.request(&file);
    let fingerprint = &found["certificates"][0]["certificate"]["id"];
    assert_eq!(*fingerprint, net.id("authority"));
    let added = json!({
        "type": "add-authority", "name": "authority.der", "content": content, "fingerprint": fingerprint,
    });
    let sources = watched.request(&added);
    let person = sources["sources"].as_array().unwrap().iter();
    let mut person = person.filter(|it| it["kind"] == "person");
    assert_eq!(person.next().unwrap()["count"], 1);

    // What is known comes before what servers say, and no list waits for one that hangs.
    let open = |it: &Value| it["revocation"]["state"] == "not-asked";
    let hanging = ["hanging"].map(|name| net.id(name));
    watched.wait_until(
        |it| open(it) && reason(it) == "revocation-unknown",
        &hanging,
    );
    let is_silent = || {
        net.asked
            .lock()
            .unwrap()
            .iter()
            .any(|it| it.ends_with("silence"))
    };
    while !is_silent() {
        thread::sleep(Duration::from_millis(10));
    }
    watched.request(&json!({"type": "list-certificates"}));
    assert!(open(&watched.verdicts[&hanging[0]]), "it hangs still");

    watched.wait_until(|it| !open(it), &ids);
    for ([name, _, _, state, code, revocation, why], id) in CASES.into_iter().zip(&ids) {
        let verdict = &watched.verdicts[id];
        assert_eq!(verdict["outcome"]["state"], state, "{name}: {verdict}");
        assert_eq!(reason(verdict), code, "{name}: {verdict}");
        assert_eq!(
            verdict["revocation"]["state"], revocation,
            "{name}: {verdict}"
        );
        let failures = verdict["revocation"]["failures"].as_array();
        let told = failures.and_then(|all| all.last()).map(|it| &it["why"]);
        assert_eq!(
            told.and_then(Value::as_str).unwrap_or_default(),
            why,
            "{name}"
        );
        assert_eq!(verdict["anchor"]["class"], "user", "{name}");
        assert_eq!(verdict["path"][1]["owner"], "authority", "{name}");
    }
    let revoked = &watched.verdicts[&net.id("revoked")]["revocation"];
    assert_eq!(
        *revoked,
        json!({"state": "revoked", "at": 1_767_225_600, "reason": "key-compromise"})
    );

    let removed = json!({"type": "remove-authority", "fingerprint": fingerprint});
    watched.request(&removed);
    watched.wait_until(|it| reason(it) == "untrusted", &ids);
    watched.host.finish();
}
