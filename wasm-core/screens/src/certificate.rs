//! Everything about one certificate, on a page of its own.

mod draw;
mod issuer;
pub mod messages;
mod report;
mod saving;
mod shown;
#[cfg(test)]
mod tests;

use super::{
    Screen, certificate_card::HeldKey, host_state::HostState, inventory::Inventory, node::Element,
    wording::name,
};
use issuer::Issuer;
use messages::{Action, Effect, Event};
use shown::Shown;
use tamga_core::{
    certificate::CertificateDetails,
    failure::Failure,
    protocol::{CertificateVerdict, Command, Listing},
    text::Catalogue,
};

/// The page of a certificate.
#[derive(Debug)]
pub struct CertificatePage {
    text: Catalogue,
    now: u64,
    /// The certificate's id.
    id: String,
    version: String,
    browser: String,
    host: HostState,
    inventory: Inventory,
    /// As it was listed last: it stays on the page when its token is taken out.
    known: Option<Shown>,
    details: Details,
    /// What the host found out about it.
    verdict: Option<Box<CertificateVerdict>>,
    issuer: Issuer,
    /// What goes to the clipboard, and what is on it: a label of the page.
    copying: Option<String>,
    copied: Option<String>,
}

/// What the host has read in the certificate.
#[derive(Debug, Default)]
enum Details {
    #[default]
    Unread,
    Asked,
    Read(Box<CertificateDetails>),
    Failed(Failure),
}

impl Screen for CertificatePage {
    type Action = Action;
    type Event = Event;
    type Effect = Effect;

    fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Copy(label, text) => {
                self.copying = Some(label);
                vec![Effect::Copy { text }]
            }
            Action::Save(form) => self.save(form).into_iter().collect(),
            Action::Hide(hidden) => vec![Effect::HideCertificate {
                certificate: self.id.clone(),
                hidden,
            }],
            Action::FetchIssuer => self.fetch_issuer(),
            Action::TrustAuthority(id) => self.trust_authority(&id),
            Action::LeaveAuthority => {
                self.issuer = Issuer::Untouched;
                Vec::new()
            }
            Action::OpenOptions => vec![Effect::OpenOptions {}],
            Action::TryAgain => {
                self.host = HostState::Opening;
                vec![Effect::OpenHost {}]
            }
        }
    }

    fn receive(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Opened {
                certificate,
                hidden,
                version,
                browser,
                now,
            } => {
                (self.id, self.version, self.browser, self.now) =
                    (certificate, version, browser, now);
                self.inventory.hide(hidden);
                return vec![Effect::OpenHost {}];
            }
            Event::HostOpened { version } => {
                self.host = HostState::Opened { version };
                return vec![Effect::ListCertificates {}];
            }
            Event::HostFailed { failure } => self.host = HostState::Failed(failure),
            Event::Listed(listing) => return self.listed(listing, true),
            Event::ListedSoFar(listing) => return self.listed(listing, false),
            Event::ReadersChanged {} => return vec![Effect::ListCertificates {}],
            Event::Focused {} => return self.look_again(),
            Event::Verdict(verdict) if verdict.certificate.id == self.id => {
                self.verdict = Some(verdict);
            }
            Event::Verdict(_) | Event::Touched {} => {}
            Event::Hidden { hidden } => {
                self.inventory.hide(hidden);
                self.copied = None;
            }
            Event::Described(details) => self.details = Details::Read(details),
            Event::IssuerFetched { authority } => self.issuer = Issuer::fetched(authority),
            Event::AuthorityAdded {} => self.issuer = self.issuer.added(),
            Event::IssuerFailed { failure } => self.issuer = Issuer::Failed(failure),
            Event::Copied {} => self.copied = self.copying.take(),
            Event::DescribeFailed { failure } => self.details = Details::Failed(failure),
        }
        Vec::new()
    }

    fn title(&self) -> Option<String> {
        let owner = name(&self.known.as_ref()?.view.owner);
        Some(self.text.text("certificate_window", &[("name", &owner)]))
    }

    fn view(&self) -> Element<Action> {
        draw::page(self)
    }
}

impl CertificatePage {
    /// The page before anything is known.
    pub fn new(text: Catalogue) -> Self {
        Self {
            text,
            now: 0,
            id: String::new(),
            version: String::new(),
            browser: String::new(),
            host: HostState::Opening,
            inventory: Inventory::default(),
            known: None,
            details: Details::default(),
            verdict: None,
            issuer: Issuer::default(),
            copying: None,
            copied: None,
        }
    }

    /// The keys of this certificate that are within reach: it may be in several places.
    fn keys(&self) -> impl Iterator<Item = &HeldKey> {
        let keys = self.inventory.keys.iter();
        keys.filter(|key| key.entry.id == self.id)
    }

    /// With its key, if that is within reach.
    fn shown(&self) -> Option<Shown> {
        let mut lone = self.inventory.without_key.iter();
        let with_key = self.keys().next().map(Shown::with_key);
        with_key.or_else(|| {
            let lone = lone.find(|it| it.id == self.id)?;
            Some(Shown::without_key(lone, self.now))
        })
    }

    /// What is read in the certificate does not change: it is asked for once.
    fn listed(&mut self, listing: Listing, whole: bool) -> Vec<Effect> {
        self.inventory.update(&self.text, listing, whole, self.now);
        if whole {
            self.host.has_listed();
        }
        let Some(shown) = self.shown() else {
            return Vec::new();
        };
        let command = Command::DescribeCertificate {
            certificate: shown.certificate.clone(),
            chain: shown.chain.clone(),
        };
        self.known = Some(shown);
        if !matches!(self.details, Details::Unread) {
            return Vec::new();
        }
        self.details = Details::Asked;
        vec![Effect::Describe { command }]
    }

    /// What was missing stays on the screen until it is known whether it still is.
    fn look_again(&self) -> Vec<Effect> {
        let missing = self.host.failure().map(|_| Effect::OpenHost {});
        missing.into_iter().collect()
    }
}
