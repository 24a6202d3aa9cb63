//! The command to sign: one unlocking of a key, many items, and perhaps a PIN session that begins or goes on.

use super::{
    HostContext, Session,
    pin_session::{Keeping, KeyId, PinSessionKey, Unlocked},
    task::Task,
    term::{Moment, Term},
};
use crate::{
    audit::{AuditEntry, AuditLog},
    failure::Error,
    keys::{Credential, FoundKey},
    prompt,
    record::Record,
    settings::administrator::Administrator,
    sign::{PIN_FAILURES, Progress, Signer, Unlocking, Unverified},
    waiting,
};
use std::{
    io::Write,
    ops::ControlFlow,
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::Duration,
    vec,
};
use tamga_core::{
    algorithm::Padding,
    failure::{ErrorCode, Failure},
    format::{Content, Profile},
    pkcs12::Cancel,
    protocol::{
        Event, Item, KeyLocation, MAX_DOCUMENTS, RecordEntry, Reply, SigningContext, Unlock,
    },
};

/// How much longer than announced a signature is waited for: a key that ends its wait itself says more of the reason.
const LATE_ANSWER: Duration = Duration::from_secs(3);
/// How many signatures the key may be ahead of those that are told.
const AHEAD: usize = 4;

/// What of an item is signed.
type Subject = Result<Content, ErrorCode>;

/// Writes into the record and the audit log what becomes of items, in their order.
struct Recorder {
    record: Record,
    entries: vec::IntoIter<RecordEntry>,
    log: AuditLog,
    audited: vec::IntoIter<AuditEntry>,
}

/// A request to sign, but for its items.
pub(super) struct Order {
    pub(super) key: KeyId,
    pub(super) location: Option<Box<KeyLocation>>,
    pub(super) unlock: Unlock,
    pub(super) context: Option<Box<SigningContext>>,
    pub(super) profile: Profile,
    pub(super) padding: Padding,
}

/// What a task needs that signs.
struct Signing {
    context: Arc<HostContext>,
    order: Order,
    items: Vec<Item>,
    subjects: Vec<Subject>,
    start: Start,
}

/// Where the key comes from.
enum Start {
    /// From the PIN session.
    Continue(PinSessionKey),
    /// It is unlocked. One that an earlier PIN session left unlocked is locked before.
    Unlock(Keeping, Option<Unlocked>),
}

impl<W: Write> Session<W> {
    /// Signs all items with one unlocking of the key, which stays unlocked if that was wanted and nothing went wrong. An
    /// item that fails does not stop the others.
    pub(super) fn sign(&mut self, id: u32, order: Order, items: Vec<Item>) -> Result<(), Error> {
        if items.is_empty() || items.len() > MAX_DOCUMENTS {
            return Err(ErrorCode::RequestMalformed.into());
        }
        let fits = |context: &SigningContext| context.fits(items.len());
        if !order.context.as_deref().is_none_or(fits) {
            return Err(ErrorCode::RequestMalformed.into());
        }
        order.profile.check()?;
        self.check_typed(&order.unlock)?;
        if order.unlock.is_in_session() {
            self.watch.start(self.connection.event_sender());
        }
        let subjects = items.iter().map(|item| self.subject(item));
        let signing = Signing {
            context: Arc::clone(&self.context),
            subjects: subjects.collect(),
            start: if let Unlock::OpenSession {} = order.unlock {
                Start::Continue(self.pin_session.clone())
            } else {
                let (keeping, unlocked) = self.pin_session.supersede();
                Start::Unlock(keeping, unlocked)
            },
            order,
            items,
        };
        self.start(id, |task| signing.carry_out(task))
    }

    /// What of an item is signed.
    fn subject(&self, item: &Item) -> Subject {
        let (digest, size) = match item {
            Item::Document { document } => {
                let document = self.documents.get(*document);
                let document = document.ok_or(ErrorCode::RequestMalformed)?;
                (&document.digest, Some(document.size))
            }
            Item::Hash { digest, size } => (digest, *size),
        };
        Ok(Content {
            digest: digest.clone(),
            size,
        })
    }
}

