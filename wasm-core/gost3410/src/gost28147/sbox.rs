//! The S-boxes of GOST 28147-89, which the standard leaves to its users to choose.

#![allow(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "at compile time, where an index out of range does not compile; and octets into 256 entries"
)]

use core::fmt;

use digest::const_oid::ObjectIdentifier;

/// An S-box: eight substitutions of four bits each.
pub struct SBox {
    /// What parameters of CMS and PKCS#5 name it by.
    pub oid: ObjectIdentifier,
    /// For each octet of a word, from the least significant one: both its substitutions and the turn
    /// by 11 bits that follows them.
    tables: [[u32; 256]; 4],
}

/// id-tc26-gost-28147-param-Z (RFC 7836 appendix C), which is also the S-box of Magma.
pub static PARAM_Z: SBox = SBox::new(
    ObjectIdentifier::new_unwrap("1.2.643.7.1.2.5.1.1"),
    [
        [12, 4, 6, 2, 10, 5, 11, 9, 14, 8, 13, 7, 0, 3, 15, 1],
        [6, 8, 2, 3, 9, 10, 5, 12, 1, 14, 4, 7, 11, 13, 0, 15],
        [11, 3, 5, 8, 2, 15, 10, 13, 14, 1, 7, 4, 12, 9, 6, 0],
        [12, 8, 2, 1, 13, 4, 15, 6, 7, 0, 10, 5, 3, 14, 9, 11],
        [7, 15, 5, 10, 8, 1, 6, 13, 0, 9, 3, 14, 11, 4, 2, 12],
        [5, 13, 15, 6, 9, 2, 12, 10, 11, 7, 8, 1, 4, 3, 14, 0],
        [8, 14, 2, 5, 6, 9, 1, 12, 15, 4, 11, 0, 13, 10, 3, 7],
        [1, 7, 14, 13, 0, 5, 8, 3, 4, 15, 10, 6, 9, 12, 11, 2],
    ],
);

/// id-Gost28147-89-CryptoPro-A-ParamSet (RFC 4357 section 11.1).
pub static CRYPTO_PRO_A: SBox = SBox::new(
    ObjectIdentifier::new_unwrap("1.2.643.2.2.31.1"),
    [
        [9, 6, 3, 2, 8, 11, 1, 7, 10, 4, 14, 15, 12, 0, 13, 5],
        [3, 7, 14, 9, 8, 10, 15, 0, 5, 2, 6, 12, 11, 4, 13, 1],
        [14, 4, 6, 2, 11, 3, 13, 8, 12, 15, 5, 10, 0, 7, 1, 9],
        [14, 7, 10, 12, 13, 1, 3, 9, 0, 2, 11, 4, 15, 8, 5, 6],
        [11, 5, 1, 9, 8, 13, 15, 0, 14, 4, 2, 3, 12, 7, 10, 6],
        [3, 10, 13, 12, 1, 2, 0, 11, 7, 5, 9, 4, 8, 15, 14, 6],
        [1, 13, 2, 9, 7, 10, 6, 0, 8, 12, 4, 5, 15, 3, 11, 14],
        [11, 10, 15, 5, 0, 12, 14, 8, 6, 2, 3, 9, 1, 7, 13, 4],
    ],
);

/// id-Gost28147-89-CryptoPro-B-ParamSet.
pub static CRYPTO_PRO_B: SBox = SBox::new(
    ObjectIdentifier::new_unwrap("1.2.643.2.2.31.2"),
    [
        [8, 4, 11, 1, 3, 5, 0, 9, 2, 14, 10, 12, 13, 6, 7, 15],
        [0, 1, 2, 10, 4, 13, 5, 12, 9, 7, 3, 15, 11, 8, 6, 14],
        [14, 12, 0, 10, 9, 2, 13, 11, 7, 5, 8, 15, 3, 6, 1, 4],
        [7, 5, 0, 13, 11, 6, 1, 2, 3, 10, 12, 15, 4, 14, 9, 8],
        [2, 7, 12, 15, 9, 5, 10, 11, 1, 4, 0, 13, 6, 8, 14, 3],
        [8, 3, 2, 6, 4, 13, 14, 11, 12, 1, 7, 15, 10, 0, 9, 5],
        [5, 2, 10, 11, 9, 1, 12, 3, 7, 4, 13, 0, 6, 15, 8, 14],
        [0, 4, 11, 14, 8, 3, 7, 1, 10, 2, 9, 6, 15, 13, 5, 12],
    ],
);

