//! Lists in the settings and from addresses: given as a stream, fetched from servers on loopback, removed.

use super::{
    TIME,
    made::{Bench, european_person, granted, lotl, pem_of, russian_list},
};
use crate::cms_openssl::openssl::Openssl;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread,
};
use tamga_tests::host::Host;

const SIGNER: u8 = 41;

/// A server of files, which can change, and what it was asked for.
#[derive(Clone)]
pub(super) struct Server {
    here: String,
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = Self {
            here: format!("http://{}", listener.local_addr().unwrap()),
            files: Arc::default(),
            asked: Arc::default(),
        };
        let serving = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).unwrap();
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                let file = serving.files.lock().unwrap().get(&path).cloned();
                serving.asked.lock().unwrap().push(path);
                let answer = match file {
                    Some(file) => [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &file].concat(),
                    None => b"HTTP/1.1 404 Not Found\r\n\r\n".to_vec(),
                };
                // The host may have given up.
                let _ = stream.write_all(&answer);
            }
        });
        server
    }

    /// Where a file is.
    pub(super) fn has(&self, path: &str, file: &[u8]) -> String {
        self.files
            .lock()
            .unwrap()
            .insert(path.to_owned(), file.to_vec());
        format!("{}{path}", self.here)
    }

    pub(super) fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn on_loopback() -> Bench {
    let bench = Bench::new();
    Bench {
        computer: bench.computer.with("TAMGA_LOOPBACK", "20000"),
        ..bench
    }
}

/// Gives the host a list as the settings do; what it answers.
fn give(host: &mut Host, list: &str) -> Value {
    let (stream, size) = (7, list.len());
    let id =
        host.ask(&json!({"type": "import-list", "stream": stream, "name": "a.xml", "size": size}));
    let pieces: Vec<_> = list.as_bytes().chunks(200_000).collect();
    for (sequence, piece) in pieces.iter().enumerate() {
        let last = sequence + 1 == pieces.len();
        let data = BASE64_STANDARD.encode(piece);
        host.send(&json!({"type": "chunk", "stream": stream, "sequence": sequence, "last": last, "data": data}));
    }
    loop {
        let message = host.receive().unwrap();
        match message["type"].as_str().unwrap() {
            "reply" if message["id"] == id => return message["reply"].clone(),
            "failed" if message["id"] == id => return message["failure"].clone(),
            _ => {}
        }
    }
}

/// The imported lists of an answer: id, role, version.
fn imported(reply: &Value) -> Vec<[String; 3]> {
    let sources = reply["sources"].as_array().unwrap().iter();
    let lists = sources.filter(|it| it["imported"].is_object());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lists
        .map(|it| {
            let list = &it["imported"];
            [text(&list["id"]), text(&list["role"]), text(&it["version"])]
        })
        .collect()
}

fn row(id: &str, role: &str, version: &str) -> [String; 3] {
    [id, role, version].map(str::to_owned)
}

#[test]
fn the_settings_import_and_remove_lists() {
    let bench = Bench::new();
    let mut host = bench.computer.host();
    assert_eq!(give(&mut host, &granted(1))["code"], "TRUST_LIST_UNTRUSTED");
    assert_eq!(give(&mut host, "<a/>")["code"], "TRUST_LIST_MALFORMED");
    let reply = give(&mut host, &lotl(1, SIGNER));
    assert_eq!(imported(&reply), [row("eu", "signers", "1")]);
    let accredited = [("Действует", "2012-09-01")];
    give(&mut host, &russian_list("7", &accredited));
    let reply = give(&mut host, &granted(3));
    let expected = [
        row("eu", "signers", "1"),
        row("ru", "accreditation", "7"),
        row("xx", "anchors", "3"),
    ];
    assert_eq!(imported(&reply), expected);
    assert_eq!(
        imported(&host.request(&json!({"type": "list-trust"}))),
        expected
    );
    let sources = reply["sources"].as_array().unwrap();
    let country = sources.iter().find(|it| it["country"] == "XX").unwrap();
    assert_eq!(
        (&country["count"], &country["origin"]),
        (&json!(1), &json!("a.xml"))
    );
    assert_eq!(country["imported"]["signer"], "Scheme");
    assert_eq!(country["imported"]["nextUpdate"], 2_051_222_400);
    assert_eq!(bench.check(&european_person(), TIME)["valid"], true);

    // Nothing but a list can be named.
    for id in ["zz", "../trust/a", "", "lock"] {
        let refused = host.request(&json!({"type": "remove-list", "list": id}));
        assert_eq!(refused["code"], "FILE_NOT_FOUND", "{id}");
    }
    let reply = host.request(&json!({"type": "remove-list", "list": "xx"}));
    assert_eq!(imported(&reply), expected[..2]);
    assert_eq!(bench.check(&european_person(), TIME)["valid"], Value::Null);
    let huge = json!({"type": "import-list", "stream": 9, "name": "a.xml", "size": (64 << 20) + 1});
    assert_eq!(host.request(&huge)["code"], "CONTENT_TOO_LARGE");
}

