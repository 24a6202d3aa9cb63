//! For how long a key stays unlocked between requests, counted here whatever the extension does.

use std::time::{Duration, Instant};
use tamga_core::{
    failure::ErrorCode,
    protocol::{PinTerm, TermLeft},
};

const MINUTE: u64 = 60;

/// A moment, by the clock that people see and by one that nobody sets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Unix seconds.
    pub(super) clock: u64,
    pub(super) instant: Instant,
}

/// A term that began when the PIN was given.
#[derive(Clone, Copy, Debug)]
pub(super) enum Term {
    /// Ends when either clock says so: one may be set back, the other stands still while the computer sleeps.
    Until { clock: u64, instant: Instant },
    /// Ends after so many signatures more.
    Signatures(u32),
}

impl Moment {
    pub(super) fn now(clock: fn() -> u64) -> Self {
        Self {
            clock: clock(),
            instant: Instant::now(),
        }
    }
}

impl Term {
    pub(super) fn begin(term: PinTerm, now: Moment) -> Self {
        match term {
            PinTerm::Minutes(minutes) => {
                let seconds = u64::from(minutes) * MINUTE;
                let later = now.instant.checked_add(Duration::from_secs(seconds));
                Self::Until {
                    clock: now.clock.saturating_add(seconds),
                    // A time that cannot be told is over.
                    instant: later.unwrap_or(now.instant),
                }
            }
            PinTerm::Signatures(signatures) => Self::Signatures(signatures),
        }
    }

    /// Counts signatures that are about to be made: all of them or none.
    ///
    /// # Errors
    /// `PIN_NEEDED` when the term is over or not long enough.
    pub(super) fn spend(&mut self, signatures: usize, now: Moment) -> Result<(), ErrorCode> {
        if self.is_over(now) {
            return Err(ErrorCode::PinNeeded);
        }
        if let Self::Signatures(left) = self {
            let wanted = u32::try_from(signatures).ok();
            let rest = wanted.and_then(|wanted| left.checked_sub(wanted));
            *left = rest.ok_or(ErrorCode::PinNeeded)?;
        }
        Ok(())
    }

    pub(super) fn is_over(self, now: Moment) -> bool {
        match self {
            Self::Until { clock, instant } => clock <= now.clock || instant <= now.instant,
            Self::Signatures(left) => left == 0,
        }
    }

    /// How long it is to its end, unless signatures are counted.
    pub(super) fn time_left(self, now: Moment) -> Option<Duration> {
        match self {
            Self::Until { clock, instant } => {
                let by_clock = Duration::from_secs(clock.saturating_sub(now.clock));
                let by_instant = instant.saturating_duration_since(now.instant);
                Some(by_clock.min(by_instant))
            }
            Self::Signatures(_) => None,
        }
    }

    /// What the extension is told.
    pub(super) fn left(self) -> TermLeft {
        match self {
            Self::Until { clock, .. } => TermLeft::Until(clock),
            Self::Signatures(left) => TermLeft::Signatures(left),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later(moment: Moment, clock: u64, instant: u64) -> Moment {
        Moment {
            clock: moment.clock + clock,
            instant: moment.instant + Duration::from_secs(instant),
        }
    }

    fn start() -> Moment {
        Moment {
            clock: 1_800_000_000,
            instant: Instant::now(),
        }
    }

    #[test]
    fn signatures_are_counted_all_or_none() {
        let now = start();
        let mut term = Term::begin(PinTerm::Signatures(5), now);
        assert_eq!(term.spend(3, now), Ok(()));
        assert_eq!(term.left(), TermLeft::Signatures(2));
        assert_eq!(term.spend(3, now), Err(ErrorCode::PinNeeded));
        assert_eq!(term.left(), TermLeft::Signatures(2));
        assert_eq!(term.spend(usize::MAX, now), Err(ErrorCode::PinNeeded));
        assert_eq!(term.spend(2, later(now, 1_000_000, 1_000_000)), Ok(()));
        assert!(term.is_over(now));
        assert_eq!(term.spend(0, now), Err(ErrorCode::PinNeeded));
    }

    #[test]
    fn time_is_up_when_either_clock_says_so() {
        let now = start();
        let mut term = Term::begin(PinTerm::Minutes(15), now);
        assert_eq!(term.left(), TermLeft::Until(now.clock + 900));
        assert_eq!(term.spend(1000, later(now, 899, 899)), Ok(()));
        let left = |clock, instant| term.time_left(later(now, clock, instant));
        assert_eq!(left(300, 200), Some(Duration::from_secs(600)));
        assert_eq!(left(0, 899), Some(Duration::from_secs(1)));
        // The computer slept; or its clock was set back.
        for over in [later(now, 900, 1), later(now, 0, 900)] {
            assert!(term.is_over(over));
            assert_eq!(term.time_left(over), Some(Duration::ZERO));
            assert_eq!(term.spend(1, over), Err(ErrorCode::PinNeeded));
        }
    }

    #[test]
    fn a_term_of_nothing_is_over_at_once_and_the_longest_does_not_overflow() {
        let now = start();
        for nothing in [PinTerm::Minutes(0), PinTerm::Signatures(0)] {
            assert!(Term::begin(nothing, now).is_over(now), "{nothing:?}");
        }
        let longest = Term::begin(PinTerm::Minutes(u32::MAX), now);
        assert_eq!(
            longest.left(),
            TermLeft::Until(now.clock + u64::from(u32::MAX) * 60)
        );
    }
}
