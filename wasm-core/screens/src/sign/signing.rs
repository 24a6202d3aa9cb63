//! The host's part of the work: reading documents, then signing what was read.

use super::{
    SignWindow, Stage,
    choice::Choice,
    items::{PreviewKind, State},
    messages::{Effect, Outcome, Phase, Progress, Released},
    request::Request,
};
use std::iter;
use tamga_core::{
    algorithm::Digest,
    failure::{ErrorCode, Failure},
    format::Placement,
    protocol::{Command, SigningContext, Unlock, WaitingFor},
};

/// Failures of one document, which do not concern the others.
const OF_A_DOCUMENT: [ErrorCode; 3] = [
    ErrorCode::ContentChanged,
    ErrorCode::ContentMalformed,
    ErrorCode::ContentTooLarge,
];

impl SignWindow {
    /// Reads the next documents; when all are read and the password is there, signs them.
    pub(super) fn go_on(&mut self) -> Vec<Effect> {
        if !matches!(self.stage, Stage::Choosing | Stage::Signing { .. }) {
            return Vec::new();
        }
        if let Some(failure) = self.items.hopeless() {
            return self.fail(failure);
        }
        let Some(algorithm) = self.choice.as_ref().and_then(Choice::digest) else {
            return Vec::new();
        };
        let request = self.request.as_ref().and_then(Request::sign);
        // The signed document is put together of pieces of the document.
        let keep = request.is_some_and(|it| it.profile.placement == Placement::Attached);
        if self.items.are_read(algorithm) {
            return self.sign();
        }
        let next = iter::from_fn(|| self.items.next_to_read(algorithm));
        let read = |index| Effect::Read {
            index,
            algorithm,
            keep,
        };
        next.map(read).collect()
    }

    pub(super) fn reading(&mut self, index: usize, bytes: u64) -> Vec<Effect> {
        self.items.reading(index, bytes);
        vec![self.progress(Phase::Reading)]
    }

    pub(super) fn read(
        &mut self,
        index: usize,
        document: u32,
        digest: Digest,
        preview_kind: PreviewKind,
    ) -> Vec<Effect> {
        self.items.read(index, document, digest, preview_kind);
        let mut effects = vec![self.progress(Phase::Reading)];
        effects.extend(self.go_on());
        effects
    }

    pub(super) fn read_failed(&mut self, index: usize, failure: Failure) -> Vec<Effect> {
        if !OF_A_DOCUMENT.contains(&failure.code) {
            return self.fail(failure);
        }
        self.items.failed_to_read(index, failure);
        self.go_on()
    }

    pub(super) fn start_signing(&mut self, unlock: Unlock) -> Vec<Effect> {
        if !matches!(self.stage, Stage::Choosing) {
            return Vec::new();
        }
        self.waiting = None;
        self.stage = Stage::Signing {
            unlock: Some(unlock),
        };
        self.go_on()
    }

    /// Gives the host its command, once: what unlocks the key goes with it.
    fn sign(&mut self) -> Vec<Effect> {
        let Stage::Signing { unlock } = &mut self.stage else {
            return Vec::new();
        };
        let Some(unlock) = unlock.take() else {
            return Vec::new();
        };
        // The document was read by this window's host, the key is unlocked in another.
        let items = self.items.send(unlock.is_in_session());
        let (Some(key), Some(asked)) = (self.chosen(), self.request.as_ref()) else {
            return Vec::new();
        };
        let Some(request) = asked.sign() else {
            return Vec::new();
        };
        let command = Command::Sign {
            certificate: key.entry.id.clone(),
            token: key.entry.location.token().map(str::to_owned),
            location: Some(Box::new(key.entry.location.clone())),
            unlock,
            context: Some(Box::new(self.context(asked))),
            profile: request.profile,
            padding: request.padding,
            items,
        };
        vec![self.progress(Phase::Signing), Effect::Sign { command }]
    }

    /// For whom the items are that the host was given.
    fn context(&self, asked: &Request) -> SigningContext {
        SigningContext {
            origin: asked.site.origin.clone(),
            top_origin: asked.site.top_origin.clone(),
            documents: self.items.sent_names().map(str::to_owned).collect(),
            blind: self.items.are_blind(),
            record: !asked.private_window,
        }
    }

    /// The next signature takes its time; what becomes of it says that this is over.
    pub(super) fn wait(&mut self, how: WaitingFor, until: String) -> Vec<Effect> {
        self.waiting = Some((how, until));
        Vec::new()
    }

    pub(super) fn item_signed(&mut self, signature: u32) -> Vec<Effect> {
        self.waiting = None;
        self.items.signed(signature);
        vec![self.progress(Phase::Signing)]
    }

    pub(super) fn item_failed(&mut self, place: u32, failure: Failure) -> Vec<Effect> {
        self.waiting = None;
        self.items.failed_to_sign(place, failure);
        vec![self.progress(Phase::Signing)]
    }

    /// One signature is a success; the page hears of each item that has none.
    pub(super) fn signed(&mut self) -> Vec<Effect> {
        if !matches!(self.stage, Stage::Signing { .. }) {
            return Vec::new();
        }
        self.items.close();
        if let Some(failure) = self.items.hopeless() {
            return self.fail(failure);
        }
        let Some(key) = self.chosen() else {
            return Vec::new();
        };
        let certificate = Released::of(key);
        self.stage = Stage::Delivering;
        let remember = Effect::Remember {
            certificate: certificate.id.clone(),
        };
        let items = self.outcomes();
        vec![remember, Effect::Answer { certificate, items }]
    }

    fn outcomes(&self) -> Vec<Outcome> {
        let outcome = |item: &super::items::Item| {
            let name = item.name.clone();
            match &item.state {
                State::Signed { signature } => Outcome::Signed {
                    name,
                    signature: *signature,
                },
                State::Failed(failure) => Outcome::Failed {
                    name,
                    failure: failure.code.for_page().into(),
                },
                _ => Outcome::Failed {
                    name,
                    failure: ErrorCode::Internal.into(),
                },
            }
        };
        self.items.all.iter().map(outcome).collect()
    }

    fn progress(&self, phase: Phase) -> Effect {
        let (bytes, bytes_total) = self.items.bytes();
        let reading = phase == Phase::Reading;
        Effect::Progress(Progress {
            phase,
            done: if reading {
                self.items.settled()
            } else {
                self.items.finished()
            },
            total: self.items.all.len(),
            bytes: reading.then_some(bytes),
            bytes_total: reading.then_some(bytes_total),
        })
    }
}
