//! The process in which a module runs: the same program in another mode, with a deadline for every answer.
//!
//! A module that crashes, hangs, exits or talks nonsense takes this process with it, and nothing else.

use super::module_protocol::{self, ModuleRequest, ModuleResponse};
use crate::{failure::Error, program, waiting::receive_in_order};
use std::{
    io,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    pkcs12::Cancel,
};

/// The mode's name: the first argument of the process, before the module's path.
pub const MODE: &str = "--module";

/// Has the C libraries of Linux and macOS overwrite memory that is freed: modules leave PINs in it, OpenSC (0.23) for
/// one. glibc does so only without its cache for threads.
const ALLOCATOR_SCRUB_ENV: [(&str, &str); 2] = [
    (
        "GLIBC_TUNABLES",
        "glibc.malloc.tcache_count=0:glibc.malloc.perturb=165",
    ),
    ("MallocScribble", "1"),
];
/// How long a module may still take to answer what is not wanted any more, so that it can be logged out in order: PKCS#11
/// has no way to interrupt a call (v2.40 §5.16). Less than a browser leaves the host when it is gone.
const CANCEL_GRACE: Duration = Duration::from_secs(2);
/// How often, and how far apart, it is looked whether a process that was told to end has done so.
const SHUTDOWN_POLLS: u32 = 100;
const SHUTDOWN_POLL_INTERVAL: Duration = Duration::from_millis(5);

/// The process of a module, and what it has answered.
#[derive(Debug)]
pub(super) struct Process {
    /// What people call the module.
    name: String,
    child: Child,
    /// `None` once it was told to end.
    input: Option<ChildStdin>,
    answers: Receiver<ModuleResponse>,
}

impl Process {
    /// Starts the process; the module is loaded in there.
    ///
    /// # Errors
    /// `MODULE_FAILED`
    pub(super) fn start(name: &str, module: &Path) -> Result<Self, Error> {
        let spawned = spawn(module).map_err(|error| {
            tracing::error!(%error, name, "the process of a module did not start");
            failed(name)
        })?;
        let (child, input, mut output) = spawned;
        let (answered, answers) = mpsc::channel();
        // Ends with the process, or with the first answer that nobody waits for.
        thread::spawn(move || {
            while let Some(response) = module_protocol::receive(&mut output) {
                if answered.send(response).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            name: name.to_owned(),
            child,
            input: Some(input),
            answers,
        })
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// What the module failed with; `MODULE_FAILED` if it does not answer in time, `CANCELLED` if it does not answer soon
    /// when that is not wanted any more: the process is gone then.
    pub(super) fn ask(
        &mut self,
        ask: &ModuleRequest,
        timeout: Duration,
        cancel: &Cancel,
    ) -> Result<ModuleResponse, Error> {
        if cancel.is_cancelled() {
            return Err(ErrorCode::Cancelled.into());
        }
        let input = self.input.as_mut().ok_or_else(|| failed(&self.name))?;
        module_protocol::send(input, ask).map_err(|_| failed(&self.name))?;
        let answer = receive_in_order(&self.answers, timeout, CANCEL_GRACE, cancel);
        match answer {
            // The process does not know what people call its module.
            Ok(ModuleResponse::Failed { failure }) if failure.code == ErrorCode::ModuleFailed => {
                Err(failed(&self.name))
            }
            Ok(ModuleResponse::Failed { failure }) => Err(failure.into()),
            Ok(response) => Ok(response),
            Err(reason) => {
                tracing::error!(%reason, name = self.name, "a module does not answer");
                self.end();
                match cancel.is_cancelled() {
                    true => Err(ErrorCode::Cancelled.into()),
                    false => Err(failed(&self.name)),
                }
            }
        }
    }

    /// Whether it can still be asked.
    pub(super) fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends the process, which need not be there any more.
    fn end(&mut self) {
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    /// Lets the module log out and tidy up, but not for long.
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

fn spawn(module: &Path) -> io::Result<(Child, ChildStdin, impl io::Read + use<>)> {
    let mut command = Command::new(program::to_start()?);
    // What lists of processes show, whichever path it is started by.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, program::path()?);
    let mut child = command
        .arg(MODE)
        .arg(module)
        .envs(ALLOCATOR_SCRUB_ENV)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    match (child.stdin.take(), child.stdout.take()) {
        (Some(input), Some(output)) => Ok((child, input, output)),
        _ => Err(io::ErrorKind::BrokenPipe.into()),
    }
}

/// The failure of a module, by its name.
pub(super) fn failed(name: &str) -> Error {
    Failure::of(ErrorCode::ModuleFailed, name).into()
}
