//! Cipher feedback with CryptoPro's key meshing.

use super::Gost28147;
use zeroize::Zeroizing;

/// Octets between two changes of the key.
const SECTION: usize = 1024;

/// The constant C of RFC 4357 section 2.3.2.
const MESH: [[u8; 8]; 4] = [
    [0x69, 0x00, 0x72, 0x22, 0x64, 0xc9, 0x04, 0x23],
    [0x8d, 0x3a, 0xdb, 0x96, 0x46, 0xe9, 0x2a, 0xc4],
    [0x18, 0xfe, 0xac, 0x94, 0x00, 0xed, 0x07, 0x12],
    [0xc0, 0x86, 0xdc, 0xc2, 0xef, 0x4c, 0xa9, 0x2b],
];

/// Which octet is fed back: always that of the ciphertext.
#[derive(Clone, Copy)]
enum Direction {
    Decrypt,
    Encrypt,
}

impl Gost28147 {
    /// Encrypts with cipher feedback (RFC 5830 section 7) and a new key after every 1024 octets (key
    /// meshing, RFC 4357 section 2.3.2), which parameter set Z and those of CryptoPro call for.
    pub fn encrypt_cfb(&self, iv: &[u8; 8], data: &mut [u8]) {
        self.feed_back(iv, data, Direction::Encrypt);
    }

    /// Decrypts what [`encrypt_cfb`](Self::encrypt_cfb) made.
    pub fn decrypt_cfb(&self, iv: &[u8; 8], data: &mut [u8]) {
        self.feed_back(iv, data, Direction::Decrypt);
    }

    fn feed_back(&self, iv: &[u8; 8], data: &mut [u8], direction: Direction) {
        let mut cipher = self.clone();
        let mut register = [*iv];
        for (index, section) in data.chunks_mut(SECTION).enumerate() {
            if index > 0 {
                cipher = cipher.meshed();
                cipher.encrypt(&mut register);
            }
            for piece in section.chunks_mut(8) {
                cipher.encrypt(&mut register);
                for (octet, register) in piece.iter_mut().zip(register.as_flattened_mut()) {
                    let sum = *octet ^ *register;
                    *register = match direction {
                        Direction::Decrypt => *octet,
                        Direction::Encrypt => sum,
                    };
                    *octet = sum;
                }
            }
        }
    }

    /// The cipher under the key that follows this one.
    fn meshed(&self) -> Self {
        let mut key = Zeroizing::new(MESH);
        self.decrypt(&mut *key);
        let mut octets = Zeroizing::new([0; 32]);
        octets.copy_from_slice(key.as_flattened());
        Self::new(&octets, self.0.sbox)
    }
}
