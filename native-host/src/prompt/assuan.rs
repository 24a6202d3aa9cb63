//! The client's side of Assuan, as far as a pinentry speaks it (The Assuan Protocol, "Client requests" and "Server
//! responses"; pinentry's manual, "Protocol"). Whatever the other side says is an answer or an error, never a panic.

use crate::{failure::Error, waiting::receive};
use std::{
    env,
    io::{self, Read, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver, SyncSender},
    thread,
    time::Duration,
};
use tamga_core::{
    failure::ErrorCode,
    pkcs12::Cancel,
    secret::{MAX_LENGTH, Secret},
};
use zeroize::Zeroizing;

/// The longest line in either direction, in bytes, without its end.
const MAX_LINE: usize = 1000;
/// The longest parameter of a command, in bytes, when it is encoded: room is left for the command.
pub(super) const MAX_PARAMETER: usize = MAX_LINE - 20;
/// The most lines of an answer.
const MAX_LINES: usize = 100;
/// How long a pinentry that was told to end may take.
const SHUTDOWN_POLLS: u32 = 20;
const SHUTDOWN_POLL_INTERVAL: Duration = Duration::from_millis(50);

/// `GPG_ERR_TIMEOUT`, `GPG_ERR_CANCELED`, `GPG_ERR_FULLY_CANCELED` of libgpg-error: the lower 16 bits of a code.
const TIMEOUT: u64 = 62;
const CANCELED: [u64; 2] = [99, 198];

/// A pinentry that runs.
pub(super) struct Pinentry {
    process: Child,
    input: ChildStdin,
    lines: Receiver<Line>,
    cancel: Cancel,
}

/// A line that the other side has said, which may be what was typed.
type Line = io::Result<Zeroizing<Vec<u8>>>;

impl Pinentry {
    /// Starts the system's pinentry, which goes when it is not wanted any more.
    ///
    /// # Errors
    /// `PROMPT_MISSING`, `CANCELLED`
    pub(super) fn start(cancel: &Cancel) -> Result<Self, Error> {
        let spawned = Command::new("pinentry")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut process = spawned.map_err(|error| failed(&error))?;
        let ends = (process.stdin.take(), process.stdout.take());
        let (Some(input), Some(output)) = ends else {
            return Err(ErrorCode::PromptMissing.into());
        };
        // One line at a time: what was typed does not lie about.
        let (said, lines) = mpsc::sync_channel(0);
        thread::spawn(move || read(output, &said));
        let mut pinentry = Self {
            process,
            input,
            lines,
            cancel: cancel.clone(),
        };
        pinentry.answer()?;
        // For one that draws on a terminal; others may not know the words.
        let kind = env::var("TERM").unwrap_or_else(|_| "xterm-256color".to_owned());
        for option in ["ttyname=/dev/tty", &["ttytype=", &kind].concat()] {
            let _ = pinentry.set("OPTION", option);
        }
        Ok(pinentry)
    }

    /// Says one of the things that the dialog shows, or how it is to be shown.
    ///
    /// # Errors
    /// As [`Pinentry::pin`].
    pub(super) fn set(&mut self, command: &str, parameter: &str) -> Result<(), Error> {
        let parameter = encoded(parameter);
        if command.len() + 1 + parameter.len() > MAX_LINE {
            return Err(failed(&"a line is too long").into());
        }
        self.send(&[command, " ", &parameter, "\n"].concat())?;
        self.answer()?;
        Ok(())
    }

    /// Shows the dialog and waits for what is typed.
    ///
    /// # Errors
    /// `CANCELLED`, `TIMEOUT`; `PASSWORD_WRONG` for what is longer than any; `PROMPT_MISSING` for everything else.
    pub(super) fn pin(&mut self) -> Result<Secret, Error> {
        self.send("GETPIN\n")?;
        let typed = self.answer()?;
        let text = str::from_utf8(&typed).map_err(|error| failed(&error))?;
        Ok(Secret::new(text.to_owned()))
    }

    fn send(&mut self, line: &str) -> Result<(), Error> {
        let written = self.input.write_all(line.as_bytes());
        Ok(written.map_err(|error| failed(&error))?)
    }

    /// The data of an answer, without the lines that only inform.
    fn answer(&mut self) -> Result<Zeroizing<Vec<u8>>, Error> {
        // As long as it can become from the start: a buffer that grows leaves copies behind.
        let mut data = Zeroizing::new(Vec::with_capacity(MAX_LENGTH + MAX_LINE));
        for _ in 0..MAX_LINES {
            let line = receive(&self.lines, Duration::MAX, &self.cancel);
            let line = line.map_err(|error| match self.cancel.is_cancelled() {
                true => ErrorCode::Cancelled,
                false => failed(&error),
            })?;
            let line = line.map_err(|error| failed(&error))?;
            let (keyword, rest) = match line.iter().position(|byte| *byte == b' ') {
                Some(space) => line.split_at(space),
                None => (&**line, &[][..]),
            };
            match keyword {
                b"OK" => return Ok(data),
                b"ERR" => return Err(refusal(rest)),
                b"D" => {
                    decode_into(rest.get(1..).unwrap_or_default(), &mut data);
                    if data.len() > MAX_LENGTH {
                        return Err(ErrorCode::PasswordWrong.into());
                    }
                }
                b"INQUIRE" => self.send("CAN\n")?,
                // S: status; #: comment.
                _ => {}
            }
        }
        Err(failed(&"too many lines").into())
    }
}

