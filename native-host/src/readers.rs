//! Smart card readers: whether their service (PC/SC) runs, which cards nobody serves, and when one comes or goes.
//!
//! All calls of the service are made in a process of their own, with a deadline: the service may hang, and its library
//! crash.

mod atr_table;
mod piv_card;
pub(crate) mod piv_pin;
mod protocol;
pub mod readers_process;

#[cfg(all(test, target_os = "linux"))]
pub(crate) use protocol::ReaderFound;
pub(crate) use protocol::{CardFound, CardState, Service, ServiceState};

use crate::{
    child_process::{ChildProcess, NoAnswer},
    waiting::WaitLimit,
};
use protocol::{ReadersRequest, ReadersResponse};
use std::{
    ffi::OsStr,
    fs, io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    pkcs12::Cancel,
    protocol::{Card, Reader, Token},
};

/// The mode of the readers process: its only argument.
pub const MODE: &str = "--readers";

/// The longest name of a slot that a PKCS#11 module can give, in bytes (v2.40 §3.2): readers' names are cut there.
const MAX_SLOT_NAME: usize = 64;
/// How long the service may take to answer: longer than another program keeps a card for itself.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long to wait before the readers are watched again, when the process that does it has ended.
const WATCH_RETRY_INTERVAL: Duration = Duration::from_secs(1);
/// Where Linux lists what is plugged in, and the class of readers there (USB CCID 1.1 §4.3).
const USB_DEVICES: &str = "/sys/bus/usb/devices";
const CCID_CLASS: &str = "0b";

type Process = ChildProcess<ReadersRequest, ReadersResponse>;

/// The process that nobody asks just now: there is one service, for the whole computer.
static IDLE: Mutex<Option<Process>> = Mutex::new(None);

/// The cards that are in readers.
///
/// # Errors
/// `READERS_MISSING`, `READERS_STOPPED`: the smart card service cannot be reached, or does not answer; `CANCELLED`.
pub(crate) fn cards(cancel: &Cancel) -> Result<Vec<CardFound>, Failure> {
    match ask(&ReadersRequest::Cards {}, cancel)? {
        ReadersResponse::Cards { cards } => Ok(cards),
        _ => Err(ErrorCode::ReadersStopped.into()),
    }
}

/// How the service is, and whether the cards in its readers can be used.
pub(crate) fn probe(cancel: &Cancel) -> Service {
    match ask(&ReadersRequest::Probe {}, cancel) {
        Ok(ReadersResponse::Probed { service }) => service,
        _ => Service::default(),
    }
}

/// The readers whose card none of the modules (by name) serves. A card whose own module is there is left to it:
/// it may be one that was never set up.
pub(crate) fn without_driver(
    cards: Vec<CardFound>,
    tokens: &[Token],
    modules: &[&str],
) -> Vec<Reader> {
    let served = |reader: &str| tokens.iter().any(|token| is_reader(&token.reader, reader));
    let unserved = cards.into_iter().filter(|card| !served(&card.reader));
    let readers = unserved.filter_map(|CardFound { reader: name, atr }| {
        let card = atr_table::by_atr(&atr);
        let module = card.and_then(|card| card.module);
        if module.is_some_and(|module| modules.contains(&module)) {
            return None;
        }
        let card = card.map(|card| Card {
            name: card.name.to_owned(),
            driver: card.driver.map(str::to_owned),
        });
        Some(Reader { name, card })
    });
    readers.collect()
}

/// Whether a reader or token is plugged in, as far as the system tells without the service.
pub fn are_plugged_in() -> bool {
    has_reader(Path::new(USB_DEVICES))
}

/// Whether there is a reader among these devices.
pub(crate) fn has_reader(devices: &Path) -> bool {
    let devices = fs::read_dir(devices).into_iter().flatten().flatten();
    let mut classes =
        devices.map(|device| fs::read_to_string(device.path().join("bInterfaceClass")));
    classes.any(|class| class.is_ok_and(|class| class.trim() == CCID_CLASS))
}

