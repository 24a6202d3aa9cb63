use super::*;
use byteorder::{ByteOrder as _, NativeEndian};
use tamga_core::protocol::{Command, Reply};

fn input(messages: impl IntoIterator<Item = ToHost>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for message in messages {
        let json = serde_json::to_vec(&message).unwrap();
        framing::write_frame(&mut bytes, &json).unwrap();
    }
    bytes
}

fn connection<W: Write>(input: Vec<u8>, output: W) -> Connection<W> {
    Connection::new(io::Cursor::new(input), output, || {})
}

fn output(mut bytes: &[u8]) -> Vec<FromHost> {
    let mut messages = Vec::new();
    while !bytes.is_empty() {
        let length = usize::try_from(NativeEndian::read_u32(bytes)).unwrap();
        let (json, rest) = bytes[4..].split_at(length);
        messages.push(serde_json::from_slice(json).unwrap());
        bytes = rest;
    }
    messages
}

fn large_request() -> Vec<u8> {
    let command = Command::RemoveKeyFile {
        key_file: "x".repeat(LARGE_MESSAGE),
    };
    serde_json::to_vec(&ToHost::Request { id: 5, command }).unwrap()
}

fn announced(json: &[u8], size: usize) -> Vec<ToHost> {
    let large = ToHost::Large {
        stream: 2,
        size: size.try_into().unwrap(),
    };
    let chunks = stream::chunks(2, json, CHUNK).map(ToHost::Chunk);
    std::iter::once(large).chain(chunks).collect()
}

#[test]
fn a_large_message_comes_together() {
    let json = large_request();
    let input = input(announced(&json, json.len()));
    let mut sent = Vec::new();
    let mut connection = connection(input, &mut sent);
    let received = connection.receive().unwrap();
    assert!(matches!(
        received,
        Some(SessionEvent::Received(Received::Message(ToHost::Request {
            id: 5,
            ..
        })))
    ));
    assert!(connection.receive().unwrap().is_none());
    let acknowledged =
        |message: &FromHost| matches!(message, FromHost::Acknowledge { stream: 2, .. });
    assert_eq!(
        output(&sent)
            .iter()
            .filter(|message| acknowledged(message))
            .count(),
        3
    );
}

#[test]
fn a_large_message_that_is_not_what_was_announced_is_refused() {
    let json = large_request();
    for size in [json.len() - 1, json.len() + 1, MAX_LARGE_MESSAGE + 1] {
        let mut messages = announced(&json, size);
        if size > MAX_LARGE_MESSAGE {
            messages.truncate(1);
        }
        messages.push(ToHost::Request {
            id: 6,
            command: Command::ListCertificates {},
        });
        let input = input(messages);
        let mut sent = Vec::new();
        let mut connection = connection(input, &mut sent);
        let received = connection.receive().unwrap();
        assert!(matches!(
            received,
            Some(SessionEvent::Received(Received::Message(ToHost::Request {
                id: 6,
                ..
            })))
        ));
        let last = output(&sent).pop();
        assert!(
            matches!(last, Some(FromHost::Failed { id: 0, .. })),
            "{last:?}"
        );
    }
}

#[test]
fn streams_do_not_nest() {
    let inner = serde_json::to_vec(&ToHost::Large { stream: 3, size: 9 }).unwrap();
    let input = input(announced(&inner, inner.len()));
    let mut connection = connection(input, Vec::new());
    let received = connection.receive().unwrap();
    assert!(matches!(
        received,
        Some(SessionEvent::Received(Received::Unreadable { id: 0 }))
    ));
}

fn large_reply() -> FromHost {
    let reply = Reply::Hello {
        protocol: 1,
        version: "x".repeat(12 * CHUNK),
        platform: String::new(),
    };
    FromHost::Reply { id: 1, reply }
}

#[test]
fn a_large_reply_waits_for_the_window_and_keeps_what_comes_meanwhile() {
    let acknowledge = |sequence| ToHost::Acknowledge {
        stream: HOST_STREAMS,
        sequence,
    };
    let meanwhile = ToHost::Abort { stream: 4 };
    let messages = [meanwhile].into_iter().chain((0..5).map(acknowledge));
    let input = input(messages);
    let mut sent = Vec::new();
    let mut connection = connection(input, &mut sent);
    connection.send(&large_reply()).unwrap();
    let received = connection.receive().unwrap();
    assert!(matches!(
        received,
        Some(SessionEvent::Received(Received::Message(ToHost::Abort {
            stream: 4
        })))
    ));

    let mut sent = output(&sent).into_iter();
    let Some(FromHost::Large { size, .. }) = sent.next() else {
        panic!("not announced");
    };
    let mut incoming = Incoming::new(size.into());
    let mut json = Vec::new();
    for message in sent {
        let FromHost::Chunk(chunk) = message else {
            panic!("not a chunk");
        };
        incoming.accept(chunk, &mut json).unwrap();
    }
    assert_eq!(json, serde_json::to_vec(&large_reply()).unwrap());
}

#[test]
fn without_acknowledgements_the_window_is_all_that_is_sent() {
    let mut sent = Vec::new();
    let mut connection = connection(Vec::new(), &mut sent);
    let outcome = connection.send(&large_reply());
    assert!(matches!(outcome, Err(ConnectionError::Closed)));
    assert_eq!(output(&sent).len(), 1 + usize::try_from(WINDOW).unwrap());
}

#[test]
fn a_message_that_is_too_large_is_not_begun() {
    let mut sent = Vec::new();
    let mut connection = connection(Vec::new(), &mut sent);
    let reply = Reply::Hello {
        protocol: 1,
        version: "x".repeat(MAX_LARGE_MESSAGE),
        platform: String::new(),
    };
    let outcome = connection.send(&FromHost::Reply { id: 1, reply });
    assert!(matches!(outcome, Err(ConnectionError::TooLarge(_))));
    assert!(sent.is_empty());
}

#[test]
fn the_extension_may_abort_a_large_reply() {
    let input = input([ToHost::Abort {
        stream: HOST_STREAMS,
    }]);
    let mut connection = connection(input, Vec::new());
    let outcome = connection.send(&large_reply());
    assert!(matches!(outcome, Err(ConnectionError::Aborted)));
}
