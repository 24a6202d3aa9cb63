//! The roots of states, which are part of the program.

use tamga_core::{
    asn1_time,
    certificate::Certificate,
    pem,
    protocol::{TrustSource, TrustSourceKind},
    trust::{Anchor, AnchorClass, AnchorList},
};

/// A list of a state.
struct List {
    country: &'static str,
    name: &'static str,
    origin: &'static str,
    version: Option<&'static str>,
    date: &'static str,
    anchors: &'static [Row],
    /// Certificates between the anchors and others, which are not always sent along.
    intermediates: &'static [Row],
}

/// A file of `anchors/`, and the SHA-256 of the certificate in it.
type Row = (&'static str, &'static str);

const LISTS: [List; 2] = [
    List {
        country: "RU",
        name: "Минцифры России: головной удостоверяющий центр",
        origin: "https://e-trust.gosuslugi.ru/",
        version: Some("16314"),
        date: "2026-07-23",
        anchors: &[
            (
                include_str!("../../anchors/ru/8CAE88BBFD404A7A53630864F9033606E1DC45E2.pem"),
                "4e450e4971f2d77d22567b55ecc2162b3dfd0d2fa6a8da8a92cdcabc80489b59",
            ),
            (
                include_str!("../../anchors/ru/4BC6DC14D97010C41A26E058AD851F81C842415A.pem"),
                "bae62b5b7bede326b06856fb67a2a471268f9f404e5b18fdf40261c3e63010b1",
            ),
            (
                include_str!("../../anchors/ru/AFF05C9E2464941E7EC2AB15C91539360B79AA9D.pem"),
                "d5a17174722fa9719fe3e82a2bc0b9fd834c158603194c45a395dc66e02cd891",
            ),
            (
                include_str!("../../anchors/ru/2F0CB09BE3550EF17EC4F29C90ABD18BFCAAD63A.pem"),
                "4bb37cc7c0ff4bf2aa893e95076ebb3565c69237ee1b61635beee4c1966495c7",
            ),
            (
                include_str!("../../anchors/ru/9EC1A7DD438D8D647AC40976FC85C33F5D0FBA2B.pem"),
                "bdb075c0f81614c4edf1146ba7a5bef3d2e02980f22d1e9b03cf2afb7b675c23",
            ),
            (
                include_str!("../../anchors/ru/2FDEDE3B528B3DD0CBAD26D1628F40A5AB596F2F.pem"),
                "a2375989f1e52984eb138416012e1d302b44c2026290d45890640c739dd32aa8",
            ),
        ],
        intermediates: &[
            (
                include_str!("../../anchors/ru/1D13121735DD6E1F59EA58C786B8F7E8B7E6E20F.pem"),
                "d4e023a6c56b5f99435051d76c8eef9694e94848b5b7ed285788e54e526bdeb6",
            ),
            (
                include_str!("../../anchors/ru/9BA648660733ED7A550BCEA03A20E14B8F25C99B.pem"),
                "0b37cea14a88ea08a5488c2f3da4df947000fa452dc2777a626cfc7f70ea372e",
            ),
        ],
    },
    List {
        country: "KZ",
        name: "Қазақстан Республикасының негізгі куәландырушы орталығы",
        origin: "https://root.gov.kz/",
        version: None,
        date: "2022-06-15",
        anchors: &[(
            include_str!("../../anchors/kz/root_gost_2022.pem"),
            "af77725f8328bb24f89d81da3acdf7cee4324248538b7ba2cd2a860517fb9dca",
        )],
        intermediates: &[(
            include_str!("../../anchors/kz/nca_gost_2022.pem"),
            "32c7d233a42703a327f3025543a05b930e3f39a786c68dfa196baa86d5618524",
        )],
    },
];

/// What is known of one list.
#[derive(Debug)]
pub(super) struct Embedded {
    pub(super) source: TrustSource,
    pub(super) anchors: Vec<Anchor>,
    pub(super) intermediates: Vec<Certificate>,
}

/// The lists of all states.
pub(super) fn lists() -> Vec<Embedded> {
    LISTS.iter().map(read).collect()
}

fn read(list: &List) -> Embedded {
    let named = AnchorList {
        name: list.name.to_owned(),
        country: Some(list.country.to_owned()),
    };
    let of_tests = super::signer_of_tests(&list.country.to_ascii_lowercase());
    let anchors = certificates(list.anchors)
        .chain(of_tests)
        .map(|certificate| Anchor::new(certificate, AnchorClass::National).of_list(named.clone()));
    let anchors: Vec<_> = anchors.collect();
    Embedded {
        source: TrustSource {
            kind: TrustSourceKind::National,
            name: list.name.to_owned(),
            country: Some(list.country.to_owned()),
            origin: list.origin.to_owned(),
            version: list.version.map(str::to_owned),
            date: asn1_time::from_text(list.date),
            count: 0,
            certificates: Vec::new(),
            imported: None,
            problems: Vec::new(),
        }
        .holding(anchors.iter().map(|anchor| &anchor.certificate)),
        intermediates: certificates(list.intermediates).collect(),
        anchors,
    }
}

/// Nothing but what the table names is taken from a file.
fn certificates(rows: &'static [Row]) -> impl Iterator<Item = Certificate> {
    rows.iter().filter_map(|(file, sha256)| {
        let objects = pem::objects(file.as_bytes());
        let certificate = Certificate::parse(objects.first()?.bytes()).ok()?;
        (certificate.id() == *sha256).then_some(certificate)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tamga_core::trust::{Evidence, Requirements, validate};

    #[test]
    fn every_file_is_what_the_table_says() {
        for list in &LISTS {
            let read = read(list);
            assert_eq!(read.anchors.len(), list.anchors.len(), "{}", list.name);
            assert_eq!(read.intermediates.len(), list.intermediates.len());
            assert_eq!(
                usize::try_from(read.source.count).unwrap(),
                list.anchors.len()
            );
            assert!(read.source.date.is_some());
            for anchor in &read.anchors {
                let own = anchor
                    .certificate
                    .verify_signature(anchor.certificate.key());
                assert!(own.is_ok(), "{}", anchor.certificate.view().owner);
            }
        }
    }

    #[test]
    fn what_stands_between_reaches_an_anchor() {
        for list in lists() {
            let evidence = Evidence::new(&list.anchors, &list.intermediates);
            for certificate in &list.intermediates {
                let when = certificate.validity().0 + 86_400;
                let verdict = validate(certificate, &evidence, &Requirements::default(), when);
                let path = verdict.path().unwrap_or_else(|| panic!("{verdict:?}"));
                assert_eq!(path.anchor.class, AnchorClass::National);
            }
        }
    }
}
