//! Certificates that will soon sign no more, or have just ceased to, and what to do about them: known without a host too.

use super::{Action, Popup};
use crate::{
    node::Element,
    parts::{Weight, button, paragraph},
    wording::{date, name},
};
use serde::{Deserialize, Serialize};
use tamga_core::certificate::days_left;

/// So many are shown, the soonest first; of the others the number.
const SHOWN: usize = 2;

/// A certificate that the person is reminded of.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reminder {
    /// The certificate's id.
    pub id: String,
    /// Whose it is.
    pub owner: String,
    /// The last second in which it signs, Unix time.
    #[cfg_attr(test, ts(type = "number"))]
    pub until: i64,
}

/// When the person wants to be reminded once more.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Again {
    /// In some days.
    Later,
    /// Not of this certificate.
    Never,
}

impl Reminder {
    /// `now` in milliseconds since 1970.
    fn days_left(&self, now: u64) -> i32 {
        days_left(self.until, now / 1000)
    }
}

impl Popup {
    pub(super) fn reminders(&self) -> Option<Element<Action>> {
        let text = &self.text;
        let shown = self.reminders.iter().take(SHOWN);
        let shown: Vec<_> = shown.map(|reminder| self.reminder(reminder)).collect();
        let others = self.reminders.len().saturating_sub(SHOWN);
        let others = u64::try_from(others).unwrap_or(u64::MAX);
        let others =
            (others > 0).then(|| paragraph("muted", text.counted("reminders_others", others)));
        let heading = Element::new("h2")
            .attribute("id", "reminders")
            .text(text.plain("reminders_title"));
        let section = Element::new("section")
            .key("reminders")
            .attribute("aria-labelledby", "reminders");
        // What to do is the same for all of them.
        let advice = match self.reminders.iter().all(|it| it.days_left(self.now) < 0) {
            true => "reminder_advice_expired",
            false => "reminder_advice",
        };
        let advice = paragraph("fine", text.plain(advice));
        let section = section.child(heading).children(shown).children(others);
        (!self.reminders.is_empty()).then(|| section.child(advice))
    }

    fn reminder(&self, reminder: &Reminder) -> Element<Action> {
        let text = &self.text;
        let (class, what) = match u64::try_from(reminder.days_left(self.now)) {
            Err(_) => ("notice bad", text.plain("reminder_expired")),
            Ok(0) => ("notice warn", text.plain("reminder_today")),
            Ok(days) => ("notice warn", text.counted("reminder_days", days)),
        };
        let until = text.text("until", &[("date", &date(text, reminder.until))]);
        let owner = name(&reminder.owner);
        let quiet = |key, again| {
            let action = Action::Quiet(reminder.id.clone(), again);
            let label = text.plain(key);
            let values = [("action", &*label), ("name", &*owner)];
            let described = text.text("action_of", &values);
            button(label, Weight::Quiet, action).attribute("aria-label", described)
        };
        let buttons = Element::new("div")
            .class("buttons")
            .child(quiet("button_remind_later", Again::Later))
            .child(quiet("button_remind_no_more", Again::Never));
        let whose = Element::new("p").foreign(&reminder.owner);
        Element::new("div")
            .key(reminder.id.as_str())
            .class(class)
            .child(paragraph("notice-what", what))
            .child(whose.child(Element::new("span").text([", ", &until].concat())))
            .child(buttons)
    }
}
