//! Revocation against the OpenSSL command line: its responder answers Tamga's requests, and Tamga reads its answers and lists.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use crate::cms_openssl::openssl::Openssl;
use std::time::{SystemTime, UNIX_EPOCH};
use tamga_core::{
    algorithm::DigestAlgorithm,
    certificate::Certificate,
    trust::revocation::{
        Crl, OcspAnswer, OcspRequested, Question, RevocationReason, RevocationState, Sources,
        Times, Untrusted, check, ocsp_request,
    },
};

const NONCE: [u8; 32] = [0x5a; 32];

const EXTENSIONS: &[u8] = b"
[authority]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
[person]
basicConstraints=CA:FALSE
[delegate]
extendedKeyUsage=OCSPSigning
noCheck=ignored
[stranger]
extendedKeyUsage=clientAuth
";

pub(crate) const CONFIGURATION: &[u8] = b"
[ca]
default_ca=authority
[authority]
database=index.txt
crlnumber=number
default_md=sha256
default_crl_days=7
crl_extensions=list
[list]
authorityKeyIdentifier=keyid:always
";

/// An authority, whom it issued certificates to, and OpenSSL's index of those.
struct Authority {
    openssl: Openssl,
    certificate: Certificate,
    now: i64,
}

impl Authority {
    fn new() -> Option<Self> {
        let openssl = Openssl::new()?;
        openssl.write("revocation.ext", EXTENSIONS);
        openssl.write("revocation.cnf", CONFIGURATION);
        openssl.write("number", b"1000\n");
        openssl.write("index.txt.attr", b"unique_subject=no\n");
        issue(&openssl, "authority", "-signkey authority.key");
        let by = "-CA authority.pem -CAkey authority.key -CAcreateserial";
        for name in [
            "person-good",
            "person-revoked",
            "person-unknown",
            "delegate",
            "stranger",
        ] {
            issue(&openssl, name, by);
        }
        let serial = |name: &str| certificate(&openssl, name).serial().to_uppercase();
        let index = format!(
            "V\t391231235959Z\t\t{}\tunknown\t/CN=person-good\n\
             R\t391231235959Z\t260101000000Z,keyCompromise\t{}\tunknown\t/CN=person-revoked\n",
            serial("person-good"),
            serial("person-revoked")
        );
        openssl.write("index.txt", index.as_bytes());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Some(Self {
            certificate: certificate(&openssl, "authority"),
            openssl,
            now: i64::try_from(now.as_secs()).unwrap(),
        })
    }

    /// What OpenSSL answers, signed by `signer`.
    fn answer(&self, subject: &Certificate, digest: DigestAlgorithm, signer: &str) -> Vec<u8> {
        let request = ocsp_request(subject, &self.certificate, digest, Some(&NONCE));
        self.openssl.write("request.der", &request.unwrap());
        self.openssl.run(&format!(
            "ocsp -index index.txt -CA authority.pem -rsigner {signer}.pem -rkey {signer}.key -ndays 1 \
             -reqin request.der -respout answer.der"
        ));
        self.openssl.read("answer.der")
    }

    fn state(&self, subject: &Certificate, sources: &Sources<'_>) -> RevocationState {
        let question = Question {
            certificate: subject,
            issuer: &self.certificate,
            times: Times::at(self.now),
        };
        check(&question, sources, &mut |_| false)
    }

    fn state_by(&self, answer: &[u8], nonce: &[u8], subject: &Certificate) -> RevocationState {
        let answers = [OcspAnswer {
            der: answer,
            requested: Some(OcspRequested { nonce: Some(nonce) }),
        }];
        let sources = Sources {
            answers: &answers,
            ..Sources::default()
        };
        self.state(subject, &sources)
    }
}

/// A key and a certificate; the extensions are those of the name's first word.
pub(crate) fn issue(openssl: &Openssl, name: &str, by: &str) {
    let section = name.split('-').next().unwrap();
    openssl.run(&format!(
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key"
    ));
    openssl.run(&format!(
        "req -new -subj /CN={name} -key {name}.key -out {name}.csr"
    ));
    openssl.run(&format!(
        "x509 -req -in {name}.csr -days 365 -extfile revocation.ext -extensions {section} {by} -out {name}.pem"
    ));
    openssl.run(&format!("x509 -in {name}.pem -outform DER -out {name}.der"));
}

fn certificate(openssl: &Openssl, name: &str) -> Certificate {
    Certificate::parse(&openssl.read(&format!("{name}.der"))).unwrap()
}

fn is_expected(state: &RevocationState, name: &str) -> bool {
    match (name, state) {
        ("person-good", RevocationState::Good { .. })
        | ("person-unknown", RevocationState::Unknown) => true,
        ("person-revoked", RevocationState::Revoked(revocation)) => {
            (revocation.at, revocation.reason) == (1_767_225_600, RevocationReason::KeyCompromise)
        }
        _ => false,
    }
}

#[test]
fn openssl_answers_requests() {
    let Some(authority) = Authority::new() else {
        return;
    };
    let digests = [
        DigestAlgorithm::Sha1,
        DigestAlgorithm::Sha256,
        DigestAlgorithm::Sha384,
        DigestAlgorithm::Sha512,
    ];
    for name in ["person-good", "person-revoked", "person-unknown"] {
        let subject = certificate(&authority.openssl, name);
        for digest in digests {
            for signer in ["authority", "delegate"] {
                let answer = authority.answer(&subject, digest, signer);
                let state = authority.state_by(&answer, &NONCE, &subject);
                assert!(
                    is_expected(&state, name),
                    "{name} {digest:?} {signer}: {state:?}"
                );
                let state = authority.state_by(&answer, b"another nonce", &subject);
                assert_eq!(state, RevocationState::Untrusted(Untrusted::Nonce));
            }
        }
        let answer = authority.answer(&subject, DigestAlgorithm::Sha256, "stranger");
        let state = authority.state_by(&answer, &NONCE, &subject);
        assert_eq!(state, RevocationState::Untrusted(Untrusted::Responder));
    }
}

#[test]
fn openssl_makes_lists() {
    let Some(authority) = Authority::new() else {
        return;
    };
    authority.openssl.run(
        "ca -gencrl -config revocation.cnf -cert authority.pem -keyfile authority.key -out list.pem",
    );
    authority
        .openssl
        .run("crl -in list.pem -outform DER -out list.der");
    let der = authority.openssl.read("list.der");
    let list = Crl::parse(&der).unwrap();
    let sources = Sources {
        lists: &[&list],
        ..Sources::default()
    };
    for (name, expected) in [
        ("person-good", "person-good"),
        ("person-revoked", "person-revoked"),
        ("person-unknown", "person-good"),
    ] {
        let subject = certificate(&authority.openssl, name);
        let state = authority.state(&subject, &sources);
        assert!(is_expected(&state, expected), "{name}: {state:?}");
    }
}
