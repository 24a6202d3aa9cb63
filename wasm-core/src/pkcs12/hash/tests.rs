use super::*;

fn derived(hash: &Hash, purpose: Purpose, length: usize) -> Vec<u8> {
    let password: Vec<u8> = "смэ\0".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let cancel = Cancel::default();
    let mut budget = Budget::new(&cancel);
    let key = hash.derive(
        &password,
        b"salt, and more",
        purpose,
        3,
        length,
        &mut budget,
    );
    key.unwrap().to_vec()
}

/// RFC 7292 has no vectors. These are the last octets of 70 that OpenSSL derives (`openssl kdf
/// -keylen 70 … PKCS12KDF`): four blocks of SHA-1, two of SHA-512.
#[test]
fn keys_are_derived_as_openssl_does() {
    use Purpose::{Authentication, Encryption, Initialisation};
    let sha512 = HASHES[4];
    for (hash, purpose, end) in [
        (&SHA1, Encryption, [0xf3, 0x58, 0xca]),
        (&SHA1, Initialisation, [0x4c, 0x61, 0x81]),
        (&SHA1, Authentication, [0x7b, 0xac, 0x10]),
        (sha512, Encryption, [0x4f, 0x14, 0x3c]),
        (sha512, Initialisation, [0xde, 0xf8, 0xfc]),
        (sha512, Authentication, [0xa3, 0xae, 0x3f]),
    ] {
        assert_eq!(derived(hash, purpose, 70)[67..], end);
    }
}

/// RFC 6070 §2, the first of them and the one with a key of two blocks.
#[test]
fn pbkdf2_is_that_of_the_standards() {
    let cancel = Cancel::default();
    let key = |hash: &Hash, password: &[u8], salt: &[u8], rounds, length| {
        let key = hash.pbkdf2(password, salt, rounds, length, &mut Budget::new(&cancel));
        key.unwrap().to_vec()
    };
    let two_blocks = key(
        &SHA1,
        b"passwordPASSWORDpassword",
        b"saltSALTsaltSALTsaltSALTsaltSALTsalt",
        4096,
        25,
    );
    assert_eq!(two_blocks[..4], [0x3d, 0x2e, 0xec, 0x4f]);
    assert_eq!(two_blocks[20..], [0x4c, 0xf2, 0xf0, 0x70, 0x38]);
    assert_eq!(
        key(&SHA1, b"password", b"salt", 1, 20)[..4],
        [0x0c, 0x60, 0xc8, 0x0f]
    );
}

#[test]
fn a_derivation_is_given_up_in_the_middle() {
    let cancel = Cancel::default();
    for hash in HASHES {
        let other = cancel.clone();
        let cancelling = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(5));
            other.cancel();
        });
        let mut output = [0; 16];
        let rounds = u32::MAX;
        let purpose = Purpose::Encryption;
        let cancelled = Err(Pkcs12Error::Cancelled);
        let derive = (hash.derive)(b"", b"", purpose, rounds, &mut output, &cancel);
        assert_eq!(derive, cancelled);
        assert_eq!(
            (hash.pbkdf1)(b"", b"", rounds, &mut output, &cancel),
            cancelled
        );
        assert_eq!(
            (hash.pbkdf2)(b"", b"", rounds, &mut output, &cancel),
            cancelled
        );
        cancelling.join().unwrap();
    }
}

/// `cargo test --release -p tamga-core derivations_cost -- --ignored --nocapture`: a row for each hash, of what a round is
/// said to cost and of what it costs here.
#[test]
#[ignore = "measures; to be run on a computer with nothing else to do"]
fn what_key_derivations_cost() {
    const ROUNDS: u32 = 20_000;
    let once = |derive: &dyn Fn()| {
        let begin = std::time::Instant::now();
        derive();
        begin.elapsed().as_nanos() / u128::from(ROUNDS)
    };
    // What else the computer does is no cost.
    let nanoseconds = |derive: &dyn Fn()| (0..5).map(|_| once(derive)).min().unwrap();
    let cancel = &Cancel::default();
    println!(
        "hash                             RFC 7292: said, here      PBKDF2: said, here (ns a round)"
    );
    for hash in HASHES {
        let derived = nanoseconds(&|| {
            let purpose = Purpose::Encryption;
            let _ = (hash.derive)(b"password", b"salt", purpose, ROUNDS, &mut [0; 16], cancel);
        });
        let pbkdf2 = nanoseconds(&|| {
            let _ = (hash.pbkdf2)(b"password", b"salt", ROUNDS, &mut [0; 16], cancel);
        });
        let (name, Cost { hash, hmac }) = (hash.digest.to_string(), hash.cost);
        println!("{name:32} {hash:9} {derived:9} {hmac:17} {pbkdf2:9}");
    }
}
