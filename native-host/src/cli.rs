//! The same commands from a terminal, for support, scripts and tests.

mod check;
mod console;
mod containers;
mod copy;
mod doctor;
mod evidence;
mod extract;
mod input_files;
mod inspect;
mod keys;
mod output;
mod password;
mod paths;
mod record;
mod registration;
mod report;
mod sign;
mod tokens;
mod trust;
mod verify;

use crate::{
    failure::Error,
    keys::{cryptopro, path_list::PathList},
    session::HostContext,
};
use clap::{Parser, Subcommand};
use console::Console;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};
use tamga_core::failure::{ErrorCode, Failure};

/// Signs with your own keys. Without a command: what browsers start to do that.
#[derive(Debug, Parser)]
#[command(name = "tamga-host", version, after_help = EXIT_CODES)]
struct Arguments {
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
    /// Read the password from the first line of standard input, rather than from the terminal (a new one
    /// from the second line).
    #[arg(long, global = true)]
    password_stdin: bool,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 a signature or a certificate is not valid or there is none,
4 wrong password or PIN, 5 a signature or a certificate could not be checked.
TAMGA_LOG (error, warn, info, debug, trace) says how much goes to standard error.";

#[derive(Debug, Subcommand)]
enum Command {
    /// List the keys that can be reached.
    List(keys::ListRequest),
    /// Show what a key file, a key container, a certificate or a signature holds.
    Inspect {
        /// PKCS#12, X.509 or CMS; DER, PEM or base64. Of a key container, its folder.
        file: PathBuf,
    },
    /// Copy a PKCS#12 file into Tamga's own folder, or make one there of a private key and its certificate.
    Add {
        /// The PKCS#12 file; or files with a private key (PKCS#8, PKCS#1, SEC 1) and its certificate, which get a
        /// password if they have none.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Delete Tamga's copy of a key file.
    Remove {
        /// The copy, as `list` names it.
        id: String,
    },
    /// Sign documents, all with one password.
    Sign(sign::Request),
    /// Verify signatures: whether the document is what was signed, by whom, and whether that certificate is good.
    Verify(verify::Request),
    /// Check whether a certificate is good, by whom Tamga trusts or by exactly the evidence that is named.
    Check(check::Request),
    /// Say whom Tamga trusts, and add authorities.
    #[command(subcommand)]
    Trust(trust::TrustCommand),
    /// Take the document out of a signature that it is attached to, and say whether that is valid.
    Extract(extract::Request),
    /// Give a PKCS#12 file or a key container another password.
    Password {
        /// The file, or the container's folder. It is replaced only when the new one was read back.
        path: PathBuf,
    },
    /// Copy keys that may be copied: a key container into another or into a PKCS#12 file, or such a file
    /// into a container. A copy of the same kind keeps the password.
    Copy {
        /// The container's folder, or the PKCS#12 file.
        source: PathBuf,
        /// What is not there yet: a file whose name ends in .p12 or .pfx, or else a container's folder; its
        /// name without .000 becomes that of the container.
        target: PathBuf,
        /// What encrypts a file made from a container.
        #[arg(long, value_enum, default_value_t = copy::Cipher::Kuznyechik)]
        cipher: copy::Cipher,
    },
    /// Say where else key containers are looked for: folders that are or hold containers.
    #[command(subcommand)]
    Folder(paths::PathCommand),
    /// Say which other PKCS#11 modules tokens are reached through.
    #[command(subcommand)]
    Module(paths::PathCommand),
    /// Give a token another PIN.
    #[command(subcommand)]
    Pin(tokens::PinCommand),
    /// Say what was signed with this program, on sites and at the terminal: it is recorded on this computer only.
    #[command(subcommand)]
    Record(record::RecordCommand),
    /// Find out what keeps Tamga from working on this computer, and repair it. Exit code 1: something does.
    Doctor(doctor::Request),
    /// Let browsers start the host.
    Register(registration::Where),
    /// Take that back.
    Unregister(registration::Where),
    /// Say which browsers can start the host.
    Status(registration::Where),
    /// Say what registers a program for everybody, for those who make packages.
    #[command(hide = true)]
    Manifests(registration::Packaged),
}

/// How a command that could be carried out ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Outcome {
    Done,
    /// Some of it failed, as was said.
    Failed,
    /// A signature or a certificate is not valid, as was said.
    Invalid,
    /// A signature or a certificate could not be checked, as was said.
    Unchecked,
}

/// Carries out what the arguments say.
pub fn run(mut context: HostContext) -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(wrong) if wrong.use_stderr() => {
            // It repeats what was typed, which a shell may have taken from the names of files.
            console::complain(&wrong.to_string());
            return ExitCode::from(2);
        }
        Err(help) => help.exit(),
    };
    let mut console = Console::new(arguments.json, arguments.password_stdin);
    match carry_out(arguments.command, &mut context, &mut console) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::FAILURE,
        Ok(Outcome::Invalid) => ExitCode::from(3),
        Ok(Outcome::Unchecked) => ExitCode::from(5),
        Err(error) => {
            let failure = Failure::from(error);
            console.failure(&failure);
            match failure.code {
                ErrorCode::SignatureInvalid => ExitCode::from(3),
                ErrorCode::PasswordSecondNeeded
                | ErrorCode::PasswordWrong
                | ErrorCode::PinWrong => ExitCode::from(4),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn carry_out(
    command: Command,
    context: &mut HostContext,
    console: &mut Console,
) -> Result<Outcome, Error> {
    match command {
        Command::List(request) => keys::list(&request, context, console),
        Command::Inspect { file } if file.is_dir() => containers::inspect(&file, context, console),
        Command::Inspect { file } => inspect::inspect(&file, context, console),
        Command::Add { files } => keys::add(&files, context, console),
        Command::Remove { id } => keys::remove(&id, context, console),
        Command::Sign(request) => sign::sign(&request, context, console),
        Command::Verify(request) => verify::verify(&request, context, console),
        Command::Check(request) => check::check(&request, context, console),
        Command::Trust(command) => trust::trust(&command, context, console),
        Command::Extract(request) => extract::extract(&request, context, console),
        Command::Password { path } => password::password(&path, context, console),
        Command::Copy {
            source,
            target,
            cipher,
        } => copy::copy(&source, &target, cipher, context, console),
        Command::Folder(command) => {
            let list = PathList::containers(&context.folders.data);
            let count = |path: &Path| cryptopro::count_in(path).map(Some);
            paths::paths(&command, &list, count, console)
        }
        Command::Module(command) => {
            let list = PathList::modules(&context.folders.data);
            paths::paths(&command, &list, |_| Ok(None), console)
        }
        Command::Pin(command) => tokens::pin(&command, context, console),
        Command::Record(command) => record::record(&command, context, console),
        Command::Doctor(request) => doctor::doctor(&request, context, console),
        Command::Register(place) => registration::register(&place, context, console),
        Command::Unregister(place) => registration::unregister(&place, context, console),
        Command::Status(place) => registration::status(&place, context, console),
        Command::Manifests(packaged) => registration::manifests(&packaged, context, console),
    }
}
