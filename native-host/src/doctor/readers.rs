//! The smart card service, readers without a driver, cards that others hold.

use super::{Found, system::System};
use crate::readers;
pub(super) use crate::readers::{CardState, Service, ServiceState};

/// Where Linux lists what is plugged in.
const USB_DEVICES: &str = "sys/bus/usb/devices";
/// Words in the names of readers that are modems with a SIM card in them.
const MODEM_WORDS: [&str; 6] = [
    "MODEM",
    "UICC",
    "WWAN",
    "FIBOCOM",
    "QUECTEL",
    "SIERRA WIRELESS",
];
/// GnuPG's program for cards, which keeps a card for itself.
const SCDAEMON: &str = "scdaemon";

pub(super) fn service_missing(system: &System) -> Vec<Found> {
    of_service(system, ServiceState::Missing)
}

pub(super) fn service_stopped(system: &System) -> Vec<Found> {
    of_service(system, ServiceState::Stopped)
}

pub(super) fn service_refuses(system: &System) -> Vec<Found> {
    let service = of_service(system, ServiceState::Refuses).into_iter();
    let mut found: Vec<Found> = service.map(|_| Found::of("PC/SC")).collect();
    found.extend(cards(system, CardState::Refused));
    found
}

pub(super) fn driver_missing(system: &System) -> Vec<Found> {
    let none = system.service.state == ServiceState::Runs && system.service.readers.is_empty();
    match none && is_plugged_in(system) {
        true => vec![Found::default()],
        false => Vec::new(),
    }
}

pub(super) fn card_held(system: &System) -> Vec<Found> {
    let held = cards(system, CardState::Held);
    let holder = held.first().and_then(|_| holder(system));
    let named = held
        .into_iter()
        .map(|found| match (&found.subject, &holder) {
            (Some(reader), Some(holder)) => Found::of(format!("{reader} ({holder})")),
            _ => found,
        });
    named.collect()
}

pub(super) fn modem(system: &System) -> Vec<Found> {
    let names = system.service.readers.iter().map(|reader| &*reader.name);
    let modems = names.filter(|name| {
        let name = name.to_uppercase();
        MODEM_WORDS.iter().any(|word| name.contains(word))
    });
    modems.map(Found::of).collect()
}

/// A computer without modules and readers need not have the service.
fn of_service(system: &System, state: ServiceState) -> Vec<Found> {
    let needed = !system.modules.is_empty() || is_plugged_in(system);
    match needed && system.service.state == state {
        true => vec![Found::default()],
        false => Vec::new(),
    }
}

fn cards(system: &System, state: CardState) -> Vec<Found> {
    let readers = system
        .service
        .readers
        .iter()
        .filter(|reader| reader.card == state);
    readers.map(|reader| Found::of(&*reader.name)).collect()
}

fn is_plugged_in(system: &System) -> bool {
    readers::has_reader(&system.at(USB_DEVICES))
}

fn holder(system: &System) -> Option<&'static str> {
    let processes = system.entries(&system.at("proc")).into_iter();
    let mut names = processes.filter_map(|process| system.read(&process.join("comm")));
    names
        .any(|name| name.trim() == SCDAEMON)
        .then_some(SCDAEMON)
}
