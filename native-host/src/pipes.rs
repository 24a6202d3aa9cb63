//! Standard input and output without the standard library's buffers, which would keep passwords.

use std::{fs::File, io};

/// Standard input.
///
/// # Errors
/// When there is none.
pub fn input() -> io::Result<File> {
    unbuffered(io::stdin())
}

/// Standard output.
///
/// # Errors
/// When there is none.
pub fn output() -> io::Result<File> {
    unbuffered(io::stdout())
}

#[cfg(unix)]
fn unbuffered(stream: impl std::os::fd::AsFd) -> io::Result<File> {
    Ok(stream.as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn unbuffered(stream: impl std::os::windows::io::AsHandle) -> io::Result<File> {
    Ok(stream.as_handle().try_clone_to_owned()?.into())
}
