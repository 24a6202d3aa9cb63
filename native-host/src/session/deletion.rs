//! The command that deletes everything that the host keeps for the person.

use super::Session;
use crate::{
    failure::{Error, Storage as _},
    files,
    keys::path_list::PathList,
    network::crl_store::CrlStore,
    record::Record,
    settings::Settings,
    trust::{folder::AnchorFolder, issuers::IntermediateFolder, lists::ListStore},
};
use std::{fs, io::Write, sync::Arc};
use tamga_core::{pkcs12::Cancel, protocol::Reply};

const ACTION: &str = "deleting everything";

impl<W: Write> Session<W> {
    /// Deletes the copies of key files, the record, the lists, the settings, and whom the person trusts. Whatever cannot be deleted holds up nothing else.
    pub(super) fn delete_everything(&mut self, id: u32) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |_| {
            let data = &context.folders.data;
            let outcomes = [
                context.key_files(&Cancel::default()).remove_all(),
                context.certificate_files().remove_all(),
                Record::new(data).delete().storing(ACTION),
                remove(&PathList::containers(data)),
                remove(&PathList::modules(data)),
                AnchorFolder::of_person(data).remove_all(),
                ListStore::new(data).remove_all(),
                IntermediateFolder::new(data).remove_all(),
                CrlStore::new(data).remove_all().storing(ACTION),
                Settings::new(&context.folders).remove().storing(ACTION),
            ];
            outcomes.into_iter().collect::<Result<(), Error>>()?;
            Ok(Reply::EverythingDeleted {})
        })
    }
}

fn remove(list: &PathList) -> Result<(), Error> {
    let removed = files::if_there(fs::remove_file(list.path())).storing(ACTION);
    removed.map(drop)
}
