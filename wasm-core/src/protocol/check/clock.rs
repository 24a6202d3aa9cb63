//! What is left of a check by a clock that is wrong.

use super::{CheckReport, CheckedFile, CheckedSigner, Conclusion, Indication, SubIndication};
use crate::{clock::ClockFault, protocol::CertificateVerdict};

impl CheckReport {
    /// The same by a clock that is wrong: what depends on the time is not known.
    pub fn by_wrong_clock(mut self, fault: ClockFault) -> Self {
        let files = self.signatures.into_iter();
        let files = files.map(|file| file.by_wrong_clock(self.time, fault));
        self.signatures = files.collect();
        self
    }
}

impl CheckedFile {
    /// The same of one file that was checked at `time` (Unix seconds).
    pub fn by_wrong_clock(self, time: i64, fault: ClockFault) -> Self {
        let signers = self.signers.into_iter();
        Self {
            signers: signers.map(|it| it.by_wrong_clock(time, fault)).collect(),
            ..self
        }
    }
}

impl CheckedSigner {
    /// What was found out about a time that is proven holds by any clock.
    fn by_wrong_clock(self, time: i64, fault: ClockFault) -> Self {
        let is_about_now = |verdict: &&CertificateVerdict| verdict.time == time;
        let Some(verdict) = self.certificate.as_ref().filter(is_about_now) else {
            return self;
        };
        let told = verdict.clone().by_wrong_clock(fault);
        // A signature that is wrong is so at any time.
        if told == *verdict || self.signature.failure.is_some() {
            return self;
        }
        let indication = Indication::open(SubIndication::Generic);
        Self {
            state: indication.state(),
            conclusion: Conclusion::ClockWrong,
            indication: Some(indication),
            certificate: Some(told),
            revocation_from: None,
            ..self
        }
    }
}
