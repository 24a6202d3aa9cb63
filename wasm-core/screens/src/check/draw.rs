//! How the check page looks.

use super::{Check, FileState, GivenFile, Servers, Stage, messages::Action};
use crate::{
    node::{Element, Handler},
    parts::{self, Weight, alert, button, caution, foreign, paragraph, progress},
};
use tamga_core::{
    asn1_time::written,
    format::SignatureState,
    protocol::{
        CertificateName, CertificateVerdict, CheckReport, CheckRole, CheckWords, CheckedDocument,
        CheckedFile, CheckedSigner, UncheckedReason, VerdictOutcome,
    },
    text::Catalogue,
};

pub(super) fn page(check: &Check) -> Element<Action> {
    let text = &check.text;
    let head = Element::new("header")
        .class("page-head")
        .child(parts::mark())
        .child(Element::new("h1").text(text.plain("check_title")));
    let is_checked = matches!(check.stage, Stage::Checked(..));
    Element::new("main")
        .class("page")
        .child(head)
        .children(trouble(check))
        .child(drop(text))
        .child(work_offline(check))
        .children((!is_checked).then(|| files(check)))
        .children(outcome(check))
        .child(parts::status(said(check)))
}

fn trouble(check: &Check) -> Option<Element<Action>> {
    let failure = check.host.failure()?;
    let again = check.text.plain("button_try_again");
    let again = button(again, Weight::Primary, Action::TryAgain);
    Some(alert(&check.text, failure).child(again))
}

/// Where files are given.
fn drop(text: &Catalogue) -> Element<Action> {
    let label = Element::new("label")
        .class("button primary")
        .attribute("for", "file")
        .text(text.plain("check_choose"));
    let picker = Element::new("input")
        .attribute("type", "file")
        .attribute("id", "file")
        .attribute("class", "unseen")
        .flag("multiple", true)
        .on(Handler::Change(|_| Action::Pick));
    Element::new("div")
        .class("drop")
        .child(picker)
        .child(label)
        .child(paragraph("muted", text.plain("check_drop")))
        .child(paragraph("fine", text.plain("check_stays_here")))
}

/// The switch that keeps servers from being asked.
fn work_offline(check: &Check) -> Element<Action> {
    let switch = Element::new("input")
        .attribute("type", "checkbox")
        .attribute("id", "offline")
        .flag("checked", check.offline == Some(true))
        .flag("disabled", check.offline.is_none())
        .on(Handler::Change(|_| Action::ToggleOffline));
    Element::new("label")
        .class("choice")
        .child(switch)
        .child(Element::new("span").text(check.text.plain("check_offline")))
}

/// What was given, and how far it is.
fn files(check: &Check) -> Element<Action> {
    let rows = check.files.iter().map(|file| row(&check.text, file));
    Element::new("ul").class("given").children(rows)
}

fn row(text: &Catalogue, file: &GivenFile) -> Element<Action> {
    let name = Element::new("span").class("given-name").foreign(&file.name);
    let item = Element::new("li").child(name);
    let said = |key| Element::new("span").class("muted").text(text.plain(key));
    match &file.state {
        FileState::Waiting => item,
        FileState::Reading(bytes) => {
            let label = text.text("check_reading", &[("name", &file.name)]);
            item.child(progress(&label, Some((*bytes, file.size))))
        }
        FileState::Read { role, .. } => item.child(said(match role {
            CheckRole::Signature => "check_role_signature",
            CheckRole::Damaged => "check_role_damaged",
            CheckRole::Evidence => "check_role_evidence",
            CheckRole::Document => "check_role_document",
        })),
        FileState::Failed(failure) => {
            let words = Element::new("span").class("given-failure");
            item.child(words.text(text.error(failure)))
        }
    }
}

fn outcome(check: &Check) -> Vec<Element<Action>> {
    let text = &check.text;
    match &check.stage {
        Stage::Reading => {
            let all_read = !check.files.is_empty() && !check.is_reading();
            let lacks = all_read && check.host.version().is_some() && !check.has_signature();
            let lacks = lacks.then(|| caution(text.plain("check_need_signature")));
            lacks.into_iter().collect()
        }
        Stage::Asked(_) => vec![progress(&text.plain("check_checking"), None)],
        Stage::Failed(failure) => vec![alert(text, failure)],
        Stage::Checked(asked, report, servers) => report_of(check, asked, report, *servers),
    }
}

