//! What can go wrong, as one list of codes that every part of Tamga speaks.
//!
//! A failure carries facts and no sentences: the words are in `extension/_locales`, two keys per
//! code (`error_CODE` says what happened, `help_CODE` what to do next).

use serde::{Deserialize, Serialize};

/// Why an operation did not happen. Codes are forever: append, never rename or remove.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// This tab already has a Tamga window open.
    Busy,
    /// The person closed the window or pressed Cancel, or the page aborted.
    Cancelled,
    /// The certificate's validity has ended.
    CertificateExpired,
    /// The bytes are no X.509 certificate.
    CertificateMalformed,
    /// The key came without a certificate.
    CertificateMissing,
    /// No key holds the certificate that was named.
    CertificateNotFound,
    /// The certificate's validity has not begun.
    CertificateNotYetValid,
    /// The certificate's key usage does not allow signing.
    CertificateUnfit,
    /// A file of the key container is damaged.
    ContainerDamaged,
    /// The folder for a copy of the key container is there already.
    ContainerExists,
    /// The file is one of a key container’s, which is named by its folder.
    ContainerFile,
    /// A file of the key container is missing.
    ContainerIncomplete,
    /// There is no key container in the folder that was named.
    ContainerMissing,
    /// The keys are of a kind, or more, than a key container can hold.
    ContainerUnfit,
    /// The document is not what was announced: it ended early, grew, or could not be read.
    ContentChanged,
    /// The bytes are not the document or signature they were said to be.
    ContentMalformed,
    /// The document is larger than this browser or operation can carry.
    ContentTooLarge,
    /// There is a file of that name already.
    FileExists,
    /// A file that everybody relies on, or a folder above it, can be changed by others than the administrator.
    FileInsecure,
    /// The file is an archive: what is in it has to be taken out first.
    FileIsArchive,
    /// The file is a certificate, and a key was looked for.
    FileIsCertificate,
    /// The file is a keystore of Java’s own kind (JKS, JCEKS).
    FileIsKeystore,
    /// The file is a private key by itself, not a key file.
    FileIsPrivateKey,
    /// The file is a public key.
    FileIsPublicKey,
    /// The file is a request for a certificate.
    FileIsRequest,
    /// The file is a revocation list.
    FileIsRevocationList,
    /// The file is a signature or certificates in its form (PKCS#7).
    FileIsSignature,
    /// The file is a page of a site, saved in the place of a file.
    FileIsWebPage,
    /// The file that was named is not there.
    FileNotFound,
    /// The file that was named cannot be read.
    FileUnreadable,
    /// The file cannot be written where it is to be.
    FileUnwritable,
    /// What was named is no folder.
    FolderNeeded,
    /// The browser found no native host.
    HostMissing,
    /// Host and extension speak different protocol versions.
    HostOutdated,
    /// The host ended in the middle of the work.
    HostStopped,
    /// A defect of Tamga; the cause is in the host's log.
    Internal,
    /// The extension was reloaded or updated in the middle of the work.
    Interrupted,
    /// The key's own term is over, whatever the certificate's validity.
    KeyExpired,
    /// The key file holds neither a key nor a certificate.
    KeyFileEmpty,
    /// The same key file was added before.
    KeyFileExists,
    /// The key file is damaged or is of no known kind.
    KeyFileMalformed,
    /// The key file that was named is not there.
    KeyFileNotFound,
    /// The key file is protected in a way that takes too long to open.
    KeyFileTooCostly,
    /// The key file's password was not changed, because something would be lost.
    KeyFileUnchanged,
    /// The key file is protected, or holds what it holds, in a way that Tamga does not know.
    KeyFileUnsupported,
    /// A key container was named where a key file is wanted.
    KeyInContainer,
    /// The certificate does not belong to the key.
    KeyMismatch,
    /// The file or token has a certificate and no private key.
    KeyMissing,
    /// The key is marked as one that must not be copied.
    KeyNotExportable,
    /// The key's algorithm or size is not one that Tamga signs with.
    KeyUnsupported,
    /// The key's standard is withdrawn: its signatures are verified, and none is made.
    KeyWithdrawn,
    /// The program of the token's maker crashed, hung, or answered nonsense.
    ModuleFailed,
    /// nobody opened it.
    NotAnswered,
    /// The page is not https and not on this computer, or has no origin at all.
    OriginInsecure,
    /// A password is needed, and there is nobody to ask.
    PasswordNeeded,
    /// The password opens only a part of the key file.
    PasswordSecondNeeded,
    /// A new password is too long for the key container or not ASCII.
    PasswordUnfit,
    /// The key file's password is wrong.
    PasswordWrong,
    /// The person, now or earlier, did not allow this site to do this.
    PermissionDenied,
    /// The token wants another PIN before it does anything with this one.
    PinExpired,
    /// One more wrong PIN locks the token: that has to be confirmed first.
    PinLastTry,
    /// Too many wrong PINs: the token takes none any more.
    PinLocked,
    /// What a PIN unlocked is locked again: the PIN has to be given anew.
    PinNeeded,
    /// The token has no PIN yet.
    PinNotSet,
    /// The token does not take this as a new PIN: too short, too long, or of other characters.
    PinUnfit,
    /// The PIN is wrong.
    PinWrong,
    /// There is no dialog of the system to type a PIN in.
    PromptMissing,
    /// There is no smart card service on this computer.
    ReadersMissing,
    /// The smart card service is not running.
    ReadersStopped,
    /// The request has an unknown command, an unknown field or a value out of range.
    RequestMalformed,
    /// The signature does not verify.
    SignatureInvalid,
    /// Tamga's own folder cannot be read or written.
    StorageFailed,
    /// Something that answers in moments did not answer.
    Timeout,
    /// Another window or program is using the token.
    TokenBusy,
    /// The token is not there, or was pulled out in the middle.
    TokenRemoved,
    /// The token keeps data, and signs nothing itself.
    TokenStoresOnly,
}

