//! Asking the person for a folder in a dialog of the system. The extension could not: browsers show a page the files in a
//! folder, and never where it is.

use crate::{failure::Error, waiting::receive};
use std::{
    io::{self, Read as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};
use tamga_core::{failure::ErrorCode, pkcs12::Cancel};

/// How long the dialog stays.
const TIMEOUT: Duration = Duration::from_secs(600);
/// The longest path that is read, in bytes.
const MAX_PATH: u64 = 32 << 10;

/// A program that shows such a dialog, prints what was chosen, and prints nothing if the person leaves it.
struct Dialog {
    program: &'static str,
    /// What comes before the title; it is an argument of its own.
    arguments: &'static [&'static str],
    /// And after it.
    last: &'static [&'static str],
}

/// Those of this system: the first that is there is used.
#[cfg(not(any(windows, target_os = "macos")))]
const DIALOGS: [Dialog; 4] = [
    Dialog {
        program: "zenity",
        arguments: &["--file-selection", "--directory", "--title"],
        last: &[],
    },
    Dialog {
        program: "kdialog",
        arguments: &["--title"],
        last: &["--getexistingdirectory", "."],
    },
    Dialog {
        program: "qarma",
        arguments: &["--file-selection", "--directory", "--title"],
        last: &[],
    },
    Dialog {
        program: "yad",
        arguments: &["--file", "--directory", "--title"],
        last: &[],
    },
];
#[cfg(target_os = "macos")]
const DIALOGS: [Dialog; 1] = [Dialog {
    program: "/usr/bin/osascript",
    arguments: &[
        "-e",
        "on run words",
        "-e",
        "POSIX path of (choose folder with prompt (item 1 of words))",
        "-e",
        "end run",
    ],
    last: &[],
}];
// Browsers start hosts with hidden windows (SW_HIDE), which a process of its own does not inherit; but one that the person did
// not start opens its windows behind the browser's. This one belongs to a window that is always on top.
#[cfg(windows)]
const DIALOGS: [Dialog; 1] = [Dialog {
    program: "powershell.exe",
    arguments: &[
        "-NoProfile",
        "-NonInteractive",
        "-STA",
        "-Command",
        "& { param($title) Add-Type -AssemblyName System.Windows.Forms; \
         [Console]::OutputEncoding = [Text.Encoding]::UTF8; \
         $dialog = New-Object System.Windows.Forms.FolderBrowserDialog -Property @{ Description = $title }; \
         $top = New-Object System.Windows.Forms.Form -Property @{ TopMost = $true }; \
         if ($dialog.ShowDialog($top) -eq 'OK') { [Console]::Out.Write($dialog.SelectedPath) } }",
    ],
    last: &[],
}];

/// Shows the dialog under this title, and gives the folder that the person has chosen. `cancel` takes it away.
///
/// # Errors
/// `FOLDER_DIALOG_MISSING`; `CANCELLED` and `TIMEOUT`, as the person or time has it.
pub(crate) fn choose(title: &str, cancel: &Cancel) -> Result<PathBuf, Error> {
    let mut shown = DIALOGS.iter().filter_map(|dialog| dialog.show(title).ok());
    let mut process = shown.next().ok_or(ErrorCode::FolderDialogMissing)?;
    let chosen = wait(&mut process, cancel);
    // It may be there still, and somebody has to take note of its end.
    let _ = process.kill();
    let _ = process.wait();
    chosen
}

fn wait(process: &mut Child, cancel: &Cancel) -> Result<PathBuf, Error> {
    let output = process.stdout.take().ok_or(ErrorCode::Internal)?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut printed = Vec::new();
        let read = output.take(MAX_PATH).read_to_end(&mut printed);
        // Nobody may be waiting any more.
        let _ = sender.send(read.map(|_| printed));
    });
    let printed = receive(&receiver, TIMEOUT, cancel).map_err(|_| match cancel.is_cancelled() {
        true => ErrorCode::Cancelled,
        false => ErrorCode::Timeout,
    })?;
    let printed = printed.map_err(|error| {
        tracing::warn!(%error, "the dialog for a folder cannot be read");
        ErrorCode::Cancelled
    })?;
    let path = path(&printed);
    Ok(path
        .filter(|path| path.is_absolute())
        .ok_or(ErrorCode::Cancelled)?)
}

/// The path of a line.
fn path(line: &[u8]) -> Option<PathBuf> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        return None;
    }
    #[cfg(unix)]
    let path = Some(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(line));
    #[cfg(not(unix))]
    let path = str::from_utf8(line).ok();
    path.map(PathBuf::from)
}

impl Dialog {
    fn show(&self, title: &str) -> io::Result<Child> {
        Command::new(self.program)
            .args(self.arguments)
            .arg(title)
            .args(self.last)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_line_is_a_path() {
        let folder = if cfg!(windows) {
            r"C:\ключи"
        } else {
            "/media/ключи и мир"
        };
        for end in ["", "\n", "\r\n"] {
            let line = [folder, end].concat();
            assert_eq!(path(line.as_bytes()).as_deref(), Some(Path::new(folder)));
            assert_eq!(path(end.as_bytes()), None);
        }
    }
}
