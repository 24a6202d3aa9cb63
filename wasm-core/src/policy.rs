//! What a site may do: the person's decisions, how long they hold, and how soon a refused site may
//! ask again. Everything is kept per origin, and per pair of origins for a frame inside another site.
//! A yes holds for exactly these; a no covers more, see [`Site::covers`].
//!
//! # What counts as a refusal
//!
//! A question ends in one of these ways:
//! - The person presses "not now" or Escape, or closes the window: refused once more, and the site waits
//!   from that moment.
//! - The page takes it back while it stays itself, by an `AbortSignal` or by removing the frame that asked:
//!   the same, however long the question stood. Otherwise a page could ask until the person gives in.
//! - The page is left, by another address, a reload or the tab's end: nobody refused, and everything is as
//!   before the question ([`Change::Left`]). A browser does not tell whether the person or a script of the page
//!   reloaded it; but no window opens in the new page before the person has touched it (`extension/router.js`).
//! - It has no end, because the browser crashed: refused. It is stored as refused before it is shown.
//!
//! Times are milliseconds since 1970, as JavaScript counts them.

pub mod managed;
mod refusals;

pub use managed::Managed;
pub use refusals::{Refusal, Refusals};

use crate::{origin::Origin, protocol::PinTerm};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Who asks: the frame's origin, and the page's around it when that is another one.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Site {
    /// The origin of the frame that asks.
    pub origin: Origin,
    /// The origin in the address bar, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub top_origin: Option<Origin>,
}

/// What a site asks for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// To learn one certificate, of the person's choice.
    Certificate,
    /// To have documents signed, each time with a window that asks for the password.
    Sign,
}

/// What the person said when asked.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Yes, this time.
    Once,
    /// Yes, and do not ask for the next [`GRANT_DAYS`] days.
    Always,
    /// No, and do not ask again.
    Never,
    /// No; the site may ask again a little later.
    NotNow,
}

/// A decision that is kept.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// The site need not ask.
    Always,
    /// The site cannot ask.
    Never,
}

/// One decision about one site, as it is stored.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// About whom.
    #[serde(flatten)]
    pub site: Site,
    /// About what.
    pub scope: Scope,
    /// What was decided.
    pub decision: Decision,
    /// When it was decided.
    #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
    pub since: u64,
    /// When it ends; absent: when the person revokes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional, type = "number"))]
    pub until: Option<u64>,
    /// For how long the PIN of a token is good here; absent: for one request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub pin_term: Option<PinTerm>,
}

/// What is to happen with a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ruling {
    /// It goes on without a question.
    Allowed,
    /// The person is asked.
    Ask,
    /// It fails without a question.
    Refused,
}

/// What happens to the decisions. Scripts carry it from a screen to where it is applied, and do not look into it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(missing_docs, reason = "the variants say what their fields are")]
pub enum Change {
    /// The question is on the screen. It counts as refused until it is answered: a window that is closed,
    /// or a browser that crashes, needs no last words.
    Asked { site: Site, scope: Scope },
    /// The person answered.
    Answered {
        site: Site,
        scope: Scope,
        answer: Answer,
    },
    /// The page that asked was left before an answer.
    Left { site: Site, scope: Scope },
    /// The person took a decision back, or lets a refused site ask again at once.
    Revoked { site: Site, scope: Scope },
    /// The person said for how long a PIN is good for a site that may always ask for signatures.
    PinTermSet { site: Site, term: Option<PinTerm> },
}

/// All decisions.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
pub struct Policy {
    grants: Vec<Grant>,
    refusals: Refusals,
    /// Stored by the browser, not by us.
    #[serde(skip)]
    managed: Managed,
}

/// How many days "always" lasts.
pub const GRANT_DAYS: u64 = 180;

const DAY: u64 = 24 * 3600 * 1000;
/// The most decisions that are kept for ever, and the most of the others: of those the oldest go first.
const MAX_NEVER: usize = 5000;
const MAX_ALWAYS: usize = 500;

