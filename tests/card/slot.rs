//! A slot of a reader, with a card in it or not (the protocol of `vpcd`: a length of two bytes, big-endian, then an APDU
//! or one byte that says what to do with the power).

use crate::piv::Piv;
use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

const POWER_OFF: u8 = 0;
const POWER_ON: u8 = 1;
const RESET: u8 = 2;
const ANSWER_TO_RESET: u8 = 4;
/// How often a card is put in until pcscd takes it for a new one.
const ATTEMPTS: u32 = 5;
/// How long it is waited until pcscd notices a card: it polls every 400 ms.
const NOTICE_TIMEOUT: Duration = Duration::from_secs(20);

/// A slot.
#[derive(Debug)]
pub struct Slot {
    port: u16,
    card: Option<Inserted>,
}

#[derive(Debug)]
struct Inserted {
    path: PathBuf,
    stream: TcpStream,
    behaviour: Arc<Shared>,
    thread: JoinHandle<io::Result<()>>,
}

/// How the card behaves from now on.
#[derive(Clone, Copy, Debug, Default)]
struct Behaviour {
    /// It answers nothing.
    mute: bool,
    /// It answers nothing any more when a signature is asked of it.
    muted_by_signature: bool,
    /// It is gone when a signature is asked of it.
    pulled_by_signature: bool,
    /// It is gone.
    removed: bool,
}

#[derive(Debug, Default)]
struct Shared {
    behaviour: Mutex<Behaviour>,
    changed: Condvar,
}

impl Slot {
    /// The slot that a port of this computer stands for.
    pub fn new(port: u16) -> Self {
        Self { port, card: None }
    }

    /// Puts a card in, and waits until pcscd says that it is there.
    ///
    /// # Errors
    /// For a file that is no card, and a reader that does not take it.
    pub fn insert(&mut self, path: &Path) -> io::Result<()> {
        // Again where pcscd has not yet noticed that a card is gone: it takes the new one for the old.
        for _ in 0..ATTEMPTS {
            self.remove()?;
            if self.insert_once(path)? {
                return Ok(());
            }
        }
        Err(io::Error::other("the reader gives no power"))
    }

    /// Whether pcscd took it for a new card.
    fn insert_once(&mut self, path: &Path) -> io::Result<bool> {
        let card = Piv::load(path)?;
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_nodelay(true)?;
        let behaviour = Arc::new(Shared::default());
        let (noticed, notice) = mpsc::channel();
        let thread = {
            let (stream, behaviour) = (stream.try_clone()?, Arc::clone(&behaviour));
            thread::spawn(move || serve(stream, card, &behaviour, &noticed))
        };
        self.card = Some(Inserted {
            path: path.to_owned(),
            stream,
            behaviour,
            thread,
        });
        let notice = notice.recv_timeout(NOTICE_TIMEOUT);
        notice.map_err(|_| io::Error::other("the reader does not look for cards"))
    }

    /// Takes the card out, if there is one, and waits until the reader has noticed.
    ///
    /// # Errors
    /// For a reader that does not notice.
    pub fn remove(&mut self) -> io::Result<()> {
        let Some(card) = self.card.take() else {
            return Ok(());
        };
        card.behaviour.set(|behaviour| {
            behaviour.removed = true;
            // Not connected any more where the reader is gone.
            let _ = card.stream.shutdown(Shutdown::Write);
        });
        let ended = card.thread.join();
        ended.map_err(|_| io::Error::other("the thread of the card panicked"))?
    }

    /// Puts the card in again that was in before the reader was gone.
    ///
    /// # Errors
    /// As [`Slot::insert`].
    pub fn insert_again(&mut self) -> io::Result<()> {
        let path = self.card.as_ref().map(|card| card.path.clone());
        path.map_or(Ok(()), |path| self.insert(&path))
    }

    /// Lets the card disappear when the next signature is asked of it.
    pub fn pull_by_signature(&mut self) {
        self.set(|behaviour| behaviour.pulled_by_signature = true);
    }

    /// Lets the card answer nothing any more when the next signature is asked of it.
    pub fn mute_by_signature(&mut self) {
        self.set(|behaviour| behaviour.muted_by_signature = true);
    }

    /// Lets the card answer nothing, or answer again.
    pub fn set_mute(&mut self, mute: bool) {
        self.set(|behaviour| {
            behaviour.mute = mute;
            behaviour.muted_by_signature &= mute;
        });
    }

    fn set(&mut self, change: impl FnOnce(&mut Behaviour)) {
        if let Some(card) = &self.card {
            card.behaviour.set(change);
        }
    }
}

impl Shared {
    fn set(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.held());
        self.changed.notify_all();
    }

    fn held(&self) -> MutexGuard<'_, Behaviour> {
        self.behaviour
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends something, unless the card is gone.
    fn send(&self, stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
        let length = u16::try_from(message.len()).map_err(io::Error::other)?;
        let behaviour = self.held();
        if behaviour.removed {
            return Ok(());
        }
        stream.write_all(&[&length.to_be_bytes(), message].concat())
    }

    /// The behaviour, as soon as the card may answer.
    fn when_not_mute(&self) -> Behaviour {
        let waiting = |behaviour: &mut Behaviour| behaviour.mute && !behaviour.removed;
        let behaviour = self.changed.wait_while(self.held(), waiting);
        *behaviour.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers the reader until it or the card is gone. `noticed` hears whether pcscd took the card for a new one, and gave
/// it power, as soon as it is looked for again: by then pcscd has told everybody.
fn serve(
    mut stream: TcpStream,
    mut card: Piv,
    shared: &Shared,
    noticed: &mpsc::Sender<bool>,
) -> io::Result<()> {
    let (mut power, mut looks) = (false, 0);
    while let Some(message) = receive(&mut stream)? {
        match *message {
            [RESET] => card.reset(),
            [switch @ (POWER_OFF | POWER_ON)] => {
                card.reset();
                (power, looks) = (switch == POWER_ON, 0);
            }
            [ANSWER_TO_RESET] => {
                shared.send(&mut stream, &card.atr())?;
                looks += 1;
                // With the power it is looked for once; without, twice before the power comes.
                if looks == if power { 2 } else { 4 } {
                    // Heard once, by whoever puts the card in.
                    let _ = noticed.send(power);
                }
            }
            ref apdu => {
                if Piv::is_signature(apdu) && shared.held().muted_by_signature {
                    shared.set(|behaviour| behaviour.mute = true);
                }
                let behaviour = shared.when_not_mute();
                if behaviour.pulled_by_signature && Piv::is_signature(apdu) {
                    return stream.shutdown(Shutdown::Both);
                }
                if !behaviour.removed {
                    shared.send(&mut stream, &card.answer(apdu))?;
                }
            }
        }
    }
    Ok(())
}

/// The next message; `None` when the reader has let go.
fn receive(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 2];
    let gone = [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset];
    if let Err(error) = stream.read_exact(&mut length) {
        return if gone.contains(&error.kind()) {
            Ok(None)
        } else {
            Err(error)
        };
    }
    let mut message = vec![0; u16::from_be_bytes(length).into()];
    stream.read_exact(&mut message)?;
    Ok(Some(message))
}
