//! Asking servers about the certificates of signatures that were verified: a few files at a time, so that one whose servers
//! hang holds up no other, and what is known without them is told before.

use crate::{
    failure::Error,
    network::{fetch::Fetcher, revocation::Revocations},
    session::{HostContext, task::Task},
    trust::{RevocationLookup, TrustStore, ask_the_time},
};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::Duration,
};
use tamga_core::{
    certificate::Certificate,
    check::{AskedServers, TrustInputs, VerifiedFiles},
    pkcs12::Cancel,
    protocol::{CheckReport, CheckedFile, Event, Reply},
    trust::{Anchor, revocation::RevocationSource},
};

/// How many files are asked about at a time.
const ASKERS: usize = 4;
/// How soon it is noticed that nobody wants the answers any more.
const POLL: Duration = Duration::from_millis(50);

/// Signatures that were verified, and what their certificates are judged by.
#[derive(Debug)]
pub(super) struct SignatureCheck {
    verified: VerifiedFiles,
    store: TrustStore,
    anchors: Vec<Anchor>,
    certificates: Vec<Certificate>,
    revocations: Revocations,
    /// When, Unix time.
    time: i64,
}

/// What one file came to, and its place in the report.
type Answer = (usize, CheckedFile);

/// Stops those who ask when nobody waits for them any more.
struct Waiting {
    answers: Receiver<Answer>,
    cancel: Cancel,
}

impl SignatureCheck {
    pub(super) fn new(verified: VerifiedFiles, context: &HostContext) -> Self {
        let store = TrustStore::load(&context.folders);
        Self {
            verified,
            anchors: store.anchors().cloned().collect(),
            certificates: store.intermediates().cloned().collect(),
            store,
            revocations: Revocations::new(&context.folders.data, Fetcher::new(&context.folders)),
            time: i64::try_from((context.clock)()).unwrap_or(i64::MAX),
        }
    }

    /// What all signatures come to by what is kept.
    pub(super) fn report(&self) -> CheckReport {
        let kept = RevocationLookup::kept(&self.revocations);
        let trust = self.trust(&kept, None);
        let report = self.verified.report(Some(&trust), self.time);
        self.by_clock(report)
    }

    /// The same as far as the clock is right.
    fn by_clock(&self, report: CheckReport) -> CheckReport {
        match self.revocations.server_time().fault(self.time) {
            Some(fault) => report.by_wrong_clock(fault),
            None => report,
        }
    }

    /// Has servers asked about every file of the report where that makes a difference, and tells what each comes to.
    ///
    /// # Errors
    /// `CANCELLED`
    pub(super) fn ask_servers(self, task: &Task, mut report: CheckReport) -> Result<Reply, Error> {
        let files = report.signatures.iter().enumerate();
        let open: Vec<_> = files
            .filter(|(_, file)| is_asked_about(file))
            .map(|(place, _)| place)
            .collect();
        task.tell(Event::CheckedSoFar(report.clone()));
        let check = Arc::new(self);
        let waiting = Arc::clone(&check).start(open);
        loop {
            task.check()?;
            let (place, file) = match waiting.answers.recv_timeout(POLL) {
                Ok(answer) => answer,
                Err(RecvTimeoutError::Timeout) => continue,
                // What was told before may have been told by a wrong clock.
                Err(RecvTimeoutError::Disconnected) => {
                    return Ok(Reply::Checked(check.by_clock(report)));
                }
            };
            if let Some(known) = report.signatures.get_mut(place) {
                *known = file.clone();
            }
            task.tell(Event::FileChecked(Box::new(file)));
        }
    }

    /// Starts asking about the files at these places.
    fn start(self: Arc<Self>, mut places: Vec<usize>) -> Waiting {
        let (sender, answers) = mpsc::channel();
        let cancel = Cancel::default();
        let askers = ASKERS.min(places.len());
        // The first is asked about first.
        places.reverse();
        let places = Arc::new(Mutex::new(places));
        for _ in 0..askers {
            let (check, places) = (Arc::clone(&self), Arc::clone(&places));
            let (sender, cancel) = (sender.clone(), cancel.clone());
            thread::spawn(move || {
                let next = || places.lock().unwrap_or_else(PoisonError::into_inner).pop();
                while let Some(place) = next() {
                    if cancel.is_cancelled() {
                        return;
                    }
                    let file = check.file(place, &cancel);
                    // Nobody may wait for it any more.
                    let _ = file.map(|file| sender.send((place, file)));
                }
            });
        }
        Waiting { answers, cancel }
    }

    /// What the file at this place comes to when servers are asked. Takes as long as the network does.
    fn file(&self, place: usize, cancel: &Cancel) -> Option<CheckedFile> {
        let kept = RevocationLookup::kept(&self.revocations);
        let servers = RevocationLookup::asking(&self.revocations, cancel.clone());
        let trust = self.trust(&kept, Some(&servers));
        let file = self.verified.file(place, Some(&trust), self.time)?;
        if !cancel.is_cancelled() {
            let certificates = self.verified.certificates(place);
            let revocations = &self.revocations;
            ask_the_time(&file, &certificates, &self.store, revocations, self.time);
        }
        let fault = self.revocations.server_time().fault(self.time);
        Some(match fault {
            Some(fault) => file.by_wrong_clock(self.time, fault),
            None => file,
        })
    }

    fn trust<'a>(
        &'a self,
        kept: &'a dyn RevocationSource,
        servers: Option<&'a dyn AskedServers>,
    ) -> TrustInputs<'a> {
        TrustInputs {
            anchors: &self.anchors,
            certificates: &self.certificates,
            lists: Vec::new(),
            answers: Vec::new(),
            kept: Some(kept),
            servers,
            revocation: true,
            national: self.store.lists(),
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// Whether somebody signed rightly with a certificate that an anchor vouches for.
fn is_asked_about(file: &CheckedFile) -> bool {
    file.signers.iter().any(|signer| {
        let certificate = signer.certificate.as_ref();
        signer.signature.failure.is_none() && certificate.is_some_and(|it| it.anchor.is_some())
    })
}
