//! What can go wrong, as one list of codes that every part of Tamga speaks.
//!
//! A failure carries facts, not sentences: the texts are in `extension/_locales`, two keys per
//! code (`error_CODE` says what happened, `help_CODE` what to do next).

mod code;

pub use code::{ErrorCode, Remedy};

use crate::protocol::PackageKind;
use serde::{Deserialize, Serialize};

/// A failure as it is sent between host, extension and page.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// What happened.
    pub code: ErrorCode,
    /// What it happened to: a file's or document's name, a field. Shown to the person, never to a site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub subject: Option<String>,
    /// After a wrong PIN: how many more the token takes, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub tries: Option<TriesLeft>,
    /// Of an outdated host: how it came onto the computer, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub package: Option<PackageKind>,
}

/// How many wrong PINs a token takes before it locks.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum TriesLeft {
    /// This many.
    Exactly(u8),
    /// Fewer than at first (PKCS#11 v2.40 §3.2: `CKF_USER_PIN_COUNT_LOW`).
    Few,
    /// One (`CKF_USER_PIN_FINAL_TRY`).
    Last,
}

impl TriesLeft {
    /// Whether the next wrong PIN locks the token.
    pub fn is_last(self) -> bool {
        matches!(self, Self::Last | Self::Exactly(1))
    }
}

impl Failure {
    /// A failure with a code only.
    pub fn new(code: ErrorCode) -> Self {
        Self {
            code,
            subject: None,
            tries: None,
            package: None,
        }
    }

    /// A failure of something that has a name.
    pub fn of(code: ErrorCode, subject: impl Into<String>) -> Self {
        Self {
            subject: Some(subject.into()),
            ..Self::new(code)
        }
    }

    /// The same with a subject, unless it has one.
    #[must_use]
    pub fn or_of(self, subject: impl Into<String>) -> Self {
        Self {
            subject: self.subject.or_else(|| Some(subject.into())),
            ..self
        }
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The golden list: a code that disappears or changes its name breaks every site that tests for it.
    const CODES: &str = "ADDRESS_REFUSED BUSY CANCELLED CERTIFICATE_EXPIRED CERTIFICATE_MALFORMED CERTIFICATE_MISSING CERTIFICATE_NOT_AUTHORITY CERTIFICATE_NOT_FOUND \
        CERTIFICATE_NOT_YET_VALID CERTIFICATE_UNFIT CONTAINER_DAMAGED CONTAINER_EXISTS CONTAINER_FILE \
        CONTAINER_INCOMPLETE CONTAINER_MISSING CONTAINER_UNFIT CONTENT_CHANGED CONTENT_MALFORMED \
        CONTENT_TOO_LARGE DOWNLOAD_FAILED EXTENSION_OUTDATED FILE_EXISTS FILE_INSECURE FILE_IS_ARCHIVE FILE_IS_CERTIFICATE FILE_IS_DOCUMENT \
        FILE_IS_KEYSTORE FILE_IS_PRIVATE_KEY FILE_IS_PUBLIC_KEY FILE_IS_REQUEST FILE_IS_REVOCATION_LIST FILE_IS_SIGNATURE FILE_IS_WEB_PAGE \
        FILE_NOT_FOUND FILE_UNREADABLE FILE_UNWRITABLE FOLDER_DIALOG_MISSING FOLDER_NEEDED HOST_BLOCKED HOST_FORBIDDEN HOST_GARBLED \
        HOST_MISSING HOST_NOT_STARTED HOST_OUTDATED HOST_STOPPED \
        INTERRUPTED KEY_EXPIRED KEY_FILE_EMPTY KEY_FILE_EXISTS KEY_FILE_MALFORMED \
        KEY_FILE_NOT_FOUND KEY_FILE_TOO_COSTLY KEY_FILE_UNCHANGED KEY_FILE_UNSUPPORTED KEY_IN_CONTAINER \
        KEY_MISMATCH KEY_MISSING KEY_NOT_EXPORTABLE KEY_UNSUPPORTED KEY_WITHDRAWN MODULE_FAILED NOT_ANSWERED \
        ORIGIN_INSECURE PASSWORD_NEEDED PASSWORD_SECOND_NEEDED PASSWORD_UNFIT PASSWORD_WRONG \
        PERMISSION_DENIED PIN_EXPIRED PIN_LAST_TRY PIN_LOCKED PIN_NEEDED PIN_NOT_SET PIN_UNFIT PIN_WRONG \
        PROFILE_UNSUPPORTED PROMPT_MISSING PROXY_FIXED PROXY_MALFORMED READERS_MISSING READERS_STOPPED REQUEST_MALFORMED SETTING_FIXED SIGNATURE_INVALID STORAGE_FAILED \
        TIMEOUT TOKEN_BUSY TOKEN_REMOVED TOKEN_STORES_ONLY TRUST_LIST_ADDRESS_MISSING TRUST_LIST_MALFORMED TRUST_LIST_NOT_NEWER TRUST_LIST_OUTDATED \
        TRUST_LIST_UNTRUSTED INTERNAL";

    #[test]
    fn codes_are_forever() {
        let names: Vec<String> = ErrorCode::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names, CODES.split_whitespace().collect::<Vec<_>>());
    }

    #[test]
    fn pages_hear_what_concerns_them() {
        assert_eq!(ErrorCode::Busy.for_page(), ErrorCode::Busy);
        assert_eq!(
            ErrorCode::ExtensionOutdated.for_page(),
            ErrorCode::HostOutdated
        );
        for code in [ErrorCode::PinLocked, ErrorCode::FileUnreadable] {
            assert_eq!(code.for_page(), ErrorCode::Internal);
        }
    }

    #[test]
    fn a_failure_is_a_small_object() {
        let failure = Failure::of(ErrorCode::KeyFileMalformed, "ivanova.p12");
        let json = r#"{"code":"KEY_FILE_MALFORMED","subject":"ivanova.p12"}"#;
        assert_eq!(serde_json::to_string(&failure).unwrap(), json);
        // A newer half may know more.
        let newer = r#"{"code":"TOMORROWS","since":"0.9"}"#;
        let newer: Failure = serde_json::from_str(newer).unwrap();
        assert_eq!(newer, Failure::new(ErrorCode::Internal));
    }
}
