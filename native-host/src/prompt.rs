//! Asking for a password or PIN in a dialog of the system, when the person or a policy wants it to stay out of the
//! browser: `pinentry`, which GnuPG's users know.

mod assuan;

use crate::{failure::Error, keys::FoundKey, texts};
use assuan::{MAX_PARAMETER, Pinentry, encoded};
use tamga_core::{
    display_text,
    pkcs12::Cancel,
    protocol::{Item, KeyLocation, Prompt, SigningContext, Token},
    secret::Secret,
    text::Catalogue,
};

/// How long the dialog stays, in seconds.
const DEADLINE: &str = "180";
/// The most letters of an origin that are shown: no origin is longer.
const MAX_ORIGIN: usize = 270;
/// Stands for documents that are not named.
const MORE: &str = "…";
/// The most letters of a name that are shown.
const MAX_NAME: usize = 60;

/// Asks for what unlocks a key, to sign these items for whom the context says. Nobody is asked twice. `cancel` takes
/// the dialog away.
///
/// # Errors
/// `PROMPT_MISSING`; `CANCELLED` and `TIMEOUT`, as the person or time has it; `PASSWORD_WRONG` for what is too long to
/// be one.
pub fn ask(
    prompt: &Prompt,
    context: Option<&SigningContext>,
    items: &[Item],
    key: &FoundKey,
    cancel: &Cancel,
) -> Result<Secret, Error> {
    let texts = texts::catalogue(&prompt.language);
    let owner = key.entry.view.owner.clone();
    let question = match &key.entry.location {
        KeyLocation::Token { name, .. } => texts.text("prompt_pin", &[("name", &shown(name))]),
        KeyLocation::Pkcs12 { .. } | KeyLocation::Cryptopro { .. } => {
            texts.plain("prompt_password")
        }
    };
    let description = description(&texts, &prompt.origin, context, items, &owner);
    show(&texts, &description, &question, "button_sign", cancel)
}

/// Asks for the PIN of a token, to read the certificates that it shows only then. Nobody is asked twice.
///
/// # Errors
/// As [`ask`].
pub fn ask_for_token(prompt: &Prompt, token: &Token, cancel: &Cancel) -> Result<Secret, Error> {
    let texts = texts::catalogue(&prompt.language);
    let name = shown(&token.name);
    let origin = cut(&display_text::name(&prompt.origin), MAX_ORIGIN);
    let description = texts.text("prompt_private", &[("origin", &origin), ("name", &name)]);
    let question = texts.text("prompt_pin", &[("name", &name)]);
    let button = "button_show_private";
    show(&texts, &description, &question, button, cancel)
}

/// Shows the dialog; `button` is the key of what its button says.
fn show(
    texts: &Catalogue,
    description: &str,
    question: &str,
    button: &str,
    cancel: &Cancel,
) -> Result<Secret, Error> {
    let mut pinentry = Pinentry::start(cancel)?;
    pinentry.set("SETTITLE", "Tamga")?;
    pinentry.set("SETDESC", description)?;
    pinentry.set("SETPROMPT", question)?;
    pinentry.set("SETOK", &texts.plain(button))?;
    pinentry.set("SETCANCEL", &texts.plain("button_cancel"))?;
    pinentry.set("SETTIMEOUT", DEADLINE)?;
    pinentry.pin()
}

/// What the window says: who asks, in whose page, for whose signature on what, and whether anybody has seen it. Of the
/// documents' names as many as there is room for.
fn description(
    texts: &Catalogue,
    origin: &str,
    context: Option<&SigningContext>,
    items: &[Item],
    owner: &str,
) -> String {
    let fits = |text: &str, reserved: usize| encoded(text).len() + reserved <= MAX_PARAMETER;
    // Only an owner with a long name has to make room for the rest.
    let mut text = String::new();
    for owner_letters in [MAX_NAME, MAX_NAME / 2, MAX_NAME / 6] {
        let owner = cut(&display_text::name(owner), owner_letters);
        text = essentials(texts, origin, context, items, &owner);
        if fits(&text, 0) {
            break;
        }
    }
    let names = context.into_iter().flat_map(|context| &context.documents);
    let room_for_more = encoded(&["\n", MORE].concat()).len();
    let mut named = 0;
    for name in names {
        let name = display_text::isolated(&shown(name));
        let longer = [&text, "\n• ", &name].concat();
        if !fits(&longer, room_for_more) {
            break;
        }
        text = longer;
        named += 1;
    }
    if named < items.len() && fits(&text, room_for_more) {
        text = [&text, "\n", MORE].concat();
    }
    text
}

