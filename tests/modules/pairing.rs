//! Which key signs for a certificate, against a module double whose objects go by wrong ids, by none, or cannot be read.

use super::bench::{Bench, DOCUMENT, PIN, list, sign, token};
use crate::cms_openssl::openssl::Openssl;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;
use tamga_tests::{
    double::{Object, bare_key, certificate, private_key, public_key, unreadable_certificate},
    signatures::signed,
};

/// Two pairs of each of these kinds: name and `openssl genpkey -algorithm`.
const KINDS: [(&str, &str); 3] = [
    ("ec", "EC -pkeyopt ec_paramgen_curve:P-256"),
    ("rsa", "RSA -pkeyopt rsa_keygen_bits:2048"),
    ("gost", "gost2012_256 -pkeyopt paramset:A"),
];

/// A key (PKCS#8) and its certificate.
type Pair = (Vec<u8>, Vec<u8>);

fn pairs(openssl: &Openssl, kind: &str, algorithm: &str) -> [Pair; 2] {
    ["one", "two"].map(|number| {
        let name = format!("{kind}-{number}");
        openssl.leaf(&name, algorithm);
        let file = |ending: &str| openssl.read(&format!("{name}.{ending}"));
        (file("p8"), file("der"))
    })
}

/// What goes by which id: the private keys, the public keys (none if empty) and the certificates of the two pairs.
struct Ids {
    name: &'static str,
    private: [u8; 2],
    public: &'static [u8],
    certificates: [u8; 2],
}

const IDS: [Ids; 8] = [
    ids("swapped", [2, 1], &[2, 1], [1, 2]),
    ids("swapped, no public keys", [2, 1], &[], [1, 2]),
    ids("shared", [1, 1], &[1, 1], [1, 1]),
    ids("shared, no public keys", [1, 1], &[], [1, 1]),
    ids("missing", [0, 0], &[0, 0], [0, 0]),
    ids("missing, no public keys", [0, 0], &[], [0, 0]),
    ids("only the keys have any", [1, 2], &[1, 2], [0, 0]),
    ids("the public keys are swapped", [1, 2], &[2, 1], [1, 2]),
];

const fn ids(
    name: &'static str,
    private: [u8; 2],
    public: &'static [u8],
    certificates: [u8; 2],
) -> Ids {
    Ids {
        name,
        private,
        public,
        certificates,
    }
}

/// An object without `CKA_ID`, if its id was 0.
fn with_id(object: Object, id: u8) -> Object {
    match object {
        Object::PrivateKey(mut key) if id == 0 => {
            key.id.0.clear();
            Object::PrivateKey(key)
        }
        Object::PublicKey(mut key) if id == 0 => {
            key.id.0.clear();
            Object::PublicKey(key)
        }
        Object::Certificate(mut certificate) if id == 0 => {
            certificate.id.0.clear();
            Object::Certificate(certificate)
        }
        other => other,
    }
}

impl Ids {
    /// The two pairs with these ids; the private keys tell nothing of their public halves, or all of it.
    fn objects(&self, [one, two]: &[Pair; 2], bare: bool) -> Vec<Object> {
        let private = |id, key: &[u8]| match bare {
            true => bare_key(id, key),
            false => private_key(id, key),
        };
        let [first, second] = self.private;
        let mut objects = vec![
            with_id(private(first, &one.0), first),
            with_id(private(second, &two.0), second),
        ];
        for (id, key) in self.public.iter().zip([&one.0, &two.0]) {
            objects.push(with_id(public_key(*id, key, false), *id));
        }
        for (id, der) in self.certificates.into_iter().zip([&one.1, &two.1]) {
            objects.push(with_id(certificate(id, der), id));
        }
        objects
    }
}

#[test]
fn the_key_of_a_certificate_signs_whatever_the_ids_say() {
    let Some(openssl) = Openssl::with_gost() else {
        return;
    };
    for (kind, algorithm) in KINDS {
        let pairs = pairs(&openssl, kind, algorithm);
        // RSA: what the private keys tell is enough.
        for bare in [true, false].into_iter().skip(usize::from(kind == "gost")) {
            for ids in &IDS {
                let bench = bench(&openssl, ids.objects(&pairs, bare));
                let what = format!("{kind} {} bare: {bare}", ids.name);
                both_sign(&bench, &openssl, &pairs, &what);
            }
        }
    }
}

/// A token with these objects, and the certificate above theirs.
fn bench(openssl: &Openssl, mut objects: Vec<Object>) -> Bench {
    objects.push(certificate(9, &openssl.read("middle.der")));
    Bench::new(|double| double.slot(token(objects)))
}

/// Both certificates are listed once and sign twice; one login for each, and no more signatures than needed.
fn both_sign(bench: &Bench, openssl: &Openssl, pairs: &[Pair; 2], what: &str) {
    let mut host = bench.host();
    let listing = list(&mut host);
    assert_eq!(
        listing["keys"].as_array().map(Vec::len),
        Some(2),
        "{what}: {listing}"
    );
    for (logins, (_, der)) in (1..).zip(pairs) {
        let (events, reply) = sign(&mut host, &key_of(&listing, der), PIN, 2);
        assert_eq!(reply["type"], "done", "{what}: {reply}");
        for event in &events {
            assert_eq!(event["type"], "item-signed", "{what}: {event}");
        }
        judge(openssl, &events[1]);
        assert_eq!(bench.count("C_Login"), logins, "{what}");
    }
    assert!(bench.count("C_Sign") <= 4 + 2, "{what}");
}

fn key_of(listing: &Value, der: &[u8]) -> Value {
    let mut keys = listing["keys"].as_array().unwrap().iter();
    let key = keys.find(|key| key["certificate"] == BASE64_STANDARD.encode(der));
    key.expect("it is listed").clone()
}

fn judge(openssl: &Openssl, event: &Value) {
    openssl.write("signature.p7s", &signed(event, b""));
    openssl.write("document", DOCUMENT);
    openssl.run(
        "cms -verify -binary -inform DER -in signature.p7s -content document -CAfile root.pem \
         -purpose any -cades -out content",
    );
    assert_eq!(openssl.read("content"), DOCUMENT);
}

/// The only key on the token is another's: what it signs never leaves.
#[test]
fn a_foreign_key_that_goes_by_the_id_of_a_certificate_signs_nothing_for_it() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    let [one, two] = pairs(&openssl, "ec", KINDS[0].1);
    for key in [bare_key(1, &two.0), private_key(1, &two.0)] {
        let slot = token(vec![key, certificate(1, &one.1)]);
        let bench = Bench::new(|double| double.slot(slot));
        let mut host = bench.host();
        let listing = list(&mut host);
        let (events, reply) = sign(&mut host, &key_of(&listing, &one.1), PIN, 1);
        let code = events
            .first()
            .map_or(&reply["code"], |event| &event["failure"]["code"]);
        assert_eq!(code, "KEY_MISSING", "{events:?} {reply}");
        assert_eq!(bench.count("C_Login"), 1);
    }
}

#[test]
fn an_object_that_cannot_be_read_does_not_hide_the_others() {
    let Some(openssl) = Openssl::new() else {
        return;
    };
    let [one, two] = pairs(&openssl, "ec", KINDS[0].1);
    let objects = vec![
        unreadable_certificate(1),
        bare_key(1, &one.0),
        certificate(1, &one.1),
        unreadable_certificate(2),
        bare_key(2, &two.0),
        certificate(2, &two.1),
    ];
    let bench = bench(&openssl, objects);
    both_sign(&bench, &openssl, &[one, two], "unreadable");
}
