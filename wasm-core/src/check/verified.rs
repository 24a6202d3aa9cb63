//! What verifying found of signatures, whomever one trusts: it is done once, and judged as often as more is known.

use super::{
    conclusions::of_signature,
    judging::{self, Judge},
    trust_inputs::{Layers, TrustInputs},
};
use crate::{
    certificate::Certificate,
    cms::{Embedded, SignerDetails},
    format::{Document, SignatureState, Signed, SignerVerdict},
    protocol::{CheckedSigner, CheckedTimestamp, Conclusion, Indication},
    trust::{
        Evidence,
        revocation::{Crl, OcspAnswer, RevocationList, Sources},
    },
};

/// The signers of one signature.
#[derive(Debug)]
pub(super) struct VerifiedSigned {
    signers: Vec<(SignerVerdict, SignerDetails)>,
    /// Those that came with the signature, and those that were given: any may be on a path.
    certificates: Vec<Certificate>,
    /// What came with the signature.
    inside: Embedded,
}

impl VerifiedSigned {
    /// Verifies every signer; their certificates are looked for in `known` (DER), too.
    pub(super) fn new<'d>(
        signed: &'d Signed,
        document: Option<&'d mut (dyn Document + 'd)>,
        known: &[Vec<u8>],
    ) -> Self {
        let inside = signed.embedded();
        let signers = signed.signers(document, known);
        // Signers' certificates may be among what was added.
        let inside = signers.iter().fold(inside, |all, (_, details)| {
            let stamps = details.timestamps.iter();
            stamps.fold(all.with(details.embedded.clone()), |all, stamp| {
                all.with(stamp.embedded.clone())
            })
        });
        let ders = known.iter().chain(&inside.certificates);
        let certificates = ders.filter_map(|der| Certificate::parse(der).ok());
        Self {
            certificates: certificates.collect(),
            signers,
            inside,
        }
    }

    pub(super) fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// What each signer comes to.
    pub(super) fn judge(&self, trust: Option<&TrustInputs<'_>>, time: i64) -> Vec<CheckedSigner> {
        let Some(trust) = trust else {
            let signers = self.signers.iter();
            return signers
                .map(|(verdict, details)| untrusted(verdict, details, &self.inside))
                .collect();
        };
        let lists = self.inside.lists.iter();
        let lists: Vec<_> = lists.filter_map(|der| Crl::parse(der).ok()).collect();
        let inside: Vec<_> = lists
            .iter()
            .map(|it| -> &dyn RevocationList { it })
            .collect();
        let answers: Vec<_> = self.inside.answers.iter().map(given).collect();
        let all_lists = [&*inside, &trust.lists].concat();
        let all_answers = [&*answers, &trust.answers].concat();
        let untrusted = trust.certificates.iter().chain(&self.certificates);
        let anchors = trust.anchors.iter().map(|it| &it.certificate);
        let signers: Vec<_> = anchors.chain(untrusted.clone()).collect();
        let evidence = Evidence::new(trust.anchors, untrusted).with_lists(trust.national);
        let sources = |lists, answers| Sources {
            lists,
            answers,
            signers: &signers,
        };
        let layers = Layers::new(
            &evidence,
            sources(&inside, &answers),
            sources(&all_lists, &all_answers),
            trust,
        );
        let judge = Judge {
            layers: &layers,
            inside: &self.inside,
            revocation: trust.revocation,
            time,
        };
        let signers = self.signers.iter();
        signers
            .map(|(verdict, details)| judge.signer(verdict, details))
            .collect()
    }
}

/// An answer that somebody gave.
pub(super) fn given(der: &Vec<u8>) -> OcspAnswer<'_> {
    OcspAnswer {
        der,
        requested: None,
    }
}

/// What is known of a signer without asking whom to trust.
fn untrusted(
    signature: &SignerVerdict,
    details: &SignerDetails,
    inside: &Embedded,
) -> CheckedSigner {
    let (conclusion, _) = of_signature(signature.failure)
        .unwrap_or((Conclusion::SignatureValid, Indication::passed()));
    let timestamps = details.timestamps.iter().map(|timestamp| CheckedTimestamp {
        kind: timestamp.kind,
        state: SignatureState::Unchecked,
        time: timestamp.time,
        failure: timestamp.failure,
        owner: timestamp.signature.as_ref().and_then(judging::owner),
        certificate: None,
    });
    CheckedSigner {
        state: signature.state,
        conclusion,
        indication: None,
        owner: judging::owner(signature),
        level: judging::level(signature, details),
        proven_time: None,
        timestamps: timestamps.collect(),
        countersignatures: judging::countersignatures(details),
        unchecked: details.unchecked.clone(),
        covered: judging::covered(details),
        certificate: None,
        revocation_from: None,
        inside: judging::count(inside),
        signature: signature.clone(),
    }
}
