//! Standard input and output without the standard library's buffers, which would keep passwords.

use std::{fs::File, io};

/// What a browser can write ahead, in bytes: as much as Linux lets everybody have.
#[cfg(target_os = "linux")]
const WIDTH: usize = 1 << 20;

/// Standard input.
///
/// # Errors
/// When there is none.
pub fn input() -> io::Result<File> {
    unbuffered(io::stdin())
}

/// Standard input from a browser, as wide as a pipe can be.
///
/// A chunk of a document is 350 kB. Firefox writes what fits, copies the rest and waits for its turn; in the usual
/// 64 KiB that is six turns for each chunk, and a document took half as long again.
///
/// # Errors
/// When there is none.
pub fn wide_input() -> io::Result<File> {
    let input = input()?;
    // Refused where somebody has many such pipes already, or it is no pipe: then it stays as it is.
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(&input, WIDTH);
    Ok(input)
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
