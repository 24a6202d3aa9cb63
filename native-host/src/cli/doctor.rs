//! Finding out what keeps Tamga from working on this computer, and repairing it.

use super::{Outcome, console::Console};
use crate::{
    doctor::{self, system::System},
    failure::Error,
    session::HostContext,
};
use clap::Args;
use tamga_core::{
    pkcs12::Cancel,
    protocol::{Finding, Severity},
    text::Catalogue,
};

/// What is done about it.
#[derive(Args, Debug)]
pub(super) struct Request {
    /// Repair what is in your own files of Tamga. Nothing else is changed.
    #[arg(long)]
    fix: bool,
}

/// `tamga-host doctor`
pub(super) fn doctor(
    request: &Request,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let system = System::examined(context, None, &Cancel::default())?;
    let diagnosis = match request.fix {
        true => doctor::repair(&system)?,
        false => doctor::examine(&system),
    };
    console.result(&diagnosis, |texts| {
        let repaired = diagnosis.repaired.iter().map(|finding| {
            let what = texts.fault("fault_", finding);
            texts.text("doctor_repaired", &[("what", &what)])
        });
        let findings = diagnosis
            .findings
            .iter()
            .map(|finding| paragraph(finding, texts));
        let mut lines: Vec<String> = repaired.chain(findings).collect();
        if diagnosis.findings.is_empty() {
            lines.push(texts.plain("doctor_healthy"));
        }
        if diagnosis.is_repairable() {
            lines.push(texts.plain("cli_doctor_fix"));
        }
        lines
    });
    Ok(match diagnosis.has_faults() {
        true => Outcome::Failed,
        false => Outcome::Done,
    })
}

fn paragraph(finding: &Finding, texts: &Catalogue) -> String {
    let heading = match finding.code.severity() {
        Severity::Fault => "cli_doctor_fault",
        Severity::Note => "cli_doctor_note",
    };
    let what = texts.fault("fault_", finding);
    let lines = [
        texts.text(heading, &[("what", &what), ("code", &finding.code.name())]),
        texts.fault("fault_means_", finding),
        texts.fault("fault_repair_", finding),
    ];
    [&lines.join("\n  "), "\n"].concat()
}
