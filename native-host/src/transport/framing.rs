//! Frames: a length in native byte order and that many bytes of JSON, as browsers speak to a host.

use byteorder::{ByteOrder as _, NativeEndian, WriteBytesExt as _};
use serde::Deserialize;
use std::io::{self, Read, Write};
use tamga_core::protocol::{FromHost, MAX_FRAME, ToHost};
use zeroize::Zeroizing;

/// The longest frame that is skipped to stay in step: no browser sends more. A longer length is no
/// length at all, and where the next frame begins is unknown.
const MAX_SKIPPED: u32 = 64 << 20;

/// Reads frames from the browser.
///
/// A frame may hold a password, so its bytes are zeroised as soon as they have been parsed.
#[derive(Debug)]
pub struct FrameReader<R> {
    input: R,
    buffer: Zeroizing<Vec<u8>>,
}

/// What a frame held.
#[derive(Debug)]
pub enum Received {
    /// A message of the protocol.
    Message(ToHost),
    /// Something else; the id where one could be made out, otherwise 0.
    Unreadable {
        /// The id of the request that the frame may have been.
        id: u32,
    },
}

/// The stream of frames cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// A length that no browser sends, in bytes.
    #[error("a frame of {0} bytes was announced")]
    Implausible(u32),
    /// The pipe broke.
    #[error("reading a frame")]
    Io(#[from] io::Error),
    /// The input ended inside a frame.
    #[error("the input ended inside a frame")]
    Truncated,
}

impl<R: Read> FrameReader<R> {
    /// Reads from `input`, which should not buffer: its buffer would keep what this one forgets.
    pub fn new(input: R) -> Self {
        Self {
            input,
            buffer: Zeroizing::default(),
        }
    }

    /// The next frame, or `None` where the input ends between two frames.
    ///
    /// A frame longer than [`MAX_FRAME`] is skipped and reported as unreadable.
    ///
    /// # Errors
    /// [`FrameError`], after which nothing more can be read.
    pub fn receive(&mut self) -> Result<Option<Received>, FrameError> {
        let Some(length) = self.length()? else {
            return Ok(None);
        };
        if length > MAX_SKIPPED {
            return Err(FrameError::Implausible(length));
        }
        let mut missing = usize::try_from(length).unwrap_or(usize::MAX);
        let readable = missing <= MAX_FRAME;
        loop {
            let piece = missing.min(MAX_FRAME);
            self.fill(piece)?;
            missing -= piece;
            if missing == 0 {
                break;
            }
        }
        let received = if readable {
            parse(&self.buffer)
        } else {
            Received::Unreadable { id: 0 }
        };
        wipe(&mut self.buffer);
        Ok(Some(received))
    }

    fn length(&mut self) -> Result<Option<u32>, FrameError> {
        let mut prefix = Vec::with_capacity(4);
        match (&mut self.input).take(4).read_to_end(&mut prefix)? {
            0 => Ok(None),
            4 => Ok(Some(NativeEndian::read_u32(&prefix))),
            _ => Err(FrameError::Truncated),
        }
    }

    fn fill(&mut self, length: usize) -> Result<(), FrameError> {
        // Wiped and cleared first: growing must not copy, because the old place would keep its bytes.
        wipe(&mut self.buffer);
        self.buffer.clear();
        self.buffer.resize(length, 0);
        match self.input.read_exact(&mut self.buffer) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(FrameError::Truncated)
            }
            result => Ok(result?),
        }
    }
}

/// Overwrites bytes that may be a password. In one sweep: `Zeroize` does it byte by byte, which took a third of
/// the host's time while a document came in.
pub(crate) fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    zeroize::optimization_barrier(bytes);
}

/// Reads the JSON of one message.
pub fn parse(json: &[u8]) -> Received {
    /// All that is needed to answer a message that is otherwise not understood.
    #[derive(Deserialize)]
    struct Envelope {
        id: u32,
    }
    match serde_json::from_slice(json) {
        Ok(message) => Received::Message(message),
        Err(error) => {
            // The position only: serde's text quotes values.
            tracing::warn!(
                line = error.line(),
                column = error.column(),
                "unreadable message"
            );
            Received::Unreadable {
                id: serde_json::from_slice(json).map_or(0, |Envelope { id }| id),
            }
        }
    }
}

/// Writes one frame that holds `json`, and nothing else, to the browser.
///
/// # Errors
/// When the browser has closed its end, or `json` is longer than [`MAX_FRAME`].
pub fn write_frame(output: &mut impl Write, json: &[u8]) -> io::Result<()> {
    let length = u32::try_from(json.len()).ok();
    let length = length.filter(|_| json.len() <= MAX_FRAME);
    let length = length.ok_or(io::ErrorKind::InvalidInput)?;
    let mut frame = Vec::with_capacity(json.len() + 4);
    frame.write_u32::<NativeEndian>(length)?;
    frame.extend_from_slice(json);
    output.write_all(&frame)?;
    output.flush()
}

