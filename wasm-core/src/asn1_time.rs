//! UTCTime and GeneralizedTime (X.680 §46, §47) in all the forms of BER, before 1970 too, where the types of the
//! `der` crate stop at DER and at 1970.

/// UNIVERSAL 23
pub(crate) const UTC_TIME: u32 = 23;
/// UNIVERSAL 24
pub(crate) const GENERALIZED_TIME: u32 = 24;

const SECONDS_PER_DAY: i64 = 86_400;

/// The moment that the content of a time says, in Unix seconds; fractions of a second are dropped. `None` for
/// anything else, and for local time without an offset.
pub(crate) fn unix_time(tag: u32, content: &[u8]) -> Option<i64> {
    let general = tag == GENERALIZED_TIME;
    if !general && tag != UTC_TIME {
        return None;
    }
    let mut text = Digits(content);
    let year = match general {
        true => text.number(4)?,
        // RFC 5280 §4.1.2.5.1
        false => match text.number(2)? {
            year @ 50.. => 1900 + year,
            year => 2000 + year,
        },
    };
    let (month, day, hour) = (text.number(2)?, text.number(2)?, text.number(2)?);
    // GeneralizedTime may end after the hour, UTCTime after the minute.
    let minute = match (text.optional(2), general) {
        (None, false) => return None,
        (minute, _) => minute,
    };
    let second = minute.and_then(|_| text.optional(2));
    let unit = match (minute, second) {
        (None, _) => 3600,
        (_, None) => 60,
        _ => 1,
    };
    let fraction = match general {
        true => text.fraction(unit)?,
        false => 0,
    };
    let zone = text.zone()?;
    let (minute, second) = (minute.unwrap_or(0), second.unwrap_or(0));
    // 60 is a leap second.
    let in_range = (1..=12).contains(&month)
        && (1..=days_of(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let time = hour * 3600 + minute * 60 + second + fraction - zone;
    in_range.then(|| days_before(year, month, day) * SECONDS_PER_DAY + time)
}

/// The moment that a text in the form of ISO 8601 says, in Unix seconds: a day, whose first second is meant, or a day and
/// a time, in UTC where no offset is named. What [`written`] writes is read, too.
pub fn from_text(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00"));
    let is_date = |at: usize, octet: u8| match at {
        4 | 7 => octet == b'-',
        _ => octet.is_ascii_digit(),
    };
    let has_form = date.len() == 10
        && date
            .bytes()
            .enumerate()
            .all(|(at, octet)| is_date(at, octet));
    let time = time.trim_end_matches("UTC").trim_end();
    let zone = match time.contains(['Z', '+', '-']) {
        true => "",
        false => "Z",
    };
    let digits: String = format!("{}{time}{zone}", date.replace('-', "")).replace(':', "");
    has_form.then(|| unix_time(GENERALIZED_TIME, digits.as_bytes()))?
}

/// A moment for people, in UTC.
pub fn written(unix: i64) -> String {
    let days = unix.div_euclid(SECONDS_PER_DAY);
    let time = unix.rem_euclid(SECONDS_PER_DAY);
    // Years have 365 or 366 days: one that is not too late, and a few steps from it
    let mut year = 1970 + days.div_euclid(365).min(days.div_euclid(366));
    while days_before(year + 1, 1, 1) <= days {
        year += 1;
    }
    let mut day = days - days_before(year, 1, 1);
    let mut month = 1;
    while month < 12 && day >= days_of(year, month) {
        day -= days_of(year, month);
        month += 1;
    }
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    let day = day + 1;
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// What is left of a time's text.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    /// A number of so many digits.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let number = number.iter().try_fold(0, |number, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + i64::from(digit - b'0'))
        });
        self.0 = rest;
        number
    }

    /// The same where there may be none.
    fn optional(&mut self, digits: usize) -> Option<i64> {
        self.0.first().filter(|first| first.is_ascii_digit())?;
        self.number(digits)
    }

    /// A fraction of a unit of so many seconds; 0 where there is none.
    fn fraction(&mut self, unit: i64) -> Option<i64> {
        let [b'.' | b',', rest @ ..] = self.0 else {
            return Some(0);
        };
        self.0 = rest;
        let (mut seconds, mut place) = (0, unit * 1_000_000);
        let mut digits = 0;
        while let Some(digit) = self.optional(1) {
            place /= 10;
            seconds += digit * place;
            digits += 1;
        }
        (digits > 0).then_some(seconds / 1_000_000)
    }

    /// How many seconds the text's clock is ahead of UTC.
    fn zone(&mut self) -> Option<i64> {
        let (sign, rest) = self.0.split_first()?;
        self.0 = rest;
        let ahead = match sign {
            b'Z' => 0,
            b'+' | b'-' => {
                let (hours, minutes) = (self.number(2)?, self.optional(2).unwrap_or(0));
                let ahead = hours * 3600 + minutes * 60;
                if *sign == b'+' { ahead } else { -ahead }
            }
            _ => return None,
        };
        self.0.is_empty().then_some(ahead)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the first of January 1970 to this one (proleptic Gregorian calendar).
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let past = year - 1;
    let leap_days = past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400);
    // Leap days up to the year 1969: 477
    let years = (year - 1970) * 365 + leap_days - 477;
    let months: i64 = (1..month).map(|month| days_of(year, month)).sum();
    years + months + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_time() {
        for (tag, text, expected) in [
            (UTC_TIME, "261129070000Z", Some("2026-11-29 07:00:00 UTC")),
            (UTC_TIME, "2611290700Z", Some("2026-11-29 07:00:00 UTC")),
            (
                UTC_TIME,
                "261129070000+0500",
                Some("2026-11-29 02:00:00 UTC"),
            ),
            (UTC_TIME, "2611290700-0330", Some("2026-11-29 10:30:00 UTC")),
            (UTC_TIME, "500101000000Z", Some("1950-01-01 00:00:00 UTC")),
            (UTC_TIME, "691231235959Z", Some("1969-12-31 23:59:59 UTC")),
            (UTC_TIME, "491231235959Z", Some("2049-12-31 23:59:59 UTC")),
            (
                GENERALIZED_TIME,
                "20261129070000Z",
                Some("2026-11-29 07:00:00 UTC"),
            ),
            (
                GENERALIZED_TIME,
                "20261129070000.999Z",
                Some("2026-11-29 07:00:00 UTC"),
            ),
            (
                GENERALIZED_TIME,
                "20261129070000,5+03",
                Some("2026-11-29 04:00:00 UTC"),
            ),
            (
                GENERALIZED_TIME,
                "202611290700Z",
                Some("2026-11-29 07:00:00 UTC"),
            ),
            (
                GENERALIZED_TIME,
                "2026112907.25Z",
                Some("2026-11-29 07:15:00 UTC"),
            ),
            (
                GENERALIZED_TIME,
                "202611290700.5Z",
                Some("2026-11-29 07:00:30 UTC"),
            ),
            (
                GENERALIZED_TIME,
                "20161231235960Z",
                Some("2017-01-01 00:00:00 UTC"),
            ),
            (
                GENERALIZED_TIME,
                "20240229000000Z",
                Some("2024-02-29 00:00:00 UTC"),
            ),
            (
                GENERALIZED_TIME,
                "16010101000000Z",
                Some("1601-01-01 00:00:00 UTC"),
            ),
            (
                GENERALIZED_TIME,
                "00000101000000Z",
                Some("0000-01-01 00:00:00 UTC"),
            ),
            (
                GENERALIZED_TIME,
                "99991231235959Z",
                Some("9999-12-31 23:59:59 UTC"),
            ),
            // no moment
            (GENERALIZED_TIME, "20261129070000", None),
            (UTC_TIME, "26112907Z", None),
            (UTC_TIME, "261129070000.5Z", None),
            (GENERALIZED_TIME, "20260229000000Z", None),
            (GENERALIZED_TIME, "20261329000000Z", None),
            (GENERALIZED_TIME, "20261129250000Z", None),
            (GENERALIZED_TIME, "20261129070000.Z", None),
            (GENERALIZED_TIME, "20261129070000Zz", None),
            (GENERALIZED_TIME, "", None),
            (12, "261129070000Z", None),
        ] {
            let found = unix_time(tag, text.as_bytes()).map(written);
            assert_eq!(found.as_deref(), expected, "{text}");
        }
        assert_eq!(unix_time(UTC_TIME, b"700101000000Z"), Some(0));
        assert_eq!(unix_time(UTC_TIME, b"150119225302Z"), Some(1_421_707_982));
    }
}
