//! Asking for a password or PIN in a dialog of the system, when the person or a policy wants it to stay out of the
//! browser: `pinentry`, which GnuPG's users know.

use crate::{failure::Error, keys::certificate_of, texts};
use pinentry::{Error as Refusal, PassphraseInput};
use secrecy::ExposeSecret as _;
#[cfg(unix)]
use std::env;
use tamga_core::{
    failure::ErrorCode,
    protocol::{KeyEntry, KeyHome, Prompt},
    secret::{MAX_LENGTH, Secret},
};

/// How long the dialog stays, in seconds.
const DEADLINE: u16 = 180;

/// Asks for what unlocks a key, to sign so many documents. Nobody is asked twice.
///
/// # Errors
/// `PROMPT_MISSING`; `CANCELLED` and `TIMEOUT`, as the person or time has it.
pub fn ask(prompt: &Prompt, key: &KeyEntry, documents: usize, now: u64) -> Result<Secret, Error> {
    let texts = texts::catalogue(&prompt.language);
    let certificate = certificate_of(key)?;
    let description = texts.text(
        "prompt_description",
        &[
            ("origin", &*prompt.origin),
            ("count", &documents.to_string()),
            ("owner", &certificate.view(now).owner),
        ],
    );
    let question = match &key.home {
        KeyHome::Token { name, .. } => texts.text("prompt_pin", &[("name", name)]),
        KeyHome::Pkcs12 { .. } | KeyHome::Cryptopro { .. } => texts.plain("prompt_password"),
    };
    let (ok, cancel) = (texts.plain("button_sign"), texts.plain("button_cancel"));
    let mut dialog = PassphraseInput::with_default_binary().ok_or(ErrorCode::PromptMissing)?;
    dialog
        .with_title("Tamga")
        .with_description(&description)
        .with_prompt(&question)
        .with_ok(&ok)
        .with_cancel(&cancel)
        .with_timeout(DEADLINE);
    #[cfg(unix)]
    let (x11, wayland) = (env::var("DISPLAY"), env::var("WAYLAND_DISPLAY"));
    #[cfg(unix)]
    dialog.with_unix_options(displays(x11.as_deref().ok(), wayland.as_deref().ok()));
    match dialog.interact() {
        Ok(answer) if answer.expose_secret().len() <= MAX_LENGTH => {
            Ok(Secret::new(answer.expose_secret().to_owned()))
        }
        Ok(_) => Err(ErrorCode::PasswordWrong.into()),
        Err(Refusal::Cancelled) => Err(ErrorCode::Cancelled.into()),
        Err(Refusal::Timeout) => Err(ErrorCode::Timeout.into()),
        Err(error) => {
            tracing::warn!(%error, "pinentry failed");
            Err(ErrorCode::PromptMissing.into())
        }
    }
}

/// Where the dialog is shown.
#[cfg(unix)]
fn displays<'a>(x11: Option<&'a str>, wayland: Option<&'a str>) -> pinentry::unix::Options<'a> {
    let mut options = pinentry::unix::Options::builder();
    if let Some(x11) = x11 {
        options = options.x11_display(x11);
    }
    if let Some(wayland) = wayland {
        options = options.wayland_display(wayland);
    }
    options.build()
}
