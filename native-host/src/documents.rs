//! Documents that are being read, and the digests of those that were.

use crate::{
    check_files::ArrivingFile,
    transport::stream::{Incoming, StreamError},
};
use std::collections::BTreeMap;
use tamga_core::{
    algorithm::{Digest, DigestAlgorithm, Hasher},
    failure::ErrorCode,
    protocol::{Chunk, HOST_STREAMS, MAX_DOCUMENTS, MAX_TRUST_LIST},
};

/// How many documents may be arriving at a time.
const MAX_ARRIVING: usize = 4;
/// How many digests are remembered: all documents of a request, in every digest a person may need
/// while choosing among certificates. Beyond that the oldest is forgotten.
const MAX_READ: usize = 8 * MAX_DOCUMENTS;
/// The largest document, in bytes: what a JavaScript number holds exactly.
const MAX_SIZE: u64 = 1 << 53;

/// The documents of one connection.
#[derive(Debug, Default)]
pub struct Documents {
    arriving: BTreeMap<u32, Arriving>,
    read: BTreeMap<u32, Document>,
    last: u32,
    /// Where chunks are decoded; kept because allocating one per chunk is slow.
    payload: Vec<u8>,
}

#[derive(Debug)]
struct Arriving {
    request: u32,
    size: u64,
    incoming: Incoming,
    sink: Sink,
}

/// Where the bytes go.
#[derive(Debug)]
enum Sink {
    Hash(Hasher),
    CheckFile(ArrivingFile),
    List(ArrivingList),
}

/// A national list that arrives.
#[derive(Debug)]
pub struct ArrivingList {
    /// What its file is called.
    pub name: String,
    /// What has come of it.
    pub octets: Vec<u8>,
}

/// A document that was read to its end.
#[derive(Clone, Debug)]
pub struct Document {
    /// What the host itself computed from the bytes it received.
    pub digest: Digest,
    /// In bytes.
    pub size: u64,
}

/// What a chunk did to its document.
#[derive(Debug)]
pub enum Taken {
    /// There is more to come.
    Piece,
    /// The document is complete; this is its number and what it is.
    Whole(u32, Document),
    /// The file that is to be checked is complete.
    CheckFile(ArrivingFile),
    /// The national list is complete.
    List(ArrivingList),
}

impl Documents {
    /// Expects a document as the stream of this number.
    ///
    /// # Errors
    /// `REQUEST_MALFORMED` for a stream that is taken or not the extension's, too many streams, or a digest that may
    /// not sign; `CONTENT_TOO_LARGE` beyond 2⁵³ bytes.
    pub fn expect(
        &mut self,
        request: u32,
        stream: u32,
        size: u64,
        digest: DigestAlgorithm,
    ) -> Result<(), ErrorCode> {
        if !digest.may_sign() {
            return Err(ErrorCode::RequestMalformed);
        }
        self.arrive(request, stream, size, Sink::Hash(digest.hasher()))
    }

    /// Expects a file that is to be checked as the stream of this number.
    ///
    /// # Errors
    /// As [`Self::expect`].
    pub fn expect_check_file(
        &mut self,
        request: u32,
        stream: u32,
        size: u64,
        file: ArrivingFile,
    ) -> Result<(), ErrorCode> {
        self.arrive(request, stream, size, Sink::CheckFile(file))
    }

    /// Expects a national list as the stream of this number.
    ///
    /// # Errors
    /// As [`Self::expect`]; `CONTENT_TOO_LARGE` beyond [`MAX_TRUST_LIST`].
    pub fn expect_list(
        &mut self,
        request: u32,
        stream: u32,
        size: u64,
        name: String,
    ) -> Result<(), ErrorCode> {
        if size > u64::try_from(MAX_TRUST_LIST).unwrap_or(u64::MAX) {
            return Err(ErrorCode::ContentTooLarge);
        }
        let octets = Vec::new();
        self.arrive(
            request,
            stream,
            size,
            Sink::List(ArrivingList { name, octets }),
        )
    }

    fn arrive(
        &mut self,
        request: u32,
        stream: u32,
        size: u64,
        sink: Sink,
    ) -> Result<(), ErrorCode> {
        if size > MAX_SIZE {
            return Err(ErrorCode::ContentTooLarge);
        }
        let free = stream < HOST_STREAMS && !self.arriving.contains_key(&stream);
        if !free || self.arriving.len() >= MAX_ARRIVING {
            return Err(ErrorCode::RequestMalformed);
        }
        let arriving = Arriving {
            request,
            size,
            incoming: Incoming::new(size),
            sink,
        };
        self.arriving.insert(stream, arriving);
        Ok(())
    }

