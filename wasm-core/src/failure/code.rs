//! The codes of everything that can go wrong, and what a person can do about each.

use serde::{Deserialize, Serialize};

/// Why an operation did not happen. Codes are forever: append, never rename or remove.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// The address is none that Tamga asks: of another kind than http and https, or inside somebody's network.
    AddressRefused,
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
    /// The certificate is not one of an authority, and an authority was to be trusted.
    CertificateNotAuthority,
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
    /// The file belongs to a key container: its folder is to be named.
    ContainerFile,
    /// A file of the key container is missing.
    ContainerIncomplete,
    /// There is no key container in the folder that was named.
    ContainerMissing,
    /// A key container cannot hold keys of this kind, or so many.
    ContainerUnfit,
    /// The document is not what was announced: it ended early, grew, or could not be read.
    ContentChanged,
    /// The bytes are not the document or signature they were said to be.
    ContentMalformed,
    /// The document is larger than this browser or operation can carry.
    ContentTooLarge,
    /// What is at an address could not be fetched.
    DownloadFailed,
    /// The extension is older than what the host works with.
    ExtensionOutdated,
    /// There is a file of that name already.
    FileExists,
    /// A file that everybody relies on, or a folder above it, can be changed by others than the administrator.
    FileInsecure,
    /// The file is an archive: what is in it has to be taken out first.
    FileIsArchive,
    /// The file is a certificate, and a key was looked for.
    FileIsCertificate,
    /// The file is a document, and a key was looked for.
    FileIsDocument,
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
    /// The file is a web page that was saved instead of a file.
    FileIsWebPage,
    /// The file that was named is not there.
    FileNotFound,
    /// The file that was named cannot be read.
    FileUnreadable,
    /// The file cannot be written in this place.
    FileUnwritable,
    /// There is no dialog of the system to choose a folder in.
    FolderDialogMissing,
    /// A file was named where a folder is needed.
    FolderNeeded,
    /// A policy keeps the browser from starting the native host.
    HostBlocked,
    /// The native host is registered for another extension.
    HostForbidden,
    /// What the browser started does not speak as the native host.
    HostGarbled,
    /// The browser found no native host.
    HostMissing,
    /// The browser found a native host, which could not be started or ended at once.
    HostNotStarted,
    /// The host is older than what the extension works with.
    HostOutdated,
    /// The host ended during the operation.
    HostStopped,
    /// The extension was reloaded or updated during the operation.
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
    /// The key file's password was not changed, because parts of the file would be lost.
    KeyFileUnchanged,
    /// The key file's encryption, or a part of it, is of a kind that Tamga does not support.
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
    /// The key's standard is withdrawn: signatures are verified and not made.
    KeyWithdrawn,
    /// A PKCS#11 module crashed, hung, or gave an invalid answer.
    ModuleFailed,
    /// nobody opened it.
    NotAnswered,
    /// The page is not https and not on this computer, or has no origin at all.
    OriginInsecure,
    /// A password is needed, and nobody can be asked for it.
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
    /// The site asks for a kind of signature that this version of Tamga does not make.
    ProfileUnsupported,
    /// There is no dialog of the system to type a PIN in.
    PromptMissing,
    /// The administrator has said through which proxy servers are asked.
    ProxyFixed,
    /// What was given is no address of a proxy for plain HTTP.
    ProxyMalformed,
    /// There is no smart card service on this computer.
    ReadersMissing,
    /// The smart card service is not running.
    ReadersStopped,
    /// The request has an unknown command, an unknown field or a value out of range.
    RequestMalformed,
    /// The administrator has decided otherwise for everybody on this computer.
    SettingFixed,
    /// The signature does not verify.
    SignatureInvalid,
    /// Tamga's own folder cannot be read or written.
    StorageFailed,
    /// An operation did not end before its deadline.
    Timeout,
    /// Another window or program is using the token.
    TokenBusy,
    /// The token is not there, or was removed during the operation.
    TokenRemoved,
    /// The token stores data only and cannot sign.
    TokenStoresOnly,
    /// There is no list of this name, or no address is remembered from which it is fetched.
    TrustListAddressMissing,
    /// The file is no national list, or one of a version that is not read.
    TrustListMalformed,
    /// A list as new as this one, or newer, is kept already.
    TrustListNotNewer,
    /// The next issue of a list should be there, and is not.
    TrustListOutdated,
    /// The signature of a list is not right, could not be checked, or is somebody's who may not sign it.
    TrustListUntrusted,
    /// A defect of Tamga; the cause is in the host's log. Also what a newer half says by a code that this one does not know:
    /// the last one, as serde wants it.
    #[serde(other)]
    Internal,
}

