//! The process in which a module runs.

use super::module_protocol::{ModuleRequest, ModuleResponse};
use crate::{
    child_process::{ChildProcess, NoAnswer},
    failure::Error,
    waiting::WaitLimit,
};
use std::{ffi::OsStr, path::Path};
use tamga_core::failure::{ErrorCode, Failure};

/// The mode's name: the first argument of the process, before the module's path.
pub const MODE: &str = "--module";

/// The process of a module.
#[derive(Debug)]
pub(super) struct Process {
    /// What people call the module.
    name: String,
    child: ChildProcess<ModuleRequest, ModuleResponse>,
}

impl Process {
    /// Starts the process; the module is loaded in there.
    ///
    /// # Errors
    /// `MODULE_FAILED`
    pub(super) fn start(name: &str, module: &Path) -> Result<Self, Error> {
        let child = ChildProcess::start(&[OsStr::new(MODE), module.as_os_str()]);
        let child = child.map_err(|error| {
            tracing::error!(%error, name, "the process of a module did not start");
            failed(name)
        })?;
        let name = name.to_owned();
        Ok(Self { name, child })
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// What the module failed with; `MODULE_FAILED` if it does not answer in time, `CANCELLED` if it does not answer soon
    /// when that is not wanted any more: the process is gone then.
    pub(super) fn ask(
        &mut self,
        request: &ModuleRequest,
        limit: WaitLimit<'_>,
    ) -> Result<ModuleResponse, Error> {
        match self.child.ask(request, limit) {
            // The process does not know what people call its module.
            Ok(ModuleResponse::Failed { failure }) if failure.code == ErrorCode::ModuleFailed => {
                Err(failed(&self.name))
            }
            Ok(ModuleResponse::Failed { failure }) => Err(failure.into()),
            Ok(response) => Ok(response),
            Err(NoAnswer::Cancelled) => Err(ErrorCode::Cancelled.into()),
            Err(error) => {
                tracing::error!(%error, name = self.name, "a module does not answer");
                Err(failed(&self.name))
            }
        }
    }

    /// Whether it can still be asked.
    pub(super) fn lives(&mut self) -> bool {
        self.child.lives()
    }
}

/// The failure of a module, by its name.
pub(super) fn failed(name: &str) -> Error {
    Failure::of(ErrorCode::ModuleFailed, name).into()
}
