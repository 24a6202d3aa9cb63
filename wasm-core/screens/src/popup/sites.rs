//! What the site in the current tab may do, and when it may ask again.

use super::{Action, Popup};
use crate::{
    node::Element,
    parts::{self, Weight, button, paragraph},
};
use tamga_core::{
    origin::Origin,
    policy::{Refusal, Scope, Site},
};

impl Popup {
    pub(super) fn site(&self) -> Option<Element<Action>> {
        let (text, page) = (&self.text, self.page.as_ref()?);
        let grants = self.policy.current(self.now);
        let grants = grants.filter(|grant| {
            concerns(&grant.site, page) || grant.forbids(&page_alone(page), grant.scope)
        });
        let grants =
            grants.map(|grant| parts::grant(text, grant, Action::Decide(grant.revocation())));
        let refusals = self.policy.waiting(self.now);
        let refusals = refusals.filter(|refusal| {
            concerns(&refusal.site, page) || refusal.site.covers(&page_alone(page))
        });
        let refusals = refusals.map(|refusal| self.refusal(refusal));
        let managed = self.policy.managed();
        let granted = managed.grants().iter();
        let granted = granted.filter(|grant| concerns(&grant.site, page));
        let granted = granted.map(|grant| parts::managed_grant(text, grant));
        let list = Element::new("ul").class("rows").children(granted);
        let list = list.children(grants).children(refusals);
        let none = list.children.is_empty();
        let heading = Element::new("h2")
            .attribute("id", "site")
            .text(text.plain("this_site"));
        let site = Element::new("p")
            .class("site-origin")
            .child(parts::origin(page));
        let section = Element::new("section")
            .key("site")
            .attribute("aria-labelledby", "site");
        let section = section.child(heading).child(site);
        if !managed.allows(&page_alone(page)) {
            let words = text.plain("site_not_allowed");
            return Some(section.child(paragraph("muted", words)));
        }
        Some(match none {
            true => section.child(paragraph("muted", text.plain("site_without_grants"))),
            false => section.child(list),
        })
    }

    /// A refusal that is for now, with the button that ends it.
    fn refusal(&self, refusal: &Refusal) -> Element<Action> {
        let text = &self.text;
        let what = match refusal.scope {
            Scope::Sign => "refusal_sign",
            Scope::Certificate => "refusal_certificate",
        };
        let seconds = refusal.until.saturating_sub(self.now).div_ceil(1000);
        let (key, count) = match seconds {
            ..=90 => ("refusal_seconds", seconds),
            _ => ("refusal_minutes", seconds.div_ceil(60)),
        };
        let until = text.text(key, &[("count", &count.to_string())]);
        let facts = Element::new("div")
            .class("row-facts")
            .children(self.who(&refusal.site))
            .child(paragraph("grant-what", text.plain(what)))
            .child(paragraph("muted", until));
        let label = text.text("ask_again", &[("site", refusal.site.origin.as_str())]);
        let again = Action::Decide(refusal.revocation());
        let again = button(text.plain("button_ask_again"), Weight::Plain, again);
        let row = Element::new("li").class("row stacked").child(facts);
        row.child(again.attribute("aria-label", label))
    }
}

/// Whether it is about the page or a frame in it.
fn concerns(site: &Site, page: &Origin) -> bool {
    site.origin == *page || site.top() == page
}

fn page_alone(page: &Origin) -> Site {
    Site {
        origin: page.clone(),
        top_origin: None,
    }
}
