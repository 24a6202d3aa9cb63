//! A certificate whose key is within reach, as the host lists it and as the person sees it.

use super::{
    certificate_face::{Face, home_words},
    certificate_list::Section,
    node::Element,
    parts::{Weight, button, foreign, paragraph},
    verdict,
    wording::{date, name},
};
use tamga_core::{
    algorithm::DigestAlgorithm,
    certificate::{CertificateView, Standing},
    failure::ErrorCode,
    protocol::{CertificateVerdict, KeyEntry},
    text::Catalogue,
};

/// A key that the host has, and how its certificate stands.
#[derive(Clone, Debug)]
pub struct HeldKey {
    /// As the host listed it.
    pub entry: KeyEntry,
    /// How its certificate stands.
    pub standing: Standing,
    /// Whether another has the same face: the serial number tells them apart.
    pub looks_like_another: bool,
    /// Whether the person does not want to see it in lists.
    pub hidden: bool,
    /// What the host found out about its certificate, once that is known.
    pub verdict: Option<Box<CertificateVerdict>>,
    /// Where it stands in a list.
    pub section: Section,
}

impl HeldKey {
    /// A listed key as it is `now`, in milliseconds since 1970.
    pub fn new(entry: KeyEntry, now: u64) -> Self {
        let mut key = Self {
            standing: entry.view.standing(now / 1000),
            looks_like_another: false,
            hidden: false,
            verdict: None,
            section: Section::Good,
            entry,
        };
        key.section = Section::of(&key);
        key
    }

    /// What documents are hashed with for it; nothing for a key that cannot sign.
    pub fn digest(&self) -> Option<DigestAlgorithm> {
        self.entry.view.digest
    }

    /// Why it cannot sign now.
    pub fn problem(&self) -> Option<ErrorCode> {
        self.entry.problem.or(self.standing.problem)
    }

    /// Why it cannot sign, where its dates do not say that.
    pub(crate) fn untold_problem(&self) -> Option<ErrorCode> {
        use ErrorCode::{CertificateExpired, CertificateNotYetValid};
        let told = [CertificateExpired, CertificateNotYetValid];
        self.problem().filter(|problem| !told.contains(problem))
    }

    /// What it says at a glance.
    pub fn face(&self, text: &Catalogue) -> Face {
        Face::of(text, self)
    }
}

/// What the host listed: the keys that can sign first.
pub fn held(entries: Vec<KeyEntry>, now: u64) -> Vec<HeldKey> {
    let keys = entries.into_iter().map(|entry| HeldKey::new(entry, now));
    let (mut good, others): (Vec<_>, Vec<_>) = keys.partition(|key| key.problem().is_none());
    good.extend(others);
    good
}

/// Whose it is and for whom, where its key is and how long it holds, and why it cannot sign where no date says that.
pub fn summary<A>(text: &Catalogue, key: &HeldKey) -> Element<A> {
    let face = key.face(text);
    let about = (!face.about.is_empty()).then(|| paragraph("card-about", face.about));
    let serial = || [&text.plain("detail_serial"), " ", &key.entry.view.serial].concat();
    let serial = key.looks_like_another.then(serial);
    let validity = Element::new("p")
        .class(face.validity.class)
        .text(face.validity.words);
    let line = Element::new("div")
        .class("card-line")
        .child(paragraph("card-place", face.place))
        .child(validity);
    Element::new("div")
        .class("card-summary")
        .child(foreign("card-owner", &face.owner))
        .children(about)
        .child(line)
        .children(verdict::line(text, key))
        .children(serial.map(|serial| paragraph("card-about", serial)))
        .children(key.untold_problem().map(|problem| reason(text, problem)))
}

/// Everything else there is to know about it: its verdict, where that says more than the card, and what it says itself.
pub fn details<A>(text: &Catalogue, key: &HeldKey) -> Vec<Element<A>> {
    let verdict = key.verdict.as_deref();
    let verdict = verdict.map(|it| verdict::whole(text, it));
    verdict.into_iter().chain([facts(text, key)]).collect()
}

fn facts<A>(text: &Catalogue, key: &HeldKey) -> Element<A> {
    let view = &key.entry.view;
    let validity = [("from", view.not_before), ("until", view.not_after)];
    let [from, until] = validity.map(|(name, seconds)| (name, date(text, seconds)));
    let validity = text.text("validity", &[(from.0, &from.1), (until.0, &until.1)]);
    let key_until = view
        .key_until
        .map(|seconds| text.text("key_validity", &[("until", &date(text, seconds))]));
    let issuer = (!view.issuer.is_empty()).then(|| name(&view.issuer));
    let rows = [
        ("detail_issuer", issuer),
        ("detail_serial", Some(view.serial.clone())),
        (
            "detail_holder",
            view.holder.map(|it| text.word("holder_", it)),
        ),
        ("detail_usage", Some(usage_words(text, view))),
        ("detail_key", Some(view.key_words(text))),
        ("detail_home", Some(home_words(text, &key.entry.location))),
        ("detail_validity", Some(validity)),
        ("detail_key_validity", key_until),
        ("detail_tool_class", view.tool_class.clone()),
        ("detail_signing_tool", view.signing_tool.clone()),
        ("detail_issuer_tool", view.issuer_tool.clone()),
        (
            "detail_identification",
            view.identification.map(|it| text.word("identified_", it)),
        ),
    ];
    let rows = rows
        .into_iter()
        .filter_map(|(label, value)| Some((text.plain(label), value?)));
    let names = view.owner_details.iter();
    let names = names
        .filter(|entry| entry.value != view.owner)
        .map(|entry| (label(text, &entry.label), entry.value.clone()));
    let rows = names.chain(rows).flat_map(|(label, value)| {
        [
            Element::new("dt").text(label),
            Element::new("dd").foreign(&value),
        ]
    });
    Element::new("dl").class("card-details").children(rows)
}

/// The way to everything about it, and out of the lists or back into them.
pub fn buttons<A>(text: &Catalogue, key: &HeldKey, open: A, hide: A) -> [Element<A>; 2] {
    let owner = name(&key.entry.view.owner);
    let named = |label: &str, weight, action| {
        let label = text.plain(label);
        let values = [("action", &*label), ("name", &*owner)];
        let described = text.text("action_of", &values);
        button(label, weight, action).attribute("aria-label", described)
    };
    let hiding = match key.hidden {
        true => "button_unhide",
        false => "button_hide",
    };
    [
        named(hiding, Weight::Quiet, hide),
        named("button_certificate", Weight::Plain, open),
    ]
}

/// What it may be used for, in words.
pub(crate) fn usage_words(text: &Catalogue, view: &CertificateView) -> String {
    let usages = view.usages.iter().map(|it| text.word("usage_", it));
    let usages: Vec<String> = usages.collect();
    match usages.is_empty() {
        true => text.plain("usage_any_unstated"),
        false => usages.join(", "),
    }
}

/// Why it cannot sign, in words.
pub fn reason<A>(text: &Catalogue, problem: ErrorCode) -> Element<A> {
    paragraph("card-reason", text.error(&problem.into()))
}

/// The word for an attribute of a name; an OID, which has none, stands for itself.
pub(crate) fn label(text: &Catalogue, label: &str) -> String {
    if label.starts_with(|first: char| first.is_ascii_digit()) {
        return label.to_owned();
    }
    text.plain(&["name_", label].concat())
}