fn report_of(
    check: &Check,
    asked: &[u32],
    report: &CheckReport,
    servers: Servers,
) -> Vec<Element<Action>> {
    let text = &check.text;
    let words = CheckWords {
        texts: text,
        date: |_, time| written(time),
    };
    let files = report.signatures.iter();
    let files = files.map(|file| checked_file(check, asked, file, servers, &words));
    let mut shown = vec![asking(text, servers)];
    shown.extend(files);
    shown.extend(words.unsigned(report).map(|it| paragraph("muted", it)));
    let version = check.host.version().unwrap_or_default();
    let values = [("time", &*written(report.time)), ("version", version)];
    shown.push(paragraph("fine", text.text("check_made", &values)));
    let named = |key, weight, action| button(text.plain(key), weight, action);
    let buttons = Element::new("div")
        .class("buttons start")
        .child(named("check_print", Weight::Plain, Action::Print))
        .child(named(
            "check_save_report",
            Weight::Plain,
            Action::SaveReport,
        ))
        .child(named("check_again", Weight::Quiet, Action::StartAgain));
    shown.push(buttons);
    shown
}

/// Whether servers are asked. It has its place before anything of it is known, so that nothing moves.
fn asking(text: &Catalogue, servers: Servers) -> Element<Action> {
    let row = Element::new("div").class("asking");
    match servers {
        Servers::Asking => {
            let words = text.plain("check_asking_servers");
            let stop = text.plain("check_stop_asking");
            row.child(progress(&words, None))
                .child(Element::new("span").text(words))
                .child(button(stop, Weight::Quiet, Action::StopAsking))
        }
        Servers::Asked => row.child(paragraph("muted", text.plain("check_servers_asked"))),
        Servers::NotAsked => row.child(paragraph("muted", text.plain("check_servers_not_asked"))),
    }
}

fn checked_file(
    check: &Check,
    asked: &[u32],
    file: &CheckedFile,
    servers: Servers,
    words: &CheckWords<'_>,
) -> Element<Action> {
    let text = words.texts;
    let number = usize::try_from(file.file).ok();
    let number = number.and_then(|index| asked.get(index)).copied();
    let extracted = check.extracted.as_ref();
    let extracted = extracted.filter(|(file, _)| Some(*file) == number);
    let extracted = extracted.map(|(_, outcome)| match outcome {
        Ok(()) => paragraph("muted", text.plain("check_extracted")).attribute("role", "status"),
        Err(failure) => alert(text, failure),
    });
    let has_inside = matches!(file.document, CheckedDocument::Inside { .. });
    let extract = has_inside.then(|| {
        let extract = Action::Extract(file.file);
        let extract = button(text.plain("check_extract"), Weight::Plain, extract);
        Element::new("div").class("buttons start").child(extract)
    });
    let none = file.form.is_some() && file.signers.is_empty();
    let none = none.then(|| caution(text.plain("check_no_signers")));
    let trailing = file.trailing_bytes.map(|count| {
        let values = [("count", &*count.to_string())];
        caution(text.text("cli_trailing_bytes", &values))
    });
    let signers = file.signers.iter().map(|it| signer(it, servers, words));
    Element::new("section")
        .class("part")
        .child(Element::new("h2").foreign(&file.name))
        .child(match file.form {
            Some(_) => paragraph("checked-document", words.document(file)),
            None => caution(words.document(file)),
        })
        .children(extract)
        .children(extracted)
        .children(trailing)
        .children(none)
        .children(signers)
}

