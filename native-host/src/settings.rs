//! The host's own settings: a file of the person's, and one of the administrator's, which holds for everybody.

pub mod administrator;
#[cfg(test)]
mod tests;

use crate::{
    directories::Folders,
    failure::{Error, Storage as _},
    files::{self, Access},
    network::proxy::Proxy,
    ownership::Trust,
};
use administrator::{Administrator, FILE, MAX_FILE};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use tamga_core::{
    failure::{ErrorCode, Failure},
    protocol::{MAX_PROXY, ProxySetting, ProxyState},
};

const WRITING: &str = "keeping the settings";

/// What is in the person's file. What it does not say is as if there were none.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Content {
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy: Option<ProxySetting>,
}

/// The settings of this person on this computer.
#[derive(Debug)]
pub struct Settings {
    person: PathBuf,
    administrator: PathBuf,
    owner: Trust,
}

impl Settings {
    /// Those in these folders.
    pub fn new(folders: &Folders) -> Self {
        Self {
            person: folders.data.join(FILE),
            administrator: folders.system.join(FILE),
            owner: Trust::of(folders),
        }
    }

    /// Through which proxy servers are asked: the administrator's word, or else the person's.
    pub fn proxy(&self) -> ProxyState {
        let fixed = Administrator::read(&self.administrator, self.owner).proxy;
        let is_fixed = fixed.is_some();
        let setting = fixed.or_else(|| read(&self.person).proxy);
        ProxyState {
            setting: setting.unwrap_or_default(),
            fixed: is_fixed,
        }
    }

    /// Has servers asked through this proxy from now on.
    ///
    /// # Errors
    /// `PROXY_FIXED` where the administrator has said through which; `PROXY_MALFORMED`; `STORAGE_FAILED`.
    pub fn set_proxy(&self, setting: ProxySetting) -> Result<ProxyState, Error> {
        if self.proxy().fixed {
            return Err(ErrorCode::ProxyFixed.into());
        }
        if let ProxySetting::Address { address } = &setting
            && (address.len() > MAX_PROXY || !Proxy::named(address).is_usable())
        {
            return Err(Failure::of(ErrorCode::ProxyMalformed, address).into());
        }
        let content = Content {
            proxy: Some(setting),
        };
        let folder = self.person.parent().unwrap_or(Path::new(""));
        let write = || {
            files::create_private(folder)?;
            files::replace(
                &self.person,
                &serde_json::to_vec(&content)?,
                Access::Private,
            )
        };
        write().storing(WRITING)?;
        Ok(self.proxy())
    }

    /// Forgets what the person has set.
    ///
    /// # Errors
    /// As the system has them.
    pub fn remove(&self) -> io::Result<()> {
        files::if_there(fs::remove_file(&self.person)).map(drop)
    }
}

/// What cannot be read says nothing.
fn read(path: &Path) -> Content {
    let content =
        files::read(path, MAX_FILE).and_then(|json| Ok(serde_json::from_slice::<Content>(&json)?));
    match content {
        Ok(content) => content,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::warn!(%error, "settings cannot be read");
            }
            Content::default()
        }
    }
}
