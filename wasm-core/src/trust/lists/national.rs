//! The lists that are kept, and what they say of who issued a certificate.

use super::{
    european::{Answers, Service, VerifiedList, qualified},
    russian::{Accreditation, VerifiedAccreditedList},
};
use crate::{
    certificate::Certificate,
    trust::{Anchor, AnchorClass, AnchorList, Purpose},
};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, sync::Arc};

/// Whose list names accredited authorities rather than anchors.
const RUSSIA: &str = "RU";
/// Services whose certificates issue others: an anchor is none of the others' (TS 119 612 §5.5.1).
const ISSUING: [&str; 5] = [
    "http://uri.etsi.org/TrstSvc/Svctype/CA/QC",
    "http://uri.etsi.org/TrstSvc/Svctype/CA/PKC",
    "http://uri.etsi.org/TrstSvc/Svctype/NationalRootCA-QC",
    "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST",
    "http://uri.etsi.org/TrstSvc/Svctype/TSA",
];

/// A list whose signature is right.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum NationalList {
    /// Of a state of the European Union, or the list of these lists.
    European(VerifiedList),
    /// Of the authorities that are accredited in Russia.
    Russian(VerifiedAccreditedList),
}

/// What a state's list says of who issued a certificate whose path ends at one of that state's anchors.
#[derive(Clone, Debug)]
pub struct Recognition<'l> {
    /// Whose list: `RU`, `EE`.
    pub country: &'l str,
    /// The list; `None`: it is not here.
    pub list: Option<&'l NationalList>,
    /// What it says.
    pub says: Statement<'l>,
}

/// What a list says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Statement<'l> {
    /// Nothing: the list is not here.
    NotChecked,
    /// Whether the authority was accredited when it issued the certificate.
    Accreditation(Accreditation<'l>),
    /// Whether the certificate was qualified when it was issued, and at the time that is asked about.
    Qualification(Answers),
}

impl NationalList {
    /// Its name, for people: whose list it is.
    pub fn name(&self) -> String {
        match self {
            Self::European(list) => list.list().operator.clone(),
            Self::Russian(list) => list.signer().view_without_key().owner,
        }
    }

    /// Whose it is: `RU`, `EE`; `EU` for the list of lists.
    pub fn country(&self) -> &str {
        match self {
            Self::European(list) => &list.list().territory,
            Self::Russian(_) => RUSSIA,
        }
    }

    /// How its issues are counted.
    pub fn version(&self) -> u64 {
        match self {
            Self::European(list) => list.list().sequence,
            Self::Russian(list) => list.list().version,
        }
    }

    /// Of when it is, Unix seconds.
    pub fn date(&self) -> i64 {
        match self {
            Self::European(list) => list.list().issued,
            Self::Russian(list) => list.list().date,
        }
    }

    /// When the next issue should be there, Unix seconds, if it says so.
    pub fn next_update(&self) -> Option<i64> {
        match self {
            Self::European(list) => list.list().next_update,
            Self::Russian(_) => None,
        }
    }

    /// Whose signature it has.
    pub fn signer(&self) -> &Certificate {
        match self {
            Self::European(list) => list.signer(),
            Self::Russian(list) => list.signer(),
        }
    }

    /// Whether it only says who signs the others.
    pub fn is_list_of_lists(&self) -> bool {
        match self {
            Self::European(list) => list.list().is_list_of_lists(),
            Self::Russian(_) => false,
        }
    }

    /// The authorities that paths may end at. The Russian list has none: the roots of the ministry are part of the
    /// program, and being in the list is not being accredited.
    pub fn anchors(&self) -> Vec<Anchor> {
        let Self::European(list) = self else {
            return Vec::new();
        };
        let named = AnchorList {
            name: self.name(),
            country: Some(self.country().to_owned()),
        };
        let issuing = list.list().services.iter().filter(|it| issues(it));
        let certificates = issuing.flat_map(|it| &it.certificates);
        let mut known = HashSet::new();
        certificates
            .filter(|it| Anchor::may_be(it) && known.insert(it.der()))
            .map(|it| Anchor::new(it.clone(), AnchorClass::National).of_list(named.clone()))
            .collect()
    }

    /// Certificates that may stand between an anchor and others; nothing is believed of them.
    pub fn intermediates(&self) -> impl Iterator<Item = &Certificate> {
        let listed = match self {
            Self::European(_) => &[][..],
            Self::Russian(list) => &list.list().certificates,
        };
        listed.iter().filter_map(|it| it.certificate.as_ref())
    }
}

/// Whether a service is, or was, one whose certificates issue others.
fn issues(service: &Service) -> bool {
    let mut periods = service.periods.iter();
    periods.any(|period| ISSUING.contains(&&*period.kind))
}

impl<'l> Recognition<'l> {
    /// What these lists say of who issued the first certificate of a path; `when` is what is asked about (Unix seconds).
    /// `None` where no list says anything of such certificates: those of authorities, of purposes other than signatures,
    /// and of anchors that no state with a list vouches for.
    pub fn of(
        lists: &'l [Arc<NationalList>],
        path: &[&Certificate],
        anchor: &'l Anchor,
        purpose: Purpose,
        when: i64,
    ) -> Option<Self> {
        let is_asked = matches!(purpose, Purpose::Any | Purpose::Documents | Purpose::Mail);
        let [certificate, issuer, ..] = path else {
            return None;
        };
        if anchor.class != AnchorClass::National || !is_asked || certificate.is_authority() {
            return None;
        }
        let country = anchor.list.as_ref()?.country.as_deref()?;
        let list = lists.iter().map(AsRef::as_ref);
        let list = list
            .into_iter()
            .find(|it: &&NationalList| it.country() == country);
        let (issued, _) = certificate.validity();
        let says = match list {
            Some(NationalList::Russian(list)) => {
                Statement::Accreditation(list.accreditation(issuer, issued))
            }
            Some(NationalList::European(list)) => {
                Statement::Qualification(qualified(&[list], path, when))
            }
            None if country == RUSSIA => Statement::NotChecked,
            None => return None,
        };
        Some(Self {
            country,
            list,
            says,
        })
    }
}