/// Everything but the names of documents.
fn essentials(
    texts: &Catalogue,
    origin: &str,
    context: Option<&SigningContext>,
    items: &[Item],
    owner: &str,
) -> String {
    let origin = cut(&display_text::name(origin), MAX_ORIGIN);
    let count = items.len().to_string();
    let asks = [("origin", &*origin), ("count", &count), ("owner", owner)];
    let mut lines = vec![texts.text("prompt_description", &asks)];
    if let Some(top_origin) = context.and_then(|context| context.top_origin.as_ref()) {
        let framed = [("origin", top_origin.as_str())];
        lines.push(texts.text("prompt_framed", &framed));
    }
    let unseen = |item: &Item| matches!(item, Item::Hash { size: None, .. });
    if context.is_some_and(|context| context.blind) || items.iter().any(unseen) {
        lines.push(texts.plain("prompt_blind"));
    }
    lines.join("\n")
}

/// A stranger's words, so that they neither deceive nor leave no room for others.
fn shown(words: &str) -> String {
    cut(&display_text::name(words), MAX_NAME)
}

/// At most so many letters. What a file is called ends with what it is.
fn cut(words: &str, most: usize) -> String {
    let letters: Vec<char> = words.chars().collect();
    let Some(missing) = letters
        .len()
        .checked_sub(most)
        .filter(|missing| *missing > 0)
    else {
        return words.to_owned();
    };
    let end = most / 3;
    let beginning = letters.iter().take(most - 1 - end);
    let end = letters.iter().skip(most - end + missing);
    beginning.chain(&['…']).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tamga_core::{algorithm::DigestAlgorithm, origin::Origin};

    const ORIGIN: &str = "https://a.kz";

    fn context(top_origin: Option<&str>, documents: &[&str]) -> SigningContext {
        let origin = |text: &str| Origin::parse(text).unwrap();
        SigningContext {
            origin: origin(ORIGIN),
            top_origin: top_origin.map(origin),
            documents: documents.iter().map(|name| (*name).to_owned()).collect(),
            blind: false,
            record: false,
        }
    }

    fn documents(count: u32) -> Vec<Item> {
        (0..count)
            .map(|document| Item::Document { document })
            .collect()
    }

    #[test]
    fn the_dialog_says_what_the_window_says() {
        let texts = texts::catalogue("en");
        let says = |context: &SigningContext, items: &[Item], owner| {
            description(&texts, ORIGIN, Some(context), items, owner)
        };
        assert_eq!(
            says(
                &context(None, &["contract.pdf"]),
                &documents(1),
                "Ivanova Anna"
            ),
            "https://a.kz asks you to sign. Documents: 1. Certificate: Ivanova Anna.\n• contract.pdf"
        );
        let hash = || Item::Hash {
            digest: DigestAlgorithm::Sha256.digest(b""),
            size: None,
        };
        let framed = context(Some("https://b.kz"), &["act\u{202e}fdp.exe", "b"]);
        assert_eq!(
            says(&framed, &[hash(), hash(), hash()], "I\nvan"),
            "https://a.kz asks you to sign. Documents: 3. Certificate: I[U+000A]van.\n\
             It is embedded in a page of https://b.kz.\n\
             You sign blindly: only digests were sent, nobody has seen the documents.\n\
             • act[U+202E]fdp.exe\n• b\n…"
        );
    }

    #[test]
    fn whatever_a_site_sends_fits_into_a_line_and_origins_stay_whole() {
        let long = ["https://", &"a".repeat(253), ":65535"].concat();
        let name = "🔏\u{202e}%\n\\".repeat(100);
        for language in ["ru", "kk", "en"] {
            let texts = texts::catalogue(language);
            let mut worst = context(Some(&long), &[&*name; 1000]);
            worst.blind = true;
            let said = description(&texts, &long, Some(&worst), &documents(1000), &name);
            assert!(encoded(&said).len() <= MAX_PARAMETER, "{language}");
            assert_eq!(said.matches(&*long).count(), 2, "{said}");
            assert!(said.contains(&texts.plain("prompt_blind")), "{said}");
            let plain = context(Some("https://b.kz"), &[&*"ә".repeat(1024); 8]);
            let said = description(&texts, ORIGIN, Some(&plain), &documents(8), "Иванова Анна");
            assert!(said.matches('•').count() >= 3, "{said}");
            assert!(said.ends_with('…'), "{said}");
        }
    }

    #[test]
    fn what_is_cut_keeps_its_beginning_and_its_end() {
        assert_eq!(cut("ә.pdf", 5), "ә.pdf");
        assert_eq!(cut("0123456789.pdf", 12), "0123456….pdf");
        assert_eq!(cut(&"ә".repeat(1024), 60).chars().count(), 60);
    }
}