/// Whether there is a card in the reader that a slot is called after.
pub fn holds_card(slot: &str, cancel: &Cancel) -> bool {
    let cards = cards(cancel).unwrap_or_default();
    cards.iter().any(|card| is_reader(slot, &card.reader))
}

/// Whether a slot is called after one of these readers.
pub fn is_among(slot: &str, readers: &[String]) -> bool {
    readers.iter().any(|reader| is_reader(slot, reader))
}

/// Resets the card in a reader, which logs out whoever is logged in. Part of how a cancelled task ends: it has a deadline
/// only.
pub fn reset(reader: &str) {
    let reader = reader.to_owned();
    if let Err(failure) = ask(&ReadersRequest::Reset { reader }, &Cancel::default()) {
        tracing::debug!(code = failure.code.name(), "a card was not reset");
    }
}

/// Whether a slot's name is that of a reader.
fn is_reader(slot: &str, reader: &str) -> bool {
    let cut = reader.len().min(MAX_SLOT_NAME);
    let cut = reader.get(..cut).unwrap_or(reader);
    slot == cut.trim_end()
}

/// Asks the service. Who comes while somebody else asks has a process of their own, so that nobody waits for another.
///
/// # Errors
/// What the service failed with; `READERS_STOPPED` where it does not answer, `CANCELLED`.
fn ask(request: &ReadersRequest, cancel: &Cancel) -> Result<ReadersResponse, Failure> {
    let mut idle = idle().take();
    let process = match idle.take_if(Process::lives) {
        Some(process) => Ok(process),
        None => start(),
    };
    let mut process = process.map_err(|error| {
        tracing::error!(%error, "the readers process did not start");
        Failure::from(ErrorCode::ReadersStopped)
    })?;
    let answer = process.ask(request, WaitLimit::new(TIMEOUT, cancel));
    if process.lives() {
        let surplus = self::idle().replace(process);
        drop(surplus);
    }
    match answer {
        Ok(ReadersResponse::Failed { failure }) => Err(failure),
        Ok(response) => Ok(response),
        Err(NoAnswer::Cancelled) => Err(ErrorCode::Cancelled.into()),
        Err(error) => {
            tracing::error!(%error, "the smart card service does not answer");
            Err(ErrorCode::ReadersStopped.into())
        }
    }
}

fn start() -> io::Result<Process> {
    Process::start(&[OsStr::new(MODE)])
}

/// Whole at any moment, even if a thread panicked.
fn idle() -> MutexGuard<'static, Option<Process>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Calls `changed` with the readers that hold a card, whenever a reader or a card came or went, and when the service did.
/// Does not return. `starting` is dropped as soon as the readers are watched, or that is known to be impossible now.
pub fn watch<T>(changed: impl Fn(Vec<String>), starting: T) {
    let mut starting = Some(starting);
    loop {
        if let Ok(mut process) = start()
            && process.send(&ReadersRequest::Watch {}).is_ok()
        {
            while let Some(response) = process.next() {
                if let ReadersResponse::Changed { occupied } = response {
                    changed(occupied);
                }
                drop(starting.take());
            }
        }
        drop(starting.take());
        thread::sleep(WATCH_RETRY_INTERVAL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_are_known_by_their_class() {
        let devices = tempfile::tempdir().unwrap();
        let device = |name: &str, class: &str| {
            fs::create_dir(devices.path().join(name)).unwrap();
            fs::write(devices.path().join(name).join("bInterfaceClass"), class).unwrap();
        };
        assert!(!has_reader(&devices.path().join("nowhere")));
        fs::create_dir(devices.path().join("usb1")).unwrap();
        device("1-1:1.0", "03\n");
        assert!(!has_reader(devices.path()));
        device("1-2:1.0", "0b\n");
        assert!(has_reader(devices.path()));
    }

    #[test]
    fn slots_are_readers_by_name() {
        assert!(is_reader("Virtual PCD 00 00", "Virtual PCD 00 00"));
        assert!(!is_reader("Virtual PCD 00 00", "Virtual PCD 00 01"));
        let long = "x".repeat(70);
        assert!(is_reader(&"x".repeat(64), &long));
    }
}
