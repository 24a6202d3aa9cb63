//! What a session says to what it is asked and to what happens, without an extension.

use super::{pin_session::Unlocked, term::Term, *};
use crate::{
    sign::test_key::{TestKey, signer},
    transport::connection::tests::output,
};
use std::{io, thread, time::Duration};
use tamga_core::{
    algorithm::Padding,
    format::{Container, Level, Placement, Profile},
    protocol::{Item, MAX_DOCUMENTS, MAX_RECORD_PAGE, MAX_RECORD_SEARCH, PROTOCOL, Unlock},
};

const NOW: u64 = 1_800_000_000;

/// What a session says while this is done with it. Both speak the same protocol.
fn said(work: impl FnOnce(&mut Session<&mut Vec<u8>>)) -> Vec<FromHost> {
    let folder = tempfile::tempdir().unwrap();
    let [home, config, data, system] =
        ["home", "config", "data", "system"].map(|name| folder.path().join(name));
    let folders = Folders {
        home,
        config,
        data,
        system,
    };
    let context = HostContext {
        modules: Modules::new(&folders),
        folders,
        clock: || NOW,
        random: || Box::new(getrandom::SysRng),
    };
    let mut sent = Vec::new();
    let mut session = Session::new(io::empty(), &mut sent, context, || ());
    session.agreed = true;
    work(&mut session);
    session.end_tasks();
    drop(session);
    output(&sent)
}

/// The requests that failed, and why.
fn failures(messages: &[FromHost]) -> Vec<(u32, ErrorCode)> {
    let failed = messages.iter().filter_map(|message| match message {
        FromHost::Failed { id, failure } => Some((*id, failure.code)),
        _ => None,
    });
    failed.collect()
}

/// Starts a task that goes on until it is cancelled.
fn start(session: &mut Session<&mut Vec<u8>>, id: u32) {
    let started = session.start(id, |task| {
        loop {
            task.check()?;
            thread::sleep(Duration::from_millis(1));
        }
    });
    started.unwrap();
}

fn read_record(search: usize, limit: u32) -> Command {
    Command::ReadRecord {
        search: "x".repeat(search),
        skip: 0,
        limit,
    }
}

#[test]
fn nothing_is_done_for_an_extension_of_another_protocol() {
    let outdated = |id| (id, ErrorCode::HostOutdated);
    let messages = said(|session| {
        session.agreed = false;
        let hello = |protocol| Command::Hello {
            protocol,
            oldest_protocol: None,
            version: "1".to_owned(),
        };
        let too_much = || read_record(0, MAX_RECORD_PAGE + 1);
        session.answer(1, too_much()).unwrap();
        session.answer(2, hello(PROTOCOL + 1)).unwrap();
        session.answer(3, too_much()).unwrap();
        session.answer(4, hello(PROTOCOL)).unwrap();
        session.answer(5, too_much()).unwrap();
    });
    let refused = (5, ErrorCode::RequestMalformed);
    assert_eq!(
        failures(&messages),
        [outdated(1), outdated(2), outdated(3), refused]
    );
    assert!(messages.iter().any(|message| matches!(
        message,
        FromHost::Reply {
            id: 4,
            reply: Reply::Hello { .. }
        }
    )));
}

#[test]
fn an_extension_that_says_what_it_speaks_hears_what_the_host_does() {
    let hello = |oldest, newest| Command::Hello {
        protocol: newest,
        oldest_protocol: Some(oldest),
        version: "1".to_owned(),
    };
    for (oldest, newest, spoken, agreed) in [
        (PROTOCOL, PROTOCOL + 3, PROTOCOL, true),
        (PROTOCOL + 1, PROTOCOL + 3, PROTOCOL, false),
        (PROTOCOL + 1, PROTOCOL, PROTOCOL, false),
    ] {
        let messages = said(|session| {
            session.agreed = false;
            session.answer(1, hello(oldest, newest)).unwrap();
            assert_eq!(session.agreed, agreed);
        });
        let [FromHost::Reply { reply, .. }] = messages.as_slice() else {
            panic!("{messages:?}");
        };
        let Reply::Hello {
            protocol,
            protocols,
            package,
            ..
        } = reply
        else {
            panic!("{reply:?}");
        };
        let told = (*protocol, *protocols, package.is_some());
        assert_eq!(told, (spoken, Some(ProtocolRange::OWN), true));
    }
}

#[test]
fn a_page_of_the_record_has_a_limit() {
    for (search, limit, is_read) in [
        (MAX_RECORD_SEARCH, MAX_RECORD_PAGE, true),
        (MAX_RECORD_SEARCH + 1, 0, false),
        (MAX_RECORD_SEARCH + 2, 0, false),
        (0, MAX_RECORD_PAGE + 1, false),
        (0, MAX_RECORD_PAGE + 2, false),
    ] {
        let messages = said(|session| {
            session.answer(7, read_record(search, limit)).unwrap();
            assert_eq!(session.tasks.is_wanted(7), is_read);
        });
        let refused = [(7, ErrorCode::RequestMalformed)];
        let expected = if is_read { &[][..] } else { &refused };
        assert_eq!(failures(&messages), expected, "{search} {limit}");
    }
}

