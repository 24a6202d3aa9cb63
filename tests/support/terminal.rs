//! The host's commands, as a person types them.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

/// Runs the host's program in a folder, with these passwords or PINs on its standard input, a line each.
pub fn run(mut command: Command, folder: &Path, arguments: &[&str], secrets: &[&str]) -> Output {
    command.current_dir(folder).args(arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that asks for none does not read them.
    let _ = writeln!(child.stdin.take().unwrap(), "{}", secrets.join("\n"));
    child.wait_with_output().unwrap()
}
