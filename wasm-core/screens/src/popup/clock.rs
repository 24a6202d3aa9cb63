//! That the computer's clock is wrong, as far as that is known without a host.

use super::{Action, Popup};
use crate::{
    node::Element,
    parts::{Weight, button, paragraph},
    wording::date,
};
use serde::Deserialize;

/// What is wrong with the clock.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum ClockDoubt {
    /// It shows less than when this version was made.
    Program,
    /// It has shown more before. It may have been wrong then.
    Back,
}

impl Popup {
    pub(super) fn clock(&self) -> Option<Element<Action>> {
        let doubt = self.clock?;
        let text = &self.text;
        let shown = i64::try_from(self.now / 1000).unwrap_or(i64::MAX);
        let why = match doubt {
            ClockDoubt::Program => "clock_program",
            ClockDoubt::Back => "clock_back",
        };
        let why = text.text(why, &[("date", &date(text, shown))]);
        let is_right = || {
            let label = text.plain("button_clock_right");
            let button = button(label, Weight::Quiet, Action::TrustClock);
            Element::new("div").class("buttons").child(button)
        };
        let notice = Element::new("div")
            .key("clock")
            .class("notice warn")
            .attribute("role", "alert")
            .child(paragraph("notice-what", text.plain("clock_title")))
            .child(paragraph("", why))
            .child(paragraph("fine", text.plain("verdict_step_clock")))
            .children((doubt == ClockDoubt::Back).then(is_right));
        Some(notice)
    }
}
