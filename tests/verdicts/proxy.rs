//! Servers are asked through the proxy that is set, by every host and at the terminal.

use super::net::{DEADLINE, Net, Person};
use serde_json::{Value, json};
use std::fs;
use tamga_tests::computer::Computer;

fn is_valid(verdict: &Value) -> bool {
    verdict["outcome"]["state"] == "valid"
}

/// What the server was asked for, since this was called last: by a proxy's client it is the whole address.
fn asked(net: &Net) -> Vec<bool> {
    let asked = std::mem::take(&mut *net.asked.lock().unwrap());
    asked
        .iter()
        .map(|path| path.starts_with("http://"))
        .collect()
}

#[test]
fn servers_are_asked_through_the_proxy_that_is_set() {
    let people = [Person {
        name: "good",
        issuer: "authority",
        responder: "answer",
        list: "-",
    }];
    let Some(net) = Net::new(&people) else {
        return;
    };
    // The environment has one where nobody is.
    let computer = Computer::new(&[])
        .with("TAMGA_LOOPBACK", DEADLINE)
        .with("http_proxy", "http://127.0.0.1:1");
    let good = [net.id("good")];
    let forget = || fs::remove_dir_all(computer.data().join("revocation")).unwrap();
    let mut watched = net.watched(&computer, true);
    watched.trust(&net, "authority");
    watched.list();
    let is_unreachable = |it: &Value| it["revocation"]["failures"][0]["why"] == "unreachable";
    watched.wait_until(is_unreachable, &good);
    let read = watched.request(&json!({"type": "read-proxy"}));
    assert_eq!(
        read,
        json!({"type": "proxy", "setting": {"kind": "system"}, "fixed": false})
    );
    assert!(asked(&net).is_empty());

    // The watch asks anew as soon as it is set.
    let mut set = |proxy: Value| {
        watched.verdicts.clear();
        let reply = watched.request(&json!({"type": "set-proxy", "proxy": proxy}));
        assert_eq!(
            reply,
            json!({"type": "proxy-changed", "setting": proxy, "fixed": false})
        );
        watched.wait_until(is_valid, &good);
    };
    set(json!({"kind": "address", "address": net.here}));
    assert_eq!(asked(&net), [true]);
    forget();
    let file = computer.home().join("good.pem");
    fs::write(&file, net.openssl.read("good.pem")).unwrap();
    let check = |computer: &Computer| {
        let mut check = computer.command();
        check.arg("check").arg(&file);
        let done = check.output().unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stdout)
        );
    };
    check(&computer);
    assert_eq!(asked(&net), [true]);
    forget();
    set(json!({"kind": "none"}));
    assert_eq!(asked(&net), [false]);

    let refused =
        json!({"type": "set-proxy", "proxy": {"kind": "address", "address": "socks5://a:1"}});
    let refused = watched.host.request(&refused);
    assert_eq!(
        refused,
        json!({"code": "PROXY_MALFORMED", "subject": "socks5://a:1"})
    );

    // The administrator's holds, whatever the person has set.
    let fixed = json!({"proxy": {"kind": "address", "address": net.here}});
    fs::write(computer.system().join("settings.json"), fixed.to_string()).unwrap();
    forget();
    check(&computer);
    assert_eq!(asked(&net), [true]);
    let refused = watched
        .host
        .request(&json!({"type": "set-proxy", "proxy": {"kind": "none"}}));
    assert_eq!(refused["code"], "PROXY_FIXED");
    watched.host.finish();
}
