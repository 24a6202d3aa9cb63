//! A server on loopback that is good, slow, silent, huge, lying or leads elsewhere.

use super::*;
use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener},
};

const DER: &[u8] = b"\x30\x03\x0a\x01\x00";

fn fetcher() -> Fetcher {
    Fetcher::on_loopback(Duration::from_secs(10))
}

/// An address where one request is answered, and the request.
fn serve(
    answer: impl FnOnce(&mut TcpStream) -> io::Result<()> + Send + 'static,
) -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = format!("http://{}/ca.crl", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = vec![0; 4096];
        let length = stream.read(&mut request).unwrap();
        request.truncate(length);
        sender.send(request).unwrap();
        // The client may have gone.
        let _ = answer(&mut stream);
    });
    (address, receiver)
}

fn answered(answer: &[u8]) -> Result<Vec<u8>, FetchError> {
    let answer = answer.to_vec();
    let (address, _request) = serve(move |stream| stream.write_all(&answer));
    fetcher().get(&address, Wanted::OcspAnswer)
}

fn with_head(head: &str, body: &[u8]) -> Result<Vec<u8>, FetchError> {
    answered(&[format!("HTTP/1.1 {head}\r\n\r\n").as_bytes(), body].concat())
}

#[test]
fn every_framing_is_read() {
    let chunked = b"2;x=y\r\n\x30\x03\r\n3\r\n\x0a\x01\x00\r\n0\r\n\r\n";
    for (head, body) in [
        ("200 OK\r\nContent-Length: 5", DER),
        (
            "200 OK\r\ncontent-length:5\r\nContent-Length: 5",
            b"\x30\x03\x0a\x01\x00more",
        ),
        ("200 OK\r\nTransfer-Encoding: chunked", chunked),
        ("200 ", DER),
        (
            "100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5",
            DER,
        ),
    ] {
        assert_eq!(with_head(head, body).unwrap(), DER, "{head}");
    }
    let pem = b"\r\n-----BEGIN X509 CRL-----\r\n";
    assert_eq!(with_head("200 OK", pem).unwrap(), pem);
}

#[test]
fn what_is_no_answer_says_what_it_is() {
    for (head, body, expected) in [
        (
            "302 Found\r\nLocation: http://10.0.0.1/",
            &b""[..],
            "redirected",
        ),
        ("303 See Other\r\nLocation: /login", b"", "redirected"),
        ("404 Not Found", b"", "status 404"),
        ("503 Busy\r\nContent-Length: 0", b"", "status 503"),
        (
            "200 OK",
            b"\r\n<!DOCTYPE html><title>log in</title>",
            "a web page",
        ),
        ("200 OK\r\nContent-Length: 0", b"", "neither DER nor PEM"),
        ("200 OK", b"\x1f\x8b\x08", "neither DER nor PEM"),
        // Less than was said, and nonsense
        ("200 OK\r\nContent-Length: 9", DER, "no HTTP"),
        (
            "200 OK\r\nContent-Length: 5\r\nContent-Length: 6",
            DER,
            "no HTTP",
        ),
        ("200 OK\r\nContent-Length: -1", DER, "no HTTP"),
        ("200 OK\r\nTransfer-Encoding: gzip, chunked", DER, "no HTTP"),
        ("200 OK\r\nTransfer-Encoding: chunked", b"x\r\n", "no HTTP"),
        (
            "200 OK\r\nTransfer-Encoding: chunked",
            b"1\r\n\x30\x03\r\n",
            "no HTTP",
        ),
        ("2000 OK", DER, "no HTTP"),
        // More than there may be
        ("200 OK\r\nContent-Length: 1048577", DER, "too large"),
        (
            "200 OK\r\nTransfer-Encoding: chunked",
            b"100001\r\n",
            "too large",
        ),
        (
            "200 OK\r\nTransfer-Encoding: chunked",
            b"ffffffffffffffff\r\n",
            "too large",
        ),
    ] {
        let refused = with_head(head, body).unwrap_err();
        assert_eq!(refused.to_string(), expected, "{head}");
    }
    for (answer, expected) in [
        (&b""[..], "no HTTP"),
        (b"SSH-2.0-x\r\n\r\n", "no HTTP"),
        (&[b'a'; 20 << 10], "no HTTP"),
    ] {
        assert_eq!(answered(answer).unwrap_err().to_string(), expected);
    }
}

