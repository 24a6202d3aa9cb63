//! Which of several failures is said: where no key, container, path or certificate of several did, the most telling
//! reason is the one that got furthest or that the person can do something about, not the one that came last.

use crate::failure::{ErrorCode, Failure};

/// Why one of several did not do.
pub trait Reason {
    /// How much it says; the greater the more.
    fn rank(&self) -> usize;
}

impl<R: Reason> Reason for &R {
    fn rank(&self) -> usize {
        R::rank(self)
    }
}

/// The more telling of two reasons; the first where they tell the same.
pub fn more_telling<R: Reason>(one: R, other: R) -> R {
    if other.rank() > one.rank() {
        other
    } else {
        one
    }
}

/// The most telling of all, the first of equals; `None` if there is none.
pub fn most_telling<R: Reason>(reasons: impl IntoIterator<Item = R>) -> Option<R> {
    reasons.into_iter().reduce(more_telling)
}

/// How much a reason says by its place in a table that has the most telling one first; 0 where it is not in it.
pub fn place_in<T: PartialEq>(table: &[T], reason: &T) -> usize {
    let place = table.iter().position(|row| row == reason);
    place.map_or(0, |place| table.len() - place)
}

/// The most telling first. Codes that are not here say nothing about one key among several, and rank below all of these.
const MOST_TELLING_FIRST: [ErrorCode; 39] = [
    // The person decided.
    ErrorCode::Cancelled,
    // The key was reached, and what the person typed did not unlock it: the next attempt may.
    ErrorCode::PinLocked,
    ErrorCode::PinLastTry,
    ErrorCode::PinWrong,
    ErrorCode::PinExpired,
    ErrorCode::PinNotSet,
    ErrorCode::PinNeeded,
    ErrorCode::PasswordWrong,
    ErrorCode::PasswordSecondNeeded,
    ErrorCode::PasswordNeeded,
    // The certificate was found, and it may not sign now.
    ErrorCode::CertificateExpired,
    ErrorCode::KeyExpired,
    ErrorCode::CertificateNotYetValid,
    ErrorCode::CertificateUnfit,
    ErrorCode::KeyWithdrawn,
    // What was found is whole and of no use.
    ErrorCode::KeyUnsupported,
    ErrorCode::KeyMismatch,
    ErrorCode::KeyNotExportable,
    ErrorCode::TokenStoresOnly,
    ErrorCode::KeyFileTooCostly,
    ErrorCode::KeyFileUnsupported,
    // What was found is damaged.
    ErrorCode::ContainerDamaged,
    ErrorCode::ContainerIncomplete,
    ErrorCode::KeyFileMalformed,
    ErrorCode::CertificateMalformed,
    ErrorCode::FileUnreadable,
    // The device or its program did not answer.
    ErrorCode::TokenBusy,
    ErrorCode::ReadersStopped,
    ErrorCode::ReadersMissing,
    ErrorCode::ModuleFailed,
    ErrorCode::Timeout,
    ErrorCode::StorageFailed,
    // It is not there.
    ErrorCode::TokenRemoved,
    ErrorCode::KeyMissing,
    ErrorCode::CertificateMissing,
    ErrorCode::KeyFileNotFound,
    ErrorCode::ContainerMissing,
    ErrorCode::FileNotFound,
    ErrorCode::CertificateNotFound,
];

impl Reason for ErrorCode {
    fn rank(&self) -> usize {
        place_in(&MOST_TELLING_FIRST, self)
    }
}

/// Of two with the same code, the one with more facts says more.
impl Reason for Failure {
    fn rank(&self) -> usize {
        let facts = usize::from(self.subject.is_some()) + usize::from(self.tries.is_some());
        3 * self.code.rank() + facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::TriesLeft;

    #[test]
    fn every_code_is_ranked_once() {
        for (place, code) in MOST_TELLING_FIRST.iter().enumerate() {
            let first = MOST_TELLING_FIRST.iter().position(|other| other == code);
            assert_eq!(first, Some(place), "{code:?}");
        }
    }

    #[test]
    fn the_most_telling_is_said_wherever_it_stands() {
        use ErrorCode::{
            CertificateExpired, CertificateNotFound, ContainerDamaged, ContainerMissing, Internal,
            KeyUnsupported, PasswordWrong,
        };
        for (codes, expected) in [
            (
                &[CertificateExpired, PasswordWrong, ContainerMissing][..],
                PasswordWrong,
            ),
            (
                &[ContainerMissing, CertificateExpired, ContainerDamaged],
                CertificateExpired,
            ),
            (
                &[KeyUnsupported, ContainerDamaged, Internal],
                KeyUnsupported,
            ),
            (&[Internal, CertificateNotFound], CertificateNotFound),
        ] {
            let (mut forward, mut backward) = (codes.to_vec(), codes.to_vec());
            backward.reverse();
            forward.rotate_left(1);
            for order in [codes.to_vec(), forward, backward] {
                assert_eq!(most_telling(order), Some(expected), "{codes:?}");
            }
        }
        assert_eq!(most_telling::<ErrorCode>([]), None);
    }

    #[test]
    fn facts_decide_between_equals() {
        let bare = Failure::from(ErrorCode::PinWrong);
        let counted = Failure {
            tries: Some(TriesLeft::Exactly(2)),
            ..bare.clone()
        };
        for pair in [[bare.clone(), counted.clone()], [counted.clone(), bare]] {
            assert_eq!(most_telling(pair), Some(counted.clone()));
        }
        let named = |name: &str| Failure::of(ErrorCode::KeyFileMalformed, name);
        assert_eq!(most_telling([named("a"), named("b")]), Some(named("a")));
        // Facts never outweigh the code.
        assert_eq!(
            most_telling([named("a"), ErrorCode::PasswordWrong.into()]),
            Some(ErrorCode::PasswordWrong.into())
        );
    }
}
