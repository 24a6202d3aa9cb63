//! Processes of the host's own: the same program in another mode, for what may crash or hang, with a deadline for every
//! answer. What crashes, hangs, exits or talks nonsense takes such a process with it, and nothing else.

pub(crate) mod far_end;
pub(crate) mod frames;

use crate::{program, waiting::WaitLimit};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    ffi::OsStr,
    io,
    marker::PhantomData,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

/// Has the C libraries of Linux and macOS overwrite memory that is freed: modules leave PINs in it, OpenSC (0.23) for
/// one. glibc does so only without its cache for threads.
const ALLOCATOR_SCRUB_ENV: [(&str, &str); 2] = [
    (
        "GLIBC_TUNABLES",
        "glibc.malloc.tcache_count=0:glibc.malloc.perturb=165",
    ),
    ("MallocScribble", "1"),
];
/// How long a process may still take to answer what is not wanted any more, so that it ends in order: PKCS#11 has no way
/// to interrupt a call (v2.40 §5.16). Less than a browser leaves the host when it is gone.
const CANCEL_GRACE: Duration = Duration::from_secs(2);
/// How often, and how far apart, it is looked whether a process that was told to end has done so.
const SHUTDOWN_POLLS: u32 = 100;
const SHUTDOWN_POLL_INTERVAL: Duration = Duration::from_millis(5);

/// A process that answers requests, one after the other.
#[derive(Debug)]
pub(crate) struct ChildProcess<Request, Response> {
    child: Child,
    /// `None` once it was told to end.
    input: Option<ChildStdin>,
    responses: Receiver<Response>,
    requests: PhantomData<fn(Request)>,
}

/// Why a process did not answer; it is gone then.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// The answer is not wanted any more.
    #[error("cancelled")]
    Cancelled,
    /// It crashed, exited or talked nonsense.
    #[error("the process has ended")]
    Ended,
    /// It did not answer in time.
    #[error("timed out waiting for an answer")]
    TimedOut,
}

impl<Request: Serialize, Response: DeserializeOwned + Send + 'static>
    ChildProcess<Request, Response>
{
    /// Starts the program with these arguments.
    ///
    /// # Errors
    /// As the system has them.
    pub(crate) fn start(arguments: &[&OsStr]) -> io::Result<Self> {
        let (child, input, mut output) = spawn(arguments)?;
        let (responding, responses) = mpsc::channel();
        // Ends with the process, or with the first answer that nobody waits for.
        thread::spawn(move || {
            while let Some(response) = frames::receive(&mut output) {
                if responding.send(response).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            input: Some(input),
            responses,
            requests: PhantomData,
        })
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// [`NoAnswer`]; `Cancelled` also when it was not wanted before it was asked: the process is unharmed then.
    pub(crate) fn ask(
        &mut self,
        request: &Request,
        limit: WaitLimit<'_>,
    ) -> Result<Response, NoAnswer> {
        let cancel = limit.cancel();
        if cancel.is_cancelled() {
            return Err(NoAnswer::Cancelled);
        }
        self.send(request)?;
        let limit = limit.with_grace(CANCEL_GRACE);
        let answer = limit.receive(&self.responses);
        answer.map_err(|error| {
            self.end();
            match error {
                _ if cancel.is_cancelled() => NoAnswer::Cancelled,
                RecvTimeoutError::Timeout => NoAnswer::TimedOut,
                RecvTimeoutError::Disconnected => NoAnswer::Ended,
            }
        })
    }

    /// Sends a request without waiting for anything.
    ///
    /// # Errors
    /// [`NoAnswer::Ended`]
    pub(crate) fn send(&mut self, request: &Request) -> Result<(), NoAnswer> {
        let input = self.input.as_mut().ok_or(NoAnswer::Ended)?;
        frames::send(input, request).map_err(|_| NoAnswer::Ended)
    }

    /// The next answer of a process that goes on answering; `None` when it has ended.
    pub(crate) fn next(&self) -> Option<Response> {
        self.responses.recv().ok()
    }
}

impl<Request, Response> ChildProcess<Request, Response> {
    /// Whether it can still be asked.
    pub(crate) fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends the process, which need not be there any more.
    fn end(&mut self) {
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl<Request, Response> Drop for ChildProcess<Request, Response> {
    /// Lets the process tidy up, but not for long.
    fn drop(&mut self) {
        self.input = None;
        for _ in 0..SHUTDOWN_POLLS {
            if !self.lives() {
                return;
            }
            thread::sleep(SHUTDOWN_POLL_INTERVAL);
        }
        self.end();
    }
}

fn spawn(arguments: &[&OsStr]) -> io::Result<(Child, ChildStdin, ChildStdout)> {
    let mut command = Command::new(program::to_start()?);
    // What lists of processes show, whichever path it is started by.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, program::path()?);
    let mut child = command
        .args(arguments)
        .envs(ALLOCATOR_SCRUB_ENV)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    match (child.stdin.take(), child.stdout.take()) {
        (Some(input), Some(output)) => Ok((child, input, output)),
        _ => Err(io::ErrorKind::BrokenPipe.into()),
    }
}