#[test]
fn nobody_keeps_it_for_long() {
    // Nothing, a byte now and then, and more than there may be without an end
    let silent = serve(|_| {
        thread::sleep(Duration::from_secs(20));
        Ok(())
    });
    let slow = serve(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        for _ in 0..100 {
            stream.write_all(b"\x30")?;
            thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    });
    for (address, _request) in [silent, slow] {
        let begun = Instant::now();
        let hasty = Fetcher::on_loopback(Duration::from_millis(500));
        let refused = hasty.get(&address, Wanted::Crl).unwrap_err();
        assert!(matches!(refused, FetchError::Deadline), "{refused:?}");
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
    let (endless, _request) = serve(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        loop {
            stream.write_all(&[0x30; 4096])?;
        }
    });
    let patient = Fetcher {
        deadline: None,
        ..fetcher()
    };
    let refused = patient.get(&endless, Wanted::OcspAnswer).unwrap_err();
    assert!(matches!(refused, FetchError::TooLarge), "{refused:?}");
}

#[test]
fn a_request_says_who_asks_for_what() {
    let (address, request) = serve(|stream| stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n\x30\x00"));
    fetcher().get(&address, Wanted::Crl).unwrap();
    let request = String::from_utf8(request.recv().unwrap()).unwrap();
    assert!(request.starts_with("GET /ca.crl HTTP/1.1\r\nHost: 127.0.0.1:"));
    assert!(request.contains("\r\nUser-Agent: Tamga/") && request.ends_with("\r\n\r\n"));

    let (address, request) = serve(|stream| stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n\x30\x00"));
    fetcher().ask_responder(&address, DER).unwrap();
    let request = request.recv().unwrap();
    assert!(request.starts_with(b"POST /ca.crl HTTP/1.1\r\n") && request.ends_with(DER));
    let head = String::from_utf8_lossy(&request);
    assert!(head.contains("\r\nContent-Type: application/ocsp-request\r\n"));
    assert!(head.contains("\r\nContent-Length: 5\r\n\r\n"));
}

#[test]
fn a_proxy_is_asked_for_the_whole_address() {
    let (address, request) = serve(|stream| stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n\x30\x00"));
    let address = address.replace("http://", "http://user:word@");
    let proxied = Fetcher {
        proxy: Proxy::named(&address),
        permits: is_public,
        ..fetcher()
    };
    proxied.get("http://ca.example/a.crl", Wanted::Crl).unwrap();
    let request = String::from_utf8(request.recv().unwrap()).unwrap();
    assert!(request.starts_with("GET http://ca.example/a.crl HTTP/1.1\r\nHost: ca.example\r\n"));
    assert!(request.contains("\r\nProxy-Authorization: Basic dXNlcjp3b3Jk\r\n"));
    // Inside it is not asked for anything, either.
    let refused = proxied
        .get("http://c0000-app005/a.crl", Wanted::Crl)
        .unwrap_err();
    assert!(matches!(
        refused,
        FetchError::Address(AddressError::Internal)
    ));
}

#[test]
fn nobody_inside_is_asked() {
    let (address, request) = serve(|_| Ok(()));
    let fetcher = Fetcher {
        permits: is_public,
        ..fetcher()
    };
    let refused = fetcher.get(&address, Wanted::Crl).unwrap_err();
    assert!(matches!(
        refused,
        FetchError::Address(AddressError::Internal)
    ));
    assert!(request.try_recv().is_err());
    // A name that leads inside
    let named = Address::read("http://localhost:1/").unwrap();
    let until = Instant::now() + Duration::from_secs(5);
    let refused = connect(&named, is_public, until).unwrap_err();
    assert!(
        matches!(refused, FetchError::Address(AddressError::Internal)),
        "{refused:?}"
    );
    // Nobody there
    let closed = Address::read("http://127.0.0.1:1/").unwrap();
    let refused = connect(&closed, |_| true, until).unwrap_err();
    assert!(matches!(refused, FetchError::Io(_)), "{refused:?}");
}
