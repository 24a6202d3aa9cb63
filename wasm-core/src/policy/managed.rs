//! What the administrator has decided about sites: `extension/managed.js` reads it from the browser.

use super::{Scope, Site, readable};
use crate::origin::Origin;
use serde::Deserialize;

/// The administrator's decisions about sites.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Managed {
    /// The sites that may use Tamga; `None`: all.
    allowed_sites: Option<Vec<AllowedSite>>,
    grants: Vec<ManagedGrant>,
}

/// Sites that may use Tamga.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub enum AllowedSite {
    /// This one.
    Itself(Origin),
    /// All below this one, of the same port: `https://*.example.org`.
    Below(Origin),
}

/// A site that need not ask.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ManagedGrant {
    /// Which.
    #[serde(flatten)]
    pub site: Site,
    /// For what.
    pub scopes: Vec<Scope>,
}

/// Stands for every name below a host.
const BELOW: &str = "://*.";

impl Managed {
    /// Reads `managed` of what is stored. An entry that cannot be read allows nothing.
    pub(super) fn read(stored: Option<&serde_json::Value>) -> Self {
        let part = |name| stored.and_then(|it| it.get(name));
        let allowed = part("allowedSites").filter(|it| !it.is_null());
        Self {
            allowed_sites: allowed.map(|it| readable(Some(it))),
            grants: readable(part("grants")),
        }
    }

    /// Whether a site may use Tamga, and the page around it.
    pub fn allows(&self, site: &Site) -> bool {
        let Some(allowed) = &self.allowed_sites else {
            return true;
        };
        let mut asked = [&site.origin, site.top()].into_iter();
        asked.all(|origin| allowed.iter().any(|it| it.has(origin)))
    }

    /// The sites that may use Tamga, if not all may.
    pub fn allowed_sites(&self) -> Option<&[AllowedSite]> {
        self.allowed_sites.as_deref()
    }

    /// The sites that need not ask.
    pub fn grants(&self) -> &[ManagedGrant] {
        &self.grants
    }

    pub(super) fn grant(&self, site: &Site, scope: Scope) -> bool {
        let mut grants = self.grants.iter();
        grants.any(|grant| grant.site == *site && grant.scopes.contains(&scope))
    }
}

impl AllowedSite {
    fn has(&self, origin: &Origin) -> bool {
        match self {
            Self::Itself(site) => site == origin,
            Self::Below(parent) => origin.is_below(parent),
        }
    }

    /// As the administrator writes it.
    pub fn written(&self) -> String {
        match self {
            Self::Itself(site) => site.as_str().to_owned(),
            Self::Below(parent) => parent.as_str().replacen("://", BELOW, 1),
        }
    }
}

impl TryFrom<String> for AllowedSite {
    type Error = crate::origin::InsecureOrigin;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(match text.contains(BELOW) {
            true => Self::Below(Origin::parse(&text.replacen(BELOW, "://", 1))?),
            false => Self::Itself(Origin::parse(&text)?),
        })
    }
}
