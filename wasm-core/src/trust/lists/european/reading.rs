//! The XML of a trusted list (TS 119 612 §5).

use super::{
    Period, Pointer, Qualification, Service, TrustedList,
    criteria::{Criteria, QUALIFICATIONS},
};
use crate::{
    asn1_time,
    certificate::Certificate,
    trust::lists::{
        ListFault,
        reading::{child, children, text},
    },
    xml::{Document, Limits, Node, base64},
};

/// The namespace of trusted lists, and the one of what was added to them.
const TSL: &str = "http://uri.etsi.org/02231/v2#";
pub(super) const ADDITIONAL: &str = "http://uri.etsi.org/02231/v2/additionaltypes#";
/// Extensions that say nothing about whether a certificate is qualified at a time, though they are critical.
const HARMLESS: [&str; 2] = ["ExpiredCertsRevocationInfo", "TakenOverBy"];

/// Formats that are read. Others may mean something else by the same elements.
const VERSIONS: [u32; 2] = [5, 6];

impl TrustedList {
    /// Reads a list without asking who signed it: it says what it says, and is not to be believed.
    ///
    /// # Errors
    /// `Malformed`, `Version`, `Xml`
    pub fn unverified(text: &str) -> Result<Self, ListFault> {
        let document = Document::parse(text, &Limits::default())?;
        Self::read(document.root_element())
    }

    /// # Errors
    /// `Malformed`, `Version`
    pub(super) fn read(root: Node<'_>) -> Result<Self, ListFault> {
        if !root.has_tag_name((TSL, "TrustServiceStatusList")) {
            return Err(ListFault::Malformed("no TrustServiceStatusList"));
        }
        let scheme = child(root, (TSL, "SchemeInformation"));
        let scheme = scheme.ok_or(ListFault::Malformed("no SchemeInformation"))?;
        let field = |name: &'static str| {
            let field = child(scheme, (TSL, name)).map(text);
            field.ok_or(ListFault::Malformed(name))
        };
        let version = field("TSLVersionIdentifier")?;
        let known = version.parse().ok().filter(|it| VERSIONS.contains(it));
        let pointers = child(scheme, (TSL, "PointersToOtherTSL"));
        let pointers = pointers.into_iter();
        let pointers = pointers.flat_map(|it| children(it, (TSL, "OtherTSLPointer")));
        let sequence = field("TSLSequenceNumber")?.parse();
        let next = child(scheme, (TSL, "NextUpdate"));
        let next = next.and_then(|it| child(it, (TSL, "dateTime"))).map(text);
        let operator = child(scheme, (TSL, "SchemeOperatorName"));
        let information = child(scheme, (TSL, "SchemeInformationURI")).into_iter();
        let information = information.flat_map(|it| children(it, (TSL, "URI")));
        let next_update = match next.as_deref() {
            None | Some("") => None,
            Some(next) => Some(time(next)?),
        };
        Ok(Self {
            version: known.ok_or(ListFault::Version(version))?,
            sequence: sequence.map_err(|_| ListFault::Malformed("TSLSequenceNumber"))?,
            kind: field("TSLType")?,
            territory: field("SchemeTerritory")?,
            operator: operator.map(english).unwrap_or_default(),
            issued: time(&field("ListIssueDateTime")?)?,
            next_update,
            information: information.map(text).collect(),
            pointers: pointers.map(pointer).collect(),
            services: services(root)?,
        })
    }
}

fn time(text: &str) -> Result<i64, ListFault> {
    asn1_time::from_text(text).ok_or(ListFault::Malformed("a time"))
}

/// The Name in English, or else the first.
fn english(names: Node<'_>) -> String {
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    let is_english = |it: &Node<'_>| it.attribute((XML, "lang")) == Some("en");
    let english = children(names, (TSL, "Name")).find(is_english);
    let name = english.or_else(|| child(names, (TSL, "Name")));
    name.map(text).unwrap_or_default()
}

/// ```text
/// OtherTSLPointer ::= ServiceDigitalIdentities TSLLocation AdditionalInformation
/// ```
fn pointer(pointer: Node<'_>) -> Pointer {
    let identities = child(pointer, (TSL, "ServiceDigitalIdentities")).into_iter();
    let identities = identities.flat_map(|it| children(it, (TSL, "ServiceDigitalIdentity")));
    let information = child(pointer, (TSL, "AdditionalInformation")).into_iter();
    let information = information.flat_map(|it| children(it, (TSL, "OtherInformation")));
    let information: Vec<Node<'_>> = information.collect();
    let find = |namespace: &'static str, name: &'static str| {
        let mut all = information.iter();
        let found = all.find_map(|it| child(*it, (namespace, name)));
        found.map(text).unwrap_or_default()
    };
    Pointer {
        location: child(pointer, (TSL, "TSLLocation"))
            .map(text)
            .unwrap_or_default(),
        kind: find(TSL, "TSLType"),
        territory: find(TSL, "SchemeTerritory"),
        media_type: find(ADDITIONAL, "MimeType"),
        signers: identities.flat_map(identity).collect(),
    }
}

