//! The tests that no package can make alone, in one program: it links everything once.

mod authorities;
mod bad_keys;
mod cms_openssl;
mod container_keys;
mod containers;
mod foreign_keys;
mod key_management;
mod life;
mod modules;
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