impl Drop for Pinentry {
    fn drop(&mut self) {
        // One that shows its dialog does not listen.
        let polls = match self.cancel.is_cancelled() {
            true => 0,
            false => SHUTDOWN_POLLS,
        };
        let _ = self.send("BYE\n");
        for _ in 0..polls {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(SHUTDOWN_POLL_INTERVAL);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads lines until there are no more, or nobody wants the next one.
fn read(mut output: impl Read, said: &SyncSender<Line>) {
    loop {
        let line = read_line(&mut output);
        let more = line.is_ok();
        if said.send(line).is_err() || !more {
            return;
        }
    }
}

/// Reads a line byte by byte: a buffer would keep what was typed.
fn read_line(output: &mut impl Read) -> Line {
    let mut line = Zeroizing::new(Vec::with_capacity(MAX_LINE + 1));
    let mut byte = Zeroizing::new([0]);
    loop {
        output.read_exact(&mut *byte)?;
        match *byte {
            [b'\n'] => return Ok(line),
            _ if line.len() > MAX_LINE => return Err(io::ErrorKind::InvalidData.into()),
            [byte] => line.push(byte),
        }
    }
}

/// A parameter of a command ("Client requests"): on one line, and never one that goes on.
pub(super) fn encoded(parameter: &str) -> String {
    let mut encoded = String::with_capacity(parameter.len());
    for letter in parameter.chars() {
        match letter {
            '%' => encoded.push_str("%25"),
            '\n' => encoded.push_str("%0A"),
            '\r' => encoded.push_str("%0D"),
            '\\' => encoded.push_str("%5C"),
            letter => encoded.push(letter),
        }
    }
    encoded
}

/// The bytes of a line of data, `%41` for each that could not be sent as it is.
fn decode_into(line: &[u8], data: &mut Vec<u8>) {
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|it| u8::try_from(it).ok())
    };
    let mut rest = line;
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte == b'%'
            && let [high, low, after @ ..] = rest
            && let (Some(high), Some(low)) = (digit(high), digit(low))
        {
            data.push(16 * high + low);
            rest = after;
        } else {
            data.push(*byte);
        }
    }
}

/// What an error means: ` 83886179 Operation cancelled <Pinentry>`.
fn refusal(rest: &[u8]) -> Error {
    let digits = rest.iter().skip(1).take_while(|byte| byte.is_ascii_digit());
    let code = digits.fold(0_u64, |code, digit| {
        code.wrapping_mul(10).wrapping_add(u64::from(*digit - b'0'))
    });
    match code & 0xffff {
        TIMEOUT => ErrorCode::Timeout.into(),
        code if CANCELED.contains(&code) => ErrorCode::Cancelled.into(),
        code => failed(&code).into(),
    }
}

/// Nobody can be asked.
fn failed(cause: &dyn std::fmt::Display) -> ErrorCode {
    tracing::warn!(%cause, "pinentry failed");
    ErrorCode::PromptMissing
}

#[cfg(test)]
mod tests {
    use super::*;
    use tamga_core::failure::Failure;

    #[test]
    fn parameters_stay_on_their_line() {
        assert_eq!(encoded("ә\nb\rc 5%"), "ә%0Ab%0Dc 5%25");
        assert_eq!(encoded("a\\"), "a%5C");
    }

    #[test]
    fn data_is_decoded_and_nonsense_is_taken_as_it_is() {
        for (line, expected) in [
            ("12%2534%0a", "12%34\n"),
            ("%D0%96", "Ж"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%%41", "%zz%A"),
        ] {
            let mut data = Vec::new();
            decode_into(line.as_bytes(), &mut data);
            assert_eq!(data, expected.as_bytes(), "{line}");
        }
    }

    #[test]
    fn errors_have_codes_of_any_length() {
        let code = |rest: &str| Failure::from(refusal(rest.as_bytes())).code;
        assert_eq!(code(" 83886179 Operation cancelled"), ErrorCode::Cancelled);
        assert_eq!(code(" 83886278"), ErrorCode::Cancelled);
        assert_eq!(code(" 83886142 Timeout"), ErrorCode::Timeout);
        for other in ["", " ", " x", " 99999999999999999999999999", " 1"] {
            assert_eq!(code(other), ErrorCode::PromptMissing, "{other}");
        }
    }
}
