//! The clock, and the proxy through which revocation lists are fetched.

use super::{Found, system::System};

pub(super) fn clock_behind(system: &System) -> Vec<Found> {
    let now = i64::try_from(system.now).unwrap_or(i64::MAX);
    match now < system.newest_list {
        true => vec![Found::default()],
        false => Vec::new(),
    }
}

pub(super) fn proxy_unusable(system: &System) -> Vec<Found> {
    match &system.proxy {
        Some((name, false)) => vec![Found::of(&**name)],
        _ => Vec::new(),
    }
}
