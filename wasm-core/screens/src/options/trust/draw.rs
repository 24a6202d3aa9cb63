//! How trust looks in the options: a line for each list, which unfolds, and the place where authorities are added.

mod lists;

use super::{Adding, Trust};
use crate::{
    authority,
    node::{Element, Handler},
    options::{
        Options,
        messages::Action,
        parts::{confirmation, part},
    },
    parts::{Weight, alert, button, paragraph, progress},
    wording,
};
use tamga_core::{
    protocol::{TrustSource, TrustSourceKind, TrustedCertificate},
    text::Catalogue,
};

pub(in crate::options) fn trust(options: &Options) -> Element<Action> {
    let (text, trust) = (&options.text, &options.trust);
    let sources = trust.sources.iter().flatten();
    // Most people add nothing, and neither do their administrators.
    let is_added = |kind| {
        matches!(
            kind,
            TrustSourceKind::Person | TrustSourceKind::Administrator
        )
    };
    let is_shown = |it: &&TrustSource| has_something(it) || !is_added(it.kind);
    let rows = sources
        .filter(is_shown)
        .map(|source| row(text, trust, source));
    let rows: Vec<_> = rows.collect();
    let rows = (!rows.is_empty()).then(|| Element::new("ul").class("cards").children(rows));
    let failure = trust.failure.as_ref().map(|it| alert(text, it));
    part(text, "trust", "trust_title")
        .child(paragraph("muted", text.plain("trust_meaning")))
        .children(rows)
        .children(failure)
        .child(add(options))
        .child(lists::add(options))
}

fn has_something(source: &TrustSource) -> bool {
    source.count > 0 || !source.problems.is_empty()
}

// The lists

fn row(text: &Catalogue, trust: &Trust, source: &TrustSource) -> Element<Action> {
    let title = text.text(
        key_of(source.kind),
        &[("name", &wording::name(&source.name))],
    );
    let count = text.counted("trust_count", u64::from(source.count));
    let head = Element::new("summary")
        .child(Element::new("h3").class("file-name").text(title))
        .child(paragraph("fine", count));
    let version = source.version.as_ref();
    let facts = [
        Some(text.text(
            "trust_origin",
            &[("origin", &wording::name(&source.origin))],
        )),
        version.map(|it| text.text("trust_version", &[("version", &wording::name(it))])),
        source
            .date
            .map(|it| text.text("trust_date", &[("date", &wording::date(text, it))])),
    ];
    let facts = facts.into_iter().flatten();
    let imported = source.imported.as_ref();
    let facts = facts.chain(imported.into_iter().flat_map(|it| lists::facts(text, it)));
    let facts = facts.map(|words| paragraph("fine", words));
    let certificates = source
        .certificates
        .iter()
        // There are some 140 of the system, which its own programs list.
        .filter(|_| source.kind != TrustSourceKind::System)
        .map(|it| authority::row(text, "row", it).children(removal(text, trust, source.kind, it)));
    let problems = source.problems.iter().map(|it| alert(text, it));
    let folded = Element::new("details")
        .key("facts")
        .child(head)
        .children(facts)
        .child(Element::new("ul").class("rows").children(certificates))
        .children(imported.map(|it| lists::buttons(text, trust, it, &source.name)));
    Element::new("li")
        .key([key_of(source.kind), &source.name, &source.origin].concat())
        .class("card trust-source")
        .child(folded)
        .children(problems)
}

fn key_of(kind: TrustSourceKind) -> &'static str {
    match kind {
        TrustSourceKind::National => "trust_source_national",
        TrustSourceKind::Administrator => "trust_source_administrator",
        TrustSourceKind::Person => "trust_source_person",
        TrustSourceKind::System => "trust_source_system",
    }
}

/// Only what the person has added can be removed.
fn removal(
    text: &Catalogue,
    trust: &Trust,
    kind: TrustSourceKind,
    trusted: &TrustedCertificate,
) -> Option<Element<Action>> {
    if kind != TrustSourceKind::Person {
        return None;
    }
    let id = &trusted.certificate.id;
    if trust.removal.as_ref() == Some(id) {
        let yes = ("button_distrust", Action::Distrust);
        return Some(confirmation(
            text,
            "confirm_distrust",
            yes,
            Action::KeepTrust,
        ));
    }
    let owner = wording::name(&trusted.certificate.owner);
    let label = text.text("distrust_authority", &[("owner", &owner)]);
    let remove = button(
        text.plain("button_remove"),
        Weight::Quiet,
        Action::AskToDistrust(id.clone()),
    );
    Some(remove.attribute("aria-label", label))
}

// Adding

fn add(options: &Options) -> Element<Action> {
    let (text, trust) = (&options.text, &options.trust);
    let label = Element::new("label")
        .class("button")
        .attribute("for", "authority-file")
        .text(text.plain("button_add_authority"));
    let picker = Element::new("input")
        .key(trust.picker.to_string())
        .attribute("type", "file")
        .attribute("id", "authority-file")
        .attribute("class", "unseen")
        .attribute("accept", ".cer,.crt,.der,.pem,.p7b,.p7c")
        .flag("disabled", !options.host.lists())
        .on(Handler::Change(Action::PickAuthority));
    let progress = match &trust.adding {
        Adding::Nothing => Vec::new(),
        Adding::Inspected | Adding::Sent => vec![progress(&text.plain("adding"), None)],
        Adding::Found(found) => vec![authority::question(
            text,
            found,
            Action::TrustAuthority,
            Action::LeaveAuthorities,
        )],
        Adding::Added { owner } => {
            let words = text.text("authority_added", &[("owner", &wording::name(owner))]);
            let notice = Element::new("div").key("added").class("notice good");
            let notice = notice.attribute("role", "status");
            vec![notice.child(Element::new("p").text(words))]
        }
    };
    Element::new("div")
        .key("add-authority")
        .class("folders")
        .child(picker)
        .child(label)
        .child(paragraph("fine", text.plain("add_authority_meaning")))
        .children(progress)
}