/// What the person can do about a failure: decides which buttons a screen offers.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// The same thing may work when done again.
    Retry,
    /// Nothing can be done in Tamga: it has to be begun again on the site.
    BeginAgain,
    /// The person has to enter or choose something else.
    Correct,
    /// Something on this computer has to be put right first.
    Repair,
    /// One of the two halves of Tamga has to be updated.
    Update,
    /// The site or Tamga has a defect that its developers should hear of.
    Report,
}

/// One failure, as it travels from any station back to the page.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Failure {
    /// What happened.
    pub code: ErrorCode,
    /// What it happened to: a file's or document's name, a field. Shown to the person, never to a site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub subject: Option<String>,
    /// After a wrong PIN: how many more the token takes, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub tries: Option<TriesLeft>,
}

/// How many wrong PINs a token takes before it locks.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
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

impl ErrorCode {
    /// Every code, in the order of the enum.
    pub const ALL: [Self; 76] = [
        Self::Busy,
        Self::Cancelled,
        Self::CertificateExpired,
        Self::CertificateMalformed,
        Self::CertificateMissing,
        Self::CertificateNotFound,
        Self::CertificateNotYetValid,
        Self::CertificateUnfit,
        Self::ContainerDamaged,
        Self::ContainerExists,
        Self::ContainerFile,
        Self::ContainerIncomplete,
        Self::ContainerMissing,
        Self::ContainerUnfit,
        Self::ContentChanged,
        Self::ContentMalformed,
        Self::ContentTooLarge,
        Self::FileExists,
        Self::FileInsecure,
        Self::FileIsArchive,
        Self::FileIsCertificate,
        Self::FileIsKeystore,
        Self::FileIsPrivateKey,
        Self::FileIsPublicKey,
        Self::FileIsRequest,
        Self::FileIsRevocationList,
        Self::FileIsSignature,
        Self::FileIsWebPage,
        Self::FileNotFound,
        Self::FileUnreadable,
        Self::FileUnwritable,
        Self::FolderNeeded,
        Self::HostMissing,
        Self::HostOutdated,
        Self::HostStopped,
        Self::Internal,
        Self::Interrupted,
        Self::KeyExpired,
        Self::KeyFileEmpty,
        Self::KeyFileExists,
        Self::KeyFileMalformed,
        Self::KeyFileNotFound,
        Self::KeyFileTooCostly,
        Self::KeyFileUnchanged,
        Self::KeyFileUnsupported,
        Self::KeyInContainer,
        Self::KeyMismatch,
        Self::KeyMissing,
        Self::KeyNotExportable,
        Self::KeyUnsupported,
        Self::KeyWithdrawn,
        Self::ModuleFailed,
        Self::NotAnswered,
        Self::OriginInsecure,
        Self::PasswordNeeded,
        Self::PasswordSecondNeeded,
        Self::PasswordUnfit,
        Self::PasswordWrong,
        Self::PermissionDenied,
        Self::PinExpired,
        Self::PinLastTry,
        Self::PinLocked,
        Self::PinNeeded,
        Self::PinNotSet,
        Self::PinUnfit,
        Self::PinWrong,
        Self::PromptMissing,
        Self::ReadersMissing,
        Self::ReadersStopped,
        Self::RequestMalformed,
        Self::SignatureInvalid,
        Self::StorageFailed,
        Self::Timeout,
        Self::TokenBusy,
        Self::TokenRemoved,
        Self::TokenStoresOnly,
    ];

