//! The PINs of tokens.

use super::{Outcome, console::Console};
use crate::{
    failure::Error,
    keys::{self, Credential},
    session::HostContext,
};
use clap::{Args, Subcommand};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{LastTry, PinChange, PinEntry, Token},
};

/// What is done with a PIN.
#[derive(Debug, Subcommand)]
pub(super) enum PinCommand {
    /// Give a token another PIN.
    Change(Which),
    /// Give a token a PIN with the administrator's PIN or PUK: its first one, or one for a locked token.
    Unblock(Which),
}

/// Which token, and how sure.
#[derive(Args, Debug)]
pub(super) struct Which {
    /// The token's id as `list` has it, or its beginning. Not needed if there is only one.
    #[arg(long, value_name = "ID")]
    token: Option<String>,
    /// Go on even if one more wrong PIN locks the token.
    #[arg(long)]
    last_try: bool,
}

/// `tamga-host pin`
pub(super) fn pin(
    command: &PinCommand,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let (PinCommand::Change(which) | PinCommand::Unblock(which)) = command;
    let wanted = which.token.as_deref().unwrap_or_default();
    let listing = keys::list(&context.sources(), &mut |_| {});
    let token = the_only(listing.tokens, wanted, |_| true)?;
    let modules = &context.modules;
    match command {
        PinCommand::Change(_) => {
            let pins = ask(console, &token, "cli_pin", which.last_try)?;
            modules.change_pin(&token.id, pins)?;
        }
        PinCommand::Unblock(_) => {
            let pins = ask(console, &token, "cli_pin_admin", which.last_try)?;
            modules.unblock_pin(&token.id, pins)?;
        }
    }
    console.result(&serde_json::json!({ "changed": token.id }), |texts| {
        vec![texts.text("cli_pin_changed", &[("name", &token.name)])]
    });
    Ok(Outcome::Done)
}

/// The PIN that is there and a new one, unless they are typed on the reader.
fn ask(
    console: &Console,
    token: &Token,
    question: &str,
    last_try: bool,
) -> Result<PinChange, Error> {
    let last_try = acknowledged(last_try);
    if token.pin.entry == PinEntry::Reader {
        return Ok(PinChange::Reader { last_try });
    }
    Ok(PinChange::Typed {
        pin: console.secret(question, &token.name)?,
        new_pin: console.new_secret("cli_pin_new", &token.name)?,
        last_try,
    })
}

/// What the switch `--last-try` says.
pub(super) fn acknowledged(last_try: bool) -> LastTry {
    match last_try {
        true => LastTry::Acknowledged,
        false => LastTry::NotAcknowledged,
    }
}

/// The PIN of a token, unless it is typed on the reader or there is none.
///
/// # Errors
/// As [`Console::secret`].
pub(super) fn ask_pin(
    console: &Console,
    token: &Token,
    last_try: bool,
) -> Result<Credential, Error> {
    let last_try = acknowledged(last_try);
    Ok(match token.pin.entry {
        PinEntry::Keyboard => Credential::Pin(console.secret("cli_pin", &token.name)?, last_try),
        PinEntry::Reader => Credential::Reader(last_try),
        PinEntry::None => Credential::None,
    })
}

/// The only token of this kind whose id begins so.
///
/// # Errors
/// `TOKEN_REMOVED` where there is none, or more than one.
pub(super) fn the_only(
    tokens: Vec<Token>,
    beginning: &str,
    is_meant: impl Fn(&Token) -> bool,
) -> Result<Token, Error> {
    let mut tokens = tokens
        .into_iter()
        .filter(|token| token.id.starts_with(beginning) && is_meant(token));
    match (tokens.next(), tokens.next()) {
        (Some(token), None) => Ok(token),
        _ => Err(Failure::of(ErrorCode::TokenRemoved, beginning).into()),
    }
}
