//! The program that runs: found once, when it starts.

use std::{
    env, io,
    path::{Path, PathBuf},
    sync::OnceLock,
};

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// The path of the program's file, as it was when this was first called; `main` calls it first. Later the system may
/// know it no more: Linux says `… (deleted)` once an upgrade has replaced the file.
///
/// # Errors
/// As the system has them.
pub fn path() -> io::Result<&'static Path> {
    if let Some(path) = PROGRAM.get() {
        return Ok(path);
    }
    let path = env::current_exe()?;
    Ok(PROGRAM.get_or_init(|| path))
}

/// A path by which this very program is started again. Where an upgrade has put another one in its place, Linux still has
/// the one that runs, which speaks as we do; elsewhere it is the new one.
///
/// # Errors
/// As the system has them.
pub fn to_start() -> io::Result<&'static Path> {
    let path = path()?;
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::MetadataExt as _;
        let running = Path::new("/proc/self/exe");
        let identity = |path: &Path| path.metadata().ok().map(|it| (it.dev(), it.ino()));
        if running.exists() && identity(path) != identity(running) {
            return Ok(running);
        }
    }
    Ok(path)
}
