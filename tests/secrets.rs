//! PINs are nowhere when they have been used: not in a log, not in the memory of the host or of any process that it started.
#![cfg(target_os = "linux")]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    os::unix::fs::FileExt as _,
};
use tamga_tests::{
    cards::{self, Card, PUK, Readers, opensc},
    host::Host,
    people::People,
    signatures::{order_with_pin, typed_pins},
    softhsm::{self, SoftHsm},
};

/// PINs that are wrong or new. Found nowhere else, as all of them.
const WRONG: &str = "50283917";
const NEW: &str = "61394028";

/// Everything that is done with a PIN; gives all that the host said of it.
fn use_pins(host: &mut Host, certificate: &str, pin: &str, admin_pin: &str) -> Vec<Value> {
    let token = host.list()["tokens"][0]["id"].clone();
    let change =
        |pin: &str| json!({"type": "change-pin", "token": token, "pins": typed_pins(pin, NEW)});
    let unblock = |admin_pin: &str| json!({"type": "unblock-pin", "token": token, "pins": typed_pins(admin_pin, pin)});
    let (done, changed, wrong) = ("done", "pin-changed", "PIN_WRONG");
    let mut said = Vec::new();
    for (command, outcome) in [
        (order_with_pin(certificate, WRONG), wrong),
        (order_with_pin(certificate, pin), done),
        (change(WRONG), wrong),
        (change(pin), changed),
        (order_with_pin(certificate, NEW), done),
        (unblock(WRONG), wrong),
        (unblock(admin_pin), changed),
        (order_with_pin(certificate, pin), done),
    ] {
        let (events, reply) = host.request_with_events(&command);
        let outcomes = [&reply["type"], &reply["code"]];
        assert!(outcomes.contains(&&outcome.into()), "{outcome}: {reply}");
        said.extend(events);
        said.push(reply);
    }
    said
}

/// A text in every form in which it may lie about: as it is, in base64, in UTF-16, in hex as OpenSC writes it.
fn forms(text: &str) -> [Vec<u8>; 4] {
    let base64 = BASE64_STANDARD.encode(text);
    let base64 = base64.trim_end_matches('=').as_bytes().to_vec();
    let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let hex: Vec<_> = text.bytes().map(|byte| format!("{byte:02X}")).collect();
    let hex = hex.join(" ").into_bytes();
    [text.as_bytes().to_vec(), base64, utf16, hex]
}

/// How often each of these is in the memory of a process; `None`, said loudly, where it may not be read.
fn count(process: u32, wanted: &[Vec<u8>]) -> Option<Vec<usize>> {
    let memory = match File::open(format!("/proc/{process}/mem")) {
        Ok(memory) => memory,
        Err(error) => {
            eprintln!("SKIPPED: the memory of another process cannot be read: {error}");
            return None;
        }
    };
    let maps = File::open(format!("/proc/{process}/maps")).unwrap();
    let mut counts = vec![0; wanted.len()];
    let mut begins = [false; 256];
    wanted
        .iter()
        .for_each(|wanted| begins[usize::from(wanted[0])] = true);
    for line in BufReader::new(maps).lines() {
        let line = line.unwrap();
        let mut words = line.split_whitespace();
        let (range, access) = (words.next().unwrap(), words.next().unwrap());
        // What cannot be written was never a PIN; [vvar] cannot be read.
        if !access.starts_with("rw") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|address| u64::from_str_radix(address, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        if memory.read_exact_at(&mut bytes, start).is_err() {
            continue;
        }
        // Memory is mostly zeros: one look at each byte says whether there is anything to compare.
        let likely = bytes
            .iter()
            .enumerate()
            .filter(|(_, byte)| begins[usize::from(**byte)]);
        for (at, _) in likely {
            for (count, wanted) in counts.iter_mut().zip(wanted) {
                *count += usize::from(bytes[at..].starts_with(wanted));
            }
        }
    }
    Some(counts)
}

/// The processes that a host has started, and in which mode: `--module`, `--readers`.
fn children_of(host: &Host) -> Vec<(u32, String)> {
    let parent = format!("PPid:\t{}", host.process());
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let processes = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let is_child = |process: &u32| {
        let status = fs::read_to_string(format!("/proc/{process}/status"));
        status.is_ok_and(|status| status.lines().any(|line| line == parent))
    };
    let mode = |process: u32| {
        let arguments = fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap();
        (process, arguments.split('\0').nth(1).unwrap().to_owned())
    };
    processes.filter(is_child).map(mode).collect()
}

/// Neither what was said, nor the memory of the host and its processes, nor the log has any of these. `token` is in the
/// memory of the host and of the module for certain; the process that asks the smart card service knows no token.
fn are_nowhere(host: Host, said: &[Value], secrets: &[&str], token: &str) {
    let wanted: Vec<Vec<u8>> = secrets.iter().flat_map(|secret| forms(secret)).collect();
    let children = children_of(&host);
    assert!(children.iter().any(|(_, mode)| mode == "--module"));
    let itself = (host.process(), "the host".to_owned());
    for (process, whose) in [itself].into_iter().chain(children) {
        let known = match &*whose {
            "--readers" => "glibc.malloc.perturb",
            _ => token,
        };
        let Some(counts) = count(process, &[&[known.as_bytes().to_vec()], &*wanted].concat())
        else {
            continue;
        };
        assert!(counts[0] > 0, "nothing is found in {whose} at all");
        assert_eq!(
            counts[1..],
            vec![0; wanted.len()],
            "in {whose}: {secrets:?}"
        );
    }
    let end = host.finish();
    assert!(!end.log.is_empty(), "nothing was logged at all");
    let said = format!("{said:?}{}", end.log);
    for secret in secrets {
        assert!(!said.contains(secret), "{secret}");
        assert!(!said.contains(&BASE64_STANDARD.encode(secret)), "{secret}");
    }
}

#[test]
fn a_cards_pins_are_nowhere_when_they_were_used() {
    let (Some(people), Some(opensc)) = (People::get(), opensc()) else {
        return;
    };
    let Some(mut readers) = Readers::open() else {
        return;
    };
    readers.insert(0, &Card::of(people, &[("9a", "aigerim"), ("9c", "ivan")]));
    let computer = readers.computer(&[opensc]);
    for name in ["aigerim", "ivan"] {
        let mut host = computer.host_logging("trace");
        let said = use_pins(&mut host, &people.id(name), cards::PIN, PUK);
        are_nowhere(host, &said, &[cards::PIN, PUK, WRONG, NEW], "Үлгі aigerim");
    }
}

#[test]
fn a_soft_tokens_pins_are_nowhere_when_they_were_used() {
    let (Some(people), Some(softhsm)) = (People::get(), SoftHsm::new()) else {
        return;
    };
    softhsm.add(people, "Мөр", &["ivan"]);
    let computer = softhsm.computer();
    let mut host = computer.host_logging("trace");
    let said = use_pins(
        &mut host,
        &people.id("ivan"),
        softhsm::PIN,
        softhsm::ADMIN_PIN,
    );
    let secrets = [softhsm::PIN, softhsm::ADMIN_PIN, WRONG, NEW];
    are_nowhere(host, &said, &secrets, "Мөр");
}
