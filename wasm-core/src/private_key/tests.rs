use super::*;

fn scalar_of(canonical: &[u8]) -> Vec<u8> {
    let parts = Parts::read(canonical).unwrap();
    EcParts::read(parts.octets).unwrap().scalar.to_vec()
}

/// A key on P-256 with the number 1, whose number is written in these octets.
fn written(scalar: &[u8], in_algorithm: bool) -> Vec<u8> {
    let key = EcPrivateKey {
        private_key: scalar,
        parameters: None,
        public_key: None,
    };
    let (curve, _) = &CURVES[0];
    let mut key = AnyRef::from_der(&key.to_der().unwrap())
        .unwrap()
        .value()
        .to_vec();
    if !in_algorithm {
        let curve = curve.to_der().unwrap();
        key.extend([0xa0, u8::try_from(curve.len()).unwrap()]);
        key.extend(curve);
    }
    let key = AnyRef::new(Tag::Sequence, &key).unwrap().to_der().unwrap();
    let parameters = in_algorithm.then(|| curve.into());
    info(EC_AGREEMENT[0], parameters, &key, None)
        .unwrap()
        .to_vec()
}

#[test]
fn a_number_of_any_length_is_the_same_key() {
    let mut one = [0; 40];
    one[39] = 1;
    for length in [1, 2, 31, 32, 33, 40] {
        for in_algorithm in [true, false] {
            let key = canonical(&written(&one[40 - length..], in_algorithm)).unwrap();
            assert_eq!(scalar_of(&key), one[8..], "{length} {in_algorithm}");
            assert_eq!(canonical(&key).unwrap(), key);
            assert!(
                p256::ecdsa::SigningKey::try_from(PrivateKeyInfoRef::from_der(&key).unwrap())
                    .is_ok()
            );
        }
    }
    let too_large = [1; 33];
    assert_eq!(
        canonical(&written(&too_large, true)),
        Err(PrivateKeyMalformed)
    );
}

#[test]
fn version_attributes_and_public_key_may_be_as_they_like() {
    let plain = info(RSA, Some(AnyRef::NULL), &[0x30, 0], None).unwrap();
    let body = AnyRef::from_der(&plain).unwrap().value().to_vec();
    let public: &[u8] = &[0x81, 2, 0, 7];
    let attributes: &[u8] = &[0xa0, 2, 0x30, 0];
    for (version, rest) in [
        (0, vec![]),
        (1, vec![]),
        (0, public.to_vec()),
        (0, attributes.to_vec()),
        (1, [attributes, public].concat()),
    ] {
        let mut body = [&*body, &*rest].concat();
        body[2] = version;
        let key = AnyRef::new(Tag::Sequence, &body).unwrap().to_der().unwrap();
        let canonical = canonical(&key).unwrap();
        assert_eq!(*canonical, *plain, "{version} {rest:?}");
    }
    for no_key in [&[][..], &[0x30, 0], &[0x30, 3, 2, 1, 0], b"MIIB"] {
        assert_eq!(canonical(no_key), Err(PrivateKeyMalformed));
    }
}
