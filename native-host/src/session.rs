//! One request in, one response out: the single match over commands.

use crate::{
    connection::{Connection, ConnectionError},
    documents::{Documents, Taken},
    failure::Error,
    folder::Folders,
    framing::Received,
    inbox::Happening,
    keys::{self, KeySource, Random, pkcs11::Modules, pkcs12::KeyFiles},
    prompt, readers,
    sign::{Signer, Unlocking},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::{
    fmt,
    io::{Read, Write},
    sync::mpsc,
    thread,
    time::Duration,
};
use tamga_core::{
    cms::{CmsFormat, Placement, SignedDocument},
    failure::{ErrorCode, Failure},
    protocol::{
        Chunk, Command, Event, FromHost, Item, KeyEntry, Listing, MAX_DOCUMENTS, PROTOCOL, Prompt,
        Reply, ToHost,
    },
    secret::Secret,
};

/// How long a smart card service is waited for that does not answer.
const BEGINNING: Duration = Duration::from_millis(200);

/// What a session takes from the world around it.
pub struct Surroundings {
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
    surroundings: Surroundings,
    documents: Documents,
    /// Whether both speak the same protocol.
    agreed: bool,
    /// The request that hears of readers.
    watching: Option<u32>,
    /// How many lists are on their way; they are waited for before the session ends.
    listings: usize,
}

/// A request to sign, but for its items.
struct Order {
    certificate: String,
    token: Option<String>,
    password: Secret,
    last_try: bool,
    prompt: Option<Prompt>,
    format: CmsFormat,
    detached: bool,
    pss: bool,
}

impl<W: Write> Session<W> {
    /// A conversation over these pipes. `ended` is called, on a thread of its own, when nothing more can be read.
    pub fn new(
        input: impl Read + Send + 'static,
        output: W,
        surroundings: Surroundings,
        ended: fn(),
    ) -> Self {
        Self {
            connection: Connection::new(input, output, ended),
            surroundings,
            documents: Documents::default(),
            agreed: false,
            watching: None,
            listings: 0,
        }
    }

    /// Answers until the extension closes the connection.
    ///
    /// # Errors
    /// [`ConnectionError`] when the connection ended in any other way.
    pub fn run(&mut self) -> Result<(), ConnectionError> {
        let mut closed = false;
        while !(closed && self.listings == 0) {
            let happening = match self.connection.receive() {
                Ok(Some(happening)) => happening,
                Ok(None) => {
                    closed = true;
                    continue;
                }
                Err(error) => {
                    // Where the next frame begins is unknown, but the extension may still be listening.
                    self.fail(0, ErrorCode::RequestMalformed.into())?;
                    return Err(error);
                }
            };
            match happening {
                Happening::Received(received) => self.received(received)?,
                Happening::Listed {
                    id,
                    listing,
                    complete,
                } => self.listed(id, listing, complete)?,
                Happening::ReadersChanged => {
                    if let Some(id) = self.watching {
                        let event = Event::ReadersChanged {};
                        self.connection.send(&FromHost::Event { id, event })?;
                    }
                }
            }
        }
        Ok(())
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
        let key_files = KeyFiles::new(&self.surroundings.folders.data);
        Ok(Some(match command {
            Command::Hello { protocol, version } => self.greet(protocol, &version)?,
            // Files are read in no time.
            Command::ListCertificates {} if self.surroundings.modules.is_empty() => {
                Reply::Certificates(keys::list(&self.surroundings.sources(), &mut |_| {}))
            }
            Command::ListCertificates {} => {
                self.list(id);
                return Ok(None);
            }
            Command::AddKeyFile {
                name,
                content,
                password,
            } => {
                let file = BASE64_STANDARD.decode(content);
                let file = file.map_err(|_| ErrorCode::RequestMalformed)?;
                let keys = key_files.add(&name, &file, &password)?;
                Reply::KeyFileAdded { keys }
            }
            Command::RemoveKeyFile { key_file } => {
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
                self.watch(id);
                return Ok(None);
            }
            Command::ChangePin {
                token,
                pin,
                new_pin,
                last_try,
            } => {
                let modules = &self.surroundings.modules;
                modules.change_pin(&token, pin.zip(new_pin), last_try)?;
                Reply::PinChanged {}
            }
            Command::UnblockPin {
                token,
                admin_pin,
                new_pin,
                last_try,
            } => {
                let modules = &self.surroundings.modules;
                modules.unblock_pin(&token, admin_pin.zip(new_pin), last_try)?;
                Reply::PinChanged {}
            }
            Command::Sign {
                certificate,
                token,
                password,
                last_try,
                prompt,
                format,
                detached,
                pss,
                items,
            } => {
                let order = Order {
                    certificate,
                    token,
                    password,
                    last_try,
                    prompt,
                    format,
                    detached,
                    pss,
                };
                self.sign(id, order, &items)?;
                Reply::Done {}
            }
        }))
    }

    /// Looks for keys beside the conversation: a token that hangs holds up nothing else.
    fn list(&mut self, id: u32) {
        self.listings += 1;
        let (sources, slot) = (self.surroundings.sources(), self.connection.slot());
        thread::spawn(move || {
            let put = |listing, complete| {
                slot.put(Happening::Listed {
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
            self.listings -= 1;
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

    /// Starts to watch the readers; the last request to do so hears of them. Goes on when the readers are watched, so
    /// that nothing is missed between what is listed next and the first event; but does not wait long.
    fn watch(&mut self, id: u32) {
        if self.watching.replace(id).is_none() {
            let slot = self.connection.slot();
            let (begun, beginning) = mpsc::channel();
            thread::spawn(move || {
                let changed = || slot.put(Happening::ReadersChanged);
                readers::watch(changed, begun);
            });
            let _ = beginning.recv_timeout(BEGINNING);
        }
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

    /// Signs all items with one unlocking of the key. An item that fails does not stop the others.
    fn sign(&mut self, id: u32, order: Order, items: &[Item]) -> Result<(), Error> {
        if items.is_empty() || items.len() > MAX_DOCUMENTS {
            return Err(ErrorCode::RequestMalformed.into());
        }
        let (sources, now) = (self.surroundings.sources(), (self.surroundings.clock)());
        let password = |key: &KeyEntry| match &order.prompt {
            Some(prompt) if !key.passwordless => prompt::ask(prompt, key, items.len(), now),
            _ => Ok(order.password.clone()),
        };
        let unlocking = Unlocking {
            certificate: &order.certificate,
            token: order.token.as_deref(),
            password: &password,
            last_try: order.last_try,
            pss: order.pss,
            now,
        };
        let signer = Signer::unlock(&sources, &unlocking)?;
        // Gone as soon as it was used: the batch may take a while.
        drop(order.password);
        for (item, index) in items.iter().zip(0..) {
            let signed = self.sign_item(&signer, item, order.format, order.detached);
            let event = match signed {
                Ok(SignedDocument { head, tail }) => Event::ItemSigned {
                    index,
                    head: BASE64_STANDARD.encode(head),
                    tail: BASE64_STANDARD.encode(tail),
                },
                Err(error) => Event::ItemFailed {
                    index,
                    failure: error.into(),
                },
            };
            self.connection.send(&FromHost::Event { id, event })?;
        }
        Ok(())
    }

    fn sign_item(
        &mut self,
        signer: &Signer,
        item: &Item,
        format: CmsFormat,
        detached: bool,
    ) -> Result<SignedDocument, Error> {
        let (digest, placement) = match item {
            Item::Document { document } => {
                let document = self.documents.get(*document);
                let document = document.ok_or(ErrorCode::RequestMalformed)?;
                let size = document.size;
                let attached = Placement::Attached { size };
                (
                    &document.digest,
                    if detached {
                        Placement::Detached
                    } else {
                        attached
                    },
                )
            }
            Item::Hash { digest } if detached => (digest, Placement::Detached),
            Item::Hash { .. } => return Err(ErrorCode::RequestMalformed.into()),
        };
        signer.sign(digest, format, placement, &mut *self.surroundings.random)
    }

    fn fail(&mut self, id: u32, failure: Failure) -> Result<(), ConnectionError> {
        self.connection.send(&FromHost::Failed { id, failure })
    }
}

impl Surroundings {
    /// Every place where keys may be.
    pub fn sources(&self) -> Vec<Box<dyn KeySource + Send>> {
        keys::sources(&self.folders, &self.modules, (self.clock)())
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut opaque = formatter.debug_struct("Surroundings");
        opaque
            .field("folders", &self.folders)
            .finish_non_exhaustive()
    }
}
