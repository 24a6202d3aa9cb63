//! What is made once in a run of the tests, though nextest gives each test a process of its own.

use std::{
    env, fs,
    fs::File,
    io,
    path::{Path, PathBuf},
    process,
    time::Duration,
};

/// No run takes longer: what is older was left by one that is over.
const RUN_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// A folder of this run by its name. The first who asks makes what is in it; others wait for that.
pub(crate) fn folder(name: &str, make: impl FnOnce(&Path)) -> PathBuf {
    let run = run_folder();
    let (folder, made) = (run.join(name), run.join(format!("{name}.made")));
    let lock = File::create(run.join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    if !made.exists() {
        // Half of it may be there, from a test that failed in the middle.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        make(&folder);
        fs::write(made, "").unwrap();
    }
    folder
}

/// The folder of this run, below the target folder.
fn run_folder() -> PathBuf {
    let run = env::var("NEXTEST_RUN_ID").unwrap_or_else(|_| process::id().to_string());
    let runs = target().join("tmp/runs");
    let folder = runs.join(run);
    if !folder.exists() {
        fs::create_dir_all(&folder).unwrap();
        for entry in fs::read_dir(runs).unwrap() {
            let _ = entry.and_then(|entry| remove_old(&entry.path()));
        }
    }
    folder
}

fn remove_old(run: &Path) -> io::Result<()> {
    let age = run.metadata()?.modified()?.elapsed();
    if age.is_ok_and(|age| age > RUN_TIMEOUT) {
        fs::remove_dir_all(run)?;
    }
    Ok(())
}

/// The target folder, in which the running test was built.
pub(crate) fn target() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.ancestors().nth(3).unwrap().to_owned()
}
