//! The only place with `unsafe`: four interfaces to C, each in one file that can be read through.
//!
//! `pkcs11` calls what `cryptoki` has no words for (GOST mechanisms, PINs typed on a reader). `pcsclite`
//! stands in for libpcsclite, so that the host starts on computers that do not have it. `error_reporting` keeps Windows
//! from copying the memory of a host that crashed; `event_log` writes into its Application log.

#[cfg(windows)]
pub mod error_reporting;
#[cfg(windows)]
pub mod event_log;
pub mod pkcs11;

#[cfg(target_os = "linux")]
mod pcsclite;
