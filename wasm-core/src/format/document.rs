//! A document that is read in pieces, however large it is.

use crate::algorithm::{Digest, DigestAlgorithm, Hasher};

/// A document that was named beside a signature.
pub trait Document {
    /// Hands all of it over in pieces, from its beginning. `false`: it cannot be read to its end.
    fn read(&mut self, piece: &mut dyn FnMut(&[u8])) -> bool;

    /// Its digest. `None`: it cannot be read to its end.
    fn digest(&mut self, algorithm: DigestAlgorithm) -> Option<Digest> {
        let mut hasher = algorithm.hasher();
        self.read(&mut |piece| hasher.update(piece))
            .then(|| hasher.finish())
    }

    /// Whether it is these bytes. One that cannot be read to its end is not.
    fn is(&mut self, content: &[u8]) -> bool {
        let (mut rest, mut same) = (content, true);
        let read = self.read(&mut |piece| match rest.strip_prefix(piece) {
            Some(after) => rest = after,
            None => same = false,
        });
        read && same && rest.is_empty()
    }
}

impl Document for &[u8] {
    fn read(&mut self, piece: &mut dyn FnMut(&[u8])) -> bool {
        piece(self);
        true
    }
}

/// How much of a document's beginning is kept when it is hashed, in bytes: more than signed attributes may have that are
/// passed off as a document.
pub(crate) const KEPT: usize = 1 << 20;

/// A document that is being hashed, with each algorithm that may be asked for, and not kept.
#[derive(Debug)]
pub struct Hashing {
    size: u64,
    hashers: Vec<Hasher>,
    beginning: Vec<u8>,
}

impl Hashing {
    /// Nothing read yet.
    pub fn new(algorithms: &[DigestAlgorithm]) -> Self {
        Self {
            size: 0,
            hashers: algorithms.iter().map(|it| it.hasher()).collect(),
            beginning: Vec::new(),
        }
    }

    /// Takes the next piece in.
    pub fn update(&mut self, piece: &[u8]) {
        self.hashers.iter_mut().for_each(|it| it.update(piece));
        let room = KEPT.saturating_sub(self.beginning.len());
        let kept = piece.get(..room).unwrap_or(piece);
        self.beginning.extend_from_slice(kept);
        self.size = self
            .size
            .saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
    }

    /// The document, which has ended.
    pub fn finish(self) -> Hashed {
        let hashers = self.hashers.into_iter();
        Hashed {
            size: self.size,
            digests: hashers.map(Hasher::finish).collect(),
            beginning: self.beginning,
        }
    }
}

/// A document that was read once and not kept, but for its beginning.
#[derive(Clone, Debug)]
pub struct Hashed {
    size: u64,
    digests: Vec<Digest>,
    /// All of it where it is small.
    beginning: Vec<u8>,
}

impl Document for Hashed {
    fn read(&mut self, piece: &mut dyn FnMut(&[u8])) -> bool {
        if self.is_whole() {
            piece(&self.beginning);
        }
        self.is_whole()
    }

    fn digest(&mut self, algorithm: DigestAlgorithm) -> Option<Digest> {
        let mut digests = self.digests.iter();
        let known = digests.find(|digest| digest.algorithm() == algorithm);
        known.cloned().or_else(|| {
            (&*self.beginning)
                .digest(algorithm)
                .filter(|_| self.is_whole())
        })
    }

    fn is(&mut self, content: &[u8]) -> bool {
        let mut strong = self.digests.iter().filter(|it| it.algorithm().may_sign());
        match strong.next() {
            _ if u64::try_from(content.len()) != Ok(self.size) => false,
            Some(digest) => digest.algorithm().digest(content) == *digest,
            None => self.beginning == content,
        }
    }
}

impl Hashed {
    /// In bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What it was hashed to.
    pub fn digests(&self) -> &[Digest] {
        &self.digests
    }

    /// Whether all of it is here.
    fn is_whole(&self) -> bool {
        u64::try_from(self.beginning.len()) == Ok(self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashed(content: &[u8], algorithms: &[DigestAlgorithm]) -> Hashed {
        let mut hashing = Hashing::new(algorithms);
        content.chunks(3000).for_each(|it| hashing.update(it));
        hashing.finish()
    }

    #[test]
    fn what_is_small_is_read_whatever_is_asked() {
        let mut document = hashed(b"document", &[]);
        assert!(document.is(b"document"));
        assert!(!document.is(b"documemt") && !document.is(b"documents"));
        let sha256 = DigestAlgorithm::Sha256;
        assert_eq!(document.digest(sha256), Some(sha256.digest(b"document")));
        let mut read = Vec::new();
        assert!(document.read(&mut |piece| read.extend_from_slice(piece)));
        assert_eq!(read, b"document");
    }

    #[test]
    fn of_what_is_large_the_digests_are_known_and_nothing_else() {
        let (md5, sha256) = (DigestAlgorithm::Md5, DigestAlgorithm::Sha256);
        let kept = vec![b'x'; KEPT];
        let mut read = 0;
        assert!(hashed(&kept, &[]).read(&mut |piece| read += piece.len()));
        assert_eq!(read, KEPT);

        let large = [&*kept, b"y"].concat();
        let other = [&*kept, b"z"].concat();
        let mut document = hashed(&large, &[md5, sha256]);
        assert_eq!(document.size(), u64::try_from(large.len()).unwrap());
        assert!(document.is(&large) && !document.is(&other) && !document.is(&kept));
        assert_eq!(document.digest(sha256), Some(sha256.digest(&large)));
        assert_eq!(document.digest(DigestAlgorithm::Sha512), None);
        assert!(!document.read(&mut |_| ()));
        // A digest that collisions are made for does not tell documents apart.
        assert!(!hashed(&large, &[md5]).is(&large));
    }
}
