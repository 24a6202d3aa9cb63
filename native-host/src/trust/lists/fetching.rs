//! Lists from addresses, and lists that are kept no more: by the person's word alone, never by themselves.

use super::{INDEX, LIST_OF_LISTS, ListStore, MAX_LISTS, Origin, READING, WRITING, facts};
use crate::{
    failure::{Error, Storage as _},
    files,
    network::fetch::{Fetcher, Wanted},
};
use std::{fs, path::PathBuf};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::TrustSource,
    trust::Anchor,
};

impl ListStore {
    /// Fetches a list, verifies and keeps it as [`Self::import`] does, and remembers the address.
    ///
    /// # Errors
    /// As [`Self::import`]; `ADDRESS_REFUSED`, `CONTENT_TOO_LARGE`, `DOWNLOAD_FAILED`, `FILE_IS_WEB_PAGE`, `TIMEOUT`.
    pub fn fetch(
        &self,
        address: &str,
        fetcher: &Fetcher,
        ministry: &[Anchor],
        now: i64,
    ) -> Result<TrustSource, Error> {
        let fetched = fetcher.get(address, Wanted::TrustList).map_err(|error| {
            tracing::info!(%error, address, "a national list is not fetched");
            error.told(address)
        })?;
        self.import(&fetched, Origin::Address(address), ministry, now)
    }

    /// Fetches a list anew from the address that is remembered.
    ///
    /// # Errors
    /// As [`Self::fetch`]; `TRUST_LIST_ADDRESS_MISSING`.
    pub fn update(
        &self,
        id: &str,
        fetcher: &Fetcher,
        ministry: &[Anchor],
        now: i64,
    ) -> Result<TrustSource, Error> {
        let address = self.kept_path(id).and_then(|path| facts(&path)?.address);
        let missing = || Failure::of(ErrorCode::TrustListAddressMissing, id);
        self.fetch(&address.ok_or_else(missing)?, fetcher, ministry, now)
    }

    /// The ids of lists whose addresses are remembered, the list of lists first: the others are verified by it.
    pub fn with_addresses(&self) -> Vec<String> {
        let paths = self.paths().into_iter();
        let has_address = |path: &PathBuf| facts(path).is_some_and(|it| it.address.is_some());
        let ids = paths.filter(has_address);
        let mut ids: Vec<String> = ids
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
            .collect();
        ids.sort_by_key(|id| id != LIST_OF_LISTS);
        ids.truncate(MAX_LISTS);
        ids
    }

    /// Keeps a list no more.
    ///
    /// # Errors
    /// `FILE_NOT_FOUND`, `STORAGE_FAILED`
    pub fn remove(&self, id: &str) -> Result<(), Error> {
        let missing = || Failure::of(ErrorCode::FileNotFound, id);
        let path = self.kept_path(id).ok_or_else(missing)?;
        let index = files::if_there(fs::remove_file(path.with_extension(INDEX)));
        index.storing(WRITING)?;
        files::if_there(fs::remove_file(path)).storing(WRITING)?;
        files::synchronise(&self.folder).storing(READING)
    }

    /// The file of the list with this id, if it is kept: nothing else can be named.
    fn kept_path(&self, id: &str) -> Option<PathBuf> {
        let named = |path: &PathBuf| path.file_stem().is_some_and(|it| it == id);
        self.paths().into_iter().find(named)
    }
}
