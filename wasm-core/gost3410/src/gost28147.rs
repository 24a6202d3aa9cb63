//! GOST 28147-89 (RFC 5830), the cipher before Magma, in the modes that keys are kept with: simple
//! substitution, cipher feedback, and the MAC.
//!
//! # Timing
//!
//! The rounds look octets up in tables of 4 KiB, at indices that depend on key and data. Somebody who
//! shares the processor's cache with this code can in principle learn of them. [`magma`](crate::magma)
//! is the same code.

mod cfb;
pub(crate) mod rounds;
mod sbox;

use core::{fmt, iter};

pub use sbox::{CRYPTO_PRO_A, CRYPTO_PRO_B, CRYPTO_PRO_C, CRYPTO_PRO_D, PARAM_Z, SBox, TEST};

use rounds::{Halves, Rounds};
use zeroize::ZeroizeOnDrop;

/// The cipher under a key.
#[derive(Clone)]
pub struct Gost28147(Rounds);

impl Gost28147 {
    /// The cipher under `key`, the octets of which are in the order of RFC 4357.
    pub fn new(key: &[u8; 32], sbox: &'static SBox) -> Self {
        Self(Rounds::new(key, u32::from_le_bytes, sbox))
    }

    /// Encrypts blocks by themselves: simple substitution, or ECB (RFC 5830 section 5).
    pub fn encrypt(&self, blocks: &mut [[u8; 8]]) {
        for block in blocks {
            *block = octets(self.0.encrypt([halves(*block)]));
        }
    }

    /// Decrypts blocks by themselves.
    pub fn decrypt(&self, blocks: &mut [[u8; 8]]) {
        for block in blocks {
            *block = octets(self.0.decrypt([halves(*block)]));
        }
    }

    /// The MAC of four octets (RFC 5830 section 8). Data is filled up with zeros to whole blocks, of
    /// which the standard wants at least two. `iv` is zero but for keys under a key (RFC 4357 section
    /// 6.3).
    ///
    /// There is no key meshing (RFC 4357 section 2.3.2): CryptoPro's containers have none in their
    /// MACs, however long the data.
    pub fn mac(&self, iv: &[u8; 8], data: &[u8]) -> [u8; 4] {
        let count = data.len().div_ceil(8).max(2);
        let blocks = data.chunks(8).chain(iter::repeat(&[][..])).take(count);
        let mut state = *iv;
        for block in blocks {
            state.iter_mut().zip(block).for_each(|(s, o)| *s ^= o);
            state = octets([self.0.digest(halves(state))]);
        }
        let [a, b, c, d, ..] = state;
        [a, b, c, d]
    }
}

/// Numbers of RFC 5830 are little-endian.
fn halves([a, b, c, d, e, f, g, h]: [u8; 8]) -> Halves {
    [
        u32::from_le_bytes([a, b, c, d]),
        u32::from_le_bytes([e, f, g, h]),
    ]
}

fn octets([[n1, n2]]: [Halves; 1]) -> [u8; 8] {
    let ([a, b, c, d], [e, f, g, h]) = (n1.to_le_bytes(), n2.to_le_bytes());
    [a, b, c, d, e, f, g, h]
}

impl ZeroizeOnDrop for Gost28147 {}

impl fmt::Debug for Gost28147 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gost28147 {{ sbox: {:?}, .. }}", self.0.sbox)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    const KEY: [u8; 32] = hex!("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

    /// The last octets of 3000 letters `a`, as gost-engine 3.0.1 encrypts them (`openssl enc -gost89`,
    /// with its parameter `CRYPT_PARAMS`): two changes of the key come before them.
    #[test]
    fn every_s_box_as_gost_engine_has_it() {
        for (sbox, expected) in [
            (&PARAM_Z, hex!("29c4250c8592ce0d1def8e86b17f2b02")),
            (&CRYPTO_PRO_A, hex!("83e31914d96fb35840a64367aa3362e1")),
            (&CRYPTO_PRO_B, hex!("d873b176d57f285476e7868acadc402e")),
            (&CRYPTO_PRO_C, hex!("115bce5b192d9b7938e5256e7ccb7cb8")),
            (&CRYPTO_PRO_D, hex!("9b5a142939f70efbc89cbfc6fbcc1ed5")),
            (&TEST, hex!("a26cab2fe0b256996d8681681bf7fc11")),
        ] {
            let (cipher, iv) = (Gost28147::new(&KEY, sbox), hex!("0102030405060708"));
            let mut data = [b'a'; 3000];
            cipher.encrypt_cfb(&iv, &mut data);
            assert_eq!(data[2984..], expected, "{sbox:?}");
            cipher.decrypt_cfb(&iv, &mut data);
            assert_eq!(data, [b'a'; 3000], "{sbox:?}");
        }
    }

    /// The example of RFC 8891 appendix A, with its numbers turned round.
    #[test]
    fn blocks_by_themselves() {
        let key = hex!("ccddeeff8899aabb4455667700112233f3f2f1f0f7f6f5f4fbfaf9f8fffefdfc");
        let cipher = Gost28147::new(&key, &PARAM_Z);
        let mut blocks = [hex!("1032547698badcfe"); 2];
        cipher.encrypt(&mut blocks);
        assert_eq!(blocks, [hex!("3dcad8c2e501e94e"); 2]);
        cipher.decrypt(&mut blocks);
        assert_eq!(blocks, [hex!("1032547698badcfe"); 2]);
    }

    /// As gost-engine 3.0.1 makes them: `openssl dgst -mac gost-mac`, and `gost-mac-12`.
    #[test]
    fn macs_as_gost_engine_makes_them() {
        for (sbox, data, expected) in [
            (&CRYPTO_PRO_A, &b"abc"[..], hex!("b5d34c88")),
            (&CRYPTO_PRO_A, b"abcdefgh12345", hex!("fc8826bf")),
            (&PARAM_Z, b"abc", hex!("0ab9bdd6")),
            (&PARAM_Z, b"abcdefgh12345", hex!("ebf773eb")),
        ] {
            let cipher = Gost28147::new(b"12345678901234567890123456789012", sbox);
            assert_eq!(cipher.mac(&[0; 8], data), expected, "{sbox:?}");
        }
    }

    /// A vector before the first block is a block before it.
    #[test]
    fn a_mac_can_begin_elsewhere() {
        let cipher = Gost28147::new(&KEY, &PARAM_Z);
        let (iv, data) = (*b"12345678", [5; 24]);
        let mut masked = data;
        masked.iter_mut().zip(iv).for_each(|(data, iv)| *data ^= iv);
        assert_eq!(cipher.mac(&iv, &data), cipher.mac(&[0; 8], &masked));
    }
}
