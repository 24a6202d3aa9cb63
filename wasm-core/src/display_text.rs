//! Foreign text as a person may read it: names of documents, owners of certificates, labels of tokens, paths, whatever
//! a page, a file or a device has brought. The one list of characters that deceive is here; screens, dialogs and the
//! terminal all show foreign text by these functions.

mod characters;

use characters::{HIDDEN, MARKS};
use std::fmt::Write as _;

/// The most combining marks on one character that are drawn: Vietnamese needs two, vocalised Hebrew and Tibetan four.
const MAX_MARKS: usize = 4;
/// The longest run of spaces in a name: a longer one can push the rest of it out of sight.
const MAX_SPACES: usize = 4;

/// Where the text comes to stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// On one line.
    Line,
    /// In a block, which may have lines and tabs.
    Block,
}

/// Foreign text on one line: characters that could hide, break or reorder something are written out as `[U+202E]`, and
/// so is what goes beyond [`MAX_MARKS`] and [`MAX_SPACES`]. Text that went through here stays as it is.
pub fn name(words: &str) -> String {
    written_out(words, Place::Line)
}

/// Foreign text that may have lines and tabs; everything else as in [`name`].
pub fn lines(words: &str) -> String {
    written_out(&words.replace("\r\n", "\n"), Place::Block)
}

/// A cleaned text that is put into a sentence: with right-to-left letters in it, it is enclosed in FIRST STRONG ISOLATE
/// and POP DIRECTIONAL ISOLATE (UAX #9, section 2.6), so that it cannot reorder what is around it. An element of a
/// screen does the same with `<bdi>`.
pub fn isolated(cleaned: &str) -> String {
    if cleaned.chars().any(is_right_to_left) {
        return ["\u{2068}", cleaned, "\u{2069}"].concat();
    }
    cleaned.to_owned()
}

/// JSON whose strings hold nothing that deceives, with the same meaning: such characters are escaped (RFC 8259,
/// section 7). The line ends between its tokens stay.
pub fn json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if character == '\n' || !is_deceptive(character) {
            escaped.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

/// Whether a character has no ink of its own, moves the cursor, or changes how its neighbours are read: General_Category
/// Cc, Cf, Zl, Zp, Co or Cn; Default_Ignorable_Code_Point; blank letters and spaces of odd widths.
pub fn is_deceptive(character: char) -> bool {
    match character {
        ' '..='~' => false,
        _ => is_in(&HIDDEN, character),
    }
}

fn written_out(words: &str, place: Place) -> String {
    let mut shown = String::with_capacity(words.len());
    // There is nothing yet that a mark could be put upon.
    let mut marks = MAX_MARKS;
    let mut spaces = 0;
    for character in words.chars() {
        let kept = place == Place::Block && matches!(character, '\n' | '\t');
        let is_mark = is_mark(character);
        marks = if is_mark { marks + 1 } else { 0 };
        spaces = if is_space(character) { spaces + 1 } else { 0 };
        let too_much = marks > MAX_MARKS || (place == Place::Line && spaces > MAX_SPACES);
        if kept || !(too_much || is_deceptive(character)) {
            shown.push(character);
        } else {
            // Writing to a string does not fail.
            let _ = write!(shown, "[U+{:04X}]", u32::from(character));
        }
        // Nor do marks belong on what was written out, or on a line's end.
        if !is_mark && (kept || is_deceptive(character)) {
            marks = MAX_MARKS;
        }
    }
    shown
}

/// General_Category Mn or Me.
fn is_mark(character: char) -> bool {
    character >= '\u{300}' && is_in(&MARKS, character)
}

/// The spaces that people type; those of other widths are written out.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\u{a0}' | '\u{202f}' | '\u{3000}')
}

