//! All tests from outside, in one program: it links everything once.

#[path = "../../tests/support/conformance.rs"]
mod conformance;

mod agreement;
mod certificates;
mod properties;
mod symmetric_examples;
mod symmetric_properties;
mod symmetric_vectors;
mod vectors;
