//! The commands on the record of signatures. Another host may have it for a moment.

use super::Session;
use crate::{
    failure::{Error, Storage as _},
    record::Record,
};
use std::io::{self, Write};
use tamga_core::{
    failure::ErrorCode,
    protocol::{MAX_RECORD_PAGE, MAX_RECORD_SEARCH, Reply},
};

const DOING: &str = "keeping the record of signatures";

impl<W: Write> Session<W> {
    /// Reads a part of the record.
    ///
    /// # Errors
    /// `REQUEST_MALFORMED` for more than may be asked at once.
    pub(super) fn read_record(
        &mut self,
        id: u32,
        search: String,
        skip: u32,
        limit: u32,
    ) -> Result<(), Error> {
        if limit > MAX_RECORD_PAGE || search.len() > MAX_RECORD_SEARCH {
            return Err(ErrorCode::RequestMalformed.into());
        }
        let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        self.with_record(id, move |record| {
            let page = record.read(&search, number(skip), number(limit));
            page.map(Reply::Record)
        })
    }

    /// Deletes the record.
    pub(super) fn delete_record(&mut self, id: u32) -> Result<(), Error> {
        self.with_record(id, |record| {
            record.delete().map(|()| Reply::RecordChanged {})
        })
    }

    /// Turns the record on or off.
    pub(super) fn set_record(&mut self, id: u32, on: bool) -> Result<(), Error> {
        self.with_record(id, move |record| {
            record.set(on).map(|()| Reply::RecordChanged {})
        })
    }

    fn with_record(
        &mut self,
        id: u32,
        work: impl FnOnce(&Record) -> io::Result<Reply> + Send + 'static,
    ) -> Result<(), Error> {
        let record = Record::new(&self.context.folders.data);
        self.start(id, move |_| work(&record).storing(DOING))
    }
}
