//! Lists of paths that the person names: folders with key containers, modules of tokens.

use super::{Outcome, console::Console, containers::shown};
use crate::{failure::Error, keys::named::NamedPaths};
use clap::Subcommand;
use std::path::PathBuf;
use tamga_core::display_text;

/// What is done with a list.
#[derive(Debug, Subcommand)]
pub(super) enum PathCommand {
    /// Look there too.
    Add {
        /// What is added.
        path: PathBuf,
    },
    /// Do not look there any more.
    Remove {
        /// What was added.
        path: PathBuf,
    },
    /// Say what was added.
    List,
}

/// `tamga-host folder`, `tamga-host module`
pub(super) fn paths(
    command: &PathCommand,
    list: &NamedPaths,
    console: &Console,
) -> Result<Outcome, Error> {
    match command {
        PathCommand::Add { path } => {
            let path = shown(&list.add(path)?);
            console.result(&serde_json::json!({ "added": path }), |texts| {
                vec![texts.text("cli_path_added", &[("path", &path)])]
            });
        }
        PathCommand::Remove { path } => {
            let path = shown(&list.remove(path)?);
            console.result(&serde_json::json!({ "removed": path }), |texts| {
                vec![texts.text("cli_path_removed", &[("path", &path)])]
            });
        }
        PathCommand::List => {
            let paths: Vec<String> = list.list()?.map(|path| shown(&path)).collect();
            console.result(&paths, |_| {
                paths.iter().map(|path| display_text::name(path)).collect()
            });
        }
    }
    Ok(Outcome::Done)
}
