//! How many paths are validated per second. To be run on a computer with nothing else to do, as `scripts/bench` does:
//! `cargo test --release -p tamga-core --test integration path_speed -- --ignored --nocapture`
//! `TAMGA_CHAINS` names a folder in which the chains are left for a peer.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement is printed, and may stop where it stands"
)]

use crate::support::conformance::{der, directory, entries, read_json};
use pem_rfc7468::LineEnding;
use std::{
    env, fs,
    path::Path,
    time::{Duration, Instant},
};
use tamga_core::{
    asn1_time,
    certificate::Certificate,
    pem,
    trust::{Anchor, AnchorClass, Evidence, Requirements, validate},
};

/// How long each is measured.
const TIME: Duration = Duration::from_secs(3);

fn read(pem: &serde_json::Value) -> Vec<u8> {
    let text = pem.as_str().unwrap();
    pem::objects(text.as_bytes())
        .first()
        .unwrap()
        .bytes()
        .to_vec()
}

/// Reads the certificates and validates the first one's path, again and again.
fn measure(name: &str, certificates: &[Vec<u8>], anchor: &[u8], when: i64) {
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < TIME {
        let parsed = certificates
            .iter()
            .map(|der| Certificate::parse(der).unwrap());
        let parsed: Vec<Certificate> = parsed.collect();
        let anchors = [Anchor::new(
            Certificate::parse(anchor).unwrap(),
            AnchorClass::Given,
        )];
        let evidence = Evidence::new(&anchors, &parsed);
        let verdict = validate(
            parsed.first().unwrap(),
            &evidence,
            &Requirements::default(),
            when,
        );
        assert!(verdict.path().is_some(), "{name}: {verdict:?}");
        count += 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{name}: {:.0} paths per second", f64::from(count) / seconds);
    if let Some(folder) = env::var_os("TAMGA_CHAINS") {
        leave(Path::new(&folder), name, certificates, anchor, when);
    }
}

/// A chain as `scripts/peers/openssl_paths.c` takes it: name, second, the certificates, the anchor last.
fn leave(folder: &Path, name: &str, certificates: &[Vec<u8>], anchor: &[u8], when: i64) {
    let pem = |der: &[u8]| pem_rfc7468::encode_string("CERTIFICATE", LineEnding::LF, der).unwrap();
    let chain: Vec<String> = certificates
        .iter()
        .map(Vec::as_slice)
        .chain([anchor])
        .map(pem)
        .collect();
    let text = format!("{name}\n{when}\n{}", chain.concat());
    fs::write(folder.join(format!("{name}.chain")), text).unwrap();
}

#[test]
#[ignore = "measures; to be run on a computer with nothing else to do"]
fn paths_per_second() {
    if let Some(folder) = directory("conformance/path/x509-limbo") {
        let all = read_json(&folder.join("limbo-core.json"));
        let all = all["testcases"].as_array().unwrap();
        for (id, name) in [
            ("online::docs.python.org", "RSA"),
            ("online::cloudflare.com", "ECDSA"),
        ] {
            let case = all.iter().find(|case| case["id"] == id).unwrap();
            let lists = [&case["untrusted_intermediates"], &case["trusted_certs"]];
            let others = lists.into_iter().flat_map(|list| list.as_array().unwrap());
            let certificates: Vec<_> = [&case["peer_certificate"]]
                .into_iter()
                .chain(others)
                .map(read)
                .collect();
            let when = asn1_time::from_text(case["validation_time"].as_str().unwrap()).unwrap();
            let anchors = case["trusted_certs"].as_array().unwrap();
            let anchor = anchors.iter().map(read).find(|anchor| {
                let anchors = [Anchor::new(
                    Certificate::parse(anchor).unwrap(),
                    AnchorClass::Given,
                )];
                let parsed: Vec<_> = certificates
                    .iter()
                    .map(|der| Certificate::parse(der).unwrap())
                    .collect();
                let evidence = Evidence::new(&anchors, &parsed);
                validate(
                    parsed.first().unwrap(),
                    &evidence,
                    &Requirements::default(),
                    when,
                )
                .path()
                .is_some()
            });
            let count = certificates.len() - anchors.len();
            measure(
                name,
                certificates.get(..count).unwrap(),
                &anchor.unwrap(),
                when,
            );
        }
    }
    if let Some(folder) = directory("trust/kz") {
        let [root, authority] = ["root_gost_2022", "nca_gost_2022"]
            .map(|name| der(&folder.join(format!("{name}.pem")), "CERTIFICATE").unwrap());
        let when = asn1_time::from_text("2026-08-01").unwrap();
        measure("GOST 512, one signature", &[authority], &root, when);
    }
    if let Some(folder) = directory("trust/ru-list-16314") {
        let all: Vec<_> = entries(&folder)
            .iter()
            .filter_map(|path| der(path, "CERTIFICATE"))
            .collect();
        let parsed: Vec<_> = all
            .iter()
            .map(|der| Certificate::parse(der).unwrap())
            .collect();
        let file = |name: &str| der(&folder.join(format!("{name}.pem")), "CERTIFICATE").unwrap();
        let cross = file("1D13121735DD6E1F59EA58C786B8F7E8B7E6E20F");
        let root = file("AFF05C9E2464941E7EC2AB15C91539360B79AA9D");
        let key = Certificate::parse(&cross).unwrap();
        let is_below = |it: &&Certificate| {
            it.der() != cross
                && it.subject() != key.subject()
                && it.verify_signature(key.key()).is_ok()
        };
        let authority = parsed.iter().find(is_below).unwrap();
        let when = authority.validity().0 + 86_400;
        measure(
            "GOST 256, two signatures",
            &[authority.der().to_vec(), cross.clone()],
            &root,
            when,
        );
    }
}
