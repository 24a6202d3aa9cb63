//! The page "check a signature": documents and signatures are given, what belongs together is checked by the host, and
//! what each signature came to is shown.

mod draw;
pub mod messages;
#[cfg(test)]
mod tests;

use super::{Screen, host_state::HostState, node::Element};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use messages::{Action, ChosenFile, Effect, Event};
use tamga_core::{
    algorithm::DigestAlgorithm,
    check::{document_name, may_hold_signatures},
    failure::Failure,
    protocol::{CheckReport, CheckRole, CheckedFile, MAX_CHECK_FILE, MAX_DOCUMENTS},
    text::Catalogue,
};

/// The page.
#[derive(Debug)]
pub struct Check {
    text: Catalogue,
    host: HostState,
    files: Vec<GivenFile>,
    stage: Stage,
    /// Changes with each answer that is not wanted any more.
    round: u32,
    /// Whether no server is to be asked; `None`: that is being read.
    offline: Option<bool>,
    /// What the document of this file came to that was to be saved.
    extracted: Option<(u32, Result<(), Failure>)>,
}

/// How far it all is.
#[derive(Debug)]
enum Stage {
    /// Files are given or read.
    Reading,
    /// The host is asked about these of its files.
    Asked(Vec<u32>),
    /// It has answered.
    Checked(Vec<u32>, CheckReport, Servers),
    /// It could not.
    Failed(Failure),
}

/// Whether servers are asked about revocation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Servers {
    /// They are.
    Asking,
    /// They were.
    Asked,
    /// They were not, or not all of them.
    NotAsked,
}

/// A file that was given.
#[derive(Debug)]
struct GivenFile {
    name: String,
    size: u64,
    /// Whether all of it has to be looked at.
    is_candidate: bool,
    state: FileState,
}

#[derive(Debug)]
enum FileState {
    Waiting,
    /// So many bytes are with the host.
    Reading(u64),
    Read {
        /// The host's number of it.
        file: u32,
        role: CheckRole,
        /// What its documents have to be hashed to.
        digests: Vec<DigestAlgorithm>,
        /// What it was hashed to itself; `None`: the host has all of it.
        hashed: Option<Vec<DigestAlgorithm>>,
    },
    Failed(Failure),
}

impl Screen for Check {
    type Action = Action;
    type Event = Event;
    type Effect = Effect;

