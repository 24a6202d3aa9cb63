//! The PKCS #11 module double, with tokens as a test wants them.

use serde_json::{Value, to_vec};
use std::{
    env, fs,
    path::{Path, PathBuf},
};
use tamga_module_double::description::{
    Certificate, Description, KeySource, Misbehaviour, Presence, PublicKey, VARIABLE,
};

pub use tamga_module_double::description::{Bytes, Call, Data, Object, PinPad, PrivateKey, Slot};

/// The module's file: cargo has put it beside the test that uses it.
pub fn module() -> PathBuf {
    let test = env::current_exe().unwrap();
    let name = format!(
        "{}tamga_module_double{}",
        env::consts::DLL_PREFIX,
        env::consts::DLL_SUFFIX
    );
    let module = test.parent().unwrap().join(name);
    assert!(module.exists(), "not built: {}", module.display());
    module
}

/// A double and the files it goes by.
///
/// ```no_run
/// # use tamga_tests::double::{Double, Slot, certificate, private_key};
/// # let (folder, pkcs8, der) = (std::path::Path::new(""), [], []);
/// let double = Double::new(folder)
///     .slot(Slot {
///         pin: "1111".to_owned(),
///         tries: 3,
///         objects: vec![private_key(1, &pkcs8), certificate(1, &der)],
///         ..Slot::default()
///     })
///     .misbehaviour("C_Sign", Some(2), "crash")
///     .write();
/// ```
#[derive(Debug)]
pub struct Double {
    path: PathBuf,
    description: Description,
}

impl Double {
    /// A double without slots whose files will be in this folder.
    pub fn new(folder: &Path) -> Self {
        Self {
            path: folder.join("double.json"),
            description: Description::default(),
        }
    }

    /// The double that somebody has written, by its description.
    pub fn open(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            description: serde_json::from_slice(&fs::read(path).unwrap()).unwrap(),
        }
    }

    /// One more slot.
    pub fn slot(mut self, slot: Slot) -> Self {
        self.description.slots.push(slot);
        self
    }

    /// The `nth` call of a function since the module was loaded, or every one, goes wrong so: `crash`, `hang`, `slow:250`, …
    pub fn misbehaviour(mut self, function: &str, nth: Option<u32>, how: &str) -> Self {
        self.description.misbehaviour.push(Misbehaviour {
            function: function.to_owned(),
            nth,
            how: how.to_owned().try_into().unwrap(),
        });
        self
    }

    /// With the functions that Rutoken's module has beyond the standard.
    pub fn rutoken(mut self) -> Self {
        self.description.rutoken = true;
        self
    }

    /// Writes the description.
    pub fn write(self) -> Self {
        fs::write(&self.path, to_vec(&self.description).unwrap()).unwrap();
        self
    }

    /// The environment variable that the process with the module needs, and its value.
    pub fn variable(&self) -> (&'static str, &Path) {
        (VARIABLE, &self.path)
    }

    /// The folder with all its files.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap()
    }

    /// Takes the token out of a reader.
    pub fn remove(&self, slot: usize) {
        let mut presence = self.presence();
        presence.present.retain(|present| *present != slot);
        self.set_presence(&presence);
    }

    /// Puts a token into its reader, if need be out of it before.
    pub fn insert(&self, slot: usize) {
        let mut presence = self.presence();
        presence.present.retain(|present| *present != slot);
        presence.present.push(slot);
        *presence.insertions.entry(slot).or_default() += 1;
        self.set_presence(&presence);
    }

    /// All calls of all processes so far.
    pub fn calls(&self) -> Vec<Call> {
        let log = fs::read_to_string(self.path.with_extension("log")).unwrap_or_default();
        let lines = log.lines().map(serde_json::from_str);
        lines.collect::<Result<_, _>>().unwrap()
    }

    /// What the calls of one function returned.
    pub fn results(&self, function: &str) -> Vec<String> {
        let calls = self.calls().into_iter();
        let calls = calls.filter(|call| call.function == function);
        calls.map(|call| call.result).collect()
    }

    /// How often the user's PIN of the token in a slot was tried, right or wrong.
    pub fn shown(&self, slot: usize) -> u64 {
        let state = fs::read(self.path.with_extension("state.json")).unwrap_or_default();
        let state: Value = serde_json::from_slice(&state).unwrap_or_default();
        let shown = state[slot.to_string()]["user"]["shown"].as_u64();
        shown.unwrap_or_default()
    }

    fn presence(&self) -> Presence {
        match fs::read(self.path.with_extension("present.json")) {
            Ok(json) => serde_json::from_slice(&json).unwrap(),
            Err(_) => Presence {
                present: (0..self.description.slots.len()).collect(),
                ..Presence::default()
            },
        }
    }

    /// At once, so that the module never reads half a file.
    fn set_presence(&self, presence: &Presence) {
        let new = tempfile::NamedTempFile::new_in(self.folder()).unwrap();
        fs::write(new.path(), to_vec(presence).unwrap()).unwrap();
        new.persist(self.path.with_extension("present.json"))
            .unwrap();
    }
}

/// A private key out of its PKCS#8, DER or PEM, with this one byte as its `CKA_ID`.
pub fn private_key(id: u8, pkcs8: &[u8]) -> Object {
    Object::PrivateKey(PrivateKey {
        id: Bytes(vec![id]),
        label: format!("key {id}"),
        key: KeySource::Base64(Bytes(pkcs8.to_vec())),
        always_authenticate: false,
        bare: false,
        mechanisms: None,
    })
}

/// The same, and it tells nothing of its public half.
pub fn bare_key(id: u8, pkcs8: &[u8]) -> Object {
    match private_key(id, pkcs8) {
        Object::PrivateKey(key) => Object::PrivateKey(PrivateKey { bare: true, ..key }),
        other => other,
    }
}

/// The same, and every signature takes a login of its own.
pub fn always_authenticated_key(id: u8, pkcs8: &[u8]) -> Object {
    match private_key(id, pkcs8) {
        Object::PrivateKey(key) => Object::PrivateKey(PrivateKey {
            always_authenticate: true,
            ..key
        }),
        other => other,
    }
}

/// The public key that goes with a private one; a GOST key may be wrapped into an OCTET STRING.
pub fn public_key(id: u8, pkcs8: &[u8], wrapped: bool) -> Object {
    Object::PublicKey(PublicKey {
        id: Bytes(vec![id]),
        label: format!("key {id}"),
        key: KeySource::Base64(Bytes(pkcs8.to_vec())),
        wrapped,
    })
}

/// A certificate, DER.
pub fn certificate(id: u8, der: &[u8]) -> Object {
    Object::Certificate(Certificate {
        id: Bytes(vec![id]),
        label: format!("certificate {id}"),
        value: Bytes(der.to_vec()),
        private: false,
        unreadable: false,
    })
}

/// The same, and it is seen after a login only.
pub fn private_certificate(id: u8, der: &[u8]) -> Object {
    match certificate(id, der) {
        Object::Certificate(certificate) => Object::Certificate(Certificate {
            private: true,
            ..certificate
        }),
        other => other,
    }
}

/// A certificate of which the module fails to tell anything.
pub fn unreadable_certificate(id: u8) -> Object {
    Object::Certificate(Certificate {
        id: Bytes(vec![id]),
        unreadable: true,
        ..Certificate::default()
    })
}
