//! The commands on the proxy through which servers are asked.

use super::Session;
use crate::{failure::Error, settings::Settings};
use std::{io::Write, sync::Arc};
use tamga_core::protocol::{ProxySetting, Reply};

impl<W: Write> Session<W> {
    /// Says through which.
    pub(super) fn read_proxy(&mut self, id: u32) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |_| {
            Ok(Reply::Proxy(Settings::new(&context.folders).proxy()))
        })
    }

    /// Has it be this one from now on.
    pub(super) fn set_proxy(&mut self, id: u32, proxy: ProxySetting) -> Result<(), Error> {
        let context = Arc::clone(&self.context);
        self.start(id, move |_| {
            let set = Settings::new(&context.folders).set_proxy(proxy)?;
            Ok(Reply::ProxyChanged(set))
        })
    }
}
