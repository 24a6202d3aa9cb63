//! The certificate as a file: as it is, and as text.

use super::{
    CertificatePage, Details,
    messages::{Effect, Form},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use tamga_core::display_text;

/// How many characters of base64 a line has (RFC 7468 §2).
const LINE: usize = 64;
/// The longest that the owner's name makes a file's, in characters.
const LONGEST_NAME: usize = 60;
/// What no file's name may have on some system.
const NOT_IN_NAMES: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

impl CertificatePage {
    pub(super) fn save(&self, form: Form) -> Option<Effect> {
        let entry = self.known.as_ref()?;
        let ending = match form {
            Form::Der => ".cer",
            Form::Pem => ".pem",
            Form::Chain => "-chain.pem",
        };
        let above = entry.chain.iter().map(String::as_str);
        let text = match form {
            Form::Der => None,
            Form::Pem => Some(pem(&entry.certificate)),
            Form::Chain => Some(
                std::iter::once(&*entry.certificate)
                    .chain(above)
                    .map(pem)
                    .collect(),
            ),
        };
        Some(Effect::Save {
            name: [&*file_name(&entry.view.owner), ending].concat(),
            content: match text {
                Some(text) => BASE64_STANDARD.encode(text),
                None => entry.certificate.clone(),
            },
        })
    }

    /// Whether there is a chain to save.
    pub(super) fn has_chain(&self) -> bool {
        matches!(&self.details, Details::Read(details) if !details.chain.is_empty())
    }
}

/// A certificate, base64 of DER, as RFC 7468 §5 has it.
fn pem(certificate: &str) -> String {
    let mut text = "-----BEGIN CERTIFICATE-----\n".to_owned();
    let mut rest = certificate;
    while !rest.is_empty() {
        let (line, others) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
        text.extend([line, "\n"]);
        rest = others;
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

/// A name that every system takes for a file.
fn file_name(owner: &str) -> String {
    let shown = display_text::name(owner);
    let fits = |character: char| !NOT_IN_NAMES.contains(&character);
    let characters = shown.chars().take(LONGEST_NAME);
    let name: String = characters
        .map(|it| if fits(it) { it } else { '_' })
        .collect();
    let name = name.trim_matches(['.', ' ']);
    match name.is_empty() {
        true => "certificate".to_owned(),
        false => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_has_lines_of_64_characters() {
        let certificate = "A".repeat(130);
        let expected = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n{}\nAA\n-----END CERTIFICATE-----\n",
            "A".repeat(64),
            "A".repeat(64)
        );
        assert_eq!(pem(&certificate), expected);
    }

    #[test]
    fn names_of_files_are_names_everywhere() {
        assert_eq!(file_name("Иванова Анна"), "Иванова Анна");
        assert_eq!(file_name("ООО \"A/B\": <x>"), "ООО _A_B__ _x_");
        assert_eq!(file_name(" .. "), "certificate");
        assert_eq!(file_name(&"я".repeat(100)).chars().count(), 60);
    }
}
