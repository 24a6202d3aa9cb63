//! The record of signatures: shown in parts, searched, saved as a file, deleted, turned off.

pub(super) mod draw;
#[cfg(test)]
mod tests;

use super::messages::Effect;
use tamga_core::{
    failure::Failure,
    protocol::{Command, RecordPage},
};

/// How many entries are shown at first, and how many more each time.
const FIRST: u32 = 5;
const MORE: u32 = 100;

/// What is known of the record.
#[derive(Debug, Default)]
pub(super) struct RecordList {
    /// The answer to the last question; none before the first.
    page: Option<RecordPage>,
    /// The times of its entries, as the person writes them.
    times: Vec<String>,
    /// What is looked for.
    search: String,
    deletion: Deletion,
    failure: Option<Failure>,
}

/// How far the deletion of the record is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Deletion {
    #[default]
    None,
    /// The person is asked.
    Asked,
    /// The host is at it.
    Sent,
}

impl RecordList {
    /// What is there, from the newest on.
    pub(super) fn read(&self) -> Vec<Effect> {
        self.ask(0, FIRST)
    }

    /// The next entries.
    pub(super) fn read_more(&self) -> Vec<Effect> {
        let shown = self.page.as_ref().map_or(0, |page| page.entries.len());
        self.ask(u32::try_from(shown).unwrap_or(u32::MAX), MORE)
    }

    pub(super) fn find(&mut self, search: String) -> Vec<Effect> {
        self.search = search;
        self.read()
    }

    /// The other way than it is.
    pub(super) fn toggle(&self) -> Vec<Effect> {
        let on = !self.page.as_ref().is_some_and(|page| page.on);
        let command = Command::SetRecord { on };
        vec![Effect::Record { command }]
    }

    pub(super) fn ask_to_delete(&mut self) -> Vec<Effect> {
        self.deletion = Deletion::Asked;
        Vec::new()
    }

    pub(super) fn keep(&mut self) -> Vec<Effect> {
        self.deletion = Deletion::None;
        Vec::new()
    }

    pub(super) fn delete(&mut self) -> Vec<Effect> {
        if self.deletion != Deletion::Asked {
            return Vec::new();
        }
        self.deletion = Deletion::Sent;
        let command = Command::DeleteRecord {};
        vec![Effect::Record { command }]
    }

    /// An answer of the host: to what was looked for, `page` after the first `skip`.
    pub(super) fn has_read(
        &mut self,
        search: &str,
        skip: u32,
        page: RecordPage,
        times: Vec<String>,
    ) -> Vec<Effect> {
        // What was looked for before is of no interest any more.
        if search != self.search {
            return Vec::new();
        }
        self.failure = None;
        match &mut self.page {
            Some(known) if skip > 0 => {
                known.entries.extend(page.entries);
                (known.on, known.found, known.total) = (page.on, page.found, page.total);
                self.times.extend(times);
            }
            _ => (self.page, self.times) = (Some(page), times),
        }
        Vec::new()
    }

    /// The record was deleted, or turned on or off.
    pub(super) fn changed(&mut self) -> Vec<Effect> {
        self.deletion = Deletion::None;
        self.read()
    }

    pub(super) fn failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.deletion = Deletion::None;
        self.failure = Some(failure);
        Vec::new()
    }

    fn ask(&self, skip: u32, limit: u32) -> Vec<Effect> {
        let command = Command::ReadRecord {
            search: self.search.clone(),
            skip,
            limit,
        };
        vec![Effect::Record { command }]
    }
}
