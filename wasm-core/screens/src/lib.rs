//! Every screen: a state machine that says what is shown and what shall be done. Screens know no
//! browser: `dom` draws them, the page's script carries out their effects and reports back.

mod authority;
pub mod certificate;
pub mod certificate_card;
pub mod certificate_face;
pub mod certificate_list;
pub mod check;
pub mod diagnosis;
pub mod first_run;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod host_state;
pub mod inventory;
#[cfg(test)]
pub mod messages;
pub mod node;
pub mod options;
pub mod parts;
pub mod popup;
pub mod secret_field;
pub mod sign;
pub mod token_card;
pub mod verdict;
pub mod wording;

pub mod browser;
mod dom;
mod json;
mod mounted;

use node::Element;

/// A screen.
pub trait Screen {
    /// What the person does.
    type Action: Clone;
    /// What the script reports.
    type Event;
    /// What the script shall do.
    type Effect;

    /// The effects to begin with.
    fn open(&mut self) -> Vec<Self::Effect> {
        Vec::new()
    }

    /// The person did something.
    fn act(&mut self, action: Self::Action) -> Vec<Self::Effect>;

    /// The script reports something.
    fn receive(&mut self, event: Self::Event) -> Vec<Self::Effect>;

    /// Whether such events may come by the thousand: these are drawn every few milliseconds, all others at once.
    fn is_frequent(_event: &Self::Event) -> bool {
        false
    }

    /// What the window is called, where that changes.
    fn title(&self) -> Option<String> {
        None
    }

    /// What is shown now.
    fn view(&self) -> Element<Self::Action>;
}

/// A screen's catalogue for tests: the English one.
#[cfg(test)]
pub(crate) fn english() -> tamga_core::text::Catalogue {
    let json = include_str!("../../../extension/_locales/en/messages.json");
    tamga_core::text::Catalogue::parse(json).expect("the English catalogue")
}