impl Signing {
    fn carry_out(self, task: &Task) -> Result<Reply, Error> {
        let Self {
            context,
            order,
            items,
            subjects,
            start,
        } = self;
        let now = (context.clock)();
        let clock = context.clock;
        let log = AuditLog::of(&Administrator::of(&context.folders));
        let (keeping, mut signer, term) = match start {
            Start::Continue(session) => {
                let signatures = items.len();
                let (keeping, key) = session.take(&order.key, signatures, clock, task)?;
                let signer = key.signer.resume(order.padding, now, task.cancel())?;
                (keeping, signer, Some(key.term))
            }
            Start::Unlock(keeping, unlocked) => {
                if let Some(earlier) = unlocked {
                    earlier.make_way(order.key.token.as_deref());
                }
                let signer = unlock(&context, &order, &items, task).map_err(|error| {
                    let failure = Failure::from(error);
                    log.write(&locked(&order, now), Some(failure.code));
                    failure
                })?;
                let begun = Moment::now(clock);
                let term = order.unlock.term().map(|term| Term::begin(term, begun));
                // A term of fewer signatures than these is over with them.
                let lasts = |term: &mut Term| term.spend(items.len(), begun).is_ok();
                let term = term.and_then(|mut term| lasts(&mut term).then_some(term));
                (keeping, signer, term)
            }
        };
        // A PIN is gone as soon as it was used: the batch may take a while.
        drop(order.unlock);
        let entries = entries(order.context.as_deref(), &signer, &subjects, now);
        let audited = audited(order.context.as_deref(), &signer, &subjects, now);
        let mut recorder = Recorder {
            record: Record::new(&context.folders.data),
            entries: entries.into_iter(),
            log,
            audited: audited.into_iter(),
        };
        let (clock, random) = (context.clock, context.random);
        let (making, made) = mpsc::sync_channel(AHEAD);
        let outcome = thread::scope(|scope| {
            let signer = &signer;
            // The key makes the next ones while the last is verified and told.
            scope.spawn(move || {
                let subjects = subjects.into_iter();
                signer.sign_all(
                    subjects.map(|subject| Ok(subject?)),
                    order.profile,
                    &mut *random(),
                    task.cancel(),
                    &mut |progress| match making.send(progress) {
                        Ok(()) => ControlFlow::Continue(()),
                        Err(_) => ControlFlow::Break(()),
                    },
                );
            });
            let told = tell(task, clock, &made, order.profile, &mut recorder);
            // The key stops where nobody receives what it makes.
            drop(made);
            told
        });
        let outcome = outcome.and_then(|flawless| task.check().map(|()| flawless));
        let outcome = outcome.map_err(Failure::from);
        if let Err(failure) = &outcome {
            recorder.give_up(failure.code);
        }
        let flawless = matches!(outcome, Ok(true));
        let kept = match term.filter(|_| flawless && signer.pause(task.cancel())) {
            None => Err(signer),
            Some(term) => {
                let unlocked = Unlocked {
                    key: order.key,
                    signer,
                    term,
                };
                keeping.keep(task, unlocked, clock)
            }
        };
        let pin_session = kept.map_err(Signer::lock).ok();
        outcome?;
        Ok(Reply::Done { pin_session })
    }
}

/// Unlocks the key. Making a key of a password takes its time, and so do a token and the person.
fn unlock(
    context: &HostContext,
    order: &Order,
    items: &[Item],
    task: &Task,
) -> Result<Signer, Error> {
    let now = (context.clock)();
    let credential = |key: &FoundKey| {
        Credential::of(&order.unlock, |prompt, last_try| {
            let context = order.context.as_deref();
            let ask = || prompt::ask(prompt, context, items, key, task.cancel());
            Ok(match (key.entry.location.token(), key.entry.passwordless) {
                (Some(_), false) => Credential::Pin(ask()?, last_try),
                (Some(_), true) => Credential::Reader(last_try),
                (None, false) => Credential::Password(ask()?),
                (None, true) => Credential::None,
            })
        })
    };
    let unlocking = Unlocking {
        certificate: &order.key.certificate,
        token: order.key.token.as_deref(),
        location: order.location.as_deref(),
        credential: &credential,
        padding: order.padding,
        now,
    };
    let signer = Signer::unlock(&context.sources_until(task.cancel()), &unlocking)?;
    task.check()?;
    Ok(signer)
}

/// What the record is to say of these items; nothing of those that shall leave no trace.
fn entries(
    context: Option<&SigningContext>,
    signer: &Signer,
    items: &[Subject],
    now: u64,
) -> Vec<RecordEntry> {
    let Some(context) = context.filter(|context| context.record) else {
        return Vec::new();
    };
    let owner = signer.certificate().view().owner;
    let entry = |(name, item): (&String, &Subject)| RecordEntry {
        time: now,
        origin: Some(context.origin.clone()),
        top_origin: context.top_origin.clone(),
        document: name.clone(),
        digest: item.as_ref().ok().map(|content| content.digest.clone()),
        blind: context.blind,
        certificate: signer.certificate().id(),
        owner: owner.clone(),
        failure: None,
    };
    context.documents.iter().zip(items).map(entry).collect()
}

