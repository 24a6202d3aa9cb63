//! What keeps Tamga from working on a computer, as the host finds it and a page of the extension shows it. No site learns
//! of it.

use serde::{Deserialize, Serialize};

/// The most findings in one answer.
pub const MAX_FINDINGS: usize = 200;

/// A fault of a computer. Codes are forever: append, never rename or remove. The catalogue says of each what is wrong
/// (`fault_CODE`), what that means (`fault_means_CODE`) and how it is put right (`fault_repair_CODE`).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FaultCode {
    /// A program of the browser is for another kind of processor than the host.
    BrowserMachine,
    /// The browser runs under a profile of AppArmor's, SELinux's or Firejail's.
    BrowserConfined,
    /// The browser is in a package that starts no programs outside of it.
    BrowserSandboxed,
    /// Another program has a card for itself.
    CardHeld,
    /// The computer's clock is behind what this version knows.
    ClockBehind,
    /// The system starts signed programs only.
    ClosedEnvironment,
    /// A policy keeps the extension out of a browser.
    ExtensionBlocked,
    /// The extension is of an earlier version than the host.
    ExtensionOlder,
    /// A policy keeps the host from being started.
    HostBlocked,
    /// The host is of an earlier version than the extension.
    HostOlder,
    /// The environment puts other libraries in the place of the system's.
    LibrariesReplaced,
    /// The file that tells a browser where the host is lets other extensions in than Tamga's, or cannot be read.
    ManifestDamaged,
    /// It names another program, or one that is gone.
    ManifestElsewhere,
    /// An old one of the person's hides a good one for everybody.
    ManifestHidesPackage,
    /// There is none.
    ManifestMissing,
    /// There is one for root alone.
    ManifestOfRoot,
    /// A PKCS#11 module crashes or hangs.
    ModuleFails,
    /// A PKCS#11 module is for another kind of processor than the host.
    ModuleMachine,
    /// A PKCS#11 module needs a version of the C library that is not there.
    ModuleTooNew,
    /// Firefox is told to start hosts through a portal although it is in no sandbox.
    PortalForced,
    /// The desktop has no portal through which a browser in a sandbox could start the host.
    PortalMissing,
    /// The person once refused that a browser in a sandbox starts the host.
    PortalRefused,
    /// Processes of other people are hidden, and so from the smart card service.
    ProcessesHidden,
    /// Nothing can be started where the host, or a module, is.
    ProgramNotExecutable,
    /// The proxy that the environment names cannot be used.
    ProxyUnusable,
    /// A reader is plugged in that the smart card service has no driver for.
    ReaderDriverMissing,
    /// A modem is among the readers.
    ReaderIsModem,
    /// Another program for signatures is registered.
    RivalRegistered,
    /// There is no smart card service.
    ServiceMissing,
    /// The smart card service refuses this person.
    ServiceRefuses,
    /// The smart card service does not run.
    ServiceStopped,
}

/// How much a fault matters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Severity {
    /// Something does not work.
    Fault,
    /// It explains something, should something not work.
    Note,
}

/// A fault that was found.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Which.
    pub code: FaultCode,
    /// What it is about: the browser, the reader, the module, the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub subject: Option<String>,
    /// The file or folder in question, without names of people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub place: Option<String>,
    /// Whether `diagnose` repairs it, if it is to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(any(test, feature = "typescript"), ts(as = "Option<bool>", optional))]
    pub repairable: bool,
}

/// Something about the computer that whoever helps wants to know; both in English.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// What.
    pub name: String,
    /// How it is.
    pub value: String,
}

/// What the host found out about the computer.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// What is wrong, faults first, at most [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
    /// What was repaired before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        any(test, feature = "typescript"),
        ts(as = "Option<Vec<Finding>>", optional)
    )]
    pub repaired: Vec<Finding>,
    /// What there is.
    pub facts: Vec<Fact>,
}

