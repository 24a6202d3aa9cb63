//! GOST: the same against OpenSSL with its GOST engine, on every curve that the engine has.

use super::{
    exchange::{CONTENT, NOW, made_by_openssl, sign_and_verify},
    openssl::Openssl,
    signer::Signer,
};
use tamga_core::{algorithm::Padding, format::Level};

/// Name, `openssl genpkey -algorithm`.
const LEAVES: [(&str, &str); 8] = [
    ("256-cryptopro-a", "gost2012_256 -pkeyopt paramset:A"),
    ("256-cryptopro-b", "gost2012_256 -pkeyopt paramset:B"),
    ("256-cryptopro-c", "gost2012_256 -pkeyopt paramset:C"),
    ("256-exchange-a", "gost2012_256 -pkeyopt paramset:XA"),
    ("256-tc26-a", "gost2012_256 -pkeyopt paramset:TCA"),
    ("512-a", "gost2012_512 -pkeyopt paramset:A"),
    ("512-b", "gost2012_512 -pkeyopt paramset:B"),
    ("512-c", "gost2012_512 -pkeyopt paramset:C"),
];

fn with_all_leaves() -> Option<Openssl> {
    let openssl = Openssl::with_gost()?;
    openssl.write("content", CONTENT);
    for (name, algorithm) in LEAVES {
        openssl.leaf(name, algorithm);
    }
    Some(openssl)
}

#[test]
fn the_engine_takes_what_tamga_makes() {
    let Some(openssl) = with_all_leaves() else {
        return;
    };
    for (name, _) in LEAVES {
        let signer = Signer::new(&openssl, name, Padding::Pkcs1);
        for level in [Level::Plain, Level::Bes] {
            for attached in [true, false] {
                sign_and_verify(&openssl, &signer, level, attached, NOW);
            }
        }
    }
}

#[test]
fn tamga_takes_what_the_engine_makes() {
    let Some(openssl) = with_all_leaves() else {
        return;
    };
    for (name, _) in LEAVES {
        let md = match name.starts_with("256") {
            true => "-md md_gost12_256",
            false => "-md md_gost12_512",
        };
        for options in ["", "-nodetach", "-noattr", "-cades"] {
            let verdicts = made_by_openssl(&openssl, name, &format!("{md} {options}"));
            let [verdict] = verdicts.try_into().unwrap();
            assert_eq!(verdict.failure, None, "{name} {options}");
            assert_eq!(verdict.warnings, [], "{name} {options}");
            let cades = verdict.level == Level::Bes;
            assert_eq!(cades, options == "-cades", "{name} {options}");
        }
    }
}
