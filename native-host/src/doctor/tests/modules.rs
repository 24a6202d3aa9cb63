//! Modules and programs that do not work on this computer.

use super::*;

#[test]
fn file_systems_that_start_nothing_are_found() {
    let mut computer = computer();
    computer.module("my module.so", X86_64, false);
    let root = computer.root.path().to_str().unwrap().to_owned();
    let mounts = |program: &str, module: &str| {
        format!(
            "/dev/sda1 / ext4 rw 0 0\n/dev/a {root}/opt ext4 rw{program} 0 0\n\
             /dev/b {root}/usr/lib/my\\040module.so ext4 rw{module} 0 0\n"
        )
    };
    for (program, module, expected) in [
        ("", "", None),
        (",noexec", "", Some("tamga-host")),
        ("", ",noexec,nodev", Some("my module.so")),
    ] {
        computer.write("proc/self/mounts", &mounts(program, module));
        let found = computer.findings();
        let subjects: Vec<_> = found
            .iter()
            .map(|it| (it.code, it.subject.as_deref()))
            .collect();
        let expected = expected.map(|it| (Code::ProgramNotExecutable, Some(it)));
        assert_eq!(subjects, expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn modules_that_do_not_work_are_told_apart() {
    let mut computer = computer();
    computer.module("liba32.so", I386, true);
    computer.module("libarm.so", ARM64, true);
    computer.module("libgood.so", X86_64, false);
    computer.module("libcrashes.so", X86_64, true);
    let found = computer.findings();
    let found: Vec<_> = found
        .iter()
        .map(|it| (it.code, it.subject.as_deref().unwrap()))
        .collect();
    let expected = [
        (Code::ModuleMachine, "liba32.so (32 bit)"),
        (Code::ModuleMachine, "libarm.so (aarch64)"),
        (Code::ModuleFails, "libcrashes.so"),
    ];
    assert_eq!(found, expected);
    computer.write("sys/digsig/elf_mode", "1\n");
    assert!(computer.codes().contains(&Code::ClosedEnvironment));
}

#[test]
fn a_browser_for_another_processor_is_found() {
    let computer = computer();
    computer.program(&computer.path("usr/bin/chromium"), I386);
    assert_eq!(computer.findings(), []);
    computer.program(&computer.path("usr/bin/chromium"), ARM64);
    let finding = computer.only();
    assert_eq!(finding.code, Code::BrowserMachine);
    assert_eq!(finding.subject.as_deref(), Some("Chromium (aarch64)"));
}

#[test]
fn modules_for_a_newer_system_are_told_apart() {
    let mut computer = computer();
    let library = computer.write("usr/lib/libc.so.6", "\0GLIBC_2.2.5\0GLIBC_2.31\0");
    let maps = format!(
        "7f00-7f01 r--p 0 08:01 5   {}\n7f01-7f02 rw-p 0 0:0 0\n",
        library.display()
    );
    computer.module("libnew.so", X86_64, true);
    let path = computer.path("usr/lib/libnew.so");
    let elf = fs::read(&path).unwrap();
    for (needed, expected, subject) in [
        ("GLIBC_2.34", Code::ModuleTooNew, "libnew.so (glibc 2.34)"),
        ("GLIBC_2.31", Code::ModuleFails, "libnew.so"),
    ] {
        fs::write(&path, [&elf, needed.as_bytes(), b"\0"].concat()).unwrap();
        computer.write("proc/self/maps", &maps);
        let finding = computer.only();
        assert_eq!(
            (finding.code, finding.subject.as_deref()),
            (expected, Some(subject))
        );
        // Where it is not known what there is, nothing is said of it.
        computer.write("proc/self/maps", "");
        assert_eq!(computer.only().code, Code::ModuleFails);
    }
    computer.system.modules[0].failed = false;
    assert_eq!(computer.findings(), []);
}
