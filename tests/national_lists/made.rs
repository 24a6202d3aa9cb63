//! Lists that the tests make and sign themselves, in the form of the real ones.

use super::{made_russian, signing::Signer};
use crate::support::{
    certificates::{Made, key, key_usage},
    der::{Tag, der, octets, oid, sequence},
    gost::{self, MINISTRY},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use p256::ecdsa::{Signature, signature::Signer as _};
use serde_json::Value;
use std::{ffi::OsString, fs, path::PathBuf};
use tamga_core::{algorithm::DigestAlgorithm, certificate::Certificate};
use tamga_tests::{computer::Computer, terminal};
use tempfile::TempDir;

const GENERIC: &str = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric";
const LIST_OF_LISTS: &str = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists";
const STATUS: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/";
const INFORMATION: &str = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/";
/// The keys of those who sign: the list of lists, and the list of a country.
const LOTL_KEY: u8 = 40;
const LIST_KEY: u8 = 41;

/// A computer whose host takes the tests' own signers for those of lists, and a folder for files.
pub(super) struct Bench {
    pub(super) computer: Computer,
    pub(super) files: TempDir,
}

impl Bench {
    pub(super) fn new() -> Self {
        let files = tempfile::tempdir().unwrap();
        let signers = files.path().join("signers");
        fs::create_dir(&signers).unwrap();
        fs::write(signers.join("ru.der"), made_russian::root().der()).unwrap();
        fs::write(signers.join("eu.der"), lotl_signer().der()).unwrap();
        let computer = Computer::new(&[]).with("TAMGA_LIST_SIGNERS", OsString::from(signers));
        Self { computer, files }
    }

    pub(super) fn write(&self, name: &str, content: &[u8]) -> String {
        let path: PathBuf = self.files.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The exit code of a command, and what it said as JSON.
    pub(super) fn run(&self, arguments: &[&str]) -> (i32, Value) {
        let arguments = [arguments, &["--json"]].concat();
        let output = terminal::run(self.computer.command(), self.files.path(), &arguments, &[]);
        let said = match output.stdout.is_empty() {
            true => &output.stderr,
            false => &output.stdout,
        };
        let said = String::from_utf8_lossy(said).into_owned();
        let said: Value = serde_json::from_str(&said).unwrap_or(Value::String(said));
        let failure = said.get("failure").cloned();
        (output.status.code().unwrap(), failure.unwrap_or(said))
    }

    /// What a command says to a person.
    pub(super) fn words(&self, arguments: &[&str]) -> String {
        let output = terminal::run(self.computer.command(), self.files.path(), arguments, &[]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Imports a list; the code of the failure, if it fails.
    pub(super) fn import(&self, list: &str) -> String {
        let path = self.write("list.xml", list.as_bytes());
        let (_, said) = self.run(&["trust", "import", &path]);
        said["code"].as_str().unwrap_or_default().to_owned()
    }

    /// What is said of a certificate at a time.
    pub(super) fn check(&self, certificate: &Certificate, time: &str) -> Value {
        let path = self.write("certificate.cer", certificate.der());
        self.run(&["check", &path, "--at", time]).1
    }
}

pub(super) fn pem_of(certificates: &[&Certificate]) -> Vec<u8> {
    let texts = certificates.iter().map(|it| {
        let der = BASE64_STANDARD.encode(it.der());
        format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n")
    });
    texts.collect::<String>().into_bytes()
}

// Russia

/// An authority below the ministry's root, and somebody whose certificate it issued on 2025-01-01.
pub(super) fn russian_authority() -> Certificate {
    russian("УЦ тестов", "Головной УЦ тестов", 5, 3, true)
}

pub(super) fn russian_person() -> Certificate {
    russian("Иванова", "УЦ тестов", 6, 5, false)
}

fn russian(
    subject: &'static str,
    issuer: &'static str,
    key: u8,
    issuer_key: u8,
    is_authority: bool,
) -> Certificate {
    let made = gost::Made {
        subject,
        issuer,
        ogrn: MINISTRY,
        key,
        issuer_key,
        is_authority,
    };
    made.certificate()
}

/// The list of this version, in which the authority has these statuses, the present one first.
pub(super) fn russian_list(version: &str, statuses: &[(&str, &str)]) -> String {
    let authority = russian_authority();
    let listed = made_russian::MadeAuthority {
        name: "УЦ тестов".to_owned(),
        statuses,
        certificates: vec![&authority],
    };
    let text = made_russian::unsigned(&[listed]).replace("16314", version);
    made_russian::signed(&text, &made_russian::signer(MINISTRY))
}

// The European Union

pub(super) fn lotl_signer() -> Certificate {
    Made::of("LOTL", LOTL_KEY, "LOTL", LOTL_KEY).certificate()
}

fn list_signer(number: u8) -> Certificate {
    Made::of("Scheme", number, "Scheme", number).certificate()
}

/// An authority of the country XX, and somebody whose certificate it issued on 2025-01-01 as a qualified one.
pub(super) fn european_authority() -> Certificate {
    Made::root("Authority", 42).certificate()
}

pub(super) fn european_person() -> Certificate {
    let compliance = sequence(&[&sequence(&[&oid("0.4.0.1862.1.1")])]);
    Made::of("Person", 43, "Authority", 42)
        .with("2.5.29.15", true, key_usage(&[1]))
        .with("1.3.6.1.5.5.7.1.3", false, compliance)
        .certificate()
}

/// The person's signature of a document, the document inside: SignedData without attributes (RFC 5652 §5.1).
pub(super) fn signed_by_person(document: &[u8]) -> Vec<u8> {
    let person = european_person();
    let sha256 = sequence(&[&oid("2.16.840.1.101.3.4.2.1")]);
    let ecdsa = sequence(&[&oid("1.2.840.10045.4.3.2")]);
    let signature: Signature = key(43).sign(document);
    let one = der(Tag::Integer, &[&[1]]);
    let serial = der(Tag::Integer, &[person.raw_serial()]);
    let signer = sequence(&[person.issuer().der(), &serial]);
    let signer = sequence(&[
        &one,
        &signer,
        &sha256,
        &ecdsa,
        &octets(signature.to_der().as_bytes()),
    ]);
    let content = der(Tag::Explicit(0), &[&octets(document)]);
    let data = sequence(&[
        &one,
        &der(Tag::Set, &[&sha256]),
        &sequence(&[&oid("1.2.840.113549.1.7.1"), &content]),
        &der(Tag::Explicit(0), &[person.der()]),
        &der(Tag::Set, &[&signer]),
    ]);
    sequence(&[
        &oid("1.2.840.113549.1.7.2"),
        &der(Tag::Explicit(0), &[&data]),
    ])
}

/// The list of lists, which says that this key signs the list of XX.
pub(super) fn lotl(sequence: u32, signer: u8) -> String {
    let pointer = format!(
        "<PointersToOtherTSL><OtherTSLPointer><ServiceDigitalIdentities><ServiceDigitalIdentity><DigitalId><X509Certificate>{}\
         </X509Certificate></DigitalId></ServiceDigitalIdentity></ServiceDigitalIdentities>\
         <TSLLocation>https://example.org/xx.xml</TSLLocation><AdditionalInformation><OtherInformation><TSLType>{GENERIC}\
         </TSLType></OtherInformation><OtherInformation><SchemeTerritory>XX</SchemeTerritory></OtherInformation>\
         <OtherInformation><MimeType xmlns=\"http://uri.etsi.org/02231/v2/additionaltypes#\">application/vnd.etsi.tsl+xml\
         </MimeType></OtherInformation></AdditionalInformation></OtherTSLPointer></PointersToOtherTSL>",
        BASE64_STANDARD.encode(list_signer(signer).der())
    );
    let text = list(
        "EU",
        LIST_OF_LISTS,
        sequence,
        "2035-01-01T00:00:00Z",
        &pointer,
        "",
    );
    signed(&text, &lotl_signer(), LOTL_KEY)
}

/// The list of XX. The authority's service has these statuses, the present one first.
pub(super) fn country(
    sequence: u32,
    next_update: &str,
    statuses: &[(&str, &str)],
    signer: u8,
) -> String {
    let der = BASE64_STANDARD.encode(european_authority().der());
    let identity = format!(
        "<ServiceDigitalIdentity><DigitalId><X509Certificate>{der}</X509Certificate></DigitalId></ServiceDigitalIdentity>"
    );
    let period = |(status, from): &(&str, &str), name: &str, identity: &str| {
        format!(
            "<{name}><ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/CA/QC</ServiceTypeIdentifier>\
             <ServiceName><Name xml:lang=\"en\">A</Name></ServiceName>{identity}\
             <ServiceStatus>{STATUS}{status}</ServiceStatus><StatusStartingTime>{from}</StatusStartingTime>\
             <ServiceInformationExtensions><Extension Critical=\"true\"><AdditionalServiceInformation>\
             <URI xml:lang=\"en\">{INFORMATION}ForeSignatures</URI></AdditionalServiceInformation></Extension>\
             </ServiceInformationExtensions></{name}>"
        )
    };
    let (present, history) = statuses.split_first().unwrap();
    let history: String = history
        .iter()
        .map(|it| period(it, "ServiceHistoryInstance", ""))
        .collect();
    let services = format!(
        "<TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName><Name xml:lang=\"en\">Provider</Name></TSPName>\
         </TSPInformation><TSPServices><TSPService>{}<ServiceHistory>{history}</ServiceHistory></TSPService></TSPServices>\
         </TrustServiceProvider></TrustServiceProviderList>",
        period(present, "ServiceInformation", &identity)
    );
    let text = list("XX", GENERIC, sequence, next_update, "", &services);
    signed(&text, &list_signer(signer), signer)
}

/// The list of XX as it should be.
pub(super) fn granted(sequence: u32) -> String {
    let statuses = [("granted", "2020-01-01T00:00:00Z")];
    country(sequence, "2035-01-01T00:00:00Z", &statuses, LIST_KEY)
}

fn list(
    territory: &str,
    kind: &str,
    sequence: u32,
    next_update: &str,
    pointers: &str,
    services: &str,
) -> String {
    format!(
        "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\"><SchemeInformation>\
         <TSLVersionIdentifier>6</TSLVersionIdentifier><TSLSequenceNumber>{sequence}</TSLSequenceNumber>\
         <TSLType>{kind}</TSLType><SchemeOperatorName><Name xml:lang=\"en\">Operator of {territory}</Name></SchemeOperatorName>\
         <SchemeTerritory>{territory}</SchemeTerritory>{pointers}<ListIssueDateTime>2026-01-01T00:00:00Z</ListIssueDateTime>\
         <NextUpdate><dateTime>{next_update}</dateTime></NextUpdate></SchemeInformation>{services}</TrustServiceStatusList>"
    )
}

fn signed(text: &str, certificate: &Certificate, number: u8) -> String {
    let sign = |text: &[u8]| {
        let signature: Signature = key(number).sign(text);
        signature.to_bytes().to_vec()
    };
    let signer = Signer {
        method: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        digest: (
            "http://www.w3.org/2001/04/xmlenc#sha256",
            DigestAlgorithm::Sha256,
        ),
        sign: &sign,
        certificate,
        xades: true,
    };
    signer.envelop(text)
}
