//! What the page asked for, and whether it may.

use super::messages::WindowRequest;
use tamga_core::{
    failure::{ErrorCode, Failure},
    origin::Origin,
    policy::{Policy, Ruling, Scope, Site},
    protocol::{
        PinTerm, Prompt,
        page::{PageCommand, SignRequest},
    },
};

/// A page's request, read and judged.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) site: Site,
    pub(super) command: PageCommand,
    pub(super) ruling: Ruling,
    /// The id of the certificate that the person used on this site last.
    pub(super) remembered: Option<String>,
    /// What the dialog of the system says, if passwords and PINs are typed in one.
    pub(super) dialog: Option<Prompt>,
    /// For how long a PIN is good for this site, where it is for longer than one request.
    pub(super) pin_term: Option<PinTerm>,
    /// Whether it is a private window that asks: no decision is kept, and what is signed goes into no record.
    pub(super) private_window: bool,
    pub(super) now: u64,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// `ORIGIN_INSECURE`, `REQUEST_MALFORMED`.
    pub(super) fn read(asked: WindowRequest) -> Result<Self, Failure> {
        let origin = |text: String| Origin::parse(&text).map_err(|_| ErrorCode::OriginInsecure);
        let site = Site {
            origin: origin(asked.origin)?,
            top_origin: asked.top_origin.map(origin).transpose()?,
        };
        let dialog = asked.dialog.map(|language| prompt(&site, language));
        let command = PageCommand::parse(&asked.command)?;
        let policy = Policy::parse(&asked.policy);
        Ok(Self {
            ruling: policy.ruling(&site, scope(&command), asked.now),
            pin_term: policy.pin_term(&site, asked.now),
            site,
            command,
            remembered: asked.last_certificate,
            dialog,
            private_window: asked.private_window,
            now: asked.now,
        })
    }

    /// What it needs permission for.
    pub(super) fn scope(&self) -> Scope {
        scope(&self.command)
    }

    /// Whether nothing lasts that the person decides: they are asked again each time.
    pub(super) fn asks_each_time(&self) -> bool {
        self.private_window || self.site.origin.is_own_page()
    }

    /// Whether "always" ends with the browser, because another program may have the port tomorrow.
    pub(super) fn is_local(&self) -> bool {
        self.site.origin.is_local() || self.site.top().is_local()
    }

    /// Passwords and PINs are typed in a dialog of the system.
    pub(super) fn ask_in_dialog(&mut self, language: String) {
        self.dialog = Some(prompt(&self.site, language));
    }

    /// The person permits it.
    pub(super) fn allow(&mut self) {
        self.ruling = Ruling::Allowed;
    }

    /// What is to be signed, if anything is.
    pub(super) fn sign(&self) -> Option<&SignRequest> {
        match &self.command {
            PageCommand::Sign(request) => Some(request),
            PageCommand::GetCertificate(_) => None,
        }
    }
}

fn prompt(site: &Site, language: String) -> Prompt {
    Prompt {
        origin: site.origin.to_string(),
        language,
    }
}

fn scope(command: &PageCommand) -> Scope {
    match command {
        PageCommand::Sign(_) => Scope::Sign,
        PageCommand::GetCertificate(_) => Scope::Certificate,
    }
}
