//! The smart card service, readers and cards.

use super::*;

#[test]
fn a_proc_that_hides_processes_is_found() {
    let computer = computer();
    for (options, expected) in [
        ("rw,hidepid=2", vec![Code::ProcessesHidden]),
        ("rw,hidepid=invisible,gid=5", vec![Code::ProcessesHidden]),
        ("rw,hidepid=0", vec![]),
        ("rw", vec![]),
    ] {
        computer.write(
            "proc/self/mounts",
            &format!("proc /proc proc {options} 0 0\n"),
        );
        assert_eq!(computer.codes(), expected, "{options}");
    }
}

#[test]
fn the_smart_card_service_is_needed_where_there_is_something_to_reach() {
    let mut computer = computer();
    computer.system.service.readers.clear();
    for (state, code) in [
        (ServiceState::Missing, Code::ServiceMissing),
        (ServiceState::Stopped, Code::ServiceStopped),
        (ServiceState::Refuses, Code::ServiceRefuses),
    ] {
        computer.system.service.state = state;
        computer.system.modules.clear();
        assert_eq!(computer.findings(), []);
        computer.module("librtpkcs11ecp.so", X86_64, false);
        assert_eq!(computer.only().code, code);
    }
    computer.system.modules.clear();
    computer.write("sys/bus/usb/devices/1-2:1.0/bInterfaceClass", "0b\n");
    assert_eq!(computer.only().code, Code::ServiceRefuses);
    computer.system.service.state = ServiceState::Runs;
    assert_eq!(computer.only().code, Code::ReaderDriverMissing);
}

#[test]
fn cards_and_readers_that_cannot_be_used_are_named() {
    let mut computer = computer();
    let readers = &mut computer.system.service.readers;
    readers.push(reader("Yubico YubiKey 01 00", CardState::Held));
    readers.push(reader("Aktiv Rutoken 02 00", CardState::Refused));
    readers.push(reader("Fibocom L830-EB 03 00", CardState::Absent));
    let subjects = |computer: &Computer| -> Vec<(Code, String)> {
        let found = computer.findings().into_iter();
        found.map(|it| (it.code, it.subject.unwrap())).collect()
    };
    let expected = |holder: &str| {
        [
            (Code::ServiceRefuses, "Aktiv Rutoken 02 00".to_owned()),
            (Code::CardHeld, format!("Yubico YubiKey 01 00{holder}")),
            (Code::ReaderIsModem, "Fibocom L830-EB 03 00".to_owned()),
        ]
    };
    assert_eq!(subjects(&computer), expected(""));
    computer.write("proc/900/comm", "scdaemon\n");
    assert_eq!(subjects(&computer), expected(" (scdaemon)"));
}
