//! The command to sign: one unlocking of a key, many items, and perhaps a PIN session that begins or goes on.

use super::Session;
use crate::{
    failure::Error,
    keys::Credential,
    prompt,
    record::Record,
    sign::{PIN_FAILURES, Signer, Unlocking, Unverified},
    transport::connection::Connection,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{
    io::Write,
    sync::mpsc::{self, Receiver},
    thread, vec,
};
use tamga_core::{
    algorithm::Digest,
    cms::{CmsFormat, Placement, SignedDocument},
    failure::{ErrorCode, Failure},
    pkcs12::Cancel,
    protocol::{
        Event, FromHost, Item, KeyEntry, KeyLocation, MAX_DOCUMENTS, RecordEntry, SigningContext,
        Unlock,
    },
};

/// How many signatures the key may be ahead of those that are told.
const AHEAD: usize = 4;

/// A key that is unlocked between requests.
#[derive(Debug)]
pub(super) struct Unlocked {
    pub(super) certificate: String,
    pub(super) token: Option<String>,
    pub(super) signer: Signer,
}

/// What of an item is signed.
type Subject = Result<(Digest, Placement), ErrorCode>;

/// Writes into the record what becomes of items, in their order.
struct Recorder {
    record: Record,
    entries: vec::IntoIter<RecordEntry>,
}

/// A request to sign, but for its items.
pub(super) struct Order {
    pub(super) certificate: String,
    pub(super) token: Option<String>,
    pub(super) location: Option<Box<KeyLocation>>,
    pub(super) unlock: Unlock,
    pub(super) context: Option<Box<SigningContext>>,
    pub(super) format: CmsFormat,
    pub(super) detached: bool,
    pub(super) pss: bool,
}

impl<W: Write> Session<W> {
    /// Signs all items with one unlocking of the key, which stays unlocked (`true`) if that was wanted and nothing went
    /// wrong. An item that fails does not stop the others.
    pub(super) fn sign(&mut self, id: u32, order: Order, items: &[Item]) -> Result<bool, Error> {
        if items.is_empty() || items.len() > MAX_DOCUMENTS {
            return Err(ErrorCode::RequestMalformed.into());
        }
        let fits = |context: &SigningContext| context.fits(items.len());
        if !order.context.as_deref().is_none_or(fits) {
            return Err(ErrorCode::RequestMalformed.into());
        }
        let mut signer = self.unlock(id, &order, items)?;
        let is_in_session = order.unlock.is_in_session();
        // A PIN is gone as soon as it was used: the batch may take a while.
        drop(order.unlock);
        let items = items.iter().map(|item| self.subject(item, order.detached));
        let items: Vec<_> = items.collect();
        let mut recorder = self.recorder(order.context.as_deref(), &signer, &items);
        let random = &mut *self.context.random;
        let connection = &mut self.connection;
        let (making, made) = mpsc::sync_channel(AHEAD);
        let flawless = thread::scope(|scope| {
            let signer = &signer;
            // The key makes the next ones while the last is verified and told.
            scope.spawn(move || {
                for item in items {
                    let signed = item.map_err(Error::from).and_then(|(digest, placement)| {
                        signer.sign(&digest, order.format, placement, random)
                    });
                    if making.send(signed).is_err() {
                        return;
                    }
                }
            });
            tell(connection, id, made, &mut recorder)
        })?;
        let stays = is_in_session && flawless && signer.pause();
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

    /// Unlocks the key, or takes the one that a PIN session left unlocked. That one is locked by everything else.
    /// Making a key of a password takes its time, and so do a token and the person.
    fn unlock(&mut self, id: u32, order: &Order, items: &[Item]) -> Result<Signer, Error> {
        let unlocked = self.unlocked.take();
        if let Unlock::OpenSession {} = order.unlock {
            let unlocked = unlocked.filter(|unlocked| unlocked.is_for(order));
            let signer = unlocked.ok_or(ErrorCode::PinNeeded)?.signer;
            return signer.resume(order.pss, (self.context.clock)());
        }
        drop(unlocked);
        let cancel = Cancel::default();
        let sources = self.context.sources_until(&cancel);
        let now = (self.context.clock)();
        let (certificate, token) = (order.certificate.clone(), order.token.clone());
        let (location, context) = (order.location.clone(), order.context.clone());
        let items = items.to_vec();
        let (unlock, pss) = (order.unlock.clone(), order.pss);
        self.connection.work(id, &cancel, move || {
            let credential = |key: &KeyEntry| {
                Credential::of(&unlock, |prompt, last_try| {
                    let ask = || prompt::ask(prompt, context.as_deref(), &items, key, now);
                    Ok(match (key.location.token(), key.passwordless) {
                        (Some(_), false) => Credential::Pin(ask()?, last_try),
                        (Some(_), true) => Credential::Reader(last_try),
                        (None, false) => Credential::Password(ask()?),
                        (None, true) => Credential::None,
                    })
                })
            };
            let unlocking = Unlocking {
                certificate: &certificate,
                token: token.as_deref(),
                location: location.as_deref(),
                credential: &credential,
                pss,
                now,
            };
            Signer::unlock(&sources, &unlocking)
        })?
    }

    /// What the record is to say of these items; nothing of those that shall leave no trace.
    fn recorder(
        &self,
        context: Option<&SigningContext>,
        signer: &Signer,
        items: &[Subject],
    ) -> Recorder {
        let now = (self.context.clock)();
        let context = context.filter(|context| context.record);
        let owner = signer.certificate().view(now).owner;
        let entry = |context: &SigningContext, (name, item): (&String, &Subject)| RecordEntry {
            time: now,
            origin: Some(context.origin.clone()),
            top_origin: context.top_origin.clone(),
            document: name.clone(),
            digest: item.as_ref().ok().map(|(digest, _)| digest.clone()),
            blind: context.blind,
            certificate: signer.certificate().id(),
            owner: owner.clone(),
            failure: None,
        };
        let entries = context.map(|context| {
            let named = context.documents.iter().zip(items);
            named.map(|named| entry(context, named)).collect()
        });
        let entries: Vec<RecordEntry> = entries.unwrap_or_default();
        Recorder {
            record: self.record(),
            entries: entries.into_iter(),
        }
    }

    /// What of an item is signed.
    fn subject(&self, item: &Item, detached: bool) -> Subject {
        let malformed = ErrorCode::RequestMalformed;
        let (digest, size) = match item {
            Item::Document { document } => {
                let document = self.documents.get(*document).ok_or(malformed)?;
                (&document.digest, Some(document.size))
            }
            Item::Hash { digest, size } => (digest, *size),
        };
        let placement = match (detached, size) {
            (true, _) => Placement::Detached,
            (false, Some(size)) => Placement::Attached { size },
            (false, None) => return Err(malformed),
        };
        Ok((digest.clone(), placement))
    }
}

/// Verifies what the key has made, and tells what became of each item; whether all are signed.
///
/// # Errors
/// What is wrong with the PIN, for all that are left. Why nothing can be told.
fn tell<W: Write>(
    connection: &mut Connection<W>,
    id: u32,
    made: Receiver<Result<Unverified, Error>>,
    recorder: &mut Recorder,
) -> Result<bool, Error> {
    let mut flawless = true;
    for (made, index) in made.into_iter().zip(0..) {
        let event = match made.and_then(Unverified::finish).map_err(Failure::from) {
            Ok(SignedDocument { head, tail }) => Event::ItemSigned {
                index,
                head: BASE64_STANDARD.encode(head),
                tail: BASE64_STANDARD.encode(tail),
            },
            Err(failure) if PIN_FAILURES.contains(&failure.code) => return Err(failure.into()),
            Err(failure) => {
                flawless = false;
                Event::ItemFailed { index, failure }
            }
        };
        recorder.next(match &event {
            Event::ItemFailed { failure, .. } => Some(failure.code),
            _ => None,
        });
        connection.send(&FromHost::Event { id, event })?;
    }
    Ok(flawless)
}

impl Recorder {
    /// What became of the next item. A record that cannot be written keeps nobody from signing.
    fn next(&mut self, failure: Option<ErrorCode>) {
        let Some(entry) = self.entries.next() else {
            return;
        };
        let entry = RecordEntry { failure, ..entry };
        if let Err(error) = self.record.append(&entry) {
            tracing::warn!(%error, "the record of signatures cannot be written");
        }
    }
}

impl Unlocked {
    fn is_for(&self, order: &Order) -> bool {
        self.certificate == order.certificate && self.token == order.token
    }
}
