//! What is to be signed, and how far each item has come.

use super::content_kind::ContentKind;
use tamga_core::{
    algorithm::{Digest, DigestAlgorithm},
    failure::{ErrorCode, Failure},
    protocol::{
        self,
        page::{DocumentHead, NamedDigest, Subject},
    },
};

/// How many documents the host reads at a time, so that small ones do not wait for one another's way there and back.
const READ_TOGETHER: usize = 4;
/// Together they have at most this many bytes: a large document has the whole line for itself.
const SMALL_IN_ALL: u64 = 1 << 20;

/// Everything that one request wants signed, in its order.
#[derive(Debug, Default)]
pub struct Items {
    /// The items.
    pub all: Vec<Item>,
    /// Which documents the host was asked to sign, in the order of that command.
    sent: Vec<usize>,
    /// Which documents the host is reading, and how many bytes of each it has read.
    reading: Vec<(usize, u64)>,
}

/// One thing to sign.
#[derive(Debug)]
pub struct Item {
    /// What the site calls it.
    pub name: String,
    /// In bytes; none for a digest whose document nobody here has seen.
    pub size: Option<u64>,
    /// How far it has come.
    pub state: State,
    /// How the person can look at it, once it is read.
    pub preview_kind: PreviewKind,
    /// Whether the person has.
    pub is_viewed: bool,
}

/// How a document can be looked at.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PreviewKind {
    /// Not known before it is read.
    #[default]
    Unknown,
    /// As text in the window.
    Text,
    /// In the browser's viewer, under this type.
    Viewer(&'static str),
    /// In another program, as a copy that is saved.
    File,
    /// Not at all: the site gave only the digest.
    Impossible,
}

impl PreviewKind {
    /// `kept`: the script has kept all of what went to the host.
    pub fn of(kind: ContentKind, kept: bool) -> Self {
        match (kind, kind.viewer_type()) {
            (ContentKind::Text, _) => Self::Text,
            (_, Some(viewer_type)) if kept => Self::Viewer(viewer_type),
            _ => Self::File,
        }
    }
}

/// How far an item has come.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum State {
    /// The host has to read it.
    Unread,
    /// The host has read it; the number is the host's.
    Read { document: u32, digest: Digest },
    /// The site gave the digest.
    Blind { digest: Digest },
    /// It is signed; the number is its place among the signatures of the host's last answer.
    Signed { signature: u32 },
    /// It will not be signed.
    Failed(Failure),
}

impl Items {
    /// Everything is still to be done.
    pub fn new(subject: &Subject) -> Self {
        let all = match subject {
            Subject::Documents(documents) => documents.iter().map(Item::document).collect(),
            Subject::Hashes(hashes) => hashes.iter().map(Item::blind).collect(),
        };
        Self {
            all,
            sent: Vec::new(),
            reading: Vec::new(),
        }
    }

    /// Whether these are digests without documents.
    pub fn are_blind(&self) -> bool {
        self.all.iter().all(|item| item.size.is_none())
    }

    /// A document that the host should read now: the first it has not read with this algorithm, if there is room for it.
    pub fn next_to_read(&mut self, algorithm: DigestAlgorithm) -> Option<usize> {
        if self.reading.len() >= READ_TOGETHER {
            return None;
        }
        let unread = |item: &Item| match &item.state {
            State::Unread => true,
            State::Read { digest, .. } => digest.algorithm() != algorithm,
            _ => false,
        };
        let mut items = self.all.iter().enumerate();
        let (index, next) = items.find(|(index, item)| unread(item) && !self.is_reading(*index))?;
        let others = self
            .reading
            .iter()
            .filter_map(|(index, _)| self.all.get(*index));
        let sizes = others.chain([next]).filter_map(|item| item.size);
        let together = sizes.fold(0_u64, u64::saturating_add);
        if together > SMALL_IN_ALL && !self.reading.is_empty() {
            return None;
        }
        self.reading.push((index, 0));
        Some(index)
    }

    fn is_reading(&self, index: usize) -> bool {
        self.reading.iter().any(|(at, _)| *at == index)
    }

    /// The host has read so many bytes of a document that it is reading.
    pub fn reading(&mut self, index: usize, bytes: u64) {
        let mut reading = self.reading.iter_mut();
        if let Some((_, read)) = reading.find(|(at, _)| *at == index) {
            *read = bytes;
        }
    }

    /// The host has read a document.
    pub fn read(&mut self, index: usize, document: u32, digest: Digest, look: PreviewKind) {
        self.settle(index, State::Read { document, digest });
        if let Some(item) = self.all.get_mut(index) {
            item.preview_kind = look;
        }
    }

    /// The person looks at a document, which fails if it is not there as it was read.
    pub fn mark_viewed(&mut self, index: usize, outcome: Result<(), Failure>) {
        let Some(item) = self.all.get_mut(index) else {
            return;
        };
        match outcome {
            Ok(()) => item.is_viewed = true,
            Err(failure) => item.state = State::Failed(failure),
        }
    }

    /// How many of those that will be signed the person has not looked at.
    pub fn not_viewed(&self) -> usize {
        let unseen = |item: &&Item| item.failure().is_none() && !item.is_viewed;
        self.all.iter().filter(unseen).count()
    }

    /// A document could not be read.
    pub fn failed_to_read(&mut self, index: usize, failure: Failure) {
        self.settle(index, State::Failed(failure));
    }

