//! The commands on the folders in which containers are looked for.

use super::Session;
use crate::{
    failure::Error,
    folder_dialog,
    keys::{cryptopro::count_in, path_list::PathList},
    texts,
};
use std::{io::Write, path::Path, sync::Arc};
use tamga_core::protocol::Reply;

impl<W: Write> Session<W> {
    /// Names the folders.
    pub(super) fn list_folders(&mut self, id: u32) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |_| {
            folders(&PathList::containers(&context.folders.data), None)
        })
    }

    /// Has the person choose another one. The dialog stays as long as the person leaves it there, or until `cancel`.
    pub(super) fn add_folder(&mut self, id: u32, language: String) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |task| {
            let title = texts::catalogue(&language).plain("folder_dialog_title");
            let chosen = folder_dialog::choose(&title, task.cancel())?;
            let found = count_in(&chosen)?;
            let list = PathList::containers(&context.folders.data);
            list.add(&chosen)?;
            folders(&list, Some(found))
        })
    }

    /// Forgets one.
    pub(super) fn remove_folder(&mut self, id: u32, folder: String) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |_| {
            let list = PathList::containers(&context.folders.data);
            list.remove(Path::new(&folder))?;
            folders(&list, None)
        })
    }
}

fn folders(list: &PathList, found: Option<usize>) -> Result<Reply, Error> {
    let folders = list.list()?.map(|folder| folder.display().to_string());
    Ok(Reply::Folders {
        folders: folders.collect(),
        containers_found: found.map(|found| u32::try_from(found).unwrap_or(u32::MAX)),
    })
}
