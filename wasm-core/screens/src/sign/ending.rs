//! How the window ends: with the page's answer, with a failure, or because the person wants it.

use super::{SignWindow, Stage, messages::Effect, private::Private};
use tamga_core::{
    display_text,
    failure::{ErrorCode, Failure},
    policy::{Answer, Change},
};

/// How long "done" stays on the screen, in milliseconds.
const CLOSE_DELAY_MS: u32 = 1500;

impl SignWindow {
    pub(super) fn delivered(&mut self) -> Vec<Effect> {
        self.stage = Stage::Done;
        match self.items.failures() {
            0 => vec![Effect::Close {
                after: CLOSE_DELAY_MS,
            }],
            _ => Vec::new(),
        }
    }

    /// The signature is made, and nobody has it: the person must not believe that the site does.
    pub(super) fn not_delivered(&mut self, failure: Failure) -> Vec<Effect> {
        if matches!(self.stage, Stage::Delivering) {
            self.stage = Stage::Failed(failure);
        }
        Vec::new()
    }

    /// What fails after the page got its answer is of no more interest.
    pub(super) fn fail(&mut self, failure: Failure) -> Vec<Effect> {
        if !matches!(self.stage, Stage::Delivering | Stage::Done | Stage::Closing) {
            self.stage = Stage::Failed(failure);
            self.keeps_host = false;
            self.is_copied = None;
        }
        Vec::new()
    }

    pub(super) fn try_again(&mut self) -> Vec<Effect> {
        if self.keeps_host {
            return self.back_to_choosing(true);
        }
        self.begin_anew();
        vec![Effect::OpenHost {}]
    }

    /// With a new host, which has read nothing.
    pub(super) fn begin_anew(&mut self) {
        self.stage = Stage::Opening;
        self.choice = None;
        self.copying = None;
        self.private = Private::default();
        self.items.reset();
    }

    pub(super) fn choose_again(&mut self) -> Vec<Effect> {
        self.items.reset();
        self.back_to_choosing(false)
    }

    pub(super) fn copy_report(&mut self) -> Vec<Effect> {
        let Stage::Failed(failure) = &self.stage else {
            return Vec::new();
        };
        let subject = display_text::name(failure.subject.as_deref().unwrap_or("-"));
        let facts = [&failure.code.name(), &*subject, "host", &self.host_version];
        let text = facts.join(" ");
        self.is_copied = None;
        vec![Effect::Copy { text }]
    }

    pub(super) fn copied(&mut self, done: bool) -> Vec<Effect> {
        self.is_copied = Some(done);
        Vec::new()
    }

    /// The page hears what went wrong, or else that the person did not want it.
    pub(super) fn close(&mut self) -> Vec<Effect> {
        match &self.stage {
            Stage::Done => vec![Effect::Close { after: 0 }],
            Stage::Asking(_) => self.answered(Answer::NotNow),
            Stage::Failed(failure) => {
                let code = failure.code;
                self.refuse(code)
            }
            _ => self.refuse(ErrorCode::Cancelled),
        }
    }

    /// The same as the button that ends the window, but for a signature that is on its way already.
    pub(super) fn escaped(&mut self) -> Vec<Effect> {
        match self.stage {
            Stage::Choosing if self.typing.asks() => self.keep_last_try(),
            Stage::Choosing if self.private.open.is_some() => self.leave_private(),
            Stage::Delivering | Stage::Closing => Vec::new(),
            _ => self.close(),
        }
    }

    /// The same as the Close button, if there was anything left to say.
    pub(super) fn closed(&mut self) -> Vec<Effect> {
        match self.stage {
            Stage::Delivering | Stage::Done | Stage::Closing => Vec::new(),
            _ => self.close(),
        }
    }

    /// What a question counts as then: see the policy.
    pub(super) fn gone(&mut self, taken_back: bool) -> Vec<Effect> {
        let answer = Answer::NotNow;
        let mut effects = match self.stage {
            Stage::Asking(_) if taken_back => self.decide(|site, scope| Change::Answered {
                site,
                scope,
                answer,
            }),
            Stage::Asking(_) => self.decide(|site, scope| Change::Left { site, scope }),
            _ => Vec::new(),
        };
        effects.extend(self.refuse(ErrorCode::Cancelled));
        effects
    }

    pub(super) fn refuse(&mut self, code: ErrorCode) -> Vec<Effect> {
        self.stage = Stage::Closing;
        let failure = code.for_page().into();
        vec![Effect::Refuse { failure }]
    }
}
