//! What a failure, or a reason against a certificate, is in a word, and as ETSI EN 319 102-1 has it.

use crate::{
    certificate::Certificate,
    format::{SignatureState, SignerFailure},
    protocol::{Conclusion, Indication, MainIndication, SubIndication},
    trust::{Reason, Verdict, revocation::Revocation},
};

/// EN 319 102-1 table 6: what a failure of the signature itself is; `None` where there is none.
pub(super) fn of_signature(failure: Option<SignerFailure>) -> Option<(Conclusion, Indication)> {
    use SubIndication as Sub;
    Some(match failure? {
        SignerFailure::ContentChanged => (
            Conclusion::ContentChanged,
            Indication::failed(Sub::HashFailure),
        ),
        SignerFailure::AlgorithmMismatch
        | SignerFailure::KeyMismatch
        | SignerFailure::SignatureInvalid => (
            Conclusion::SignatureInvalid,
            Indication::failed(Sub::SigCryptoFailure),
        ),
        SignerFailure::AttributesMalformed
        | SignerFailure::CertificateMismatch
        | SignerFailure::ContentAmbiguous
        | SignerFailure::ContentTypeMismatch
        | SignerFailure::Malformed => (
            Conclusion::SignatureInvalid,
            Indication::failed(Sub::FormatFailure),
        ),
        SignerFailure::ContentMissing => (
            Conclusion::ContentMissing,
            Indication::open(Sub::SignedDataNotFound),
        ),
        SignerFailure::CertificateMissing => (
            Conclusion::CertificateMissing,
            Indication::open(Sub::NoSigningCertificateFound),
        ),
        SignerFailure::AlgorithmWeak => (
            Conclusion::SignatureUnchecked,
            Indication::open(Sub::CryptoConstraintsFailureNoPoe),
        ),
        SignerFailure::ContentTooLarge
        | SignerFailure::AlgorithmUnsupported
        | SignerFailure::KeyUnsupported => (
            Conclusion::SignatureUnchecked,
            Indication::open(Sub::Generic),
        ),
    })
}

/// The same for a verdict on the certificate of a signature that is valid. `proven` is the time before which that was
/// made for certain.
pub(super) fn of_certificate(
    verdict: &Verdict<'_>,
    certificate: &Certificate,
    proven: Option<i64>,
) -> (Conclusion, Indication) {
    use SubIndication as Sub;
    let (Verdict::Refused(refusal) | Verdict::Unchecked(refusal)) = verdict else {
        return (Conclusion::Valid, Indication::passed());
    };
    let is_its_own = refusal.finding.certificate.der() == certificate.der();
    let (conclusion, sub) = match &refusal.finding.reason {
        Reason::Expired { until } if is_its_own && proven.is_some_and(|it| it > *until) => {
            return (
                Conclusion::SignedAfterExpiry,
                Indication::failed(Sub::Expired),
            );
        }
        Reason::NotYetValid { from } if is_its_own && proven.is_some_and(|it| it < *from) => {
            return (
                Conclusion::NotYetValid,
                Indication::failed(Sub::NotYetValid),
            );
        }
        Reason::Revoked(revocation) if is_its_own => return of_revocation(revocation, proven),
        Reason::Expired { .. } => (Conclusion::Expired, Sub::OutOfBoundsNoPoe),
        Reason::NotYetValid { .. } => (Conclusion::NotYetValid, Sub::OutOfBoundsNoPoe),
        Reason::Revoked(_) => (Conclusion::Revoked, Sub::RevokedCaNoPoe),
        Reason::RevocationUnknown { .. } => (Conclusion::RevocationUnknown, Sub::TryLater),
        Reason::IssuerMissing | Reason::NotAccredited { .. } | Reason::Untrusted => {
            (Conclusion::Untrusted, Sub::NoCertificateChainFound)
        }
        Reason::KeyUsage { purpose: Some(_) } | Reason::ExtendedUsage { .. } => {
            (Conclusion::WrongUsage, Sub::ChainConstraintsFailure)
        }
        Reason::AlgorithmWeak => (
            Conclusion::CertificateInvalid,
            Sub::CryptoConstraintsFailureNoPoe,
        ),
        _ => (
            Conclusion::CertificateInvalid,
            Sub::CertificateChainGeneralFailure,
        ),
    };
    (conclusion, Indication::open(sub))
}

fn of_revocation(revocation: &Revocation, proven: Option<i64>) -> (Conclusion, Indication) {
    match proven {
        Some(time) if revocation.at <= time => (
            Conclusion::SignedAfterRevocation,
            Indication::failed(SubIndication::Revoked),
        ),
        Some(time) if !revocation.matters_at(time) => (Conclusion::Valid, Indication::passed()),
        _ => (
            Conclusion::Revoked,
            Indication::open(SubIndication::RevokedNoPoe),
        ),
    }
}

impl Indication {
    pub(super) fn passed() -> Self {
        Self {
            main: MainIndication::TotalPassed,
            sub: None,
        }
    }

    pub(super) fn failed(sub: SubIndication) -> Self {
        Self {
            main: MainIndication::TotalFailed,
            sub: Some(sub),
        }
    }

    pub(crate) fn open(sub: SubIndication) -> Self {
        Self {
            main: MainIndication::Indeterminate,
            sub: Some(sub),
        }
    }

    /// What it is in a word.
    pub(crate) fn state(self) -> SignatureState {
        match self.main {
            MainIndication::TotalPassed => SignatureState::Valid,
            MainIndication::TotalFailed => SignatureState::Invalid,
            MainIndication::Indeterminate => SignatureState::Unchecked,
        }
    }
}
