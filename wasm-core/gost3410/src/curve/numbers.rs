//! The numbers of the curves: RFC 7836 Appendix A, RFC 4357 section 11.4, RFC 7091 section 7 and GOST R 34.10-2012
//! Appendix A. The factor u is ours: see [`Parameters::U`].

use crate::arithmetic::{
    comb::Comb, jacobian::BaseMultiples, limbs::from_hex, residue::Modulus, weierstrass::Parameters,
};

macro_rules! primes {
    ($($(#[$doc:meta])* $name:ident, $limbs:literal limbs: $p:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $name;

        impl Modulus<$limbs> for $name {
            const MODULUS: [u64; $limbs] = from_hex($p);
        }
    )*};
}

macro_rules! curves {
    ($($name:ident: $prime:ident, $limbs:literal limbs, cofactor $cofactor:literal {
        a: $a:literal, b: $b:literal, q: $q:literal, x: $x:literal, y: $y:literal, u: $u:literal,
    })*) => {$(
        #[derive(Clone, Copy)]
        pub(crate) struct $name;

        impl Parameters<$limbs> for $name {
            type Prime = $prime;
            const A: [u64; $limbs] = from_hex($a);
            const B: [u64; $limbs] = from_hex($b);
            const Q: [u64; $limbs] = from_hex($q);
            const COFACTOR: u64 = $cofactor;
            const X: [u64; $limbs] = from_hex($x);
            const Y: [u64; $limbs] = from_hex($y);
            const U: [u64; $limbs] = from_hex($u);

            fn comb() -> &'static Comb<Self, $limbs> {
                static COMB: Comb<$name, $limbs> = Comb::new();
                &COMB
            }

            fn base_multiples() -> &'static BaseMultiples<Self, $limbs> {
                static MULTIPLES: BaseMultiples<$name, $limbs> = BaseMultiples::new();
                &MULTIPLES
            }
        }
    )*};
}

primes! {
    /// 2^256 − 617.
    P256Minus617, 4 limbs: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97";
    /// 2^255 + 3225.
    P255Plus3225, 4 limbs: "8000000000000000000000000000000000000000000000000000000000000C99";
    /// No special form.
    P256CryptoProC, 4 limbs: "9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D759B";
    /// 2^255 + 1073.
    P255Plus1073, 4 limbs: "8000000000000000000000000000000000000000000000000000000000000431";
    /// 2^512 − 569.
    P512Minus569, 8 limbs: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
        FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC7";
    /// 2^511 + 111.
    P511Plus111, 8 limbs: "8000000000000000000000000000000000000000000000000000000000000000\
        000000000000000000000000000000000000000000000000000000000000006F";
    /// No special form.
    P511Test, 8 limbs: "4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D\
        F1D852741AF4704A0458047E80E4546D35B8336FAC224DD81664BBF528BE6373";
}