    fn open(&mut self) -> Vec<Effect> {
        vec![Effect::ReadSettings {}, Effect::OpenHost {}]
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Pick => vec![Effect::TakePicked {}],
            Action::Extract(index) => {
                self.extracted = None;
                self.extract(index).into_iter().collect()
            }
            Action::SaveReport => vec![Effect::SaveReport {}],
            Action::Print => vec![Effect::Print {}],
            Action::ToggleOffline => self.work_offline(self.offline == Some(false)),
            Action::StopAsking => vec![Effect::StopChecking {}],
            Action::StartAgain => {
                self.files.clear();
                self.restart();
                vec![Effect::Forget {}]
            }
            Action::TryAgain => {
                self.host = HostState::Opening;
                vec![Effect::OpenHost {}]
            }
        }
    }

    fn receive(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::HostOpened { version } => {
                self.host = HostState::Opened { version };
                // Another host knows none of the files.
                self.files
                    .iter_mut()
                    .for_each(|it| it.state = FileState::Waiting);
                self.restart();
            }
            Event::HostFailed { failure } => self.host = HostState::Failed(failure),
            Event::Chosen { files } => {
                let room = MAX_DOCUMENTS.saturating_sub(self.files.len());
                self.files
                    .extend(files.into_iter().take(room).map(GivenFile::of));
                self.restart();
            }
            Event::Progress { index, bytes } => {
                if let Some(FileState::Reading(read)) = self.state(index) {
                    *read = bytes;
                }
                return Vec::new();
            }
            Event::FileRead {
                index,
                file,
                role,
                digests,
            } => self.file_read(index, file, role, digests),
            Event::FileFailed { index, failure } => {
                if let Some(state) = self.state(index) {
                    *state = FileState::Failed(failure);
                }
            }
            Event::Settings { offline } => self.offline = Some(offline),
            Event::CheckedSoFar { round, report } => {
                self.checked(round, report, Servers::Asking);
                return Vec::new();
            }
            Event::FileChecked { round, file } => {
                self.file_checked(round, file);
                return Vec::new();
            }
            Event::Checked { round, report } => {
                let servers = match self.offline {
                    Some(false) => Servers::Asked,
                    _ => Servers::NotAsked,
                };
                self.checked(round, report, servers);
                return Vec::new();
            }
            Event::CheckFailed { round, failure } => {
                match &mut self.stage {
                    _ if round != self.round => {}
                    // What is known without them stays.
                    Stage::Checked(_, _, servers) => *servers = Servers::NotAsked,
                    stage => *stage = Stage::Failed(failure),
                }
                return Vec::new();
            }
            Event::Extracted { file } => {
                self.extracted = Some((file, Ok(())));
                return Vec::new();
            }
            Event::ExtractFailed { file, failure } => {
                self.extracted = Some((file, Err(failure)));
                return Vec::new();
            }
        }
        self.advance().into_iter().collect()
    }

    fn is_frequent(event: &Event) -> bool {
        matches!(event, Event::Progress { .. })
    }

    fn title(&self) -> Option<String> {
        Some(["Tamga: ", &self.text.plain("check_title")].concat())
    }

    fn view(&self) -> Element<Action> {
        draw::page(self)
    }
}

impl GivenFile {
    fn of(chosen: ChosenFile) -> Self {
        let beginning = BASE64_STANDARD.decode(chosen.beginning).unwrap_or_default();
        let fits = usize::try_from(chosen.size).is_ok_and(|size| size <= MAX_CHECK_FILE);
        Self {
            name: chosen.name,
            size: chosen.size,
            is_candidate: fits && may_hold_signatures(&beginning),
            state: FileState::Waiting,
        }
    }

    /// Whether it has to be read (again), so that signatures that need these digests can be checked.
    fn wants(&self, needed: &[DigestAlgorithm]) -> bool {
        match &self.state {
            FileState::Waiting => true,
            FileState::Read {
                hashed: Some(hashed),
                ..
            } => !needed.iter().all(|it| hashed.contains(it)),
            _ => false,
        }
    }

    fn role(&self) -> Option<CheckRole> {
        match self.state {
            FileState::Read { role, .. } => Some(role),
            _ => None,
        }
    }
}

impl Check {
    /// The page before anything is given.
    pub fn new(text: Catalogue) -> Self {
        Self {
            text,
            host: HostState::Opening,
            files: Vec::new(),
            stage: Stage::Reading,
            round: 0,
            offline: None,
            extracted: None,
        }
    }

    fn state(&mut self, index: u32) -> Option<&mut FileState> {
        let index = usize::try_from(index).ok()?;
        self.files.get_mut(index).map(|file| &mut file.state)
    }

    /// What was asked before is not wanted any more.
    fn restart(&mut self) {
        self.round = self.round.wrapping_add(1);
        self.stage = Stage::Reading;
        self.extracted = None;
    }

    fn checked(&mut self, round: u32, report: CheckReport, servers: Servers) {
        let (Stage::Asked(asked) | Stage::Checked(asked, ..)) = &self.stage else {
            return;
        };
        if round == self.round {
            self.stage = Stage::Checked(asked.clone(), report, servers);
        }
    }

    fn file_checked(&mut self, round: u32, file: CheckedFile) {
        let Stage::Checked(_, report, _) = &mut self.stage else {
            return;
        };
        let mut files = report.signatures.iter_mut();
        let known = files.find(|it| it.file == file.file && round == self.round);
        if let Some(known) = known {
            *known = file;
        }
    }

