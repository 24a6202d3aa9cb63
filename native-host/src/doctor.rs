//! What keeps Tamga from working on this computer: found without being root, and repaired where it is in the person's own
//! files of Tamga.
//!
//! Each fault is a row of [`ROWS`], and its words are in the catalogue: a new one is a code, a row and its texts.

mod c_library;
mod elf;
mod manifests;
mod modules;
mod mounts;
mod network;
mod policies;
mod processes;
mod readers;
mod sandboxes;
pub mod system;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
mod versions;

use crate::failure::Error;
use std::path::PathBuf;
use system::System;
use tamga_core::protocol::{Diagnosis, FaultCode, MAX_FINDINGS};

/// One fault.
struct Row {
    code: FaultCode,
    /// Everything on this computer that it holds for.
    find: fn(&System) -> Vec<Found>,
}

/// What a fault was found of.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Found {
    subject: Option<String>,
    place: Option<PathBuf>,
    repairable: bool,
}

/// In the order of [`FaultCode::ALL`].
const ROWS: [Row; 31] = [
    row(FaultCode::ManifestMissing, manifests::missing),
    row(FaultCode::ManifestElsewhere, manifests::elsewhere),
    row(FaultCode::ManifestHidesPackage, manifests::hiding),
    row(FaultCode::ManifestDamaged, manifests::damaged),
    row(FaultCode::ManifestOfRoot, manifests::of_root),
    row(FaultCode::BrowserSandboxed, sandboxes::closed),
    row(FaultCode::PortalMissing, sandboxes::portal_missing),
    row(FaultCode::PortalRefused, sandboxes::portal_refused),
    row(FaultCode::PortalForced, sandboxes::portal_forced),
    row(FaultCode::HostBlocked, policies::host_blocked),
    row(FaultCode::ExtensionBlocked, policies::extension_blocked),
    row(FaultCode::ProgramNotExecutable, mounts::not_executable),
    row(FaultCode::ClosedEnvironment, modules::closed_environment),
    row(FaultCode::BrowserMachine, modules::browser_machine),
    row(FaultCode::ServiceMissing, readers::service_missing),
    row(FaultCode::ServiceStopped, readers::service_stopped),
    row(FaultCode::ServiceRefuses, readers::service_refuses),
    row(FaultCode::ProcessesHidden, mounts::processes_hidden),
    row(FaultCode::ReaderDriverMissing, readers::driver_missing),
    row(FaultCode::CardHeld, readers::card_held),
    row(FaultCode::ModuleMachine, modules::module_machine),
    row(FaultCode::ModuleTooNew, modules::module_too_new),
    row(FaultCode::ModuleFails, modules::module_fails),
    row(FaultCode::ClockBehind, network::clock_behind),
    row(FaultCode::ProxyUnusable, network::proxy_unusable),
    row(FaultCode::HostOlder, versions::host_older),
    row(FaultCode::ExtensionOlder, versions::extension_older),
    row(FaultCode::LibrariesReplaced, processes::libraries_replaced),
    row(FaultCode::BrowserConfined, processes::browser_confined),
    row(FaultCode::ReaderIsModem, readers::modem),
    row(FaultCode::RivalRegistered, manifests::rivals),
];

const fn row(code: FaultCode, find: fn(&System) -> Vec<Found>) -> Row {
    Row { code, find }
}

/// What is wrong with this computer.
pub fn examine(system: &System) -> Diagnosis {
    let findings = ROWS.iter().flat_map(|row| {
        let found = (row.find)(system).into_iter();
        found.map(|found| system.finding(row.code, found))
    });
    Diagnosis {
        findings: findings.take(MAX_FINDINGS).collect(),
        repaired: Vec::new(),
        facts: system.facts(),
    }
}

/// Repairs what is in the person's own files of Tamga, and says what is wrong still.
///
/// # Errors
/// `STORAGE_FAILED`: a file could not be written. What could be repaired is.
pub fn repair(system: &System) -> Result<Diagnosis, Error> {
    let before = examine(system);
    manifests::repair(system)?;
    let after = examine(system);
    let repaired = before.findings.into_iter();
    let repaired = repaired.filter(|it| it.repairable && !after.findings.contains(it));
    Ok(Diagnosis {
        repaired: repaired.collect(),
        ..after
    })
}

impl Found {
    fn of(subject: impl Into<String>) -> Self {
        Self {
            subject: Some(subject.into()),
            ..Self::default()
        }
    }

    fn at(self, place: impl Into<PathBuf>) -> Self {
        Self {
            place: Some(place.into()),
            ..self
        }
    }
}
