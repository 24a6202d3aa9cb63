//! What screens show of a certificate. The host reads it; whoever shows it needs no ASN.1, only the time.

use super::{Attribute, Certificate, Identification, KeyKind, Usage, name};
use crate::{algorithm::DigestAlgorithm, display_text, failure::ErrorCode, text::Catalogue};
use serde::{Deserialize, Serialize};

const SECONDS_PER_DAY: i64 = 86_400;
/// Fewer days than this left count as soon.
const EXPIRY_WARNING_DAYS: i32 = 30;

/// What a certificate says, at any time. Texts come from the certificate; what could make them look like something else
/// is written out ([`display_text::name`]).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct CertificateView {
    /// Whose it is in one line: the common name, else the next best thing; never empty.
    pub owner: String,
    /// Everything the subject says, in order.
    pub owner_details: Vec<NameEntry>,
    /// Who issued it, in one line. Empty if it does not say.
    pub issuer: String,
    /// The serial number, lower-case hex.
    pub serial: String,
    /// The first second of its validity, Unix time.
    #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
    pub not_before: i64,
    /// The last second of its validity, Unix time.
    #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
    pub not_after: i64,
    /// The last second in which its key may sign, where that is earlier, Unix time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional, type = "number"))]
    pub key_until: Option<i64>,
    /// What its holder is, where a national profile says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub holder: Option<Holder>,
    /// How the authority made sure of who that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub identification: Option<Identification>,
    /// The class of signing tools that it is for, such as `КС1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub tool_class: Option<String>,
    /// What the holder signs with, as the certificate has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub signing_tool: Option<String>,
    /// What the authority signed it with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub issuer_tool: Option<String>,
    /// What it may be used for.
    pub usages: Vec<Usage>,
    /// Its key, such as `RSA 2048`, `EC P-256`.
    pub key: String,
    /// The kind of a GOST key, for which languages have words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub key_kind: Option<KeyKind>,
    /// What documents are hashed with for its key; absent for a key that cannot sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub digest: Option<DigestAlgorithm>,
    /// Why nothing can be signed with it at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub defect: Option<ErrorCode>,
}

/// How a certificate stands at a time.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Whole days until it can sign no more; negative once that is over (−1 on the first day after).
    pub days_left: i32,
    /// Decides its colour and its place in a list.
    pub state: CertificateState,
    /// Why nothing can be signed with it then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ErrorCode>,
}

impl CertificateView {
    /// The key as the language calls it.
    pub fn key_words(&self, text: &Catalogue) -> String {
        match self.key_kind {
            Some(kind) => text.word("key_", kind),
            None => self.key.clone(),
        }
    }

    /// How it stands at `now` (Unix seconds).
    pub fn standing(&self, now: u64) -> Standing {
        let term = Term {
            validity: (self.not_before, self.not_after),
            key_until: self.key_until,
        };
        let problem = term.problem(self.defect, now);
        let days_left = days_left(self.key_until.unwrap_or(self.not_after), now);
        Standing {
            days_left,
            state: state(problem, days_left),
            problem,
        }
    }
}

/// When a certificate may sign, Unix time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Term {
    /// The first and last second of its validity.
    pub(super) validity: (i64, i64),
    /// The last second in which its key may sign.
    pub(super) key_until: Option<i64>,
}

impl Term {
    /// The first reason against signing at `now` (Unix seconds) with a certificate that has this defect: one that
    /// cannot be read does not tell when it holds.
    pub(super) fn problem(self, defect: Option<ErrorCode>, now: u64) -> Option<ErrorCode> {
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let (first, last) = self.validity;
        match defect {
            Some(ErrorCode::CertificateMalformed) => defect,
            _ if now < first => Some(ErrorCode::CertificateNotYetValid),
            _ if now > last => Some(ErrorCode::CertificateExpired),
            _ if self.key_until.is_some_and(|until| now > until) => Some(ErrorCode::KeyExpired),
            _ => defect,
        }
    }
}