    /// What has been found out stays to be seen while more is asked, or no more.
    fn work_offline(&mut self, offline: bool) -> Vec<Effect> {
        self.offline = Some(offline);
        let mut effects = vec![Effect::KeepOffline { offline }];
        match &mut self.stage {
            Stage::Checked(_, _, Servers::Asking) if offline => {
                effects.push(Effect::StopChecking {});
            }
            Stage::Checked(files, _, servers @ Servers::NotAsked) if !offline => {
                *servers = Servers::Asking;
                self.round = self.round.wrapping_add(1);
                effects.push(Effect::Check {
                    round: self.round,
                    files: files.clone(),
                    servers: true,
                });
            }
            _ => {}
        }
        effects
    }

    fn file_read(&mut self, index: u32, file: u32, role: CheckRole, digests: Vec<DigestAlgorithm>) {
        let needed = self.needed();
        let Some(given) = usize::try_from(index)
            .ok()
            .and_then(|index| self.files.get_mut(index))
        else {
            return;
        };
        given.state = FileState::Read {
            file,
            role,
            digests,
            hashed: (!given.is_candidate).then_some(needed),
        };
    }

    /// What the documents of all signatures have to be hashed to.
    fn needed(&self) -> Vec<DigestAlgorithm> {
        let mut needed = Vec::new();
        for file in &self.files {
            if let FileState::Read { digests, .. } = &file.state {
                let new = digests.iter().filter(|it| !needed.contains(*it));
                let new: Vec<_> = new.copied().collect();
                needed.extend(new);
            }
        }
        needed
    }

    /// Whether there is something to check.
    fn has_signature(&self) -> bool {
        let is_one = |role| matches!(role, CheckRole::Signature | CheckRole::Damaged);
        self.files.iter().filter_map(GivenFile::role).any(is_one)
    }

    /// Whether files are on their way.
    fn is_reading(&self) -> bool {
        let is_reading = |it: &GivenFile| matches!(it.state, FileState::Reading(_));
        self.files.iter().any(is_reading)
    }

    /// The next thing to do: what may be a signature is read first, as it says what documents have to be hashed to.
    fn advance(&mut self) -> Option<Effect> {
        let is_idle = matches!(self.stage, Stage::Reading) && !self.is_reading();
        let offline = self.offline.filter(|_| is_idle)?;
        self.host.version()?;
        let waits = |it: &GivenFile| it.is_candidate && matches!(it.state, FileState::Waiting);
        if let Some(index) = self.files.iter().position(waits) {
            return self.read(index, None);
        }
        if !self.has_signature() {
            return None;
        }
        let needed = self.needed();
        let wants = |it: &GivenFile| !it.is_candidate && it.wants(&needed);
        if let Some(index) = self.files.iter().position(wants) {
            return self.read(index, Some(needed));
        }
        let read = self.files.iter().filter_map(|it| match it.state {
            FileState::Read { file, .. } => Some(file),
            _ => None,
        });
        let files: Vec<_> = read.collect();
        self.stage = Stage::Asked(files.clone());
        let round = self.round;
        Some(Effect::Check {
            round,
            files,
            servers: !offline,
        })
    }

    fn read(&mut self, index: usize, digests: Option<Vec<DigestAlgorithm>>) -> Option<Effect> {
        self.files.get_mut(index)?.state = FileState::Reading(0);
        let index = u32::try_from(index).ok()?;
        Some(Effect::ReadFile { index, digests })
    }

    /// Takes the document out of the file at this place of the report.
    fn extract(&self, index: u32) -> Option<Effect> {
        let Stage::Checked(asked, report, _) = &self.stage else {
            return None;
        };
        let checked = report.signatures.iter().find(|it| it.file == index)?;
        let file = *asked.get(usize::try_from(index).ok()?)?;
        let name = document_name(&checked.name)
            .map_or_else(|| [&checked.name, ".content"].concat(), str::to_owned);
        Some(Effect::Extract { file, name })
    }
}
