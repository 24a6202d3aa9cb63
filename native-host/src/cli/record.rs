//! The record of what was signed.

use super::{
    Outcome,
    console::Console,
    output::{Outputs, Target, create_private},
};
use crate::{
    failure::{Error, Storage as _},
    record::{Record, day},
    session::HostContext,
};
use clap::Subcommand;
use std::{
    io::Write as _,
    iter,
    path::{Path, PathBuf},
};
use tamga_core::{failure::ErrorCode, protocol::RecordEntry, text::Catalogue};

const READING: &str = "keeping the record of signatures";
const WRITING: &str = "exporting the record of signatures";

/// What is done with the record.
#[derive(Debug, Subcommand)]
pub(super) enum RecordCommand {
    /// Say what was signed, oldest first.
    List {
        /// Only where each of these words is: of the document's name, the site, the certificate's owner, the digest, the
        /// day (2026-11-29).
        words: Vec<String>,
    },
    /// Write all of it into a new file, as JSON.
    Export {
        /// The file.
        file: PathBuf,
        /// Replace a file that is there already.
        #[arg(long)]
        force: bool,
    },
    /// Delete all of it.
    Delete,
    /// Record signatures (as it is at first).
    On,
    /// Record nothing from now on. What is there stays.
    Off,
}

/// `tamga-host record`
pub(super) fn record(
    command: &RecordCommand,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let data = &context.folders.data;
    let record = Record::new(data);
    match command {
        RecordCommand::List { words } => list(&record, &words.join(" "), console)?,
        RecordCommand::Export { file, force } => {
            let mut outputs = Outputs::new(*force, iter::empty());
            outputs.keep_folder(data);
            export(&record, file, outputs, console)?;
        }
        RecordCommand::Delete => {
            record.delete().storing(READING)?;
            said(console, "deleted", "cli_record_deleted");
        }
        RecordCommand::On => {
            record.set(true).storing(READING)?;
            said(console, "on", "cli_record_on");
        }
        RecordCommand::Off => {
            record.set(false).storing(READING)?;
            said(console, "off", "cli_record_off");
        }
    }
    Ok(Outcome::Done)
}

fn list(record: &Record, search: &str, console: &Console) -> Result<(), Error> {
    let mut page = record.read(search, 0, usize::MAX).storing(READING)?;
    page.entries.reverse();
    console.result(&page, |texts| {
        let entries = page.entries.iter().map(|entry| line(entry, texts));
        let none = page.entries.is_empty();
        let none = none.then(|| texts.plain("cli_record_empty"));
        let off = (!page.on).then(|| texts.plain("cli_record_off"));
        entries.chain(none).chain(off).collect()
    });
    Ok(())
}

fn line(entry: &RecordEntry, texts: &Catalogue) -> String {
    let time = [&day(entry.time), " UTC"].concat();
    let site = match (&entry.origin, &entry.top_origin) {
        (None, _) => texts.plain("record_terminal"),
        (Some(origin), None) => origin.to_string(),
        (Some(origin), Some(top)) => {
            let values = [("origin", origin.as_str()), ("top", top.as_str())];
            texts.text("record_framed", &values)
        }
    };
    let values = [
        ("time", &*time),
        ("document", &entry.document),
        ("owner", &entry.owner),
        ("site", &site),
    ];
    let mut lines = vec![texts.text("cli_record_entry", &values)];
    if let Some(digest) = &entry.digest {
        lines.push([digest.algorithm().name(), " ", digest.hex()].concat());
    }
    if entry.blind {
        lines.push(texts.plain("record_blind"));
    }
    lines.extend(entry.failure.map(|code| texts.error(&code.into())));
    lines.join("\n  ")
}

fn export(
    record: &Record,
    path: &Path,
    mut outputs: Outputs,
    console: &Console,
) -> Result<(), Error> {
    let target = Target::Exact(path.to_owned());
    outputs.check(&target)?;
    let entries = record.all().storing(READING)?;
    let json = serde_json::to_string_pretty(&entries).map_err(|_| ErrorCode::Internal)?;
    let mut file = create_private(&target).writing(WRITING)?;
    file.write_all(json.as_bytes()).writing(WRITING)?;
    file.as_file().sync_all().writing(WRITING)?;
    let path = super::containers::shown(&outputs.place(file, &target)?);
    let exported = serde_json::json!({ "exported": path, "entries": entries.len() });
    console.result(&exported, |texts| {
        let count = entries.len().to_string();
        vec![texts.text("cli_record_exported", &[("count", &count), ("path", &path)])]
    });
    Ok(())
}

fn said(console: &Console, what: &str, words: &str) {
    console.result(&serde_json::json!({ "record": what }), |texts| {
        vec![texts.plain(words)]
    });
}
