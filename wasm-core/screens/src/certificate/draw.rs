//! How the page of a certificate looks.

use super::{
    CertificatePage, Details,
    messages::{Action, Form},
    shown::Shown,
};
use crate::{
    certificate_card::{label, reason, usage_words},
    certificate_face::{about, home_words, validity},
    node::{Element, Handler},
    parts::{self, Weight, alert, button, paragraph},
    verdict,
    wording::{date, name},
};
use tamga_core::{
    certificate::{CertificateDetails, CertificateView, NameEntry},
    protocol::{CertificateVerdict, UncheckedReason, VerdictOutcome},
    text::Catalogue,
};

/// A line: what it is called in the catalogue or a name's label, and what it says.
type Row = (String, String);

pub(super) fn page(page: &CertificatePage) -> Element<Action> {
    let main = Element::new("main").class("page").children(trouble(page));
    let Some(shown) = &page.known else {
        return main
            .child(head(&page.text.plain("certificate_title")))
            .children(absent(page));
    };
    let owner = name(&shown.view.owner);
    let main = main.child(head(&owner)).child(standing(page, shown));
    let main = match &page.details {
        Details::Unread | Details::Asked => main.child(parts::progress(
            &page.text.plain("certificate_reading"),
            None,
        )),
        Details::Failed(failure) => main.child(alert(&page.text, failure)),
        Details::Read(details) => main.children(facts(page, shown, details)),
    };
    let said = page.copied.as_ref().map(|_| page.text.plain("copied"));
    main.child(parts::status(said.unwrap_or_default()))
}

fn head(words: &str) -> Element<Action> {
    let heading = Element::new("h1").foreign(words);
    Element::new("header")
        .class("page-head")
        .child(parts::mark())
        .child(heading)
}

fn trouble(page: &CertificatePage) -> Option<Element<Action>> {
    let (text, failure) = (&page.text, page.host.failure()?);
    let again = button(
        text.plain("button_try_again"),
        Weight::Plain,
        Action::TryAgain,
    );
    let help = button(
        text.plain("button_host_help"),
        Weight::Primary,
        Action::OpenOptions,
    );
    let buttons = Element::new("div")
        .class("buttons")
        .child(again)
        .child(help);
    let looks = paragraph("fine", text.plain("host_looked_for"));
    Some(alert(text, failure).child(looks).child(buttons))
}

/// It may be on a token that is not there, or is still being read.
fn absent(page: &CertificatePage) -> Option<Element<Action>> {
    let text = &page.text;
    if page.host.failure().is_some() {
        return None;
    }
    Some(match page.host.lists() {
        false => parts::progress(&text.plain("certificate_reading"), None),
        true => paragraph("muted", text.plain("certificate_absent")).attribute("role", "status"),
    })
}

/// How it stands, and what can be done with it.
fn standing(page: &CertificatePage, shown: &Shown) -> Element<Action> {
    let text = &page.text;
    let about = about(text, &shown.view);
    let about = (!about.is_empty()).then(|| paragraph("muted", about));
    let validity = validity(text, &shown.view, shown.standing);
    let line = Element::new("p").class("standing");
    let line = line.child(
        Element::new("span")
            .class(validity.class)
            .text(validity.words),
    );
    let verdict = page.verdict.as_deref();
    let verdict = verdict.map(|it| verdict::whole(text, it));
    let hidden = page.inventory.hides(&page.id);
    let meaning = hidden.then(|| paragraph("fine", text.plain("certificate_hidden")));
    let hide = match hidden {
        true => button(
            text.plain("button_unhide"),
            Weight::Plain,
            Action::Hide(false),
        ),
        false => button(text.plain("button_hide"), Weight::Quiet, Action::Hide(true)),
    };
    let forms = [
        ("button_save_der", Form::Der, true),
        ("button_save_pem", Form::Pem, true),
        ("button_save_chain", Form::Chain, page.has_chain()),
    ];
    let saves = forms.into_iter().filter(|(.., offered)| *offered);
    let saves =
        saves.map(|(label, form, _)| button(text.plain(label), Weight::Plain, Action::Save(form)));
    let buttons = Element::new("div")
        .class("buttons start")
        .children(saves)
        .children(shown.has_key.then_some(hide));
    Element::new("section")
        .key("standing")
        .class("part")
        .attribute("aria-label", text.plain("certificate_title"))
        .children(about)
        .child(line)
        .children(shown.untold_problem.map(|problem| reason(text, problem)))
        .children((!shown.has_key).then(|| without_key(page)))
        .children(verdict)
        .children(page.missing_issuer())
        .child(buttons)
        .child(paragraph("fine", text.plain("save_meaning")))
        .children(meaning)
}

/// What it means that there is no key, and what to do.
fn without_key(page: &CertificatePage) -> Element<Action> {
    let text = &page.text;
    let help = paragraph("notice-help", page.inventory.how_to_bind(text));
    Element::new("div")
        .key("without-key")
        .class("notice warn")
        .attribute("role", "note")
        .child(paragraph("notice-what", text.plain("certificate_unbound")))
        .child(help)
}

