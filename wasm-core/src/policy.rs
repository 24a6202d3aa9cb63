//! What a site may do: the person's decisions, how long they hold, and how soon a refused site may
//! ask again. Everything is kept per origin, and per pair of origins for a frame inside another site.
//!
//! Times are milliseconds since 1970, as JavaScript counts them.

use crate::origin::Origin;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

/// Who asks: the frame's origin, and the page's around it when that is another one.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Site {
    /// The origin of the frame that asks.
    pub origin: Origin,
    /// The origin in the address bar, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub top_origin: Option<Origin>,
}

/// What a site asks for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// To learn one certificate, of the person's choice.
    Certificate,
    /// To have documents signed, each time with a window that asks for the password.
    Sign,
}

/// What the person said when asked.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
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
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// The site need not ask.
    Always,
    /// The site cannot ask.
    Never,
}

/// One decision about one site, as it is stored.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
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
    #[cfg_attr(test, ts(type = "number"))]
    pub since: u64,
    /// When it ends; absent: when the person revokes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number"))]
    pub until: Option<u64>,
    /// For how long the PIN of a token is good here; absent: for one request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub pin_term: Option<PinTerm>,
}

/// For how long a PIN is good.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum PinTerm {
    /// For so many minutes from when it was given.
    Minutes(u32),
    /// For so many signatures.
    Signatures(u32),
}

/// How often in a row a site has asked in vain, and when it may ask again.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Whom.
    #[serde(flatten)]
    pub site: Site,
    /// What.
    pub scope: Scope,
    /// How often in a row.
    pub count: u32,
    /// When the site may ask again.
    #[cfg_attr(test, ts(type = "number"))]
    pub until: u64,
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

/// What happens to the decisions.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
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
    /// The person took a decision back.
    Revoked { site: Site, scope: Scope },
    /// The person said for how long a PIN is good for a site that may always ask for signatures.
    PinTermSet { site: Site, term: Option<PinTerm> },
}

/// All decisions.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Policy {
    grants: Vec<Grant>,
    refusals: Vec<Refusal>,
}

/// How many days "always" lasts.
pub const GRANT_DAYS: u64 = 180;
/// The end of a refusal for ever: the last moment of a JavaScript `Date`.
pub const FOREVER: u64 = 8_640_000_000_000_000;

const SECOND: u64 = 1000;
const HOUR: u64 = 3600 * SECOND;
const DAY: u64 = 24 * HOUR;
/// How long a site waits after its first refusal; twice as long after each further one.
const FIRST_WAIT: u64 = 10 * SECOND;
const LONGEST_WAIT: u64 = HOUR;
/// After this time without a refusal the row is broken.
const REFUSALS_FORGOTTEN: u64 = DAY;
/// The most decisions, and the most refusals, that are kept: the oldest go first.
const MAX_KEPT: usize = 500;

impl Policy {
    /// Reads what is stored: an object with `grants` and `refusals`. An entry that cannot be read is
    /// left out, so that one bad entry does not cost the others.
    pub fn parse(json: &str) -> Self {
        let stored: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
        Self {
            grants: readable(stored.get("grants")),
            refusals: readable(stored.get("refusals")),
        }
    }

    /// Whether the site may, must ask, or may not.
    pub fn ruling(&self, site: &Site, scope: Scope, now: u64) -> Ruling {
        let mut grants = self.current(now);
        match grants.find(|grant| grant.is_about(site, scope)) {
            Some(grant) if grant.decision == Decision::Always => Ruling::Allowed,
            Some(_) => Ruling::Refused,
            None => Ruling::Ask,
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

    /// Carries out a change, and forgets what has run out.
    pub fn apply(&mut self, change: Change, now: u64) {
        match change {
            Change::Asked { site, scope } => self.refuse(site, scope, 1, now),
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

    /// Until when each closed door is closed: all that the router needs to know. The key is
    /// `<scope> <origin> <top origin or ->`.
    pub fn doors(&self) -> BTreeMap<String, u64> {
        let never = |grant: &&Grant| grant.decision == Decision::Never;
        let forbidden = self.grants.iter().filter(never);
        let forbidden = forbidden.map(|grant| (door(&grant.site, grant.scope), FOREVER));
        let waiting = self.refusals.iter();
        let waiting = waiting.map(|refusal| (door(&refusal.site, refusal.scope), refusal.until));
        waiting.chain(forbidden).collect()
    }

    fn answer(&mut self, site: Site, scope: Scope, answer: Answer, now: u64) {
        let until = now.saturating_add(GRANT_DAYS * DAY);
        match answer {
            // The question was counted when it was asked; the waiting begins now.
            Answer::NotNow => self.refuse(site, scope, 0, now),
            Answer::Once => self.refusals.retain(|it| !it.is_about(&site, scope)),
            Answer::Always => self.decide(site, scope, Decision::Always, now, Some(until)),
            Answer::Never => self.decide(site, scope, Decision::Never, now, None),
        }
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
        self.refusals
            .retain(|refusal| !refusal.is_about(site, scope));
    }

    fn refuse(&mut self, site: Site, scope: Scope, more: u32, now: u64) {
        let before = |refusal: &Refusal| refusal.is_about(&site, scope);
        let before = self.refusals.iter().position(before);
        let before = before.map(|position| self.refusals.remove(position));
        let in_a_row = before.filter(|refusal| refusal.is_remembered(now));
        let count = in_a_row.map_or(more.max(1), |refusal| refusal.count.saturating_add(more));
        self.refusals.push(Refusal {
            site,
            scope,
            count,
            until: now.saturating_add(wait(count)),
        });
    }

    fn tidy(&mut self, now: u64) {
        self.grants.retain(|grant| grant.holds(now));
        self.refusals.retain(|refusal| refusal.is_remembered(now));
        // The newest are at the end.
        let too_many = |kept: usize| ..kept.saturating_sub(MAX_KEPT);
        self.grants.drain(too_many(self.grants.len()));
        self.refusals.drain(too_many(self.refusals.len()));
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

impl Refusal {
    fn is_about(&self, site: &Site, scope: Scope) -> bool {
        self.site == *site && self.scope == scope
    }

    fn is_remembered(&self, now: u64) -> bool {
        let forgotten = self.until.saturating_add(REFUSALS_FORGOTTEN);
        let from_the_future = self.until > now.saturating_add(LONGEST_WAIT);
        now < forgotten && !from_the_future
    }
}

/// How long the site waits after so many refusals in a row.
fn wait(count: u32) -> u64 {
    let doubled = 1_u64.checked_shl(count.saturating_sub(1));
    doubled.map_or(LONGEST_WAIT, |factor| {
        FIRST_WAIT.saturating_mul(factor).min(LONGEST_WAIT)
    })
}

fn door(site: &Site, scope: Scope) -> String {
    let scope = match scope {
        Scope::Certificate => "certificate",
        Scope::Sign => "sign",
    };
    let top = site.top_origin.as_ref().map_or("-", Origin::as_str);
    [scope, site.origin.as_str(), top].join(" ")
}

fn readable<T: DeserializeOwned>(entries: Option<&serde_json::Value>) -> Vec<T> {
    let entries = entries.and_then(serde_json::Value::as_array);
    let entries = entries.into_iter().flatten().take(MAX_KEPT);
    entries
        .filter_map(|entry| T::deserialize(entry).ok())
        .collect()
}

#[cfg(test)]
mod tests;
