//! National lists that were imported: verified before they are kept, with where they came from and when.
//!
//! A list is one file, a line of facts before the XML, so that a power cut leaves the old one or the new one. An older or
//! a broken list never takes the place of a newer one; one that cannot be verified any more stands in nobody's way.

use crate::{
    failure::{Error, Storage as _},
    files::{self, Access},
};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    time::Duration,
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{TrustSource, TrustSourceKind},
    trust::{
        Anchor,
        lists::{
            ListFault,
            european::{Signers, TrustedList, VerifiedList},
            russian::VerifiedAccreditedList,
        },
    },
    xml,
};

/// The folder's name in the host's own, and the ending of its files.
const FOLDER: &str = "lists";
const ENDING: &str = "list";
/// The longest list, in bytes: the Russian one had 12 MB in 2026.
const MAX_LIST: usize = 64 << 20;
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
}

/// What is kept of a list beside its XML.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    source: TrustSource,
    /// How its issues are counted.
    sequence: u64,
    /// When the next issue should be there, Unix seconds.
    next_update: Option<i64>,
    /// When it was verified and kept, Unix seconds.
    kept: i64,
}

/// A list whose signature is right.
#[derive(Debug)]
enum List {
    European(VerifiedList),
    Russian(VerifiedAccreditedList),
}

impl ListStore {
    /// Those in the host's data folder.
    pub fn new(data: &Path) -> Self {
        Self {
            folder: data.join(FOLDER),
        }
    }

    /// Verifies a list and keeps it. `origin` says where it is from, for people; `ministry` are the roots of the Russian
    /// ministry; `now` is in Unix seconds.
    ///
    /// # Errors
    /// `TRUST_LIST_MALFORMED`, `TRUST_LIST_NOT_NEWER`, `TRUST_LIST_UNTRUSTED`; `STORAGE_FAILED`. What was kept is kept then.
    pub fn import(
        &self,
        octets: &[u8],
        origin: &str,
        ministry: &[Anchor],
        now: i64,
    ) -> Result<TrustSource, Error> {
        if octets.len() > MAX_LIST {
            return Err(Failure::of(ErrorCode::TrustListMalformed, origin).into());
        }
        let refuse = |fault: ListFault| {
            tracing::info!(%fault, "a national list was refused");
            Failure::of(code_of(&fault), origin)
        };
        let text = xml::decode(octets).map_err(|error| refuse(error.into()))?;
        let list = self.verify(&text, ministry, now).map_err(refuse)?;
        files::create_private(&self.folder).storing(WRITING)?;
        let _lock = self.lock().storing(WRITING)?;
        let path = self.path(&list.name());
        let facts = list.facts(origin, now);
        if let Some((kept, kept_text)) = self.read(&path)
            && kept.sequence >= facts.sequence
            && self.verify(&kept_text, ministry, kept.kept).is_ok()
        {
            return match kept_text == text {
                true => Ok(kept.source),
                false => Err(Failure::of(ErrorCode::TrustListNotNewer, origin).into()),
            };
        }
        let line = serde_json::to_string(&facts).map_err(io::Error::from);
        let content = format!("{}\n{text}", line.storing(WRITING)?);
        files::replace(&path, content.as_bytes(), Access::Private).storing(WRITING)?;
        Ok(facts.source)
    }

    /// What is kept. A list whose next issue is overdue, and a file that cannot be read, are said to be a problem.
    pub fn sources(&self, now: i64) -> Vec<TrustSource> {
        let paths = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let paths = paths.map(|entry| entry.path());
        let is_list = |path: &PathBuf| path.extension().is_some_and(|it| it == ENDING);
        let mut paths: Vec<PathBuf> = paths.filter(is_list).collect();
        paths.sort();
        paths.iter().map(|path| source(path, now)).collect()
    }

    /// Keeps nothing any more.
    ///
    /// # Errors
    /// `STORAGE_FAILED`
    pub fn remove_all(&self) -> Result<(), Error> {
        let removed = files::if_there(fs::remove_dir_all(&self.folder));
        removed.storing(READING).map(drop)
    }

