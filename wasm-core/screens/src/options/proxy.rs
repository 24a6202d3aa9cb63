//! The proxy through which the host asks servers: the system's, none, or one that the person names.

#[cfg(test)]
mod tests;

use super::{
    Options,
    draw::inner,
    messages::{Action, Effect},
};
use crate::{
    node::{Element, Handler},
    parts::{alert, paragraph},
};
use tamga_core::{
    failure::Failure,
    protocol::{Command, ProxySetting, ProxyState},
};

/// The values of the choice.
const SYSTEM: &str = "system";
const NONE: &str = "none";
const OWN: &str = "own";

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct Proxy {
    /// As the host has it; none before it said so.
    state: Option<ProxyState>,
    /// The person chose to name one, and has not yet.
    naming: bool,
    failure: Option<Failure>,
}

impl Proxy {
    pub(super) fn read() -> Effect {
        let command = Command::ReadProxy {};
        Effect::Proxy { command }
    }

    /// One of the values of the choice.
    pub(super) fn choose(&mut self, value: &str) -> Vec<Effect> {
        self.failure = None;
        self.naming = value == OWN;
        match value {
            NONE => set(ProxySetting::None {}),
            OWN => Vec::new(),
            _ => set(ProxySetting::System {}),
        }
    }

    pub(super) fn name(&mut self, address: &str) -> Vec<Effect> {
        self.failure = None;
        let address = address.trim().to_owned();
        set(ProxySetting::Address { address })
    }

    pub(super) fn has_read(&mut self, state: ProxyState) -> Vec<Effect> {
        *self = Self {
            state: Some(state),
            ..Self::default()
        };
        Vec::new()
    }

    pub(super) fn failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.failure = Some(failure);
        Vec::new()
    }

    fn address(&self) -> Option<&str> {
        match &self.state.as_ref()?.setting {
            ProxySetting::Address { address } => Some(address),
            ProxySetting::System {} | ProxySetting::None {} => None,
        }
    }

    fn chosen(&self) -> &'static str {
        if self.naming {
            return OWN;
        }
        match self.state.as_ref().map(|state| &state.setting) {
            Some(ProxySetting::Address { .. }) => OWN,
            Some(ProxySetting::None {}) => NONE,
            Some(ProxySetting::System {}) | None => SYSTEM,
        }
    }
}

fn set(proxy: ProxySetting) -> Vec<Effect> {
    let command = Command::SetProxy { proxy };
    vec![Effect::Proxy { command }]
}

/// Nothing before the host said what holds.
pub(super) fn proxy(options: &Options) -> Option<Element<Action>> {
    let (text, proxy) = (&options.text, &options.proxy);
    let fixed = proxy.state.as_ref()?.fixed;
    let option = |value: &'static str, label: &str| {
        let option = Element::new("option").attribute("value", value);
        option
            .flag("selected", value == proxy.chosen())
            .text(text.plain(label))
    };
    let select = Element::new("select")
        .attribute("aria-labelledby", "proxy")
        .flag("disabled", fixed)
        .on(Handler::Change(Action::ChooseProxy))
        .child(option(SYSTEM, "proxy_system"))
        .child(option(NONE, "proxy_none"))
        .child(option(OWN, "proxy_own"));
    let field = || {
        Element::new("input")
            .key("proxy-address")
            .attribute("id", "proxy-address")
            .attribute("type", "text")
            .attribute("aria-label", text.plain("proxy_address"))
            .attribute("placeholder", "proxy.example:3128")
            .attribute("value", proxy.address().unwrap_or_default())
            .attribute("spellcheck", "false")
            .flag("disabled", fixed)
            .on(Handler::Change(Action::NameProxy))
    };
    let words = fixed.then(|| paragraph("muted", text.plain("proxy_fixed")));
    let section = inner(text, "proxy", "proxy_title")
        .child(paragraph("muted", text.plain("proxy_about")))
        .child(select)
        .children((proxy.chosen() == OWN).then(field))
        .children(words)
        .children(proxy.failure.as_ref().map(|failure| alert(text, failure)));
    Some(section)
}
