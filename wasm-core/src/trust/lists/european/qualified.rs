//! Whether a certificate is qualified at a time (TS 119 615 §4.4): by the service that issued it as it was then.

use super::{Period, VerifiedList, statements::Statements};
use crate::certificate::Certificate;
use serde::{Deserialize, Serialize};

/// The regulation applies from here on: 2016-07-01 in Brussels, where the lists have their days from, Unix seconds.
const REGULATION: i64 = 1_467_324_000;

const CERTIFICATES: &str = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC";
const TIMESTAMPS: &str = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST";
const STATUS: &str = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/";
const GRANTED: &str = "granted";
/// What "granted" was called under the directive.
const BEFORE_REGULATION: [&str; 3] = ["undersupervision", "supervisionincessation", "accredited"];
const INFORMATION: &str = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/";

/// What a certificate or a timestamp is qualified for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum QualifiedFor {
    /// Electronic signatures of people.
    Signatures,
    /// Electronic seals of organisations.
    Seals,
    /// The authentication of websites.
    Websites,
    /// Timestamps.
    Timestamps,
}

/// Qualifier of a certificate, name of the service information, and what both mean.
const TYPES: [(&str, &str, QualifiedFor); 3] = [
    ("QCForESig", "ForeSignatures", QualifiedFor::Signatures),
    ("QCForESeal", "ForeSeals", QualifiedFor::Seals),
    (
        "QCForWSA",
        "ForWebSiteAuthentication",
        QualifiedFor::Websites,
    ),
];
const WITH_DEVICE: [&str; 3] = ["QCWithQSCD", "QCWithSSCD", "QCQSCDManagedOnBehalf"];
const WITHOUT_DEVICE: [&str; 2] = ["QCNoQSCD", "QCNoSSCD"];

/// What a certificate is qualified for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Qualified {
    /// What for.
    pub purpose: QualifiedFor,
    /// Whether its key is in a qualified device, so that a signature is a qualified one and no advanced one.
    pub device: bool,
}

/// Whether a certificate is qualified.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(
    any(test, feature = "typescript"),
    derive(ts_rs::TS),
    ts(export, rename = "QualificationAnswer")
)]
#[serde(tag = "state", content = "detail", rename_all = "kebab-case")]
pub enum Answer {
    /// It is.
    Yes(Qualified),
    /// It is not.
    No(Reason),
    /// The lists do not say clearly.
    NotDeterminable(Reason),
}

/// Why a certificate is not, or not certainly, qualified.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(
    any(test, feature = "typescript"),
    derive(ts_rs::TS),
    ts(export, rename = "QualificationReason")
)]
#[serde(tag = "code", content = "what", rename_all = "kebab-case")]
pub enum Reason {
    /// No list names any authority of its path.
    AuthorityNotListed,
    /// Its authority was no listed service of this kind then.
    ServiceNotListedThen,
    /// The service is not one for certificates of its type.
    TypeNotCovered,
    /// The service had another status than is needed: the last part of its URI.
    Status(String),
    /// Neither the certificate nor the list says that it is qualified.
    NotClaimed,
    /// The list says that it is not.
    DeniedByList,
    /// It was issued to a legal person, which was not qualified under the directive.
    LegalPerson,
    /// Several services, or both times, say different things.
    Conflict,
    /// The qualifiers of the list exclude each other.
    QualifiersContradict,
    /// It has several types.
    TypeAmbiguous,
    /// The list has criteria that Tamga does not know, and that must not be passed over.
    CriteriaUnknown,
    /// The service has a critical extension that Tamga does not know.
    ExtensionUnknown(String),
    /// The QCStatements cannot be read.
    StatementsMalformed,
}

/// The answers for the two times at which a certificate has to be qualified.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answers {
    /// When it was issued.
    pub at_issuance: Answer,
    /// When it was signed with.
    pub at_signing: Answer,
}

impl Answers {
    /// What both come to.
    pub fn both(&self) -> Answer {
        match (&self.at_issuance, &self.at_signing) {
            (Answer::No(reason), _) | (_, Answer::No(reason)) => Answer::No(reason.clone()),
            (Answer::NotDeterminable(reason), _) | (_, Answer::NotDeterminable(reason)) => {
                Answer::NotDeterminable(reason.clone())
            }
            (Answer::Yes(issued), Answer::Yes(signed)) if issued.purpose == signed.purpose => {
                Answer::Yes(Qualified {
                    purpose: issued.purpose,
                    device: issued.device && signed.device,
                })
            }
            (Answer::Yes(_), Answer::Yes(_)) => Answer::NotDeterminable(Reason::Conflict),
        }
    }
}

/// Whether the first certificate of a path is qualified: when it was issued, and at `signed`, the best time that is known
/// of the signature (Unix seconds). The path has to be one that was found good.
pub fn qualified(lists: &[&VerifiedList], path: &[&Certificate], signed: i64) -> Answers {
    let issued = path.first().map_or(signed, |it| it.validity().0);
    Answers {
        at_issuance: qualified_at(lists, path, QualifiedFor::Signatures, issued),
        at_signing: qualified_at(lists, path, QualifiedFor::Signatures, signed),
    }
}

