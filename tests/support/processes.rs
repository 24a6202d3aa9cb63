//! The processes of modules, as Linux lists them.

use crate::host::Host;
use std::fs;

/// A process in which a host runs a module.
#[derive(Debug)]
pub struct ModuleProcess(u32);

impl ModuleProcess {
    /// Those of a host.
    pub fn of(host: &Host) -> Vec<Self> {
        let all = fs::read_dir("/proc").unwrap().flatten();
        let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let processes = numbers.map(Self).filter(Self::runs);
        processes
            .filter(|process| process.parent() == Some(host.process()))
            .collect()
    }

    /// Whether it has not ended yet.
    pub fn runs(&self) -> bool {
        // What has ended has no command line.
        let command = fs::read(format!("/proc/{}/cmdline", self.0)).unwrap_or_default();
        let mut words = command.split(|byte| *byte == 0);
        words.nth(1) == Some(b"--module")
    }

    fn parent(&self) -> Option<u32> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).ok()?;
        let mut lines = status.lines();
        let parent = lines.find_map(|line| line.strip_prefix("PPid:"))?;
        parent.trim().parse().ok()
    }
}
