//! The native half of Tamga: wiring only, read first.
//!
//! A browser starts the host with arguments of its own and speaks over standard input and output. With any
//! other arguments it is a command of the terminal.

use std::{
    env,
    ffi::OsString,
    io::{self, IsTerminal as _},
    path::Path,
    process::{self, ExitCode},
    thread,
    time::Duration,
};
use tamga_host::{
    cli, clock,
    directories::Folders,
    keys::pkcs11::{self, Modules},
    log, memory_dumps, program, readers,
    session::{HostContext, Session},
    transport::{connection::ConnectionError, stdio},
};

/// How long work may go on when the browser has closed the connection.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    let memory_dumps = memory_dumps::disable();
    let own_path = program::path();
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let by_browser = is_started_by_browser(&arguments);
    log::start(by_browser);
    if let Err(error) = memory_dumps {
        tracing::warn!(%error, "core dumps are not disabled");
    }
    if let Err(error) = own_path {
        tracing::warn!(%error, "the program does not find itself: no module can be started");
    }
    if let [mode, module] = arguments.as_slice()
        && mode == pkcs11::MODE
    {
        return pkcs11::module_process::run(Path::new(module));
    }
    if let [mode] = arguments.as_slice()
        && mode == readers::MODE
    {
        return readers::readers_process::run();
    }
    let Some(folders) = Folders::from_environment() else {
        tracing::error!("there is no home folder");
        return ExitCode::FAILURE;
    };
    let context = HostContext {
        modules: Modules::new(&folders),
        folders,
        clock: clock::unix_time,
        random: || Box::new(getrandom::SysRng),
    };
    if !by_browser {
        return cli::run(context);
    }
    match converse(context) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the connection ended");
            ExitCode::FAILURE
        }
    }
}

fn converse(context: HostContext) -> Result<(), ConnectionError> {
    let mut session = Session::new(stdio::wide_input()?, stdio::output()?, context, || {
        // Work that goes on when the browser is gone is given a moment to end in order: to log out of a token.
        thread::sleep(SHUTDOWN_TIMEOUT);
        process::exit(0);
    });
    session.run()
}

/// Chromium passes the extension's origin (on Windows a window's number as well), Firefox the manifest's
/// path and the add-on's id, and so does the portal that starts hosts for it. Older portals, and tests, pass nothing at all;
/// and so does a person at the keyboard.
fn is_started_by_browser(arguments: &[OsString]) -> bool {
    let text = |index: usize| arguments.get(index).and_then(|argument| argument.to_str());
    match (text(0), text(1)) {
        (None, _) => arguments.is_empty() && !io::stdin().is_terminal(),
        (Some(first), _) if first.starts_with("chrome-extension://") => true,
        (Some(first), Some(second)) => first.ends_with(".json") && second.contains('@'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_from_people() {
        let by_browser = |arguments: &[&str]| {
            let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
            is_started_by_browser(&arguments)
        };
        let origin = "chrome-extension://epbgnlfkddopdogpcmdbdbclbkdojfbl/";
        assert!(by_browser(&[origin]));
        assert!(by_browser(&[origin, "--parent-window=0"]));
        let manifest = "/home/a/.mozilla/native-messaging-hosts/org.tamga.host.json";
        assert!(by_browser(&[manifest, "tamga@tamga.org"]));
        assert!(!by_browser(&["list"]));
        assert!(!by_browser(&["inspect", "a@b.p12"]));
        assert!(!by_browser(&["--help"]));
    }
}
