//! A certificate whose key is within reach, as the host lists it and as the person sees it.

use super::{
    certificate_face::{Face, home_words},
    node::Element,
    parts::{foreign, paragraph},
    wording::{date, name},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use tamga_core::{
    algorithm::{DigestAlgorithm, Padding},
    certificate::{Certificate, CertificateView},
    failure::{ErrorCode, Failure},
    protocol::{KeyEntry, Unreadable},
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
    /// Whether another has the same face: the serial number tells them apart.
    pub looks_like_another: bool,
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
            looks_like_another: false,
            entry,
        })
    }

    /// Why it cannot sign now.
    pub fn problem(&self) -> Option<ErrorCode> {
        let unsupported = self.digest.is_none().then_some(ErrorCode::KeyUnsupported);
        self.entry.problem.or(self.view.problem).or(unsupported)
    }

    /// Why it cannot sign, where its dates do not say that.
    fn untold_problem(&self) -> Option<ErrorCode> {
        use ErrorCode::{CertificateExpired, CertificateNotYetValid};
        let told = [CertificateExpired, CertificateNotYetValid];
        self.problem().filter(|problem| !told.contains(problem))
    }

    /// What it says at a glance.
    pub fn face(&self, text: &Catalogue) -> Face {
        Face::of(text, &self.view, &self.entry.location)
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

/// Whose it is and for whom, where its key is and how long it holds, and why it cannot sign where no date says that.
pub fn summary<A>(text: &Catalogue, key: &HeldKey) -> Element<A> {
    let face = key.face(text);
    let about = (!face.about.is_empty()).then(|| paragraph("card-about", face.about));
    let serial = || [&text.plain("detail_serial"), " ", &key.view.serial].concat();
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
        .children(serial.map(|serial| paragraph("card-about", serial)))
        .children(key.untold_problem().map(|problem| reason(text, problem)))
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
    let issuer = (!view.issuer.is_empty()).then(|| name(&view.issuer));
    let rows = [
        ("detail_issuer", issuer),
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

/// The word for an attribute of a name; an OID, which has none, stands for itself.
fn label(text: &Catalogue, label: &str) -> String {
    if label.starts_with(|first: char| first.is_ascii_digit()) {
        return label.to_owned();
    }
    text.plain(&["name_", label].concat())
}
