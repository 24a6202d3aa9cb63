//! Browsers in snaps and Flatpaks, and the portal through which Firefox starts hosts from there.

use super::{Found, manifests, system::System};
use crate::register::{
    HOST_NAME, SandboxAccess, SandboxKind,
    browsers::{Browser, Family},
};
use serde_json::Value;
use std::path::PathBuf;

/// Where the desktop keeps what the person answered it.
const PERMISSIONS: [&str; 8] = [
    "call",
    "org.freedesktop.impl.portal.PermissionStore",
    "/org/freedesktop/impl/portal/PermissionStore",
    "org.freedesktop.impl.portal.PermissionStore",
    "Lookup",
    "ss",
    "webextensions",
    HOST_NAME,
];
/// Firefox: 0 never, 1 always, 2 where it is in a sandbox.
const PREFERENCE: &str = "widget.use-xdg-desktop-portal.native-messaging";
const PREFERENCE_FILES: [&str; 2] = ["prefs.js", "user.js"];

pub(super) fn closed(system: &System) -> Vec<Found> {
    let closed = sandboxed(system, Family::Chromium).into_iter();
    closed.map(|(browser, kind)| named(browser, kind)).collect()
}

pub(super) fn portal_missing(system: &System) -> Vec<Found> {
    let access = SandboxAccess::asking(&system.layout, system.bus);
    let firefox = sandboxed(system, Family::Firefox).into_iter();
    let without = firefox.filter(|(browser, kind)| !access.starts_hosts(browser, *kind));
    without
        .map(|(browser, kind)| named(browser, kind))
        .collect()
}

pub(super) fn portal_refused(system: &System) -> Vec<Found> {
    let firefox = sandboxed(system, Family::Firefox).into_iter();
    let refused = firefox.filter(|(browser, kind)| {
        let answers = (system.bus)(&PERMISSIONS).unwrap_or_default();
        application(browser, *kind).is_some_and(|application| refuses(&answers, &application))
    });
    refused
        .map(|(browser, kind)| named(browser, kind))
        .collect()
}

pub(super) fn portal_forced(system: &System) -> Vec<Found> {
    let mut found = Vec::new();
    for registration in manifests::registrations(system) {
        let is_plain = registration.sandbox.is_none();
        let profiles = system.layout.profiles_of(registration.browser).into_iter();
        let profiles =
            profiles.filter(|_| is_plain && registration.browser.family == Family::Firefox);
        let files = profiles
            .flat_map(|folder| system.entries(&folder))
            .flat_map(|profile| PREFERENCE_FILES.map(|file| profile.join(file)));
        let forcing = |file: &PathBuf| system.read(file).is_some_and(|text| forces_portal(&text));
        found.extend(
            files
                .filter(forcing)
                .map(|file| Found::of(registration.browser.title).at(file)),
        );
    }
    found
}

/// The browsers of a family that are there in a sandbox only.
fn sandboxed(system: &System, family: Family) -> Vec<(&'static Browser, SandboxKind)> {
    let all = manifests::registrations(system).into_iter();
    let mut all: Vec<_> = all
        .filter(|it| it.browser.family == family)
        .filter_map(|it| Some((it.browser, it.sandbox?)))
        .collect();
    all.dedup_by_key(|(browser, _)| browser.name);
    all
}

fn named(browser: &Browser, kind: SandboxKind) -> Found {
    let kind = match kind {
        SandboxKind::Snap => "snap",
        SandboxKind::Flatpak => "Flatpak",
    };
    Found::of(format!("{} ({kind})", browser.title))
}

/// As the portal calls the browser.
fn application(browser: &Browser, kind: SandboxKind) -> Option<String> {
    match kind {
        SandboxKind::Snap => Some(["snap.", browser.snap?].concat()),
        SandboxKind::Flatpak => browser.flatpak.map(str::to_owned),
    }
}

/// `{"type":"a{sas}v","data":[{"snap.firefox":["no"]},…]}`
fn refuses(answers: &str, application: &str) -> bool {
    let answers: Value = serde_json::from_str(answers).unwrap_or_default();
    let answer = answers
        .get("data")
        .and_then(|data| data.get(0)?.get(application)?.get(0));
    answer.and_then(Value::as_str) == Some("no")
}

/// Whether the last that is said of the preference is 1.
fn forces_portal(text: &str) -> bool {
    let mut values = text.lines().filter_map(|line| {
        let rest = line.trim().strip_prefix("user_pref(")?.trim_start();
        let rest = rest
            .strip_prefix('"')?
            .strip_prefix(PREFERENCE)?
            .strip_prefix('"')?;
        let value = rest.trim_start().strip_prefix(',')?.split(')').next()?;
        Some(value.trim().to_owned())
    });
    values.next_back().is_some_and(|value| value == "1")
}
