//! Trusted lists that the tests make and sign: what real ones seldom or never say.

use super::signing::Signer;
use crate::support::{
    certificates::{Made, key},
    seeds::is_current,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use p256::ecdsa::{Signature, signature::Signer as _};
use tamga_core::{
    algorithm::DigestAlgorithm,
    certificate::Certificate,
    trust::lists::{
        ListFault,
        european::{Pointer, VerifiedList},
    },
};

const GENERIC: &str = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric";
const STATUS: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/";
const INFORMATION: &str = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/";

/// What holds of a service from a time on.
#[derive(Clone)]
pub(super) struct MadePeriod {
    pub(super) from: &'static str,
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    /// ForeSignatures and the like.
    pub(super) additional: &'static [&'static str],
    /// The extensions beside it, as they stand in the list.
    pub(super) extensions: String,
}

impl Default for MadePeriod {
    fn default() -> Self {
        Self {
            from: "2020-01-01T00:00:00Z",
            kind: "CA/QC",
            status: "granted",
            additional: &["ForeSignatures"],
            extensions: String::new(),
        }
    }
}

/// A Qualifications extension.
pub(super) fn qualifications(critical: bool, qualifiers: &[&str], criteria: &str) -> String {
    let qualifier = |it: &&str| format!("<Qualifier uri=\"{INFORMATION}{it}\"></Qualifier>");
    let qualifiers: String = qualifiers.iter().map(qualifier).collect();
    format!(
        "<Extension Critical=\"{critical}\"><Qualifications \
         xmlns=\"http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#\"><QualificationElement><Qualifiers>\
         {qualifiers}</Qualifiers>{criteria}</QualificationElement></Qualifications></Extension>"
    )
}

impl MadePeriod {
    fn write(&self, name: &str, identity: &str) -> String {
        let additional = |it: &&str| {
            format!(
                "<Extension Critical=\"true\"><AdditionalServiceInformation><URI xml:lang=\"en\">{INFORMATION}{it}</URI>\
                 </AdditionalServiceInformation></Extension>"
            )
        };
        let additional: String = self.additional.iter().map(additional).collect();
        let (kind, status, from) = (self.kind, self.status, self.from);
        let extensions = &self.extensions;
        format!(
            "<{name}><ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/{kind}</ServiceTypeIdentifier>\
             <ServiceName><Name xml:lang=\"en\">A</Name></ServiceName>{identity}\
             <ServiceStatus>{STATUS}{status}</ServiceStatus><StatusStartingTime>{from}</StatusStartingTime>\
             <ServiceInformationExtensions>{additional}{extensions}</ServiceInformationExtensions></{name}>"
        )
    }
}

/// A service: its authority, and its periods, the present one first.
pub(super) type MadeService = (Certificate, Vec<MadePeriod>);

fn service((authority, periods): &MadeService) -> String {
    let der = BASE64_STANDARD.encode(authority.der());
    let identity = format!(
        "<ServiceDigitalIdentity><DigitalId><X509Certificate>{der}</X509Certificate></DigitalId></ServiceDigitalIdentity>"
    );
    let (first, history) = periods.split_first().unwrap();
    let history = history
        .iter()
        .map(|it| it.write("ServiceHistoryInstance", ""));
    let history: String = history.collect();
    let first = first.write("ServiceInformation", &identity);
    format!("<TSPService>{first}<ServiceHistory>{history}</ServiceHistory></TSPService>")
}

fn list(version: &str, services: &[MadeService]) -> String {
    let services: String = services.iter().map(service).collect();
    format!(
        "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\"><SchemeInformation>\
         <TSLVersionIdentifier>{version}</TSLVersionIdentifier><TSLSequenceNumber>7</TSLSequenceNumber>\
         <TSLType>{GENERIC}</TSLType><SchemeTerritory>XX</SchemeTerritory>\
         <ListIssueDateTime>2026-01-01T00:00:00Z</ListIssueDateTime><NextUpdate></NextUpdate></SchemeInformation>\
         <TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName><Name xml:lang=\"de\">B</Name>\
         <Name xml:lang=\"en\">A</Name></TSPName></TSPInformation><TSPServices>{services}</TSPServices>\
         </TrustServiceProvider></TrustServiceProviderList></TrustServiceStatusList>"
    )
}

/// Who signs, and the pointer that says so.
fn signer() -> (Certificate, Pointer) {
    let signer = Made::of("signer", 9, "signer", 9).certificate();
    let pointer = Pointer {
        location: "https://example.org/list.xml".to_owned(),
        kind: GENERIC.to_owned(),
        territory: "XX".to_owned(),
        media_type: "application/vnd.etsi.tsl+xml".to_owned(),
        signers: vec![signer.clone()],
    };
    (signer, pointer)
}

fn signed(text: &str, certificate: &Certificate, number: u8, xades: bool) -> String {
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
        xades,
    };
    signer.envelop(text)
}

/// A list of these services.
pub(super) fn verified(services: &[MadeService]) -> VerifiedList {
    let (certificate, pointer) = signer();
    let text = signed(&list("6", services), &certificate, 9, true);
    VerifiedList::pointed_to(&text, &pointer).unwrap()
}

#[test]
fn a_made_list_is_believed_when_its_signer_names_itself() {
    let (certificate, pointer) = signer();
    let authority = Made::root("authority", 1).certificate();
    let criteria = "<CriteriaList assert=\"all\"><KeyUsage><KeyUsageBit name=\"nonRepudiation\">true</KeyUsageBit></KeyUsage>\
                    </CriteriaList>";
    let qualified = MadePeriod {
        extensions: qualifications(true, &["QCWithQSCD"], criteria),
        ..MadePeriod::default()
    };
    let services = [(authority, vec![qualified, MadePeriod::default()])];
    let fault = |text: &str| VerifiedList::pointed_to(text, &pointer).unwrap_err();
    let list_6 = list("6", &services);
    let good = signed(&list_6, &certificate, 9, true);
    assert!(is_current("trusted_list", "made.xml", good.as_bytes()));
    let read = VerifiedList::pointed_to(&good, &pointer).unwrap();
    assert_eq!(read.list().services.first().unwrap().provider, "A");
    assert_eq!(read.list().next_update, None);
    // Without XAdES
    let plain = signed(&list_6, &certificate, 9, false);
    assert_eq!(fault(&plain), ListFault::Malformed("no signed properties"));
    // Another key; another certificate with the same key
    let forged = signed(&list_6, &certificate, 8, true);
    assert!(matches!(fault(&forged), ListFault::Signature(_)));
    let twin = Made::of("twin", 9, "twin", 9).certificate();
    let twin = signed(&list_6, &twin, 9, true);
    assert_eq!(fault(&twin), ListFault::Signer("twin".to_owned()));
    let future = signed(&list("7", &services), &certificate, 9, true);
    assert_eq!(fault(&future), ListFault::Version("7".to_owned()));
}
