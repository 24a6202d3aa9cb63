//! The command to sign: one unlocking of a key, many items, and perhaps a PIN session that begins or goes on.

use super::Session;
use crate::{
    failure::Error,
    prompt,
    sign::{Signer, Unlocking, Unverified},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{
    io::Write,
    thread::{self, JoinHandle},
};
use tamga_core::{
    cms::{CmsFormat, Placement, SignedDocument},
    failure::{ErrorCode, Failure},
    protocol::{Event, FromHost, Item, KeyEntry, MAX_DOCUMENTS, PinSession, Prompt},
    secret::Secret,
};

/// A key that is unlocked between requests.
#[derive(Debug)]
pub(super) struct Unlocked {
    pub(super) certificate: String,
    pub(super) token: Option<String>,
    pub(super) signer: Signer,
}

/// A request to sign, but for its items.
pub(super) struct Order {
    pub(super) certificate: String,
    pub(super) token: Option<String>,
    pub(super) password: Secret,
    pub(super) last_try: bool,
    pub(super) prompt: Option<Prompt>,
    pub(super) pin_session: PinSession,
    pub(super) format: CmsFormat,
    pub(super) detached: bool,
    pub(super) pss: bool,
}

/// What the key has made of an item, on its way to be verified.
struct Made {
    index: u32,
    outcome: Result<JoinHandle<Result<SignedDocument, Error>>, Failure>,
}

impl<W: Write> Session<W> {
    /// Signs all items with one unlocking of the key, which stays unlocked (`true`) if that was wanted and nothing went
    /// wrong. An item that fails does not stop the others.
    pub(super) fn sign(&mut self, id: u32, order: Order, items: &[Item]) -> Result<bool, Error> {
        if items.is_empty() || items.len() > MAX_DOCUMENTS {
            return Err(ErrorCode::RequestMalformed.into());
        }
        let mut signer = self.unlock(&order, items.len())?;
        // Gone as soon as it was used: the batch may take a while.
        drop(order.password);
        let mut flawless = true;
        let mut before: Option<Made> = None;
        for (item, index) in items.iter().zip(0..) {
            let made = self.sign_item(&signer, item, order.format, order.detached);
            let outcome = match made.map_err(Failure::from) {
                // While the key makes the next one.
                Ok(unverified) => Ok(thread::spawn(move || unverified.finish())),
                // None of the others would fare better.
                Err(failure) if failure.code == ErrorCode::PinNeeded => return Err(failure.into()),
                Err(failure) => Err(failure),
            };
            if let Some(before) = before.replace(Made { index, outcome }) {
                flawless &= self.tell(id, before)?;
            }
        }
        if let Some(last) = before {
            flawless &= self.tell(id, last)?;
        }
        let stays = order.pin_session != PinSession::None && flawless && signer.pause();
        if stays {
            self.watch();
            self.unlocked = Some(Unlocked {
                certificate: order.certificate,
                token: order.token,
                signer,
            });
        }
        Ok(stays)
    }

    /// Tells what became of an item; whether it was signed.
    fn tell(&mut self, id: u32, made: Made) -> Result<bool, Error> {
        let Made { index, outcome } = made;
        let panicked = |_| Err(ErrorCode::Internal.into());
        let signed = outcome.and_then(|finishing| {
            let finished = finishing.join().unwrap_or_else(panicked);
            finished.map_err(Failure::from)
        });
        let good = signed.is_ok();
        let event = match signed {
            Ok(SignedDocument { head, tail }) => Event::ItemSigned {
                index,
                head: BASE64_STANDARD.encode(head),
                tail: BASE64_STANDARD.encode(tail),
            },
            Err(failure) => Event::ItemFailed { index, failure },
        };
        self.connection.send(&FromHost::Event { id, event })?;
        Ok(good)
    }

    /// Unlocks the key, or takes the one that a PIN session left unlocked. That one is locked by everything else.
    fn unlock(&mut self, order: &Order, items: usize) -> Result<Signer, Error> {
        let unlocked = self.unlocked.take();
        if order.pin_session == PinSession::Continue {
            let unlocked = unlocked.filter(|unlocked| unlocked.is_for(order));
            let signer = unlocked.ok_or(ErrorCode::PinNeeded)?.signer;
            return signer.resume(order.pss, (self.surroundings.clock)());
        }
        drop(unlocked);
        let (sources, now) = (self.surroundings.sources(), (self.surroundings.clock)());
        let password = |key: &KeyEntry| match &order.prompt {
            Some(prompt) if !key.passwordless => prompt::ask(prompt, key, items, now),
            _ => Ok(order.password.clone()),
        };
        let unlocking = Unlocking {
            certificate: &order.certificate,
            token: order.token.as_deref(),
            password: &password,
            last_try: order.last_try,
            pss: order.pss,
            now,
        };
        Signer::unlock(&sources, &unlocking)
    }

    fn sign_item(
        &mut self,
        signer: &Signer,
        item: &Item,
        format: CmsFormat,
        detached: bool,
    ) -> Result<Unverified, Error> {
        let (digest, placement) = match item {
            Item::Document { document } => {
                let document = self.documents.get(*document);
                let document = document.ok_or(ErrorCode::RequestMalformed)?;
                let size = document.size;
                let attached = Placement::Attached { size };
                (
                    &document.digest,
                    if detached {
                        Placement::Detached
                    } else {
                        attached
                    },
                )
            }
            Item::Hash { digest, .. } if detached => (digest, Placement::Detached),
            Item::Hash { digest, size } => {
                let size = size.ok_or(ErrorCode::RequestMalformed)?;
                (digest, Placement::Attached { size })
            }
        };
        signer.sign(digest, format, placement, &mut *self.surroundings.random)
    }
}

impl Unlocked {
    fn is_for(&self, order: &Order) -> bool {
        self.certificate == order.certificate && self.token == order.token
    }
}