impl Change {
    fn site(&self) -> &Site {
        match self {
            Self::Asked { site, .. }
            | Self::Answered { site, .. }
            | Self::Left { site, .. }
            | Self::Revoked { site, .. }
            | Self::PinTermSet { site, .. } => site,
        }
    }
}

impl Site {
    /// The origin in the address bar.
    pub fn top(&self) -> &Origin {
        self.top_origin.as_ref().unwrap_or(&self.origin)
    }

    /// Whether who refuses this site refuses `other` too. A site is refused with its subdomains wherever it asks: as
    /// a page, as a frame, and as the page around any frame. A frame is refused in this site and its subdomains only.
    pub fn covers(&self, other: &Self) -> bool {
        let frame = self.origin.covers(&other.origin);
        match (&self.top_origin, &other.top_origin) {
            (None, _) => frame || self.origin.covers(other.top()),
            (Some(top), Some(other_top)) => frame && top.covers(other_top),
            (Some(_), None) => false,
        }
    }
}

impl Policy {
    /// Reads what is stored: an object with `grants`, `sessionGrants` (those that end with the browser) and
    /// `refusals`, and `managed` with what the administrator decided. An entry that cannot be read is left out, so that one bad entry does not cost the others.
    pub fn parse(json: &str) -> Self {
        let stored: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
        let grants = ["grants", "sessionGrants"].map(|name| readable(stored.get(name)));
        Self {
            grants: grants.concat(),
            refusals: Refusals::new(readable(stored.get("refusals"))),
            managed: Managed::read(stored.get("managed")),
        }
    }

    /// Whether the site may, must ask, or may not.
    pub fn ruling(&self, site: &Site, scope: Scope, now: u64) -> Ruling {
        let is_forbidden = self.grants.iter().any(|grant| grant.forbids(site, scope));
        if is_forbidden || !self.managed.allows(site) {
            return Ruling::Refused;
        }
        let mut grants = self.current(now);
        let is_granted = grants.any(|grant| grant.is_about(site, scope));
        match is_granted || self.managed.grant(site, scope) {
            true => Ruling::Allowed,
            false => Ruling::Ask,
        }
    }

    /// For how long a PIN is good for this site.
    pub fn pin_term(&self, site: &Site, now: u64) -> Option<PinTerm> {
        let mut grants = self.current(now);
        let grant = grants.find(|grant| grant.is_about(site, Scope::Sign));
        grant.and_then(|grant| grant.pin_term)
    }

