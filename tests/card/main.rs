//! Virtual smart cards, and readers for them:
//!
//! ```text
//! virtual-card new FILE [atr=HEX] [pin=PIN] [puk=PUK] [SLOT=KEY.pem,CERTIFICATE.pem]...
//! virtual-card readers FOLDER
//! virtual-card token MODULE LABEL PIN ADMIN-PIN [KEY.pem,CERTIFICATE.pem[,KEY-ID,CERTIFICATE-ID][,private|,no-certificate]]...
//! ```
//!
//! `new` makes a card; without keys it is one that no program knows what to do with. `readers` starts two readers
//! with a pcscd of their own, whose socket is FOLDER/pcscd.comm (for `PCSCLITE_CSOCK_NAME`); it says `ok` when they
//! are there, then takes orders on standard input (see [`tamga_virtual_card::readers`]), and ends with it. `token`
//! makes a token in the first free slot of a PKCS#11 module, such as SoftHSM's; each pair goes by its place, or by these ids;
//! a `private` certificate is seen after logging in only, and with `no-certificate` the public key is there in its place.

#![expect(
    clippy::print_stdout,
    reason = "what it says is for the program that started it"
)]

use std::{env, fs, io, path::Path, process::ExitCode};
use tamga_virtual_card::{
    NOT_HERE,
    card::Card,
    piv::Piv,
    token::{Beside, NewPair, NewToken},
};

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match *words.as_slice() {
        ["new", file, ref options @ ..] => new(Path::new(file), options),
        ["token", module, label, pin, admin_pin, ref keys @ ..] => {
            let token = NewToken {
                label,
                pin,
                admin_pin,
            };
            make_token(&token, Path::new(module), keys)
        }
        [command @ ("readers" | "serve"), folder] => {
            if command == "readers"
                && let Some(obstacle) = obstacle()
            {
                println!("SKIPPED: {obstacle}");
                return ExitCode::from(NOT_HERE);
            }
            readers(command, Path::new(folder))
        }
        _ => Err(io::Error::other(
            "usage: virtual-card new FILE [OPTION]..., readers FOLDER, token MODULE LABEL PIN ADMIN-PIN [FILES]...",
        )),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(unix)]
use tamga_virtual_card::readers::obstacle;

#[cfg(unix)]
fn readers(command: &str, folder: &Path) -> io::Result<()> {
    use tamga_virtual_card::readers::{serve, start};
    if command == "readers" {
        return Err(start(folder));
    }
    serve(folder, io::stdin().lock(), io::stdout().lock())
}

#[cfg(not(unix))]
fn obstacle() -> Option<String> {
    Some("there are no virtual readers for this system".to_owned())
}

#[cfg(not(unix))]
fn readers(_command: &str, _folder: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn new(file: &Path, options: &[&str]) -> io::Result<()> {
    let mut card = Card::new()?;
    for option in options {
        match option.split_once('=') {
            Some(("atr", atr)) => atr.clone_into(&mut card.atr),
            Some(("pin", pin)) => card.pin.set(pin),
            Some(("puk", puk)) => card.puk.set(puk),
            Some((slot, files)) => {
                let (key, certificate) = key(files)?;
                card = card.with(slot, &key, &certificate);
            }
            None => return Err(io::Error::other(format!("{option}?"))),
        }
    }
    card.save(file)?;
    // It has to be one that can be put into a reader.
    Piv::load(file).map(drop)
}

fn make_token(token: &NewToken<'_>, module: &Path, keys: &[&str]) -> io::Result<()> {
    let pairs = keys
        .iter()
        .zip(1..)
        .map(|(words, place)| pair(words, place));
    let pairs: Vec<_> = pairs.collect::<Result<_, _>>()?;
    let made = token.make(module, &pairs);
    made.map_err(|error| io::Error::other(error.to_string()))
}

/// A pair for a token: the files, and perhaps by which ids they go.
fn pair(words: &str, place: u8) -> io::Result<NewPair> {
    let kinds = [
        (",private", Beside::PrivateCertificate),
        (",no-certificate", Beside::PublicKey),
    ];
    let mut kinds = kinds.into_iter();
    let kind = kinds.find_map(|(ending, kind)| Some((words.strip_suffix(ending)?, kind)));
    let (words, beside) = kind.unwrap_or((words, Beside::Certificate));
    let words: Vec<&str> = words.split(',').collect();
    let (files, ids) = match *words.as_slice() {
        [key, certificate] => ([key, certificate], [vec![place], vec![place]]),
        [key, certificate, key_id, certificate_id] => {
            let ids = [key_id, certificate_id].map(|id| id.as_bytes().to_vec());
            ([key, certificate], ids)
        }
        _ => return Err(io::Error::other(format!("{words:?}?"))),
    };
    let (key, certificate) = key(&files.join(","))?;
    let [key_id, certificate_id] = ids;
    Ok(NewPair {
        key,
        certificate,
        key_id,
        certificate_id,
        beside,
    })
}

/// A key and its certificate, from two files.
fn key(files: &str) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let files = files.split_once(',');
    let (key, certificate) = files.ok_or_else(|| io::Error::other(format!("{files:?}?")))?;
    Ok((fs::read(key)?, fs::read(certificate)?))
}
