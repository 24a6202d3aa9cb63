//! The far end: what a process of the host's own reads its requests from, and answers to.

use super::frames;
use crate::transport::stdio;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs::File,
    io, process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver},
    },
    thread,
    time::Duration,
};

/// The requests of the host that started this process.
#[derive(Debug)]
pub(crate) struct Requests<Request> {
    requests: Receiver<Request>,
    output: File,
    liveness: HostLiveness,
}

/// Whether the host is there, for whoever works for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct HostLiveness(Arc<AtomicBool>);

impl HostLiveness {
    /// Whether it has ended, in order or not.
    pub(crate) fn is_gone(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl<Request: DeserializeOwned + Send + 'static> Requests<Request> {
    /// Takes standard input and output. When the host is gone, what is being done may go on for so long: a call that hangs
    /// does not outlive the host.
    ///
    /// # Errors
    /// Where there are none.
    pub(crate) fn open(shutdown_timeout: Duration) -> io::Result<Self> {
        let (mut input, output) = (stdio::input()?, stdio::output()?);
        // What a library prints does not get in between.
        #[cfg(unix)]
        rustix::stdio::dup2_stdout(File::options().write(true).open("/dev/null")?)?;
        let (requesting, requests) = mpsc::channel();
        let liveness = HostLiveness::default();
        let gone = Arc::clone(&liveness.0);
        // Beside the work, so that the end of the host is noticed.
        thread::spawn(move || {
            while let Some(request) = frames::receive(&mut input) {
                if requesting.send(request).is_err() {
                    return;
                }
            }
            gone.store(true, Ordering::Release);
            drop(requesting);
            thread::sleep(shutdown_timeout);
            process::exit(1);
        });
        Ok(Self {
            requests,
            output,
            liveness,
        })
    }

    /// The next request; `None` when the host is gone.
    pub(crate) fn next(&self) -> Option<Request> {
        self.requests.recv().ok()
    }

    /// Whether the host is there.
    pub(crate) fn liveness(&self) -> &HostLiveness {
        &self.liveness
    }

    /// Answers the host.
    ///
    /// # Errors
    /// When it is gone.
    pub(crate) fn answer(&mut self, response: &impl Serialize) -> io::Result<()> {
        frames::send(&mut self.output, response)
    }
}
