//! Verdicts on the certificates that were listed: made beside the session, told by events, waited for by nobody.

use super::{HostContext, Session};
use crate::{
    network::{fetch::Fetcher, revocation::Revocations},
    transport::{
        connection::ConnectionError,
        queue::{EventSender, SessionEvent},
    },
    trust::{Asking, Checker, TrustStore},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::{Duration, Instant},
};
use tamga_core::{
    certificate::Certificate,
    protocol::{
        CertificateVerdict, Event, FromHost, Listing, Reply, RevocationStatus, UncheckedReason,
        VerdictOutcome,
    },
    trust::{Purpose, Requirements},
};

/// How many certificates are asked about at a time, and how many of one issuer: one whose servers hang holds up no other.
const ASKERS: usize = 12;
const ASKERS_OF_ISSUER: usize = 3;
/// How long what servers said is told again rather than asked again.
const ASK_AGAIN: Duration = Duration::from_secs(10 * 60);

/// The watch over verdicts.
#[derive(Debug, Default)]
pub(super) struct VerdictWatch {
    /// The certificates of the last list.
    latest: Option<Arc<Listed>>,
    /// The request that hears of verdicts, and where lists are put to be checked.
    watching: Option<(u32, Watcher)>,
}

#[derive(Debug)]
struct Watcher {
    lists: Sender<Arc<Listed>>,
    state: Arc<WatchState>,
}

/// What a watch tells its threads.
#[derive(Debug, Default)]
struct WatchState {
    stopped: AtomicBool,
    /// How often whom the person trusts has changed.
    trust_changes: AtomicU32,
}

/// The certificates of a list, and those that came with them, as they are on the wire.
#[derive(Debug)]
struct Listed {
    certificates: Vec<String>,
    others: BTreeSet<String>,
}

/// The same after they were read, which is the watch's own thread's work.
#[derive(Debug)]
struct Read {
    certificates: Vec<Certificate>,
    others: Vec<Certificate>,
}

/// The certificates about which servers are to be asked, by their places in the list.
#[derive(Debug)]
struct Open {
    waiting: Vec<usize>,
    /// Those that are being asked about.
    asking: Vec<usize>,
}

/// What the threads of one watch share.
#[derive(Debug)]
struct Checking {
    context: Arc<HostContext>,
    events: EventSender,
    revocations: Revocations,
    state: Arc<WatchState>,
    told: Mutex<BTreeMap<String, Told>>,
}

/// What was said about a certificate.
#[derive(Debug)]
struct Told {
    verdict: CertificateVerdict,
    /// Since when servers are or were asked.
    asked: Option<Instant>,
}

impl<W: Write> Session<W> {
    /// Has the certificates of a list checked, and those of the last one when whom the person trusts has changed.
    pub(super) fn check_certificates(&mut self, reply: &Reply) {
        match reply {
            Reply::Certificates(listing) => self.verdicts.listed(listing),
            Reply::TrustChanged { .. } => self.verdicts.trust_changed(),
            Reply::IssuerFetched { kept, .. } if !kept.is_empty() => self.verdicts.trust_changed(),
            Reply::ProxyChanged(_) => {
                let events = self.connection.event_sender();
                self.verdicts.start_anew(&self.context, events);
            }
            _ => {}
        }
    }

    /// A verdict that cannot be told holds up nothing.
    pub(super) fn tell_verdict(
        &mut self,
        verdict: Box<CertificateVerdict>,
    ) -> Result<(), ConnectionError> {
        let Some(id) = self.verdicts.listener() else {
            return Ok(());
        };
        let event = Event::Verdict(verdict);
        match self.connection.send(&FromHost::Event { id, event }) {
            Err(error) if !error.is_fatal() => Ok(()),
            sent => sent,
        }
    }
}

impl VerdictWatch {
    /// Has the verdicts told to this request from now on, those on the last list first.
    pub(super) fn start(&mut self, id: u32, context: &Arc<HostContext>, events: EventSender) {
        let (lists, receiver) = mpsc::channel();
        let state = Arc::<WatchState>::default();
        let checking = Arc::new(Checking {
            revocations: Revocations::new(&context.folders.data, Fetcher::new(&context.folders)),
            context: Arc::clone(context),
            events,
            state: Arc::clone(&state),
            told: Mutex::default(),
        });
        thread::spawn(move || checking.run(&receiver));
        self.watching = Some((id, Watcher { lists, state }));
        self.check();
    }

    /// Has everything asked and told anew, if there is a watch: servers are asked in another way from now on.
    fn start_anew(&mut self, context: &Arc<HostContext>, events: EventSender) {
        if let Some(id) = self.listener() {
            self.start(id, context, events);
        }
    }