/// One line of a name.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct NameEntry {
    /// One of [`super::LABELS`], or an OID in dotted form.
    pub label: String,
    /// The text.
    pub value: String,
}

/// What the holder of a certificate is. Each has a word in the catalogue (`holder_` and the name on the wire).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub enum Holder {
    /// A private person.
    Individual,
    /// A person in business of their own (ИП).
    SoleTrader,
    /// An organisation, or a person for one.
    LegalEntity,
}

impl Holder {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Individual, Self::SoleTrader, Self::LegalEntity];
}

/// Whether a certificate may sign, as lists divide them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateState {
    /// Nothing is against signing with it.
    Good,
    /// Good, for less than 30 days.
    ExpiresSoon,
    /// Its validity has ended.
    Expired,
    /// Its validity has not begun.
    NotYetValid,
    /// It is not for signing, or not with Tamga.
    Unfit,
}

pub(super) fn view(certificate: &Certificate) -> CertificateView {
    let extensions = &certificate.extensions;
    CertificateView {
        owner: display_text::name(&owner(certificate)),
        owner_details: entries(certificate.subject.attributes()),
        issuer: display_text::name(&best_name(certificate.issuer.attributes()).unwrap_or_default()),
        serial: certificate.serial(),
        not_before: certificate.validity().0,
        not_after: certificate.validity().1,
        key_until: certificate.key_until(),
        holder: holder(certificate),
        identification: extensions.identification,
        tool_class: certificate.tool_class().map(str::to_owned),
        signing_tool: extensions.signing_tool.as_deref().map(display_text::name),
        issuer_tool: extensions.issuer_tool.as_deref().map(display_text::name),
        usages: certificate.usages(),
        key: certificate.public_key.to_string(),
        key_kind: certificate.public_key.kind(),
        digest: certificate.signing_algorithm().map(|it| it.digest()),
        defect: certificate.defect(),
    }
}

/// The same of a certificate that nobody wants to sign with: that an authority's is not for that is no fault of it.
pub(super) fn view_without_key(certificate: &Certificate) -> CertificateView {
    let view = view(certificate);
    match view.defect {
        Some(ErrorCode::CertificateUnfit) if certificate.is_authority() => CertificateView {
            defect: None,
            ..view
        },
        _ => view,
    }
}

fn state(problem: Option<ErrorCode>, days_left: i32) -> CertificateState {
    match problem {
        None if days_left < EXPIRY_WARNING_DAYS => CertificateState::ExpiresSoon,
        None => CertificateState::Good,
        Some(ErrorCode::CertificateExpired | ErrorCode::KeyExpired) => CertificateState::Expired,
        Some(ErrorCode::CertificateNotYetValid) => CertificateState::NotYetValid,
        Some(_) => CertificateState::Unfit,
    }
}

/// How many whole days are left at `now` until a last second (both Unix time): 0 on the last day, −1 on the day after it.
pub fn days_left(not_after: i64, now: u64) -> i32 {
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let days = not_after.saturating_sub(now).div_euclid(SECONDS_PER_DAY);
    i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX })
}

/// Kazakhstan says it by an extended key usage, Russia by which registers the subject is in.
fn holder(certificate: &Certificate) -> Option<Holder> {
    let usages = certificate.usages();
    let is_in = |label| name::find(certificate.subject.attributes(), label).is_some();
    let signs = [
        (usages.contains(&Usage::KzLegalEntity), Holder::LegalEntity),
        (usages.contains(&Usage::KzIndividual), Holder::Individual),
        (is_in("ogrnip"), Holder::SoleTrader),
        (is_in("ogrn"), Holder::LegalEntity),
        (is_in("innLegalEntity"), Holder::LegalEntity),
        (is_in("inn") || is_in("snils"), Holder::Individual),
    ];
    let first = signs.into_iter().find(|(shows, _)| *shows);
    first.map(|(_, holder)| holder)
}

