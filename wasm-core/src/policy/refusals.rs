//! Refusals that are for now: how often in a row, and until when the site waits.

use super::{Change, Scope, Site};
use serde::{Deserialize, Serialize};

/// How often in a row a site has asked in vain, and when it may ask again.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
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
    #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
    pub until: u64,
}

/// All refusals that are remembered.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
pub struct Refusals(Vec<Refusal>);

const SECOND: u64 = 1000;
/// How long a site waits after its first refusal; twice as long after each further one.
const FIRST_WAIT: u64 = 10 * SECOND;
const LONGEST_WAIT: u64 = 3600 * SECOND;
/// After this time without a refusal the row is broken.
const FORGOTTEN_AFTER: u64 = 24 * LONGEST_WAIT;
/// The most refusals that are kept.
pub(super) const MAX_KEPT: usize = 500;

impl Refusals {
    pub(super) fn new(refusals: Vec<Refusal>) -> Self {
        Self(refusals)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Refusal> {
        self.0.iter()
    }

    pub(super) fn waiting(&self, now: u64) -> impl Iterator<Item = &Refusal> {
        self.iter().filter(move |refusal| refusal.waits(now))
    }

    /// The question is on the screen: refused until it is answered.
    pub(super) fn asked(&mut self, site: Site, scope: Scope, now: u64) {
        self.refuse(site, scope, 1, now);
    }

    /// The question was counted when it was asked; the waiting begins now.
    pub(super) fn refused(&mut self, site: Site, scope: Scope, now: u64) {
        self.refuse(site, scope, 0, now);
    }

    /// The question was counted when it was asked, and does not count; the site may ask, as it could before.
    pub(super) fn left(&mut self, site: &Site, scope: Scope, now: u64) {
        for refusal in self.0.iter_mut().filter(|it| it.is_about(site, scope)) {
            refusal.count = refusal.count.saturating_sub(1);
            refusal.until = now;
        }
        self.0.retain(|refusal| refusal.count > 0);
    }

    pub(super) fn forget(&mut self, site: &Site, scope: Scope) {
        self.0.retain(|refusal| !refusal.is_about(site, scope));
    }

    /// Forgets what is long over. Where there are too many, those go first that keep nobody from asking, and of these
    /// the shortest rows: new ones do not push out what still holds.
    pub(super) fn tidy(&mut self, now: u64) {
        self.0.retain(|refusal| refusal.is_remembered(now));
        if self.0.len() > MAX_KEPT {
            // Stable: the older of two that are alike comes first, and stays.
            self.0
                .sort_by_key(|it| std::cmp::Reverse((it.waits(now), it.count)));
            self.0.truncate(MAX_KEPT);
        }
    }

    fn refuse(&mut self, site: Site, scope: Scope, more: u32, now: u64) {
        let before = |refusal: &Refusal| refusal.is_about(&site, scope);
        let before = self.0.iter().position(before);
        let before = before.map(|position| self.0.remove(position));
        let in_a_row = before.filter(|refusal| refusal.is_remembered(now));
        let count = in_a_row.map_or(more.max(1), |refusal| refusal.count.saturating_add(more));
        self.0.push(Refusal {
            site,
            scope,
            count,
            until: now.saturating_add(wait(count)),
        });
    }
}

impl Refusal {
    /// What lets the site ask again at once.
    pub fn revocation(&self) -> Change {
        Change::Revoked {
            site: self.site.clone(),
            scope: self.scope,
        }
    }

    fn is_about(&self, site: &Site, scope: Scope) -> bool {
        self.site == *site && self.scope == scope
    }

    fn waits(&self, now: u64) -> bool {
        now < self.until && self.is_remembered(now)
    }

    fn is_remembered(&self, now: u64) -> bool {
        let forgotten = self.until.saturating_add(FORGOTTEN_AFTER);
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
