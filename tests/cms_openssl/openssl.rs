//! The OpenSSL command line, with a CA of its own in a temporary folder.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};
use tempfile::TempDir;

const EXTENSIONS: &str = "
[ca]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[leaf]
basicConstraints=CA:FALSE
keyUsage=critical,digitalSignature,nonRepudiation
subjectKeyIdentifier=hash
";

/// OpenSSL with its engine for GOST algorithms.
const ENGINE: &str = "
openssl_conf=all
[all]
engines=engines
[engines]
gost=gost
[gost]
engine_id=gost
default_algorithms=ALL
[req]
distinguished_name=name
[name]
";

/// A root, an intermediate CA, and leaves by name: `NAME.pem`, `NAME.der`, `NAME.key` and `NAME.p8` (DER).
pub(crate) struct Openssl {
    folder: TempDir,
    /// A configuration other than the system's.
    configuration: Option<&'static str>,
}

impl Openssl {
    /// `None`, said loudly, if there is no OpenSSL here.
    pub(crate) fn new() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            eprintln!("SKIPPED: no openssl command");
            return None;
        }
        Some(Self::with_authorities(None))
    }

    /// The same with the engine for GOST; `None`, said loudly, if that is missing.
    pub(crate) fn with_gost() -> Option<Self> {
        let list = ["engine", "gost"];
        let found = Command::new("openssl").args(list).output();
        if !found.is_ok_and(|output| output.status.success()) {
            eprintln!("SKIPPED: no GOST engine for openssl (Debian: libengine-gost-openssl)");
            return None;
        }
        Some(Self::with_authorities(Some(ENGINE)))
    }

    fn with_authorities(configuration: Option<&'static str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let openssl = Self {
            folder,
            configuration,
        };
        openssl.write("extensions", EXTENSIONS.as_bytes());
        openssl.write("openssl.cnf", configuration.unwrap_or_default().as_bytes());
        openssl.key("root", "EC -pkeyopt ec_paramgen_curve:P-256");
        openssl.certificate("root", "/CN=Root", "ca", "-signkey root.key");
        openssl.key("middle", "EC -pkeyopt ec_paramgen_curve:P-384");
        openssl.certificate("middle", "/O=Үлгі/CN=Middle", "ca", &issued_by("root"));
        openssl
    }

    /// A key by `openssl genpkey -algorithm` and a certificate below the intermediate CA.
    pub(crate) fn leaf(&self, name: &str, algorithm: &str) {
        self.key(name, algorithm);
        let subject = format!("/GN=Әсел/SN=Үлгіқызы/CN={name}/C=KZ");
        self.certificate(name, &subject, "leaf", &issued_by("middle"));
    }

    fn key(&self, name: &str, algorithm: &str) {
        self.run(&format!("genpkey -out {name}.key -algorithm {algorithm}"));
        self.run(&format!(
            "pkcs8 -topk8 -nocrypt -in {name}.key -outform DER -out {name}.p8"
        ));
    }

    fn certificate(&self, name: &str, subject: &str, extensions: &str, by: &str) {
        self.run(&format!(
            "req -new -utf8 -subj {subject} -key {name}.key -out {name}.csr"
        ));
        let extensions = format!("-extfile extensions -extensions {extensions}");
        self.run(&format!(
            "x509 -req -in {name}.csr -days 3650 {extensions} {by} -out {name}.pem"
        ));
        self.run(&format!("x509 -in {name}.pem -outform DER -out {name}.der"));
    }

    /// Runs `openssl` in the folder, with arguments that have no spaces in them; stops the test, with what it said, if it fails.
    pub(crate) fn run(&self, arguments: &str) {
        let output = self.output(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {said}");
    }

    /// Whether it takes what it is given.
    pub(crate) fn succeeds(&self, arguments: &str) -> bool {
        self.output(arguments).status.success()
    }

    fn output(&self, arguments: &str) -> Output {
        let mut command = Command::new("openssl");
        command.args(arguments.split_whitespace());
        if self.configuration.is_some() {
            command.env("OPENSSL_CONF", self.folder.path().join("openssl.cnf"));
        }
        command.current_dir(&self.folder).output().unwrap()
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }
}

fn issued_by(name: &str) -> String {
    format!("-CA {name}.pem -CAkey {name}.key -CAcreateserial")
}
