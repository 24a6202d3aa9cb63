//! National lists of authorities: read, their signatures verified, and asked what they say of a certificate.
//!
//! A list is believed only after its signature: the functions that verify are the only way to the types that answer,
//! apart from reading what was kept of a list that was verified.
//! Kazakhstan has no list; its authorities are anchors.

pub mod european;
mod fault;
mod national;
mod reading;
pub mod russian;

pub use fault::ListFault;
pub use national::{NationalList, Recognition, Statement};
