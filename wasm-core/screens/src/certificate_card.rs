//! A certificate whose key is within reach, as the host lists it and as the person sees it.

use super::{
    node::Element,
    parts::{foreign, paragraph},
    wording::{date, name},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use tamga_core::{
    algorithm::{DigestAlgorithm, Padding},
    certificate::{Certificate, CertificateState, CertificateView},
    failure::{ErrorCode, Failure},
    protocol::{KeyEntry, KeyLocation, Unreadable},
    text::Catalogue,
};

/// A key that the host has, with its certificate read.
#[derive(Clone, Debug)]
pub struct HeldKey {
    /// As the host listed it.
    pub entry: KeyEntry,
    /// What the certificate says.
    pub view: CertificateView,
    /// What documents are hashed with for this key; none for a key that cannot sign.
    pub digest: Option<DigestAlgorithm>,
}

impl HeldKey {
    /// Reads the certificate of a listed key. `now` in milliseconds since 1970.
    ///
    /// # Errors
    /// `CERTIFICATE_MALFORMED`.
    pub fn read(entry: KeyEntry, now: u64) -> Result<Self, Unreadable> {
        let der = BASE64_STANDARD.decode(&entry.certificate).ok();
        let certificate = der.and_then(|der| Certificate::parse(&der).ok());
        let Some(certificate) = certificate else {
            let subject = entry.location.name();
            return Err(Unreadable {
                failure: Failure::of(ErrorCode::CertificateMalformed, subject),
                location: Some(entry.location),
            });
        };
        let key = certificate.key().verifying_key();
        let algorithm = key.and_then(|key| key.signs_with(Padding::Pkcs1));
        Ok(Self {
            view: certificate.view(now / 1000),
            digest: algorithm.ok().map(|algorithm| algorithm.digest()),
            entry,
        })
    }

    /// Why it cannot sign now.
    pub fn problem(&self) -> Option<ErrorCode> {
        let unsupported = self.digest.is_none().then_some(ErrorCode::KeyUnsupported);
        self.entry.problem.or(self.view.problem).or(unsupported)
    }
}

/// Reads what the host listed: the keys whose certificates could be read, those that can sign first,
/// and everything that could not be read, by the host or here.
pub fn read_all(
    entries: Vec<KeyEntry>,
    mut unreadable: Vec<Unreadable>,
    now: u64,
) -> (Vec<HeldKey>, Vec<Unreadable>) {
    let (mut good, mut others) = (Vec::new(), Vec::new());
    for entry in entries {
        match HeldKey::read(entry, now) {
            Ok(key) if key.problem().is_none() => good.push(key),
            Ok(key) => others.push(key),
            Err(failed) => unreadable.push(failed),
        }
    }
    good.extend(others);
    (good, unreadable)
}

/// Owner, issuer and how long it still holds.
pub fn summary<A>(text: &Catalogue, key: &HeldKey) -> Element<A> {
    let view = &key.view;
    let owner = foreign("card-owner", &view.owner);
    let issuer = paragraph(
        "card-issuer",
        text.text("issued_by", &[("issuer", &name(&view.issuer))]),
    );
    let words = Element::new("div")
        .class("card-names")
        .child(owner)
        .child(issuer);
    Element::new("div")
        .class("card-summary")
        .child(words)
        .child(badge(text, key))
}

/// Everything else there is to know about it.
pub fn details<A>(text: &Catalogue, key: &HeldKey) -> Element<A> {
    let view = &key.view;
    let validity = [("from", view.not_before), ("until", view.not_after)];
    let [from, until] = validity.map(|(name, seconds)| (name, date(text, seconds)));
    let usages: Vec<String> = view
        .usages
        .iter()
        .map(|it| text.word("usage_", it))
        .collect();
    let usages = if usages.is_empty() {
        text.plain("usage_any_unstated")
    } else {
        usages.join(", ")
    };
    let validity = text.text("validity", &[(from.0, &from.1), (until.0, &until.1)]);
    let key_until = view
        .key_until
        .map(|seconds| text.text("key_validity", &[("until", &date(text, seconds))]));
    let rows = [
        ("detail_serial", Some(view.serial.clone())),
        (
            "detail_holder",
            view.holder.map(|it| text.word("holder_", it)),
        ),
        ("detail_usage", Some(usages)),
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

/// Why it cannot sign, in words.
pub fn reason<A>(text: &Catalogue, problem: ErrorCode) -> Element<A> {
    paragraph("card-reason", text.error(&problem.into()))
}

/// How long it holds, or that it does not.
fn badge<A>(text: &Catalogue, key: &HeldKey) -> Element<A> {
    let view = &key.view;
    let (class, words) = match view.state {
        CertificateState::Good => ("badge good", days_left(text, view.days_left)),
        CertificateState::ExpiresSoon => ("badge warn", days_left(text, view.days_left)),
        CertificateState::Expired => ("badge bad", text.plain("state_expired")),
        CertificateState::NotYetValid => ("badge bad", text.plain("state_not_yet_valid")),
        CertificateState::Unfit => ("badge bad", text.plain("state_unfit")),
    };
    let unusable = key.problem().is_some() && !class.ends_with("bad");
    let (class, words) = if unusable {
        ("badge bad", text.plain("state_unfit"))
    } else {
        (class, words)
    };
    Element::new("span").class(class).text(words)
}

fn days_left(text: &Catalogue, days: i32) -> String {
    text.text("days_left", &[("days", &days.to_string())])
}

/// The word for an attribute of a name; an OID, which has none, stands for itself.
fn label(text: &Catalogue, label: &str) -> String {
    if label.starts_with(|first: char| first.is_ascii_digit()) {
        return label.to_owned();
    }
    text.plain(&["name_", label].concat())
}

/// Where a key lives, in words.
pub fn home_words(text: &Catalogue, location: &KeyLocation) -> String {
    match location {
        KeyLocation::Pkcs12 { name: file, .. } => {
            text.text("home_pkcs12", &[("name", &name(file))])
        }
        KeyLocation::Cryptopro {
            folder,
            name: container,
        } => {
            let values = [("name", &*name(container)), ("folder", &name(folder))];
            text.text("home_cryptopro", &values)
        }
        KeyLocation::Token { name: token, .. } => {
            text.text("home_token", &[("name", &name(token))])
        }
    }
}
