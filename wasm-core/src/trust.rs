//! Whether a certificate is good, and if not, why: path building and validation (RFC 5280 §6 with RFC 6818, 8398, 8399,
//! 9549 and 9618).
//!
//! Nothing here fetches: what a verdict is built on is [`Evidence`], and what was missing is said. "Could not be checked"
//! is a verdict of its own, [`Verdict::Unchecked`], never a kind of "not valid".

mod anchor;
mod evidence;
mod finding;
mod requirements;
pub mod revocation;
mod verdict;

pub use anchor::{Anchor, AnchorClass};
pub use evidence::{Candidate, Evidence};
pub use finding::{Finding, Reason, Standing};
pub use requirements::{ExpectedName, PolicyRequirements, Purpose, Requirements};
pub use verdict::{Need, Path, Refusal, Verdict, Warning};

use crate::certificate::Certificate;

/// Says whether a certificate that signed a revocation list or an OCSP answer leads to an anchor by the evidence and
/// within the same work limits as the certificate that it is about.
pub trait IssuerValidation {
    /// Validates the path of `certificate` for `purpose` ([`Purpose::CrlSigning`] or [`Purpose::OcspSigning`]) at `when`
    /// (Unix seconds); `others` are certificates that came with what it signed. Its own revocation is not asked.
    ///
    /// # Errors
    /// The most telling reason why no path is good; its [`Reason::standing`] says whether that is known or was not to be
    /// checked.
    fn validate_issuer(
        &mut self,
        certificate: &Certificate,
        others: &[Certificate],
        purpose: Purpose,
        when: i64,
    ) -> Result<(), Reason>;
}
