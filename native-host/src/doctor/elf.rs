//! For which processor a program or a library is (System V ABI, "ELF Header").

use std::{fs::File, io::Read as _, path::Path};

/// How much of a file says it, and where.
const HEADER: usize = 20;
const MAGIC: [u8; 4] = *b"\x7fELF";
const LITTLE_ENDIAN: u8 = 1;
/// `EM_386` and `EM_X86_64`.
const X86: [u16; 2] = [3, 62];

/// A kind of processor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Machine {
    /// `EI_CLASS`: 1 for 32 bits, 2 for 64.
    class: u8,
    /// `e_machine`
    machine: u16,
}

impl Machine {
    /// That of a file; `None` where it is no ELF.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let mut header = [0; HEADER];
        File::open(path).ok()?.read_exact(&mut header).ok()?;
        let [m0, m1, m2, m3, class, order, .., first, second] = header;
        let machine = match order {
            LITTLE_ENDIAN => u16::from_le_bytes([first, second]),
            _ => u16::from_be_bytes([first, second]),
        };
        ([m0, m1, m2, m3] == MAGIC).then_some(Self { class, machine })
    }

    /// Whether programs of both run on one computer, each as a process of its own.
    pub(super) fn runs_beside(self, other: Self) -> bool {
        let is_x86 = |it: Self| X86.contains(&it.machine);
        self.machine == other.machine || is_x86(self) && is_x86(other)
    }

    /// How people call it.
    pub(super) fn name(self) -> &'static str {
        match (self.class, self.machine) {
            (1, _) => "32 bit",
            (_, 62) => "x86_64",
            (_, 183) => "aarch64",
            _ => "64 bit",
        }
    }
}