    /// The list that a text is, signed by whom it may be.
    fn verify(&self, text: &str, ministry: &[Anchor], when: i64) -> Result<List, ListFault> {
        if text.contains(RUSSIAN) {
            let verified = VerifiedAccreditedList::verify(text, ministry, when)?;
            return Ok(List::Russian(verified));
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
        Ok(List::European(verified))
    }

    /// Signed by whom Tamga knows, or by whom the one before names.
    fn list_of_lists(&self, text: &str) -> Result<VerifiedList, ListFault> {
        let verified = VerifiedList::list_of_lists(text, &Signers::of_the_list_of_lists());
        match (verified, self.kept_list_of_lists()) {
            (Err(ListFault::Signer(_)), Some(kept)) => {
                VerifiedList::list_of_lists(text, &kept.next_signers())
            }
            (verified, _) => verified,
        }
    }

    /// The list of lists that is kept, if its signer is one that Tamga knows.
    fn kept_list_of_lists(&self) -> Option<VerifiedList> {
        let (_, text) = self.read(&self.path("eu"))?;
        VerifiedList::list_of_lists(&text, &Signers::of_the_list_of_lists()).ok()
    }

    /// The facts and the XML in a file.
    fn read(&self, path: &Path) -> Option<(Facts, String)> {
        let content = files::read(path, MAX_LIST + MAX_FACTS).ok()?;
        let content = String::from_utf8(content).ok()?;
        let (facts, text) = content.split_once('\n')?;
        Some((serde_json::from_str(facts).ok()?, text.to_owned()))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension(ENDING)
    }

    fn lock(&self) -> io::Result<File> {
        let file = files::open_lock(&self.folder.join("lock"))?;
        files::lock(file, LOCK_TIMEOUT)
    }
}

impl List {
    /// The name of its file: a country's code, `eu` for the list of lists.
    fn name(&self) -> String {
        match self {
            Self::Russian(_) => "ru".to_owned(),
            Self::European(list) => {
                // As the list of lists has it, which is signed; no more than letters all the same.
                let territory = list.list().territory.chars();
                let letters = territory.filter(char::is_ascii_alphabetic);
                letters.map(|it| it.to_ascii_lowercase()).collect()
            }
        }
    }

    fn facts(&self, origin: &str, now: i64) -> Facts {
        let (name, country, date, count, sequence) = match self {
            Self::European(list) => {
                let list = list.list();
                let signers = list.xml_pointers().map(|it| it.signers.len());
                let services = list.services.iter().map(|it| it.certificates.len());
                let count = signers.chain(services).sum();
                let territory = list.territory.clone();
                (&list.operator, territory, list.issued, count, list.sequence)
            }
            Self::Russian(list) => {
                let signer = &list.signer().view_without_key().owner;
                let list = list.list();
                let count = list.certificates.len();
                (
                    &signer.clone(),
                    "RU".to_owned(),
                    list.date,
                    count,
                    list.version,
                )
            }
        };
        Facts {
            source: TrustSource {
                kind: TrustSourceKind::National,
                name: name.clone(),
                country: Some(country),
                origin: origin.to_owned(),
                version: Some(sequence.to_string()),
                date: Some(date),
                count: u32::try_from(count).unwrap_or(u32::MAX),
                certificates: Vec::new(),
                problems: Vec::new(),
            },
            sequence,
            next_update: match self {
                Self::European(list) => list.list().next_update,
                Self::Russian(_) => None,
            },
            kept: now,
        }
    }
}

/// What a file says of its list.
fn source(path: &Path, now: i64) -> TrustSource {
    let mut line = String::new();
    let limit = u64::try_from(MAX_FACTS).unwrap_or(u64::MAX);
    let read =
        File::open(path).and_then(|file| BufReader::new(file.take(limit)).read_line(&mut line));
    let facts: Option<Facts> = read.ok().and_then(|_| serde_json::from_str(&line).ok());
    let name = files::name_of(path);
    match facts {
        Some(mut facts) => {
            if facts.next_update.is_some_and(|until| until < now) {
                let outdated = Failure::of(ErrorCode::TrustListOutdated, &facts.source.name);
                facts.source.problems.push(outdated);
            }
            facts.source
        }
        None => TrustSource {
            kind: TrustSourceKind::National,
            name: name.clone(),
            country: None,
            origin: path.display().to_string(),
            version: None,
            date: None,
            count: 0,
            certificates: Vec::new(),
            problems: vec![Failure::of(ErrorCode::FileUnreadable, name)],
        },
    }
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
