//! Numbers, dates and foreign text as the person reads them.

pub use tamga_core::display_text::{isolated, lines, name};

use tamga_core::{protocol::Reader, text::Catalogue};

/// A size in bytes, rounded to what is worth reading: `812 B`, `3.4 MB`.
pub fn size(text: &Catalogue, bytes: u64) -> String {
    const UNITS: [&str; 3] = ["size_kilobytes", "size_megabytes", "size_gigabytes"];
    if bytes < 1024 {
        return text.text("size_bytes", &[("count", &bytes.to_string())]);
    }
    let mut tenths = bytes.saturating_mul(10) / 1024;
    let mut unit = 0;
    while tenths >= 10 * 1024 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    let count = match (tenths / 10, tenths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, _) if whole >= 100 => whole.to_string(),
        (whole, tenth) => [
            whole.to_string(),
            text.plain("decimal_mark"),
            tenth.to_string(),
        ]
        .concat(),
    };
    let unit = UNITS.get(unit).copied().unwrap_or_default();
    text.text(unit, &[("count", &count)])
}

/// A day in the order of the language. `seconds` since 1970, UTC.
pub fn date(text: &Catalogue, seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let two = |number: i64| {
        if number < 10 {
            format!("0{number}")
        } else {
            number.to_string()
        }
    };
    let (year, month, day) = (year.to_string(), two(month), two(day));
    text.text("date", &[("year", &year), ("month", &month), ("day", &day)])
}

/// What is in a reader that no driver serves.
pub fn card_name(text: &Catalogue, reader: &Reader) -> String {
    match &reader.card {
        Some(card) => name(&card.name),
        None => text.text("card_unknown", &[("reader", &name(&reader.name))]),
    }
}

/// A foreign name where there is room for a line or two: of a long one the beginning, and the end, which says of what
/// kind a file is.
pub fn short_name(words: &str) -> String {
    const LONGEST: usize = 120;
    const END: usize = 40;
    let characters: Vec<char> = name(words).chars().collect();
    let Some(left_out) = characters.len().checked_sub(LONGEST).filter(|it| *it > 0) else {
        return characters.into_iter().collect();
    };
    let begin = characters.iter().take(LONGEST - END);
    let end = characters.iter().skip(LONGEST - END + left_out);
    begin.chain(&['…']).chain(end).collect()
}

/// A moment as ISO 8601 has it. `seconds` since 1970, UTC.
pub fn timestamp(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z",
        second % 60
    )
}

/// Year, month and day of a day counted from 1970-01-01 in the Gregorian calendar. Years are counted
/// from March, so that the leap day is the last of its year; 400 of them have 146 097 days.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468; // from 0000-03-01
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let (month, next_year) = match month_from_march {
        0..=9 => (month_from_march + 3, 0),
        _ => (month_from_march - 9, 1),
    };
    (400 * era + year_of_era + next_year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::english;

    #[test]
    fn sizes_are_short() {
        let sizes = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KB"),
            (1536, "1.5 KB"),
            (314_572_800, "300 MB"),
            (3_600_000, "3.4 MB"),
            (1 << 30, "1 GB"),
            (u64::MAX, "1717986918 GB"),
        ];
        for (bytes, expected) in sizes {
            assert_eq!(size(&english(), bytes), expected);
        }
    }

    #[test]
    fn dates_are_of_the_calendar() {
        let dates = [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_800_000_000, "2027-01-15"),
            (4_107_542_399, "2100-02-28"),
            (4_107_542_400, "2100-03-01"),
            (253_402_300_799, "9999-12-31"),
            (-1, "1969-12-31"),
        ];
        for (seconds, expected) in dates {
            assert_eq!(date(&english(), seconds), expected);
        }
    }

    #[test]
    fn timestamps_are_of_iso_8601() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00Z");
        assert_eq!(timestamp(1_800_003_661), "2027-01-15T09:01:01Z");
        assert_eq!(timestamp(-1), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn a_long_name_keeps_its_beginning_and_its_end() {
        let long = ["Договор ", &"x".repeat(1000), " 2026.pdf"].concat();
        let short = short_name(&long);
        assert_eq!(short.chars().count(), 121);
        assert!(short.starts_with("Договор xxx") && short.ends_with("xxx 2026.pdf"));
        for name in ["a.txt".to_owned(), "я".repeat(120)] {
            assert_eq!(short_name(&name), name);
        }
        assert_eq!(short_name(&"\u{202e}".repeat(200)).chars().count(), 121);
    }
}