impl FaultCode {
    /// All of them, faults before notes, what keeps more from working first.
    pub const ALL: [Self; 31] = [
        Self::ManifestMissing,
        Self::ManifestElsewhere,
        Self::ManifestHidesPackage,
        Self::ManifestDamaged,
        Self::ManifestOfRoot,
        Self::BrowserSandboxed,
        Self::PortalMissing,
        Self::PortalRefused,
        Self::PortalForced,
        Self::HostBlocked,
        Self::ExtensionBlocked,
        Self::ProgramNotExecutable,
        Self::ClosedEnvironment,
        Self::BrowserMachine,
        Self::ServiceMissing,
        Self::ServiceStopped,
        Self::ServiceRefuses,
        Self::ProcessesHidden,
        Self::ReaderDriverMissing,
        Self::CardHeld,
        Self::ModuleMachine,
        Self::ModuleTooNew,
        Self::ModuleFails,
        Self::ClockBehind,
        Self::ProxyUnusable,
        Self::HostOlder,
        Self::ExtensionOlder,
        Self::LibrariesReplaced,
        Self::BrowserConfined,
        Self::ReaderIsModem,
        Self::RivalRegistered,
    ];

    /// As it is on the wire.
    pub fn name(self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value.as_str().unwrap_or_default().to_owned()
    }

    /// How much it matters.
    pub fn severity(self) -> Severity {
        match self {
            Self::HostOlder
            | Self::ExtensionOlder
            | Self::LibrariesReplaced
            | Self::BrowserConfined
            | Self::ReaderIsModem
            | Self::RivalRegistered => Severity::Note,
            _ => Severity::Fault,
        }
    }
}

impl Diagnosis {
    /// Whether something does not work.
    pub fn has_faults(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|finding| finding.code.severity() == Severity::Fault)
    }

    /// Whether something can be repaired.
    pub fn is_repairable(&self) -> bool {
        self.findings.iter().any(|finding| finding.repairable)
    }

    /// For whoever helps: a fact or a finding a line. There are no names of people in them.
    pub fn report(&self) -> String {
        let facts = self
            .facts
            .iter()
            .map(|fact| format!("{} {}", fact.name, fact.value));
        let findings = self.findings.iter().map(|finding| {
            let parts = [&finding.subject, &finding.place].into_iter().flatten();
            parts.fold(finding.code.name(), |line, part| {
                [&line, " ", part].concat()
            })
        });
        facts.chain(findings).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// They are in reports of people, and in what others wrote about them.
    const CODES: &str = "MANIFEST_MISSING MANIFEST_ELSEWHERE MANIFEST_HIDES_PACKAGE MANIFEST_DAMAGED MANIFEST_OF_ROOT \
        BROWSER_SANDBOXED PORTAL_MISSING PORTAL_REFUSED PORTAL_FORCED HOST_BLOCKED EXTENSION_BLOCKED \
        PROGRAM_NOT_EXECUTABLE CLOSED_ENVIRONMENT BROWSER_MACHINE SERVICE_MISSING SERVICE_STOPPED SERVICE_REFUSES \
        PROCESSES_HIDDEN READER_DRIVER_MISSING CARD_HELD MODULE_MACHINE MODULE_TOO_NEW MODULE_FAILS CLOCK_BEHIND \
        PROXY_UNUSABLE HOST_OLDER EXTENSION_OLDER LIBRARIES_REPLACED BROWSER_CONFINED READER_IS_MODEM RIVAL_REGISTERED";

    #[test]
    fn codes_stay_and_notes_come_last() {
        let names: Vec<String> = FaultCode::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.join(" "), CODES);
        let severities = FaultCode::ALL.map(FaultCode::severity);
        let first_note = severities.iter().position(|it| *it == Severity::Note);
        assert!(
            severities[first_note.unwrap()..]
                .iter()
                .all(|it| *it == Severity::Note)
        );
    }

    #[test]
    fn a_report_is_a_line_for_each_fact_and_finding() {
        let finding = |code, subject: Option<&str>, place: Option<&str>| Finding {
            code,
            subject: subject.map(str::to_owned),
            place: place.map(str::to_owned),
            repairable: false,
        };
        let diagnosis = Diagnosis {
            findings: vec![
                finding(
                    FaultCode::ManifestMissing,
                    Some("Firefox"),
                    Some("~/.mozilla/a.json"),
                ),
                finding(FaultCode::ServiceStopped, None, None),
            ],
            repaired: Vec::new(),
            facts: vec![Fact {
                name: "system".to_owned(),
                value: "Debian 12".to_owned(),
            }],
        };
        assert!(diagnosis.has_faults() && !diagnosis.is_repairable());
        let lines = "system Debian 12\nMANIFEST_MISSING Firefox ~/.mozilla/a.json\nSERVICE_STOPPED";
        assert_eq!(diagnosis.report(), lines);
    }
}
