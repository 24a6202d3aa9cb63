//! What screens show of a certificate.

use super::{Attribute, Certificate, Usage, name};
use crate::failure::ErrorCode;
use serde::{Deserialize, Serialize};

const SECONDS_PER_DAY: i64 = 86_400;
/// Fewer days than this left count as soon.
const SOON: i32 = 30;

/// A certificate as a person sees it. Texts come from the certificate; characters that could make
/// them look like something else (controls, direction marks) are replaced by U+FFFD.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CertificateView {
    /// SHA-256 of the certificate, lower-case hex.
    pub id: String,
    /// Whose it is in one line: the common name, else the next best thing. Empty if it names nobody.
    pub owner: String,
    /// Everything the subject says, in order.
    pub owner_details: Vec<NameEntry>,
    /// Who issued it, in one line.
    pub issuer: String,
    /// Everything the issuer's name says, in order.
    pub issuer_details: Vec<NameEntry>,
    /// The serial number, lower-case hex.
    pub serial: String,
    /// The first second of its validity, Unix time.
    #[cfg_attr(test, ts(type = "number"))]
    pub not_before: i64,
    /// The last second of its validity, Unix time.
    #[cfg_attr(test, ts(type = "number"))]
    pub not_after: i64,
    /// Whole days until then; negative once it is over (−1 on the first day after).
    pub days_left: i32,
    /// What it may be used for.
    pub usages: Vec<Usage>,
    /// Its key, such as `RSA 2048`, `EC P-256`.
    pub key: String,
    /// How it stands.
    pub state: CertificateState,
    /// Why nothing can be signed with it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub problem: Option<ErrorCode>,
}

/// One line of a name.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NameEntry {
    /// One of [`super::LABELS`], or an OID in dotted form.
    pub label: String,
    /// The text.
    pub value: String,
}

/// How a certificate stands; decides its colour and its place in a list.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
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

pub(super) fn view(certificate: &Certificate, now: u64) -> CertificateView {
    let days_left = days_left(certificate.not_after, now);
    let problem = certificate.fitness(now).err();
    CertificateView {
        id: certificate.id(),
        owner: visible(&owner(certificate)),
        owner_details: entries(&certificate.subject),
        issuer: visible(best_name(&certificate.issuer).unwrap_or_default()),
        issuer_details: entries(&certificate.issuer),
        serial: certificate.serial(),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        days_left,
        usages: certificate.usages(),
        key: certificate.public_key.to_string(),
        state: state(problem, days_left),
        problem,
    }
}

fn state(problem: Option<ErrorCode>, days_left: i32) -> CertificateState {
    match problem {
        None if days_left < SOON => CertificateState::ExpiresSoon,
        None => CertificateState::Good,
        Some(ErrorCode::CertificateExpired) => CertificateState::Expired,
        Some(ErrorCode::CertificateNotYetValid) => CertificateState::NotYetValid,
        Some(_) => CertificateState::Unfit,
    }
}

/// Rounded down, so that the last day has 0 left and the day after it −1.
fn days_left(not_after: i64, now: u64) -> i32 {
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let days = not_after.saturating_sub(now).div_euclid(SECONDS_PER_DAY);
    i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX })
}

fn owner(certificate: &Certificate) -> String {
    let mail = certificate.extensions.email.as_deref();
    let name = best_name(&certificate.subject).or(mail);
    name.unwrap_or_default().to_owned()
}

/// The attribute that says most about who it is.
fn best_name(attributes: &[Attribute]) -> Option<&str> {
    let labels = ["commonName", "pseudonym", "name", "organization", "email"];
    let best = labels
        .iter()
        .find_map(|label| name::find(attributes, label));
    best.or_else(|| attributes.first().map(|attribute| attribute.labelled().1))
}

fn entries(attributes: &[Attribute]) -> Vec<NameEntry> {
    let labelled = attributes.iter().map(Attribute::labelled);
    let entry = |(label, value): (&str, &str)| NameEntry {
        label: label.to_owned(),
        value: visible(value),
    };
    labelled.map(entry).collect()
}

/// Names come from strangers: nothing in them may move the cursor or turn the direction of reading.
fn visible(text: &str) -> String {
    let harmful = |character: char| {
        character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.replace(harmful, "\u{fffd}")
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
    fn names_cannot_play_tricks() {
        assert_eq!(visible("Иван\u{202e}fdp\n"), "Иван\u{fffd}fdp\u{fffd}");
        assert_eq!(visible("Ольга Ә. «ТОО»"), "Ольга Ә. «ТОО»");
    }
}