/// Bidi_Class R or AL: the blocks of Hebrew, Arabic and their relatives (DerivedBidiClass.txt).
fn is_right_to_left(character: char) -> bool {
    matches!(character,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Whether a character is in a table whose runs are in turn outside and inside, from U+0000 on; after the last one
/// comes the other kind.
fn is_in(runs: &[u16], character: char) -> bool {
    let mut left = u32::from(character);
    let mut inside = false;
    for run in runs {
        let run = u32::from(*run);
        if left < run {
            return inside;
        }
        left -= run;
        inside = !inside;
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_properties::{GeneralCategory as Category, UnicodeGeneralCategory as _};

    /// Default_Ignorable_Code_Point beyond Cf and Cn (DerivedCoreProperties.txt).
    const IGNORABLE: [(char, char); 9] = [
        ('\u{34f}', '\u{34f}'),
        ('\u{115f}', '\u{1160}'),
        ('\u{17b4}', '\u{17b5}'),
        ('\u{180b}', '\u{180f}'),
        ('\u{3164}', '\u{3164}'),
        ('\u{fe00}', '\u{fe0f}'),
        ('\u{ffa0}', '\u{ffa0}'),
        ('\u{e0000}', '\u{e0fff}'),
        ('\u{2065}', '\u{2065}'),
    ];
    /// Letters and symbols without ink: braille blank, hieroglyphic blanks, null notehead, Khitan filler, object
    /// replacement.
    const BLANK: [char; 6] = [
        '\u{2800}',
        '\u{13441}',
        '\u{13442}',
        '\u{1d159}',
        '\u{16fe4}',
        '\u{fffc}',
    ];

    fn shall_be_hidden(character: char) -> bool {
        let of_category = matches!(
            character.general_category(),
            Category::Control
                | Category::Format
                | Category::LineSeparator
                | Category::ParagraphSeparator
                | Category::PrivateUse
                | Category::Surrogate
                | Category::Unassigned
        );
        let odd_space =
            character.general_category() == Category::SpaceSeparator && !is_space(character);
        let ignorable = IGNORABLE
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&character));
        of_category || odd_space || ignorable || BLANK.contains(&character)
    }

    fn shall_be_mark(character: char) -> bool {
        let category = character.general_category();
        matches!(category, Category::NonspacingMark | Category::EnclosingMark)
    }

    /// The runs of a table, as `characters.rs` has to have them.
    fn runs(belongs: fn(char) -> bool) -> Vec<u16> {
        let mut lengths = vec![0_u32];
        let mut inside = false;
        for code in 0..=u32::from(char::MAX) {
            // Surrogates are no characters, and belong to what is before them.
            if let Some(character) = char::from_u32(code)
                && belongs(character) != inside
            {
                inside = !inside;
                lengths.push(0);
            }
            *lengths.last_mut().unwrap() += 1;
        }
        lengths.pop(); // what comes after the last run
        let mut runs = Vec::new();
        for mut length in lengths {
            while u16::try_from(length).is_err() {
                runs.extend([u16::MAX, 0]);
                length -= u32::from(u16::MAX);
            }
            runs.push(u16::try_from(length).unwrap());
        }
        runs
    }

    #[test]
    fn the_tables_are_those_of_unicode() {
        let tables = [
            (&HIDDEN[..], runs(shall_be_hidden)),
            (&MARKS[..], runs(shall_be_mark)),
        ];
        for (table, expected) in tables {
            assert!(table == expected, "{} runs: {expected:?}", expected.len());
        }
        for character in '\0'..=char::MAX {
            assert_eq!(
                is_deceptive(character),
                shall_be_hidden(character),
                "{character:?}"
            );
        }
    }

    #[test]
    fn nothing_hides_in_a_name() {
        for (words, shown) in [
            ("act\u{202e}fdp.exe", "act[U+202E]fdp.exe"),
            (
                "a\nb\u{200b}\u{7f}\u{9b}31m",
                "a[U+000A]b[U+200B][U+007F][U+009B]31m",
            ),
            ("\u{1b}[31mred", "[U+001B][31mred"),
            ("a\u{2028}b\u{2029}c", "a[U+2028]b[U+2029]c"),
            (
                "\u{3164}\u{115f}\u{2800}\u{ffa0}",
                "[U+3164][U+115F][U+2800][U+FFA0]",
            ),
            (
                "a\u{e0041}\u{fe0f}\u{34f}\u{ad}",
                "a[U+E0041][U+FE0F][U+034F][U+00AD]",
            ),
            (
                "\u{e000}\u{378}\u{10ffff}\u{fdd0}",
                "[U+E000][U+0378][U+10FFFF][U+FDD0]",
            ),
            ("a\u{2003}b\u{1680}", "a[U+2003]b[U+1680]"),
            (
                "\u{2066}a\u{2069}\u{200f}\u{61c}",
                "[U+2066]a[U+2069][U+200F][U+061C]",
            ),
            ("Қазақстан é 合同 ไทย हिन्दी", "Қазақстан é 合同 ไทย हिन्दी"),
            ("№ 5\u{a0}«а» 😀", "№ 5\u{a0}«а» 😀"),
        ] {
            assert_eq!(name(words), shown);
            assert_eq!(name(shown), shown);
        }
    }

    #[test]
    fn marks_do_not_pile_up_nor_stand_on_what_is_before() {
        assert_eq!(name("Vie\u{302}\u{323}t"), "Vie\u{302}\u{323}t");
        let pile = ["a", &"\u{301}".repeat(6)].concat();
        let cut = ["a", &"\u{301}".repeat(4), "[U+0301][U+0301]"].concat();
        assert_eq!(name(&pile), cut);
        assert_eq!(name("\u{301}a"), "[U+0301]a");
        assert_eq!(name("a\u{200b}\u{301}"), "a[U+200B][U+0301]");
        assert_eq!(lines("a\n\u{20dd}b"), "a\n[U+20DD]b");
    }

    #[test]
    fn spaces_do_not_push_a_name_out_of_sight() {
        assert_eq!(name("a    b"), "a    b");
        assert_eq!(name("a.txt      .exe"), "a.txt    [U+0020][U+0020].exe");
        assert_eq!(name("a    \u{a0}\u{3000}b"), "a    [U+00A0][U+3000]b");
        assert_eq!(lines("a\n        b"), "a\n        b");
    }

    #[test]
    fn blocks_have_lines() {
        assert_eq!(lines("a\r\nb\tc\rd\u{b}"), "a\nb\tc[U+000D]d[U+000B]");
    }

    #[test]
    fn mixed_directions_are_isolated() {
        assert_eq!(isolated("договор 12"), "договор 12");
        for words in ["חוזה 12.pdf", "a عقد", "𐤀", "𞤀"] {
            assert_eq!(isolated(words), format!("\u{2068}{words}\u{2069}"));
        }
    }

    #[test]
    fn json_keeps_its_meaning() {
        let value = serde_json::json!({ "a": "\u{1b}[0m\u{202e}\u{e0041}\u{7f}\nб" });
        let clean = json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(
            clean.chars().all(|it| it == '\n' || !is_deceptive(it)),
            "{clean}"
        );
        assert!(clean.contains("\\u202e\\udb40\\udc41\\u007f"), "{clean}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&clean).unwrap(),
            value
        );
    }
}
