//! Russian cryptography as the standards read: GOST R 34.10-2012 signatures on every curve in use,
//! the Streebog hash, and the ciphers, MACs and key derivations that GOST keys are kept with.

#![no_std]
