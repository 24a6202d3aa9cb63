//! Whether host and extension are of one version. They are updated on different ways: the extension by the browser, the host
//! as it was installed.

use super::{Found, system::System};
use std::cmp::Ordering;

/// The most numbers of a version, as browsers have it.
const MAX_NUMBERS: usize = 4;

pub(super) fn host_older(system: &System) -> Vec<Found> {
    apart(system, Ordering::Less)
}

pub(super) fn extension_older(system: &System) -> Vec<Found> {
    apart(system, Ordering::Greater)
}

/// The two versions, where the host's is so beside the extension's.
fn apart(system: &System, order: Ordering) -> Vec<Found> {
    let host = env!("CARGO_PKG_VERSION");
    let apart = || {
        let extension = system.extension.as_deref()?;
        let found = numbers(host)?.cmp(&numbers(extension)?);
        (found == order).then(|| Found::of(format!("{host}, {extension}")))
    };
    apart().into_iter().collect()
}

/// `0.1.0` and `0.1` are the same. Of `0.2.0-beta` only the numbers count, as an extension has no more.
fn numbers(version: &str) -> Option<[u32; MAX_NUMBERS]> {
    let plain = version.split(['-', '+']).next()?;
    let mut numbers = [0; MAX_NUMBERS];
    for (place, part) in plain.split('.').enumerate() {
        *numbers.get_mut(place)? = part.parse().ok()?;
    }
    Some(numbers)
}
