//! The list with its signature.

use super::{AccreditedList, reading::LIMITS};
use crate::{
    certificate::Certificate,
    trust::{
        Anchor, Evidence, Purpose, Requirements, Verdict,
        lists::{ListFault, reading::signature},
        validate,
    },
    xml::{
        Document,
        signature::{SignatureFault, Verified, XmlSignature},
    },
};
use serde::{Deserialize, Serialize};

/// The attribute for the ОГРН, the number under which the state knows an organisation.
const OGRN: &str = "1.2.643.100.1";

/// A list whose signature is right, and by the ministry.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct VerifiedAccreditedList {
    list: AccreditedList,
    signer: Certificate,
}

impl VerifiedAccreditedList {
    /// Reads the list. `anchors` are the roots of the ministry, and no others; `when` is now (Unix seconds), for the
    /// signer's certificate.
    ///
    /// Everybody's qualified certificate leads to these roots. The signer has to be the organisation that the root itself
    /// belongs to, by its ОГРН, or else any certificate of any person would do.
    ///
    /// # Errors
    /// [`ListFault`]
    pub fn verify(text: &str, anchors: &[Anchor], when: i64) -> Result<Self, ListFault> {
        let document = Document::parse(text, &LIMITS)?;
        let signature = signature(&document)?;
        let brought = signature.certificates();
        let (signer, verified) = signer(&signature, &brought)?;
        if !verified.covers_document() {
            return Err(ListFault::NotCovered);
        }
        let list = AccreditedList::read(document.root_element())?;
        let listed = list
            .certificates
            .iter()
            .filter_map(|it| it.certificate.as_ref());
        let evidence = Evidence::new(anchors, brought.iter().chain(listed));
        let requirements = Requirements {
            purpose: Purpose::Documents,
            ..Requirements::default()
        };
        let anchor = match validate(signer, &evidence, &requirements, when) {
            Verdict::Good(path) => path.anchor,
            Verdict::Refused(refusal) | Verdict::Unchecked(refusal) => {
                return Err(ListFault::SignerCertificate(Box::new(
                    refusal.finding.reason,
                )));
            }
        };
        let is_ministry = ogrn(signer).is_some_and(|it| ogrn(&anchor.certificate) == Some(it));
        if !is_ministry {
            return Err(ListFault::Signer(signer.view_without_key().owner));
        }
        let signer = signer.clone();
        Ok(Self { list, signer })
    }

    /// What it says.
    pub fn list(&self) -> &AccreditedList {
        &self.list
    }

    /// Whose signature it has.
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }
}

/// The one of these whose signature it is.
fn signer<'c, 'd>(
    signature: &XmlSignature<'d>,
    brought: &'c [Certificate],
) -> Result<(&'c Certificate, Verified<'d>), ListFault> {
    let mut fault = ListFault::Malformed("no certificate in the signature");
    for certificate in brought {
        match signature.verify(certificate.key()) {
            Ok(verified) => return Ok((certificate, verified)),
            // The certificates of its authorities have other keys.
            Err(SignatureFault::KeyMismatch | SignatureFault::SignatureInvalid)
                if matches!(fault, ListFault::Signature(_)) => {}
            Err(error) => fault = error.into(),
        }
    }
    Err(fault)
}

fn ogrn(certificate: &Certificate) -> Option<&str> {
    let mut attributes = certificate.subject().attributes().iter();
    let ogrn = attributes.find(|it| it.oid == OGRN)?;
    Some(&ogrn.value)
}
