//! What shows that a computer's clock is wrong. Nothing that depends on the time is said by such a clock.

use serde::{Deserialize, Serialize};

/// The last day before this version was made, Unix time: no clock that is right shows less. It changes with the version.
pub const RELEASED: i64 = 1_793_491_200;
/// How far a clock may be from the time that a server says, in seconds.
const TOLERANCE: i64 = 24 * 60 * 60;

/// Who knows better than the clock.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "kebab-case")]
pub enum ClockWitness {
    /// This program, which was not made before.
    Program,
    /// A server whose answer was right at its own time.
    Server,
}

/// What the time is, or is at least, by somebody who knows better.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ClockFault {
    /// Unix time.
    pub time: i64,
    /// Who says so.
    pub witness: ClockWitness,
}

/// What is wrong with a clock that shows `now`; `server`: what a server's said at the same moment, less `now`.
pub fn fault(now: i64, server: Option<i64>) -> Option<ClockFault> {
    let apart = server.filter(|apart| apart.saturating_abs() > TOLERANCE);
    let by_server = apart.map(|apart| ClockFault {
        time: now.saturating_add(apart),
        witness: ClockWitness::Server,
    });
    let by_program = (now < RELEASED).then_some(ClockFault {
        time: RELEASED,
        witness: ClockWitness::Program,
    });
    by_server.or(by_program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_wrong_where_somebody_knows_better() {
        let now = RELEASED + 1000;
        let witness = |now, server| fault(now, server).map(|fault| fault.witness);
        for server in [None, Some(0), Some(TOLERANCE), Some(-TOLERANCE)] {
            assert_eq!(witness(now, server), None);
            assert_eq!(witness(RELEASED - 1, server), Some(ClockWitness::Program));
        }
        for apart in [TOLERANCE + 1, -TOLERANCE - 1, i64::MIN, i64::MAX] {
            assert_eq!(witness(now, Some(apart)), Some(ClockWitness::Server));
        }
        let fault = fault(0, Some(RELEASED)).unwrap();
        assert_eq!(
            (fault.time, fault.witness),
            (RELEASED, ClockWitness::Server)
        );
    }
}
