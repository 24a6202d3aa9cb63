//! What the administrator has decided: the person sees it, and changes none of it.

use super::{Options, messages::Action};
use crate::{
    node::Element,
    parts::{self, caution, paragraph},
};

/// What is said of the administrator's settings that are not used: whoever set them is not here to see it.
pub(super) fn problems(options: &Options) -> Option<Element<Action>> {
    let problems = &options.managed.problems;
    let words = || {
        let keys = problems.join(", ");
        options.text.text("managed_problems", &[("keys", &keys)])
    };
    (!problems.is_empty()).then(|| caution(words()).key("managed-problems"))
}

/// Which sites may use Tamga, and which need not ask.
pub(super) fn sites(options: &Options) -> Vec<Element<Action>> {
    let (text, managed) = (&options.text, options.policy.managed());
    let allowed = managed.allowed_sites().map(|sites| {
        let key = match sites {
            [] => "managed_none_allowed",
            _ => "managed_allowed",
        };
        let rows = sites.iter().map(|site| {
            let name = Element::new("span").class("origin").text(site.written());
            let name = name.attribute("translate", "no");
            Element::new("li").class("row").child(name)
        });
        let rows: Vec<_> = rows.collect();
        let list = (!rows.is_empty()).then(|| Element::new("ul").class("rows").children(rows));
        let words = paragraph("muted", text.plain(key));
        Element::new("div")
            .key("managed-allowed")
            .child(words)
            .children(list)
    });
    let grants = managed.grants().iter();
    let grants: Vec<_> = grants
        .map(|grant| parts::managed_grant(text, grant))
        .collect();
    let granted = (!grants.is_empty()).then(|| {
        let list = Element::new("ul").class("rows").children(grants);
        Element::new("div").key("managed-grants").child(list)
    });
    allowed.into_iter().chain(granted).collect()
}
