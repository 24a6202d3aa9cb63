//! The native half of Tamga: wiring only, read first.
fn main() {}