fn facts(
    page: &CertificatePage,
    shown: &Shown,
    details: &CertificateDetails,
) -> Vec<Element<Action>> {
    let (text, view) = (&page.text, &shown.view);
    let parts = [
        ("part_owner", owner_rows(text, view, details)),
        ("part_place", place_rows(page, shown)),
        ("part_term", term_rows(text, view)),
        ("part_purpose", purpose_rows(text, view, details)),
        ("part_issuer", name_rows(text, &details.issuer_details)),
        ("part_technical", technical_rows(text, view, details)),
        ("part_addresses", address_rows(text, details)),
    ];
    let parts = parts.into_iter().filter(|(_, rows)| !rows.is_empty());
    let mut drawn: Vec<_> = parts
        .map(|(title, rows)| part(text, title).child(list(page, rows)))
        .collect();
    let place = drawn.len().min(5);
    drawn.insert(place, chain(page, shown, details));
    drawn.push(report(page));
    drawn
}

fn part(text: &Catalogue, title: &'static str) -> Element<Action> {
    let heading = Element::new("h2")
        .attribute("id", title)
        .text(text.plain(title));
    Element::new("section")
        .key(title)
        .class("part")
        .attribute("aria-labelledby", title)
        .child(heading)
}

fn name_rows(text: &Catalogue, entries: &[NameEntry]) -> Vec<Row> {
    let entries = entries.iter();
    let rows = entries.map(|entry| (label(text, &entry.label), entry.value.clone()));
    rows.collect()
}

fn owner_rows(text: &Catalogue, view: &CertificateView, details: &CertificateDetails) -> Vec<Row> {
    let holder = view.holder.map(|it| text.word("holder_", it));
    let identification = view.identification.map(|it| text.word("identified_", it));
    let mut rows = name_rows(text, &view.owner_details);
    rows.extend(worded(
        text,
        [
            ("detail_other_names", details.other_names.join("\n")),
            ("detail_holder", holder.unwrap_or_default()),
            ("detail_identification", identification.unwrap_or_default()),
        ],
    ));
    rows
}

fn place_rows(page: &CertificatePage, shown: &Shown) -> Vec<Row> {
    let text = &page.text;
    if !shown.has_key {
        return Vec::new();
    }
    let places = page.keys().map(|key| home_words(text, &key.entry.location));
    let places: Vec<String> = places.collect();
    let words = match places.is_empty() {
        true => text.plain("place_away"),
        false => places.join("\n"),
    };
    worded(text, [("detail_home", words)])
}

fn term_rows(text: &Catalogue, view: &CertificateView) -> Vec<Row> {
    let [from, until] = [view.not_before, view.not_after].map(|it| date(text, it));
    let validity = text.text("validity", &[("from", &from), ("until", &until)]);
    let key_until = view.key_until.map(|seconds| {
        let until = date(text, seconds);
        text.text("key_validity", &[("until", &until)])
    });
    let key_until = key_until.unwrap_or_default();
    worded(
        text,
        [
            ("detail_validity", validity),
            ("detail_key_validity", key_until),
        ],
    )
}

fn purpose_rows(
    text: &Catalogue,
    view: &CertificateView,
    details: &CertificateDetails,
) -> Vec<Row> {
    worded(
        text,
        [
            ("detail_usage", usage_words(text, view)),
            ("detail_other_usages", details.unnamed_usages.join("\n")),
            (
                "detail_tool_class",
                view.tool_class.clone().unwrap_or_default(),
            ),
            ("detail_policies", details.policies.join("\n")),
            (
                "detail_signing_tool",
                view.signing_tool.clone().unwrap_or_default(),
            ),
            (
                "detail_issuer_tool",
                view.issuer_tool.clone().unwrap_or_default(),
            ),
        ],
    )
}

fn technical_rows(
    text: &Catalogue,
    view: &CertificateView,
    details: &CertificateDetails,
) -> Vec<Row> {
    worded(
        text,
        [
            ("detail_serial", view.serial.clone()),
            ("detail_key", view.key_words(text)),
            ("detail_signature", details.signature.clone()),
            ("detail_sha1", details.sha1.clone()),
            ("detail_sha256", details.sha256.clone()),
            ("detail_subject_key", details.subject_key.clone()),
            ("detail_authority_key", details.authority_key.clone()),
            ("detail_version", details.version.to_string()),
        ],
    )
}

fn address_rows(text: &Catalogue, details: &CertificateDetails) -> Vec<Row> {
    worded(
        text,
        [
            (
                "detail_revocation_lists",
                details.revocation_lists.join("\n"),
            ),
            ("detail_responders", details.responders.join("\n")),
            ("detail_issuers", details.issuers.join("\n")),
        ],
    )
}

/// Those that say something.
fn worded<const N: usize>(text: &Catalogue, rows: [(&str, String); N]) -> Vec<Row> {
    let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
    rows.map(|(label, value)| (text.plain(label), value))
        .collect()
}

