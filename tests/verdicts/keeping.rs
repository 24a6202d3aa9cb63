//! What was found out is kept for the next host, and whoever is slow holds up nobody else.

use super::net::{DEADLINE, Net, Person};
use serde_json::Value;
use std::{
    fs,
    sync::atomic::Ordering,
    thread,
    time::{Duration, Instant},
};
use tamga_tests::computer::Computer;

fn is_asked(verdict: &Value) -> bool {
    verdict["revocation"]["state"] != "not-asked"
}

#[test]
fn the_next_host_knows_at_once_what_was_answered() {
    let person = |name, responder| Person {
        name,
        issuer: "authority",
        responder,
        list: "-",
    };
    let people = [
        person("good", "answer"),
        person("revoked", "answer"),
        person("unknown", "answer"),
        person("lying", "stranger"),
    ];
    let Some(net) = Net::new(&people) else {
        return;
    };
    let computer = Computer::new(&[]).with("TAMGA_LOOPBACK", DEADLINE);
    let ids = people.map(|person| net.id(person.name));
    let mut first = net.watched(&computer, true);
    first.trust(&net, "authority");
    first.list();
    first.wait_until(is_asked, &ids);
    let known = ids.each_ref().map(|id| first.verdicts[id].clone());
    first.host.finish();
    assert_eq!(known[0]["outcome"]["state"], "valid");
    assert!(known[0]["revocation"]["at"].is_i64(), "{}", known[0]);
    assert_eq!(known[1]["revocation"]["state"], "revoked");
    let kept = computer.data().join("revocation/answers");
    let files = || fs::read_dir(&kept).unwrap().map(|it| it.unwrap().path());
    assert_eq!(files().count(), 2);

    // Where there is no network, by any address that the certificates name
    let offline = computer.with("http_proxy", "http://127.0.0.1:1");
    net.asked.lock().unwrap().clear();
    let mut second = net.watched(&offline, false);
    second.list();
    second.wait_until(is_asked, &ids[..2]);
    for (id, known) in ids.iter().zip(&known).take(2) {
        let verdict = &second.verdicts[id];
        assert_eq!(verdict["outcome"], known["outcome"]);
        assert_eq!(verdict["revocation"], known["revocation"]);
    }
    // Nobody knew, or was to be trusted: that is no answer.
    second.wait_until(is_asked, &ids[2..]);
    for id in &ids[2..] {
        assert_eq!(second.verdicts[id]["revocation"]["state"], "unavailable");
    }
    second.host.finish();
    assert!(net.asked.lock().unwrap().is_empty());

    // A damaged answer is none, and each other's is not about it.
    let damaged: Vec<_> = files().collect();
    let contents = damaged.iter().rev().map(|path| fs::read(path).unwrap());
    for (path, content) in damaged.iter().zip(contents.collect::<Vec<_>>()) {
        fs::write(path, content).unwrap();
    }
    let mut third = net.watched(&offline, false);
    third.list();
    third.wait_until(is_asked, &ids);
    for id in &ids {
        assert_eq!(third.verdicts[id]["revocation"]["state"], "unavailable");
    }
    third.host.finish();
}

#[test]
fn a_slow_list_holds_up_no_other_issuers_and_is_fetched_once_for_two_hosts() {
    let person = |name, issuer, list| Person {
        name,
        issuer,
        responder: "-",
        list,
    };
    let people = [
        person("other1", "other", "list"),
        person("slow1", "authority", "gated"),
        person("slow2", "authority", "gated"),
        person("slow3", "authority", "gated"),
        person("slow4", "authority", "gated"),
        person("slow5", "authority", "gated"),
        person("other2", "other", "list"),
    ];
    let Some(net) = Net::new(&people) else {
        return;
    };
    let computer = Computer::new(&[]).with("TAMGA_LOOPBACK", DEADLINE);
    let ids_of = |issuer| {
        let of = people.iter().filter(|person| person.issuer == issuer);
        of.map(|person| net.id(person.name)).collect::<Vec<_>>()
    };
    let (slow, other) = (ids_of("authority"), ids_of("other"));
    let mut hosts = [true, false].map(|is_first| net.watched(&computer, is_first));
    for authority in ["authority", "other"] {
        hosts[0].trust(&net, authority);
    }
    hosts[0].list();
    while net.asked_for("/crl/authority/gated") == 0 {
        thread::sleep(Duration::from_millis(10));
    }
    hosts[1].list();
    let is_valid = |verdict: &Value| verdict["outcome"]["state"] == "valid";
    for host in &mut hosts {
        host.wait_until(|verdict| !is_asked(verdict), &slow);
        host.wait_until(is_valid, &other);
        assert!(slow.iter().all(|id| !is_asked(&host.verdicts[id])));
    }
    let opened = Instant::now();
    net.open.store(true, Ordering::SeqCst);
    for mut host in hosts {
        host.wait_until(is_valid, &slow);
        host.host.finish();
    }
    assert_eq!(net.asked_for("/crl/authority/gated"), 1);
    assert!(opened.elapsed() < Duration::from_secs(5));
}