fn owner(certificate: &Certificate) -> String {
    let alternative = certificate.extensions.alternative_name();
    let name = best_name(certificate.subject.attributes()).or(alternative.map(str::to_owned));
    // RFC 5280 §4.1.2.6: the subject may be empty
    name.unwrap_or_else(|| format!("№ {}", certificate.serial()))
}

/// What says most about who it is: the first of these attributes, else a person's names, else one that is not about a
/// place. `None` where nobody is named.
pub(super) fn best_name(attributes: &[Attribute]) -> Option<String> {
    let found = |label: &&str| find_words(attributes, label);
    let first = |labels: &[&str]| labels.iter().find_map(found);
    let person = || {
        let names: Vec<&str> = ["surname", "givenName"].iter().filter_map(found).collect();
        (!names.is_empty()).then(|| names.join(" "))
    };
    let any = || {
        let places = ["country", "state", "locality", "street"];
        let labelled = attributes.iter().map(Attribute::labelled);
        let said = labelled.filter(|(_, value)| !value.trim().is_empty());
        let said: Vec<_> = said.collect();
        let other = said.iter().find(|(label, _)| !places.contains(label));
        other.or(said.first()).map(|(_, value)| (*value).to_owned())
    };
    first(&["commonName", "pseudonym", "name"])
        .map(str::to_owned)
        .or_else(person)
        .or_else(|| first(&["organization", "organizationalUnit", "email"]).map(str::to_owned))
        .or_else(any)
}

/// The first value of an attribute with this label that is more than white space.
fn find_words<'a>(attributes: &'a [Attribute], label: &str) -> Option<&'a str> {
    let labelled = attributes.iter().map(Attribute::labelled);
    let mut values = labelled.filter(|(own, value)| *own == label && !value.trim().is_empty());
    values.next().map(|(_, value)| value)
}

pub(super) fn entries(attributes: &[Attribute]) -> Vec<NameEntry> {
    let labelled = attributes.iter().map(Attribute::labelled);
    let entry = |(label, value): (&str, &str)| NameEntry {
        label: label.to_owned(),
        value: display_text::name(value),
    };
    labelled.map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_rounded_down() {
        const NOW: u64 = 1_800_000_000;
        let end = |seconds: i64| days_left(1_800_000_000 + seconds, NOW);
        assert_eq!(
            [end(86_400), end(86_399), end(0), end(-1), end(-86_401)],
            [1, 0, 0, -1, -2]
        );
        assert_eq!(days_left(i64::MIN, u64::MAX), i32::MIN);
        assert_eq!(days_left(i64::MAX, 0), i32::MAX);
    }

    #[test]
    fn somebody_is_named_without_a_common_name() {
        let named = |pairs: &[(&str, &str)]| {
            let attribute = |(oid, value): &(&str, &str)| Attribute {
                oid: format!("2.5.4.{oid}"),
                value: (*value).to_owned(),
            };
            best_name(&pairs.iter().map(attribute).collect::<Vec<_>>())
        };
        for (pairs, expected) in [
            (&[("6", "KZ"), ("3", "Әсел")][..], Some("Әсел")),
            (
                &[
                    ("6", "RU"),
                    ("42", "Ольга"),
                    ("4", "Тестова"),
                    ("10", "ООО"),
                ],
                Some("Тестова Ольга"),
            ),
            (&[("6", "RU"), ("3", " "), ("10", "ООО")], Some("ООО")),
            (&[("6", "RU"), ("11", "Бухгалтерия")], Some("Бухгалтерия")),
            (&[("6", "RU"), ("7", "Москва"), ("5", "77")], Some("77")),
            (&[("6", "RU")], Some("RU")),
            (&[("3", "")], None),
            (&[], None),
        ] {
            assert_eq!(named(pairs).as_deref(), expected, "{pairs:?}");
        }
    }
}