/// The same for one time. `purpose` only tells timestamps from certificates, which say themselves what they are for.
pub fn qualified_at(
    lists: &[&VerifiedList],
    path: &[&Certificate],
    purpose: QualifiedFor,
    when: i64,
) -> Answer {
    let timestamps = purpose == QualifiedFor::Timestamps;
    let services = || lists.iter().flat_map(|it| &it.list().services);
    // The authority nearest to the certificate; a unit that signs timestamps may be listed itself.
    let mut listed = path.iter().skip(usize::from(!timestamps && path.len() > 1));
    let Some(authority) = listed.find(|it| services().any(|own| own.is_of(it))) else {
        return Answer::No(Reason::AuthorityNotListed);
    };
    let own = services().filter(|it| it.is_of(authority));
    let kind = if timestamps { TIMESTAMPS } else { CERTIFICATES };
    let then = own
        .filter_map(|it| it.at(when))
        .filter(|it| it.kind == kind);
    let then: Vec<&Period> = then.collect();
    if then.is_empty() {
        return Answer::No(Reason::ServiceNotListedThen);
    }
    let answers = then
        .iter()
        .filter_map(|period| match (timestamps, path.first()) {
            (false, Some(certificate)) => period.answer(certificate, when),
            _ => Some(period.of_timestamps(when)),
        });
    let answers: Vec<Answer> = answers.collect();
    match &*answers {
        [] => Answer::No(Reason::TypeNotCovered),
        [first, others @ ..] if others.iter().all(|it| it == first) => first.clone(),
        _ => Answer::NotDeterminable(Reason::Conflict),
    }
}

impl Period {
    fn of_timestamps(&self, when: i64) -> Answer {
        if let Some(extension) = &self.unknown {
            return Answer::NotDeterminable(Reason::ExtensionUnknown(extension.clone()));
        }
        let qualified = Qualified {
            purpose: QualifiedFor::Timestamps,
            device: false,
        };
        self.status_at(when)
            .map_or(Answer::Yes(qualified), Answer::No)
    }

    /// What the service says of a certificate that it issued; `None` if it is not one for certificates of that type.
    fn answer(&self, certificate: &Certificate, when: i64) -> Option<Answer> {
        let undetermined = |reason| Some(Answer::NotDeterminable(reason));
        if let Some(extension) = &self.unknown {
            return undetermined(Reason::ExtensionUnknown(extension.clone()));
        }
        let Some(statements) = Statements::of(certificate) else {
            return undetermined(Reason::StatementsMalformed);
        };
        let qualifiers = match self.qualifiers(certificate) {
            Ok(qualifiers) => qualifiers,
            Err(reason) => return undetermined(reason),
        };
        let purpose = match purpose(&qualifiers, &statements) {
            Ok(purpose) => purpose,
            Err(reason) => return undetermined(reason),
        };
        if when >= REGULATION && !self.covers(purpose) {
            return None;
        }
        if let Some(reason) = self.status_at(when) {
            return Some(Answer::No(reason));
        }
        let is_old = when < REGULATION;
        let claimed = statements.compliance || is_old && statements.by_policy;
        let has = |name: &str| qualifiers.contains(&name);
        Some(match () {
            () if has("NotQualified") && has("QCStatement") => {
                Answer::NotDeterminable(Reason::QualifiersContradict)
            }
            () if has("NotQualified") => Answer::No(Reason::DeniedByList),
            () if has("QCForLegalPerson") => Answer::No(Reason::LegalPerson),
            () if !has("QCStatement") && !claimed => Answer::No(Reason::NotClaimed),
            () => {
                let own = statements.device || is_old && statements.device_by_policy;
                match device(&qualifiers, own) {
                    Ok(device) => Answer::Yes(Qualified { purpose, device }),
                    Err(reason) => Answer::NotDeterminable(reason),
                }
            }
        })
    }

    /// The qualifiers that are a certificate's, by the last parts of their URIs.
    fn qualifiers(&self, certificate: &Certificate) -> Result<Vec<&str>, Reason> {
        let mut all = Vec::new();
        for qualification in &self.qualifications {
            match qualification.criteria.hold(certificate) {
                Some(true) => all.extend(
                    qualification
                        .qualifiers
                        .iter()
                        .filter_map(|it| it.strip_prefix(INFORMATION)),
                ),
                None if qualification.critical => return Err(Reason::CriteriaUnknown),
                Some(false) | None => {}
            }
        }
        Ok(all)
    }

    /// Whether the service is one for certificates of this type, which is said since the regulation.
    fn covers(&self, purpose: QualifiedFor) -> bool {
        let covers = |uri: &String| {
            let name = uri.strip_prefix(INFORMATION).unwrap_or_default();
            TYPES.iter().any(|row| row.1 == name && row.2 == purpose)
        };
        self.additional.iter().any(covers)
    }

    /// What is wrong with its status.
    fn status_at(&self, when: i64) -> Option<Reason> {
        let status = self.status.strip_prefix(STATUS).unwrap_or(&self.status);
        let old = when < REGULATION && BEFORE_REGULATION.contains(&status);
        (status != GRANTED && !old).then(|| Reason::Status(status.to_owned()))
    }
}

fn purpose(qualifiers: &[&str], statements: &Statements) -> Result<QualifiedFor, Reason> {
    let listed = TYPES.iter().filter(|row| qualifiers.contains(&row.0));
    let listed: Vec<QualifiedFor> = listed.map(|row| row.2).collect();
    match (&*listed, &*statements.types) {
        ([one], _) | ([], [one]) => Ok(*one),
        ([], []) => Ok(QualifiedFor::Signatures),
        _ => Err(Reason::TypeAmbiguous),
    }
}

/// Whether the key is in a qualified device: as the list says, or else as the certificate does.
fn device(qualifiers: &[&str], own: bool) -> Result<bool, Reason> {
    let has = |names: &[&str]| names.iter().any(|it| qualifiers.contains(it));
    match (has(&WITH_DEVICE), has(&WITHOUT_DEVICE)) {
        (true, true) => Err(Reason::QualifiersContradict),
        (true, false) => Ok(true),
        (false, true) => Ok(false),
        (false, false) => Ok(own),
    }
}
