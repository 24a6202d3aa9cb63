//! The question whether the site may.

use super::{SignWindow, Stage, messages::Effect, request::Request};
use tamga_core::{
    failure::ErrorCode,
    policy::{Answer, Change, Scope, Site},
};

/// How far the question is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Question {
    /// It is being noted that it was asked, and not shown before: whoever closes it has refused, and the site
    /// shall be denied.
    Noting,
    /// Shown.
    Shown,
}

impl SignWindow {
    pub(super) fn ask(&mut self) -> Vec<Effect> {
        self.stage = Stage::Asking(Question::Noting);
        self.decide(|site, scope| Change::Asked { site, scope })
    }

    pub(super) fn noted(&mut self) -> Vec<Effect> {
        if !matches!(self.stage, Stage::Asking(Question::Noting)) {
            return Vec::new();
        }
        self.stage = Stage::Asking(Question::Shown);
        Vec::new()
    }

    pub(super) fn answered(&mut self, answer: Answer) -> Vec<Effect> {
        let mut effects = self.decide(|site, scope| Change::Answered {
            site,
            scope,
            answer,
        });
        effects.extend(match answer {
            Answer::Once | Answer::Always => {
                self.request.iter_mut().for_each(Request::allow);
                self.offer(false)
            }
            Answer::Never | Answer::NotNow => self.refuse(ErrorCode::PermissionDenied),
        });
        effects
    }

    pub(super) fn decide(&self, change: impl FnOnce(Site, Scope) -> Change) -> Vec<Effect> {
        let Some(request) = &self.request else {
            return Vec::new();
        };
        let change = change(request.site.clone(), request.scope());
        vec![Effect::Decide { change }]
    }
}
