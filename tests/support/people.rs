//! Demo people with keys, made by the openssl command in a temporary folder.

use crate::once;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};
use tamga_core::algorithm::DigestAlgorithm;

/// Everybody there is: name, arguments of `openssl genpkey`, section of the certificate's extensions.
const PEOPLE: [(&str, &[&str], &str); 7] = [
    (
        "aigerim",
        &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        "leaf",
    ),
    (
        "ivan",
        &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "leaf",
    ),
    (
        "mary",
        &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        "leaf",
    ),
    (
        "olzhas",
        &["EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
        "leaf",
    ),
    (
        "expired",
        &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "leaf",
    ),
    (
        "unfit",
        &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "unfit",
    ),
    ("edward", &["ED25519"], "leaf"),
];

/// The password of everybody's key file. Not ASCII, and found nowhere else.
pub const PASSWORD: &str = "құпия-Sësam-47";

const CONFIGURATION: &str = "\
[ca]
default_ca = demo
[demo]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
countryName = optional
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[leaf]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
[unfit]
basicConstraints = CA:FALSE
keyUsage = critical, keyEncipherment
[req]
distinguished_name = any
";

/// A folder with `ca.pem` and, for each of the people, `NAME.key`, `NAME.pem` and `NAME.p12`.
#[derive(Debug)]
pub struct People {
    folder: PathBuf,
}

impl People {
    /// The people of this run; `None`, said loudly, without an openssl command.
    pub fn get() -> Option<&'static Self> {
        static PEOPLE: OnceLock<Option<People>> = OnceLock::new();
        PEOPLE.get_or_init(Self::new).as_ref()
    }

    fn new() -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            eprintln!("SKIPPED: there is no openssl command");
            return None;
        }
        let folder = once::folder("people", |folder| {
            let folder = folder.to_owned();
            Self { folder }.make_all();
        });
        Some(Self { folder })
    }

    fn make_all(&self) {
        fs::write(self.path("ca.cnf"), CONFIGURATION).unwrap();
        fs::write(self.path("index.txt"), "").unwrap();
        fs::write(self.path("serial"), "1000").unwrap();
        self.openssl(&[
            "req",
            "-x509",
            "-config",
            "ca.cnf",
            "-extensions",
            "root",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-days",
            "3650",
            "-utf8",
            "-subj",
            "/CN=Тамга Demo CA",
        ]);
        for (name, algorithm, section) in PEOPLE {
            self.issue(name, algorithm, section);
        }
        let only = |out: &str, what: &str| {
            self.export(out, &["-in", "ivan.pem", "-inkey", "ivan.key", what]);
        };
        only("key-only.p12", "-nocerts");
        self.export("certificate-only.p12", &["-nokeys", "-in", "ivan.pem"]);
    }

    /// A file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// What is in a file of the folder.
    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Somebody's certificate, DER.
    pub fn certificate(&self, name: &str) -> Vec<u8> {
        let pem = format!("{name}.pem");
        self.openssl(&["x509", "-in", &pem, "-outform", "DER"])
    }

    /// The id of somebody's certificate.
    pub fn id(&self, name: &str) -> String {
        let digest = DigestAlgorithm::Sha256.digest(&self.certificate(name));
        digest.hex().to_owned()
    }

    /// What `openssl cms -verify` says of a signature, detached if there is a document: the content.
    pub fn verify(&self, signature: &Path, document: Option<&Path>, cades: bool) -> Vec<u8> {
        let signature = signature.to_str().unwrap();
        let mut arguments = vec![
            "cms", "-verify", "-binary", "-inform", "DER", "-in", signature,
        ];
        arguments.extend(["-CAfile", "ca.pem", "-purpose", "any"]);
        if let Some(document) = document {
            arguments.extend(["-content", document.to_str().unwrap()]);
        }
        if cades {
            arguments.push("-cades");
        }
        self.openssl(&arguments)
    }

    /// Opens a PKCS#12 file with `openssl pkcs12`.
    pub fn open(&self, file: &Path, password: &str) {
        let password = format!("pass:{password}");
        let file = file.to_str().unwrap();
        self.openssl(&["pkcs12", "-in", file, "-passin", &password, "-nodes"]);
    }

    fn issue(&self, name: &str, algorithm: &[&str], section: &str) {
        let [key, csr, pem] = ["key", "csr", "pem"].map(|kind| format!("{name}.{kind}"));
        let generate = ["genpkey", "-out", &key, "-algorithm"];
        self.openssl(&[&generate, algorithm].concat());
        let subject = format!("/C=KZ/CN=Үлгі {name}");
        self.openssl(&[
            "req", "-new", "-config", "ca.cnf", "-key", &key, "-out", &csr, "-utf8", "-subj",
            &subject,
        ]);
        let end = if name == "expired" {
            "20210101000000Z"
        } else {
            "20991231235959Z"
        };
        self.openssl(&[
            "ca",
            "-batch",
            "-config",
            "ca.cnf",
            "-cert",
            "ca.pem",
            "-keyfile",
            "ca.key",
            "-extensions",
            section,
            "-in",
            &csr,
            "-out",
            &pem,
            "-notext",
            "-utf8",
            "-startdate",
            "20200101000000Z",
            "-enddate",
            end,
        ]);
        let p12 = format!("{name}.p12");
        self.export(&p12, &["-in", &pem, "-inkey", &key, "-certfile", "ca.pem"]);
    }

    fn export(&self, out: &str, arguments: &[&str]) {
        let password = format!("pass:{PASSWORD}");
        let export = ["pkcs12", "-export", "-passout", &password, "-out", out];
        self.openssl(&[&export, arguments].concat());
    }

    fn openssl(&self, arguments: &[&str]) -> Vec<u8> {
        let mut openssl = Command::new("openssl");
        openssl.args(arguments).current_dir(&self.folder);
        let output = openssl.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments:?}: {said}");
        output.stdout
    }
}
