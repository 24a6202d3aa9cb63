//! A responder and a server of lists on loopback, and a certificate that names them.

use super::*;
use crate::network::made::{
    GOOD, KEY_COMPROMISE, REVOKED, TRY_LATER as BUSY, answer, certificate, entry, key, list,
};
use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};
use tamga_core::trust::revocation::{Times, Untrusted};

/// 2026-12-01
const NOW: i64 = 1_796_083_200;
const SERIAL: &[u8] = &[0x11, 0x22];
const OTHER: &[u8] = &[0x33];

/// What is asked, and what comes: the path, the body of the request; `None`: the connection is closed.
type Serves = dyn Fn(&str, &[u8]) -> Option<Vec<u8>> + Send + Sync;

struct Net {
    folder: tempfile::TempDir,
    asked: Arc<Mutex<Vec<String>>>,
    subject: Certificate,
    issuer: Certificate,
}

impl Net {
    fn new(serves: impl Fn(&str, &[u8]) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let here = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &serves, &log);
            }
        });
        let places = [
            ("crl", format!("{here}/crl")),
            ("ocsp", format!("{here}/ocsp")),
        ];
        let places = places.each_ref().map(|(kind, address)| (*kind, &**address));
        let (authority, person) = (key(7), key(8));
        let made = certificate("Person", SERIAL, &person, &authority, &places);
        let issuer = certificate("Test Authority", &[1], &authority, &authority, &[]);
        Self {
            folder: tempfile::tempdir().unwrap(),
            asked,
            subject: Certificate::parse(&made).unwrap(),
            issuer: Certificate::parse(&issuer).unwrap(),
        }
    }

    fn question(&self, now: i64) -> Question<'_> {
        Question {
            certificate: &self.subject,
            issuer: &self.issuer,
            times: Times::at(now),
        }
    }

    fn revocations(&self) -> Revocations {
        Revocations::new(
            self.folder.path(),
            Fetcher::on_loopback(Duration::from_secs(10)),
        )
    }

    fn ask(&self) -> Asked {
        let question = self.question(NOW);
        self.revocations().ask(&question, &[], &mut |_| false)
    }

    fn known(&self) -> RevocationState {
        let question = self.question(NOW);
        self.revocations().known(&question, &[], &mut |_| false)
    }

    /// The paths that were asked for since this was called last.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

/// Answers one request, after its path was noted.
fn serve(mut stream: TcpStream, serves: &Serves, log: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let length = stream.read(&mut piece).unwrap();
        request.extend(&piece[..length]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, _)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let body = request.get(head.len() + 4..).unwrap();
        let expected = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "));
        let expected: usize = expected.map_or(0, |length| length.parse().unwrap());
        if body.len() < expected {
            continue;
        }
        let path = head.split(' ').nth(1).unwrap().to_owned();
        log.lock().unwrap().push(path.clone());
        if let Some(answer) = serves(&path, body) {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            stream.write_all(&answer).unwrap();
        }
        return;
    }
}

fn is_good(state: &RevocationState) -> bool {
    matches!(state, RevocationState::Good { .. })
}

#[test]
fn a_responder_is_enough() {
    for (status, expected) in [(GOOD, "good"), (REVOKED, "revoked")] {
        let net = Net::new(move |_, body| Some(answer(body, status, 26, &key(7), 0)));
        let asked = net.ask();
        assert_eq!(is_good(&asked.state), expected == "good");
        assert_eq!(is_revoked(&asked.state), expected == "revoked");
        assert_eq!(net.asked(), ["/ocsp"]);
        assert!(asked.failures.is_empty());
    }
}

#[test]
fn a_list_makes_up_for_a_responder_without_an_answer_and_is_kept() {
    for (entries, revoked) in [
        (entry(OTHER, &[]), false),
        (entry(SERIAL, KEY_COMPROMISE), true),
    ] {
        let der = list(&entries, 26, &key(7));
        let net = Net::new(move |path, _| match path {
            "/crl" => Some(der.clone()),
            _ => Some(BUSY.to_vec()),
        });
        assert_eq!(
            net.known(),
            RevocationState::Unavailable(Unavailable::NoEvidence)
        );
        let asked = net.ask();
        assert_eq!(
            (is_good(&asked.state), is_revoked(&asked.state)),
            (!revoked, revoked)
        );
        assert_eq!(net.asked(), ["/ocsp", "/ocsp", "/crl"]);
        // Nobody is asked again while it is fresh.
        assert_eq!(net.ask().state, asked.state);
        assert_eq!(net.known(), asked.state);
        assert!(net.asked().is_empty());
        // Out of date it says less, unless it says revoked.
        let later = net.question(NOW + 365 * 86_400);
        let stale = net.revocations().known(&later, &[], &mut |_| false);
        assert_eq!(is_revoked(&stale), revoked);
        assert_eq!(matches!(stale, RevocationState::Stale { .. }), !revoked);
    }
}

#[test]
fn nothing_makes_up_for_an_answer_that_is_not_to_be_trusted() {
    let der = list(&[], 26, &key(7));
    for (signer, change, expected) in [
        (key(7), 1, Untrusted::Nonce),
        (key(9), 0, Untrusted::Signature),
    ] {
        let der = der.clone();
        let net = Net::new(move |path, body| match path {
            "/crl" => Some(der.clone()),
            _ => Some(answer(body, GOOD, 26, &signer, change)),
        });
        assert_eq!(net.ask().state, RevocationState::Untrusted(expected));
        assert_eq!(net.asked(), ["/ocsp"]);
    }
}

#[test]
fn what_went_wrong_is_said_of_each_address() {
    let silent = Net::new(|_, _| None);
    let page = Net::new(|_, _| Some(b"<html>log in</html>".to_vec()));
    let forged = Net::new(|path, _| match path {
        "/crl" => Some(list(&[], 26, &key(9))),
        _ => None,
    });
    for (net, expected) in [
        (silent, "no HTTP"),
        (page, "a web page"),
        (forged, "signature invalid"),
    ] {
        let asked = net.ask();
        assert_eq!(
            asked.state,
            RevocationState::Unavailable(Unavailable::NoEvidence)
        );
        let [(responder, _), (server, why)] = &*asked.failures else {
            panic!("{:?}", asked.failures);
        };
        assert!(responder.ends_with("/ocsp") && server.ends_with("/crl"));
        assert_eq!(why.to_string(), expected);
    }
}