    /// The decisions that hold.
    pub fn current(&self, now: u64) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |grant| grant.holds(now))
    }

    /// The decisions that hold, and are stored until the person takes them back or their time is over.
    pub fn lasting(&self) -> Vec<&Grant> {
        self.stored(false)
    }

    /// The decisions that are stored until the browser ends.
    pub fn of_session(&self) -> Vec<&Grant> {
        self.stored(true)
    }

    /// The refusals that keep a site from asking.
    pub fn waiting(&self, now: u64) -> impl Iterator<Item = &Refusal> {
        self.refusals.waiting(now)
    }

    /// What the administrator has decided.
    pub fn managed(&self) -> &Managed {
        &self.managed
    }

    /// All refusals that are remembered.
    pub fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// Carries out a change, and forgets what has run out. About the extension's own page nothing is kept: it asks each time.
    pub fn apply(&mut self, change: Change, now: u64) {
        match change {
            _ if change.site().origin.is_own_page() => {}
            Change::Asked { site, scope } => self.refusals.asked(site, scope, now),
            Change::Left { site, scope } => self.refusals.left(&site, scope, now),
            Change::Answered {
                site,
                scope,
                answer,
            } => self.answer(site, scope, answer, now),
            Change::Revoked { site, scope } => self.forget(&site, scope),
            Change::PinTermSet { site, term } => self.set_pin_term(&site, term),
        }
        self.tidy(now);
    }

    fn answer(&mut self, site: Site, scope: Scope, answer: Answer, now: u64) {
        let until = now.saturating_add(GRANT_DAYS * DAY);
        match answer {
            Answer::NotNow => self.refusals.refused(site, scope, now),
            Answer::Once => self.refusals.forget(&site, scope),
            Answer::Always => self.decide(site, scope, Decision::Always, now, Some(until)),
            Answer::Never => self.forbid(site, scope, now),
        }
    }

    /// What was allowed before to whom this covers is allowed no more. Where there is no room for another refusal for
    /// ever the older ones stay, and this one is for now.
    fn forbid(&mut self, site: Site, scope: Scope, now: u64) {
        let never = |grant: &&Grant| grant.decision == Decision::Never;
        if self.grants.iter().filter(never).count() >= MAX_NEVER {
            return self.refusals.refused(site, scope, now);
        }
        self.grants
            .retain(|grant| !(grant.scope == scope && site.covers(&grant.site)));
        self.decide(site, scope, Decision::Never, now, None);
    }

    fn decide(
        &mut self,
        site: Site,
        scope: Scope,
        decision: Decision,
        now: u64,
        until: Option<u64>,
    ) {
        self.forget(&site, scope);
        self.grants.push(Grant {
            site,
            scope,
            decision,
            since: now,
            until,
            pin_term: None,
        });
    }

    fn set_pin_term(&mut self, site: &Site, term: Option<PinTerm>) {
        let mut grants = self.grants.iter_mut();
        let grant = grants.find(|grant| grant.is_about(site, Scope::Sign));
        if let Some(grant) = grant.filter(|grant| grant.decision == Decision::Always) {
            grant.pin_term = term;
        }
    }

    fn forget(&mut self, site: &Site, scope: Scope) {
        self.grants.retain(|grant| !grant.is_about(site, scope));
        self.refusals.forget(site, scope);
    }

    fn stored(&self, session: bool) -> Vec<&Grant> {
        let grants = self.grants.iter();
        grants
            .filter(|grant| grant.ends_with_browser() == session)
            .collect()
    }

    fn tidy(&mut self, now: u64) {
        self.grants.retain(|grant| grant.holds(now));
        self.refusals.tidy(now);
        // The newest are at the end.
        let always = |grant: &&Grant| grant.decision == Decision::Always;
        let mut surplus = self.grants.iter().filter(always).count();
        surplus = surplus.saturating_sub(MAX_ALWAYS);
        self.grants.retain(|grant| {
            let goes = surplus > 0 && grant.decision == Decision::Always;
            surplus -= usize::from(goes);
            !goes
        });
    }
}

impl Grant {
    /// What takes it back.
    pub fn revocation(&self) -> Change {
        Change::Revoked {
            site: self.site.clone(),
            scope: self.scope,
        }
    }

    /// Whether it is stored until the browser ends: a port of this computer may be another program's tomorrow.
    pub fn ends_with_browser(&self) -> bool {
        let local = self.site.origin.is_local() || self.site.top().is_local();
        self.decision == Decision::Always && local
    }

    /// Whether it refuses this site for ever.
    pub fn forbids(&self, site: &Site, scope: Scope) -> bool {
        self.decision == Decision::Never && self.scope == scope && self.site.covers(site)
    }

    fn is_about(&self, site: &Site, scope: Scope) -> bool {
        self.site == *site && self.scope == scope
    }

    /// A decision from the future is one of a clock that was set back since: it does not hold.
    fn holds(&self, now: u64) -> bool {
        match self.decision {
            Decision::Never => true,
            Decision::Always => self.since <= now && self.until.is_some_and(|until| now < until),
        }
    }
}

fn readable<T: DeserializeOwned>(entries: Option<&serde_json::Value>) -> Vec<T> {
    let entries = entries.and_then(serde_json::Value::as_array);
    let entries = entries.into_iter().flatten();
    let entries = entries.take(MAX_NEVER + MAX_ALWAYS);
    entries
        .filter_map(|entry| T::deserialize(entry).ok())
        .collect()
}

#[cfg(test)]
mod tests;
