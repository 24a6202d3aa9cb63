//! Whether a certificate is good, and if not, why: path building and validation (RFC 5280 §6 with RFC 6818, 8398, 8399,
//! 9549 and 9618).
//!
//! Nothing here fetches: what a verdict is built on is [`Evidence`], and what was missing is said. "Could not be checked"
//! is a verdict of its own, [`Verdict::Unchecked`], never a kind of "not valid".

mod anchor;
mod checks;
mod deviation;
mod evidence;
mod finding;
mod host_name;
pub mod lists;
mod names;
mod path;
mod policies;
mod requirements;
pub mod revocation;
mod search;
mod usage;
mod verdict;

pub use anchor::{Anchor, AnchorChecks, AnchorClass, AnchorList};
pub use deviation::Deviation;
pub use evidence::{Candidate, Evidence};
pub use finding::{Finding, Note, Reason, Standing, Warning};
pub use requirements::{ExpectedName, PolicyRequirements, Purpose, Requirements};
pub use verdict::{Need, Path, Refusal, Verdict};

use crate::certificate::Certificate;
use search::{Budget, Search};

/// Says whether `certificate` is good for what is required at `when` (Unix seconds, negative before 1970), by this
/// evidence alone.
pub fn validate<'a>(
    certificate: &'a Certificate,
    evidence: &Evidence<'a>,
    requirements: &Requirements,
    when: i64,
) -> Verdict<'a> {
    Search::new(evidence, requirements, when, Budget::default()).run(certificate)
}
