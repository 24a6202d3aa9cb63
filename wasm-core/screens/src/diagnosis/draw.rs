//! How the diagnosis page looks.

use super::{DiagnosisPage, Stage, messages::Action};
use crate::{
    node::Element,
    parts::{self, Weight, alert, button, paragraph, progress},
};
use tamga_core::{
    protocol::{Diagnosis, Finding, Severity},
    text::Catalogue,
};

pub(super) fn page(page: &DiagnosisPage) -> Element<Action> {
    let text = &page.text;
    let head = Element::new("header")
        .class("page-head")
        .child(parts::mark())
        .child(Element::new("h1").text(text.plain("diagnosis_title")));
    Element::new("main")
        .class("page")
        .child(head)
        .child(page.host.line(text))
        .children(outcome(page))
        .child(report(page))
        .child(parts::status(said(page)))
}

/// What the browser says, or what the host found.
fn outcome(page: &DiagnosisPage) -> Vec<Element<Action>> {
    let text = &page.text;
    let again = |weight| button(text.plain("button_try_again"), weight, Action::TryAgain);
    if let Some(failure) = page.host.failure() {
        let looks = paragraph("fine", text.plain("host_looked_for"));
        return vec![
            alert(text, failure)
                .child(looks)
                .child(again(Weight::Primary)),
        ];
    }
    match &page.stage {
        Stage::Asked => vec![progress(&text.plain("diagnosis_running"), None)],
        Stage::Failed(failure) => vec![alert(text, failure).child(again(Weight::Primary))],
        Stage::Found(diagnosis) => {
            let repair = || button(text.plain("button_repair"), Weight::Primary, Action::Repair);
            let buttons = Element::new("div")
                .class("buttons start")
                .children(diagnosis.is_repairable().then(repair))
                .child(again(Weight::Plain));
            found(text, diagnosis).chain([buttons]).collect()
        }
    }
}

fn found(text: &Catalogue, diagnosis: &Diagnosis) -> impl Iterator<Item = Element<Action>> {
    let repaired = diagnosis.repaired.iter().map(|finding| {
        let what = text.fault("fault_", finding);
        let what = text.text("doctor_repaired", &[("what", &what)]);
        notice("notice good", what)
    });
    let healthy = diagnosis.findings.is_empty();
    let healthy = healthy.then(|| notice("notice good", text.plain("doctor_healthy")));
    let findings = diagnosis
        .findings
        .iter()
        .map(|finding| fault(text, finding));
    repaired.chain(healthy).chain(findings)
}

/// What is wrong, what it means, and one repair.
fn fault(text: &Catalogue, finding: &Finding) -> Element<Action> {
    let class = match finding.code.severity() {
        Severity::Fault => "notice bad",
        Severity::Note => "notice plain",
    };
    let part = |class, prefix| paragraph(class, text.fault(prefix, finding));
    notice(class, text.fault("fault_", finding))
        .child(part("notice-help", "fault_means_"))
        .child(part("notice-help repair", "fault_repair_"))
}

fn notice(class: &'static str, what: String) -> Element<Action> {
    let notice = Element::new("div").class(class);
    notice.child(paragraph("notice-what", what))
}

/// What is in it is on the page before it is copied.
fn report(page: &DiagnosisPage) -> Element<Action> {
    let text = &page.text;
    let copied = page
        .copied
        .then(|| paragraph("muted", text.plain("copied")));
    let copy = button(
        text.plain("button_copy_report"),
        Weight::Plain,
        Action::Copy,
    );
    let buttons = Element::new("div")
        .class("buttons start")
        .child(copy)
        .children(copied);
    let title = Element::new("h2").text(text.plain("diagnosis_report"));
    let lines = Element::new("pre").class("report").text(page.report());
    Element::new("section")
        .class("diagnosis-report")
        .child(title)
        .child(paragraph("muted", text.plain("diagnosis_report_hint")))
        .child(lines)
        .child(buttons)
}

/// For screen readers, whose users do not see what has appeared.
fn said(page: &DiagnosisPage) -> String {
    let text = &page.text;
    match &page.stage {
        Stage::Found(diagnosis) if !diagnosis.findings.is_empty() => {
            let count = u64::try_from(diagnosis.findings.len()).unwrap_or(u64::MAX);
            text.counted("diagnosis_found", count)
        }
        Stage::Found(_) => text.plain("doctor_healthy"),
        Stage::Asked | Stage::Failed(_) => String::new(),
    }
}
