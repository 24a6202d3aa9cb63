//! What several screens have in common.

use super::node::{Element, Handler};
use super::wording;
use tamga_core::{
    failure::Failure,
    origin::Origin,
    policy::{Decision, Grant, Scope, Site, managed::ManagedGrant},
    text::Catalogue,
};

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Weight {
    /// What the person most likely came for. One on a screen.
    Primary,
    /// As good as any other.
    Plain,
    /// There for those who look for it.
    Quiet,
}

/// A button that does something.
pub fn button<A>(label: String, weight: Weight, action: A) -> Element<A> {
    label_of(label, weight)
        .attribute("type", "button")
        .on(Handler::Click(action))
}

/// The button that submits its form.
pub fn submit<A>(label: String) -> Element<A> {
    label_of(label, Weight::Primary).attribute("type", "submit")
}

fn label_of<A>(label: String, weight: Weight) -> Element<A> {
    let class = match weight {
        Weight::Primary => "button primary",
        Weight::Plain => "button",
        Weight::Quiet => "button quiet",
    };
    Element::new("button")
        .key(label.clone())
        .class(class)
        .text(label)
}

/// Tamga's mark; the style sheet draws it.
pub fn mark<A>() -> Element<A> {
    Element::new("span")
        .class("tamga-mark")
        .attribute("aria-hidden", "true")
}

/// The heading of a screen, which the keyboard's focus comes to when the screen appears.
pub fn title<A>(words: String) -> Element<A> {
    let heading = Element::new("h1")
        .key(words.clone())
        .attribute("id", "title");
    heading.attribute("tabindex", "-1").focus(0).text(words)
}

/// A paragraph.
pub fn paragraph<A>(class: &'static str, words: String) -> Element<A> {
    Element::new("p").class(class).text(words)
}

/// A paragraph of foreign text.
pub fn foreign<A>(class: &'static str, words: &str) -> Element<A> {
    Element::new("p").class(class).foreign(words)
}

/// What only a screen reader needs to hear, when it changes.
pub fn status<A>(words: String) -> Element<A> {
    let region = Element::new("p").key("status").class("unseen");
    region
        .attribute("role", "status")
        .attribute("aria-live", "polite")
        .text(words)
}

/// What went wrong and what to do about it, announced at once.
pub fn alert<A>(text: &Catalogue, failure: &Failure) -> Element<A> {
    let notice = Element::new("div")
        .key("alert")
        .class("notice bad")
        .attribute("role", "alert");
    let what = paragraph("notice-what", text.error(failure));
    notice
        .child(what)
        .child(paragraph("notice-help", text.help(failure)))
}

/// The half of Tamga that is older than the other, and how it is updated.
pub fn outdated<A>(text: &Catalogue, failure: &Failure) -> Element<A> {
    Element::new("div")
        .key("outdated")
        .class("notice plain")
        .attribute("role", "note")
        .child(paragraph("notice-what", text.error(failure)))
        .child(paragraph("notice-help", text.help(failure)))
}

/// Something to be careful about.
pub fn caution<A>(words: String) -> Element<A> {
    let notice = Element::new("div")
        .class("notice warn")
        .attribute("role", "note");
    notice.child(Element::new("p").text(words))
}

/// A bar that fills up, or that only moves when it is not known how far the work has come.
pub fn progress<A>(label: &str, part: Option<(u64, u64)>) -> Element<A> {
    let bar = Element::new("progress").attribute("aria-label", label);
    match part {
        Some((done, total)) => bar
            .attribute("value", done.to_string())
            .attribute("max", total.max(1).to_string()),
        None => bar,
    }
}

/// An origin, its host standing out.
pub fn origin<A>(origin: &Origin) -> Element<A> {
    let shown = || {
        Element::new("span")
            .class("origin")
            .attribute("translate", "no")
    };
    let strong = |words: &str| Element::new("strong").class("origin-host").text(words);
    if origin.is_own_page() {
        return shown().child(strong(&origin.to_string()));
    }
    let (scheme, host) = origin
        .as_str()
        .split_once("://")
        .unwrap_or(("", origin.as_str()));
    let scheme = Element::new("span")
        .class("origin-scheme")
        .text([scheme, "://"].concat());
    shown().child(scheme).child(strong(host))
}

