//! A smart card service of one's own: pcscd with two empty readers, out of sight of the system's pcscd, and out of
//! reach of the readers that are plugged into this computer.
//!
//! It runs in namespaces of its own: its files in `/run` are a folder that the caller chose, its network is nobody's
//! (the readers take cards over TCP), and its processes end with the first of them. Programs outside reach it by
//! `PCSCLITE_CSOCK_NAME`.

use crate::{SOCKET, slot::Slot};
use std::{
    env, fs,
    fs::File,
    io::{self, BufRead, ErrorKind, Write},
    os::unix::{net::UnixStream, process::CommandExt as _},
    path::{Path, PathBuf, absolute},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Where packages put the driver. Where it is not installed it may be beside this program's folder: as a package it has
/// the system's pcscd listen on the network, which not everybody wants.
const INSTALLED: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const BESIDE: &str = "vpcd/libifdvpcd.so";
/// The readers' ports; the driver counts on from the first.
const PORTS: [u16; 2] = [0x8c7b, 0x8c7c];
/// Where programs are that are only for administrators.
const MORE_PATH: &str = "/usr/local/sbin:/usr/sbin:/sbin";
const NAMESPACES: [&str; 5] = ["--mount", "--net", "--pid", "--fork", "--kill-child"];
/// How long the start of pcscd is waited for: milliseconds, unless the computer is busy.
const START_TIMEOUT: Duration = Duration::from_secs(20);
/// What pcscd is told, in the folder of [`start`].
const CONFIGURATION: &str = "reader.conf";
/// How often it is looked whether it has started.
const START_POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Why there can be no readers on this computer; `None` if there can.
pub fn obstacle() -> Option<String> {
    if driver().is_none() {
        return Some("vpcd, pcscd's driver of virtual readers, is not installed".to_owned());
    }
    for program in ["pcscd", "unshare", "ip", "mount"] {
        let mut started = command(program);
        started.arg("--version");
        if let Err(error) = silent(&mut started).status() {
            return Some(format!("{program} does not start: {error}"));
        }
    }
    let none = "namespaces cannot be made here (not root, and none for users)";
    unshare().is_none().then(|| none.to_owned())
}

/// The driver of the readers.
fn driver() -> Option<PathBuf> {
    let program = env::current_exe().unwrap_or_default();
    let beside = program.ancestors().nth(2).map(|folder| folder.join(BESIDE));
    let mut paths = beside.into_iter().chain([INSTALLED.into()]);
    paths.find(|path| path.exists())
}

/// Becomes the process of [`serve`] in namespaces of its own.
pub fn start(folder: &Path) -> io::Error {
    // pcscd goes elsewhere before it looks at what it was told.
    match (unshare(), env::current_exe(), absolute(folder)) {
        (Some(mut unshare), Ok(program), Ok(folder)) => {
            unshare.arg(program).arg("serve").arg(folder).exec()
        }
        (None, ..) => ErrorKind::Unsupported.into(),
        (_, Err(error), _) | (_, _, Err(error)) => error,
    }
}

/// What starts a program in new namespaces, of which one for users is the last resort.
fn unshare() -> Option<Command> {
    let with = |more: &[&str]| {
        let mut unshare = command("unshare");
        unshare.args(NAMESPACES).args(more);
        unshare
    };
    let ways: [&[&str]; 2] = [&[], &["--map-root-user"]];
    let works = |way: &&&[&str]| {
        let mut tried = with(way);
        tried.arg("true");
        silent(&mut tried)
            .status()
            .is_ok_and(|status| status.success())
    };
    ways.iter().find(works).map(|way| with(way))
}

fn silent(command: &mut Command) -> &mut Command {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}

fn command(program: &str) -> Command {
    let path = env::var("PATH").unwrap_or_default();
    let mut command = Command::new(program);
    command.env("PATH", format!("{path}:{MORE_PATH}"));
    command
}

/// pcscd and its readers.
#[derive(Debug)]
struct Readers {
    folder: PathBuf,
    /// `None` while it is stopped.
    service: Option<Child>,
    slots: [Slot; 2],
}

/// Runs pcscd in these namespaces, which are its own, and does what `orders` say, until they end. Each line is
/// answered by `ok`, or by what went wrong:
///
/// ```text
/// insert READER FILE     puts the card in a file into the first reader (0) or the second (1)
/// remove READER          takes it out
/// pull READER            the card is gone as soon as a signature is asked of it
/// stall READER           the card answers nothing as soon as a signature is asked of it
/// mute READER            the card answers nothing from now on
/// speak READER           it does again
/// stop                   pcscd ends
/// start                  and runs again, with the cards that were in
/// ```
///
/// # Errors
/// Where pcscd does not start, or `answers` cannot be written.
pub fn serve(folder: &Path, orders: impl BufRead, mut answers: impl Write) -> io::Result<()> {
    prepare(folder)?;
    configure(folder)?;
    let mut readers = Readers {
        folder: folder.to_owned(),
        service: None,
        slots: PORTS.map(Slot::new),
    };
    readers.start()?;
    writeln!(answers, "ok")?;
    for order in orders.lines() {
        let said = match readers.carry_out(&order?) {
            Ok(()) => "ok".to_owned(),
            Err(error) => format!("error: {error}"),
        };
        writeln!(answers, "{said}")?;
        answers.flush()?;
    }
    Ok(())
}

/// Puts the folder where pcscd wants its files, and hides the readers of this computer.
fn prepare(folder: &Path) -> io::Result<()> {
    run(command("ip").args(["link", "set", "lo", "up"]))?;
    // vpcd sends a length and what has it apart: without this, each of them waits 40 ms to be acknowledged.
    run(command("ip")
        .args(["route", "replace", "table", "local", "local", "127.0.0.1"])
        .args(["dev", "lo", "quickack", "1"]))?;
    // What is in /run belongs to the system: an empty one instead.
    run(command("mount").args(["-t", "tmpfs", "tmpfs", "/run"]))?;
    fs::create_dir("/run/pcscd")?;
    run(command("mount").arg("--bind").arg(folder).arg("/run/pcscd"))?;
    if Path::new("/dev/bus").exists() {
        run(command("mount").args(["-t", "tmpfs", "tmpfs", "/dev/bus"]))?;
    }
    Ok(())
}

/// Tells pcscd which readers there are (`reader.conf(5)`).
fn configure(folder: &Path) -> io::Result<()> {
    let driver = driver().ok_or(ErrorKind::NotFound)?;
    let [port, _] = PORTS;
    let configuration = format!(
        "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:{port:#x}\nLIBPATH {}\nCHANNELID {port:#x}\n",
        driver.display()
    );
    fs::write(folder.join(CONFIGURATION), configuration)
}

fn run(command: &mut Command) -> io::Result<()> {
    let status = command.status()?;
    if !status.success() {
        return Err(io::Error::other(format!("{command:?}: {status}")));
    }
    Ok(())
}

impl Readers {
    fn carry_out(&mut self, order: &str) -> io::Result<()> {
        let malformed = || io::Error::other("no such order");
        let mut words = order.splitn(3, ' ');
        let (verb, reader, rest) = (words.next(), words.next(), words.next());
        match (verb, reader) {
            (Some("start"), None) => return self.start(),
            (Some("stop"), None) => return self.stop(),
            _ => {}
        }
        let reader = reader.and_then(|reader| reader.parse().ok());
        let slot = reader.and_then(|reader: usize| self.slots.get_mut(reader));
        let slot = slot.ok_or_else(malformed)?;
        match (verb, rest) {
            (Some("insert"), Some(file)) => slot.insert(Path::new(file)),
            (Some("remove"), None) => slot.remove(),
            (Some("pull"), None) => {
                slot.pull_by_signature();
                Ok(())
            }
            (Some("stall"), None) => {
                slot.mute_by_signature();
                Ok(())
            }
            (Some(verb @ ("mute" | "speak")), None) => {
                slot.set_mute(verb == "mute");
                Ok(())
            }
            _ => Err(malformed()),
        }
    }

    fn start(&mut self) -> io::Result<()> {
        self.stop()?;
        self.tidy_up()?;
        let log = self.folder.join("log");
        let log = File::options().create(true).append(true).open(log)?;
        let mut service = command("pcscd");
        service.args(["--foreground", "--info", "--config"]);
        service.arg(self.folder.join(CONFIGURATION));
        service.stdin(Stdio::null());
        service.stdout(log.try_clone()?).stderr(log);
        let service = self.service.insert(service.spawn()?);
        let deadline = Instant::now() + START_TIMEOUT;
        while UnixStream::connect(self.folder.join(SOCKET)).is_err() {
            if service.try_wait()?.is_some() || Instant::now() > deadline {
                return Err(io::Error::other("pcscd does not start: see its log"));
            }
            thread::sleep(START_POLL_INTERVAL);
        }
        self.slots.iter_mut().try_for_each(Slot::insert_again)
    }

    fn stop(&mut self) -> io::Result<()> {
        let Some(mut service) = self.service.take() else {
            return Ok(());
        };
        service.kill()?;
        service.wait()?;
        self.tidy_up()
    }

    /// Removes what a pcscd leaves that had no chance to do so; the next one would take it for a sign of life.
    fn tidy_up(&self) -> io::Result<()> {
        for left in [SOCKET, "pcscd.pid"] {
            match fs::remove_file(self.folder.join(left)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}
