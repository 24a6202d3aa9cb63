//! A yes takes a window that has been seen: what appears under the pointer, or under somebody's typing, takes no press
//! and no Enter before it has been on the screen for a moment, whatever stage it is.

use super::{
    SignWindow,
    messages::{Action, Effect, Event},
};
use crate::{
    Screen,
    node::{Element, Handler, Node},
};
use tamga_core::text::Catalogue;

/// How long what is shown is on the screen before it takes a yes, in milliseconds: a site that knows when a person
/// clicks or types could otherwise have the window come up at that moment.
const CLICKJACKING_DELAY_MS: u32 = 500;

/// The sign window, which takes no decision before it has been seen.
#[derive(Debug)]
pub struct GuardedSignWindow {
    window: SignWindow,
    /// What the person decides on in what is shown.
    pending: Option<PendingDecision>,
    /// Whether it has been on the screen long enough.
    is_seen: bool,
}

/// What a press of the buttons that are shown would decide.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum PendingDecision {
    /// Whether the site may.
    Question,
    /// Signing, or showing a certificate: with which key, and how many documents will not be signed; or reading the
    /// certificates that a token shows only after its PIN.
    Choice {
        key: Option<String>,
        private_of: Option<String>,
        /// Verifiers will refuse it: a warning that comes up is read first.
        is_refused: bool,
        failures: usize,
        is_last_try: bool,
    },
    /// What to do after a failure.
    Failure,
    /// Only whether to close the window.
    End,
}

impl GuardedSignWindow {
    /// The window before anything is known.
    pub fn new(text: Catalogue) -> Self {
        Self {
            window: SignWindow::new(text),
            pending: None,
            is_seen: false,
        }
    }

    /// What the person decides on may be another thing now.
    fn guard(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        let pending = self.window.pending();
        if self.pending != pending {
            self.pending = pending;
            effects.extend(self.wait());
        }
        effects
    }

    fn wait(&mut self) -> Option<Effect> {
        self.is_seen = false;
        let milliseconds = CLICKJACKING_DELAY_MS;
        self.pending
            .is_some()
            .then_some(Effect::Wait { milliseconds })
    }
}

impl Screen for GuardedSignWindow {
    type Action = Action;
    type Event = Event;
    type Effect = Effect;

    fn open(&mut self) -> Vec<Effect> {
        self.window.open()
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        if action.decides() && !self.is_seen {
            return Vec::new();
        }
        let effects = self.window.act(action);
        self.guard(effects)
    }

    fn receive(&mut self, event: Event) -> Vec<Effect> {
        let waited = matches!(event, Event::Waited {});
        let comes_up = matches!(event, Event::Focused {} | Event::Shown {});
        let mut effects = self.window.receive(event);
        if waited {
            self.is_seen = true;
        }
        if comes_up {
            effects.extend(self.wait());
        }
        self.guard(effects)
    }

    fn title(&self) -> Option<String> {
        self.window.title()
    }

    fn is_frequent(event: &Event) -> bool {
        SignWindow::is_frequent(event)
    }

    fn view(&self) -> Element<Action> {
        let mut view = self.window.view();
        if !self.is_seen {
            disable_decisions(&mut view);
        }
        view
    }
}

/// Browsers submit no form whose button is disabled, so Enter in a field does nothing either.
fn disable_decisions(element: &mut Element<Action>) {
    let decides = element.handlers.iter().any(|handler| match handler {
        Handler::Click(action) => action.decides(),
        _ => false,
    });
    let submits = ("type", "submit".to_owned());
    let is_disabled = element
        .attributes
        .iter()
        .any(|(name, _)| *name == "disabled");
    if (decides || element.attributes.contains(&submits)) && !is_disabled {
        element.attributes.push(("disabled", String::new()));
    }
    for child in &mut element.children {
        if let Node::Element(child) = child {
            disable_decisions(child);
        }
    }
}
