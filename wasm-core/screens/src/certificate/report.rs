//! The report for whoever helps this person: about the certificate, and not about whose it is.

use super::{CertificatePage, Details};
use crate::{verdict, wording::timestamp};
use tamga_core::{certificate::CertificateView, protocol::KeyLocation};

impl CertificatePage {
    /// Facts, one a line. No names of the owner, no numbers of the state's, no paths: of the issuer the name, unless the
    /// owner issued it, and of a token the model.
    pub(super) fn report(&self) -> String {
        let Some(shown) = &self.known else {
            return String::new();
        };
        let view = &shown.view;
        let problem = shown.problem.map_or("-".to_owned(), |code| code.name());
        let mut lines = vec![
            ["Tamga extension ", &self.version].concat(),
            ["Tamga host ", self.host.version().unwrap_or("-")].concat(),
            self.browser.clone(),
            ["certificate SHA-256 ", &shown.id].concat(),
            ["serial ", &view.serial].concat(),
            ["valid ", &terms(view)].concat(),
            ["key ", &view.key].concat(),
            ["usages ", &self.usages(view)].concat(),
            ["kept in ", &self.places()].concat(),
            ["problem ", &problem].concat(),
        ];
        if let Some(verdict) = &self.verdict {
            lines.push(["verdict ", &verdict::words(&self.text).headline(verdict)].concat());
        }
        if let Details::Read(details) = &self.details {
            let issuer = match details.self_issued {
                true => "itself",
                false => &view.issuer,
            };
            let above = details.chain.last();
            let ends = above.map_or(details.self_issued, |last| last.self_issued);
            let ending = if ends { "" } else { ", incomplete" };
            let chain = [&details.chain.len().to_string(), ending].concat();
            let facts = [
                ("issuer ", issuer.to_owned()),
                ("signature ", details.signature.clone()),
                ("policies ", details.policies.join(" ")),
                ("CRL ", details.revocation_lists.join(" ")),
                ("OCSP ", details.responders.join(" ")),
                ("AIA ", details.issuers.join(" ")),
                ("above it ", chain),
            ];
            lines.extend(facts.map(|(name, fact)| [name, &*fact].concat()));
        }
        lines.join("\n")
    }

    fn usages(&self, view: &CertificateView) -> String {
        let named = view.usages.iter().map(|it| self.text.word("usage_", it));
        let unnamed = match &self.details {
            Details::Read(details) => details.unnamed_usages.clone(),
            _ => Vec::new(),
        };
        named.chain(unnamed).collect::<Vec<_>>().join(", ")
    }

    fn places(&self) -> String {
        let places: Vec<&str> = self
            .keys()
            .map(|key| self.place(&key.entry.location))
            .collect();
        match places.is_empty() {
            true => "-".to_owned(),
            false => places.join(", "),
        }
    }

    fn place(&self, location: &KeyLocation) -> &str {
        match location {
            KeyLocation::Pkcs12 { .. } => "PKCS#12 file",
            KeyLocation::Cryptopro { .. } => "CryptoPro container",
            KeyLocation::Token { token, .. } => {
                let token = self.inventory.token(token);
                token.map_or("token", |token| &token.model)
            }
        }
    }
}

fn terms(view: &CertificateView) -> String {
    let until = view
        .key_until
        .map(|until| [", key until ", &timestamp(until)].concat());
    let [from, to] = [view.not_before, view.not_after].map(timestamp);
    [&*from, " to ", &to, &until.unwrap_or_default()].concat()
}
