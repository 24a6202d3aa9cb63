//! Whether an authority was accredited when it issued a certificate.

use super::{Authority, ListedCertificate, VerifiedAccreditedList};
use crate::{algorithm::DigestAlgorithm, certificate::Certificate};

/// What the list says of an authority at a time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Accreditation<'l> {
    /// It was accredited.
    Accredited {
        /// Who.
        authority: &'l Authority,
        /// Since when, Unix seconds.
        since: i64,
    },
    /// It was not.
    NotAccredited {
        /// Who.
        authority: &'l Authority,
        /// Its status, as it is written; `None`: its first one begins later.
        status: Option<&'l str>,
    },
    /// The list does not have it.
    NotListed,
    /// The list says several things, or times that cannot be read.
    Unclear,
}

impl VerifiedAccreditedList {
    /// What the list says of the authority whose certificate `issuer` is, for the time at which it issued something (Unix
    /// seconds): by the certificate itself, else by its fingerprint where the list's copy cannot be read, else by its key,
    /// which several certificates may have.
    pub fn accreditation(&self, issuer: &Certificate, issued: i64) -> Accreditation<'_> {
        let fingerprint = DigestAlgorithm::Sha1.digest(issuer.der());
        let same = |it: &Certificate| it.der() == issuer.der();
        let is_same = |it: &ListedCertificate| it.certificate.as_ref().is_some_and(same);
        let is_unread = |it: &ListedCertificate| {
            it.certificate.is_none() && it.fingerprint == fingerprint.hex()
        };
        let has_key = |it: &ListedCertificate| {
            let key = it.certificate.as_ref().map(Certificate::key);
            key.is_some_and(|key| key.is(issuer.key()))
        };
        let mut answers = self.answers(is_same, issued);
        if answers.is_empty() {
            answers = self.answers(is_unread, issued);
        }
        if answers.is_empty() {
            answers = self.answers(has_key, issued);
        }
        let mut answers = answers.into_iter();
        let first = answers.next().unwrap_or(Accreditation::NotListed);
        match answers.all(|it| it == first) {
            true => first,
            false => Accreditation::Unclear,
        }
    }

    fn answers(
        &self,
        is_meant: impl Fn(&ListedCertificate) -> bool,
        issued: i64,
    ) -> Vec<Accreditation<'_>> {
        let list = self.list();
        let meant = list.certificates.iter().filter(|it| is_meant(it));
        let authorities = meant.filter_map(|it| list.authorities.get(it.authority));
        authorities.map(|it| it.at(issued)).collect()
    }
}

impl Authority {
    /// The status that began last.
    fn at(&self, when: i64) -> Accreditation<'_> {
        let mut latest_first = self.statuses.iter().rev();
        match latest_first.find(|it| it.from <= when) {
            _ if self.is_unclear => Accreditation::Unclear,
            Some(status) if status.is_accredited() => Accreditation::Accredited {
                authority: self,
                since: status.from,
            },
            status => Accreditation::NotAccredited {
                authority: self,
                status: status.map(|it| &*it.text),
            },
        }
    }
}
