//! PKCS#11 modules and programs for another processor, and modules that crash or hang.

use super::{Found, c_library, elf::Machine, manifests, system::System};
use crate::keys::pkcs11::ModuleState;

/// Astra Linux: whether programs without a signature of its makers are refused (`digsig_verif`).
const ELF_MODE: &str = "sys/digsig/elf_mode";

pub(super) fn module_machine(system: &System) -> Vec<Found> {
    let Some(own) = system.machine() else {
        return Vec::new();
    };
    let other = system.modules.iter().filter_map(|module| {
        let machine = Machine::of(&module.path).filter(|machine| *machine != own)?;
        let subject = format!("{} ({})", module.name, machine.name());
        Some(Found::of(subject).at(&module.path))
    });
    other.collect()
}

/// One that could not even be loaded has its own fault.
pub(super) fn module_fails(system: &System) -> Vec<Found> {
    let too_new: Vec<_> = too_new(system).map(|(module, _)| &module.path).collect();
    let failed = failed_here(system).filter(|module| !too_new.contains(&&module.path));
    failed.map(|it| Found::of(&*it.name).at(&it.path)).collect()
}

pub(super) fn module_too_new(system: &System) -> Vec<Found> {
    let found = too_new(system).map(|(module, needed)| {
        let subject = format!("{} ({needed})", module.name);
        Found::of(subject).at(&module.path)
    });
    found.collect()
}

/// Modules for this processor that do not work.
fn failed_here(system: &System) -> impl Iterator<Item = &ModuleState> {
    let own = system.machine();
    let failed = system.modules.iter().filter(|module| module.failed);
    failed.filter(move |module| {
        let machine = Machine::of(&module.path);
        machine.is_none() || own.is_none() || machine == own
    })
}

/// Those of them that need a newer C library than there is, and which.
fn too_new(system: &System) -> impl Iterator<Item = (&ModuleState, c_library::Version)> {
    let mut failed = failed_here(system).peekable();
    // Asked only where it matters.
    let there = failed.peek().and_then(|_| c_library::of_system(system));
    failed.filter_map(move |module| {
        let needed = c_library::newest_of(system, &module.path)?;
        (needed > there?).then_some((module, needed))
    })
}

/// Where this program runs, its own signature is there: it is modules that are refused.
pub(super) fn closed_environment(system: &System) -> Vec<Found> {
    let mode = system.read(&system.at(ELF_MODE)).unwrap_or_default();
    let failed = system
        .modules
        .iter()
        .filter(|module| module.failed && mode.trim() == "1");
    failed.map(|it| Found::of(&*it.name).at(&it.path)).collect()
}

pub(super) fn browser_machine(system: &System) -> Vec<Found> {
    let Some(own) = system.machine() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for registration in manifests::registrations(system) {
        let programs = system.layout.programs_of(registration.browser);
        let other = programs.into_iter().find_map(|program| {
            let machine = Machine::of(&program).filter(|it| !it.runs_beside(own))?;
            let subject = format!("{} ({})", registration.browser.title, machine.name());
            Some(Found::of(subject).at(program))
        });
        found.extend(other.filter(|it| !found.contains(it)));
    }
    found
}
