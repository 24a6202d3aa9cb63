//! Smart card readers (PC/SC): whether their service runs, which cards nobody serves, and when one comes or goes.

mod atr_table;
pub(crate) mod piv;

use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, Scope, State};
use std::{ffi::CString, fs, path::Path, thread, time::Duration};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{Card, Reader, Token},
};

/// The longest name of a slot that a PKCS#11 module can give, in bytes (v2.40 §3.2): readers' names are cut there.
const MAX_SLOT_NAME: usize = 64;
/// How long to wait before the service is looked for again, when it is not there.
const SERVICE_RETRY_INTERVAL: Duration = Duration::from_secs(1);
/// Where Linux lists what is plugged in, and the class of readers there (USB CCID 1.1 §4.3).
const USB_DEVICES: &str = "/sys/bus/usb/devices";
const CCID_CLASS: &str = "0b";
/// Where Linux has the service's program.
const SERVICE_PROGRAMS: [&str; 2] = ["/usr/sbin/pcscd", "/usr/local/sbin/pcscd"];

/// The readers whose card none of the modules (by name) serves. A card whose own module is there is left to it:
/// it may be one that was never set up.
///
/// # Errors
/// `READERS_MISSING`, `READERS_STOPPED`: the smart card service cannot be reached.
pub fn readers_without_driver(tokens: &[Token], modules: &[&str]) -> Result<Vec<Reader>, Failure> {
    let context = Context::establish(Scope::User).map_err(out_of_service)?;
    let cards =
        cards(&context).inspect_err(|error| tracing::warn!(%error, "the readers cannot be listed"));
    let served = |reader: &str| tokens.iter().any(|token| is_reader(&token.reader, reader));
    let cards = cards.unwrap_or_default().into_iter();
    let readers_without_driver = cards.filter(|(reader, _)| !served(reader));
    let readers_without_driver = readers_without_driver.filter_map(|(name, atr)| {
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
    Ok(readers_without_driver.collect())
}

/// Whether a reader or token is plugged in, as far as the system tells without the service.
pub fn are_plugged_in() -> bool {
    has_reader(Path::new(USB_DEVICES))
}

fn has_reader(devices: &Path) -> bool {
    let devices = fs::read_dir(devices).into_iter().flatten().flatten();
    let mut classes =
        devices.map(|device| fs::read_to_string(device.path().join("bInterfaceClass")));
    classes.any(|class| class.is_ok_and(|class| class.trim() == CCID_CLASS))
}

/// Whether there is a card in the reader that a slot is called after.
pub fn holds_card(slot: &str) -> bool {
    let cards = Context::establish(Scope::User).and_then(|context| cards(&context));
    let cards = cards.unwrap_or_default();
    cards.iter().any(|(reader, _)| is_reader(slot, reader))
}

/// Why the smart card service cannot be reached.
fn out_of_service(error: Error) -> Failure {
    let installed = || {
        SERVICE_PROGRAMS
            .iter()
            .any(|program| Path::new(program).exists())
    };
    match error {
        Error::NoService | Error::ServiceStopped if cfg!(target_os = "linux") && !installed() => {
            ErrorCode::ReadersMissing.into()
        }
        Error::NoService | Error::ServiceStopped => ErrorCode::ReadersStopped.into(),
        _ => {
            tracing::warn!(%error, "the smart card service refuses");
            ErrorCode::ReadersStopped.into()
        }
    }
}

/// Whether a slot's name is that of a reader.
fn is_reader(slot: &str, reader: &str) -> bool {
    let cut = reader.len().min(MAX_SLOT_NAME);
    let cut = reader.get(..cut).unwrap_or(reader);
    slot == cut.trim_end()
}

/// The readers with a card in them, and its answer to reset.
fn cards(context: &Context) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut states = states(context)?;
    if states.is_empty() {
        return Ok(Vec::new());
    }
    context.get_status_change(Duration::ZERO, &mut states)?;
    let present = states
        .iter()
        .filter(|state| state.event_state().contains(State::PRESENT));
    let card = |state: &ReaderState| {
        let name = state.name().to_string_lossy().into_owned();
        (name, state.atr().to_vec())
    };
    Ok(present.map(card).collect())
}

fn states(context: &Context) -> Result<Vec<ReaderState>, Error> {
    let readers = match context.list_readers_owned() {
        Err(Error::NoReadersAvailable) => Vec::new(),
        readers => readers?,
    };
    let state = |reader: CString| ReaderState::new(reader, State::UNAWARE);
    Ok(readers.into_iter().map(state).collect())
}

/// Calls `changed` whenever a reader or a card came or went, and when the service did. Does not return. `starting` is
/// dropped as soon as the readers are watched, or that is known to be impossible now.
///
/// The thread sleeps in the service's own call until something happens.
pub fn watch<T>(changed: impl Fn(), starting: T) {
    let (mut starting, mut here) = (Some(starting), None);
    loop {
        let watched = Context::establish(Scope::User).and_then(|context| {
            if here.replace(true) == Some(false) {
                changed();
            }
            watch_readers(&context, &changed, &mut starting)
        });
        if let Err(error) = watched {
            tracing::debug!(%error, "the readers cannot be watched");
        }
        starting = None;
        if here.replace(false) == Some(true) {
            changed();
        }
        thread::sleep(SERVICE_RETRY_INTERVAL);
    }
}

/// Watches until the service fails.
fn watch_readers<T>(
    context: &Context,
    changed: &impl Fn(),
    starting: &mut Option<T>,
) -> Result<(), Error> {
    let mut known = states_with_news(context)?;
    context.get_status_change(Duration::ZERO, &mut known)?;
    *starting = None;
    loop {
        known.iter_mut().for_each(ReaderState::sync_current_state);
        context.get_status_change(None, &mut known)?;
        let before = names(&known);
        let now = states_with_news(context)?;
        if names(&now) != before {
            known = now;
            context.get_status_change(Duration::ZERO, &mut known)?;
        }
        changed();
    }
}

/// The readers, and the one that stands for readers coming and going.
fn states_with_news(context: &Context) -> Result<Vec<ReaderState>, Error> {
    let mut states = states(context)?;
    states.push(ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE));
    Ok(states)
}

fn names(states: &[ReaderState]) -> Vec<CString> {
    states.iter().map(|state| state.name().to_owned()).collect()
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
