//! National lists that were imported: verified before they are kept, with where they came from and when.
//!
//! A list is one file, a line of facts before the XML, so that a power cut leaves the old one or the new one. An older or
//! a broken list never takes the place of a newer one; one that cannot be verified any more stands in nobody's way, and
//! decides nothing. What a list says is kept beside it (`index`): verifying one of 12 MB takes seconds.

mod fetching;
mod index;
mod listed;

pub(super) use listed::{Found, Listed};

use crate::{
    failure::{Error, Storage as _},
    files::{self, Access},
};
use index::MadeFrom;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{ImportedList, ListRole, MAX_TRUST_LIST as MAX_LIST, TrustSource, TrustSourceKind},
    trust::{
        Anchor,
        lists::{
            ListFault, NationalList,
            european::{Signers, TrustedList, VerifiedList},
            russian::VerifiedAccreditedList,
        },
    },
    xml,
};

/// The folder's name in the host's own, and the ending of its files.
const FOLDER: &str = "lists";
const ENDING: &str = "list";
const INDEX: &str = "index";
/// The file of the list of lists, and the one of the Russian list.
const LIST_OF_LISTS: &str = "eu";
const RUSSIA: &str = "ru";
/// The most lists: there are 32 in 2026.
const MAX_LISTS: usize = 100;
/// The longest line of facts.
const MAX_FACTS: usize = 64 << 10;
/// How long another host may take for its import.
const LOCK_TIMEOUT: Duration = Duration::from_secs(20);
const READING: &str = "reading the national lists";
const WRITING: &str = "keeping a national list";
/// What the Russian list begins with.
const RUSSIAN: &str = "<АккредитованныеУдостоверяющиеЦентры";

/// The lists that this person imported.
#[derive(Clone, Debug)]
pub struct ListStore {
    folder: PathBuf,
    /// Who signs the list of lists.
    signers: Signers,
}

/// What is kept of a list beside its XML.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    name: String,
    country: String,
    origin: String,
    /// How its issues are counted.
    sequence: u64,
    date: i64,
    /// How many authorities it names: anchors, or those that were accredited.
    count: u32,
    /// When the next issue should be there, Unix seconds.
    next_update: Option<i64>,
    /// When it was verified and kept, Unix seconds.
    kept: i64,
    /// The id of its signer's certificate: the one before may have named it, which is not there any more.
    signer: String,
    /// Where it is fetched from.
    address: Option<String>,
}

