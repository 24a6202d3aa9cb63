//! What is kept of a list beside it, so that it need not be verified anew: what it says, and of which file that is.
//!
//! Two lines of JSON: which files it was made from, and the list. It is believed as the files with the person's own
//! authorities are: nobody else writes into the folder. One that does not fit is made anew from the list itself.

use crate::files::{self, Access, Stamp};
use serde::{Deserialize, Serialize};
use std::{fs, io, path::Path};
use tamga_core::trust::lists::NationalList;

/// Changes with the format, and with what is read in lists.
const FORMAT: u32 = 1;
/// The largest index, in bytes: a list without its XML is about half as long.
const MAX_INDEX: usize = 96 << 20;

/// What an index was made from. It fits nothing else.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MadeFrom {
    format: u32,
    /// The roots of the ministry, and who signs the list of lists, are part of the program.
    program: String,
    list: Stamp,
    /// The list of lists, which says who signs the others.
    list_of_lists: Option<Stamp>,
}

impl MadeFrom {
    /// What is there now; `None` for `list_of_lists` where the list does not depend on one.
    ///
    /// # Errors
    /// As the system has them.
    pub(super) fn now(list: &Path, list_of_lists: Option<&Path>) -> io::Result<Self> {
        let stamp = |path: &Path| fs::File::open(path).and_then(|file| Stamp::of(&file));
        Ok(Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            list: stamp(list)?,
            list_of_lists: list_of_lists.and_then(|path| stamp(path).ok()),
        })
    }
}

/// The list, if the index was made from this.
pub(super) fn read(path: &Path, from: &MadeFrom) -> Option<NationalList> {
    let content = files::read(path, MAX_INDEX).ok()?;
    let content = std::str::from_utf8(&content).ok()?;
    let (head, list) = content.split_once('\n')?;
    let head: MadeFrom = serde_json::from_str(head).ok()?;
    (head == *from).then(|| serde_json::from_str(list).ok())?
}

/// Keeps what a list says that was verified.
///
/// # Errors
/// As the system has them.
pub(super) fn write(path: &Path, from: &MadeFrom, list: &NationalList) -> io::Result<()> {
    let [head, list] = [serde_json::to_string(from), serde_json::to_string(list)];
    let content = format!("{}\n{}\n", head?, list?);
    files::replace(path, content.as_bytes(), Access::Private)
}