    /// The codes that pages hear. `extension/page/tamga.js` has a sentence for each, and `tamga.d.ts` lists them.
    pub const FOR_PAGES: [Self; 28] = [
        Self::Busy,
        Self::Cancelled,
        Self::CertificateExpired,
        Self::CertificateNotFound,
        Self::CertificateNotYetValid,
        Self::CertificateUnfit,
        Self::ContentChanged,
        Self::ContentMalformed,
        Self::ContentTooLarge,
        Self::HostMissing,
        Self::HostOutdated,
        Self::HostStopped,
        Self::Internal,
        Self::Interrupted,
        Self::KeyExpired,
        Self::KeyMismatch,
        Self::KeyMissing,
        Self::KeyUnsupported,
        Self::KeyWithdrawn,
        Self::ModuleFailed,
        Self::NotAnswered,
        Self::OriginInsecure,
        Self::PermissionDenied,
        Self::RequestMalformed,
        Self::SignatureInvalid,
        Self::Timeout,
        Self::TokenBusy,
        Self::TokenRemoved,
    ];

    /// What a page hears: how this computer and the person's keys are set up is not for pages to know.
    pub fn for_page(self) -> Self {
        if Self::FOR_PAGES.contains(&self) {
            self
        } else {
            Self::Internal
        }
    }

    /// What the person can do about it.
    pub fn remedy(self) -> Remedy {
        match self {
            Self::Busy
            | Self::Cancelled
            | Self::HostStopped
            | Self::NotAnswered
            | Self::Timeout
            | Self::TokenBusy
            | Self::TokenRemoved => Remedy::Retry,
            Self::ContentChanged | Self::ContentTooLarge | Self::Interrupted => Remedy::BeginAgain,
            Self::CertificateExpired
            | Self::CertificateMissing
            | Self::CertificateNotFound
            | Self::CertificateNotYetValid
            | Self::CertificateUnfit
            | Self::ContainerDamaged
            | Self::ContainerExists
            | Self::ContainerFile
            | Self::ContainerIncomplete
            | Self::ContainerMissing
            | Self::ContainerUnfit
            | Self::FileExists
            | Self::FileIsArchive
            | Self::FileIsCertificate
            | Self::FileIsKeystore
            | Self::FileIsPrivateKey
            | Self::FileIsPublicKey
            | Self::FileIsRequest
            | Self::FileIsRevocationList
            | Self::FileIsSignature
            | Self::FileIsWebPage
            | Self::FileNotFound
            | Self::FileUnreadable
            | Self::FileUnwritable
            | Self::FolderNeeded
            | Self::KeyExpired
            | Self::KeyFileEmpty
            | Self::KeyFileExists
            | Self::KeyFileMalformed
            | Self::KeyFileNotFound
            | Self::KeyFileTooCostly
            | Self::KeyFileUnchanged
            | Self::KeyFileUnsupported
            | Self::KeyInContainer
            | Self::KeyMismatch
            | Self::KeyMissing
            | Self::KeyNotExportable
            | Self::KeyUnsupported
            | Self::KeyWithdrawn
            | Self::PasswordNeeded
            | Self::PasswordSecondNeeded
            | Self::PasswordUnfit
            | Self::PasswordWrong
            | Self::PermissionDenied
            | Self::PinExpired
            | Self::PinLastTry
            | Self::PinLocked
            | Self::PinNeeded
            | Self::PinNotSet
            | Self::PinUnfit
            | Self::PinWrong
            | Self::TokenStoresOnly => Remedy::Correct,
            Self::FileInsecure
            | Self::HostMissing
            | Self::ModuleFailed
            | Self::PromptMissing
            | Self::ReadersMissing
            | Self::ReadersStopped
            | Self::StorageFailed => Remedy::Repair,
            Self::HostOutdated => Remedy::Update,
            Self::CertificateMalformed
            | Self::ContentMalformed
            | Self::Internal
            | Self::OriginInsecure
            | Self::RequestMalformed
            | Self::SignatureInvalid => Remedy::Report,
        }
    }

