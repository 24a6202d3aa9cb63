//! The tests of gost3410 from outside.

extern crate gost3410_digits as gost3410;

#[path = "../tests/integration.rs"]
mod integration;