fn signer(signer: &CheckedSigner, servers: Servers, words: &CheckWords<'_>) -> Element<Action> {
    let text = words.texts;
    let class = match signer.state {
        // Of a document that is signed in part, somebody may have changed the rest.
        SignatureState::Valid if !signer.covered.is_empty() => "signer warn",
        SignatureState::Valid => "signer good",
        SignatureState::Invalid => "signer bad",
        SignatureState::Unchecked => "signer warn",
    };
    let line = |words: String| paragraph("signer-line", words);
    let times = words.times(signer).into_iter().map(line);
    let certificate = signer.certificate.as_ref();
    let more = [
        words.trust(signer),
        words.warnings(signer),
        words.added(signer),
    ]
    .concat();
    let is_asked = servers == Servers::Asking && words.is_open(signer);
    let headline = match is_asked {
        true => text.plain("check_asking"),
        false => words.headline(signer),
    };
    let details = Element::new("details")
        .child(Element::new("summary").text(text.plain("check_details")))
        .child(line(words.level(signer)))
        .children(certificate.map(|it| chain(text, it)))
        .children(more.into_iter().map(line));
    Element::new("article")
        .class(class)
        .child(Element::new("h3").text(headline))
        .child(foreign("signer-owner", &words.owner(signer)))
        .child(why(signer, is_asked, words))
        .children(times)
        .child(details)
}

/// Why it is so, and what can be done. There is room for it before servers have answered.
fn why(signer: &CheckedSigner, is_asked: bool, words: &CheckWords<'_>) -> Element<Action> {
    let place = Element::new("div").class("signer-why");
    if is_asked {
        return place;
    }
    let line = |words: String| paragraph("signer-line", words);
    let step = words.next_step(signer);
    place
        .children(words.causes(signer).into_iter().map(line))
        .children(words.revocation(signer).into_iter().map(line))
        .children(step.map(|step| paragraph("signer-step", step)))
}

/// The certificates from the signer's to the trusted one, and where that breaks off.
fn chain(text: &Catalogue, verdict: &CertificateVerdict) -> Element<Action> {
    let broken = broken(verdict);
    let link = |certificate: &CertificateName| {
        let owner = Element::new("span").foreign(&certificate.owner);
        let is_broken = broken == Some(&*certificate.id);
        let item = Element::new("li").class(if is_broken { "broken" } else { "" });
        let mark = is_broken.then(|| mark(text));
        item.child(owner).children(mark)
    };
    let links = verdict.path.iter().map(link);
    let missing = missing(verdict).map(|issuer| {
        let owner = Element::new("span").foreign(issuer);
        let item = Element::new("li").class("broken missing").child(owner);
        item.child(mark(text))
    });
    Element::new("ol")
        .class("chain")
        .attribute("aria-label", text.plain("check_chain"))
        .children(links)
        .children(missing)
}

fn mark(text: &Catalogue) -> Element<Action> {
    let mark = Element::new("strong").class("chain-mark");
    mark.text(text.plain("check_chain_broken"))
}

/// The id of the certificate that is not good.
fn broken(verdict: &CertificateVerdict) -> Option<&str> {
    let (reason, about) = match &verdict.outcome {
        VerdictOutcome::Valid {} => return None,
        VerdictOutcome::Invalid { about, .. } => (None, about),
        VerdictOutcome::Unchecked { about, reason, .. } => (Some(reason), about),
    };
    match reason {
        Some(UncheckedReason::IssuerMissing { .. }) => None,
        _ => Some(&about.as_ref().unwrap_or(&verdict.certificate).id),
    }
}

/// The name of the issuer that is not there.
fn missing(verdict: &CertificateVerdict) -> Option<&str> {
    match &verdict.outcome {
        VerdictOutcome::Unchecked {
            reason: UncheckedReason::IssuerMissing { issuer },
            ..
        } => Some(issuer),
        _ => None,
    }
}

/// What a screen reader hears when it is done.
fn said(check: &Check) -> String {
    let Stage::Checked(_, report, servers) = &check.stage else {
        return String::new();
    };
    if *servers == Servers::Asking {
        return check.text.plain("check_asking_servers");
    }
    let words = CheckWords {
        texts: &check.text,
        date: |_, time| written(time),
    };
    let signers = report.signatures.iter().flat_map(|file| &file.signers);
    let said = signers.map(|it| [&words.owner(it), ": ", &words.headline(it)].concat());
    said.collect::<Vec<_>>().join(". ")
}
