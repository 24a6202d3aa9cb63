//! Certificates whose keys are elsewhere: they are kept until a key with the same public key is within reach.

use super::{
    Options,
    adding::Adding,
    messages::{Action, Effect},
    parts::part,
};
use crate::{
    certificate_face::home_words,
    node::Element,
    parts::{Weight, button, foreign, paragraph},
    wording::{date, name},
};
use tamga_core::{failure::Failure, protocol::LoneCertificate, text::Catalogue};

impl Options {
    pub(super) fn add_certificate(&mut self) -> Vec<Effect> {
        match std::mem::replace(&mut self.adding, Adding::Nothing) {
            Adding::Certificate { name } => {
                self.adding = Adding::Inspected { name };
                vec![Effect::AddCertificate {}]
            }
            other => {
                self.adding = other;
                Vec::new()
            }
        }
    }

    pub(super) fn certificate_added(&mut self, certificate: String) -> Vec<Effect> {
        self.adding = Adding::CertificateAdded { certificate };
        self.picker += 1;
        vec![Effect::ListCertificates {}]
    }

    pub(super) fn certificate_failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.adding = Adding::Failed(failure);
        vec![Effect::ListCertificates {}]
    }
}

/// A file with a certificate alone: what that means, and what can be done with it.
pub(super) fn offer(text: &Catalogue, file: &str) -> Element<Action> {
    let words = text.text("certificate_alone", &[("name", &name(file))]);
    let add = button(
        text.plain("button_add_certificate"),
        Weight::Plain,
        Action::AddCertificate,
    );
    let notice = Element::new("div").key("offer").class("notice warn");
    notice
        .attribute("role", "status")
        .child(paragraph("notice-what", words))
        .child(paragraph(
            "notice-help",
            text.plain("certificate_alone_meaning"),
        ))
        .child(add)
}

/// What has become of the certificate that was added: where its key is, or how to bring it here. Nothing until everything
/// was read.
pub(super) fn outcome(options: &Options, certificate: &str) -> Option<Element<Action>> {
    let (text, inventory) = (&options.text, &options.inventory);
    let mut keys = inventory.keys.iter();
    let notice = |class, what: String| {
        let notice = Element::new("div").key("outcome").class(class);
        let notice = notice.attribute("role", "status");
        notice.child(paragraph("notice-what", what))
    };
    if let Some(key) = keys.find(|key| key.entry.id == certificate) {
        let place = home_words(text, &key.entry.location);
        let words = text.text("certificate_bound", &[("place", &place)]);
        return Some(notice("notice good", words));
    }
    let mut lone = inventory.without_key.iter();
    lone.find(|it| it.id == certificate).map(|_| {
        let help = paragraph("notice-help", inventory.how_to_bind(text));
        notice("notice warn", text.plain("certificate_unbound")).child(help)
    })
}

/// The certificates without keys, where there are any.
pub(super) fn without_key(options: &Options) -> Option<Element<Action>> {
    let (text, lone) = (&options.text, &options.inventory.without_key);
    let rows = lone.iter().map(|certificate| row(text, certificate));
    let rows = Element::new("ul").class("rows").children(rows);
    let part = part(text, "without-key", "without_key_title");
    let part = part.child(paragraph("muted", options.inventory.how_to_bind(text)));
    (!lone.is_empty()).then(|| part.child(rows))
}

fn row(text: &Catalogue, certificate: &LoneCertificate) -> Element<Action> {
    let view = &certificate.view;
    let until = text.text("until", &[("date", &date(text, view.not_after))]);
    let facts = Element::new("div")
        .class("row-facts")
        .child(foreign("card-owner", &view.owner))
        .child(paragraph(
            "card-place",
            [&name(&view.issuer), " · ", &until].concat(),
        ));
    let label = text.plain("button_remove");
    let values = [("action", &*label), ("name", &*name(&view.owner))];
    let described = text.text("action_of", &values);
    let remove = Action::RemoveCertificate(certificate.id.clone());
    let remove = button(label, Weight::Quiet, remove).attribute("aria-label", described);
    let label = text.plain("button_certificate");
    let values = [("action", &*label), ("name", &*name(&view.owner))];
    let described = text.text("action_of", &values);
    let open = Action::OpenCertificate(certificate.id.clone());
    let open = button(label, Weight::Quiet, open).attribute("aria-label", described);
    let row = Element::new("li").key(certificate.id.as_str()).class("row");
    row.child(facts).child(open).child(remove)
}

#[cfg(test)]
mod tests;