    /// Takes the next piece in. Gives the request that waits for the document, or `None` when no
    /// document comes by this stream.
    pub fn take(&mut self, chunk: Chunk) -> Option<(u32, Result<Taken, StreamError>)> {
        let stream = chunk.stream;
        let mut arriving = self.arriving.remove(&stream)?;
        let request = arriving.request;
        self.payload.clear();
        let accepted = arriving.incoming.accept(chunk, &mut self.payload);
        match &mut arriving.sink {
            Sink::Hash(hasher) => hasher.update(&self.payload),
            Sink::CheckFile(file) => file.update(&self.payload),
            Sink::List(list) => list.octets.extend_from_slice(&self.payload),
        }
        Some((
            request,
            accepted.map(|complete| {
                if complete {
                    return self.remember(arriving);
                }
                self.arriving.insert(stream, arriving);
                Taken::Piece
            }),
        ))
    }

    /// Gives a document up; the request that waited for it, if there was one.
    pub fn abort(&mut self, stream: u32) -> Option<u32> {
        Some(self.arriving.remove(&stream)?.request)
    }

    /// Gives up the document of a request; its stream, if there was one.
    pub fn cancel(&mut self, request: u32) -> Option<u32> {
        let mut arriving = self.arriving.iter();
        let (&stream, _) = arriving.find(|(_, arriving)| arriving.request == request)?;
        self.arriving.remove(&stream);
        Some(stream)
    }

    /// A document that was read.
    pub fn get(&self, number: u32) -> Option<&Document> {
        self.read.get(&number)
    }

    fn remember(&mut self, arriving: Arriving) -> Taken {
        let hasher = match arriving.sink {
            Sink::Hash(hasher) => hasher,
            Sink::CheckFile(file) => return Taken::CheckFile(file),
            Sink::List(list) => return Taken::List(list),
        };
        let document = Document {
            digest: hasher.finish(),
            size: arriving.size,
        };
        self.last = self.last.wrapping_add(1);
        self.read.insert(self.last, document.clone());
        if self.read.len() > MAX_READ {
            self.read.pop_first();
        }
        Taken::Whole(self.last, document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::stream::chunks;

    fn read(documents: &mut Documents, stream: u32, content: &[u8]) -> Vec<Taken> {
        let size = content.len().try_into().unwrap();
        let expected = documents.expect(9, stream, size, DigestAlgorithm::Sha256);
        expected.unwrap();
        let taken = chunks(stream, content, 2).map(|chunk| {
            let (request, taken) = documents.take(chunk).unwrap();
            assert_eq!(request, 9);
            taken.unwrap()
        });
        taken.collect()
    }

    #[test]
    fn a_document_is_hashed_as_it_comes() {
        let mut documents = Documents::default();
        let mut taken = read(&mut documents, 1, b"abc");
        let Some(Taken::Whole(number, document)) = taken.pop() else {
            panic!("not complete");
        };
        assert!(document.digest.hex().starts_with("ba7816bf"));
        assert_eq!(documents.get(number).unwrap().digest, document.digest);
        assert_eq!(document.size, 3);
        assert!(documents.take(chunks(1, b"x", 1).next().unwrap()).is_none());
    }

    #[test]
    fn streams_are_few_and_distinct() {
        let mut documents = Documents::default();
        let mut expect = |stream, size, digest| documents.expect(1, stream, size, digest);
        let malformed = Err(ErrorCode::RequestMalformed);
        assert_eq!(expect(1, 1, DigestAlgorithm::Sha1), malformed);
        assert_eq!(expect(HOST_STREAMS, 1, DigestAlgorithm::Sha256), malformed);
        let too_large = Err(ErrorCode::ContentTooLarge);
        assert_eq!(expect(1, MAX_SIZE + 1, DigestAlgorithm::Sha256), too_large);
        for stream in 1..=4 {
            assert_eq!(expect(stream, MAX_SIZE, DigestAlgorithm::Sha256), Ok(()));
            assert_eq!(expect(stream, 1, DigestAlgorithm::Sha256), malformed);
        }
        assert_eq!(expect(5, 1, DigestAlgorithm::Sha256), malformed);
        assert_eq!(documents.abort(2), Some(1));
        assert_eq!(documents.abort(2), None);
        assert_eq!(documents.expect(1, 5, 1, DigestAlgorithm::Sha256), Ok(()));
    }

    #[test]
    fn a_broken_stream_is_over() {
        let mut documents = Documents::default();
        documents.expect(1, 1, 2, DigestAlgorithm::Sha256).unwrap();
        let taken = documents.take(chunks(1, b"abc", 3).next().unwrap());
        assert!(matches!(taken, Some((1, Err(StreamError::WrongSize)))));
        assert_eq!(documents.abort(1), None);
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let mut documents = Documents::default();
        for _ in 0..=MAX_READ {
            read(&mut documents, 1, b"");
        }
        assert!(documents.get(1).is_none());
        assert!(documents.get(2).is_some());
        assert_eq!(documents.read.len(), MAX_READ);
    }
}
