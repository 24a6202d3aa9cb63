//! One request in, one response out: the single match over commands. What may wait is a task beside the session.

mod certificates;
mod checking;
mod deletion;
mod diagnosis;
mod folders;
mod key_files;
mod listing;
mod pin_session;
mod pins;
mod proxy;
mod record;
mod signing;
mod task;
mod term;
#[cfg(test)]
mod tests;
mod trust;
mod verdicts;
mod watching;

use crate::{
    check_files::CheckFiles,
    directories::Folders,
    documents::{Documents, Taken},
    failure::Error,
    keys::{
        self, KeySource, Random, certificate_files::CertificateFiles, pkcs11::Modules,
        pkcs12::KeyFiles,
    },
    package,
    settings::administrator::Administrator,
    transport::connection::{Connection, ConnectionError},
    transport::framing::Received,
    transport::queue::SessionEvent,
};
use pin_session::{KeyId, PinSessionKey};
use signing::Order;
use std::{
    fmt,
    io::{Read, Write},
    sync::Arc,
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    pkcs12::Cancel,
    protocol::{Chunk, Command, Event, FromHost, ProtocolRange, Reply, ToHost, Unlock},
};
use task::{Task, Tasks};
use term::Moment;
use verdicts::VerdictWatch;
use watching::ReaderWatch;

/// What a session takes from the world around it.
pub struct HostContext {
    /// Where keys are looked for.
    pub folders: Folders,
    /// Through what tokens are reached.
    pub modules: Modules,
    /// Unix seconds.
    pub clock: fn() -> u64,
    /// Where randomness comes from.
    pub random: fn() -> Box<Random>,
}

