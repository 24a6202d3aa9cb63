//! Every transcript in `transcripts/`, played to the real binary.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::{fs, path::Path};
use tamga_tests::{
    people::People,
    transcript::{self, Written},
};

#[test]
fn the_host_answers_as_written() {
    play_all("transcripts", Written::Now);
}

/// Frozen: what an extension of that version asks, and what it was answered then. Nothing in that folder changes but by
/// decision, and what the host says today has all of it.
#[test]
fn the_host_answers_an_extension_of_version_0_1_as_it_did() {
    play_all("transcripts/0.1", Written::Earlier);
}

fn play_all(folder: &str, written: Written) {
    let Some(people) = People::get() else {
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut requests: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|it| it == "request"))
        .collect();
    requests.sort();
    assert!(requests.len() >= 10, "where are the transcripts?");
    let differences: Vec<_> = requests
        .iter()
        .filter_map(|request| transcript::play(request, people, written).err())
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
