//! Lists of paths that the person names: folders with key containers, modules of tokens.

use super::{Outcome, console::Console, containers::shown};
use crate::{failure::Error, keys::path_list::PathList};
use clap::Subcommand;
use std::path::{Path, PathBuf};
use tamga_core::display_text;
use tamga_core::failure::ErrorCode;

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

/// `tamga-host folder`, `tamga-host module`. `count`: how many containers are in what is added, for folders.
pub(super) fn paths(
    command: &PathCommand,
    list: &PathList,
    count: impl Fn(&Path) -> Result<Option<usize>, Error>,
    console: &Console,
) -> Result<Outcome, Error> {
    match command {
        PathCommand::Add { path } => {
            let containers = count(path)?;
            let path = shown(&list.add(path)?);
            let result = match containers {
                Some(count) => serde_json::json!({ "added": path, "containers": count }),
                None => serde_json::json!({ "added": path }),
            };
            console.result(&result, |texts| {
                let added = texts.text("cli_path_added", &[("path", &path)]);
                // They may come later: it is no error.
                let none = (containers == Some(0)).then(|| ErrorCode::ContainerMissing.into());
                let none = none.map(|none| [texts.error(&none), texts.help(&none)]);
                [added]
                    .into_iter()
                    .chain(none.into_iter().flatten())
                    .collect()
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