#[test]
fn a_list_is_fetched_by_command_alone_and_an_old_or_broken_answer_replaces_nothing() {
    let (bench, server) = (on_loopback(), Server::new());
    let address = server.has("/lotl.xml", lotl(5, SIGNER).as_bytes());
    let (code, kept) = bench.run(&["trust", "update", &address]);
    assert_eq!((code, &kept["version"]), (0, &json!("5")), "{kept}");
    assert_eq!(
        (&kept["origin"], &kept["imported"]["address"]),
        (&json!(address), &json!(address))
    );
    let other = server.has("/xx.xml", granted(1).as_bytes());
    let mut host = bench.computer.host();
    let reply = host.request(&json!({"type": "fetch-list", "address": other}));
    assert_eq!(imported(&reply)[1], row("xx", "anchors", "1"));
    let before = server.asked();
    for _ in 0..2 {
        host.request(&json!({"type": "list-trust"}));
        assert_eq!(bench.check(&european_person(), TIME)["valid"], true);
    }
    assert_eq!(server.asked(), before);

    for (file, code) in [
        (lotl(4, SIGNER), "TRUST_LIST_NOT_NEWER"),
        (
            lotl(6, SIGNER).replace(">6</TSLSeq", ">7</TSLSeq"),
            "TRUST_LIST_UNTRUSTED",
        ),
        ("<html>log in</html>".to_owned(), "FILE_IS_WEB_PAGE"),
        ("<a/>".to_owned(), "TRUST_LIST_MALFORMED"),
        ("nothing".to_owned(), "DOWNLOAD_FAILED"),
    ] {
        server.has("/lotl.xml", file.as_bytes());
        let reply = host.request(&json!({"type": "update-list", "list": "eu"}));
        assert_eq!(reply["code"], code, "{reply}");
        let kept = host.request(&json!({"type": "list-trust"}));
        assert_eq!(imported(&kept)[0], row("eu", "signers", "5"));
    }
    server.has("/lotl.xml", lotl(8, SIGNER).as_bytes());
    server.has("/xx.xml", granted(2).as_bytes());
    let (code, updated) = bench.run(&["trust", "update"]);
    assert_eq!(code, 0, "{updated}");
    let versions = updated["lists"].as_array().unwrap().iter();
    let versions: Vec<_> = versions.map(|it| it["version"].clone()).collect();
    assert_eq!(versions, ["8", "2"]);
    // A newer issue from a file is still fetched from there.
    assert_eq!(bench.import(&lotl(9, SIGNER)), "");
    let list = bench.run(&["trust", "list"]).1;
    let mut list = list.as_array().unwrap().iter();
    let kept = list.find(|it| it["country"] == "EU").unwrap();
    assert_eq!(
        (&kept["version"], &kept["imported"]["address"]),
        (&json!("9"), &json!(address))
    );

    let refused = |address: &str| bench.run(&["trust", "update", address]).1["code"].clone();
    assert_eq!(refused("ftp://a.kz/a.xml"), "ADDRESS_REFUSED");
    assert_eq!(refused("http://10.0.0.1/a.xml"), "ADDRESS_REFUSED");
    assert_eq!(
        refused(&format!("{}/nothing", server.here)),
        "DOWNLOAD_FAILED"
    );
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let closed = format!("https://{}/a.xml", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(refused(&closed), "DOWNLOAD_FAILED");
    let reply = host.request(&json!({"type": "update-list", "list": "ru"}));
    assert_eq!(reply["code"], "TRUST_LIST_ADDRESS_MISSING");
    assert_eq!(bench.run(&["trust", "remove-list", "xx"]).0, 0);
    assert_eq!(
        bench.run(&["trust", "remove-list", "xx"]).1["code"],
        "FILE_NOT_FOUND"
    );
}

/// A server of the files in a folder, within TLS.
struct SecureServer(Child, String);

impl SecureServer {
    fn new(openssl: &Openssl) -> Self {
        let mut server = Command::new("openssl")
            .current_dir(openssl.path())
            .args([
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-cert",
                "signer.pem",
                "-key",
                "signer.key",
                "-WWW",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(server.stdout.take().unwrap()).lines();
        let accepts = said.find_map(|line| Some(line.unwrap().strip_prefix("ACCEPT ")?.to_owned()));
        thread::spawn(move || said.for_each(drop));
        Self(server, format!("https://{}", accepts.unwrap()))
    }
}

impl Drop for SecureServer {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A proxy that leads one client through; its address, and what it was asked for.
fn tunnel() -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, asked) = mpsc::channel();
    thread::spawn(move || {
        let mut client = listener.accept().unwrap().0;
        let mut request = String::new();
        let mut lines = BufReader::new(&client);
        while !request.ends_with("\r\n\r\n") {
            lines.read_line(&mut request).unwrap();
        }
        let target = request.split(' ').nth(1).unwrap().to_owned();
        let mut server = TcpStream::connect(target).unwrap();
        sender.send(request).unwrap();
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let (mut answers, mut back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
        thread::spawn(move || io::copy(&mut answers, &mut back));
        // Whoever is done first ends it.
        let _ = io::copy(&mut client, &mut server);
    });
    (address.to_string(), asked)
}

#[test]
fn a_list_is_fetched_within_tls_through_a_proxy() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.leaf("signer", "RSA");
    openssl.write("lotl.xml", lotl(1, SIGNER).as_bytes());
    let server = SecureServer::new(&openssl);
    let (proxy, asked) = tunnel();
    let mut bench = on_loopback();
    let named = format!("http://us%65r:word@{proxy}");
    bench.computer = bench.computer.with("https_proxy", named);
    let address = format!("{}/lotl.xml", server.1);
    let (code, kept) = bench.run(&["trust", "update", &address]);
    assert_eq!((code, &kept["version"]), (0, &json!("1")), "{kept}");
    let asked = asked.recv().unwrap();
    let target = server.1.strip_prefix("https://").unwrap();
    assert!(asked.starts_with(&format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n")));
    assert!(asked.contains("\r\nProxy-Authorization: Basic dXNlcjp3b3Jk\r\n"));
    // What is no proxy, or none that is there, is not passed by.
    let address = address.replace("lotl.xml", "other.xml");
    bench.computer = bench.computer.with("https_proxy", "socks5://127.0.0.1:1");
    assert_eq!(
        bench.run(&["trust", "update", &address]).1["code"],
        "DOWNLOAD_FAILED"
    );
}

#[test]
fn a_list_is_fetched_within_tls_whoever_the_server_is() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.leaf("signer", "RSA");
    openssl.write("lotl.xml", lotl(1, SIGNER).as_bytes());
    let server = SecureServer::new(&openssl);
    let bench = on_loopback();
    let address = format!("{}/lotl.xml", server.1);
    let (code, kept) = bench.run(&["trust", "update", &address]);
    assert_eq!((code, &kept["version"]), (0, &json!("1")), "{kept}");
    // What comes that way is believed by its signature alone, too.
    openssl.write(
        "lotl.xml",
        lotl(2, SIGNER)
            .replace(">2</TSLSeq", ">3</TSLSeq")
            .as_bytes(),
    );
    let (_, refused) = bench.run(&["trust", "update", &address]);
    assert_eq!(refused["code"], "TRUST_LIST_UNTRUSTED");
}

#[test]
fn a_bundle_offers_each_authority_and_trusts_none() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    openssl.run("crl2pkcs7 -nocrl -certfile root.pem -certfile middle.pem -out chain.p7b");
    let bench = Bench::new();
    let mut host = bench.computer.host();
    let content = BASE64_STANDARD.encode(openssl.read("chain.p7b"));
    let found = host
        .request(&json!({"type": "inspect-authority", "name": "chain.p7b", "content": content}));
    let ids: Vec<_> = found["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["certificate"]["id"].clone())
        .collect();
    assert_eq!(ids.len(), 2, "{found}");
    let trusted = |reply: &Value| {
        let sources = reply["sources"].as_array().unwrap().iter();
        let own = sources.filter(|it| it["kind"] == "person");
        own.map(|it| it["count"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!(trusted(&host.request(&json!({"type": "list-trust"}))), 0);
    let add = json!({"type": "add-authority", "name": "chain.p7b", "content": content, "fingerprint": ids[1]});
    assert_eq!(trusted(&host.request(&add)), 1);
    // People are nobody's to trust, and do not keep their authorities from being offered.
    openssl.leaf("person", "RSA");
    openssl.run("crl2pkcs7 -nocrl -certfile person.pem -certfile root.pem -out with.p7b");
    let content = BASE64_STANDARD.encode(openssl.read("with.p7b"));
    let found =
        host.request(&json!({"type": "inspect-authority", "name": "with.p7b", "content": content}));
    assert_eq!(
        found["certificates"].as_array().unwrap().len(),
        1,
        "{found}"
    );
    let people = pem_of(&[&european_person()]);
    let content = BASE64_STANDARD.encode(people);
    let none =
        host.request(&json!({"type": "inspect-authority", "name": "a.pem", "content": content}));
    assert_eq!(none["code"], "CERTIFICATE_NOT_AUTHORITY");
}
