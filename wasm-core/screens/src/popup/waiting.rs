//! Requests that wait for a click on the icon, because their pages were not touched or not in front.

use super::{Action, Popup};
use crate::{
    node::Element,
    parts::{self, Weight, button, paragraph},
};
use serde::Deserialize;
use tamga_core::{
    origin::Origin,
    policy::{Scope, Site},
};

/// A request that waits.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WaitingRequest {
    /// The page's number for it.
    pub id: String,
    /// Who asks.
    pub site: Site,
    /// What for.
    pub scope: Scope,
}

impl Popup {
    pub(super) fn waiting(&self) -> Option<Element<Action>> {
        let rows = self.waiting.iter().map(|request| self.request(request));
        let list = Element::new("ul").class("rows").children(rows);
        let heading = Element::new("h2")
            .attribute("id", "waiting")
            .text(self.text.plain("waiting_title"));
        let section = Element::new("section")
            .key("waiting")
            .attribute("aria-labelledby", "waiting");
        (!list.children.is_empty()).then(|| section.child(heading).child(list))
    }

    fn request(&self, request: &WaitingRequest) -> Element<Action> {
        let text = &self.text;
        let site = request.site.origin.as_str();
        let named = |key, label, weight, action| {
            let words = text.text(label, &[("site", site)]);
            button(text.plain(key), weight, action).attribute("aria-label", words)
        };
        let open = Action::OpenRequest(request.id.clone());
        let open = named("button_open_request", "open_request", Weight::Primary, open);
        let dismiss = Action::DismissRequest(request.id.clone());
        let dismiss = named(
            "button_dismiss_request",
            "dismiss_request",
            Weight::Quiet,
            dismiss,
        );
        let what = match request.scope {
            Scope::Sign => "waiting_sign",
            Scope::Certificate => "waiting_certificate",
        };
        let facts = Element::new("div")
            .class("row-facts")
            .children(self.who(&request.site))
            .child(paragraph("grant-what", text.plain(what)));
        let buttons = Element::new("div").class("buttons start");
        let row = Element::new("li").key(request.id.as_str());
        row.class("row stacked")
            .child(facts)
            .child(buttons.child(open).child(dismiss))
    }

    /// The site that asks, and the page around it where it is another.
    pub(super) fn who(&self, site: &Site) -> Vec<Element<Action>> {
        let asks = |origin: &Origin| {
            Element::new("p")
                .class("grant-site")
                .child(parts::origin(origin))
        };
        let around = |top: &Origin| {
            let words = Element::new("span").text(self.text.plain("site_inside"));
            let around = Element::new("p").class("site-around").child(words);
            around.child(parts::origin(top))
        };
        let around = site.top_origin.as_ref().map(around);
        [Some(asks(&site.origin)), around]
            .into_iter()
            .flatten()
            .collect()
    }
}
