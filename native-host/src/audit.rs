//! The audit log: what becomes of each document, told to the log of the system for whoever administers this computer. Off
//! unless the administrator's settings turn it on; a person can neither turn it off nor read what is another's there.
//!
//! An entry has the time, the site, the certificate and its serial number, the digest and the outcome. Names of documents
//! and people, passwords and PINs are in none. A log that cannot be written keeps nobody from signing.

#[cfg(unix)]
mod syslog;

use crate::{record::day, settings::administrator::Administrator};
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};
use tamga_core::{algorithm::Digest, failure::ErrorCode, origin::Origin};

/// The longest entry, in bytes: syslog daemons need not take more (RFC 3164 section 4.1).
const MAX_ENTRY: usize = 1024;
/// The longest serial number, in bytes of hexadecimal; those that follow RFC 5280 have 40 at most.
const MAX_SERIAL: usize = 80;
/// The outcome of what was signed.
const SIGNED: &str = "SIGNED";

/// The log of the system, if signatures are told to it.
#[derive(Debug)]
pub struct AuditLog {
    is_on: bool,
    /// It did not take an entry: for the rest of the request it is not waited for again.
    is_stuck: AtomicBool,
}

/// What becomes of a document.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// Unix seconds.
    pub time: u64,
    /// The origin of the frame that asked; none at a terminal.
    pub origin: Option<Origin>,
    /// The origin in the address bar, where it was another.
    pub top_origin: Option<Origin>,
    /// The certificate's id: SHA-256 of its DER.
    pub certificate: String,
    /// Its serial number; none where the key could not be unlocked.
    pub serial: Option<String>,
    /// Of the document; none where there is no document yet, or it could not be read.
    pub digest: Option<Digest>,
}

/// An entry as it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a Origin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_origin: Option<&'a Origin>,
    certificate: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<&'a Digest>,
    outcome: String,
}

impl AuditLog {
    /// The log as the administrator has it.
    pub fn of(settings: &Administrator) -> Self {
        Self {
            is_on: settings.audit_log,
            is_stuck: AtomicBool::new(false),
        }
    }

    /// Writes what became of a document: why it was not signed, or that it was.
    pub fn write(&self, entry: &AuditEntry, failure: Option<ErrorCode>) {
        if !self.is_on || self.is_stuck.load(Ordering::Relaxed) {
            return;
        }
        if let Err(error) = send(&entry.written(failure), failure.is_some()) {
            self.is_stuck.store(true, Ordering::Relaxed);
            tracing::warn!(%error, "the audit log cannot be written");
        }
    }
}

impl AuditEntry {
    fn written(&self, failure: Option<ErrorCode>) -> String {
        // What the extension calls a certificate has not been seen yet where the key could not be unlocked.
        let is_id = |id: &&str| id.len() == 64 && id.bytes().all(|it| it.is_ascii_hexdigit());
        let id = Some(&*self.certificate).filter(is_id);
        let serial = self.serial.as_deref();
        let written = Written {
            time: day(self.time).replace(' ', "T") + "Z",
            origin: self.origin.as_ref(),
            top_origin: self.top_origin.as_ref(),
            certificate: id.unwrap_or("-"),
            serial: serial.map(|it| it.get(..MAX_SERIAL).unwrap_or(it)),
            digest: self.digest.as_ref(),
            outcome: failure.map_or_else(|| SIGNED.to_owned(), ErrorCode::name),
        };
        let json = serde_json::to_string(&written).unwrap_or_default();
        debug_assert!(json.len() <= MAX_ENTRY, "every part is bounded");
        json
    }
}

#[cfg(unix)]
fn send(entry: &str, is_failure: bool) -> std::io::Result<()> {
    syslog::send(&syslog::socket(), entry, is_failure)
}

/// The Application log of Windows.
#[cfg(windows)]
fn send(entry: &str, is_failure: bool) -> std::io::Result<()> {
    tamga_foreign::event_log::report("Tamga", entry, is_failure)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixDatagram;
    use tamga_core::algorithm::DigestAlgorithm;

    fn entry() -> AuditEntry {
        AuditEntry {
            time: 1_800_000_000,
            origin: Some(Origin::parse("https://shop.example").unwrap()),
            top_origin: None,
            certificate: "0a".repeat(32),
            serial: Some("01ab".to_owned()),
            digest: Some(DigestAlgorithm::Sha256.digest(b"abc")),
        }
    }

    #[test]
    fn an_entry_is_one_line_of_json() {
        let json = format!(
            r#"{{"time":"2027-01-15T08:00:00Z","origin":"https://shop.example","certificate":"{}","serial":"01ab","digest":{{"algorithm":"SHA-256","value":"{}"}},"outcome":"SIGNED"}}"#,
            "0a".repeat(32),
            DigestAlgorithm::Sha256.digest(b"abc").hex(),
        );
        assert_eq!(entry().written(None), json);
        let failed = AuditEntry {
            origin: None,
            certificate: "a\n".repeat(5000),
            serial: None,
            digest: None,
            ..entry()
        };
        let json = r#"{"time":"2027-01-15T08:00:00Z","certificate":"-","outcome":"PIN_WRONG"}"#;
        assert_eq!(failed.written(Some(ErrorCode::PinWrong)), json);
    }

    #[test]
    fn the_longest_entry_fits() {
        let origin = |name: &str| Origin::parse(&format!("https://{}", name.repeat(262))).ok();
        let longest = AuditEntry {
            origin: origin("a"),
            top_origin: origin("b"),
            serial: Some("f".repeat(5000)),
            digest: Some(DigestAlgorithm::Streebog512.digest(b"")),
            ..entry()
        };
        assert!(longest.origin.is_some());
        let written = longest.written(Some(ErrorCode::TrustListAddressMissing));
        let tag = syslog::message("", true).len();
        assert!(written.len() + tag <= MAX_ENTRY, "{}", written.len());
    }

    #[test]
    fn an_entry_is_a_message_of_syslog() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        assert!(syslog::send(&path, "{}", false).is_err());
        let log = UnixDatagram::bind(&path).unwrap();
        for (is_failure, priority) in [(false, "<86>"), (true, "<84>")] {
            syslog::send(&path, r#"{"a":1}"#, is_failure).unwrap();
            let mut message = [0; MAX_ENTRY];
            let length = log.recv(&mut message).unwrap();
            let message = std::str::from_utf8(&message[..length]).unwrap();
            let (tag, entry) = message.split_once(": ").unwrap();
            assert_eq!(entry, r#"{"a":1}"#);
            assert!(
                tag.starts_with(&[priority, "tamga-host["].concat()),
                "{tag}"
            );
        }
    }
}
