//! The transcoder from BER to DER, held against values written in both forms.

use crate::support::der::{Tag, der, loosened, octets, oid, sequence};
use proptest::prelude::*;
use std::borrow::Cow;
use tamga_core::ber::to_der;

/// DER of some value.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..400);
    let leaf = prop_oneof![
        bytes.prop_map(|bytes| octets(&bytes)),
        any::<[u8; 3]>().prop_map(|bytes| der(Tag::Bmp, &[&bytes])),
        any::<u8>().prop_map(|number| der(Tag::Integer, &[&[number]])),
        any::<[u8; 2]>().prop_map(|bytes| der(Tag::Implicit(0), &[&bytes])),
        any::<u16>().prop_map(|arc| oid(&format!("1.2.643.{arc}"))),
    ];
    leaf.prop_recursive(8, 60, 6, |inner| {
        let parts = prop::collection::vec(inner, 0..6);
        (parts, 0..3u8).prop_map(|(parts, kind)| match kind {
            0 => sequence(&[&parts.concat()]),
            1 => der(Tag::Set, &[&parts.concat()]),
            _ => der(Tag::Explicit(kind), &[&parts.concat()]),
        })
    })
}

proptest! {
    #[test]
    fn every_form_of_a_value_becomes_its_der(der in value(), pieces in 1..300usize) {
        let loose = loosened(&der, pieces);
        prop_assert_eq!(to_der(&loose).map(Cow::into_owned), Ok(der.clone()));
        let same = to_der(&der);
        prop_assert!(matches!(same, Ok(Cow::Borrowed(same)) if same == der));
    }
}
