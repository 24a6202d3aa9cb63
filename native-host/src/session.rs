//! One request in, one response out: the single match over commands.

mod listing;
mod signing;

use crate::{
    documents::{Documents, Taken},
    failure::{Error, Storage as _},
    folder::Folders,
    keys::{
        self, KeySource, Random,
        key_input::KeyInput,
        pkcs11::Modules,
        pkcs12::{self, KeyFiles},
    },
    readers,
    record::Record,
    transport::connection::{Connection, ConnectionError},
    transport::framing::Received,
    transport::queue::SessionEvent,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use signing::{Order, Unlocked};
use std::{
    fmt,
    io::{Read, Write},
    mem,
    sync::mpsc,
    thread,
    time::Duration,
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    pkcs12::Cancel,
    protocol::{
        Chunk, Command, Event, FromHost, KeyEntry, Listing, MAX_RECORD_PAGE, MAX_RECORD_SEARCH,
        PROTOCOL, RecordPage, Reply, ToHost,
    },
    secret::Secret,
};
use zeroize::Zeroizing;

/// How long a smart card service is waited for that does not answer.
const WATCH_START_TIMEOUT: Duration = Duration::from_millis(200);

const RECORD: &str = "keeping the record of signatures";

/// What a session takes from the world around it.
pub struct HostContext {
    /// Where keys are looked for.
    pub folders: Folders,
    /// Through what tokens are reached.
    pub modules: Modules,
    /// Unix seconds.
    pub clock: fn() -> u64,
    /// Where randomness comes from.
    pub random: Box<Random>,
}

/// A conversation with one extension.
#[derive(Debug)]
pub struct Session<W> {
    connection: Connection<W>,
    context: HostContext,
    documents: Documents,
    /// Whether both speak the same protocol.
    agreed: bool,
    /// Whether the readers are watched.
    watching: bool,
    /// The request that hears of readers.
    listener: Option<u32>,
    /// The key that a PIN session keeps unlocked.
    unlocked: Option<Unlocked>,
}

impl<W: Write> Session<W> {
    /// A conversation over these pipes. `ended` is called, on a thread of its own, when nothing more can be read.
    pub fn new(
        input: impl Read + Send + 'static,
        output: W,
        context: HostContext,
        ended: fn(),
    ) -> Self {
        Self {
            connection: Connection::new(input, output, ended),
            context,
            documents: Documents::default(),
            agreed: false,
            watching: false,
            listener: None,
            unlocked: None,
        }
    }

    /// Answers until the extension closes the connection.
    ///
    /// # Errors
    /// [`ConnectionError`] when the connection ended in any other way.
    pub fn run(&mut self) -> Result<(), ConnectionError> {
        loop {
            let event = match self.connection.receive() {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(()),
                Err(error) => {
                    // Where the next frame begins is unknown, but the extension may still be listening.
                    self.fail(0, ErrorCode::RequestMalformed.into())?;
                    return Err(error);
                }
            };
            match event {
                SessionEvent::Received(received) => self.received(received)?,
                SessionEvent::Listed {
                    id,
                    listing,
                    complete,
                } => self.listed(id, listing, complete)?,
                // Of work that was waited for.
                SessionEvent::Worked => {}
                SessionEvent::ReadersChanged => self.readers_changed()?,
            }
        }
    }

    fn received(&mut self, received: Received) -> Result<(), ConnectionError> {
        match received {
            Received::Message(ToHost::Request { id, command }) => self.answer(id, command),
            Received::Message(ToHost::Chunk(chunk)) => self.take(chunk),
            Received::Message(ToHost::Abort { stream }) => match self.documents.abort(stream) {
                Some(id) => self.fail(id, ErrorCode::Cancelled.into()),
                None => Ok(()),
            },
            // The connection keeps these to itself.
            Received::Message(ToHost::Acknowledge { .. } | ToHost::Large { .. }) => Ok(()),
            // It was carried out already, or nothing of it takes its time.
            Received::Message(ToHost::Cancel { .. }) => Ok(()),
            Received::Unreadable { id } => self.fail(id, ErrorCode::RequestMalformed.into()),
        }
    }

    fn answer(&mut self, id: u32, command: Command) -> Result<(), ConnectionError> {
        let outcome = match self.carry_out(id, command) {
            Ok(Some(reply)) => {
                let sent = self.connection.send(&FromHost::Reply { id, reply });
                sent.map_err(Error::from)
            }
            outcome => outcome.map(drop),
        };
        match outcome {
            Ok(()) => Ok(()),
            Err(Error::Connection(error)) if error.is_fatal() => Err(error),
            Err(error) => self.fail(id, error.into()),
        }
    }

    /// Carries out one command. `None`: the reply comes later.
    fn carry_out(&mut self, id: u32, command: Command) -> Result<Option<Reply>, Error> {
        if !self.agreed && !matches!(command, Command::Hello { .. }) {
            return Err(ErrorCode::HostOutdated.into());
        }
        Ok(Some(match command {
            Command::Hello { protocol, version } => self.greet(protocol, &version)?,
            // Files are read in no time.
            Command::ListCertificates {} if self.context.modules.is_empty() => {
                Reply::Certificates(keys::list(&self.context.sources(), &mut |_| {}))
            }
            Command::ListCertificates {} => {
                self.list(id);
                return Ok(None);
            }
            Command::ListPrivateCertificates { token, unlock } => {
                self.read_private(&token, &unlock)?;
                self.list(id);
                return Ok(None);
            }
            Command::AddKeyFile {
                name,
                content,
                password,
                second_password,
            } => {
                let file = BASE64_STANDARD.decode(content).map(Zeroizing::new);
                let file = file.map_err(|_| ErrorCode::RequestMalformed)?;
                let passwords = [Some(password), second_password];
                let keys = self.add_key_file(id, name, &file, passwords)?;
                Reply::KeyFileAdded { keys }
            }
            Command::RemoveKeyFile { key_file } => {
                let key_files = self.context.key_files(&Cancel::default());
                key_files.remove(&key_file)?;
                Reply::KeyFileRemoved {}
            }
            Command::ReadDocument {
                stream,
                size,
                digest,
            } => {
                self.documents.expect(id, stream, size, digest)?;
                return Ok(None);
            }
            Command::WatchReaders {} => {
                self.listener = Some(id);
                self.watch();
                return Ok(None);
            }
            Command::ChangePin { token, pins } => {
                self.context.modules.change_pin(&token, pins)?;
                Reply::PinChanged {}
            }
            Command::UnblockPin { token, pins } => {
                self.context.modules.unblock_pin(&token, pins)?;
                Reply::PinChanged {}
            }
            Command::ReadRecord {
                search,
                skip,
                limit,
            } => Reply::Record(read_record(&self.record(), &search, skip, limit)?),
            Command::DeleteRecord {} => {
                self.record().delete().storing(RECORD)?;
                Reply::RecordChanged {}
            }
            Command::SetRecord { on } => {
                self.record().set(on).storing(RECORD)?;
                Reply::RecordChanged {}
            }
            Command::Sign {
                certificate,
                token,
                location,
                unlock,
                context,
                format,
                detached,
                pss,
                items,
            } => {
                let order = Order {
                    certificate,
                    token,
                    location,
                    unlock,
                    context,
                    format,
                    detached,
                    pss,
                };
                let stays_unlocked = self.sign(id, order, &items)?;
                Reply::Done { stays_unlocked }
            }
        }))
    }

    /// Adds a key file. Making keys of passwords takes its time.
    fn add_key_file(
        &mut self,
        id: u32,
        name: String,
        file: &[u8],
        passwords: [Option<Secret>; 2],
    ) -> Result<Vec<KeyEntry>, Error> {
        let given = KeyInput::read(&[file])?;
        let salt = pkcs12::salt(&mut *self.context.random)?;
        let cancel = Cancel::default();
        let key_files = self.context.key_files(&cancel);
        self.connection.work(id, &cancel, move || {
            let passwords: Vec<&Secret> = passwords.iter().flatten().collect();
            key_files.add(&name, &given, &passwords, &salt)
        })?
    }

    /// Looks for keys beside the conversation: a token that hangs holds up nothing else.
    fn list(&mut self, id: u32) {
        let (sources, events) = (self.context.sources(), self.connection.event_sender());
        thread::spawn(move || {
            let put = |listing, complete| {
                events.send(SessionEvent::Listed {
                    id,
                    listing,
                    complete,
                });
            };
            let listing = keys::list(&sources, &mut |known| put(known, false));
            put(listing, true);
        });
    }

    fn listed(&mut self, id: u32, listing: Listing, complete: bool) -> Result<(), ConnectionError> {
        let message = if complete {
            let reply = Reply::Certificates(listing);
            FromHost::Reply { id, reply }
        } else {
            let event = Event::CertificatesSoFar(listing);
            FromHost::Event { id, event }
        };
        match self.connection.send(&message) {
            Err(error) if !error.is_fatal() => self.fail(id, Error::from(error).into()),
            sent => sent,
        }
    }

    /// Starts to watch the readers, if they are not watched yet. Goes on when the readers are watched, so
    /// that nothing is missed between what is listed next and the first event; but does not wait long.
    fn watch(&mut self) {
        if !mem::replace(&mut self.watching, true) {
            let events = self.connection.event_sender();
            let (begun, beginning) = mpsc::channel();
            thread::spawn(move || {
                let changed = || events.send(SessionEvent::ReadersChanged);
                readers::watch(changed, begun);
            });
            let _ = beginning.recv_timeout(WATCH_START_TIMEOUT);
        }
    }

    /// A PIN session ends with its token.
    fn readers_changed(&mut self) -> Result<(), ConnectionError> {
        let ended = self.unlocked.take_if(|unlocked| unlocked.signer.is_gone());
        let ended = ended.map(|_| Event::PinSessionEnded {});
        let Some(id) = self.listener else {
            return Ok(());
        };
        for event in ended.into_iter().chain([Event::ReadersChanged {}]) {
            self.connection.send(&FromHost::Event { id, event })?;
        }
        Ok(())
    }

    fn record(&self) -> Record {
        Record::new(&self.context.folders.data)
    }

    fn greet(&mut self, protocol: u32, version: &str) -> Result<Reply, Error> {
        tracing::info!(protocol, version, "hello");
        self.agreed = protocol == PROTOCOL;
        if !self.agreed {
            return Err(ErrorCode::HostOutdated.into());
        }
        Ok(Reply::Hello {
            protocol: PROTOCOL,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            platform: std::env::consts::OS.to_owned(),
        })
    }

    fn take(&mut self, chunk: Chunk) -> Result<(), ConnectionError> {
        let (stream, sequence) = (chunk.stream, chunk.sequence);
        let Some((id, taken)) = self.documents.take(chunk) else {
            // Of a stream that was given up, or that never was.
            return self.connection.send(&FromHost::Abort { stream });
        };
        match taken {
            Ok(taken) => {
                self.connection
                    .send(&FromHost::Acknowledge { stream, sequence })?;
                let Taken::Whole(document, read) = taken else {
                    return Ok(());
                };
                let digest = read.digest;
                let reply = Reply::DocumentRead { document, digest };
                self.connection.send(&FromHost::Reply { id, reply })
            }
            Err(error) => {
                self.connection.send(&FromHost::Abort { stream })?;
                self.fail(id, Error::from(error).into())
            }
        }
    }

    fn fail(&mut self, id: u32, failure: Failure) -> Result<(), ConnectionError> {
        self.connection.send(&FromHost::Failed { id, failure })
    }
}

fn read_record(record: &Record, search: &str, skip: u32, limit: u32) -> Result<RecordPage, Error> {
    if limit > MAX_RECORD_PAGE || search.len() > MAX_RECORD_SEARCH {
        return Err(ErrorCode::RequestMalformed.into());
    }
    let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let page = record.read(search, number(skip), number(limit));
    page.storing(RECORD)
}

impl HostContext {
    /// Every place where keys may be.
    pub fn sources(&self) -> Vec<Box<dyn KeySource + Send>> {
        self.sources_until(&Cancel::default())
    }

    /// The same, whose keys are not opened any more when that is not wanted any more.
    pub fn sources_until(&self, cancel: &Cancel) -> Vec<Box<dyn KeySource + Send>> {
        keys::sources(&self.folders, &self.modules, (self.clock)(), cancel)
    }

    /// The host's own copies of key files.
    pub fn key_files(&self, cancel: &Cancel) -> KeyFiles {
        KeyFiles::new(&self.folders.data, cancel)
    }
}

impl fmt::Debug for HostContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut opaque = formatter.debug_struct("HostContext");
        opaque
            .field("folders", &self.folders)
            .finish_non_exhaustive()
    }
}