/// The JSON of a message to the browser.
///
/// # Errors
/// None in practice: the protocol's types have nothing that JSON cannot hold.
pub fn to_json(message: &FromHost) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec(message)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tamga_core::protocol::Command;

    fn frame(json: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes
            .write_u32::<NativeEndian>(json.len().try_into().unwrap())
            .unwrap();
        bytes.extend_from_slice(json);
        bytes
    }

    const LIST: &[u8] = br#"{"type":"request","id":7,"command":{"type":"list-certificates"}}"#;

    fn is_list(received: Result<Option<Received>, FrameError>) -> bool {
        let list = |message: &ToHost| {
            matches!(
                message,
                ToHost::Request {
                    id: 7,
                    command: Command::ListCertificates {}
                }
            )
        };
        matches!(received, Ok(Some(Received::Message(message))) if list(&message))
    }

    #[test]
    fn what_is_no_message_is_named_by_its_id() {
        for (json, expected) in [
            (
                &br#"{"type":"request","id":9,"command":{"type":"dance"}}"#[..],
                9,
            ),
            (
                br#"{"type":"request","id":9,"command":{"type":"list-certificates"}"#,
                0,
            ),
            (br#"{"type":"request","id":-9}"#, 0),
            (br#"{"type":"request","id":9"#, 0),
            (b"", 0),
            (b"\xff\xfe", 0),
            (b"[]", 0),
        ] {
            let mut bytes = frame(json);
            bytes.extend(frame(LIST));
            let mut frames = FrameReader::new(&*bytes);
            let first = frames.receive();
            assert!(
                matches!(first, Ok(Some(Received::Unreadable { id })) if id == expected),
                "{first:?}"
            );
            assert!(is_list(frames.receive()));
            assert!(matches!(frames.receive(), Ok(None)));
        }
    }

    /// A newer extension may say more.
    #[test]
    fn fields_that_are_not_known_are_passed_over() {
        for json in [
            &br#"{"type":"request","id":7,"command":{"type":"list-certificates","x":1}}"#[..],
            br#"{"type":"request","id":7,"command":{"type":"list-certificates"},"x":1}"#,
        ] {
            assert!(is_list(FrameReader::new(&*frame(json)).receive()));
        }
    }

    #[test]
    fn an_oversized_frame_is_skipped() {
        let mut bytes = frame(&vec![b' '; MAX_FRAME + 1]);
        bytes.extend(frame(LIST));
        let mut frames = FrameReader::new(&*bytes);
        assert!(matches!(
            frames.receive(),
            Ok(Some(Received::Unreadable { id: 0 }))
        ));
        assert!(is_list(frames.receive()));
    }

    #[test]
    fn a_length_that_no_browser_sends_ends_the_stream() {
        let mut frames = FrameReader::new(&[0xff; 8][..]);
        assert!(matches!(
            frames.receive(),
            Err(FrameError::Implausible(u32::MAX))
        ));
    }

    #[test]
    fn the_longest_frame_that_a_browser_sends_is_skipped() {
        let length = MAX_SKIPPED.to_ne_bytes();
        let mut frames = FrameReader::new(&length[..]);
        assert!(matches!(frames.receive(), Err(FrameError::Truncated)));
    }

    #[test]
    fn a_pipe_that_breaks_inside_a_frame_is_no_end_of_the_input() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        let prefix = frame(LIST);
        let mut frames = FrameReader::new(prefix[..9].chain(Broken));
        let Err(FrameError::Io(error)) = frames.receive() else {
            panic!("not the pipe's error");
        };
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_frame_is_forgotten_once_it_is_parsed() {
        let bytes = frame(LIST);
        let mut frames = FrameReader::new(&*bytes);
        assert!(is_list(frames.receive()));
        assert!(frames.buffer.iter().all(|byte| *byte == 0));
    }

    #[test]
    fn what_is_written_is_a_frame() {
        let mut bytes = Vec::new();
        write_frame(&mut bytes, LIST).unwrap();
        assert_eq!(bytes, frame(LIST));
        assert!(write_frame(&mut bytes, &vec![b' '; MAX_FRAME + 1]).is_err());
    }

    proptest! {
        #[test]
        fn any_cut_is_told_apart_from_the_end(cut in 0..=2 * (LIST.len() + 4)) {
            let mut bytes = frame(LIST);
            bytes.extend(frame(LIST));
            bytes.truncate(cut);
            let mut frames = FrameReader::new(&*bytes);
            for _ in 0..cut / (LIST.len() + 4) {
                prop_assert!(is_list(frames.receive()));
            }
            if cut % (LIST.len() + 4) == 0 {
                prop_assert!(matches!(frames.receive(), Ok(None)));
            } else {
                prop_assert!(matches!(frames.receive(), Err(FrameError::Truncated)));
            }
        }

        #[test]
        fn any_bytes_end(bytes: Vec<u8>) {
            let mut frames = FrameReader::new(&*bytes);
            while let Ok(Some(_)) = frames.receive() {}
        }

        #[test]
        fn any_json_keeps_the_stream_in_step(json in proptest::collection::vec(any::<u8>(), 0..512)) {
            let mut bytes = frame(&json);
            bytes.extend(frame(LIST));
            let mut frames = FrameReader::new(&*bytes);
            prop_assert!(matches!(frames.receive(), Ok(Some(_))));
            prop_assert!(is_list(frames.receive()));
        }
    }
}
