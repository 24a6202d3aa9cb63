//! The table of cards that are known by their answer to reset (ISO 7816-3 §8). A new one is a row.
//!
//! A card says what it is, not what is on it: the answer to reset serves to name a card that no driver on this
//! computer serves.

/// A kind of card.
#[derive(Debug)]
pub(super) struct KnownCard {
    /// What people call it.
    pub name: &'static str,
    /// Hex; `..` is any byte.
    atr: &'static str,
    /// Its module, as the table of modules calls it.
    pub module: Option<&'static str>,
    /// What to install, and whose it is.
    pub driver: Option<&'static str>,
}

const ESMART: Option<&str> = Some("ESMART PKI Client (esmart.ru)");
const JACARTA: Option<&str> = Some("JaCarta Unified Client (aladdin-rd.ru)");
const KAZTOKEN: Option<&str> = Some("KAZTOKEN (kaztoken.kz)");
const NCALAYER: Option<&str> = Some("NCALayer (pki.gov.kz)");
const OPENSC: Option<&str> = Some("OpenSC (github.com/OpenSC)");
const RUTOKEN: Option<&str> = Some("Rutoken drivers (rutoken.ru)");
const SAFENET: Option<&str> = Some("SafeNet Authentication Client (thalesgroup.com)");

#[rustfmt::skip]
const CARDS: [KnownCard; 33] = [
    card("Rutoken S", "3B6F00FF00567275546F6B6E73302000009000", Some("OpenSC"), RUTOKEN),
    card("uaToken S", "3B6F00FF00567561546F6B6E73302000009000", Some("OpenSC"), OPENSC),
    card("Rutoken ECP", "3B8B015275746F6B656E20454350A0", Some("Rutoken"), RUTOKEN),
    card("Rutoken ECP", "3B8B015275746F6B656E20445320C1", Some("Rutoken"), RUTOKEN),
    card("Rutoken ECP BT", "3B8B015275746F6B656E44534254D7", Some("Rutoken"), RUTOKEN),
    card("Rutoken ECP SC", "........5275746F6B656E4543507363", Some("Rutoken"), RUTOKEN),
    card("Rutoken ECP SC", "............5275746F6B656E4543507363..", Some("Rutoken"), RUTOKEN),
    card("Rutoken ECP 3.0 NFC", "........52745343..........", Some("Rutoken"), RUTOKEN),
    card("Rutoken ECP 3.0 NFC", "3B8C8001505C4B71A152745343778183D9", Some("Rutoken"), RUTOKEN),
    card("Rutoken 2151 SC", "3B88800152744D430081C10061", Some("Rutoken"), RUTOKEN),
    card("Rutoken Micron", "3B781300007275746F6B656E6D", Some("Rutoken"), RUTOKEN),
    card("Rutoken Micron SC", "3B7A1300007275746F6B656E6D7363", Some("Rutoken"), RUTOKEN),
    card("Rutoken Lite", "3B8B015275746F6B656E6C697465C2", Some("Rutoken"), RUTOKEN),
    card("Rutoken Lite SC", "........5275746F6B656E4C697465534332", Some("Rutoken"), RUTOKEN),
    card("Rutoken Lite SD", "3B8B005275746F6B656E6C745344E3", Some("Rutoken"), RUTOKEN),
    card("Rutoken PINPad", "3B8B01527450494E5061642020329C", Some("Rutoken"), RUTOKEN),
    card("Rutoken Magistra", "3B9896008031C072F7418107", Some("Rutoken"), RUTOKEN),
    card("Kaztoken", "3B88014B415A544F4B454E82", None, KAZTOKEN),
    card("Kaztoken SC", "3B9896004B415A544F4B454E", None, KAZTOKEN),
    card("Kazakhstan ID card", "3B391900534F4D414453333033..", None, NCALAYER),
    card("Kazakhstan ID card", "3B771800004B4153414B4944", None, NCALAYER),
    card("JaCarta LT", "3BDC18FF8111FE8073C82113660106013080018D", Some("JaCarta"), JACARTA),
    card("JaCarta PKI", "3BDC18FF8191FE1FC38073C821136601061159000128", Some("JaCarta"), JACARTA),
    card("Athena IDProtect", "3BDC18FF8191FE1FC38073C821136601060130040155", None, None),
    card("eToken PRO", "3BE200FFC11031FE55C8029C", Some("SafeNet eToken"), SAFENET),
    card("eToken PRO 72K", "3BD5180081313A7D8073C8211030", Some("SafeNet eToken"), SAFENET),
    card("SafeNet eToken 5110", "3BD518008131FE7D8073C82110F4", Some("SafeNet eToken"), SAFENET),
    card("SafeNet eToken 5300", "3BFF9600008131FE4380318065B0845651101201788290006A", Some("SafeNet eToken"), SAFENET),
    card("ESMART Token", "3BBE9600004206210000000000000000009000", Some("ESMART Token"), ESMART),
    card("ESMART Token GOST", "3B7C95000045534D415254474F53543130", Some("ESMART Token"), ESMART),
    card("Avtor SecureToken", "3B98188131FE433041565400000007F9", None, None),
    card("AvBign", "3B8F01415642000000000000000001000000DA", None, None),
    card("mToken", "3B9F118131FE9F006A6D546F6B656E2D46000081900079", None, None),
];

const fn card(
    name: &'static str,
    atr: &'static str,
    module: Option<&'static str>,
    driver: Option<&'static str>,
) -> KnownCard {
    KnownCard {
        name,
        atr,
        module,
        driver,
    }
}

/// The kind of card that answers so to a reset.
pub(super) fn by_atr(atr: &[u8]) -> Option<&'static KnownCard> {
    CARDS.iter().find(|card| matches(card.atr, atr))
}

fn matches(pattern: &str, atr: &[u8]) -> bool {
    let pairs = pattern.as_bytes().chunks(2);
    pairs.len() == atr.len()
        && pairs
            .zip(atr)
            .all(|(pair, byte)| pair == b".." || pair == format!("{byte:02X}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_an_answer_to_reset() {
        for card in &CARDS {
            let hex = card.atr.replace("..", "00");
            let bytes = hex.len() / 2;
            assert_eq!(hex.len() % 2, 0, "{card:?}");
            // ISO 7816-3 §8.1: at most 33 bytes, the first one 3B or 3F.
            assert!((4..=33).contains(&bytes), "{card:?}");
            assert!(
                card.atr.starts_with("3B") || card.atr.starts_with(".."),
                "{card:?}"
            );
            assert!(
                hex.bytes()
                    .all(|digit| b"0123456789ABCDEF".contains(&digit)),
                "{card:?}"
            );
        }
    }

    #[test]
    fn cards_are_known_by_their_answer() {
        let name = |atr: &[u8]| by_atr(atr).map(|card| card.name);
        let ecp = b"\x3b\x8b\x01Rutoken DS \xc1";
        assert_eq!(name(ecp), Some("Rutoken ECP"));
        assert_eq!(
            name(b"\x3b\x9c\x96\x00RutokenECPsc"),
            Some("Rutoken ECP SC")
        );
        assert_eq!(name(b"\x3b\x88\x01KAZTOKEN\x82"), Some("Kaztoken"));
        assert_eq!(name(&ecp[..14]), None);
        assert_eq!(name(&[]), None);
    }
}