    /// Takes the certificates of a list for the last one, and has them checked.
    pub(super) fn listed(&mut self, listing: &Listing) {
        self.latest = Some(Arc::new(Listed::of(listing)));
        self.check();
    }

    /// Has the last list checked anew: whom the person trusts has changed.
    pub(super) fn trust_changed(&self) {
        if let Some((_, watcher)) = &self.watching {
            watcher.state.trust_changes.fetch_add(1, Ordering::SeqCst);
        }
        self.check();
    }

    fn check(&self) {
        if let (Some(list), Some((_, watcher))) = (&self.latest, &self.watching) {
            // Its thread ends with the watch.
            let _ = watcher.lists.send(Arc::clone(list));
        }
    }

    /// The request that hears of verdicts.
    pub(super) fn listener(&self) -> Option<u32> {
        self.watching.as_ref().map(|(id, _)| *id)
    }

    /// Ends the watch, if this request began it.
    pub(super) fn cancel(&mut self, id: u32) -> bool {
        let is_ours = self.listener() == Some(id);
        if is_ours {
            self.watching = None;
        }
        is_ours
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
    }
}

impl Listed {
    fn of(listing: &Listing) -> Self {
        let others = listing.keys.iter().flat_map(|key| &key.chain);
        let with_key = listing.keys.iter().map(|key| &key.certificate);
        let without_key = listing.without_key.iter().map(|it| &it.certificate);
        Self {
            certificates: with_key.chain(without_key).cloned().collect(),
            // Many keys have the same authorities above them.
            others: others.cloned().collect(),
        }
    }

    fn read(&self) -> Read {
        Read {
            certificates: parsed(&self.certificates),
            others: parsed(&self.others),
        }
    }
}

impl Open {
    /// The next one whose issuer has not as many askers as it may have, after `done` was asked about. Where there is none,
    /// those who are asking about that issuer take what is left of it.
    fn next(&mut self, done: Option<usize>, list: &Read) -> Option<usize> {
        self.asking.retain(|place| Some(*place) != done);
        let issuer = |place: &usize| list.certificates.get(*place).map(Certificate::issuer);
        let askers = |place: &usize| {
            let of = issuer(place);
            let same = |other: &&usize| match (of, issuer(other)) {
                (Some(one), Some(other)) => one.is(other.der()),
                _ => false,
            };
            self.asking.iter().filter(same).count()
        };
        let free = |place: &usize| askers(place) < ASKERS_OF_ISSUER;
        let next = self.waiting.iter().position(free)?;
        let next = self.waiting.remove(next);
        self.asking.push(next);
        Some(next)
    }
}

fn parsed<'a>(all: impl IntoIterator<Item = &'a String>) -> Vec<Certificate> {
    let ders = all
        .into_iter()
        .filter_map(|text| BASE64_STANDARD.decode(text).ok());
    ders.filter_map(|der| Certificate::parse(&der).ok())
        .collect()
}

impl Checking {
    fn run(self: Arc<Self>, lists: &Receiver<Arc<Listed>>) {
        let mut seen = 0;
        while let Ok(mut list) = lists.recv() {
            // An older one is of no interest any more.
            while let Ok(newer) = lists.try_recv() {
                list = newer;
            }
            let changes = self.trust_changes();
            if changes != seen {
                self.told().values_mut().for_each(|told| told.asked = None);
                seen = changes;
            }
            let list = Arc::new(list.read());
            let store = Arc::new(TrustStore::load(&self.context.folders));
            let open = self.tell_known(&list, &store);
            self.ask(open, &list, &store, changes);
        }
    }

    /// Tells what is known, and gives the places of the certificates about which servers are to be asked.
    fn tell_known(&self, list: &Read, store: &TrustStore) -> Vec<usize> {
        let mut open = Vec::new();
        for (place, certificate) in list.certificates.iter().enumerate() {
            if self.is_stopped() {
                return Vec::new();
            }
            let asking = Asking::Kept(&self.revocations);
            let verdict = self.verdict(certificate, list, store, asking);
            let verdict = verdict.before_asking();
            let is_asked = is_open(&verdict)
                || matches!(verdict.outcome, VerdictOutcome::Valid {})
                || verdict.is_out_of_term() && self.revocations.server_time().is_wanted(self.now());
            let mut told = self.told();
            let earlier = told.get(&verdict.certificate.id);
            let asked = earlier.filter(|it| it.verdict.path == verdict.path);
            let asked = asked.and_then(|it| it.asked);
            let is_fresh = asked.is_some_and(|asked| asked.elapsed() < ASK_AGAIN);
            let asks = is_asked && !is_fresh;
            open.extend(asks.then_some(place));
            let asked = if asks { Some(Instant::now()) } else { asked };
            // What servers said, or will say, says more than that nothing is kept.
            if !(is_open(&verdict) && is_fresh) {
                self.tell(&mut told, verdict, asked);
            }
        }
        open
    }

