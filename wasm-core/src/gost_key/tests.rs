//! Every form of a key, made by hand.

use super::*;

const SET: ObjectIdentifier = oid("1.2.643.2.2.35.1");
const KAZAKH_SET: ObjectIdentifier = oid("1.2.398.3.10.1.1.2.2.1");

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

fn key(profile: Profile, set: ObjectIdentifier) -> GostKey {
    let curve = Curve::from_oid(&set).unwrap();
    let number: Vec<u8> = (1..).take(curve.size() - 1).chain([0]).collect();
    let key = SigningKey::from_le_bytes(curve, &number).unwrap();
    GostKey::new(profile, set, key).unwrap()
}

fn info(algorithm: &str, set: ObjectIdentifier, private: &[u8], public: Option<&[u8]>) -> Vec<u8> {
    let parameters = vec![set].to_der().unwrap();
    let info = PrivateKeyInfoRef {
        algorithm: AlgorithmIdentifierRef {
            oid: oid(algorithm),
            parameters: Some(AnyRef::from_der(&parameters).unwrap()),
        },
        private_key: OctetStringRef::new(private).unwrap(),
        public_key: public.map(|bits| BitStringRef::from_bytes(bits).unwrap()),
    };
    info.to_der().unwrap()
}

fn number(key: &GostKey) -> Vec<u8> {
    key.key.to_le_bytes().as_ref().to_vec()
}

#[test]
fn what_is_written_is_read() {
    for (profile, set, length) in [
        (Profile::Russia2012, SET, 32),
        (Profile::Russia2012, oid("1.2.643.7.1.2.1.2.1"), 64),
        (Profile::Russia2001, SET, 32),
        (Profile::Kazakhstan2015, KAZAKH_SET, 66),
        (Profile::Kazakhstan2015, oid("1.2.398.3.10.1.1.2.1.1"), 34),
        (Profile::Kazakhstan2004, oid("1.2.398.3.10.1.1.1.1.1"), 34),
    ] {
        let key = key(profile, set);
        let der = key.to_pkcs8().unwrap();
        let info = PrivateKeyInfoRef::from_der(&der).unwrap();
        assert_eq!(info.private_key.as_bytes().len(), length, "{profile:?}");
        let read = GostKey::from_pkcs8(&der).unwrap();
        assert_eq!((read.profile(), number(&read)), (profile, number(&key)));
        assert_eq!(read.public_key(), key.public_key());
        assert_eq!(read.signing_key().is_some(), profile.may_sign());
    }
}

#[test]
fn the_hash_is_written_where_the_curve_does_not_say_it() {
    let written = |profile, set| {
        let parameters = key(profile, set).parameters().unwrap();
        Vec::<ObjectIdentifier>::from_der(&parameters).unwrap()
    };
    assert_eq!(written(Profile::Russia2012, SET).len(), 2);
    let alias = oid("1.2.643.7.1.2.1.1.2");
    assert_eq!(written(Profile::Russia2012, alias), [alias]);
    let kazakh = [KAZAKH_SET, oid("1.2.398.3.10.1.3.3")];
    assert_eq!(written(Profile::Kazakhstan2015, KAZAKH_SET), kazakh);
}

#[test]
fn every_form_of_a_number_is_read() {
    let key = key(Profile::Russia2012, SET);
    let plain = number(&key);
    let mut one = vec![0; 32];
    one[0] = 1;
    let masked = [&plain[..], &one, &one].concat();
    let big_endian: Vec<u8> = plain.iter().rev().skip(1).copied().collect();
    for form in [
        plain.clone(),
        masked.clone(),
        [&[4, 32], &plain[..]].concat(),
        [&[4, 96], &masked[..]].concat(),
        [&[2, 31], &big_endian[..]].concat(),
    ] {
        for algorithm in ["1.2.643.7.1.1.1.1", "1.2.643.7.1.1.6.1"] {
            let read = GostKey::from_pkcs8(&info(algorithm, SET, &form, None)).unwrap();
            assert_eq!(number(&read), plain, "{form:x?}");
            assert_eq!(read.public_key(), key.public_key());
        }
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let russian = "1.2.643.7.1.1.1.1";
    let of = |algorithm, set, private: &[u8]| {
        GostKey::from_pkcs8(&info(algorithm, set, private, None)).unwrap_err()
    };
    for private in [
        &[][..],
        &[0; 32],
        &[0xff; 32],
        &[1; 31],
        &[1; 33],
        &[4, 31],
        &[4, 2, 1, 1],
        &[5, 0],
        &[2, 1, 0],
        &[2, 1, 0xff],
        &[&[2, 34, 1][..], &[0; 33]].concat(),
    ] {
        assert_eq!(of(russian, SET, private), PRIVATE_KEY, "{private:x?}");
    }
    let test = oid("1.2.643.2.2.35.0");
    assert_eq!(of(russian, test, &[1; 32]), unsupported(&test));
    assert_eq!(of(russian, KAZAKH_SET, &[1; 64]), PARAMETERS);
    let other = "1.2.840.10045.2.1";
    assert_eq!(of(other, SET, &[1; 32]), unsupported(&oid(other)));
    assert_eq!(GostKey::from_pkcs8(b"key").unwrap_err(), PRIVATE_KEY);
}

#[test]
fn a_public_key_beside_has_to_be_the_own() {
    let key = key(Profile::Russia2012, SET);
    let own = key.key.verifying_key().to_bytes();
    let wrapped = [&[4, 64], own.as_ref()].concat();
    let mut other = own.as_ref().to_vec();
    other[5] ^= 1;
    for (public, right) in [(own.as_ref(), true), (&wrapped, true), (&other, false)] {
        let der = info("1.2.643.7.1.1.1.1", SET, &number(&key), Some(public));
        let read = GostKey::from_pkcs8(&der);
        assert_eq!(read.err(), (!right).then_some(PUBLIC_KEY));
    }
}

#[test]
fn names_have_to_fit() {
    let key = key(Profile::Russia2012, SET).key;
    let set = KAZAKH_SET;
    let new = |profile, set| GostKey::new(profile, set, key.clone()).err();
    assert_eq!(new(Profile::Kazakhstan2015, set), Some(PARAMETERS));
    assert_eq!(new(Profile::Kazakhstan2004, SET), None);
}

#[test]
fn debug_shows_no_key() {
    let shown = format!("{:?}", key(Profile::Russia2012, SET));
    assert_eq!(
        shown,
        "GostKey { profile: Russia2012, curve: CryptoProA, .. }"
    );
}
