//! CMS SignedData (RFC 5652) and CAdES-BES (ETSI EN 319 122-1): prepare → sign → finish, and verify.

use serde::{Deserialize, Serialize};

/// Which signature to make.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum CmsFormat {
    /// Signed attributes: content type, message digest, signing time.
    Cms,
    /// The same and the ESS signing-certificate-v2 attribute (RFC 5035).
    CadesBes,
}
