//! Smart cards in readers, as good as real ones: virtual cards, a pcscd that nobody else uses, and OpenSC.
//!
//! Everything ends with the test, however it ends: the readers live as long as the pipe to them is open.

use crate::{computer::Computer, host::built, people::People};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Arc, OnceLock},
};
use tamga_virtual_card::{SOCKET, card};
use tempfile::TempDir;

/// The names of the two readers.
pub use tamga_virtual_card::READERS;

/// The PIN and the PUK of every card. Found nowhere else.
pub const PIN: &str = "73951846";
/// See [`PIN`].
pub const PUK: &str = "84620597";

/// Where distributions have OpenSC's module.
const OPENSC: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib64/opensc-pkcs11.so",
    "/usr/lib/opensc-pkcs11.so",
];

/// The program that makes cards and readers.
pub(crate) fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| built("virtual-card"))
}

/// OpenSC's module; `None`, said loudly, where it is not installed.
pub fn opensc() -> Option<&'static Path> {
    let mut paths = OPENSC.iter().map(Path::new);
    let found = paths.find(|path| path.exists());
    if found.is_none() {
        eprintln!("SKIPPED: OpenSC's PKCS#11 module is not installed");
    }
    found
}

/// Two readers.
#[derive(Debug)]
pub struct Readers {
    folder: TempDir,
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    known: Vec<Card>,
}

impl Readers {
    /// Empty ones; `None`, said loudly, where there can be none.
    pub fn open() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(program());
        command.arg("readers").arg(folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut readers = Self {
            folder,
            orders: process.stdin.take().unwrap(),
            answers: BufReader::new(process.stdout.take().unwrap()),
            process,
            known: Vec::new(),
        };
        let said = readers.answer();
        if said.starts_with("SKIPPED: ") {
            eprintln!("{said}");
            return None;
        }
        assert_eq!(said, "ok");
        Some(readers)
    }

    /// A computer with these readers and modules.
    pub fn computer(&self, modules: &[&Path]) -> Computer {
        Computer::new(modules).with("PCSCLITE_CSOCK_NAME", self.folder.path().join(SOCKET))
    }

    /// Puts a card into the first reader (0) or the second (1), and waits until it is noticed.
    pub fn insert(&mut self, reader: usize, card: &Card) {
        self.order(&format!("insert {reader} {}", card.path.display()));
        self.known.push(card.clone());
    }

    /// Takes it out, and waits until that is noticed.
    pub fn remove(&mut self, reader: usize) {
        self.order(&format!("remove {reader}"));
    }

    /// Lets the card be gone as soon as a signature is asked of it.
    pub fn pull_by_signature(&mut self, reader: usize) {
        self.order(&format!("pull {reader}"));
    }

    /// Lets the card answer nothing.
    pub fn mute(&mut self, reader: usize) {
        self.order(&format!("mute {reader}"));
    }

    /// Lets the card answer nothing as soon as a signature is asked of it.
    pub fn stall_by_signature(&mut self, reader: usize) {
        self.order(&format!("stall {reader}"));
    }

    /// Lets a card answer again that did not.
    pub fn speak(&mut self, reader: usize) {
        self.order(&format!("speak {reader}"));
    }

    /// Ends pcscd.
    pub fn stop(&mut self) {
        self.order("stop");
    }

    /// Starts it again.
    pub fn start(&mut self) {
        self.order("start");
    }

    fn order(&mut self, order: &str) {
        writeln!(self.orders, "{order}").unwrap();
        assert_eq!(self.answer(), "ok", "{order}");
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        // With it goes everything it started.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A card, in a file that is there as long as a reader has known it.
#[derive(Clone, Debug)]
pub struct Card {
    _folder: Arc<TempDir>,
    path: PathBuf,
}

impl Card {
    /// A card with the keys of people, each in a slot: `9a`, `9c` (which asks for the PIN each time), `9d`, `9e` (which
    /// never does).
    pub fn of(people: &People, keys: &[(&str, &str)]) -> Self {
        Self::made(|card| {
            keys.iter().fold(card, |card, (slot, name)| {
                let [key, certificate] =
                    ["key", "pem"].map(|kind| people.read(&format!("{name}.{kind}")));
                card.with(slot, &key, &certificate)
            })
        })
    }

    /// A card that answers like this (hex) to a reset, and not at all to anything else.
    pub fn unknown(atr: &str) -> Self {
        Self::made(|mut card| {
            atr.clone_into(&mut card.atr);
            card
        })
    }

    fn made(make: impl FnOnce(card::Card) -> card::Card) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.json");
        let mut card = make(card::Card::new().unwrap());
        card.pin.set(PIN);
        card.puk.set(PUK);
        card.save(&path).unwrap();
        Self {
            _folder: Arc::new(folder),
            path,
        }
    }

    /// How many wrong PINs and PUKs it still takes: the card's own word.
    pub fn tries(&self) -> (u8, u8) {
        let card = self.read();
        (card.pin.tries, card.puk.tries)
    }

    /// How often it was shown its PIN.
    pub fn shown(&self) -> u32 {
        self.read().pin.shown
    }

    fn read(&self) -> card::Card {
        card::Card::load(&self.path).unwrap()
    }
}
