//! A test in a process of its own.

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    object::{Attribute, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    slot::Slot,
    types::AuthPin,
};
use std::{
    any::type_name_of_val,
    env,
    path::Path,
    process::{Child, Command, Stdio},
};
use tamga_tests::double::{Double, module};

/// The process of a test, and its double.
pub(crate) struct Process {
    pub(crate) double: Double,
    pub(crate) child: Child,
    _folder: tempfile::TempDir,
}

/// Starts `test` again in a process whose module is what `make` says. There, does `body` instead and gives `None`.
pub(crate) fn start<T>(
    test: &T,
    make: impl FnOnce(&Path) -> Double,
    body: impl FnOnce(&Double),
) -> Option<Process> {
    if let Some(path) = env::var_os("TAMGA_DOUBLE") {
        body(&Double::open(Path::new(&path)));
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let double = make(folder.path()).write();
    let (_, name) = type_name_of_val(test).split_once("::").unwrap();
    let (variable, path) = double.variable();
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args([name, "--exact", "--nocapture"])
        .env(variable, path);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    Some(Process {
        child: command.spawn().unwrap(),
        double,
        _folder: folder,
    })
}

/// The same, and all has to go well there.
pub(crate) fn alone<T>(test: &T, make: impl FnOnce(&Path) -> Double, body: impl FnOnce(&Double)) {
    let Some(process) = start(test, make, body) else {
        return;
    };
    let output = process.child.wait_with_output().unwrap();
    let [said, wailed] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{said}{wailed}");
    assert!(said.contains("1 passed"), "nothing was tested: {said}");
    let skipped = wailed.lines().filter(|line| line.starts_with("SKIPPED: "));
    skipped.for_each(|line| eprintln!("{line}"));
}

/// The module, ready for use.
pub(crate) fn initialised() -> Pkcs11 {
    let pkcs11 = Pkcs11::new(module()).unwrap();
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    pkcs11.initialize(arguments).unwrap();
    pkcs11
}

/// The first slot with a token.
pub(crate) fn first_slot(pkcs11: &Pkcs11) -> Slot {
    pkcs11.get_slots_with_token().unwrap()[0]
}

/// A session in it after a login with this PIN.
pub(crate) fn logged_in(pkcs11: &Pkcs11, pin: &str) -> Session {
    let session = pkcs11.open_ro_session(first_slot(pkcs11)).unwrap();
    session.login(UserType::User, Some(&secret(pin))).unwrap();
    session
}

/// A PIN.
pub(crate) fn secret(pin: &str) -> AuthPin {
    AuthPin::new(pin.to_owned().into())
}

/// The only object of this class with this id.
pub(crate) fn object(session: &Session, class: ObjectClass, id: u8) -> ObjectHandle {
    let template = [Attribute::Class(class), Attribute::Id(vec![id])];
    let [object] = session.find_objects(&template).unwrap()[..] else {
        panic!("not one object {id}");
    };
    object
}
