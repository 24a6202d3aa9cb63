//! What the host lists, and what of it is offered: it comes in parts, and things come and go.

use super::{SignWindow, Stage, choice::Choice, messages::Effect};
use tamga_core::{
    failure::{ErrorCode, Failure},
    policy::Ruling,
    protocol::{CertificateVerdict, Listing},
};

/// Whether the person has to install something first: until then nothing else can be done here.
pub(super) fn is_host_missing(failure: &Failure) -> bool {
    failure.code.is_of_host()
}

impl SignWindow {
    /// `whole`: nothing more is to come.
    pub(super) fn listed(&mut self, listing: Listing, whole: bool) -> Vec<Effect> {
        self.listed = Some((listing, whole));
        self.proceed()
    }

    /// The host has found out about a certificate: nothing waits for that.
    pub(super) fn judged(&mut self, verdict: Box<CertificateVerdict>) -> Vec<Effect> {
        self.inventory.judge(verdict);
        if let Some(choice) = &mut self.choice {
            choice.follow(&self.inventory);
        }
        Vec::new()
    }

    /// Goes on as soon as both the request and certificates are there: with a question, if there is one,
    /// before the site learns even that a certificate is missing.
    pub(super) fn proceed(&mut self) -> Vec<Effect> {
        let Some(request) = &self.request else {
            return Vec::new();
        };
        let Some((listing, whole)) = self.listed.take() else {
            return Vec::new();
        };
        let asks = request.ruling == Ruling::Ask;
        let settled = self.inventory.settled;
        let now = request.now;
        self.inventory.update(&self.text, listing, whole, now);
        if whole {
            self.forget_pin_sessions_of_the_gone();
            self.forget_private_of_the_gone();
        }
        match &self.stage {
            Stage::Opening if asks => self.ask(),
            Stage::Opening | Stage::Choosing => self.offer(settled),
            // Its token has been inserted, perhaps.
            Stage::Failed(failure) if failure.code == ErrorCode::CertificateNotFound => {
                self.offer(settled)
            }
            _ => Vec::new(),
        }
    }

    /// Not while the host signs: what it signs with stays what it is until it is through.
    pub(super) fn readers_changed(&mut self) -> Vec<Effect> {
        match self.stage {
            Stage::Signing { .. } | Stage::ReadingPrivate => {
                self.stale = true;
                Vec::new()
            }
            Stage::Delivering | Stage::Done | Stage::Closing => Vec::new(),
            _ => vec![Effect::ListCertificates {}],
        }
    }

    /// Offers what there is; what was chosen stays chosen. The keyboard comes to the password of what is
    /// chosen from the beginning, not of what comes later (`settled`): the person may be at something else.
    pub(super) fn offer(&mut self, settled: bool) -> Vec<Effect> {
        let Some(request) = &self.request else {
            return Vec::new();
        };
        let before = self.choice.take();
        let begins = before.as_ref().and_then(Choice::chosen).is_none();
        let begins = begins && (before.is_none() || !settled);
        let remembered = request.remembered.as_deref();
        match Choice::new(&self.inventory, before, &request.command, remembered) {
            Ok(choice) => self.choice = Some(choice),
            // It may be among those that are about to be read.
            Err(_) if self.private.open.is_some() => {}
            Err(failure) => return self.fail(failure),
        }
        self.stage = Stage::Choosing;
        if self.private.open.is_none() {
            self.typing.chosen(self.choice.as_ref(), begins);
        }
        self.list_focus = None;
        if begins && !self.inventory.reading {
            self.come_to_list();
        }
        self.go_on()
    }

    /// The keyboard comes to the list, if there is something to choose and nothing is chosen.
    pub(super) fn come_to_list(&mut self) {
        let choice = self.choice.as_ref();
        if choice.is_some_and(|it| it.chosen().is_none() && it.fitting().next().is_some()) {
            self.list_focus = Some(self.list_visits);
        }
    }

    /// The person wants another certificate than the chosen one.
    pub(super) fn show_certificates(&mut self) -> Vec<Effect> {
        if let Some(choice) = &mut self.choice {
            choice.expanded = true;
        }
        self.list_visits += 1;
        self.list_focus = Some(self.list_visits);
        Vec::new()
    }

    /// The person went to the options, perhaps, and put right what kept the window from going on.
    pub(super) fn focused(&mut self) -> Vec<Effect> {
        let waits = match &self.stage {
            Stage::Choosing => {
                let unchosen = self.private.open.is_none() && self.chosen().is_none();
                self.pin_obstacle().is_some() || unchosen
            }
            Stage::Failed(failure) if is_host_missing(failure) => return vec![Effect::OpenHost {}],
            Stage::Failed(failure) => failure.code == ErrorCode::CertificateNotFound,
            _ => false,
        };
        if !waits {
            return Vec::new();
        }
        self.typing.forget_refusal();
        vec![Effect::ListCertificates {}]
    }

    /// From a signature that was not made, with what has come and gone meanwhile; `anew`: or may have.
    pub(super) fn back_to_choosing(&mut self, anew: bool) -> Vec<Effect> {
        let mut effects = self.offer(true);
        if std::mem::take(&mut self.stale) || anew {
            effects.push(Effect::ListCertificates {});
        }
        effects
    }
}
