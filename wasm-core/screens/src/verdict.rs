//! How the verdict on a certificate is shown. Amber or no colour is for what is not known: it never looks like "not valid".

use super::{certificate_card::HeldKey, node::Element, parts::paragraph, wording::date};
use tamga_core::{
    protocol::{
        CertificateVerdict, RevocationStatus, UncheckedReason, VerdictOutcome, VerdictWords,
    },
    text::Catalogue,
};

/// Whether verifiers will refuse signatures with this certificate, as far as it is known.
pub fn is_refused(verdict: &CertificateVerdict) -> bool {
    matches!(verdict.outcome, VerdictOutcome::Invalid { .. })
}

/// The line of a card, which is there from the beginning so that nothing moves when the verdict comes: what it is, and
/// what to do. Nothing where the card says already why the key cannot sign.
pub fn line<A>(text: &Catalogue, key: &HeldKey) -> Option<Element<A>> {
    if key.problem().is_some() {
        return None;
    }
    let (class, headline, step) = match &key.verdict {
        None => ("verdict", "\u{a0}".to_owned(), None),
        Some(verdict) => {
            let words = words(text);
            let step = words.next_step(verdict);
            (class(verdict), words.headline(verdict), step)
        }
    };
    let headline = Element::new("span").class("verdict-short").text(headline);
    let line = Element::new("p").class(class).child(headline);
    Some(match step {
        Some(step) => line.text(". ").child(Element::new("span").text(step)),
        None => line,
    })
}

/// The verdict in a few words, for a line with other facts.
pub fn short<A>(text: &Catalogue, verdict: &CertificateVerdict) -> Element<A> {
    let headline = words(text).headline(verdict);
    Element::new("span").class(class(verdict)).text(headline)
}

/// Everything about it: why, what to do, who vouches for the certificate, and what else there is to know.
pub fn whole<A>(text: &Catalogue, verdict: &CertificateVerdict) -> Element<A> {
    let words = words(text);
    let box_class = match tone(verdict) {
        Tone::Good => "notice good",
        Tone::Unknown => "notice plain",
        Tone::Warn => "notice warn",
        Tone::Bad => "notice bad",
    };
    let facts = [
        words.cause(verdict),
        words.about(verdict),
        words.next_step(verdict),
        words.anchor(verdict),
    ];
    let facts = facts.into_iter().flatten();
    let facts = facts.chain(words.recognition(verdict));
    let facts = facts.chain(words.revocation(verdict));
    let facts = facts.map(|fact| paragraph("verdict-fact", fact));
    let others = words.asked_in_vain(verdict).into_iter();
    let others = others.chain(words.warnings(verdict));
    let others = others.map(|line| paragraph("fine", line));
    Element::new("div")
        .key("verdict")
        .class(box_class)
        .child(paragraph("notice-what", words.headline(verdict)))
        .children(facts)
        .children(others)
}

/// Before the person signs with what verifiers will refuse: that they will, and why. It forbids nothing.
pub fn warning<A>(text: &Catalogue, key: &HeldKey) -> Option<Element<A>> {
    let verdict = key.verdict.as_deref().filter(|it| is_refused(it))?;
    let cause = words(text).cause(verdict).unwrap_or_default();
    let words = text.text("sign_refused_later", &[("cause", &cause)]);
    let warning = paragraph("hint wrong", words).key("refused-later");
    Some(warning.attribute("role", "alert"))
}

pub(crate) fn words(text: &Catalogue) -> VerdictWords<'_> {
    VerdictWords { texts: text, date }
}

/// How a verdict looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Tone {
    Good,
    /// It is still being found out.
    Unknown,
    /// It could not be found out.
    Warn,
    Bad,
}

fn tone(verdict: &CertificateVerdict) -> Tone {
    match &verdict.outcome {
        VerdictOutcome::Valid {} => Tone::Good,
        VerdictOutcome::Invalid { .. } => Tone::Bad,
        VerdictOutcome::Unchecked {
            reason: UncheckedReason::RevocationUnknown {},
            ..
        } if verdict.revocation == (RevocationStatus::NotAsked {}) => Tone::Unknown,
        VerdictOutcome::Unchecked { .. } => Tone::Warn,
    }
}

fn class(verdict: &CertificateVerdict) -> &'static str {
    match tone(verdict) {
        Tone::Good => "verdict good",
        Tone::Unknown => "verdict",
        Tone::Warn => "verdict warn",
        Tone::Bad => "verdict bad",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        english,
        fixtures::{IVANOVA, NOW, PETROV, entry, revoked, unchecked, valid},
    };
    use tamga_core::trust::revocation::Unavailable;

    fn key(certificate: &str, verdict: Option<CertificateVerdict>) -> HeldKey {
        HeldKey {
            verdict: verdict.map(Box::new),
            ..HeldKey::new(entry(certificate), NOW)
        }
    }

    /// The class and the words of a card's line.
    fn line_of(verdict: Option<CertificateVerdict>) -> (String, String) {
        let line = line::<()>(&english(), &key(IVANOVA, verdict)).unwrap();
        (line.value_of("class").unwrap().to_owned(), line.words())
    }

    #[test]
    fn what_is_not_known_never_looks_like_not_valid() {
        let not_asked = RevocationStatus::NotAsked {};
        let offline = RevocationStatus::Unavailable {
            why: Unavailable::NoEvidence,
            failures: Vec::new(),
        };
        let lines = [
            (None, "verdict", "\u{a0}"),
            (
                Some(unchecked(IVANOVA, not_asked)),
                "verdict",
                "Being checked",
            ),
            (Some(valid(IVANOVA)), "verdict good", "Valid"),
        ];
        for (verdict, class, words) in lines {
            assert_eq!(line_of(verdict), (class.to_owned(), words.to_owned()));
        }
        let (class, words) = line_of(Some(unchecked(IVANOVA, offline)));
        assert_eq!(class, "verdict warn");
        assert!(words.starts_with("Could not be checked\n. \n"), "{words}");
        let (class, words) = line_of(Some(revoked(IVANOVA)));
        assert_eq!(class, "verdict bad");
        assert!(
            words.starts_with("Revoked\n. \nGet a new certificate"),
            "{words}"
        );
    }

    #[test]
    fn a_card_that_says_already_why_it_cannot_sign_says_no_more() {
        assert!(line::<()>(&english(), &key(PETROV, None)).is_none());
    }

    #[test]
    fn the_whole_verdict_says_why_and_what_to_do() {
        let text = english();
        let words = whole::<()>(&text, &revoked(IVANOVA)).words();
        let expected = "Revoked\nThe certificate was revoked on 2027-01-01.\nGet a new certificate";
        assert!(words.starts_with(expected), "{words}");
        assert_eq!(
            whole::<()>(&text, &valid(IVANOVA)).words(),
            "Valid\nChecked on 2027-01-01: not revoked. This can be relied on until 2027-02-01."
        );
    }

    #[test]
    fn a_warning_comes_before_what_will_be_refused_and_before_nothing_else() {
        let text = english();
        let warned = |verdict| warning::<()>(&text, &key(IVANOVA, verdict)).map(|it| it.words());
        let words = warned(Some(revoked(IVANOVA))).unwrap();
        assert!(words.contains("revoked on 2027-01-01"), "{words}");
        assert_eq!(warned(Some(valid(IVANOVA))), None);
        assert_eq!(
            warned(Some(unchecked(IVANOVA, RevocationStatus::Unknown {}))),
            None
        );
        assert_eq!(warned(None), None);
    }
}
