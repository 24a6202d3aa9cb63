//! The missing issuer: fetched because the person asks for it, and trusted only after the person has compared its fingerprint.

use super::{
    CertificatePage,
    messages::{Action, Effect},
};
use crate::{
    authority,
    node::Element,
    parts::{Weight, alert, button, paragraph, progress},
    wording,
};
use tamga_core::{
    failure::Failure,
    protocol::{Command, FetchedAuthority, MissingIssuer, VerdictOutcome},
};

/// How far it is.
#[derive(Debug, Default)]
pub(super) enum Issuer {
    #[default]
    Untouched,
    /// The host fetches it.
    Asked,
    /// It leads to somebody who is trusted already.
    Anchored,
    /// This is whom the path ends at, and nobody trusts it by that.
    Found(Box<FetchedAuthority>),
    /// The host is told to trust it.
    Sent {
        owner: String,
    },
    /// It does.
    Trusted {
        owner: String,
    },
    Failed(Failure),
}

impl Issuer {
    pub(super) fn fetched(authority: Option<Box<FetchedAuthority>>) -> Self {
        authority.map_or(Self::Anchored, Self::Found)
    }

    pub(super) fn added(&self) -> Self {
        match self {
            Self::Sent { owner } => Self::Trusted {
                owner: owner.clone(),
            },
            _ => Self::Untouched,
        }
    }
}

impl CertificatePage {
    pub(super) fn fetch_issuer(&mut self) -> Vec<Effect> {
        let is_free = matches!(self.issuer, Issuer::Untouched | Issuer::Failed(_));
        let Some(key) = self.known.as_ref().filter(|_| is_free) else {
            return Vec::new();
        };
        let command = Command::FetchIssuer {
            certificate: key.certificate.clone(),
            chain: key.chain.clone(),
        };
        self.issuer = Issuer::Asked;
        vec![Effect::Issuer { command }]
    }

    /// The person has compared the fingerprint.
    pub(super) fn trust_authority(&mut self, id: &str) -> Vec<Effect> {
        let Issuer::Found(found) = &self.issuer else {
            return Vec::new();
        };
        let certificate = &found.shown.certificate;
        if certificate.id != id {
            return Vec::new();
        }
        let owner = certificate.owner.clone();
        let command = Command::AddAuthority {
            name: owner.clone(),
            content: found.content.clone(),
            fingerprint: id.to_owned(),
        };
        self.issuer = Issuer::Sent { owner };
        vec![Effect::Issuer { command }]
    }

    /// The issuer that is missing, if it is said where that is.
    fn missing(&self) -> Option<&MissingIssuer> {
        let verdict = self.verdict.as_ref()?;
        let VerdictOutcome::Unchecked { missing, .. } = &verdict.outcome else {
            return None;
        };
        let is_http = |it: &String| it.to_ascii_lowercase().starts_with("http:");
        let mut missing = missing.iter();
        missing.find(|it| it.addresses.iter().any(is_http))
    }

    /// What is offered, and what came of it.
    pub(super) fn missing_issuer(&self) -> Option<Element<Action>> {
        let text = &self.text;
        let done = |words: String| {
            let notice = Element::new("div").class("notice good");
            notice
                .attribute("role", "status")
                .child(paragraph("", words))
        };
        let drawn = match &self.issuer {
            Issuer::Untouched | Issuer::Failed(_) => {
                let missing = self.missing()?;
                let issuer = wording::name(&missing.issuer);
                let offer = text.text("issuer_offer", &[("issuer", &issuer)]);
                let addresses = missing.addresses.iter();
                let addresses = addresses.map(|it| paragraph("fine", wording::name(it)));
                let failure = match &self.issuer {
                    Issuer::Failed(failure) => Some(alert(text, failure)),
                    _ => None,
                };
                let fetch = button(
                    text.plain("button_fetch_issuer"),
                    Weight::Plain,
                    Action::FetchIssuer,
                );
                Element::new("div")
                    .child(paragraph("", offer))
                    .children(addresses)
                    .child(Element::new("div").class("buttons start").child(fetch))
                    .children(failure)
            }
            Issuer::Asked | Issuer::Sent { .. } => progress(&text.plain("issuer_fetching"), None),
            Issuer::Anchored => done(text.plain("issuer_anchored")),
            Issuer::Found(found) => authority::question(
                text,
                std::slice::from_ref(&found.shown),
                Action::TrustAuthority,
                Action::LeaveAuthority,
            ),
            Issuer::Trusted { owner } => {
                let owner = wording::name(owner);
                done(text.text("issuer_trusted", &[("owner", &owner)]))
            }
        };
        Some(
            Element::new("div")
                .key("issuer")
                .class("issuer")
                .child(drawn),
        )
    }
}