/// Who asks: the frame's origin, and the page's around it where it is another; or Tamga itself, which is no site.
pub fn site<A>(text: &Catalogue, site: &Site) -> Element<A> {
    let label = match site.origin.is_own_page() {
        true => "own_page_asks",
        false => "site_asks",
    };
    let label = paragraph("site-label", text.plain(label));
    let asking = Element::new("p")
        .class("site-origin")
        .child(origin(&site.origin));
    let around = site.top_origin.as_ref().map(|top| {
        let words = Element::new("span").text(text.plain("site_inside"));
        Element::new("p")
            .class("site-around")
            .child(words)
            .child(origin(top))
    });
    Element::new("header")
        .key("site")
        .class("site")
        .child(label)
        .child(asking)
        .children(around)
}

/// A decision, with the button that takes it back.
pub fn grant<A>(text: &Catalogue, grant: &Grant, revoke: A) -> Element<A> {
    let site = Element::new("p")
        .class("grant-site")
        .child(origin(&grant.site.origin));
    let around = grant.site.top_origin.as_ref().map(|top| {
        let words = Element::new("span").text(text.plain("site_inside"));
        Element::new("p")
            .class("site-around")
            .child(words)
            .child(origin(top))
    });
    let what = paragraph("grant-what", text.plain(decision_key(grant)));
    let until = grant
        .until
        .and_then(|until| i64::try_from(until / 1000).ok());
    let until = until.map(|until| {
        let day = wording::date(text, until);
        let words = match grant.ends_with_browser() {
            true => text.plain("grant_until_browser_closes"),
            false => text.text("grant_until", &[("date", &day)]),
        };
        paragraph("muted", words)
    });
    let facts = Element::new("div")
        .class("row-facts")
        .child(site)
        .children(around)
        .child(what);
    let revoke = button(text.plain("button_revoke"), Weight::Quiet, revoke);
    let row = Element::new("li").class("row").child(facts.children(until));
    row.child(revoke.attribute("aria-label", revoke_label(text, grant)))
}

/// What the administrator lets a site do without asking.
pub fn managed_grant<A>(text: &Catalogue, grant: &ManagedGrant) -> Element<A> {
    let site = Element::new("p")
        .class("grant-site")
        .child(origin(&grant.site.origin));
    let around = grant.site.top_origin.as_ref().map(|top| {
        let words = Element::new("span").text(text.plain("site_inside"));
        Element::new("p")
            .class("site-around")
            .child(words)
            .child(origin(top))
    });
    let what = grant.scopes.iter().map(|scope| {
        let key = match scope {
            Scope::Sign => "grant_sign_always",
            Scope::Certificate => "grant_certificate_always",
        };
        paragraph("grant-what", text.plain(key))
    });
    let facts = Element::new("div")
        .class("row-facts")
        .child(site)
        .children(around)
        .children(what)
        .child(paragraph("muted", text.plain("managed_fixed")));
    Element::new("li").class("row").child(facts)
}

fn decision_key(grant: &Grant) -> &'static str {
    match (grant.scope, grant.decision) {
        (Scope::Sign, Decision::Always) => "grant_sign_always",
        (Scope::Sign, Decision::Never) => "grant_sign_never",
        (Scope::Certificate, Decision::Always) => "grant_certificate_always",
        (Scope::Certificate, Decision::Never) => "grant_certificate_never",
    }
}

fn revoke_label(text: &Catalogue, grant: &Grant) -> String {
    let (site, what) = (grant.site.origin.as_str(), text.plain(decision_key(grant)));
    text.text("revoke_grant", &[("site", site), ("what", &what)])
}