curves! {
    Tc26_256A: P256Minus617, 4 limbs, cofactor 4 {
        a: "C2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335",
        b: "295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513",
        q: "400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67",
        x: "91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28",
        y: "32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C",
        u: "4BBF7AADEEB7221B969A840D81B4E2109AC7DA771955B796A7C77A74C6FEA49D",
    }
    CryptoProA: P256Minus617, 4 limbs, cofactor 1 {
        a: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD94",
        b: "A6",
        q: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893",
        x: "1",
        y: "8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14",
        u: "1",
    }
    CryptoProB: P255Plus3225, 4 limbs, cofactor 1 {
        a: "8000000000000000000000000000000000000000000000000000000000000C96",
        b: "3E1AF419A269A5F866A7D3C25C3DF80AE979259373FF2B182F49D4CE7E1BBC8B",
        q: "800000000000000000000000000000015F700CFFF1A624E5E497161BCC8A198F",
        x: "1",
        y: "3FA8124359F96680B83D1C3EB2C070E5C545C9858D03ECFB744BF8D717717EFC",
        u: "1",
    }
    CryptoProC: P256CryptoProC, 4 limbs, cofactor 1 {
        a: "9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D7598",
        b: "805A",
        q: "9B9F605F5A858107AB1EC85E6B41C8AA582CA3511EDDFB74F02F3A6598980BB9",
        x: "0",
        y: "41ECE55743711A8C3CBF3783CD08C0EE4D4DC440D4641A8F366E550DFDB3BB67",
        u: "1",
    }
    Tc26_512A: P512Minus569, 8 limbs, cofactor 1 {
        a: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
            FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC4",
        b: "E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265\
            EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760",
        q: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
            27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
        x: "3",
        y: "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921\
            DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
        u: "1",
    }
    Tc26_512B: P511Plus111, 8 limbs, cofactor 1 {
        a: "8000000000000000000000000000000000000000000000000000000000000000\
            000000000000000000000000000000000000000000000000000000000000006C",
        b: "687D1B459DC841457E3E06CF6F5E2517B97C7D614AF138BCBF85DC806C4B289F\
            3E965D2DB1416D217F8B276FAD1AB69C50F78BEE1FA3106EFB8CCBC7C5140116",
        q: "8000000000000000000000000000000000000000000000000000000000000001\
            49A1EC142565A545ACFDB77BD9D40CFA8B996712101BEA0EC6346C54374F25BD",
        x: "2",
        y: "1A8F7EDA389B094C2C071E3647A8940F3C123B697578C213BE6DD9E6C8EC7335\
            DCB228FD1EDF4A39152CBCAAF8C0398828041055F94CEEEC7E21340780FE41BD",
        u: "1",
    }
    Tc26_512C: P512Minus569, 8 limbs, cofactor 4 {
        a: "DC9203E514A721875485A529D2C722FB187BC8980EB866644DE41C68E1430645\
            46E861C0E2C9EDD92ADE71F46FCF50FF2AD97F951FDA9F2A2EB6546F39689BD3",
        b: "B4C4EE28CEBC6C2C8AC12952CF37F16AC7EFB6A9F69F4B57FFDA2E4F0DE5ADE0\
            38CBC2FFF719D2C18DE0284B8BFEF3B52B8CC7A5F5BF0A3C8D2319A5312557E1",
        q: "3FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
            C98CDBA46506AB004C33A9FF5147502CC8EDA9E7A769A12694623CEF47F023ED",
        x: "E2E31EDFC23DE7BDEBE241CE593EF5DE2295B7A9CBAEF021D385F7074CEA043A\
            A27272A7AE602BF2A7B9033DB9ED3610C6FB85487EAE97AAC5BC7928C1950148",
        y: "F5CE40D95B5EB899ABBCCFF5911CB8577939804D6527378B8C108C3D2090FF9B\
            E18E2D33E3021ED2EF32D85822423B6304F726AA854BAE07D0396E9A9ADDC40F",
        u: "6AECB2E293E13DD21B615B1F336E808DB9B9244A7430FBD7EB419C6E59E7BC52\
            9E5F0536ED2A446E6DE67E67B0F9795B678C15E1D227E194A62F49AB80776652",
    }
    Test256: P255Plus1073, 4 limbs, cofactor 1 {
        a: "7",
        b: "5FBFF498AA938CE739B8E022FBAFEF40563F6E6A3472FC2A514C0CE9DAE23B7E",
        q: "8000000000000000000000000000000150FE8A1892976154C59CFC193ACCF5B3",
        x: "2",
        y: "8E2A8A0E65147D4BD6316030E16D19C85C97F0A9CA267122B96ABBCEA7E8FC8",
        u: "1",
    }
    Test512: P511Test, 8 limbs, cofactor 1 {
        a: "7",
        b: "1CFF0806A31116DA29D8CFA54E57EB748BC5F377E49400FDD788B649ECA1AC43\
            61834013B2AD7322480A89CA58E0CF74BC9E540C2ADD6897FAD0A3084F302ADC",
        q: "4531ACD1FE0023C7550D267B6B2FEE80922B14B2FFB90F04D4EB7C09B5D2D15D\
            A82F2D7ECB1DBAC719905C5EECC423F1D86E25EDBE23C595D644AAF187E6E6DF",
        x: "24D19CC64572EE30F396BF6EBBFD7A6C5213B3B3D7057CC825F91093A68CD762\
            FD60611262CD838DC6B60AA7EEE804E28BC849977FAC33B4B530F1B120248A9A",
        y: "2BB312A43BD2CE6E0D020613C857ACDDCFBF061E91E5F2C3F32447C259F39B2C\
            83AB156D77F1496BF7EB3351E1EE4E43DC1A18B91B24640B6DBB92CB1ADD371E",
        u: "1",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{
        Curve, Error, VerifyingKey,
        arithmetic::{
            integer::Integer,
            jacobian::Jacobian,
            point::Affine,
            weierstrass::{Element, Order},
        },
        conformance::{Score, directory, read_json},
        curve::on_curve,
    };

    #[test]
    fn every_number_is_the_published_one() {
        let Some(folder) = directory("gost/curves") else {
            return;
        };
        let mut score = Score::new("curve numbers", &[]);
        for row in read_json(&folder.join("curves.json")).as_array().unwrap() {
            let name = row["name"].as_str().unwrap();
            let curve = Curve::ALL
                .into_iter()
                .find(|curve| curve.name() == name)
                .unwrap();
            let mut compare = |field: &str, found: Integer| {
                let case = format!("{name} {field}");
                score.note(&case, number(&row[field]) == found, "another number");
            };
            on_curve!(curve, C => {
                compare("p", Integer::from_limbs(&<C as Parameters<_>>::Prime::MODULUS));
                compare("a", Integer::from_limbs(&C::A));
                compare("b", Integer::from_limbs(&C::B));
                compare("q", Integer::from_limbs(&Order::<C>::MODULUS));
                compare("x", Integer::from_limbs(&C::X));
                compare("y", Integer::from_limbs(&C::Y));
                let cofactor = row["cofactor"].as_u64().unwrap();
                score.note(&format!("{name} cofactor"), C::COFACTOR == cofactor, "another number");
            });
        }
        score.finish();
    }

    #[test]
    fn the_base_point_is_on_the_curve_and_of_order_q() {
        for curve in Curve::ALL {
            on_curve!(curve, C => {
                let base = Affine::<C, _>::on_curve(&C::X, &C::Y).unwrap();
                let zero = [0; _];
                assert!(Jacobian::sum_of_products(&zero, &C::Q, base).is_infinity());
                assert!(Jacobian::sum_of_products(&C::Q, &zero, base).is_infinity());
            });
        }
    }

    /// The point (0, −1) of order 2 of the Edwards form `u² + v² = 1 + d·u²·v²` is `((1 + d)/6, 0)` here
    /// (RFC 7836 section 5.2).
    #[test]
    fn points_outside_of_the_group_are_no_keys() {
        for (curve, d) in [
            (
                Curve::Tc26_256A,
                "0605F6B7C183FA81578BC39CFAD518132B9DF62897009AF7E522C32D6DC7BFFB",
            ),
            (
                Curve::Tc26_512C,
                "9E4F5D8C017D8D9F13A5CF3CDF5BFE4DAB402D54198E31EBDE28A0621050439C\
                A6B39E0A515C06B304E2CE43E79E369E91A0CFC2BC2A22B4CA302DBB33EE7550",
            ),
        ] {
            on_curve!(curve, C => {
                let one = Element::<C, _>::ONE;
                let six = one.tripled().doubled();
                let t = Element::<C, _>::new(&from_hex(d)).plus(one).times(six.inverted());
                let mut bytes = [0; 128];
                Integer::from_limbs(&t.integer()).write_le(&mut bytes[..curve.size()]);
                let refused = VerifyingKey::from_bytes(curve, &bytes[..2 * curve.size()]);
                assert_eq!(refused.unwrap_err(), Error::WrongGroup);
            });
        }
    }

    fn number(value: &Value) -> Integer {
        let digits = value.as_str().unwrap();
        Integer::from_limbs(&from_hex::<8>(&digits.to_uppercase()))
    }
}
