//! The trusted lists of the European Union (TS 119 612 v2.1.1 and v2.4.1, formats 5 and 6), the list of these lists, and
//! what they say of a certificate (TS 119 615).

mod criteria;
mod qualified;
mod reading;
mod statements;
mod verified;

pub use criteria::{Assertion, Criteria, Criterion};
pub use qualified::{Answer, Answers, Qualified, QualifiedFor, Reason, qualified, qualified_at};
pub use verified::{LOTL_SIGNERS_2026, Signers, VerifiedList, through_pivots};

use crate::certificate::Certificate;
use serde::{Deserialize, Serialize};

/// A list as it says it is.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct TrustedList {
    /// 5 or 6.
    pub version: u32,
    /// TSLSequenceNumber: grows with every issue.
    pub sequence: u64,
    /// TSLType, a URI.
    pub kind: String,
    /// SchemeTerritory: `EE`; `EU` for the list of lists.
    pub territory: String,
    /// SchemeOperatorName, in English where it is there.
    pub operator: String,
    /// ListIssueDateTime, Unix seconds.
    pub issued: i64,
    /// NextUpdate, Unix seconds; `None`: it is closed and will not be issued again.
    pub next_update: Option<i64>,
    /// The addresses of SchemeInformationURI, in order; in the list of lists, of the pivots too.
    pub information: Vec<String>,
    /// Other lists.
    pub pointers: Vec<Pointer>,
    /// The services of all providers, in order.
    pub services: Vec<Service>,
}

/// What a list says of another one.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Pointer {
    /// TSLLocation, an address.
    pub location: String,
    /// TSLType, a URI.
    pub kind: String,
    /// SchemeTerritory.
    pub territory: String,
    /// MimeType; the same list is also there as a PDF.
    pub media_type: String,
    /// Whose signatures it may have.
    pub signers: Vec<Certificate>,
}

/// A service of a provider, as it is and as it was.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Service {
    /// TSPName, in English where it is there.
    pub provider: String,
    /// The certificates that it is known by (ServiceDigitalIdentity).
    pub certificates: Vec<Certificate>,
    /// What holds from when, in no particular order.
    pub periods: Vec<Period>,
}

/// What holds of a service from a time on: ServiceInformation, or a ServiceHistoryInstance.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Period {
    /// StatusStartingTime, Unix seconds.
    pub from: i64,
    /// ServiceTypeIdentifier, a URI.
    pub kind: String,
    /// ServiceName, in English where it is there.
    pub name: String,
    /// ServiceStatus, a URI.
    pub status: String,
    /// What its certificates are, which they need not say themselves.
    pub qualifications: Vec<Qualification>,
    /// AdditionalServiceInformation, URIs.
    pub additional: Vec<String>,
    /// A critical extension that is not known, so that nobody can say what the service is.
    pub unknown: Option<String>,
}

/// A QualificationElement: what certificates are that match the criteria.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Qualification {
    /// Qualifiers, URIs.
    pub qualifiers: Vec<String>,
    /// Which certificates.
    pub criteria: Criteria,
    /// Whether who does not understand the criteria must not use the service.
    pub critical: bool,
}

/// The type of the list of lists.
const LIST_OF_LISTS: &str = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists";

impl TrustedList {
    /// Whether it is the list of the others.
    pub fn is_list_of_lists(&self) -> bool {
        self.kind == LIST_OF_LISTS
    }

    /// Whether a new issue should have been there at `when` (Unix seconds). What it says is still what it said.
    pub fn is_outdated(&self, when: i64) -> bool {
        self.next_update.is_some_and(|until| until < when)
    }

    /// The pointers to lists in XML.
    pub fn xml_pointers(&self) -> impl Iterator<Item = &Pointer> {
        const XML: &str = "application/vnd.etsi.tsl+xml";
        self.pointers.iter().filter(|it| it.media_type == XML)
    }
}

impl Service {
    /// What holds of it at `when` (Unix seconds): the period that began last.
    pub fn at(&self, when: i64) -> Option<&Period> {
        let begun = self.periods.iter().filter(|it| it.from <= when);
        // Of periods that began together the first: ServiceInformation stands before the history.
        begun.rev().max_by_key(|it| it.from)
    }

    /// Whether it is this authority's: the same certificate, or the same key under the same name.
    pub fn is_of(&self, authority: &Certificate) -> bool {
        self.certificates.iter().any(|own| {
            // Names take longer to compare than keys.
            let same_key = || own.key().is(authority.key());
            own.der() == authority.der()
                || same_key() && own.subject().is(authority.subject().der())
        })
    }
}