    /// Asks servers about these certificates, on threads of its own.
    fn ask(
        self: &Arc<Self>,
        open: Vec<usize>,
        list: &Arc<Read>,
        store: &Arc<TrustStore>,
        changes: u32,
    ) {
        let askers = ASKERS.min(open.len());
        let open = Arc::new(Mutex::new(Open {
            waiting: open,
            asking: Vec::new(),
        }));
        for _ in 0..askers {
            let (checking, open) = (Arc::clone(self), Arc::clone(&open));
            let (list, store) = (Arc::clone(list), Arc::clone(store));
            thread::spawn(move || {
                let next = |done| {
                    let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
                    open.next(done, &list)
                };
                let mut place = next(None);
                while let Some(asked) = place.filter(|_| !checking.is_stopped()) {
                    if let Some(certificate) = list.certificates.get(asked) {
                        checking.ask_about(certificate, &list, &store, changes);
                    }
                    place = next(Some(asked));
                }
            });
        }
    }

    fn ask_about(&self, certificate: &Certificate, list: &Read, store: &TrustStore, changes: u32) {
        let was_right = !self.is_clock_wrong();
        let asking = Asking::Servers(&self.revocations);
        let verdict = self.verdict(certificate, list, store, asking);
        self.tell_asked(verdict, changes);
        if was_right && self.is_clock_wrong() {
            // What was said before was said by a wrong clock.
            for certificate in &list.certificates {
                let asking = Asking::Kept(&self.revocations);
                let verdict = self.verdict(certificate, list, store, asking);
                if is_by_wrong_clock(&verdict) {
                    self.tell_asked(verdict, changes);
                }
            }
        }
    }

    fn tell_asked(&self, verdict: CertificateVerdict, changes: u32) {
        let mut told = self.told();
        // It may not be trusted any more: somebody else is at it anew.
        if self.trust_changes() == changes {
            self.tell(&mut told, verdict, Some(Instant::now()));
        }
    }

    fn is_clock_wrong(&self) -> bool {
        self.revocations.server_time().fault(self.now()).is_some()
    }

    fn now(&self) -> i64 {
        i64::try_from((self.context.clock)()).unwrap_or(i64::MAX)
    }

    fn verdict(
        &self,
        certificate: &Certificate,
        list: &Read,
        store: &TrustStore,
        asking: Asking<'_>,
    ) -> CertificateVerdict {
        let checker = Checker {
            store,
            untrusted: &list.others,
            requirements: &Requirements {
                purpose: Purpose::Documents,
                ..Requirements::default()
            },
            now: self.now(),
        };
        checker.verdict(certificate, asking)
    }

    /// Tells a verdict, unless it says what was said before.
    fn tell(
        &self,
        told: &mut BTreeMap<String, Told>,
        verdict: CertificateVerdict,
        asked: Option<Instant>,
    ) {
        let id = verdict.certificate.id.clone();
        let earlier = told.get(&id).map(|earlier| CertificateVerdict {
            time: verdict.time,
            ..earlier.verdict.clone()
        });
        let is_new = earlier.as_ref() != Some(&verdict);
        let event = is_new.then(|| SessionEvent::Verdict(Box::new(verdict.clone())));
        told.insert(id, Told { verdict, asked });
        if let Some(event) = event.filter(|_| !self.is_stopped()) {
            self.events.send(event);
        }
    }

    fn told(&self) -> MutexGuard<'_, BTreeMap<String, Told>> {
        // Whole at any moment, even if a thread panicked.
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopped(&self) -> bool {
        self.state.stopped.load(Ordering::SeqCst)
    }

    fn trust_changes(&self) -> u32 {
        self.state.trust_changes.load(Ordering::SeqCst)
    }
}

/// Whether nothing but revocation is open, about which nobody was asked yet.
fn is_open(verdict: &CertificateVerdict) -> bool {
    let is_unknown = matches!(
        verdict.outcome,
        VerdictOutcome::Unchecked {
            reason: UncheckedReason::RevocationUnknown {},
            ..
        }
    );
    is_unknown && verdict.revocation == RevocationStatus::NotAsked {}
}

fn is_by_wrong_clock(verdict: &CertificateVerdict) -> bool {
    matches!(
        verdict.outcome,
        VerdictOutcome::Unchecked {
            reason: UncheckedReason::ClockWrong { .. },
            ..
        }
    )
}