/// Where a list is from.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'o> {
    /// A file, or whatever the person says.
    Given(&'o str),
    /// The address that it was fetched from, which is remembered.
    Address(&'o str),
}

/// A list that is kept.
#[derive(Clone, Debug)]
pub(super) struct KeptList {
    path: PathBuf,
    facts: Option<Facts>,
    /// What it says, or why that is not believed any more.
    pub(super) listed: Result<Arc<Listed>, ErrorCode>,
}

/// What was read in this process, by the index's file. Every list of certificates is checked by them.
static READ: Mutex<BTreeMap<PathBuf, (MadeFrom, Arc<Listed>)>> = Mutex::new(BTreeMap::new());

impl ListStore {
    /// Those in the host's data folder.
    pub fn new(data: &Path) -> Self {
        let of_tests = super::signer_of_tests(LIST_OF_LISTS).map(|it| it.id());
        Self {
            folder: data.join(FOLDER),
            signers: Signers::of_the_list_of_lists().with(of_tests),
        }
    }

    /// Verifies a list and keeps it. `ministry` are the roots of the Russian
    /// ministry; `now` is in Unix seconds.
    ///
    /// # Errors
    /// `TRUST_LIST_MALFORMED`, `TRUST_LIST_NOT_NEWER`, `TRUST_LIST_UNTRUSTED`; `STORAGE_FAILED`. What was kept is kept then.
    pub fn import(
        &self,
        octets: &[u8],
        origin: Origin<'_>,
        ministry: &[Anchor],
        now: i64,
    ) -> Result<TrustSource, Error> {
        let named = origin.words();
        if octets.len() > MAX_LIST {
            return Err(Failure::of(ErrorCode::TrustListMalformed, named).into());
        }
        let refuse = |fault: ListFault| {
            tracing::info!(%fault, "a national list was refused");
            Failure::of(code_of(&fault), named)
        };
        let text = xml::decode(octets).map_err(|error| refuse(error.into()))?;
        let list = self.verify(&text, ministry, now).map_err(refuse)?;
        files::create_private(&self.folder).storing(WRITING)?;
        let _lock = self.lock().storing(WRITING)?;
        let path = self.path(&file_name(&list));
        let mut facts = Facts::of(&list, origin, now);
        if let Some((kept, kept_text)) = read(&path) {
            // A newer issue from a file is fetched from where the one before was.
            facts.address = facts.address.or_else(|| kept.address.clone());
            let is_newer = kept.sequence >= facts.sequence
                && self.verify(&kept_text, ministry, kept.kept).is_ok();
            match kept_text == text {
                true if is_newer && facts.address == kept.address => {
                    return Ok(self.kept_list(path, ministry).source(now));
                }
                false if is_newer => {
                    return Err(Failure::of(ErrorCode::TrustListNotNewer, named).into());
                }
                _ => {}
            }
        }
        let line = serde_json::to_string(&facts).map_err(io::Error::from);
        let content = format!("{}\n{text}", line.storing(WRITING)?);
        files::replace(&path, content.as_bytes(), Access::Private).storing(WRITING)?;
        self.keep_index(&path, &list);
        Ok(self.kept_list(path, ministry).source(now))
    }

    /// What is kept, each verified by whom its list names now. `ministry` are the roots of the Russian ministry.
    pub(super) fn kept(&self, ministry: &[Anchor]) -> Vec<KeptList> {
        let kept = self.paths().into_iter();
        kept.map(|path| self.kept_list(path, ministry)).collect()
    }

    /// The files of lists.
    fn paths(&self) -> Vec<PathBuf> {
        let paths = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let paths = paths.map(|entry| entry.path());
        let is_list = |path: &PathBuf| path.extension().is_some_and(|it| it == ENDING);
        let mut paths: Vec<PathBuf> = paths.filter(is_list).take(MAX_LISTS).collect();
        paths.sort();
        paths
    }

    /// Keeps nothing any more.
    ///
    /// # Errors
    /// `STORAGE_FAILED`
    pub fn remove_all(&self) -> Result<(), Error> {
        let removed = files::if_there(fs::remove_dir_all(&self.folder));
        removed.storing(READING).map(drop)
    }

    fn kept_list(&self, path: PathBuf, ministry: &[Anchor]) -> KeptList {
        KeptList {
            facts: facts(&path),
            listed: self.listed(&path, ministry),
            path,
        }
    }

    /// What a list says: as this process has read it, by its index, or by verifying it.
    fn listed(&self, path: &Path, ministry: &[Anchor]) -> Result<Arc<Listed>, ErrorCode> {
        let from = self.made_from(path);
        let from = from.map_err(|_| ErrorCode::FileUnreadable)?;
        let known = || READ.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((made_from, listed)) = known().get(path)
            && *made_from == from
        {
            return Ok(Arc::clone(listed));
        }
        let list = match index::read(&path.with_extension(INDEX), &from) {
            Some(list) => list,
            None => {
                let list = self.verify_kept(path, ministry)?;
                self.keep_index(path, &list);
                list
            }
        };
        let listed = Arc::new(Listed::of(list));
        known().insert(path.to_owned(), (from, Arc::clone(&listed)));
        Ok(listed)
    }

    /// Who may sign it may have changed since it was imported.
    fn verify_kept(&self, path: &Path, ministry: &[Anchor]) -> Result<NationalList, ErrorCode> {
        let (facts, text) = read(path).ok_or(ErrorCode::FileUnreadable)?;
        let list = self.verify(&text, ministry, facts.kept).map_err(|fault| {
            tracing::warn!(%fault, path = %path.display(), "a national list is not believed any more");
            code_of(&fault)
        })?;
        let is_own = self.path(&file_name(&list)) == path;
        is_own.then_some(list).ok_or(ErrorCode::TrustListUntrusted)
    }

    /// Without it the list is verified again, which takes longer.
    fn keep_index(&self, path: &Path, list: &NationalList) {
        let from = self.made_from(path);
        let written = from.and_then(|it| index::write(&path.with_extension(INDEX), &it, list));
        if let Err(error) = written {
            tracing::warn!(%error, "the index of a national list is not kept");
        }
    }

    fn made_from(&self, path: &Path) -> io::Result<MadeFrom> {
        let list_of_lists = self.path(LIST_OF_LISTS);
        let depends = ![&list_of_lists, &self.path(RUSSIA)].contains(&&path.to_owned());
        MadeFrom::now(path, depends.then_some(&*list_of_lists))
    }

    /// The list that a text is, signed by whom it may be.
    fn verify(
        &self,
        text: &str,
        ministry: &[Anchor],
        when: i64,
    ) -> Result<NationalList, ListFault> {
        if text.contains(RUSSIAN) {
            let verified = VerifiedAccreditedList::verify(text, ministry, when)?;
            return Ok(NationalList::Russian(verified));
        }
        let said = TrustedList::unverified(text)?;
        let verified = match said.is_list_of_lists() {
            true => self.list_of_lists(text)?,
            false => {
                let kept = self.kept_list_of_lists();
                let mut pointers = kept.iter().flat_map(|it| it.list().xml_pointers());
                let pointer = pointers.find(|it| it.territory == said.territory);
                let pointer = pointer.ok_or(ListFault::Other(said.territory))?;
                VerifiedList::pointed_to(text, pointer)?
            }
        };
        Ok(NationalList::European(verified))
    }

    /// Signed by whom Tamga knows, or by whom the one before names.
    fn list_of_lists(&self, text: &str) -> Result<VerifiedList, ListFault> {
        let verified = VerifiedList::list_of_lists(text, &self.signers);
        match (verified, self.kept_list_of_lists()) {
            (Err(ListFault::Signer(_)), Some(kept)) => {
                VerifiedList::list_of_lists(text, &kept.next_signers())
            }
            (verified, _) => verified,
        }
    }

    /// The list of lists that is kept, if it has the signature that it was imported with.
    fn kept_list_of_lists(&self) -> Option<VerifiedList> {
        let (facts, text) = read(&self.path(LIST_OF_LISTS))?;
        let signers = self.signers.clone().with([facts.signer]);
        VerifiedList::list_of_lists(&text, &signers).ok()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension(ENDING)
    }

    fn lock(&self) -> io::Result<File> {
        let file = files::open_lock(&self.folder.join("lock"))?;
        files::lock(file, LOCK_TIMEOUT)
    }
}

/// A country's code, `eu` for the list of lists: as the list of lists has it, which is signed; no more than letters all
/// the same.
fn file_name(list: &NationalList) -> String {
    let letters = list.country().chars().filter(char::is_ascii_alphabetic);
    letters.map(|it| it.to_ascii_lowercase()).collect()
}

impl Facts {
    fn of(list: &NationalList, origin: Origin<'_>, now: i64) -> Self {
        let count = match list {
            NationalList::European(_) => list.anchors().len(),
            NationalList::Russian(_) => list.intermediates().count(),
        };
        Self {
            name: list.name(),
            country: list.country().to_owned(),
            origin: origin.words().to_owned(),
            address: origin.address().map(str::to_owned),
            sequence: list.version(),
            date: list.date(),
            count: u32::try_from(count).unwrap_or(u32::MAX),
            next_update: list.next_update(),
            kept: now,
            signer: list.signer().id(),
        }
    }
}

impl Origin<'_> {
    /// For people.
    fn words(&self) -> &str {
        match self {
            Self::Given(words) | Self::Address(words) => words,
        }
    }

    fn address(&self) -> Option<&str> {
        match self {
            Self::Given(_) => None,
            Self::Address(address) => Some(address),
        }
    }
}

