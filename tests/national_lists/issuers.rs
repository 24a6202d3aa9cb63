//! Missing issuers: fetched when the person asks for them, and trusted only after the fingerprint was compared.

use super::{fetching::Server, made::Bench};
use crate::support::{
    certificates::Made,
    der::{Tag, der, oid, sequence},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use tamga_core::certificate::Certificate;

/// A certificate that says where its issuer's is.
fn pointing(made: Made, address: &str) -> Certificate {
    let location = der(Tag::Implicit(6), &[address.as_bytes()]);
    let access = sequence(&[&oid("1.3.6.1.5.5.7.48.2"), &location]);
    made.with("1.3.6.1.5.5.7.1.1", false, sequence(&[&access]))
        .certificate()
}

/// A root, an authority below it, and a person, each of whom says where the one above is.
struct Chain {
    root: Certificate,
    between: Certificate,
    person: Certificate,
}

impl Chain {
    fn new(server: &Server) -> Self {
        let root = Made::root("Root", 60).certificate();
        let at = server.has("/root.cer", root.der());
        let between = pointing(Made::authority("Between", 61, "Root", 60), &at);
        let at = server.has("/between.cer", between.der());
        let person = pointing(Made::of("Somebody", 62, "Between", 61), &at);
        Self {
            root,
            between,
            person,
        }
    }

    fn fetch(&self) -> Value {
        let certificate = BASE64_STANDARD.encode(self.person.der());
        json!({"type": "fetch-issuer", "certificate": certificate, "chain": []})
    }
}

fn bench() -> Bench {
    let bench = Bench::new();
    Bench {
        computer: bench.computer.with("TAMGA_LOOPBACK", "20000"),
        ..bench
    }
}

fn add(authority: &Value, fingerprint: &str) -> Value {
    let content = &authority["content"];
    json!({"type": "add-authority", "name": "a", "content": content, "fingerprint": fingerprint})
}

#[test]
fn an_issuer_is_fetched_by_command_shown_and_trusted_by_its_fingerprint() {
    let (bench, server) = (bench(), Server::new());
    let chain = Chain::new(&server);
    let check = || bench.check(&chain.person, super::TIME);
    let said = check();
    assert_eq!(
        said["outcome"]["reason"]["code"], "issuer-missing",
        "{said}"
    );
    assert_eq!(
        server.asked(),
        0,
        "nobody is asked for a chain without an anchor"
    );

    let mut host = bench.computer.host();
    let found = host.request(&chain.fetch());
    let authority = &found["authority"];
    assert_eq!(
        authority["shown"]["certificate"]["id"],
        chain.root.id(),
        "{found}"
    );
    assert_eq!(found["kept"][0]["id"], chain.between.id());
    assert_eq!(server.asked(), 2);
    // It is not trusted by that.
    assert_eq!(check()["outcome"]["reason"]["code"], "issuer-missing");
    let other = host.request(&add(authority, &chain.between.id()));
    assert_eq!(other["code"], "CERTIFICATE_NOT_FOUND");
    let trusted = host.request(&add(authority, &chain.root.id()));
    assert_eq!(trusted["type"], "trust-changed", "{trusted}");
    let said = check();
    assert_eq!(
        (&said["valid"], &said["anchor"]["class"]),
        (&json!(true), &json!("user")),
        "{said}"
    );
    assert_eq!(said["path"][1]["owner"], "Between");
    // Nothing is missing any more; and it can be undone.
    assert_eq!(
        host.request(&chain.fetch())["code"],
        "CERTIFICATE_NOT_FOUND"
    );
    host.request(&json!({"type": "remove-authority", "fingerprint": chain.root.id()}));
    assert_eq!(check()["valid"], Value::Null);
}

#[test]
fn one_between_that_leads_to_somebody_trusted_is_no_question_of_trust() {
    let (bench, server) = (bench(), Server::new());
    let chain = Chain::new(&server);
    let root = bench.write("root.cer", chain.root.der());
    assert_eq!(
        bench
            .run(&["trust", "add", &root, "--fingerprint", &chain.root.id()])
            .0,
        0
    );
    let person = bench.write("person.cer", chain.person.der());
    let (code, kept) = bench.run(&["trust", "fetch", &person]);
    assert_eq!(
        (code, &kept["kept"][0]["certificate"]["id"]),
        (0, &json!(chain.between.id())),
        "{kept}"
    );
    assert_eq!(server.asked(), 1);
    let said = bench.check(&chain.person, super::TIME);
    assert_eq!(said["valid"], true, "{said}");
    // It is nobody's anchor.
    let (_, sources) = bench.run(&["trust", "list"]);
    assert!(!sources.to_string().contains(&chain.between.id()));
}

#[test]
fn what_is_not_the_issuers_certificate_is_refused() {
    let (bench, server) = (bench(), Server::new());
    let chain = Chain::new(&server);
    let mut host = bench.computer.host();
    // A namesake with another key; no certificate; a page; nothing.
    let namesake = Made::authority("Between", 63, "Root", 60).certificate();
    for (file, code) in [
        (namesake.der(), "CERTIFICATE_MALFORMED"),
        (&b"\x30\x03\x0a\x01\x00"[..], "CERTIFICATE_MALFORMED"),
        (b"<html>", "FILE_IS_WEB_PAGE"),
        (b"", "DOWNLOAD_FAILED"),
    ] {
        server.has("/between.cer", file);
        assert_eq!(host.request(&chain.fetch())["code"], code);
    }
    // The fingerprint is asked for at the terminal, too.
    server.has("/between.cer", chain.between.der());
    let person = bench.write("person.cer", chain.person.der());
    let (code, found) = bench.run(&["trust", "fetch", &person]);
    assert_eq!(
        (code, &found["found"][0]["certificate"]["id"]),
        (1, &json!(chain.root.id())),
        "{found}"
    );
    let wrong = "00".repeat(32);
    let (_, refused) = bench.run(&["trust", "fetch", &person, "--fingerprint", &wrong]);
    assert_eq!(refused["code"], "CERTIFICATE_NOT_FOUND");
    let (code, _) = bench.run(&["trust", "fetch", &person, "--fingerprint", &chain.root.id()]);
    assert_eq!(code, 0);
    assert_eq!(bench.check(&chain.person, super::TIME)["valid"], true);
    // Nobody says where the root's issuer is, and nothing is missing of it.
    let certificate = BASE64_STANDARD.encode(chain.root.der());
    let none =
        host.request(&json!({"type": "fetch-issuer", "certificate": certificate, "chain": []}));
    assert_eq!(none["code"], "CERTIFICATE_NOT_FOUND");
    let broken = json!({"type": "fetch-issuer", "certificate": "MAA=", "chain": []});
    assert_eq!(host.request(&broken)["code"], "CERTIFICATE_MALFORMED");
}
