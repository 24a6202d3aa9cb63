//! The tests that no package can make alone, in one program: it links everything once.

/// What the core's tests make certificates and lists with.
mod support {
    #[path = "../../wasm-core/tests/support/certificates.rs"]
    pub(crate) mod certificates;
    #[path = "../../wasm-core/tests/support/der.rs"]
    pub(crate) mod der;
    #[path = "../../wasm-core/tests/support/gost.rs"]
    pub(crate) mod gost;
}

#[cfg(unix)]
mod administrator;
mod authorities;
mod bad_keys;
mod checked_files;
mod cms_openssl;
mod container_keys;
mod containers;
mod doctor;
mod foreign_keys;
mod key_management;
mod life;
mod modules;
mod national_lists;
mod pin_sessions;
mod pins;
mod readers;
mod revocation_openssl;
mod secrets;
mod signing;
mod terminal;
mod terminal_tokens;
mod tokens;
mod transcripts;
mod verdicts;
