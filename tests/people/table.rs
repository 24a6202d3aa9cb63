//! Who there is.

use gost3410::Curve;
use tamga_core::gost_key::Profile;

/// A person with a key.
#[derive(Debug)]
pub struct Person {
    /// The file's name without its ending.
    pub file: &'static str,
    /// The password, which may be empty.
    pub password: &'static str,
    /// Where the key is kept.
    pub home: Home,
    /// Whose rules the key follows.
    pub profile: Profile,
    /// The key's curve.
    pub curve: Curve,
    /// The subject, in order: type of attribute, value.
    pub subject: &'static [(&'static str, &'static str)],
    /// What the certificate says the person is, by extended key usages.
    pub usages: &'static [&'static str],
    /// The key's own term in days from today; none where the certificate says nothing of it.
    pub key_days: Option<i64>,
}

/// Where the key is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Home {
    /// A CryptoPro container, a folder of six files.
    Container {
        /// One, and a reserve copy of it, or two, each with a certificate.
        keys: u8,
    },
    /// A PKCS#12 file.
    KeyFile,
}

const CN: &str = "2.5.4.3";
const SURNAME: &str = "2.5.4.4";
const SERIAL: &str = "2.5.4.5";
const COUNTRY: &str = "2.5.4.6";
const ORGANIZATION: &str = "2.5.4.10";
const UNIT: &str = "2.5.4.11";
const TITLE: &str = "2.5.4.12";
const GIVEN: &str = "2.5.4.42";
const INN: &str = "1.2.643.3.131.1.1";
const OGRN: &str = "1.2.643.100.1";
const SNILS: &str = "1.2.643.100.3";
const INN_LEGAL_ENTITY: &str = "1.2.643.100.4";
const OGRNIP: &str = "1.2.643.100.5";

const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";

/// Everybody there is.
pub const PEOPLE: [Person; 6] = [
    Person {
        file: "pavel-director",
        password: "pavel-demo",
        home: Home::Container { keys: 1 },
        profile: Profile::Russia2012,
        curve: Curve::CryptoProA,
        subject: &[
            (INN, "000000000018"),
            (SNILS, "00000000016"),
            (INN_LEGAL_ENTITY, "0000000013"),
            (OGRN, "0000000000015"),
            (COUNTRY, "RU"),
            (ORGANIZATION, "ООО «Пример»"),
            (TITLE, "Директор"),
            (SURNAME, "Примеров"),
            (GIVEN, "Павел Андреевич"),
            (CN, "ООО «Пример»"),
        ],
        usages: &[EMAIL_PROTECTION],
        key_days: Some(450),
    },
    Person {
        file: "galina-nopassword",
        password: "",
        home: Home::Container { keys: 1 },
        profile: Profile::Russia2012,
        curve: Curve::Tc26_512A,
        subject: &[
            (INN, "000000000026"),
            (SNILS, "00000000024"),
            (OGRNIP, "000000000000023"),
            (COUNTRY, "RU"),
            (SURNAME, "Образцова"),
            (GIVEN, "Галина Юрьевна"),
            (CN, "Образцова Галина Юрьевна"),
        ],
        usages: &[EMAIL_PROTECTION],
        key_days: Some(450),
    },
    Person {
        file: "larisa-twokeys",
        password: "larisa-demo",
        home: Home::Container { keys: 2 },
        profile: Profile::Russia2012,
        curve: Curve::CryptoProA,
        subject: &[
            (INN, "000000000075"),
            (SNILS, "00000000073"),
            (COUNTRY, "RU"),
            (CN, "Парная Лариса Ильинична"),
        ],
        usages: &[EMAIL_PROTECTION],
        key_days: Some(450),
    },
    Person {
        file: "zoya-rfc9548",
        password: "пароль-зоя",
        home: Home::KeyFile,
        profile: Profile::Russia2012,
        curve: Curve::Tc26_256A,
        subject: &[
            (INN, "000000000034"),
            (SNILS, "00000000032"),
            (COUNTRY, "RU"),
            (CN, "Макетова Зоя Львовна"),
        ],
        usages: &[EMAIL_PROTECTION],
        key_days: None,
    },
    Person {
        file: "igor-keyterm",
        password: "igor-demo",
        home: Home::KeyFile,
        profile: Profile::Russia2012,
        curve: Curve::CryptoProA,
        subject: &[
            (INN, "000000000042"),
            (SNILS, "00000000040"),
            (COUNTRY, "RU"),
            (CN, "Шаблонов Игорь Олегович"),
        ],
        usages: &[EMAIL_PROTECTION],
        key_days: Some(-5),
    },
    Person {
        file: "nurlan-gost512",
        password: "nurlan-demo",
        home: Home::KeyFile,
        profile: Profile::Kazakhstan2015,
        curve: Curve::Tc26_512A,
        subject: &[
            (CN, "ҮЛГІБЕКОВ НҰРЛАН"),
            (SURNAME, "ҮЛГІБЕКОВ"),
            (SERIAL, "IIN000000000051"),
            (COUNTRY, "KZ"),
            (ORGANIZATION, "«ҮЛГІ» ЖШС"),
            (UNIT, "BIN000000000069"),
            (GIVEN, "СЕРІКҰЛЫ"),
        ],
        // An organisation's head.
        usages: &[EMAIL_PROTECTION, "1.2.398.3.3.4.1.2", "1.2.398.3.3.4.1.2.1"],
        key_days: None,
    },
];

impl Person {
    /// The file's, or the container's folder's, name.
    pub fn file_name(&self) -> String {
        let ending = match self.home {
            Home::Container { .. } => "000",
            Home::KeyFile => "p12",
        };
        format!("{}.{ending}", self.file)
    }

    /// What kind of key it is.
    pub fn key_name(&self) -> String {
        format!("GOST {}", self.curve.size() * 8)
    }

    /// What the certificate calls its holder.
    pub fn name(&self) -> &'static str {
        let name = self.subject.iter().find(|(kind, _)| *kind == CN);
        name.map(|(_, name)| *name).unwrap_or_default()
    }
}