/// What the person can do about a failure: decides which buttons a screen offers.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// The same thing may work when done again.
    Retry,
    /// Nothing can be done in Tamga: the operation has to be started again on the site.
    BeginAgain,
    /// The person has to enter or choose something else.
    Correct,
    /// Something on this computer has to be repaired first.
    Repair,
    /// The extension or the host has to be updated.
    Update,
    /// The site or Tamga has a defect that its developers should hear of.
    Report,
}

impl ErrorCode {
    /// Every code, in the order of the enum.
    pub const ALL: [Self; 95] = [
        Self::AddressRefused,
        Self::Busy,
        Self::Cancelled,
        Self::CertificateExpired,
        Self::CertificateMalformed,
        Self::CertificateMissing,
        Self::CertificateNotAuthority,
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
        Self::DownloadFailed,
        Self::ExtensionOutdated,
        Self::FileExists,
        Self::FileInsecure,
        Self::FileIsArchive,
        Self::FileIsCertificate,
        Self::FileIsDocument,
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
        Self::FolderDialogMissing,
        Self::FolderNeeded,
        Self::HostBlocked,
        Self::HostForbidden,
        Self::HostGarbled,
        Self::HostMissing,
        Self::HostNotStarted,
        Self::HostOutdated,
        Self::HostStopped,
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
        Self::ProfileUnsupported,
        Self::PromptMissing,
        Self::ProxyFixed,
        Self::ProxyMalformed,
        Self::ReadersMissing,
        Self::ReadersStopped,
        Self::RequestMalformed,
        Self::SettingFixed,
        Self::SignatureInvalid,
        Self::StorageFailed,
        Self::Timeout,
        Self::TokenBusy,
        Self::TokenRemoved,
        Self::TokenStoresOnly,
        Self::TrustListAddressMissing,
        Self::TrustListMalformed,
        Self::TrustListNotNewer,
        Self::TrustListOutdated,
        Self::TrustListUntrusted,
        Self::Internal,
    ];

    /// The codes that pages are told. `extension/page/tamga.js` has a sentence for each, and `tamga.d.ts` lists them.
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

    /// The code that a page is told: codes about this computer and the person's keys become `INTERNAL`. Why there is no host
    /// is the person's business.
    pub fn for_page(self) -> Self {
        match self {
            _ if Self::FOR_PAGES.contains(&self) => self,
            Self::ExtensionOutdated => Self::HostOutdated,
            _ if self.is_of_host() => Self::HostMissing,
            _ => Self::Internal,
        }
    }

    /// Whether there is no host that can be talked to.
    pub fn is_of_host(self) -> bool {
        matches!(
            self,
            Self::HostBlocked
                | Self::HostForbidden
                | Self::HostGarbled
                | Self::HostMissing
                | Self::HostNotStarted
                | Self::HostOutdated
        )
    }

    /// What the person can do about it.
    pub fn remedy(self) -> Remedy {
        match self {
            Self::Busy
            | Self::Cancelled
            | Self::DownloadFailed
            | Self::HostStopped
            | Self::NotAnswered
            | Self::Timeout
            | Self::TokenBusy
            | Self::TokenRemoved => Remedy::Retry,
            Self::ContentChanged | Self::ContentTooLarge | Self::Interrupted => Remedy::BeginAgain,
            Self::AddressRefused
            | Self::CertificateExpired
            | Self::CertificateMissing
            | Self::CertificateNotAuthority
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
            | Self::FileIsDocument
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
            | Self::ProxyFixed
            | Self::ProxyMalformed
            | Self::SettingFixed
            | Self::TokenStoresOnly
            | Self::TrustListAddressMissing
            | Self::TrustListMalformed
            | Self::TrustListNotNewer
            | Self::TrustListOutdated
            | Self::TrustListUntrusted => Remedy::Correct,
            Self::FileInsecure
            | Self::FolderDialogMissing
            | Self::HostBlocked
            | Self::HostForbidden
            | Self::HostGarbled
            | Self::HostMissing
            | Self::HostNotStarted
            | Self::ModuleFailed
            | Self::PromptMissing
            | Self::ReadersMissing
            | Self::ReadersStopped
            | Self::StorageFailed => Remedy::Repair,
            Self::ExtensionOutdated | Self::HostOutdated | Self::ProfileUnsupported => {
                Remedy::Update
            }
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
