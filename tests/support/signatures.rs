//! Signatures that a host makes, judged by OpenSSL.

use crate::{host::Host, people::People};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::fs;

/// Text in three languages, and what must not be taken for text.
pub const DOCUMENT: &[u8] = "Шарт. Договор. Contract.\r\n\u{1a}\0".as_bytes();

/// Every format, and whether the document stays outside.
const FORMATS: [(&str, bool); 4] = [
    ("cms", true),
    ("cms", false),
    ("cades-bes", true),
    ("cades-bes", false),
];

/// A request to sign with somebody's certificate, CAdES-BES and detached. What it signs, `items`, is a digest.
pub fn order(certificate: &str, password: &str) -> Value {
    json!({
        "type": "sign",
        "certificate": certificate,
        "unlock": {"type": "password", "password": BASE64_STANDARD.encode(password)},
        "profile": profile("cades-bes", true),
        "padding": "pkcs1",
        "items": [{"type": "hash", "digest": {"algorithm": "SHA-256", "value": "ab".repeat(32)}}],
    })
}

/// The same with a key on a token.
pub fn order_with_pin(certificate: &str, pin: &str) -> Value {
    let mut order = order(certificate, "");
    order["unlock"] = with_pin(pin);
    order
}

/// A PIN that was typed in our window.
pub fn with_pin(pin: &str) -> Value {
    json!({"type": "pin", "pin": BASE64_STANDARD.encode(pin)})
}

/// A password or PIN that is typed in a dialog of the system.
pub fn in_dialog(origin: &str, language: &str) -> Value {
    json!({"type": "dialog", "prompt": {"origin": origin, "language": language}})
}

/// The same command by a person who agreed that this may be the last try.
pub fn acknowledged(mut command: Value) -> Value {
    command["unlock"]["lastTry"] = "acknowledged".into();
    command
}

/// The PINs of a change that were typed in our window: the one that allows it, and the new one.
pub fn typed_pins(pin: &str, new_pin: &str) -> Value {
    json!({"type": "typed", "pin": BASE64_STANDARD.encode(pin), "newPin": BASE64_STANDARD.encode(new_pin)})
}

/// A profile as the host has it, of a format's name.
pub fn profile(format: &str, detached: bool) -> Value {
    let level = if format == "cms" { "plain" } else { "bes" };
    let placement = if detached { "detached" } else { "attached" };
    json!({"container": "cms", "level": level, "placement": placement})
}

/// Has the host read the document, hashing it so: an item for [`order`].
pub fn item(host: &mut Host, document: &[u8], digest: &str) -> Value {
    let read = host.read_document(document.len(), digest, |_| document.to_vec());
    json!({"type": "document", "document": read["document"]})
}

/// The signed document of an event, put together of its pieces and those of the document.
pub fn signed(event: &Value, document: &[u8]) -> Vec<u8> {
    let pieces = event["pieces"]
        .as_array()
        .unwrap_or_else(|| panic!("{event}"));
    let number =
        |piece: &Value, field: &str| usize::try_from(piece[field].as_u64().unwrap()).unwrap();
    let piece = |piece: &Value| match piece["type"].as_str().unwrap() {
        "bytes" => BASE64_STANDARD
            .decode(piece["bytes"].as_str().unwrap())
            .unwrap(),
        "document" => document[number(piece, "start")..][..number(piece, "length")].to_vec(),
        other => panic!("{other}"),
    };
    pieces.iter().flat_map(piece).collect()
}

/// Has OpenSSL judge a signature of a document.
pub fn judge(people: &People, event: &Value, document: &[u8], format: &str, detached: bool) {
    let folder = tempfile::tempdir().unwrap();
    let [outside, signature] = ["document", "signature"].map(|name| folder.path().join(name));
    fs::write(&outside, document).unwrap();
    let inside = if detached { &[] } else { document };
    fs::write(&signature, signed(event, inside)).unwrap();
    let content = people.verify(
        &signature,
        detached.then_some(&*outside),
        format == "cades-bes",
    );
    assert_eq!(content, document, "{format} {detached}");
}

/// Signs in every format, and has OpenSSL judge.
pub fn sign_in_every_format(host: &mut Host, people: &People, order: &Value, digest: &str) {
    let item = item(host, DOCUMENT, digest);
    for (format, detached) in FORMATS {
        let mut order = order.clone();
        order["profile"] = profile(format, detached);
        order["items"] = json!([item]);
        let (events, reply) = host.request_with_events(&order);
        assert_eq!(reply["type"], "done", "{reply}");
        judge(people, &events[0], DOCUMENT, format, detached);
    }
}
