//! The terminal: texts in the person's language, results, passwords.

use crate::{failure::Error, texts, transport::stdio};
use serde::Serialize;
use std::{
    env,
    io::{self, Read as _},
};
use tamga_core::{
    display_text,
    failure::{ErrorCode, Failure},
    secret::{MAX_LENGTH, Secret},
    text::Catalogue,
};
use zeroize::Zeroizing;

/// The terminal.
#[derive(Debug)]
pub(super) struct Console {
    json: bool,
    password_stdin: bool,
    catalogue: Catalogue,
}

/// Says what is wrong with the arguments.
pub(super) fn complain(text: &str) {
    print(io::stderr(), display_text::lines(text).trim_end());
}

impl Console {
    /// In the language of the environment.
    pub(super) fn new(json: bool, password_stdin: bool) -> Self {
        Self {
            json,
            password_stdin,
            catalogue: catalogue(),
        }
    }

    /// Prints a result: as JSON if that is wanted, otherwise as these lines.
    pub(super) fn result(
        &self,
        value: &impl Serialize,
        lines: impl FnOnce(&Catalogue) -> Vec<String>,
    ) {
        let text = if self.json {
            display_text::json(&serde_json::to_string_pretty(value).unwrap_or_default())
        } else {
            cleaned(&lines(&self.catalogue).join("\n"))
        };
        if !text.is_empty() {
            print(io::stdout(), &text);
        }
    }

    /// Says what went wrong, and what to do.
    pub(super) fn failure(&self, failure: &Failure) {
        if self.json {
            let value = serde_json::json!({ "failure": failure });
            print(io::stdout(), &display_text::json(&value.to_string()));
        } else {
            let (error, help) = (self.catalogue.error(failure), self.catalogue.help(failure));
            print(io::stderr(), &cleaned(&format!("{error}\n{help}")));
        }
    }

    /// Asks for the password of something.
    ///
    /// # Errors
    /// `PASSWORD_NEEDED` when there is no terminal, `CANCELLED` when nobody answers.
    pub(super) fn password(&self, of: &str) -> Result<Secret, Error> {
        self.secret("cli_password", of)
    }

    /// Asks for a secret of something, in these words.
    ///
    /// # Errors
    /// Like [`Console::password`].
    pub(super) fn secret(&self, question: &str, of: &str) -> Result<Secret, Error> {
        self.ask(&self.catalogue.text(question, &[("name", of)]))
    }

    /// Asks for a new password of something: on the terminal until it is typed the same twice, on standard
    /// input once.
    ///
    /// # Errors
    /// Like [`Console::password`].
    pub(super) fn new_password(&self, of: &str) -> Result<Secret, Error> {
        self.new_secret("cli_password_new", of)
    }

    /// The same for another secret, in these words.
    ///
    /// # Errors
    /// Like [`Console::password`].
    pub(super) fn new_secret(&self, question: &str, of: &str) -> Result<Secret, Error> {
        let question = self.catalogue.text(question, &[("name", of)]);
        loop {
            let password = self.ask(&question)?;
            if self.password_stdin {
                return Ok(password);
            }
            let again = self.ask(&self.catalogue.plain("cli_password_again"))?;
            if again.expose() == password.expose() {
                return Ok(password);
            }
            print(io::stderr(), &self.catalogue.plain("cli_passwords_differ"));
        }
    }

    fn ask(&self, question: &str) -> Result<Secret, Error> {
        let password = if self.password_stdin {
            next_line()
        } else {
            rpassword::prompt_password(question)
        };
        match password {
            Ok(password) if password.len() <= MAX_LENGTH => Ok(Secret::new(password)),
            Ok(_) => Err(ErrorCode::PasswordWrong.into()),
            // Ctrl-C and Ctrl-D.
            Err(error) if is_refusal(&error) => Err(ErrorCode::Cancelled.into()),
            Err(_) => Err(ErrorCode::PasswordNeeded.into()),
        }
    }
}

/// Whatever is in it, nothing but line ends moves the cursor of the terminal.
fn cleaned(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(display_text::name).collect();
    lines.join("\n")
}

/// Whether somebody was asked and gave no answer.
fn is_refusal(error: &io::Error) -> bool {
    let kinds = [io::ErrorKind::Interrupted, io::ErrorKind::UnexpectedEof];
    kinds.contains(&error.kind())
}

fn print(mut output: impl io::Write, text: &str) {
    // Nobody is left to be told when this fails.
    let _ = writeln!(output, "{text}");
}

/// The next line of standard input, without its end.
#[expect(clippy::unbuffered_bytes, reason = "a buffer would keep the password")]
fn next_line() -> io::Result<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_LENGTH + 2));
    for byte in stdio::input()?.bytes() {
        match byte? {
            b'\n' => break,
            _ if bytes.len() > MAX_LENGTH => return Err(io::ErrorKind::InvalidData.into()),
            byte => bytes.push(byte),
        }
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| io::ErrorKind::InvalidData)?;
    Ok(text.to_owned())
}

/// The texts of the environment's language, as POSIX has it: the first variable that is set counts.
fn catalogue() -> Catalogue {
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let language = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    let language = language.unwrap_or_default();
    texts::catalogue(&language).at_terminal()
}
