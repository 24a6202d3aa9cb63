//! The files that tell browsers where the host is: missing, old, damaged, hidden by others.

use super::{Found, system::System};
use crate::{
    failure::{Error, Storage as _},
    files,
    register::{
        self, Place, SandboxKind, Scope, State,
        browsers::{BROWSERS, Browser, Family},
    },
};
use std::{fs, path::PathBuf};

/// Hosts of other programs for signatures. They are left alone.
const RIVALS: [(&str, &str); 4] = [
    ("ru.cryptopro.nmcades", "CryptoPro"),
    ("ru.rutoken.firewyrmhost", "Rutoken Plugin"),
    ("eu.webeid", "Web eID"),
    ("kontur.plugin", "Kontur.Plugin"),
];

/// How a browser of the person's finds the host.
pub(super) struct Registration {
    pub(super) browser: &'static Browser,
    place: Place,
    state: State,
    pub(super) sandbox: Option<SandboxKind>,
    /// The first manifest for everybody that the browser reads if there is none of the person's.
    everybodys: Option<(PathBuf, State, bool)>,
}

/// Those of all browsers that the person has started. Where nothing can be registered (Chromium in a sandbox) it is
/// another fault.
pub(super) fn registrations(system: &System) -> Vec<Registration> {
    let places = register::places(&system.layout, &Scope::User, &[]);
    let all = places.into_iter().map(|place| Registration {
        browser: place.browser,
        everybodys: everybodys(system, place.browser),
        state: register::state_of(&place, &system.program),
        sandbox: place.sandbox,
        place,
    });
    all.collect()
}

/// The browsers that were found.
pub(super) fn browsers(system: &System) -> Vec<&'static str> {
    let mut titles: Vec<_> = registrations(system)
        .iter()
        .map(|it| it.browser.title)
        .collect();
    titles.dedup();
    titles
}

pub(super) fn missing(system: &System) -> Vec<Found> {
    let missing = |it: &Registration| it.is_missing() && roots_of(system, it.browser).is_none();
    personal(system, missing)
}

/// Seen by root, or by whoever may look into root's home folder.
pub(super) fn of_root(system: &System) -> Vec<Found> {
    let by_sudo = system.variable("SUDO_USER").is_some();
    let all = registrations(system).into_iter();
    let found = all.filter_map(|it| {
        let for_root_alone = by_sudo && it.state == State::Registered && !it.works_for_everybody();
        let file = match for_root_alone {
            true => it.place.file.clone(),
            false if it.is_missing() => roots_of(system, it.browser)?,
            false => return None,
        };
        Some(Found::of(it.browser.title).at(file))
    });
    found.collect()
}

pub(super) fn elsewhere(system: &System) -> Vec<Found> {
    let mut found = personal(system, |it| {
        matches!(it.state, State::Elsewhere { .. }) && !it.works_for_everybody()
    });
    let all = registrations(system).into_iter();
    found.extend(
        all.filter_map(|it| it.of_everybody(|state| matches!(state, State::Elsewhere { .. }))),
    );
    found
}

pub(super) fn hiding(system: &System) -> Vec<Found> {
    personal(system, Registration::hides_everybodys)
}

pub(super) fn damaged(system: &System) -> Vec<Found> {
    let mut found = personal(system, |it| {
        it.state == State::Broken && !it.works_for_everybody()
    });
    let all = registrations(system).into_iter();
    found.extend(all.filter_map(|it| it.of_everybody(|state| *state == State::Broken)));
    found
}

pub(super) fn rivals(system: &System) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for registration in registrations(system) {
        let of_everybody =
            register::places(&system.layout, &Scope::System, &[registration.browser]);
        let places = of_everybody.into_iter().chain([registration.place]);
        for folder in places.filter_map(|place| place.file.parent().map(PathBuf::from)) {
            for (name, title) in RIVALS {
                let file = folder.join(format!("{name}.json"));
                if file.is_file() && !found.iter().any(|it| it.place.as_ref() == Some(&file)) {
                    found.push(Found::of(title).at(file));
                }
            }
        }
    }
    found
}

