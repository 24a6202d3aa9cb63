//! Lists whose signatures are right and by whom they may be.

use super::{LIST_OF_LISTS, Pointer, TrustedList};
use crate::{
    certificate::Certificate,
    trust::lists::{ListFault, reading::signature},
    xml::{
        Document, Limits,
        signature::{SignatureFault, Verified, xades::SignedProperties},
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who signs the list of lists since 2026: SHA-256 of the certificates in the Official Journal, C/2026/1944.
pub const LOTL_SIGNERS_2026: [&str; 6] = [
    "c0641c4f7d56c431b1c924742db7fce9c1eef7d7fd212113a2768486b3abcdc5",
    "e0a620fbb6747362bb933ac44169d676a553444716cf5f31605f12a22b8396b1",
    "df7e29360c34b2b8d6d5f40325c1d4d12c9922cecd33b7407674a74b2b3ca1e5",
    "b63d416744e7098bf9ec2caa596a93bc2468e37f8284ba65ecc061711bcbaa18",
    "236103f03a8031ae8f47f9059bf8de38564cdbfebedde4a597d50f8980aa653b",
    "d2064fdd70f6982dcc516b86d9d5c56aea939417c624b2e478c0b29de54f8474",
];

/// Whose signatures a list may have: ids of certificates, SHA-256 of their DER in lower-case hex.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Signers(BTreeSet<String>);

/// A list whose signature is right, and by somebody who may sign it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct VerifiedList {
    list: TrustedList,
    signer: Certificate,
    signing_time: Option<i64>,
}

impl Signers {
    /// Those of the list of lists, as Tamga knows them.
    pub fn of_the_list_of_lists() -> Self {
        Self(LOTL_SIGNERS_2026.map(str::to_owned).into())
    }

    /// The same, and those with these ids.
    #[must_use]
    pub fn with(mut self, ids: impl IntoIterator<Item = String>) -> Self {
        self.0.extend(ids);
        self
    }

    /// These.
    pub fn new<'c>(certificates: impl IntoIterator<Item = &'c Certificate>) -> Self {
        Self(certificates.into_iter().map(Certificate::id).collect())
    }
}

impl VerifiedList {
    /// Reads the list of lists.
    ///
    /// # Errors
    /// [`ListFault`]
    pub fn list_of_lists(text: &str, signers: &Signers) -> Result<Self, ListFault> {
        let verified = Self::verify(text, signers)?;
        match verified.list.is_list_of_lists() {
            true => Ok(verified),
            false => Err(ListFault::Other(verified.list.kind)),
        }
    }

    /// Reads the list that a pointer of the list of lists leads to.
    ///
    /// # Errors
    /// [`ListFault`], also where it is another country's or of another type.
    pub fn pointed_to(text: &str, pointer: &Pointer) -> Result<Self, ListFault> {
        let verified = Self::verify(text, &Signers::new(&pointer.signers))?;
        let (found, expected) = (&verified.list, pointer);
        match (&*found.territory, &*found.kind) == (&*expected.territory, &*expected.kind) {
            true => Ok(verified),
            false => Err(ListFault::Other(format!(
                "{} {}",
                found.territory, found.kind
            ))),
        }
    }

    /// TS 119 612 §5.7.1: one enveloped signature over the whole list, with XAdES naming the signer's certificate.
    fn verify(text: &str, signers: &Signers) -> Result<Self, ListFault> {
        let document = Document::parse(text, &Limits::default())?;
        let signature = signature(&document)?;
        let brought = signature.certificates();
        let may_sign = |it: &&Certificate| signers.0.contains(&it.id());
        let Some(signer) = brought.iter().find(may_sign) else {
            let first = brought.first().map(|it| it.view_without_key().owner);
            return Err(ListFault::Signer(first.unwrap_or_default()));
        };
        let verified = signature.verify(signer.key())?;
        if !verified.covers_document() {
            return Err(ListFault::NotCovered);
        }
        let properties = properties(&verified, signer)?;
        Ok(Self {
            list: TrustedList::read(document.root_element())?,
            signer: signer.clone(),
            signing_time: properties.signing_time,
        })
    }

    /// What it says.
    pub fn list(&self) -> &TrustedList {
        &self.list
    }

    /// Whose signature it has.
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// When the signer says that it was signed, Unix seconds.
    pub fn signing_time(&self) -> Option<i64> {
        self.signing_time
    }

    /// Who may sign the issue of the list of lists that comes after this one.
    pub fn next_signers(&self) -> Signers {
        let own = self
            .list
            .xml_pointers()
            .filter(|it| it.kind == LIST_OF_LISTS);
        Signers::new(own.flat_map(|it| &it.signers))
    }
}

/// Reads the list of lists by way of its pivots, the oldest first: each is signed by whom the one before names (Decision
/// 2015/1505, article 4), the first by `signers`.
///
/// # Errors
/// [`ListFault`], the first.
pub fn through_pivots(
    pivots: &[&str],
    list: &str,
    signers: Signers,
) -> Result<VerifiedList, ListFault> {
    let mut signers = signers;
    for pivot in pivots {
        signers = VerifiedList::list_of_lists(pivot, &signers)?.next_signers();
    }
    VerifiedList::list_of_lists(list, &signers)
}

/// The signed properties, which have to name the signer's certificate.
fn properties(
    verified: &Verified<'_>,
    signer: &Certificate,
) -> Result<SignedProperties, ListFault> {
    let properties = SignedProperties::of(verified)?;
    let properties = properties.ok_or(ListFault::Malformed("no signed properties"))?;
    let first = properties.signing_certificates.first();
    let first = first.ok_or(ListFault::Malformed("no SigningCertificate"))?;
    match first.is_of(signer) {
        Some(true) => Ok(properties),
        Some(false) => Err(ListFault::Signer("SigningCertificate".to_owned())),
        None => Err(SignatureFault::AlgorithmUnsupported(first.algorithm.clone()).into()),
    }
}
