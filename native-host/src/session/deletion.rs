//! The command that deletes everything that the host keeps for the person.

use super::Session;
use crate::{
    failure::{Error, Storage as _},
    keys::path_list::PathList,
    record::Record,
};
use std::{
    fs,
    io::{self, Write},
    path::Path,
    sync::Arc,
};
use tamga_core::{pkcs12::Cancel, protocol::Reply};

const ACTION: &str = "deleting everything";

impl<W: Write> Session<W> {
    /// Deletes the copies of key files, the record and the lists. Whatever cannot be deleted holds up nothing else.
    pub(super) fn delete_everything(&mut self, id: u32) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |_| {
            let data = &context.folders.data;
            let lists = [PathList::containers(data), PathList::modules(data)];
            let outcomes = [
                context.key_files(&Cancel::default()).remove_all(),
                Record::new(data).delete().storing(ACTION),
                lists.iter().try_for_each(|list| remove(&list.path())),
            ];
            outcomes.into_iter().collect::<Result<(), Error>>()?;
            Ok(Reply::EverythingDeleted {})
        })
    }
}

/// Deletes a file that may not be there.
fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.storing(ACTION),
    }
}