    /// The code as it is written on the wire and in the catalogue's keys, such as `PASSWORD_WRONG`.
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

impl Failure {
    /// A failure with nothing more to say than its code.
    pub fn new(code: ErrorCode) -> Self {
        Self {
            code,
            subject: None,
            tries: None,
        }
    }

    /// A failure of something that has a name.
    pub fn of(code: ErrorCode, subject: impl Into<String>) -> Self {
        Self {
            subject: Some(subject.into()),
            ..Self::new(code)
        }
    }

    /// The same of something that has a name, unless it says more itself.
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
    const CODES: &str = "BUSY CANCELLED CERTIFICATE_EXPIRED CERTIFICATE_MALFORMED CERTIFICATE_MISSING CERTIFICATE_NOT_FOUND \
        CERTIFICATE_NOT_YET_VALID CERTIFICATE_UNFIT CONTAINER_DAMAGED CONTAINER_EXISTS CONTAINER_FILE \
        CONTAINER_INCOMPLETE CONTAINER_MISSING CONTAINER_UNFIT CONTENT_CHANGED CONTENT_MALFORMED \
        CONTENT_TOO_LARGE FILE_EXISTS FILE_INSECURE FILE_IS_ARCHIVE FILE_IS_CERTIFICATE FILE_IS_KEYSTORE \
        FILE_IS_PRIVATE_KEY FILE_IS_PUBLIC_KEY FILE_IS_REQUEST FILE_IS_REVOCATION_LIST FILE_IS_SIGNATURE FILE_IS_WEB_PAGE \
        FILE_NOT_FOUND FILE_UNREADABLE FILE_UNWRITABLE FOLDER_NEEDED HOST_MISSING HOST_OUTDATED HOST_STOPPED \
        INTERNAL INTERRUPTED KEY_EXPIRED KEY_FILE_EMPTY KEY_FILE_EXISTS KEY_FILE_MALFORMED \
        KEY_FILE_NOT_FOUND KEY_FILE_TOO_COSTLY KEY_FILE_UNCHANGED KEY_FILE_UNSUPPORTED KEY_IN_CONTAINER \
        KEY_MISMATCH KEY_MISSING KEY_NOT_EXPORTABLE KEY_UNSUPPORTED KEY_WITHDRAWN MODULE_FAILED NOT_ANSWERED \
        ORIGIN_INSECURE PASSWORD_NEEDED PASSWORD_SECOND_NEEDED PASSWORD_UNFIT PASSWORD_WRONG \
        PERMISSION_DENIED PIN_EXPIRED PIN_LAST_TRY PIN_LOCKED PIN_NEEDED PIN_NOT_SET PIN_UNFIT PIN_WRONG \
        PROMPT_MISSING READERS_MISSING READERS_STOPPED REQUEST_MALFORMED SIGNATURE_INVALID STORAGE_FAILED \
        TIMEOUT TOKEN_BUSY TOKEN_REMOVED TOKEN_STORES_ONLY";

    #[test]
    fn codes_are_forever() {
        let names: Vec<String> = ErrorCode::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names, CODES.split_whitespace().collect::<Vec<_>>());
    }

    #[test]
    fn pages_hear_what_concerns_them() {
        assert_eq!(ErrorCode::Busy.for_page(), ErrorCode::Busy);
        for code in [ErrorCode::PinLocked, ErrorCode::FileUnreadable] {
            assert_eq!(code.for_page(), ErrorCode::Internal);
        }
    }

    #[test]
    fn a_failure_is_a_small_object() {
        let failure = Failure::of(ErrorCode::KeyFileMalformed, "ivanova.p12");
        let json = r#"{"code":"KEY_FILE_MALFORMED","subject":"ivanova.p12"}"#;
        assert_eq!(serde_json::to_string(&failure).unwrap(), json);
        assert!(serde_json::from_str::<Failure>(r#"{"code":"BUSY","stack":"…"}"#).is_err());
    }
}
