//! The log: to standard error, since standard output is the wire.

use std::{env, io};
use tamga_core::display_text;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

/// Standard error, which may be a terminal: causes of failures repeat what modules, cards and files say.
struct CleanedStderr;

/// Starts the log. `TAMGA_LOG` says how much of it there is. At the terminal there are texts for what goes wrong, so less
/// of it is enough.
pub fn start(by_browser: bool) {
    let level = if by_browser {
        LevelFilter::WARN
    } else {
        LevelFilter::ERROR
    };
    let log = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(|| CleanedStderr);
    match env::var("TAMGA_LOG") {
        Ok(filter) => log.with_env_filter(EnvFilter::new(filter)).init(),
        Err(_) => log.with_max_level(level).init(),
    }
}

impl io::Write for CleanedStderr {
    /// The subscriber writes a whole entry at a time.
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        let cleaned = display_text::lines(&String::from_utf8_lossy(entry));
        io::stderr().write_all(cleaned.as_bytes())?;
        Ok(entry.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
