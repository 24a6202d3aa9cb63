//! What a function hands out: as much as there is room for, and what is untrue about it.

use cryptoki_sys::{CK_RV, CK_ULONG, CKR_BUFFER_TOO_SMALL};
use getrandom::{SysRng, rand_core::TryRng as _};

/// How many a flood claims.
pub(crate) const FLOOD: usize = 1_000_000;
/// By how much a length is exaggerated.
const EXCESS: usize = 1 << 20;

/// What is untrue about a result.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
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
    pub(crate) fn new(correct: Vec<T>, room: Option<usize>, fault: Fault) -> Self {
        let half = correct.len() / 2;
        let mut items = match fault {
            Fault::Flood => (0..FLOOD.min(room.unwrap_or(FLOOD)))
                .map(T::numbered)
                .collect(),
            Fault::Garbage => correct.iter().map(|_| T::random()).collect(),
            Fault::ShortLength => correct.into_iter().take(half).collect(),
            Fault::LongLength | Fault::Nothing => correct,
        };
        let excess = match fault {
            Fault::LongLength => EXCESS,
            _ => 0,
        };
        let Some(room) = room else {
            return Self {
                length: ulong(items.len() + excess),
                items: Vec::new(),
                result: Ok(()),
            };
        };
        if room < items.len() && matches!(fault, Fault::Garbage | Fault::Nothing) {
            return Self {
                length: ulong(items.len()),
                items: Vec::new(),
                result: Err(CKR_BUFFER_TOO_SMALL),
            };
        }
        items.truncate(room);
        let length = match fault {
            Fault::LongLength => room + excess,
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
pub(crate) fn text<const N: usize>(text: &str, fault: Fault) -> [u8; N] {
    let mut field = match fault {
        Fault::Garbage | Fault::ShortLength => random(),
        _ => [b' '; N],
    };
    let mut bytes = text.as_bytes().to_vec();
    match fault {
        Fault::LongLength => {
            bytes = [b"-", text.as_bytes(), "жұлдыз".as_bytes()]
                .concat()
                .repeat(N)
        }
        Fault::ShortLength => bytes.push(0),
        Fault::Garbage => bytes.clear(),
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
