//! The native half of Tamga: wiring only, read first.
//!
//! A browser starts the host with arguments of its own and speaks over standard input and output. With any
//! other arguments it is a command of the terminal.

use std::{
    env,
    ffi::OsString,
    io::{self, IsTerminal as _},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};
use tamga_host::{
    cli,
    connection::ConnectionError,
    folder::Folders,
    pipes,
    session::{Session, Surroundings},
};
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

fn main() -> ExitCode {
    start_log();
    let Some(folders) = Folders::from_environment() else {
        tracing::error!("there is no home folder");
        return ExitCode::FAILURE;
    };
    let surroundings = Surroundings {
        folders,
        clock: unix_time,
        random: Box::new(getrandom::SysRng),
    };
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if !is_started_by_browser(&arguments) {
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
    Session::new(pipes::input()?, pipes::output()?, surroundings).run()
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

/// The log goes to standard error; standard output is the wire. `TAMGA_LOG` says how much of it.
fn start_log() {
    let log = tracing_subscriber::fmt().with_writer(io::stderr);
    match env::var("TAMGA_LOG") {
        Ok(filter) => log.with_env_filter(EnvFilter::new(filter)).init(),
        Err(_) => log.with_max_level(LevelFilter::WARN).init(),
    }
}

fn unix_time() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
