use super::{table::DIGESTS, *};

#[test]
fn the_table_agrees_with_itself() {
    for row in &DIGESTS {
        assert_eq!(row.algorithm.name(), row.name);
        for oid in row.kazakh_oid.into_iter().chain([row.oid]) {
            assert_eq!(DigestAlgorithm::from_oid(oid), Some(row.algorithm));
        }
        assert_eq!(row.algorithm.digest(b"").bytes().len(), row.output_len);
        assert_eq!(serde_json::to_value(row.algorithm).unwrap(), row.name);
    }
}

/// The digests of "abc": FIPS 180-4 and 202, their examples; RIPEMD-160, its authors'; GOST by the GOST engine of OpenSSL.
#[test]
fn digests_in_pieces() {
    for (algorithm, start) in [
        (DigestAlgorithm::Sha1, "a9993e36"),
        (DigestAlgorithm::Sha224, "23097d22"),
        (DigestAlgorithm::Sha256, "ba7816bf"),
        (DigestAlgorithm::Sha384, "cb00753f"),
        (DigestAlgorithm::Sha512, "ddaf35a1"),
        (DigestAlgorithm::Gost94, "b285056d"),
        (DigestAlgorithm::Gost95, "f3134348"),
        (DigestAlgorithm::Streebog256, "4e2919cf"),
        (DigestAlgorithm::Streebog512, "28156e28"),
        (DigestAlgorithm::Sha3_224, "e642824c"),
        (DigestAlgorithm::Sha3_256, "3a985da7"),
        (DigestAlgorithm::Sha3_384, "ec014982"),
        (DigestAlgorithm::Sha3_512, "b751850b"),
        (DigestAlgorithm::Shake256, "48336660"),
        (DigestAlgorithm::Ripemd160, "8eb208f7"),
        (DigestAlgorithm::Sha512_224, "4634270f"),
        (DigestAlgorithm::Sha512_256, "53048e26"),
        (DigestAlgorithm::Md5, "90015098"),
    ] {
        let mut hasher = algorithm.hasher();
        hasher.update(b"a");
        hasher.update(b"bc");
        let digest = hasher.finish();
        assert!(digest.hex().starts_with(start), "{digest:?}");
        assert_eq!(Digest::new(algorithm, &digest.bytes()), Some(digest));
    }
}

#[test]
fn a_digest_of_another_length_does_not_exist() {
    assert_eq!(Digest::new(DigestAlgorithm::Sha256, &[0; 20]), None);
    let value = "00".repeat(32);
    let read = |json: String| serde_json::from_str::<Digest>(&json);
    assert!(read(format!(r#"{{"algorithm":"SHA-256","value":"{value}"}}"#)).is_ok());
    for (algorithm, value) in [
        ("SHA-384", value.clone()),
        ("SHA-256", "0G".repeat(32)),
        ("SHA-256", "AB".repeat(32)),
        ("SHA-256", "é".repeat(32)),
        ("MD4", "00".repeat(16)),
    ] {
        let json = format!(r#"{{"algorithm":"{algorithm}","value":"{value}"}}"#);
        assert!(read(json.clone()).is_err(), "{json}");
    }
}
