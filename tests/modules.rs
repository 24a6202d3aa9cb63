//! Tokens through a module double: what no free token offers, and modules that misbehave.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

#[path = "modules/bench.rs"]
mod bench;
#[path = "modules/gost.rs"]
mod gost;
#[path = "modules/hostile.rs"]
mod hostile;
#[path = "cms_openssl/openssl.rs"]
#[expect(dead_code, reason = "other tests use the rest of it")]
mod openssl;
#[path = "modules/pairing.rs"]
mod pairing;
#[path = "modules/pins.rs"]
mod pins;
#[path = "modules/private.rs"]
mod private;
#[path = "modules/single_try.rs"]
mod single_try;
#[path = "modules/storage.rs"]
mod storage;