#[test]
fn a_request_signs_something_and_not_too_much() {
    // What is refused last, so that no key is looked for.
    let unsupported = ErrorCode::ProfileUnsupported;
    for (items, expected) in [
        (0, ErrorCode::RequestMalformed),
        (1, unsupported),
        (MAX_DOCUMENTS, unsupported),
        (MAX_DOCUMENTS + 1, ErrorCode::RequestMalformed),
        (MAX_DOCUMENTS + 2, ErrorCode::RequestMalformed),
    ] {
        said(|session| {
            let order = Order {
                key: KeyId {
                    certificate: "certificate".to_owned(),
                    token: None,
                },
                location: None,
                unlock: Unlock::NotLocked {},
                context: None,
                profile: Profile {
                    container: Container::Pdf,
                    level: Level::Bes,
                    placement: Placement::Attached,
                },
                padding: Padding::Pkcs1,
            };
            let documents = (0..items).map(|_| Item::Document { document: 1 });
            let refused = session.sign(1, order, documents.collect()).unwrap_err();
            assert_eq!(Failure::from(refused).code, expected, "{items}");
        });
    }
}

#[test]
fn what_is_cancelled_is_answered_once() {
    let cancelled = |id| (id, ErrorCode::Cancelled);
    let messages = said(|session| {
        session.listener = Some(4);
        start(session, 5);
        session.cancel(9).unwrap();
        assert_eq!(session.listener, Some(4));
        for id in [5, 5, 4, 4] {
            session.cancel(id).unwrap();
        }
        assert_eq!(session.listener, None);
    });
    assert_eq!(failures(&messages), [cancelled(5), cancelled(4)]);
}

#[test]
fn a_large_message_that_is_not_wanted_ends_its_request() {
    let cancelled = |id| (id, ErrorCode::Cancelled);
    let messages = said(|session| {
        start(session, 5);
        // An event of a request that was answered since; an event; an answer, whose task has ended.
        session.aborted(6, false).unwrap();
        session.aborted(5, false).unwrap();
        session.aborted(5, false).unwrap();
        session.aborted(7, true).unwrap();
    });
    assert_eq!(failures(&messages), [cancelled(5), cancelled(7)]);
}

#[test]
fn only_a_request_that_waits_is_told_and_answered() {
    let messages = said(|session| {
        let started = session.start(5, |_| Ok(Reply::PinChanged {}));
        started.unwrap();
        for id in [5, 6] {
            session.told(id, Event::ReadersChanged {}).unwrap();
        }
        for id in [5, 6, 5] {
            session.ended(id, Ok(Reply::PinChanged {})).unwrap();
        }
        session.told(5, Event::ReadersChanged {}).unwrap();
    });
    assert!(matches!(
        &messages[..],
        [
            FromHost::Event { id: 5, .. },
            FromHost::Reply {
                id: 5,
                reply: Reply::PinChanged {}
            }
        ]
    ));
}

/// Leaves a key unlocked until a minute before the session's clock.
fn leave_unlocked(session: &Session<&mut Vec<u8>>) {
    let task = Task::of(1, session.connection.event_sender());
    let moment = Moment::now(|| NOW - 120);
    let term = Term::Until {
        clock: NOW - 60,
        instant: moment.instant + Duration::from_secs(600),
    };
    let unlocked = Unlocked {
        key: KeyId {
            certificate: "certificate".to_owned(),
            token: Some("token".to_owned()),
        },
        signer: signer(TestKey::default()),
        term,
    };
    let (keeping, _) = session.pin_session.supersede();
    assert!(keeping.keep(&task, unlocked, || NOW - 120).is_ok());
}

/// The card is there, and then another one; later a term ends.
fn use_up_two_sessions(session: &mut Session<&mut Vec<u8>>) {
    leave_unlocked(session);
    for reader in ["reader", "another"] {
        session.readers_changed(&[reader.to_owned()]).unwrap();
    }
    session.pin_term_over().unwrap();
    leave_unlocked(session);
    session.pin_term_over().unwrap();
}

#[test]
fn who_listens_hears_of_readers_and_of_the_end_of_a_pin_session() {
    let messages = said(|session| {
        session.listener = Some(4);
        use_up_two_sessions(session);
    });
    assert!(matches!(
        &messages[..],
        [
            FromHost::Event {
                id: 4,
                event: Event::ReadersChanged {}
            },
            FromHost::Event {
                event: Event::PinSessionEnded {},
                ..
            },
            FromHost::Event {
                event: Event::ReadersChanged {},
                ..
            },
            FromHost::Event {
                id: 4,
                event: Event::PinSessionEnded {}
            },
        ]
    ));
    assert!(said(use_up_two_sessions).is_empty());
}