/// id-Gost28147-89-CryptoPro-C-ParamSet.
pub static CRYPTO_PRO_C: SBox = SBox::new(
    ObjectIdentifier::new_unwrap("1.2.643.2.2.31.3"),
    [
        [1, 11, 12, 2, 9, 13, 0, 15, 4, 5, 8, 14, 10, 7, 6, 3],
        [0, 1, 7, 13, 11, 4, 5, 2, 8, 14, 15, 12, 9, 10, 6, 3],
        [8, 2, 5, 0, 4, 9, 15, 10, 3, 7, 12, 13, 6, 14, 1, 11],
        [3, 6, 0, 1, 5, 13, 10, 8, 11, 2, 9, 7, 14, 15, 12, 4],
        [8, 13, 11, 0, 4, 5, 1, 2, 9, 3, 12, 14, 6, 15, 10, 7],
        [12, 9, 11, 1, 8, 14, 2, 4, 7, 3, 6, 5, 10, 0, 15, 13],
        [10, 9, 6, 8, 13, 14, 2, 0, 15, 3, 5, 11, 4, 1, 12, 7],
        [7, 4, 0, 5, 10, 2, 15, 14, 12, 6, 1, 11, 13, 9, 3, 8],
    ],
);

/// id-Gost28147-89-CryptoPro-D-ParamSet.
pub static CRYPTO_PRO_D: SBox = SBox::new(
    ObjectIdentifier::new_unwrap("1.2.643.2.2.31.4"),
    [
        [15, 12, 2, 10, 6, 4, 5, 0, 7, 9, 14, 13, 1, 11, 8, 3],
        [11, 6, 3, 4, 12, 15, 14, 2, 7, 13, 8, 0, 5, 10, 9, 1],
        [1, 12, 11, 0, 15, 14, 6, 5, 10, 13, 4, 8, 9, 3, 7, 2],
        [1, 5, 14, 12, 10, 7, 0, 13, 6, 2, 11, 4, 9, 3, 15, 8],
        [0, 12, 8, 9, 13, 2, 10, 11, 7, 3, 6, 5, 4, 14, 15, 1],
        [8, 0, 15, 3, 2, 5, 14, 11, 1, 10, 4, 7, 12, 9, 13, 6],
        [3, 0, 6, 15, 1, 14, 9, 2, 13, 8, 12, 4, 11, 10, 5, 7],
        [1, 10, 6, 8, 15, 11, 0, 4, 12, 3, 5, 9, 7, 13, 2, 14],
    ],
);

/// id-Gost28147-89-TestParamSet: for tests alone.
pub static TEST: SBox = SBox::new(
    ObjectIdentifier::new_unwrap("1.2.643.2.2.31.0"),
    [
        [4, 2, 15, 5, 9, 1, 0, 8, 14, 3, 11, 12, 13, 7, 10, 6],
        [12, 9, 15, 14, 8, 1, 3, 10, 2, 7, 4, 13, 6, 0, 11, 5],
        [13, 8, 14, 12, 7, 3, 9, 10, 1, 5, 2, 4, 6, 15, 0, 11],
        [14, 9, 11, 2, 5, 15, 7, 1, 0, 13, 12, 6, 10, 4, 3, 8],
        [3, 14, 5, 9, 6, 8, 0, 13, 10, 11, 7, 12, 2, 1, 15, 4],
        [8, 15, 6, 11, 1, 9, 12, 5, 13, 3, 7, 10, 0, 14, 2, 4],
        [9, 11, 12, 0, 3, 6, 7, 5, 4, 8, 14, 15, 1, 10, 2, 13],
        [12, 6, 5, 2, 11, 0, 9, 13, 3, 14, 7, 10, 15, 4, 1, 8],
    ],
);

impl SBox {
    /// The S-box with these substitutions, in the order of RFC 4357: the first row is for the lowest four
    /// bits. All numbers are below 16.
    pub const fn new(oid: ObjectIdentifier, rows: [[u32; 16]; 8]) -> Self {
        let mut tables = [[0; 256]; 4];
        let mut place = 0;
        while place < 4 {
            let mut octet = 0;
            while octet < 256 {
                let low = rows[2 * place][octet & 0xf];
                let high = rows[2 * place + 1][octet >> 4];
                let word = (high << 4 | low) << (8 * place);
                tables[place][octet] = word.rotate_left(11);
                octet += 1;
            }
            place += 1;
        }
        Self { oid, tables }
    }

    /// Substitution and turn of one word (RFC 5830 section 5).
    #[inline(always)]
    pub(super) fn substitute(&self, word: u32) -> u32 {
        let [a, b, c, d] = word.to_le_bytes().map(usize::from);
        self.tables[0][a] ^ self.tables[1][b] ^ self.tables[2][c] ^ self.tables[3][d]
    }
}

impl fmt::Debug for SBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SBox({})", self.oid)
    }
}