/// Each line with a button that copies it.
fn list(page: &CertificatePage, rows: Vec<Row>) -> Element<Action> {
    let rows = rows.into_iter().flat_map(|(label, value)| {
        let copy = copy(page, &label, &value);
        let lines = value.lines().map(|line| Element::new("p").foreign(line));
        let words = Element::new("div").class("fact").children(lines);
        let value = Element::new("dd").child(words).child(copy);
        [Element::new("dt").text(label), value]
    });
    Element::new("dl").class("facts").children(rows)
}

fn copy(page: &CertificatePage, label: &str, value: &str) -> Element<Action> {
    let text = &page.text;
    let values = [("action", &*text.plain("button_copy")), ("name", label)];
    let described = text.text("action_of", &values);
    let class = match page.copied.as_deref() == Some(label) {
        true => "copy done",
        false => "copy",
    };
    Element::new("button")
        .key([label, value].concat())
        .class(class)
        .attribute("type", "button")
        .attribute("aria-label", described)
        .on(Handler::Click(Action::Copy(
            label.to_owned(),
            value.to_owned(),
        )))
}

/// From the root down to this one: as it was checked, or else as far as it came with the key.
fn chain(page: &CertificatePage, shown: &Shown, details: &CertificateDetails) -> Element<Action> {
    let text = &page.text;
    let checked = page.verdict.as_deref().filter(|it| !it.path.is_empty());
    let links = match checked {
        Some(verdict) => checked_links(text, verdict),
        None => links(text, &shown.view, details),
    };
    let links = Element::new("ol").class("chain").children(links);
    part(text, "part_chain").child(links)
}

fn link(class: &'static str, owner: &str) -> Element<Action> {
    let owner = Element::new("p").class("link-owner").foreign(owner);
    Element::new("li").class(class).child(owner)
}

fn links(
    text: &Catalogue,
    view: &CertificateView,
    details: &CertificateDetails,
) -> Vec<Element<Action>> {
    let (issuer, ends) = match details.chain.last() {
        Some(last) => (&last.view.issuer, last.self_issued),
        None => (&view.issuer, details.self_issued),
    };
    let until = |seconds| {
        let words = text.text("until", &[("date", &date(text, seconds))]);
        paragraph("muted", words)
    };
    let missing = (!ends).then(|| {
        let words = paragraph("muted", text.plain("chain_incomplete"));
        link("link missing", issuer).child(words)
    });
    let above = details.chain.iter().rev();
    let above = above.map(|it| link("link", &it.view.owner).child(until(it.view.not_after)));
    let own = link("link own", &view.owner).child(until(view.not_after));
    missing.into_iter().chain(above).chain([own]).collect()
}

/// The path that was checked. Where it breaks is marked, with the reason; an issuer that is not there is a gap above.
fn checked_links(text: &Catalogue, verdict: &CertificateVerdict) -> Vec<Element<Action>> {
    let words = verdict::words(text);
    let (marked, about, missing) = match &verdict.outcome {
        VerdictOutcome::Valid {} => ("link", None, None),
        VerdictOutcome::Invalid { about, .. } => {
            let about = about.as_ref().unwrap_or(&verdict.certificate);
            ("link broken", Some(about), None)
        }
        VerdictOutcome::Unchecked {
            reason: UncheckedReason::Untrusted { .. },
            ..
        } => ("link unknown", verdict.path.last(), None),
        VerdictOutcome::Unchecked { missing, about, .. } => {
            ("link unknown", about.as_ref(), missing.first())
        }
    };
    let cause = || {
        words
            .cause(verdict)
            .map(|cause| paragraph("link-cause", cause))
    };
    let gap = missing.map(|missing| link("link missing", &missing.issuer).children(cause()));
    let last = verdict.path.len().saturating_sub(1);
    let path = verdict.path.iter().enumerate().rev();
    let path = path.map(|(place, name)| {
        let is_marked = about.is_some_and(|about| about.id == name.id);
        let class = match (is_marked, place) {
            (true, _) => marked,
            (false, 0) => "link own",
            (false, _) => "link",
        };
        let anchor = words.anchor(verdict).filter(|_| place == last);
        let anchor = anchor.map(|words| paragraph("muted", words));
        let cause = is_marked.then(cause).flatten();
        link(class, &name.owner).children(anchor).children(cause)
    });
    gap.into_iter().chain(path).collect()
}

/// What is in it is on the page before it is copied.
fn report(page: &CertificatePage) -> Element<Action> {
    let (text, report) = (&page.text, page.report());
    let heading = Element::new("h2").text(text.plain("part_report"));
    let title = text.plain("part_report");
    let copied =
        (page.copied.as_ref() == Some(&title)).then(|| paragraph("muted", text.plain("copied")));
    let copy = Action::Copy(title, report.clone());
    let copy = button(text.plain("button_copy_report"), Weight::Plain, copy);
    let buttons = Element::new("div")
        .class("buttons")
        .children(copied)
        .child(copy);
    Element::new("details")
        .key("report")
        .class("part")
        .child(Element::new("summary").child(heading))
        .child(paragraph("muted", text.plain("report_meaning")))
        .child(Element::new("pre").class("report").text(report))
        .child(buttons)
}