impl KeptList {
    fn imported(&self) -> Option<ImportedList> {
        let id = self.path.file_stem()?.to_str()?.to_owned();
        let facts = self.facts.as_ref();
        let listed = self.listed.as_ref().ok();
        let signer = listed.map(|it| it.list.signer().view_without_key().owner);
        let role = match &*id {
            LIST_OF_LISTS => ListRole::Signers,
            RUSSIA => ListRole::Accreditation,
            _ => ListRole::Anchors,
        };
        Some(ImportedList {
            id,
            role,
            signer,
            kept: facts.map(|it| it.kept),
            next_update: facts.and_then(|it| it.next_update),
            address: facts.and_then(|it| it.address.clone()),
        })
    }

    /// What is said of it. That its next issue is overdue, and that it is not believed any more, is a problem.
    pub(super) fn source(&self, now: i64) -> TrustSource {
        let facts = self.facts.as_ref();
        let name = facts.map_or_else(|| files::name_of(&self.path), |it| it.name.clone());
        let broken = self.listed.as_ref().err().copied();
        let is_overdue = facts
            .and_then(|it| it.next_update)
            .is_some_and(|it| it < now);
        let overdue = is_overdue.then_some(ErrorCode::TrustListOutdated);
        let problems = [broken, overdue].into_iter().flatten();
        TrustSource {
            kind: TrustSourceKind::National,
            problems: problems.map(|code| Failure::of(code, &name)).collect(),
            country: facts.map(|it| it.country.clone()),
            origin: facts.map_or_else(|| self.path.display().to_string(), |it| it.origin.clone()),
            version: facts.map(|it| it.sequence.to_string()),
            date: facts.map(|it| it.date),
            count: facts.map_or(0, |it| it.count),
            certificates: Vec::new(),
            imported: self.imported(),
            name,
        }
    }
}

/// The facts and the XML in a file.
fn read(path: &Path) -> Option<(Facts, String)> {
    let content = files::read(path, MAX_LIST + MAX_FACTS).ok()?;
    let content = String::from_utf8(content).ok()?;
    let (facts, text) = content.split_once('\n')?;
    Some((serde_json::from_str(facts).ok()?, text.to_owned()))
}

/// The facts alone.
fn facts(path: &Path) -> Option<Facts> {
    let mut line = String::new();
    let limit = u64::try_from(MAX_FACTS).unwrap_or(u64::MAX);
    let file = File::open(path).ok()?.take(limit);
    BufReader::new(file).read_line(&mut line).ok()?;
    serde_json::from_str(&line).ok()
}

fn code_of(fault: &ListFault) -> ErrorCode {
    match fault {
        ListFault::Malformed(_) | ListFault::Version(_) | ListFault::Xml(_) => {
            ErrorCode::TrustListMalformed
        }
        ListFault::NotCovered
        | ListFault::Other(_)
        | ListFault::Properties(_)
        | ListFault::Signature(_)
        | ListFault::Signer(_)
        | ListFault::SignerCertificate(_) => ErrorCode::TrustListUntrusted,
    }
}

#[cfg(test)]
mod tests;
