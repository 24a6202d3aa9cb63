//! The OpenSSL command line, with a CA of its own in a temporary folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A root, an intermediate CA, and leaves by name: `NAME.pem`, `NAME.der`, `NAME.key` and `NAME.p8` (DER).
pub struct Openssl {
    folder: TempDir,
}

impl Openssl {
    /// `None`, said loudly, if there is no OpenSSL here.
    pub fn new() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            eprintln!("SKIPPED: no openssl command");
            return None;
        }
        let openssl = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        openssl.write(
            "ca.cnf",
            b"[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n\
              [leaf]\nbasicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\nsubjectKeyIdentifier=hash\n",
        );
        openssl.key("root", &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        openssl.certificate("root", "/CN=Demo Root", "ca", None, "sha256");
        openssl.key("middle", &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"]);
        openssl.certificate(
            "middle",
            "/CN=Demo Middle/O=Үлгі",
            "ca",
            Some("root"),
            "sha256",
        );
        Some(openssl)
    }

    /// A key by `openssl genpkey -algorithm` and a certificate below the intermediate CA.
    pub fn leaf(&self, name: &str, algorithm: &[&str]) {
        self.key(name, algorithm);
        let subject = format!("/CN=Әсел Үлгіқызы {name}/C=KZ");
        self.certificate(name, &subject, "leaf", Some("middle"), "sha256");
    }

    fn key(&self, name: &str, algorithm: &[&str]) {
        let key = format!("{name}.key");
        let generate = ["genpkey", "-out", &key, "-algorithm"];
        self.run(&[&generate, algorithm].concat());
        let p8 = format!("{name}.p8");
        self.run(&[
            "pkcs8", "-topk8", "-nocrypt", "-in", &key, "-outform", "DER", "-out", &p8,
        ]);
    }

    fn certificate(&self, name: &str, subject: &str, section: &str, ca: Option<&str>, md: &str) {
        let [key, csr, pem, der] = ["key", "csr", "pem", "der"].map(|end| format!("{name}.{end}"));
        self.run(&[
            "req", "-new", "-utf8", "-subj", subject, "-key", &key, "-out", &csr,
        ]);
        let issuer = ca.unwrap_or(name);
        let [issuer_pem, issuer_key] = ["pem", "key"].map(|end| format!("{issuer}.{end}"));
        let by = match ca {
            None => vec!["-signkey", &key],
            Some(_) => vec!["-CA", &issuer_pem, "-CAkey", &issuer_key, "-CAcreateserial"],
        };
        let sign = [
            "x509", "-req", "-in", &csr, "-out", &pem, "-days", "3650", "-extfile", "ca.cnf",
        ];
        let digest = format!("-{md}");
        self.run(&[&sign, by.as_slice(), &["-extensions", section, &digest]].concat());
        self.run(&["x509", "-in", &pem, "-outform", "DER", "-out", &der]);
    }

    /// Runs `openssl` in the folder. Fails the test if it fails.
    pub fn run(&self, arguments: &[&str]) {
        if let Err(error) = self.try_run(arguments) {
            panic!("openssl {}: {error}", arguments.join(" "));
        }
    }

    /// Runs `openssl` in the folder; what it said if it failed.
    pub fn try_run(&self, arguments: &[&str]) -> Result<(), String> {
        let mut command = Command::new("openssl");
        let output = command
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        let folder: &Path = self.folder.path();
        folder.join(name)
    }
}
