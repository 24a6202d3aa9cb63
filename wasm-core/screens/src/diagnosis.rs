//! The page that says what keeps Tamga from working on this computer: what the browser says where the host is out of reach,
//! what the host found where it is there; with one repair for each.

mod draw;
pub mod messages;
#[cfg(test)]
mod tests;

use super::{Screen, host_state::HostState, node::Element};
use messages::{Action, Effect, Event};
use tamga_core::{
    failure::Failure,
    protocol::{Command, Diagnosis},
    text::Catalogue,
};

/// The page.
#[derive(Debug)]
pub struct DiagnosisPage {
    text: Catalogue,
    /// The extension's version, and what browser and system these are.
    about: Option<(String, String)>,
    host: HostState,
    stage: Stage,
    copied: bool,
}

/// How far the host is with it.
#[derive(Debug)]
enum Stage {
    /// It is examining the computer, or about to.
    Asked,
    Found(Diagnosis),
    /// It could not.
    Failed(Failure),
}

impl Screen for DiagnosisPage {
    type Action = Action;
    type Event = Event;
    type Effect = Effect;

    fn open(&mut self) -> Vec<Effect> {
        vec![Effect::OpenHost {}]
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::TryAgain if self.host.version().is_some() => self.diagnose(false),
            Action::TryAgain => {
                self.host = HostState::Opening;
                vec![Effect::OpenHost {}]
            }
            Action::Repair => self.diagnose(true),
            Action::Copy => {
                let text = self.report();
                vec![Effect::Copy { text }]
            }
        }
    }

    fn receive(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Opened { version, browser } => self.about = Some((version, browser)),
            Event::HostOpened { version } => {
                self.host = HostState::Opened { version };
                return self.diagnose(false);
            }
            Event::HostFailed { failure } => self.host = HostState::Failed(failure),
            // What was missing stays on the screen until it is known whether it still is.
            Event::Focused {} if self.host.failure().is_some() => return vec![Effect::OpenHost {}],
            Event::Focused {} | Event::Touched {} => {}
            Event::Diagnosed(diagnosis) => self.stage = Stage::Found(diagnosis),
            Event::DiagnoseFailed { failure } => self.stage = Stage::Failed(failure),
            Event::Copied {} => self.copied = true,
        }
        Vec::new()
    }

    fn title(&self) -> Option<String> {
        Some(["Tamga: ", &self.text.plain("diagnosis_title")].concat())
    }

    fn view(&self) -> Element<Action> {
        draw::page(self)
    }
}

impl DiagnosisPage {
    /// The page before anything is known.
    pub fn new(text: Catalogue) -> Self {
        Self {
            text,
            about: None,
            host: HostState::Opening,
            stage: Stage::Asked,
            copied: false,
        }
    }

    fn diagnose(&mut self, repair: bool) -> Vec<Effect> {
        self.stage = Stage::Asked;
        self.copied = false;
        let command = Command::Diagnose { repair };
        vec![Effect::Diagnose { command }]
    }

    /// For whoever helps this person: there are no names of people in it.
    fn report(&self) -> String {
        let about = self.about.as_ref();
        let about = about.map(|(version, browser)| format!("Tamga extension {version}\n{browser}"));
        let failure = match &self.stage {
            Stage::Failed(failure) => Some(failure),
            _ => self.host.failure(),
        };
        let failure = failure.map(|failure| failure.code.name());
        let found = match &self.stage {
            Stage::Found(diagnosis) if self.host.failure().is_none() => Some(diagnosis.report()),
            _ => None,
        };
        let parts = [about, failure, found].into_iter().flatten();
        parts.collect::<Vec<_>>().join("\n")
    }
}
