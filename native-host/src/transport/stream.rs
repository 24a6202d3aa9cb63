//! Streams: what is too large for one message comes in numbered chunks.

use crate::transport::framing::wipe;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use tamga_core::protocol::{Chunk, MAX_CHUNK};

/// Checks the chunks of one stream that comes in: their order, their sizes and their sum.
#[derive(Debug)]
pub struct Incoming {
    next: u32,
    missing: u64,
}

/// Why a stream ends before its time.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StreamError {
    /// A chunk out of order, too long, or not base64.
    #[error("a malformed chunk")]
    Malformed,
    /// More bytes or fewer than were announced.
    #[error("not as long as was announced")]
    WrongSize,
}

impl Incoming {
    /// A stream of `size` bytes.
    pub fn new(size: u64) -> Self {
        Self {
            next: 0,
            missing: size,
        }
    }

    /// Appends the payload of the next chunk to `payload`; what the chunk held is zeroised.
    /// Says whether the stream is complete.
    ///
    /// # Errors
    /// [`StreamError`], after which the stream is over.
    pub fn accept(&mut self, chunk: Chunk, payload: &mut Vec<u8>) -> Result<bool, StreamError> {
        let before = payload.len();
        let decoded = self.decode(&chunk, payload);
        wipe(&mut chunk.data.into_bytes());
        decoded?;
        let length = u64::try_from(payload.len() - before).unwrap_or(u64::MAX);
        self.missing = self
            .missing
            .checked_sub(length)
            .ok_or(StreamError::WrongSize)?;
        if chunk.last && self.missing > 0 {
            return Err(StreamError::WrongSize);
        }
        Ok(chunk.last)
    }

    fn decode(&mut self, chunk: &Chunk, payload: &mut Vec<u8>) -> Result<(), StreamError> {
        if chunk.sequence != self.next || chunk.data.len() > MAX_CHUNK.div_ceil(3) * 4 {
            return Err(StreamError::Malformed);
        }
        self.next = self.next.checked_add(1).ok_or(StreamError::Malformed)?;
        BASE64_STANDARD
            .decode_vec(&chunk.data, payload)
            .map_err(|_| StreamError::Malformed)
    }
}

/// One of the chunks, of at most `length` bytes each, into which `payload` is cut as the stream with this number; `None`
/// after the last one.
pub fn chunk(stream: u32, payload: &[u8], length: usize, sequence: u32) -> Option<Chunk> {
    let start = usize::try_from(sequence).ok()?.checked_mul(length)?;
    // An empty payload is one empty chunk.
    let rest = payload
        .get(start..)
        .filter(|rest| sequence == 0 || !rest.is_empty())?;
    let (piece, rest) = rest.split_at(rest.len().min(length));
    Some(Chunk {
        stream,
        sequence,
        last: rest.is_empty(),
        data: BASE64_STANDARD.encode(piece),
    })
}

/// All chunks of a stream.
#[cfg(test)]
pub(crate) fn chunks(stream: u32, payload: &[u8], length: usize) -> impl Iterator<Item = Chunk> {
    (0..).map_while(move |sequence| chunk(stream, payload, length, sequence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chunk(sequence: u32, last: bool, payload: &[u8]) -> Chunk {
        Chunk {
            stream: 1,
            sequence,
            last,
            data: BASE64_STANDARD.encode(payload),
        }
    }

    #[test]
    fn an_empty_stream_is_one_empty_last_chunk() {
        let pieces: Vec<_> = chunks(1, b"", 10).collect();
        assert_eq!(pieces.len(), 1);
        let mut payload = Vec::new();
        for piece in pieces {
            assert_eq!(Incoming::new(0).accept(piece, &mut payload), Ok(true));
        }
        assert!(payload.is_empty());
    }

    #[test]
    fn order_size_and_sum_are_checked() {
        let accept = |size, pieces: Vec<Chunk>| {
            let mut incoming = Incoming::new(size);
            let mut payload = Vec::new();
            let mut last = Ok(false);
            for piece in pieces {
                last = incoming.accept(piece, &mut payload);
            }
            last
        };
        let malformed = Err(StreamError::Malformed);
        let wrong_size = Err(StreamError::WrongSize);
        assert_eq!(
            accept(2, vec![chunk(0, false, b"a"), chunk(1, true, b"b")]),
            Ok(true)
        );
        assert_eq!(
            accept(1, vec![chunk(0, false, b"a"), chunk(1, true, b"")]),
            Ok(true)
        );
        assert_eq!(accept(2, vec![chunk(1, true, b"ab")]), malformed);
        assert_eq!(
            accept(2, vec![chunk(0, false, b"a"), chunk(0, true, b"b")]),
            malformed
        );
        assert_eq!(accept(2, vec![chunk(0, true, b"a")]), wrong_size);
        assert_eq!(accept(2, vec![chunk(0, false, b"abc")]), wrong_size);
        assert_eq!(
            accept(u64::MAX, vec![chunk(0, false, &vec![0; MAX_CHUNK])]),
            Ok(false)
        );
        assert_eq!(
            accept(u64::MAX, vec![chunk(0, false, &vec![0; MAX_CHUNK + 3])]),
            malformed
        );
        let mut spoilt = chunk(0, true, b"ab");
        spoilt.data.push('!');
        assert_eq!(accept(2, vec![spoilt]), malformed);
    }

    proptest! {
        #[test]
        fn what_was_cut_comes_together_again(payload: Vec<u8>, length in 1..40_usize) {
            let mut incoming = Incoming::new(payload.len().try_into().unwrap());
            let mut whole = Vec::new();
            let mut complete = false;
            for piece in chunks(3, &payload, length) {
                prop_assert!(!complete);
                complete = incoming.accept(piece, &mut whole).unwrap();
            }
            prop_assert!(complete);
            prop_assert_eq!(whole, payload);
        }

        #[test]
        fn a_lost_chunk_is_noticed(payload in proptest::collection::vec(any::<u8>(), 2..200), lost: prop::sample::Index) {
            let mut pieces: Vec<_> = chunks(3, &payload, 1).collect();
            pieces.remove(lost.index(pieces.len() - 1));
            let mut incoming = Incoming::new(payload.len().try_into().unwrap());
            let mut whole = Vec::new();
            let outcome = pieces.into_iter().try_for_each(|piece| incoming.accept(piece, &mut whole).map(drop));
            prop_assert_eq!(outcome, Err(StreamError::Malformed));
        }
    }
}
