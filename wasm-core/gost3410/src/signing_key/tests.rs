use hex_literal::hex;
use signature::hazmat::PrehashVerifier;

use super::*;
use crate::Encoding;

struct Example {
    curve: Curve,
    d: &'static [u8],
    /// As the standard prints it, most significant byte first.
    e: &'static [u8],
    k: &'static [u8],
    q: (&'static [u8], &'static [u8]),
    r: &'static [u8],
    s: &'static [u8],
}

/// GOST R 34.10-2012 A.1 (RFC 7091 section 7.1) and A.2.
const EXAMPLES: [Example; 2] = [
    Example {
        curve: Curve::Test256,
        d: &hex!("7A929ADE789BB9BE10ED359DD39A72C11B60961F49397EEE1D19CE9891EC3B28"),
        e: &hex!("2DFBC1B372D89A1188C09C52E0EEC61FCE52032AB1022E8E67ECE6672B043EE5"),
        k: &hex!("77105C9B20BCD3122823C8CF6FCC7B956DE33814E95B7FE64FED924594DCEAB3"),
        q: (
            &hex!("7F2B49E270DB6D90D8595BEC458B50C58585BA1D4E9B788F6689DBD8E56FD80B"),
            &hex!("26F1B489D6701DD185C8413A977B3CBBAF64D1C593D26627DFFB101A87FF77DA"),
        ),
        r: &hex!("41AA28D2F1AB148280CD9ED56FEDA41974053554A42767B83AD043FD39DC0493"),
        s: &hex!("01456C64BA4642A1653C235A98A60249BCD6D3F746B631DF928014F6C5BF9C40"),
    },
    Example {
        curve: Curve::Test512,
        d: &hex!(
            "0BA6048AADAE241BA40936D47756D7C93091A0E8514669700EE7508E508B1020"
            "72E8123B2200A0563322DAD2827E2714A2636B7BFD18AADFC62967821FA18DD4"
        ),
        e: &hex!(
            "3754F3CFACC9E0615C4F4A7C4D8DAB531B09B6F9C170C533A71D147035B0C591"
            "7184EE536593F4414339976C647C5D5A407ADEDB1D560C4FC6777D2972075B8C"
        ),
        k: &hex!(
            "0359E7F4B1410FEACC570456C6801496946312120B39D019D455986E364F3658"
            "86748ED7A44B3E794434006011842286212273A6D14CF70EA3AF71BB1AE679F1"
        ),
        q: (
            &hex!(
                "115DC5BC96760C7B48598D8AB9E740D4C4A85A65BE33C1815B5C320C854621DD"
                "5A515856D13314AF69BC5B924C8B4DDFF75C45415C1D9DD9DD33612CD530EFE1"
            ),
            &hex!(
                "37C7C90CD40B0F5621DC3AC1B751CFA0E2634FA0503B3D52639F5D7FB72AFD61"
                "EA199441D943FFE7F0C70A2759A3CDB84C114E1F9339FDF27F35ECA93677BEEC"
            ),
        ),
        r: &hex!(
            "2F86FA60A081091A23DD795E1E3C689EE512A3C82EE0DCC2643C78EEA8FCACD3"
            "5492558486B20F1C9EC197C90699850260C93BCBCD9C5C3317E19344E173AE36"
        ),
        s: &hex!(
            "1081B394696FFE8E6585E7A9362D26B6325F56778AADBC081C0BFBE933D52FF5"
            "823CE288E8C4F362526080DF7F70CE406A6EEB1F56919CB92A9853BDE73E5B4A"
        ),
    },
];

fn sign_with_nonce(key: &SigningKey, digest: &[u8], k: &[u8]) -> Signature {
    let mut wide = [0; nonce::LEN];
    Integer::from_be_bytes(k).write_le(&mut wide[..key.curve.size()]);
    key.sign(digest, &wide).unwrap()
}

#[test]
fn the_standards_examples_come_out_exactly() {
    for example in EXAMPLES {
        let Example {
            curve,
            d,
            e,
            k,
            q: (x, y),
            r,
            s,
        } = example;
        let key = SigningKey::on_any_curve(curve, &Integer::from_be_bytes(d)).unwrap();
        let point: Vec<u8> = x.iter().rev().chain(y.iter().rev()).copied().collect();
        assert_eq!(key.verifying_key.to_bytes().as_ref(), point);
        assert_eq!(
            VerifyingKey::from_bytes(curve, &point),
            Ok(key.verifying_key)
        );

        let digest: Vec<u8> = e.iter().rev().copied().collect();
        let signature = sign_with_nonce(&key, &digest, k);
        assert_eq!(
            signature.to_bytes(Encoding::Standard).as_ref(),
            [r, s].concat()
        );
        key.verifying_key
            .verify_prehash(&digest, &signature)
            .unwrap();
    }
}

#[test]
fn no_key_is_made_on_a_curve_of_the_examples() {
    for example in EXAMPLES {
        let key = SigningKey::from_be_bytes(example.curve, example.d);
        assert_eq!(key.unwrap_err(), Error::TestCurve);
    }
}
