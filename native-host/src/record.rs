//! The record of what was signed: lines of JSON in a folder of the person's, written by every host that signs, for the
//! person alone.

use crate::files;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};
use tamga_core::protocol::{RecordEntry, RecordPage};

/// What is written to.
const CURRENT: &str = "signatures.jsonl";
/// What was written before, until the next takes its place.
const OLDER: &str = "signatures.1.jsonl";
/// Locked by who reads or writes.
const LOCK: &str = "lock";
/// Its presence says that nothing is recorded.
const OFF: &str = "off";
/// The largest file, in bytes: some twenty thousand documents.
const MAX_FILE: u64 = 8 << 20;
/// How long another host may hold the lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

/// The record in the host's data folder.
#[derive(Clone, Debug)]
pub struct Record {
    folder: PathBuf,
    max_file: u64,
}

impl Record {
    /// The record of this person.
    pub fn new(data: &Path) -> Self {
        Self {
            folder: data.join("record"),
            max_file: MAX_FILE,
        }
    }

    /// Whether signatures are recorded.
    pub fn is_on(&self) -> bool {
        self.folder.join(OFF).symlink_metadata().is_err()
    }

    /// Says whether signatures shall be recorded. What is there stays.
    ///
    /// # Errors
    /// As the system has them.
    pub fn set(&self, on: bool) -> io::Result<()> {
        if on {
            files::if_there(fs::remove_file(self.folder.join(OFF)))?;
            return Ok(());
        }
        files::create_private(&self.folder)?;
        private(OpenOptions::new().write(true).create(true)).open(self.folder.join(OFF))?;
        Ok(())
    }

    /// Adds an entry, unless the record is off.
    ///
    /// # Errors
    /// As the system has them; nothing is half written then.
    pub fn append(&self, entry: &RecordEntry) -> io::Result<()> {
        if !self.is_on() {
            return Ok(());
        }
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        files::create_private(&self.folder)?;
        let _lock = self.lock()?;
        let path = self.folder.join(CURRENT);
        let length = u64::try_from(line.len()).unwrap_or(u64::MAX);
        let size = path.metadata().map_or(0, |metadata| metadata.len());
        if size > 0 && size.saturating_add(length) > self.max_file {
            fs::rename(&path, self.folder.join(OLDER))?;
        }
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        append_line(&mut private(&mut options).open(path)?, line)
    }

    /// Entries in which each of these words is, newest first: `limit` of them after the first `skip`.
    ///
    /// # Errors
    /// As the system has them.
    pub fn read(&self, search: &str, skip: usize, limit: usize) -> io::Result<RecordPage> {
        let all = self.all()?;
        let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
        let total = count(all.len());
        let found: Vec<RecordEntry> = all
            .into_iter()
            .rev()
            .filter(|entry| holds(entry, &words))
            .collect();
        Ok(RecordPage {
            on: self.is_on(),
            found: count(found.len()),
            total,
            entries: found.into_iter().skip(skip).take(limit).collect(),
        })
    }

    /// All entries, oldest first. Lines that cannot be read, as one that a power cut has torn, are left out.
    ///
    /// # Errors
    /// As the system has them.
    pub fn all(&self) -> io::Result<Vec<RecordEntry>> {
        if !self.folder.is_dir() {
            return Ok(Vec::new());
        }
        let _lock = self.lock()?;
        let mut entries = Vec::new();
        for name in [OLDER, CURRENT] {
            let content = self.content(name)?;
            let lines = content.split(|byte| *byte == b'\n');
            entries.extend(lines.filter_map(|line| serde_json::from_slice(line).ok()));
        }
        Ok(entries)
    }

    /// Deletes all entries.
    ///
    /// # Errors
    /// As the system has them.
    pub fn delete(&self) -> io::Result<()> {
        if !self.folder.is_dir() {
            return Ok(());
        }
        let _lock = self.lock()?;
        for name in [OLDER, CURRENT] {
            files::if_there(fs::remove_file(self.folder.join(name)))?;
        }
        files::synchronise(&self.folder)
    }

    fn content(&self, name: &str) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        match File::open(self.folder.join(name)) {
            Ok(file) => file.take(self.max_file).read_to_end(&mut content)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        Ok(content)
    }

    /// Keeps other hosts out until what is given is dropped.
    fn lock(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create(true);
        let file = private(&mut options).open(self.folder.join(LOCK))?;
        files::lock(file, LOCK_TIMEOUT)
    }
}

/// Adds a line at the end, after a line end where a power cut or a full disk has left none.
fn append_line(file: &mut File, mut line: Vec<u8>) -> io::Result<()> {
    let size = file.metadata()?.len();
    if size > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            line.insert(0, b'\n');
        }
    }
    let written = file.write_all(&line);
    if written.is_err() {
        // The error to tell is the first one.
        let _ = file.set_len(size);
    }
    written
}