/// A conversation with one extension.
#[derive(Debug)]
pub struct Session<W> {
    connection: Connection<W>,
    context: Arc<HostContext>,
    documents: Documents,
    /// What is to be checked.
    check_files: CheckFiles,
    tasks: Tasks,
    /// Whether there is a version of the protocol that both speak.
    agreed: bool,
    /// The version of the extension.
    extension: String,
    /// The watch over the readers.
    watch: ReaderWatch,
    /// The request that hears of readers.
    listener: Option<u32>,
    /// The watch over verdicts.
    verdicts: VerdictWatch,
    /// The key that a PIN session keeps unlocked.
    pin_session: PinSessionKey,
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
            context: Arc::new(context),
            documents: Documents::default(),
            check_files: CheckFiles::default(),
            tasks: Tasks::default(),
            agreed: false,
            extension: String::new(),
            watch: ReaderWatch::default(),
            listener: None,
            verdicts: VerdictWatch::default(),
            pin_session: PinSessionKey::default(),
        }
    }

    /// Answers until the extension closes the connection; what is being done then is given up in order.
    ///
    /// # Errors
    /// [`ConnectionError`] when the connection ended in any other way.
    pub fn run(&mut self) -> Result<(), ConnectionError> {
        let ended = self.converse();
        self.end_tasks();
        ended
    }

    fn converse(&mut self) -> Result<(), ConnectionError> {
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
                SessionEvent::Told { id, event } => self.told(id, event)?,
                SessionEvent::Ended { id, outcome } => self.ended(id, outcome)?,
                SessionEvent::Aborted { id, answer } => self.aborted(id, answer)?,
                SessionEvent::ReadersChanged { occupied } => self.readers_changed(&occupied)?,
                SessionEvent::PinTermOver => self.pin_term_over()?,
                SessionEvent::Verdict(verdict) => self.tell_verdict(verdict)?,
            }
        }
    }

    /// Gives up all tasks and waits for them: tokens are logged out.
    fn end_tasks(&mut self) {
        self.tasks.cancel_all();
        while !self.tasks.is_empty() {
            // What else comes has come too late.
            if let Ok(Some(SessionEvent::Ended { id, .. })) = self.connection.receive() {
                self.tasks.ended(id);
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
            Received::Message(ToHost::Cancel { id }) => self.cancel(id),
            // The connection keeps these to itself.
            Received::Message(ToHost::Acknowledge { .. } | ToHost::Large { .. }) => Ok(()),
            Received::Unreadable { id } => self.fail(id, ErrorCode::RequestMalformed.into()),
        }
    }

    fn answer(&mut self, id: u32, command: Command) -> Result<(), ConnectionError> {
        match self.carry_out(id, command) {
            Ok(Some(reply)) => self.reply(id, reply),
            Ok(None) => Ok(()),
            Err(error) => self.fail(id, error.into()),
        }
    }

    /// Carries out one command. `None`: the reply comes later.
    fn carry_out(&mut self, id: u32, command: Command) -> Result<Option<Reply>, Error> {
        if !self.agreed && !matches!(command, Command::Hello { .. }) {
            return Err(ErrorCode::HostOutdated.into());
        }
        match command {
            Command::Hello {
                protocol,
                oldest_protocol,
                version,
            } => {
                return self.greet(protocol, oldest_protocol, &version).map(Some);
            }
            Command::ListCertificates {} => self.list(id)?,
            Command::ListPrivateCertificates { token, unlock } => {
                self.list_private(id, token, unlock)?;
            }
            Command::AddCertificate { name, content } => {
                self.add_certificate(id, name, content)?;
            }
            Command::RemoveCertificate { certificate } => {
                self.remove_certificate(id, certificate)?;
            }
            Command::DescribeCertificate { certificate, chain } => {
                return certificates::describe(&certificate, &chain).map(Some);
            }
            Command::InspectKeyFile { name, content } => {
                self.inspect_key_file(id, name, content)?;
            }
            Command::AddKeyFile {
                name,
                content,
                password,
                second_password,
            } => self.add_key_file(id, name, content, [Some(password), second_password])?,
            Command::RemoveKeyFile { key_file } => self.remove_key_file(id, key_file)?,
            Command::ChangeKeyPassword {
                location,
                password,
                second_password,
                new_password,
            } => {
                let passwords = [Some(password), second_password];
                self.change_key_password(id, *location, passwords, new_password)?;
            }
            Command::ListFolders {} => self.list_folders(id)?,
            Command::AddFolder { language } => self.add_folder(id, language)?,
            Command::RemoveFolder { folder } => self.remove_folder(id, folder)?,
            Command::Diagnose { repair } => self.diagnose(id, repair)?,
            Command::DeleteEverything {} => self.delete_everything(id)?,
            Command::ReadDocument {
                stream,
                size,
                digest,
            } => self.documents.expect(id, stream, size, digest)?,
            Command::ReadCheckFile {
                stream,
                name,
                size,
                digests,
            } => self.expect_check_file(id, stream, name, size, digests)?,
            Command::CheckSignatures { files, servers } => {
                self.check_signatures(id, files, servers)?;
            }
            Command::ReadContent { file, start } => self.read_content(id, file, start)?,
            Command::ForgetCheckFiles {} => {
                self.check_files.clear();
                return Ok(Some(Reply::CheckFilesForgotten {}));
            }
            Command::WatchReaders {} => {
                self.listener = Some(id);
                self.watch.start(self.connection.event_sender());
            }
            Command::WatchVerdicts {} => {
                let events = self.connection.event_sender();
                self.verdicts.start(id, &self.context, events);
            }
            Command::ListTrust {} => self.list_trust(id)?,
            Command::InspectAuthority { name, content } => {
                self.inspect_authority(id, name, content)?;
            }
            Command::AddAuthority {
                name,
                content,
                fingerprint,
            } => self.add_authority(id, name, content, fingerprint)?,
            Command::RemoveAuthority { fingerprint } => self.remove_authority(id, fingerprint)?,
            Command::FetchIssuer { certificate, chain } => {
                self.fetch_issuer(id, &certificate, &chain)?;
            }
            Command::ImportList { stream, name, size } => {
                self.expect_list(id, stream, name, size)?;
            }
            Command::FetchList { address } => self.fetch_list(id, address)?,
            Command::UpdateList { list } => self.update_list(id, list)?,
            Command::RemoveList { list } => self.remove_list(id, list)?,
            Command::ChangePin { token, pins } => {
                self.set_pin(id, token, pins, Modules::change_pin)?;
            }
            Command::UnblockPin { token, pins } => {
                self.set_pin(id, token, pins, Modules::unblock_pin)?;
            }
            Command::ReadRecord {
                search,
                skip,
                limit,
            } => self.read_record(id, search, skip, limit)?,
            Command::DeleteRecord {} => self.delete_record(id)?,
            Command::SetRecord { on } => self.set_record(id, on)?,
            Command::ReadProxy {} => self.read_proxy(id)?,
            Command::SetProxy { proxy } => self.set_proxy(id, proxy)?,
            Command::Sign {
                certificate,
                token,
                location,
                unlock,
                context,
                profile,
                padding,
                items,
            } => {
                let order = Order {
                    key: KeyId { certificate, token },
                    location,
                    unlock,
                    context,
                    profile,
                    padding,
                };
                self.sign(id, order, items)?;
            }
        }
        Ok(None)
    }

    /// Has a task answer the request.
    fn start(
        &mut self,
        id: u32,
        work: impl FnOnce(&Task) -> Result<Reply, Error> + Send + 'static,
    ) -> Result<(), Error> {
        let events = self.connection.event_sender();
        Ok(self.tasks.start(id, events, work)?)
    }

    /// Gives a request up, and answers it unless it was answered before.
    fn cancel(&mut self, id: u32) -> Result<(), ConnectionError> {
        if let Some(stream) = self.documents.cancel(id) {
            self.connection.send(&FromHost::Abort { stream })?;
        } else if self.listener == Some(id) {
            self.listener = None;
        } else if self.verdicts.cancel(id) {
            // Nothing of it is under way in the session.
        } else if !self.tasks.cancel(id) {
            return Ok(());
        }
        // Its key may be kept already when it is cancelled at the last moment.
        drop(self.pin_session.revoke(id));
        self.fail(id, ErrorCode::Cancelled.into())
    }

    fn told(&mut self, id: u32, event: Event) -> Result<(), ConnectionError> {
        if !self.tasks.is_wanted(id) {
            return Ok(());
        }
        match self.connection.send(&FromHost::Event { id, event }) {
            Err(error) if !error.is_fatal() => {
                self.tasks.cancel(id);
                self.fail(id, Error::from(error).into())
            }
            sent => sent,
        }
    }

    fn ended(&mut self, id: u32, outcome: Result<Reply, Failure>) -> Result<(), ConnectionError> {
        if !self.tasks.ended(id) {
            return Ok(());
        }
        match outcome {
            Ok(reply) => {
                self.check_certificates(&reply);
                self.reply(id, reply)
            }
            Err(failure) => self.fail(id, failure),
        }
    }

    /// A large message is not wanted: neither is its request, whose answer it may have been.
    fn aborted(&mut self, id: u32, answer: bool) -> Result<(), ConnectionError> {
        if self.tasks.cancel(id) || answer {
            return self.fail(id, ErrorCode::Cancelled.into());
        }
        Ok(())
    }

    /// A PIN session ends with its token.
    fn readers_changed(&mut self, occupied: &[String]) -> Result<(), ConnectionError> {
        let gone = self.pin_session.take_if_gone(occupied);
        self.tell_listener(gone.map(|_| Event::PinSessionEnded {}))?;
        self.tell_listener([Event::ReadersChanged {}])
    }

    /// A PIN session ends with its time.
    fn pin_term_over(&mut self) -> Result<(), ConnectionError> {
        let now = Moment::now(self.context.clock);
        let over = self.pin_session.take_if_over(now);
        self.tell_listener(over.map(|_| Event::PinSessionEnded {}))
    }

    fn tell_listener(
        &mut self,
        events: impl IntoIterator<Item = Event>,
    ) -> Result<(), ConnectionError> {
        let Some(id) = self.listener else {
            return Ok(());
        };
        for event in events {
            self.connection.send(&FromHost::Event { id, event })?;
        }
        Ok(())
    }

    /// An extension that says which versions of the protocol it speaks hears which the host does, also where they have none
    /// in common: it says then which of the two is the older one.
    fn greet(&mut self, newest: u32, oldest: Option<u32>, version: &str) -> Result<Reply, Error> {
        tracing::info!(newest, oldest, version, "hello");
        let own = ProtocolRange::OWN;
        let common = own.common(ProtocolRange::new(oldest, newest));
        self.agreed = common.is_some();
        version.clone_into(&mut self.extension);
        if !self.agreed && oldest.is_none() {
            return Err(ErrorCode::HostOutdated.into());
        }
        Ok(Reply::Hello {
            protocol: common.unwrap_or(own.newest),
            protocols: Some(own),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            platform: std::env::consts::OS.to_owned(),
            package: Some(package::kind()),
            pins_in_dialog: self.administrator().pins_in_dialog,
        })
    }

    /// What the administrator has decided, as it is now.
    fn administrator(&self) -> Administrator {
        Administrator::of(&self.context.folders)
    }

    /// # Errors
    /// `SETTING_FIXED` for what was typed in the browser where the administrator will not have it there.
    fn check_typed(&self, unlock: &Unlock) -> Result<(), Error> {
        match unlock.is_typed() && self.administrator().pins_in_dialog {
            true => Err(ErrorCode::SettingFixed.into()),
            false => Ok(()),
        }
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
                match taken {
                    Taken::Piece => Ok(()),
                    Taken::Whole(document, read) => {
                        let digest = read.digest;
                        let reply = Reply::DocumentRead { document, digest };
                        self.connection.send(&FromHost::Reply { id, reply })
                    }
                    Taken::CheckFile(file) => match self.check_file_arrived(id, file) {
                        Ok(()) => Ok(()),
                        Err(error) => self.fail(id, error.into()),
                    },
                    Taken::List(list) => match self.list_arrived(id, list) {
                        Ok(()) => Ok(()),
                        Err(error) => self.fail(id, error.into()),
                    },
                }
            }
            Err(error) => {
                self.connection.send(&FromHost::Abort { stream })?;
                self.fail(id, Error::from(error).into())
            }
        }
    }

    fn reply(&mut self, id: u32, reply: Reply) -> Result<(), ConnectionError> {
        match self.connection.send(&FromHost::Reply { id, reply }) {
            Err(error) if !error.is_fatal() => self.fail(id, Error::from(error).into()),
            sent => sent,
        }
    }

    fn fail(&mut self, id: u32, failure: Failure) -> Result<(), ConnectionError> {
        self.connection.send(&FromHost::Failed { id, failure })
    }
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

    /// The certificates that the person gave without their keys.
    pub fn certificate_files(&self) -> CertificateFiles {
        CertificateFiles::new(&self.folders.data)
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