/// Registers the host where that is missing or wrong, and removes what hides a good registration of a package.
///
/// # Errors
/// `STORAGE_FAILED`: the last that failed. What could be repaired is.
pub(super) fn repair(system: &System) -> Result<(), Error> {
    let mut result = Ok(());
    for registration in registrations(system) {
        if !registration.is_repairable() {
            continue;
        }
        let place = &registration.place;
        let repaired = if registration.hides_everybodys() {
            files::if_there(fs::remove_file(&place.file))
                .map(drop)
                .storing("repairing")
        } else {
            register::register(std::slice::from_ref(place), &system.program)
        };
        result = repaired.and(result);
    }
    result
}

impl Registration {
    fn is_missing(&self) -> bool {
        self.state == State::Missing && self.everybodys.is_none() && self.can_start()
    }

    fn works_for_everybody(&self) -> bool {
        matches!(&self.everybodys, Some((_, _, true)))
    }

    /// Whether the person's own does not start this program, and that for everybody would.
    fn hides_everybodys(&self) -> bool {
        let is_wrong = matches!(self.state, State::Elsewhere { .. } | State::Broken);
        is_wrong && self.works_for_everybody()
    }

    /// Whether the browser would start a host that the person registered and nobody else.
    pub(super) fn is_personal(&self) -> bool {
        self.state != State::Missing && !self.works_for_everybody()
    }

    /// Whether the browser can start a host, wherever it is registered.
    fn can_start(&self) -> bool {
        self.sandbox.is_none() || self.browser.family == Family::Firefox
    }

    /// Where the person has none: what is wrong with that for everybody. Only the administrator can change it, but one of the
    /// person's own comes before it.
    fn of_everybody(&self, is_such: fn(&State) -> bool) -> Option<Found> {
        let (file, state, works) = self.everybodys.as_ref()?;
        let wrong = self.state == State::Missing && self.can_start() && !works && is_such(state);
        wrong.then(|| self.found().at(file))
    }

    fn is_repairable(&self) -> bool {
        let wrong = match &self.state {
            State::Registered | State::NotStarted => false,
            State::Missing => !self.works_for_everybody(),
            State::Elsewhere { .. } | State::Broken => true,
        };
        // A link is the work of some other program, which would make it anew.
        wrong && self.can_start() && !self.place.file.is_symlink()
    }

    fn found(&self) -> Found {
        Found {
            repairable: self.is_repairable(),
            ..Found::of(self.browser.title)
        }
    }
}

/// What is wrong with those of the person's.
fn personal(system: &System, is_wrong: impl Fn(&Registration) -> bool) -> Vec<Found> {
    let wrong = registrations(system).into_iter().filter(is_wrong);
    wrong.map(|it| it.found().at(&it.place.file)).collect()
}

/// The file, what is in it, and whether a browser could start Tamga by it.
fn everybodys(system: &System, browser: &'static Browser) -> Option<(PathBuf, State, bool)> {
    let places = register::places(&system.layout, &Scope::System, &[browser]);
    let mut there = places
        .into_iter()
        .filter(|place| place.file.symlink_metadata().is_ok());
    let place = there.next()?;
    let state = register::state_of(&place, &system.program);
    let works = register::works(&place);
    Some((place.file, state, works))
}

/// Root's own manifest for this browser, where somebody registered as root and not for everybody.
fn roots_of(system: &System, browser: &Browser) -> Option<PathBuf> {
    let home = system.at("root");
    if system.folders().home == home {
        return None;
    }
    let known = BROWSERS.iter().find(|known| known.name == browser.name)?;
    let mut files = system.layout.of_home(known, &home).into_iter();
    files.find(|file| file.is_file())
}
