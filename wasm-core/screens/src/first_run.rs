//! The page that leads through the first steps: is the host there, and how it is had on this system; which keys there are;
//! a signature that is tried without any site; and where to go when something fails.

mod draw;
pub mod messages;
mod packages;
#[cfg(test)]
mod tests;

use super::{
    Screen, certificate_card::HeldKey, host_state::HostState, inventory::Inventory, node::Element,
};
use messages::{Action, Effect, Event};
use packages::Platform;
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{CheckReport, Listing},
    text::Catalogue,
};

/// The page.
#[derive(Debug)]
pub struct FirstRun {
    text: Catalogue,
    /// Milliseconds since 1970.
    now: u64,
    platform: Platform,
    host: HostState,
    inventory: Inventory,
    trial: Trial,
}

/// How far the signature is that is tried.
#[derive(Debug)]
enum Trial {
    NotYet,
    /// The person is in the sign window, or the host verifies what came of it.
    Asked,
    /// The person did not want it.
    Left,
    Failed(Failure),
    Checked(CheckReport),
}

impl Screen for FirstRun {
    type Action = Action;
    type Event = Event;
    type Effect = Effect;

    fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::TryAgain => {
                self.host = HostState::Opening;
                vec![Effect::OpenHost {}]
            }
            Action::TrySignature => {
                self.trial = Trial::Asked;
                vec![Effect::TrySignature {
                    name: self.text.plain("first_run_document"),
                    content: self.text.plain("first_run_content"),
                }]
            }
            Action::OpenOptions => vec![Effect::OpenOptions {}],
            Action::OpenDiagnosis => vec![Effect::OpenDiagnosis {}],
            Action::OpenCheck => vec![Effect::OpenCheck {}],
        }
    }

    fn receive(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Opened {
                system,
                machine,
                firefox,
                hidden,
                now,
            } => {
                self.platform = Platform::of(&system, &machine, firefox);
                self.inventory.hide(hidden);
                self.now = now;
                // Not before the time is known: no certificate can be judged without.
                return vec![Effect::OpenHost {}];
            }
            Event::HostOpened { version } => {
                self.host = HostState::Opened { version };
                return vec![Effect::ListCertificates {}];
            }
            Event::HostFailed { failure } => self.host = HostState::Failed(failure),
            Event::Listed(listing) => self.listed(listing, true),
            Event::ListedSoFar(listing) => self.listed(listing, false),
            Event::ReadersChanged {} => return vec![Effect::ListCertificates {}],
            Event::Verdict(verdict) => self.inventory.judge(verdict),
            Event::Hidden { hidden } => self.inventory.hide(hidden),
            Event::Touched {} => self.inventory.touch(),
            // What was missing stays on the screen until it is known whether it still is.
            Event::Focused {} if self.host.failure().is_some() => return vec![Effect::OpenHost {}],
            Event::Focused {} => {}
            Event::Tried { report } => self.trial = Trial::Checked(report),
            Event::TryFailed { failure } => self.trial = Trial::ended(failure),
        }
        Vec::new()
    }

    fn title(&self) -> Option<String> {
        Some(["Tamga: ", &self.text.plain("first_run_title")].concat())
    }

    fn view(&self) -> Element<Action> {
        draw::page(self)
    }
}

impl FirstRun {
    /// The page before anything is known.
    pub fn new(text: Catalogue) -> Self {
        Self {
            text,
            now: 0,
            platform: Platform::default(),
            host: HostState::Opening,
            inventory: Inventory::default(),
            trial: Trial::NotYet,
        }
    }

    fn listed(&mut self, listing: Listing, whole: bool) {
        self.inventory.update(&self.text, listing, whole, self.now);
        self.host.has_listed();
    }

    /// Whether there is a key that can sign now.
    fn can_sign(&self) -> bool {
        let mut keys = self.inventory.keys.iter();
        self.host.lists() && keys.any(|key| HeldKey::problem(key).is_none())
    }
}

impl Trial {
    /// It came to no signature.
    fn ended(failure: Failure) -> Self {
        match failure.code {
            ErrorCode::Cancelled | ErrorCode::PermissionDenied => Self::Left,
            _ => Self::Failed(failure),
        }
    }
}
