//! An authority with what people compare, and the question whether it is trusted.

use super::{
    node::Element,
    parts::{Weight, button, caution, foreign, paragraph},
    wording,
};
use tamga_core::{protocol::TrustedCertificate, text::Catalogue};

/// An authority with what people compare: its fingerprints.
pub(crate) fn row<A>(
    text: &Catalogue,
    class: &'static str,
    trusted: &TrustedCertificate,
) -> Element<A> {
    let until = wording::date(text, trusted.not_after);
    let mut lines = vec![
        foreign("row-name", &trusted.certificate.owner),
        paragraph("fine", text.text("trust_until", &[("date", &until)])),
    ];
    if trusted.issuer != trusted.certificate.owner {
        let issuer = wording::name(&trusted.issuer);
        lines.push(paragraph(
            "fine",
            text.text("trust_issued_by", &[("issuer", &issuer)]),
        ));
    }
    for (name, digest) in [
        ("SHA-256", &trusted.certificate.id),
        ("SHA-1", &trusted.sha1),
    ] {
        let code = Element::new("code").text(grouped(digest));
        let line = Element::new("p").class("fingerprint");
        lines.push(line.text([name, " "].concat()).child(code));
    }
    let facts = Element::new("div").class("row-facts").children(lines);
    Element::new("li")
        .key(trusted.certificate.id.as_str())
        .class(class)
        .child(facts)
}

/// What trusting means, and the fingerprints; nothing is trusted unless the person says so of one of them.
pub(crate) fn question<A>(
    text: &Catalogue,
    found: &[TrustedCertificate],
    yes: fn(String) -> A,
    no: A,
) -> Element<A> {
    let rows = found.iter().map(|it| {
        let owner = wording::name(&it.certificate.owner);
        let label = text.text("trust_authority", &[("owner", &owner)]);
        let yes = yes(it.certificate.id.clone());
        let yes = button(text.plain("button_trust_authority"), Weight::Plain, yes);
        row(text, "row stacked", it).child(yes.attribute("aria-label", label))
    });
    let no = button(text.plain("button_do_not_trust"), Weight::Quiet, no);
    Element::new("div")
        .key("authorities-found")
        .class("confirm")
        .attribute("role", "group")
        .attribute("aria-label", text.plain("trust_question"))
        .child(paragraph("question", text.plain("trust_question")))
        .child(caution(text.plain("trust_warning")))
        .child(Element::new("ul").class("rows").children(rows))
        .child(Element::new("div").class("buttons").child(no.focus(0)))
}

/// Four characters at a time, as people compare them.
fn grouped(digest: &str) -> String {
    let characters = digest.chars().enumerate();
    let spaced = characters.flat_map(|(place, character)| {
        let space = (place > 0 && place % 4 == 0).then_some(' ');
        space.into_iter().chain([character])
    });
    spaced.collect()
}
