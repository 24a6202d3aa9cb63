//! What a function hands out: as much as there is room for, and what is untrue about it.

use cryptoki_sys::{CK_RV, CK_ULONG, CKR_BUFFER_TOO_SMALL};
use getrandom::{SysRng, rand_core::TryRng as _};

/// How many a flood claims.
pub(crate) const FLOOD: usize = 1_000_000;
/// By how much a length is exaggerated.
const EXCESS: usize = 1 << 20;

/// What is untrue about a result.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lie {
    Flood,
    Garbage,
    LongLength,
    Nothing,
    ShortLength,
}

/// What lists are made of.
pub(crate) trait Item: Copy {
    fn random() -> Self;
    fn numbered(number: usize) -> Self;
}

impl Item for u8 {
    fn random() -> Self {
        let [byte] = random();
        byte
    }

    fn numbered(number: usize) -> Self {
        let [byte, ..] = number.to_le_bytes();
        byte
    }
}

impl Item for CK_ULONG {
    fn random() -> Self {
        Self::from_ne_bytes(random())
    }

    fn numbered(number: usize) -> Self {
        ulong(number)
    }
}

/// What the caller gets.
#[derive(Debug)]
pub(crate) struct Reply<T> {
    /// What is written to the caller's buffer; never more than fits.
    pub(crate) items: Vec<T>,
    /// What is written to the caller's length.
    pub(crate) length: CK_ULONG,
    pub(crate) result: Result<(), CK_RV>,
}

impl<T: Item> Reply<T> {
    /// `room` is how many the caller's buffer takes; without a buffer it asks for the number only
    /// (PKCS #11 v2.40 §5.2).
    pub(crate) fn new(honest: Vec<T>, room: Option<usize>, lie: Lie) -> Self {
        let half = honest.len() / 2;
        let mut items = match lie {
            Lie::Flood => (0..FLOOD.min(room.unwrap_or(FLOOD)))
                .map(T::numbered)
                .collect(),
            Lie::Garbage => honest.iter().map(|_| T::random()).collect(),
            Lie::ShortLength => honest.into_iter().take(half).collect(),
            Lie::LongLength | Lie::Nothing => honest,
        };
        let excess = match lie {
            Lie::LongLength => EXCESS,
            _ => 0,
        };
        let Some(room) = room else {
            return Self {
                length: ulong(items.len() + excess),
                items: Vec::new(),
                result: Ok(()),
            };
        };
        if room < items.len() && matches!(lie, Lie::Garbage | Lie::Nothing) {
            return Self {
                length: ulong(items.len()),
                items: Vec::new(),
                result: Err(CKR_BUFFER_TOO_SMALL),
            };
        }
        items.truncate(room);
        let length = match lie {
            Lie::LongLength => room + excess,
            _ => items.len(),
        };
        Self {
            length: ulong(length),
            items,
            result: Ok(()),
        }
    }
}

/// A text of fixed length, padded with blanks as the standard wants it.
pub(crate) fn text<const N: usize>(text: &str, lie: Lie) -> [u8; N] {
    let mut field = match lie {
        Lie::Garbage | Lie::ShortLength => random(),
        _ => [b' '; N],
    };
    let mut bytes = text.as_bytes().to_vec();
    match lie {
        Lie::LongLength => {
            bytes = [b"-", text.as_bytes(), "жұлдыз".as_bytes()]
                .concat()
                .repeat(N)
        }
        Lie::ShortLength => bytes.push(0),
        Lie::Garbage => bytes.clear(),
        // Cut between letters.
        _ => {
            let ends = text
                .char_indices()
                .map(|(start, letter)| start + letter.len_utf8());
            bytes.truncate(ends.take_while(|end| *end <= N).last().unwrap_or_default());
        }
    }
    field
        .iter_mut()
        .zip(bytes)
        .for_each(|(to, from)| *to = from);
    field
}

/// What the C side calls a number; all of ours fit.
pub(crate) fn ulong(number: usize) -> CK_ULONG {
    CK_ULONG::try_from(number).unwrap_or(CK_ULONG::MAX)
}

/// Random bytes; zeros where the system has none.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let _ = SysRng.try_fill_bytes(&mut bytes);
    bytes
}
