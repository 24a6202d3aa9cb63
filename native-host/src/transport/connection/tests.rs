use super::*;
use crate::transport::{outgoing::CHUNK, stream};
use byteorder::{ByteOrder as _, NativeEndian};
use tamga_core::protocol::{Command, Reply, WINDOW};

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

/// The messages that a connection wrote.
pub(crate) fn output(mut bytes: &[u8]) -> Vec<FromHost> {
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

/// The request of [`large_request`] comes, and nothing after it.
fn receives_large_request(connection: &mut Connection<impl Write>) {
    let received = connection.receive().unwrap();
    assert!(matches!(
        received,
        Some(SessionEvent::Received(Received::Message(ToHost::Request {
            id: 5,
            ..
        })))
    ));
    assert!(connection.receive().unwrap().is_none());
}

#[test]
fn a_large_message_comes_together() {
    let json = large_request();
    let input = input(announced(&json, json.len()));
    let mut sent = Vec::new();
    let mut connection = connection(input, &mut sent);
    receives_large_request(&mut connection);
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
fn chunks_of_documents_go_to_the_session_whatever_arrives() {
    let json = large_request();
    let of_document = || stream::chunks(7, b"text", CHUNK).map(ToHost::Chunk);
    let mut begin = announced(&json, json.len());
    let rest = begin.split_off(2);
    let messages = of_document().chain(begin).chain(of_document()).chain(rest);
    let mut connection = connection(input(messages), Vec::new());
    for _ in 0..2 {
        let received = connection.receive().unwrap();
        let Some(SessionEvent::Received(Received::Message(ToHost::Chunk(chunk)))) = received else {
            panic!("{received:?}");
        };
        assert_eq!(chunk.stream, 7);
    }
    let received = connection.receive().unwrap();
    assert!(matches!(
        received,
        Some(SessionEvent::Received(Received::Message(ToHost::Request {
            id: 5,
            ..
        })))
    ));
}

#[test]
fn a_large_message_that_is_given_up_makes_room_for_the_next() {
    let json = large_request();
    let begun = announced(&json, json.len()).into_iter().take(2);
    let given_up = begun.chain([ToHost::Abort { stream: 2 }]);
    let messages = given_up.chain(announced(&json, json.len()));
    let mut connection = connection(input(messages), Vec::new());
    receives_large_request(&mut connection);
}

#[test]
fn the_largest_message_is_not_too_large() {
    let messages = announced(b"", MAX_LARGE_MESSAGE).into_iter().take(1);
    let mut sent = Vec::new();
    let mut connection = connection(input(messages), &mut sent);
    assert!(connection.receive().unwrap().is_none());
    assert!(sent.is_empty());
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
        protocols: None,
        package: None,
        pins_in_dialog: false,
    };
    FromHost::Reply { id: 1, reply }
}

fn acknowledge(sequence: u32) -> ToHost {
    ToHost::Acknowledge {
        stream: HOST_STREAMS,
        sequence,
    }
}

#[test]
fn a_large_reply_waits_for_the_window_and_for_nothing_else() {
    let meanwhile = ToHost::Abort { stream: 4 };
    let messages = [meanwhile].into_iter().chain((0..5).map(acknowledge));
    let mut sent = Vec::new();
    let mut connection = connection(input(messages), &mut sent);
    connection.send(&large_reply()).unwrap();
    let small = FromHost::Abort { stream: 9 };
    connection.send(&small).unwrap();
    let received = connection.receive().unwrap();
    assert!(matches!(
        received,
        Some(SessionEvent::Received(Received::Message(ToHost::Abort {
            stream: 4
        })))
    ));
    assert!(connection.receive().unwrap().is_none());

    let mut sent = output(&sent);
    let window = usize::try_from(WINDOW).unwrap();
    let small = sent.remove(1 + window);
    assert!(matches!(small, FromHost::Abort { stream: 9 }), "{small:?}");
    let mut sent = sent.into_iter();
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
fn without_acknowledgements_in_order_the_window_is_all_that_is_sent() {
    let others = ToHost::Acknowledge {
        stream: HOST_STREAMS + 1,
        sequence: 0,
    };
    let mut sent = Vec::new();
    let mut connection = connection(input([acknowledge(1), acknowledge(99), others]), &mut sent);
    connection.send(&large_reply()).unwrap();
    assert!(connection.receive().unwrap().is_none());
    assert_eq!(output(&sent).len(), 1 + usize::try_from(WINDOW).unwrap());
}

#[test]
fn large_replies_go_one_after_the_other() {
    let mut sent = Vec::new();
    let mut connection = connection(input((0..5).map(acknowledge)), &mut sent);
    connection.send(&large_reply()).unwrap();
    connection.send(&large_reply()).unwrap();
    assert!(connection.receive().unwrap().is_none());
    let streams = output(&sent)
        .into_iter()
        .filter_map(|message| match message {
            FromHost::Large { stream, .. } => Some((stream, 0)),
            FromHost::Chunk(chunk) => Some((chunk.stream, chunk.sequence + 1)),
            _ => None,
        });
    let first = (0..=13).map(|part| (HOST_STREAMS, part));
    let second = (0..=WINDOW).map(|part| (HOST_STREAMS + 1, part));
    assert_eq!(
        streams.collect::<Vec<_>>(),
        first.chain(second).collect::<Vec<_>>()
    );
}

#[test]
fn a_message_that_is_too_large_is_not_begun() {
    let mut sent = Vec::new();
    let mut connection = connection(Vec::new(), &mut sent);
    let reply = Reply::Hello {
        protocol: 1,
        version: "x".repeat(MAX_LARGE_MESSAGE),
        platform: String::new(),
        protocols: None,
        package: None,
        pins_in_dialog: false,
    };
    let outcome = connection.send(&FromHost::Reply { id: 1, reply });
    assert!(matches!(outcome, Err(ConnectionError::TooLarge(_))));
    assert!(sent.is_empty());
}

#[test]
fn the_extension_may_abort_a_large_reply() {
    let abort = ToHost::Abort {
        stream: HOST_STREAMS,
    };
    let mut sent = Vec::new();
    let mut connection = connection(input([abort, acknowledge(0)]), &mut sent);
    connection.send(&large_reply()).unwrap();
    let received = connection.receive().unwrap();
    assert!(matches!(
        received,
        Some(SessionEvent::Aborted {
            id: 1,
            answer: true
        })
    ));
    assert!(connection.receive().unwrap().is_none());
    assert_eq!(output(&sent).len(), 1 + usize::try_from(WINDOW).unwrap());
}