    fn settle(&mut self, index: usize, state: State) {
        self.reading.retain(|(at, _)| *at != index);
        if let Some(item) = self.all.get_mut(index) {
            item.state = state;
        }
    }

    /// Whether nothing is left to read with this algorithm.
    pub fn are_read(&self, algorithm: DigestAlgorithm) -> bool {
        self.all.iter().all(|item| match &item.state {
            State::Unread => false,
            State::Read { digest, .. } => digest.algorithm() == algorithm,
            _ => true,
        })
    }

    /// What the host shall sign; `by_digest`: a host that has not read the documents.
    pub fn send(&mut self, by_digest: bool) -> Vec<protocol::Item> {
        self.sent.clear();
        let mut items = Vec::with_capacity(self.all.len());
        for (index, item) in self.all.iter().enumerate() {
            items.push(match &item.state {
                State::Read { document, .. } if !by_digest => protocol::Item::Document {
                    document: *document,
                },
                State::Read { digest, .. } | State::Blind { digest } => protocol::Item::Hash {
                    digest: digest.clone(),
                    size: item.size,
                },
                _ => continue,
            });
            self.sent.push(index);
        }
        items
    }

    /// The names of what the host was asked to sign, in the order of that command.
    pub fn sent_names(&self) -> impl Iterator<Item = &str> {
        let sent = self.sent.iter().filter_map(|index| self.all.get(*index));
        sent.map(|item| item.name.as_str())
    }

    /// The host signed an item of its command.
    pub fn signed(&mut self, signature: u32) {
        self.answer(signature, State::Signed { signature });
    }

    /// The host did not sign an item of its command.
    pub fn failed_to_sign(&mut self, place: u32, failure: Failure) {
        self.answer(place, State::Failed(failure));
    }

    fn answer(&mut self, place: u32, state: State) {
        let place = usize::try_from(place).ok();
        let index = place.and_then(|place| self.sent.get(place));
        if let Some(item) = index.and_then(|index| self.all.get_mut(*index)) {
            item.state = state;
        }
    }

    /// An item that the host left out of its answer has failed too.
    pub fn close(&mut self) {
        for item in &mut self.all {
            if !matches!(item.state, State::Signed { .. } | State::Failed(_)) {
                item.state = State::Failed(ErrorCode::Internal.into());
            }
        }
    }

    /// A new host knows nothing of what the old one read, and an error may be gone.
    pub fn reset(&mut self) {
        self.reading.clear();
        self.sent.clear();
        for item in &mut self.all {
            item.state = match &item.state {
                State::Blind { digest } => State::Blind {
                    digest: digest.clone(),
                },
                _ => State::Unread,
            };
        }
    }

    /// The host stopped in the middle: what it signed already is of no use without the rest.
    pub fn take_back(&mut self) {
        if self.has_signatures() {
            self.reset();
        }
    }

    /// Whether the host has signed any.
    pub fn has_signatures(&self) -> bool {
        let signed = |item: &Item| matches!(item.state, State::Signed { .. });
        self.all.iter().any(signed)
    }

    /// The first failure, when there is nothing but failures.
    pub fn hopeless(&self) -> Option<Failure> {
        let all_failed = self.failures() == self.all.len();
        let first = all_failed.then(|| self.all.first()).flatten()?;
        first.failure().cloned()
    }

    /// How many will not be signed.
    pub fn failures(&self) -> usize {
        self.all
            .iter()
            .filter(|item| item.failure().is_some())
            .count()
    }

    /// How many are signed or will not be.
    pub fn finished(&self) -> usize {
        let finished = |item: &&Item| matches!(item.state, State::Signed { .. } | State::Failed(_));
        self.all.iter().filter(finished).count()
    }

    /// How many need no more reading.
    pub fn settled(&self) -> usize {
        self.all
            .iter()
            .filter(|item| item.state != State::Unread)
            .count()
    }

    /// The bytes that were read, and all there are.
    pub fn bytes(&self) -> (u64, u64) {
        let sum = |items: &mut dyn Iterator<Item = &Item>| {
            let sizes = items.filter_map(|item| item.size);
            sizes.fold(0_u64, u64::saturating_add)
        };
        let read = sum(&mut self.all.iter().filter(|item| item.state != State::Unread));
        let total = sum(&mut self.all.iter());
        let read = self
            .reading
            .iter()
            .map(|(_, bytes)| *bytes)
            .fold(read, u64::saturating_add);
        (read.min(total), total)
    }
}

impl Item {
    fn document(head: &DocumentHead) -> Self {
        Self {
            name: head.name.clone(),
            size: Some(head.size),
            state: State::Unread,
            preview_kind: PreviewKind::Unknown,
            is_viewed: false,
        }
    }

    fn blind(hash: &NamedDigest) -> Self {
        Self {
            name: hash.name.clone(),
            size: None,
            state: State::Blind {
                digest: hash.digest.clone(),
            },
            preview_kind: PreviewKind::Impossible,
            is_viewed: false,
        }
    }

    /// What would be signed, as far as it is known.
    pub fn digest(&self) -> Option<&Digest> {
        match &self.state {
            State::Read { digest, .. } | State::Blind { digest } => Some(digest),
            _ => None,
        }
    }

    /// Why it will not be signed.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.state {
            State::Failed(failure) => Some(failure),
            _ => None,
        }
    }
}
