//! Through which proxy the host asks servers.

use serde::{Deserialize, Serialize};

/// The longest address of a proxy, in bytes, with user and password.
pub const MAX_PROXY: usize = 512;

/// Through which proxy servers are asked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ProxySetting {
    /// The one that the system has.
    System {},
    /// None: servers are asked directly.
    None {},
    /// This one.
    Address {
        /// `host:port`, also as `http://user:password@host:port`.
        address: String,
    },
}

/// The setting, and whose it is.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
pub struct ProxyState {
    /// What holds.
    pub setting: ProxySetting,
    /// The administrator has said so.
    pub fixed: bool,
}

impl Default for ProxySetting {
    fn default() -> Self {
        Self::System {}
    }
}