/// What the audit log is to say of these items, also of those that leave no trace in the record.
fn audited(
    context: Option<&SigningContext>,
    signer: &Signer,
    items: &[Subject],
    now: u64,
) -> Vec<AuditEntry> {
    let (certificate, serial) = (
        signer.certificate().id(),
        signer.certificate().view().serial,
    );
    let entry = |item: &Subject| AuditEntry {
        time: now,
        origin: context.map(|it| it.origin.clone()),
        top_origin: context.and_then(|it| it.top_origin.clone()),
        certificate: certificate.clone(),
        serial: Some(serial.clone()),
        digest: item.as_ref().ok().map(|content| content.digest.clone()),
    };
    items.iter().map(entry).collect()
}

/// What it is to say of a request whose key could not be unlocked.
fn locked(order: &Order, now: u64) -> AuditEntry {
    let context = order.context.as_deref();
    AuditEntry {
        time: now,
        origin: context.map(|it| it.origin.clone()),
        top_origin: context.and_then(|it| it.top_origin.clone()),
        certificate: order.key.certificate.clone(),
        serial: None,
        digest: None,
    }
}

/// Verifies what the key has made, and tells what became of each item; whether all are signed. A key that announced how
/// long its next signature may take is cancelled when that time is over.
///
/// # Errors
/// What is wrong with the PIN, for all that are left; `CANCELLED`, `TIMEOUT`.
fn tell(
    task: &Task,
    clock: fn() -> u64,
    made: &Receiver<Progress>,
    profile: Profile,
    recorder: &mut Recorder,
) -> Result<bool, Error> {
    let (mut flawless, mut index) = (true, 0);
    // Before a key has announced anything, it sets its own limit.
    let mut limit = Duration::MAX;
    while let Some(progress) = next(made, limit, task.cancel())? {
        let made = match progress {
            Progress::Made(made) => made,
            Progress::Waiting { how, timeout } => {
                limit = timeout.saturating_add(LATE_ANSWER);
                let until = clock().saturating_add(timeout.as_secs());
                task.tell(Event::Waiting { how, until });
                continue;
            }
        };
        limit = Duration::MAX;
        let event = match made.and_then(Unverified::finish).map_err(Failure::from) {
            Ok(pieces) => Event::ItemSigned {
                index,
                media_type: profile.media_type().to_owned(),
                pieces,
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
        task.tell(event);
        index += 1;
    }
    Ok(flawless)
}

/// The next that the key has made or announced; `None` when it has ended.
///
/// # Errors
/// `CANCELLED`; `TIMEOUT` after `limit`: the key is cancelled then.
fn next(
    made: &Receiver<Progress>,
    limit: Duration,
    cancel: &Cancel,
) -> Result<Option<Progress>, Error> {
    let progress = waiting::receive(made, limit, cancel);
    if cancel.is_cancelled() {
        return Err(ErrorCode::Cancelled.into());
    }
    match progress {
        Ok(progress) => Ok(Some(progress)),
        Err(RecvTimeoutError::Disconnected) => Ok(None),
        Err(RecvTimeoutError::Timeout) => {
            cancel.cancel();
            Err(ErrorCode::Timeout.into())
        }
    }
}

impl Recorder {
    /// What became of the next item. A record that cannot be written keeps nobody from signing.
    fn next(&mut self, failure: Option<ErrorCode>) {
        if let Some(entry) = self.audited.next() {
            self.log.write(&entry, failure);
        }
        let Some(entry) = self.entries.next() else {
            return;
        };
        let entry = RecordEntry { failure, ..entry };
        if let Err(error) = self.record.append(&entry) {
            tracing::warn!(%error, "the record of signatures cannot be written");
        }
    }

    /// The items that are left are not signed: the record does not have them, the audit log does.
    fn give_up(&mut self, failure: ErrorCode) {
        for entry in self.audited.by_ref() {
            self.log.write(&entry, Some(failure));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_takes_longer_than_it_announced_is_cancelled() {
        let (making, made) = mpsc::sync_channel::<Progress>(AHEAD);
        let cancel = Cancel::default();
        let cancelled = cancel.clone();
        let slow_key = thread::spawn(move || {
            while !cancelled.is_cancelled() {
                thread::sleep(Duration::from_millis(1));
            }
            drop(making);
        });
        let overdue = next(&made, Duration::from_millis(10), &cancel);
        let code = overdue.map_err(|error| Failure::from(error).code);
        assert!(matches!(code, Err(ErrorCode::Timeout)), "{code:?}");
        slow_key.join().unwrap();
    }
}
