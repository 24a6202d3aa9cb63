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
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tamga_host::{
    cli,
    connection::ConnectionError,
    core_dumps,
    folder::Folders,
    keys::pkcs11::{self, Modules},
    log, pipes,
    session::{Session, Surroundings},
};

/// How long work may go on when the browser has closed the connection.
const GRACE: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    let core_dumps = core_dumps::disable();
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let by_browser = is_started_by_browser(&arguments);
    log::start(by_browser);
    if let Err(error) = core_dumps {
        tracing::warn!(%error, "core dumps are not disabled");
    }
    if let [mode, module] = arguments.as_slice()
        && mode == pkcs11::MODE
    {
        return pkcs11::child::run(Path::new(module));
    }
    let Some(folders) = Folders::from_environment() else {
        tracing::error!("there is no home folder");
        return ExitCode::FAILURE;
    };
    let surroundings = Surroundings {
        modules: Modules::new(&folders),
        folders,
        clock: unix_time,
        random: Box::new(getrandom::SysRng),
    };
    if !by_browser {
        return cli::run(surroundings);
    }
    match converse(surroundings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the connection ended");
            ExitCode::FAILURE
        }
    }
}

fn converse(surroundings: Surroundings) -> Result<(), ConnectionError> {
    let mut session = Session::new(pipes::wide_input()?, pipes::output()?, surroundings, || {
        // Work that goes on when the browser is gone is given a moment to end in order: to log out of a token.
        thread::sleep(GRACE);
        process::exit(0);
    });
    session.run()
}

/// Chromium passes the extension's origin (on Windows a window's number as well), Firefox the manifest's
/// path and the add-on's id. Nothing at all is for tests, unless a person is at the keyboard.
fn is_started_by_browser(arguments: &[OsString]) -> bool {
    let text = |index: usize| arguments.get(index).and_then(|argument| argument.to_str());
    match (text(0), text(1)) {
        (None, _) => arguments.is_empty() && !io::stdin().is_terminal(),
        (Some(first), _) if first.starts_with("chrome-extension://") => true,
        (Some(first), Some(second)) => first.ends_with(".json") && second.contains('@'),
        _ => false,
    }
}

fn unix_time() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
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
