//! An upgrade that replaces the program while a host runs.

use super::bench::{Bench, list};
use std::{fs, process::Command};
use tamga_tests::{
    double::Slot,
    host::{Host, program},
};

#[test]
fn modules_start_after_the_program_was_replaced() {
    let bench = Bench::new(|double| double.slot(Slot::default()));
    let folder = tempfile::tempdir().unwrap();
    let [own, other] = ["tamga-host", "other"].map(|name| folder.path().join(name));
    for replaced in [true, false] {
        fs::copy(program(), &own).unwrap();
        let mut command = Command::new(&own);
        command.env_clear();
        for (name, value) in bench.computer.command().get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let mut host = Host::start_as(command, &folder.path().join("log.txt"), "warn");
        host.greet();
        // Another program in its place, as an upgrade has it, or none.
        match replaced {
            true => {
                fs::copy("/bin/false", &other).unwrap();
                fs::rename(&other, &own).unwrap();
            }
            false => fs::remove_file(&own).unwrap(),
        }
        let listing = list(&mut host);
        assert_eq!(
            listing["tokens"].as_array().map(Vec::len),
            Some(1),
            "{listing}"
        );
        assert!(host.finish().status.success());
    }
}
