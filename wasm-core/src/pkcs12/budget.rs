//! Bounds the time that opening a file may take. A key derivation is charged before it runs, by time and not by rounds: a
//! round of one hash takes a hundred times as long as that of another. The work can be cancelled.

use super::error::Pkcs12Error;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// How long all key derivations of one file may take together, in nanoseconds of the computer that the costs in
/// `hash` were measured on. The costliest files that are in use, those of Firefox with seven derivations of
/// 600 000 rounds, take a quarter of it.
const MAX_COST: u64 = 10_000_000_000;

/// Rounds between two checks of [`Cancel`]: a few milliseconds of the slowest hash.
pub(super) const ROUNDS_BETWEEN_CHECKS: u32 = 512;

/// Octets that are hashed in the time of one round, at least: the block of the slowest hash.
const OCTETS_PER_ROUND: usize = 32;

/// Cancels work in another thread. Clones share one flag.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

/// What is left of [`MAX_COST`].
pub(super) struct Budget<'a> {
    left: u64,
    cancel: &'a Cancel,
}

impl Cancel {
    /// Ends the work soon, with [`Pkcs12Error::Cancelled`].
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// # Errors
    /// [`Pkcs12Error::Cancelled`]
    pub(super) fn check(&self) -> Result<(), Pkcs12Error> {
        match self.is_cancelled() {
            true => Err(Pkcs12Error::Cancelled),
            false => Ok(()),
        }
    }
}

impl<'a> Budget<'a> {
    pub(super) fn new(cancel: &'a Cancel) -> Self {
        Self {
            left: MAX_COST,
            cancel,
        }
    }

    pub(super) fn cancel(&self) -> &'a Cancel {
        self.cancel
    }

    /// Charges a derivation of `blocks` blocks, each of `rounds` rounds and the salt's octets, at `cost` nanoseconds a
    /// round.
    ///
    /// # Errors
    /// [`Pkcs12Error::TooCostly`], [`Pkcs12Error::Cancelled`], and [`Pkcs12Error::Malformed`] for no rounds.
    pub(super) fn derive(
        &mut self,
        cost: u32,
        rounds: u32,
        blocks: usize,
        salt: usize,
    ) -> Result<(), Pkcs12Error> {
        if rounds == 0 {
            return Err(Pkcs12Error::Malformed("iterations"));
        }
        let salt = number(salt / OCTETS_PER_ROUND);
        let rounds = u64::from(rounds).saturating_add(salt);
        self.spend(cost, rounds.saturating_mul(number(blocks)))
    }

    /// Charges the hashing of `octets` octets.
    ///
    /// # Errors
    /// [`Pkcs12Error::TooCostly`], [`Pkcs12Error::Cancelled`]
    pub(super) fn hash(&mut self, cost: u32, octets: usize) -> Result<(), Pkcs12Error> {
        self.spend(cost, number(octets / OCTETS_PER_ROUND))
    }

    fn spend(&mut self, cost: u32, rounds: u64) -> Result<(), Pkcs12Error> {
        self.cancel.check()?;
        let spent = rounds.saturating_mul(u64::from(cost));
        let left = self.left.checked_sub(spent);
        self.left = left.ok_or(Pkcs12Error::TooCostly)?;
        Ok(())
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_paid_for_by_cost_rounds_and_blocks() {
        let cancel = Cancel::default();
        let mut budget = Budget::new(&cancel);
        let none = budget.derive(1, 0, 1, 0);
        assert_eq!(none, Err(Pkcs12Error::Malformed("iterations")));
        assert_eq!(budget.derive(150, 10_000_000, 4, 8), Ok(()));
        assert_eq!(
            budget.derive(2, u32::MAX, 1, 0),
            Err(Pkcs12Error::TooCostly)
        );
        // What was refused was not made.
        assert_eq!(budget.derive(4_000, 1_000_000, 1, 0), Ok(()));
        assert_eq!(budget.hash(1, 32), Err(Pkcs12Error::TooCostly));
    }

    #[test]
    fn a_salt_costs_too() {
        let cancel = Cancel::default();
        let mut budget = Budget::new(&cancel);
        let salt = budget.derive(10_000, 1, 32, 1 << 23);
        assert_eq!(salt, Err(Pkcs12Error::TooCostly));
    }

    #[test]
    fn work_that_is_not_wanted_is_not_begun() {
        let cancel = Cancel::default();
        cancel.clone().cancel();
        let budget = Budget::new(&cancel).derive(1, 1, 1, 0);
        assert_eq!(budget, Err(Pkcs12Error::Cancelled));
    }
}
