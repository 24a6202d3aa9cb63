//! NIST PKITS: what its lists say about the certificates on its paths. The paths themselves are validated elsewhere.

use super::*;
use std::{collections::HashMap, fs};
use tamga_core::certificate::Usage;

/// 2011-04-15
const NOW: i64 = 1_302_825_600;

/// What is known of a certificate while it is being found out.
const IN_PROGRESS: &str = "in progress";

/// Sections about revocation. In the others, revocation must not be what refuses a path that is to be good.
const ABOUT_REVOCATION: [&str; 4] = ["4.4.", "4.5.", "4.14.", "4.15."];

struct Case {
    certificates: Vec<Certificate>,
    lists: Vec<Vec<u8>>,
}

#[test]
fn pkits_lists() {
    let Some(folder) = conformance::directory("conformance/path/pkits") else {
        return;
    };
    let dsa = "DSA is not verified with";
    let mut score = Score::new(
        "pkits revocation",
        &[
            ("4.1.4 Valid DSA Signatures Test4", dsa),
            ("4.1.5 Valid DSA Parameter Inheritance Test5", dsa),
        ],
    );
    let vectors = conformance::read_json(&folder.join("vectors.json"));
    for vector in vectors.as_array().unwrap() {
        let name = vector["Name"].as_str().unwrap();
        let should = vector["ShouldValidate"].as_bool().unwrap();
        let about = ABOUT_REVOCATION
            .iter()
            .any(|section| name.starts_with(section));
        if !should && !about {
            continue;
        }
        let case = read(&folder, vector);
        let found = validate(&case);
        score.note(
            name,
            found.is_ok() == should,
            &format!("{found:?}, {should}"),
        );
    }
    score.finish();
}

fn read(folder: &Path, vector: &serde_json::Value) -> Case {
    let files = |field: &str, below: &str| -> Vec<Vec<u8>> {
        let names = vector[field].as_array().unwrap().iter();
        let paths = names.map(|name| folder.join(below).join(name.as_str().unwrap()));
        paths.map(|path| fs::read(path).unwrap()).collect()
    };
    let certificates = files("CertPath", "certs");
    Case {
        certificates: certificates.iter().map(|der| certificate(der)).collect(),
        lists: files("CRLPath", "crls"),
    }
}

/// The states of every certificate between the anchor, which is the first, and the last one, on some path.
fn validate(case: &Case) -> Result<(), Vec<String>> {
    let (anchor, target) = (
        case.certificates.first().unwrap(),
        case.certificates.last().unwrap(),
    );
    let parsed: Vec<Crl<'_>> = case
        .lists
        .iter()
        .filter_map(|der| Crl::parse(der).ok())
        .collect();
    let mut pool = Pool {
        anchor,
        all: case.certificates.iter().collect(),
        lists: lists(&parsed),
        known: HashMap::new(),
    };
    match pool.is_good(target) {
        true => Ok(()),
        false => Err(pool.known.values().flatten().cloned().collect()),
    }
}

struct Pool<'a> {
    anchor: &'a Certificate,
    all: Vec<&'a Certificate>,
    lists: Vec<&'a dyn RevocationList>,
    /// Why not, by certificate; `None` while it is being found out, and where it is good.
    known: HashMap<String, Option<String>>,
}

impl<'a> Pool<'a> {
    /// Whether a certificate has a path whose signatures are right and on which nothing is revoked.
    fn is_good(&mut self, certificate: &Certificate) -> bool {
        if certificate.der() == self.anchor.der() {
            return true;
        }
        // A loop: being found out.
        if let Some(known) = self.known.get(&certificate.id()) {
            return known.is_none();
        }
        self.known
            .insert(certificate.id(), Some(IN_PROGRESS.to_owned()));
        let issuers = self.issuers(certificate);
        let mut why = vec!["no issuer".to_owned()];
        for issuer in issuers {
            if !self.is_good(issuer) {
                continue;
            }
            let state = self.state(certificate, issuer);
            if matches!(state, RevocationState::Good { .. }) {
                self.known.insert(certificate.id(), None);
                return true;
            }
            why.push(format!("{state:?}"));
        }
        let name = certificate
            .subject()
            .attributes()
            .last()
            .map(|it| it.value.clone());
        self.known
            .insert(certificate.id(), Some(format!("{name:?} {why:?}")));
        false
    }

    fn issuers(&self, certificate: &Certificate) -> Vec<&'a Certificate> {
        let issued = |issuer: &&Certificate| {
            let usages = issuer.key_usages();
            issuer.is_authority()
                && usages.is_none_or(|usages| usages.contains(&Usage::KeyCertSign))
                && certificate.issuer().is(issuer.subject().der())
                && certificate.verify_signature(issuer.key()).is_ok()
        };
        self.all.iter().copied().filter(issued).collect()
    }

    /// Whether whoever signed a list has a good path. Where that is being asked already, the list is about its own signer.
    fn may_sign(&mut self, signer: &Certificate) -> bool {
        match self.known.get(&signer.id()) {
            Some(known) if known.as_deref() == Some(IN_PROGRESS) => true,
            _ => self.is_good(signer),
        }
    }

    fn state(&mut self, certificate: &Certificate, issuer: &Certificate) -> RevocationState {
        let (lists, signers) = (self.lists.clone(), self.all.clone());
        let question = Question {
            certificate,
            issuer,
            times: Times::at(NOW),
        };
        let sources = Sources {
            lists: &lists,
            signers: &signers,
            answers: &[],
        };
        check(&question, &sources, &mut |signer| self.may_sign(signer))
    }
}
