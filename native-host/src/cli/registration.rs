//! Registering the host with browsers, and saying how things stand.

use super::{Outcome, console::Console};
use crate::{
    failure::{Error, Storage as _},
    program,
    register::{
        self, Layout, Place, SandboxAccess, SandboxKind, Scope, State, Status,
        browsers::{self, Family},
    },
    session::HostContext,
};
use clap::{Args, builder::PossibleValuesParser};
use std::path::PathBuf;
use tamga_core::text::Catalogue;

/// Which browsers of whom.
#[derive(Args, Debug)]
pub(super) struct Where {
    /// For everybody on this computer.
    #[arg(long, conflicts_with = "profile")]
    system: bool,
    /// Only this throw-away profile: a user data folder of Chromium's, with `--browser firefox` a home folder.
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
    /// Only this browser, whether it was found or not. Can be given more than once.
    #[arg(long = "browser", value_name = "NAME", value_parser = names())]
    browsers: Vec<String>,
}

/// A program in a package.
#[derive(Args, Debug)]
pub(super) struct Packaged {
    /// Where the program will be; for Windows its name, as the manifests will be in the same folder.
    program: PathBuf,
    /// The folder with what will be beside the program.
    #[arg(long, value_name = "DIR")]
    beside: PathBuf,
    /// What an installer for Windows registers, rather than what `register --system` writes here.
    #[arg(long)]
    windows: bool,
}

/// `tamga-host register`
pub(super) fn register(
    place: &Where,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let (places, program) = (place.places(context)?, program()?);
    if place.system {
        register::check_system(&places, &program, &context.folders)?;
    }
    register::register(&places, &program)?;
    report(place, &places, context, console)
}

/// `tamga-host unregister`
pub(super) fn unregister(
    place: &Where,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let places = if place.browsers.is_empty() {
        // A browser that is gone may have left our file behind.
        place.of_browsers(&browsers::BROWSERS.iter().collect::<Vec<_>>(), context)?
    } else {
        place.places(context)?
    };
    register::unregister(&places)?;
    console.result(&serde_json::json!({ "unregistered": true }), |texts| {
        vec![texts.plain("cli_unregistered")]
    });
    Ok(Outcome::Done)
}

/// `tamga-host status`
pub(super) fn status(
    place: &Where,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    report(place, &place.places(context)?, context, console)
}

/// `tamga-host manifests`
pub(super) fn manifests(
    packaged: &Packaged,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let Packaged {
        program, beside, ..
    } = packaged;
    if packaged.windows {
        let registration = register::windows_registration(program, beside);
        let registration = registration.storing("writing manifests")?;
        console.result(&registration, |_| {
            registration.keys.keys().cloned().collect()
        });
        return Ok(Outcome::Done);
    }
    let layout = Layout::of(context.folders.clone());
    let places = register::places(&layout, &Scope::System, &[]);
    let manifests = register::manifests(&places, program, beside).storing("writing manifests")?;
    console.result(&manifests, |_| {
        let places = manifests.keys();
        places.map(|place| place.display().to_string()).collect()
    });
    Ok(Outcome::Done)
}

/// Says how things stand; done means that every browser can start the host that the person has ever started. Everybody's
/// folders of one browser stand in for each other: not every system has them all.
fn report(
    of: &Where,
    places: &[Place],
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let layout = Layout::of(context.folders.clone());
    let all = register::status(places, &program()?, SandboxAccess::new(&layout));
    console.result(&all, |texts| {
        if all.is_empty() {
            return vec![texts.plain("cli_no_browsers")];
        }
        all.iter().map(|status| line(status, texts)).collect()
    });
    let is = |state: &State| all.iter().any(|status| status.state == *state);
    let is_right = |status: &Status| match status.state {
        _ if status.sandbox.is_some_and(|sandbox| !sandbox.portal) => false,
        State::Registered | State::NotStarted => true,
        State::Missing if of.system => all
            .iter()
            .any(|it| it.browser == status.browser && it.state == State::Registered),
        _ => false,
    };
    let all_right = all.iter().all(is_right);
    Ok(if all_right && is(&State::Registered) {
        Outcome::Done
    } else {
        Outcome::Failed
    })
}

fn line(status: &Status, texts: &Catalogue) -> String {
    let place = status.place.to_string_lossy();
    let mut values = vec![("browser", status.title), ("place", &*place)];
    let elsewhere;
    let key = match &status.state {
        State::Registered => "cli_browser_registered",
        State::Elsewhere { path } => {
            elsewhere = path.to_string_lossy();
            values.push(("program", &elsewhere));
            "cli_browser_elsewhere"
        }
        State::Broken => "cli_browser_broken",
        State::Missing => "cli_browser_missing",
        State::NotStarted => "cli_browser_not_started",
    };
    let mut lines = vec![texts.text(key, &values)];
    if let Some(sandbox) = status.sandbox {
        let kind = match sandbox.kind {
            SandboxKind::Snap => "snap",
            SandboxKind::Flatpak => "Flatpak",
        };
        let key = match (sandbox.portal, status.family) {
            (true, _) => "cli_sandbox_portal",
            (false, Family::Firefox) => "cli_sandbox_no_portal",
            (false, Family::Chromium) => "cli_sandbox_closed",
        };
        lines.push(texts.text(key, &[("browser", status.title), ("kind", kind)]));
    }
    lines.join("\n  ")
}

fn program() -> Result<PathBuf, Error> {
    let path = program::path().storing("finding the host")?;
    Ok(path.to_owned())
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(browsers::BROWSERS.iter().map(|browser| browser.name))
}

impl Where {
    fn places(&self, context: &HostContext) -> Result<Vec<Place>, Error> {
        let named = browsers::BROWSERS.iter();
        let named = named.filter(|browser| self.browsers.iter().any(|name| name == browser.name));
        self.of_browsers(&named.collect::<Vec<_>>(), context)
    }

    /// No browsers: those that were found.
    fn of_browsers(
        &self,
        browsers: &[&'static browsers::Browser],
        context: &HostContext,
    ) -> Result<Vec<Place>, Error> {
        let scope = match &self.profile {
            // Browsers may be started from anywhere, and so may the host.
            Some(profile) => {
                Scope::Profile(std::path::absolute(profile).storing("finding the profile")?)
            }
            None if self.system => Scope::System,
            None => Scope::User,
        };
        let layout = Layout::of(context.folders.clone());
        Ok(register::places(&layout, &scope, browsers))
    }
}