/// For the person alone.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Whether each of these words, in small letters, is in what a person sees of an entry.
fn holds(entry: &RecordEntry, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let origin = entry.origin.as_ref().map(|it| it.as_str());
    let top = entry.top_origin.as_ref().map(|it| it.as_str());
    let digest = entry.digest.as_ref().map(|it| it.hex());
    let failure = entry.failure.map(|code| code.name());
    let day = day(entry.time);
    let parts = [
        Some(entry.document.as_str()),
        Some(&entry.owner),
        Some(&entry.certificate),
        origin,
        top,
        digest,
        failure.as_deref(),
        Some(&day),
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    let text = parts.join("\n").to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

/// `2026-11-29 07:05:00` in UTC.
pub fn day(unix: u64) -> String {
    let time = der::DateTime::from_unix_duration(Duration::from_secs(unix));
    let time = time.map(|time| time.to_string().replace('T', " ").replace('Z', ""));
    time.unwrap_or_default()
}

fn count(entries: usize) -> u32 {
    u32::try_from(entries).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;
    use tamga_core::{algorithm::DigestAlgorithm, failure::ErrorCode, origin::Origin};

    fn record(folder: &tempfile::TempDir) -> Record {
        Record::new(folder.path())
    }

    fn entry(document: &str) -> RecordEntry {
        RecordEntry {
            time: 1_800_000_000,
            origin: Some(Origin::parse("https://shop.example").unwrap()),
            top_origin: None,
            document: document.to_owned(),
            digest: Some(DigestAlgorithm::Sha256.digest(document.as_bytes())),
            blind: false,
            certificate: "0a".repeat(32),
            owner: "Иванова Анна".to_owned(),
            failure: None,
        }
    }

    fn names(entries: &[RecordEntry]) -> Vec<&str> {
        entries.iter().map(|entry| &*entry.document).collect()
    }

    #[test]
    fn entries_are_kept_in_order_and_found_by_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let record = record(&folder);
        assert_eq!(record.read("", 0, 9).unwrap().total, 0);
        assert!(!folder.path().join("record").exists());
        let tricks = "b\n\u{202e}\".txt";
        let other = RecordEntry {
            origin: None,
            failure: Some(ErrorCode::ContentChanged),
            ..entry("В.PDF")
        };
        for entry in [&entry("a.txt"), &entry(tricks), &other] {
            record.append(entry).unwrap();
        }
        assert_eq!(names(&record.all().unwrap()), ["a.txt", tricks, "В.PDF"]);
        let page = record.read("", 1, 1).unwrap();
        assert_eq!(
            (names(&page.entries), page.found, page.total),
            (vec![tricks], 3, 3)
        );
        for (search, found) in [
            ("в.pdf", 1),
            ("ИВАНОВА", 3),
            ("иванова shop.example", 2),
            ("content_changed", 1),
            ("2027-01-15", 3),
            (entry("a.txt").digest.unwrap().hex(), 1),
            ("nobody", 0),
        ] {
            assert_eq!(record.read(search, 0, 9).unwrap().found, found, "{search}");
        }
    }

    #[test]
    fn a_torn_line_costs_nothing_but_itself() {
        let folder = tempfile::tempdir().unwrap();
        let record = record(&folder);
        record.append(&entry("first")).unwrap();
        let path = folder.path().join("record").join(CURRENT);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"time\":1,\"docum\xff").unwrap();
        assert_eq!(names(&record.all().unwrap()), ["first"]);
        record.append(&entry("second")).unwrap();
        record.append(&entry("third")).unwrap();
        assert_eq!(names(&record.all().unwrap()), ["first", "second", "third"]);
    }

    #[test]
    fn it_is_bounded_and_loses_the_oldest() {
        let folder = tempfile::tempdir().unwrap();
        let record = Record {
            max_file: 4000,
            ..record(&folder)
        };
        let entries: Vec<RecordEntry> = (0..60).map(|it| entry(&it.to_string())).collect();
        for entry in &entries {
            record.append(entry).unwrap();
        }
        let kept = record.all().unwrap();
        assert!((10..60).contains(&kept.len()), "{}", kept.len());
        assert_eq!(kept, entries[60 - kept.len()..]);
        for name in [CURRENT, OLDER] {
            let size = fs::metadata(folder.path().join("record").join(name))
                .unwrap()
                .len();
            assert!(size <= 4000);
        }
    }

    #[test]
    fn several_hosts_write_whole_lines() {
        let folder = tempfile::tempdir().unwrap();
        let record = record(&folder);
        thread::scope(|scope| {
            for host in 0..4 {
                let record = &record;
                scope.spawn(move || {
                    for number in 0..25 {
                        record.append(&entry(&format!("{host} {number}"))).unwrap();
                    }
                });
            }
        });
        let mut found: Vec<String> = record
            .all()
            .unwrap()
            .into_iter()
            .map(|it| it.document)
            .collect();
        found.sort();
        found.dedup();
        assert_eq!(found.len(), 100);
    }

    #[test]
    fn it_can_be_deleted_and_turned_off() {
        let folder = tempfile::tempdir().unwrap();
        let record = record(&folder);
        record.delete().unwrap();
        record.set(true).unwrap();
        record.append(&entry("a")).unwrap();
        record.set(false).unwrap();
        record.set(false).unwrap();
        record.append(&entry("b")).unwrap();
        let page = record.read("", 0, 9).unwrap();
        assert_eq!((names(&page.entries), page.on), (vec!["a"], false));
        record.delete().unwrap();
        assert!(record.all().unwrap().is_empty() && !record.is_on());
        record.set(true).unwrap();
        record.append(&entry("c")).unwrap();
        assert_eq!(names(&record.all().unwrap()), ["c"]);
    }

    #[cfg(unix)]
    #[test]
    fn it_is_for_the_person_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let record = record(&folder);
        record.append(&entry("a")).unwrap();
        record.set(false).unwrap();
        let inside = folder.path().join("record");
        assert_eq!(
            fs::metadata(&inside).unwrap().permissions().mode() & 0o777,
            0o700
        );
        for file in fs::read_dir(inside).unwrap() {
            let mode = file.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