/// The certificates of a ServiceDigitalIdentity. What cannot be read names nobody. Key identifiers and names without a
/// certificate are not read: anybody can write them into a certificate of their own.
fn identity(identity: Node<'_>) -> Vec<Certificate> {
    let all = children(identity, (TSL, "DigitalId"));
    let all = all.flat_map(|it| children(it, (TSL, "X509Certificate")));
    let certificates = all.filter_map(|it| Certificate::parse(&base64(&text(it))?).ok());
    certificates.collect()
}

fn services(root: Node<'_>) -> Result<Vec<Service>, ListFault> {
    let providers = child(root, (TSL, "TrustServiceProviderList")).into_iter();
    let providers = providers.flat_map(|it| children(it, (TSL, "TrustServiceProvider")));
    let mut all = Vec::new();
    for provider in providers {
        let name = child(provider, (TSL, "TSPInformation"));
        let name = name.and_then(|it| child(it, (TSL, "TSPName")));
        let name = name.map(english).unwrap_or_default();
        let services = child(provider, (TSL, "TSPServices")).into_iter();
        for service in services.flat_map(|it| children(it, (TSL, "TSPService"))) {
            all.push(read_service(service, &name)?);
        }
    }
    Ok(all)
}

fn read_service(service: Node<'_>, provider: &str) -> Result<Service, ListFault> {
    let information = child(service, (TSL, "ServiceInformation"));
    let information = information.ok_or(ListFault::Malformed("ServiceInformation"))?;
    let history = child(service, (TSL, "ServiceHistory")).into_iter();
    let history = history.flat_map(|it| children(it, (TSL, "ServiceHistoryInstance")));
    let certificates = child(information, (TSL, "ServiceDigitalIdentity")).map(identity);
    let periods = [information].into_iter().chain(history).map(period);
    Ok(Service {
        provider: provider.to_owned(),
        certificates: certificates.unwrap_or_default(),
        periods: periods.collect::<Result<_, _>>()?,
    })
}

fn period(information: Node<'_>) -> Result<Period, ListFault> {
    let field = |name: &'static str| {
        let field = child(information, (TSL, name)).map(text);
        field.ok_or(ListFault::Malformed(name))
    };
    let mut period = Period {
        from: time(&field("StatusStartingTime")?)?,
        kind: field("ServiceTypeIdentifier")?,
        name: child(information, (TSL, "ServiceName"))
            .map(english)
            .unwrap_or_default(),
        status: field("ServiceStatus")?,
        qualifications: Vec::new(),
        additional: Vec::new(),
        unknown: None,
    };
    let extensions = child(information, (TSL, "ServiceInformationExtensions")).into_iter();
    for extension in extensions.flat_map(|it| children(it, (TSL, "Extension"))) {
        let critical = matches!(extension.attribute("Critical"), Some("true" | "1"));
        for content in extension.children().filter(Node::is_element) {
            period.take(content, critical);
        }
    }
    Ok(period)
}

impl Period {
    fn take(&mut self, extension: Node<'_>, critical: bool) {
        let name = extension.tag_name();
        if extension.has_tag_name((QUALIFICATIONS, "Qualifications")) {
            let all = children(extension, (QUALIFICATIONS, "QualificationElement"));
            let read = all.map(|it| qualification(it, critical));
            self.qualifications.extend(read);
        } else if extension.has_tag_name((TSL, "AdditionalServiceInformation")) {
            self.additional
                .extend(child(extension, (TSL, "URI")).map(text));
        } else if critical && !HARMLESS.contains(&name.name()) {
            self.unknown = Some(name.name().to_owned());
        }
    }
}

fn qualification(element: Node<'_>, critical: bool) -> Qualification {
    let qualifiers = child(element, (QUALIFICATIONS, "Qualifiers")).into_iter();
    let qualifiers = qualifiers.flat_map(|it| children(it, (QUALIFICATIONS, "Qualifier")));
    let qualifiers = qualifiers.filter_map(|it| it.attribute("uri"));
    let criteria = child(element, (QUALIFICATIONS, "CriteriaList"));
    Qualification {
        qualifiers: qualifiers.map(|it| it.trim().to_owned()).collect(),
        criteria: criteria.map_or_else(Criteria::unknown, Criteria::read),
        critical,
    }
}
