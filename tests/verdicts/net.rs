//! Authorities and their servers on loopback, and a host that tells verdicts.

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
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};
use tamga_core::certificate::Certificate;
use tamga_tests::{computer::Computer, host::Host};

/// How long one server may take, in milliseconds: far more than OpenSSL does.
pub(crate) const DEADLINE: &str = "8000";
const SLOW: Duration = Duration::from_millis(400);
const AUTHORITIES: [&str; 2] = ["authority", "other"];
/// Whose certificates are revoked, and why.
const REVOKED: [(&str, &str); 2] = [("revoked", "keyCompromise"), ("listed", "superseded")];

/// Whose certificate it is, who issued it, and what its responder and its server of lists do (`-`: it names none).
#[derive(Clone, Copy)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) issuer: &'static str,
    pub(crate) responder: &'static str,
    pub(crate) list: &'static str,
}

/// Two authorities, their servers, and everybody's certificate.
pub(crate) struct Net {
    pub(crate) openssl: Openssl,
    pub(crate) asked: Mutex<Vec<String>>,
    /// Whether `gated` servers may answer.
    pub(crate) open: AtomicBool,
    pub(crate) here: String,
    people: Vec<Person>,
    answers: AtomicU32,
}

impl Net {
    pub(crate) fn new(people: &[Person]) -> Option<Arc<Self>> {
        let openssl = Openssl::new()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let here = format!("http://{}", listener.local_addr().unwrap());
        openssl.write("revocation.ext", extensions(&here, people).as_bytes());
        openssl.write("revocation.cnf", CONFIGURATION);
        openssl.write("number", b"1000\n");
        openssl.write("index.txt.attr", b"unique_subject=no\n");
        let by = |issuer| format!("-CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial");
        for authority in AUTHORITIES {
            issue(&openssl, authority, &format!("-signkey {authority}.key"));
        }
        issue(&openssl, "stranger", &by("authority"));
        for Person { name, issuer, .. } in people {
            issue(&openssl, name, &by(issuer));
            openssl.run(&format!(
                "pkcs12 -export -inkey {name}.key -in {name}.pem -certfile {issuer}.pem -name {name} \
                 -passout pass:secret -out {name}.p12"
            ));
        }
        let net = Self {
            openssl,
            asked: Mutex::default(),
            open: AtomicBool::new(false),
            here,
            people: people.to_vec(),
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

    /// OpenSSL's index of what was issued, and lists from it: of today, and one that is long out of date.
    fn make_lists(&self) {
        let known = self.people.iter().filter(|it| it.name != "unknown");
        let rows = known.map(|Person { name, .. }| {
            let revoked = REVOKED.iter().find(|(revoked, _)| revoked == name);
            let (state, revoked) = match revoked {
                Some((_, why)) => ("R", format!("260101000000Z,{why}")),
                None => ("V", String::new()),
            };
            let serial = self.serial(name);
            format!("{state}\t391231235959Z\t{revoked}\t{serial}\tunknown\t/CN={name}\n")
        });
        let index = rows.collect::<String>();
        self.openssl.write("index.txt", index.as_bytes());
        let old = "-crl_lastupdate 20260101000000Z -crl_nextupdate 20260108000000Z";
        for (authority, name, times) in [
            ("authority", "authority-list", ""),
            ("authority", "authority-old-list", old),
            ("other", "other-list", ""),
        ] {
            self.openssl.run(&format!(
                "ca -gencrl -config revocation.cnf -cert {authority}.pem -keyfile {authority}.key {times} \
                 -out {name}.pem"
            ));
            self.openssl
                .run(&format!("crl -in {name}.pem -outform DER -out {name}.der"));
        }
    }

    fn serial(&self, name: &str) -> String {
        let der = self.openssl.read(&format!("{name}.der"));
        Certificate::parse(&der).unwrap().serial().to_uppercase()
    }

    /// The id of somebody's certificate.
    pub(crate) fn id(&self, name: &str) -> String {
        let der = self.openssl.read(&format!("{name}.der"));
        Certificate::parse(&der).unwrap().id()
    }

    /// How often this was asked for.
    pub(crate) fn asked_for(&self, path: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|it| *it == path).count()
    }

    /// A host with everybody's key file, and without one.
    pub(crate) fn watched(&self, computer: &Computer, is_first: bool) -> Watched {
        let mut host = computer.host();
        for Person { name, .. } in self.people.iter().filter(|_| is_first) {
            let file = self.openssl.read(&format!("{name}.p12"));
            host.add(&format!("{name}.p12"), &file, "secret");
        }
        let watch = host.ask(&json!({"type": "watch-verdicts"}));
        let verdicts = BTreeMap::new();
        Watched {
            host,
            watch,
            verdicts,
        }
    }

    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        let (path, body) = request(&mut stream)?;
        self.asked.lock().unwrap().push(path.clone());
        let found = format!("HTTP/1.1 200 OK\r\nDate: {}\r\n\r\n", date());
        let found = found.as_bytes();
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
                let issuer = path.split('/').nth(2).unwrap_or_default();
                let answer = match how {
                    "list" | "old-list" => self.openssl.read(&format!("{issuer}-{how}.der")),
                    "gated" => {
                        while !self.open.load(Ordering::SeqCst) {
                            thread::sleep(Duration::from_millis(10));
                        }
                        self.openssl.read(&format!("{issuer}-list.der"))
                    }
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
                stream.write_all(&[found, &answer].concat())
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

/// What the time is, as servers say it.
fn date() -> String {
    let mut date = Command::new("date");
    date.env("LC_ALL", "C")
        .args(["-u", "+%a, %d %b %Y %H:%M:%S GMT"]);
    let written = date.output().unwrap().stdout;
    String::from_utf8(written).unwrap().trim().to_owned()
}

fn extensions(here: &str, people: &[Person]) -> String {
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let closed = format!("http://{}", closed.local_addr().unwrap());
    let people = people.iter().map(|person| {
        let Person { name, issuer, .. } = person;
        let responder = match person.responder {
            "-" => String::new(),
            how => format!("authorityInfoAccess=OCSP;URI:{here}/ocsp/{issuer}/{name}/{how}\n"),
        };
        let list = match person.list {
            "-" => String::new(),
            "closed" => format!("crlDistributionPoints=URI:{closed}/crl\n"),
            "gated" => format!("crlDistributionPoints=URI:{here}/crl/{issuer}/gated\n"),
            how => format!("crlDistributionPoints=URI:{here}/crl/{issuer}/{name}/{how}\n"),
        };
        format!("[{name}]\nkeyUsage=critical,digitalSignature\n{responder}{list}")
    });
    let authorities = AUTHORITIES.map(|name| {
        format!(
            "[{name}]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
        )
    });
    let stranger = "[stranger]\nextendedKeyUsage=clientAuth\n".to_owned();
    authorities
        .into_iter()
        .chain([stranger])
        .chain(people)
        .collect()
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
pub(crate) struct Watched {
    pub(crate) host: Host,
    watch: u32,
    pub(crate) verdicts: BTreeMap<String, Value>,
}

impl Watched {
    /// Has the host list everything.
    pub(crate) fn list(&mut self) {
        self.request(&json!({"type": "list-certificates"}));
    }

    /// Has this authority trusted; gives where trust is from now on.
    pub(crate) fn trust(&mut self, net: &Net, authority: &str) -> Value {
        let name = format!("{authority}.der");
        let content = BASE64_STANDARD.encode(net.openssl.read(&name));
        let file = json!({"type": "inspect-authority", "name": name, "content": content});
        let found = self.request(&file);
        let fingerprint = &found["certificates"][0]["certificate"]["id"];
        assert_eq!(*fingerprint, net.id(authority));
        self.request(&json!({
            "type": "add-authority", "name": name, "content": content, "fingerprint": fingerprint,
        }))
    }

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
    pub(crate) fn request(&mut self, command: &Value) -> Value {
        let id = self.host.ask(command);
        loop {
            let message = self.next();
            if message["id"] == id && message["type"] != "event" {
                assert_eq!(message["type"], "reply", "{message}");
                return message["reply"].clone();
            }
        }
    }

    /// Reads until the last verdict about each of these is so.
    pub(crate) fn wait_until(&mut self, is_so: impl Fn(&Value) -> bool, names: &[String]) {
        let all = |verdicts: &BTreeMap<String, Value>| {
            names.iter().all(|id| verdicts.get(id).is_some_and(&is_so))
        };
        while !all(&self.verdicts) {
            self.next();
        }
    }
}

/// Why it is not valid.
pub(crate) fn reason(verdict: &Value) -> &str {
    verdict["outcome"]["reason"]["code"]
        .as_str()
        .unwrap_or_default()
}
