//! A responder and a server of lists on loopback, and a certificate that names them.

use super::*;
use crate::network::made::{
    GOOD, KEY_COMPROMISE, ON_HOLD, REVOKED, TRY_LATER as BUSY, UNKNOWN, answer, certificate, entry,
    key, list,
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
        self.ask_at(NOW)
    }

    fn ask_at(&self, now: i64) -> Asked {
        let question = self.question(now);
        self.revocations()
            .ask(&question, &Sources::default(), &mut |_| false)
    }

    fn known(&self) -> RevocationState {
        let question = self.question(NOW);
        self.revocations()
            .known(&question, &Sources::default(), &mut |_| false)
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

fn is_revoked(state: &RevocationState) -> bool {
    matches!(state, RevocationState::Revoked(_))
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
        let stale = net
            .revocations()
            .known(&later, &Sources::default(), &mut |_| false);
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

impl Net {
    /// The file with the answer that is kept.
    fn kept(&self) -> std::path::PathBuf {
        let folder = self.folder.path().join("revocation/answers");
        let mut files = std::fs::read_dir(folder).unwrap();
        let kept = files.next().unwrap().unwrap().path();
        assert!(files.next().is_none());
        kept
    }

    fn state_at(&self, now: i64) -> RevocationState {
        let question = self.question(now);
        self.revocations()
            .known(&question, &Sources::default(), &mut |_| false)
    }
}

const YEAR: i64 = 365 * 86_400;

#[test]
fn an_answer_is_kept_until_it_is_out_of_date() {
    for status in [GOOD, REVOKED] {
        let net = Net::new(move |_, body| Some(answer(body, status, 26, &key(7), 0)));
        let asked = net.ask();
        assert_eq!(net.asked(), ["/ocsp"]);
        // Another host
        assert_eq!(net.known(), asked.state);
        assert_eq!(net.ask().state, asked.state);
        assert!(net.asked().is_empty());
        let later = net.state_at(NOW + YEAR);
        assert_eq!(is_revoked(&later), status == REVOKED);
        let is_stale = matches!(later, RevocationState::Stale { .. });
        assert_eq!(is_stale, status == GOOD);
    }
}

#[test]
fn one_that_is_out_of_date_is_asked_for_again() {
    let net = Net::new(|path, body| match path {
        "/ocsp" => Some(answer(body, GOOD, 25, &key(7), 0)),
        _ => None,
    });
    assert!(matches!(net.ask().state, RevocationState::Stale { .. }));
    // What is out of date when it comes is not kept.
    assert!(!net.folder.path().join("revocation/answers").exists());
    assert_eq!(net.asked(), ["/ocsp", "/crl"]);
}

#[test]
fn a_damaged_or_foreign_answer_is_asked_for_again_and_rebuilt() {
    let net = Net::new(|_, body| Some(answer(body, REVOKED, 26, &key(7), 0)));
    let revoked = net.ask().state;
    let whole = std::fs::read(net.kept()).unwrap();
    // An answer by somebody else's key that says good
    let question = net.question(NOW);
    let request = ocsp_request(
        question.certificate,
        question.issuer,
        DigestAlgorithm::Sha1,
        Some(&[0; NONCE]),
    );
    let foreign = answer(&request.unwrap(), GOOD, 26, &key(9), 0);
    let half = whole.get(..whole.len() / 2).unwrap().to_vec();
    let mut changed = whole.clone();
    let place = changed.len() - 1;
    changed[place] ^= 1;
    for damaged in [half, changed, foreign, BUSY.to_vec(), Vec::new()] {
        std::fs::write(net.kept(), &damaged).unwrap();
        net.asked();
        assert_eq!(
            net.known(),
            RevocationState::Unavailable(Unavailable::NoEvidence)
        );
        assert_eq!(net.ask().state, revoked);
        assert_eq!(net.asked(), ["/ocsp"]);
        assert_eq!(net.known(), revoked);
    }
}

/// A responder that does not know, or is not to be trusted, is asked again.
#[test]
fn only_what_says_something_is_kept() {
    for (status, signer) in [(UNKNOWN, key(7)), (GOOD, key(9))] {
        let net = Net::new(move |_, body| Some(answer(body, status, 26, &signer, 0)));
        net.ask();
        assert!(!net.folder.path().join("revocation/answers").exists());
    }
}

/// Whoever hears and repeats an older answer does not make a hold undone.
#[test]
fn an_older_answer_does_not_take_the_place_of_a_newer_one() {
    let answers = Mutex::new(vec![(GOOD, 25), (ON_HOLD, 26)]);
    let net = Net::new(move |path, body| {
        let (status, year) = match path {
            "/ocsp" => answers.lock().unwrap().pop()?,
            _ => return None,
        };
        Some(answer(body, status, year, &key(7), 0))
    });
    // The one second in which both are fresh
    let june = 1_780_272_000;
    assert!(is_revoked(&net.ask_at(june).state));
    let kept = std::fs::read(net.kept()).unwrap();
    // A hold may be over: it is asked about again.
    assert!(is_revoked(&net.ask_at(june).state));
    assert_eq!(net.asked(), ["/ocsp", "/ocsp"]);
    assert_eq!(std::fs::read(net.kept()).unwrap(), kept);
    assert!(is_revoked(&net.known()));
}

/// Two hosts want the same list of a slow server: one fetches it, and the other has it too. Nobody else waits.
#[test]
fn a_slow_list_is_fetched_once_and_holds_up_no_other() {
    let der = list(&entry(OTHER, &[]), 26, &key(7));
    let slow = der.clone();
    let net = Net::new(move |path, _| match path {
        "/crl" => {
            thread::sleep(Duration::from_secs(2));
            Some(slow.clone())
        }
        _ => Some(BUSY.to_vec()),
    });
    let revocations = net.revocations();
    let other = crate::network::made::public(&key(7));
    thread::scope(|scope| {
        let hosts = [0; 2].map(|_| scope.spawn(|| net.ask()));
        thread::sleep(Duration::from_millis(500));
        let begun = std::time::Instant::now();
        revocations.lists.put("http://b/", &der, &other).unwrap();
        assert!(
            revocations
                .lists
                .open("http://b/", &other)
                .unwrap()
                .is_some()
        );
        assert!(begun.elapsed() < Duration::from_secs(1));
        for host in hosts {
            assert!(is_good(&host.join().unwrap().state));
        }
    });
    let lists = net.asked().into_iter().filter(|path| path == "/crl");
    assert_eq!(lists.count(), 1);
}
