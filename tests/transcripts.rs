//! Every transcript in `transcripts/`, played to the real binary.

use std::{fs, path::Path};
use tamga_tests::{people::People, transcript};

#[test]
fn the_host_answers_as_written() {
    let Some(people) = People::get() else {
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts");
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut requests: Vec<_> = paths
        .filter(|path| path.extension().unwrap() == "request")
        .collect();
    requests.sort();
    assert!(requests.len() >= 10, "where are the transcripts?");
    let differences: Vec<_> = requests
        .iter()
        .filter_map(|request| transcript::play(request, people).err())
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
