//! The Russian list of accredited authorities, whether one was accredited when it issued a certificate, and who may sign
//! the list.
//!
//! The law asks for accreditation on the day on which a certificate was issued (63-ФЗ, article 11), so that authorities
//! which lost theirs are in the list with their history, and being in it says nothing alone.

mod accreditation;
mod reading;
mod verified;

pub use accreditation::Accreditation;
pub use verified::VerifiedAccreditedList;

use crate::certificate::Certificate;
use serde::{Deserialize, Serialize};

/// A list as it says it is.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct AccreditedList {
    /// Версия: grows with every issue.
    pub version: u64,
    /// Дата, Unix seconds.
    pub date: i64,
    /// УдостоверяющийЦентр, in order.
    pub authorities: Vec<Authority>,
    /// The certificates of all of them.
    pub certificates: Vec<ListedCertificate>,
}

/// An authority (УдостоверяющийЦентр).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Authority {
    /// Название
    pub name: String,
    /// КраткоеНазвание
    pub short_name: String,
    /// ИНН
    pub inn: String,
    /// ОГРН
    pub ogrn: String,
    /// РеестровыйНомер, as text: some are no numbers.
    pub number: String,
    /// СтатусАккредитации and ИсторияСтатусовАккредитации, the earliest first.
    pub statuses: Vec<Status>,
    /// Whether the time of some status cannot be read, so that nobody can say what held when.
    pub is_unclear: bool,
}

/// What holds of an authority from a time on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Status {
    /// Статус, as it is written.
    pub text: String,
    /// ДействуетС, Unix seconds.
    pub from: i64,
}

/// A certificate of an authority (ДанныеСертификата).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ListedCertificate {
    /// Its place in [`AccreditedList::authorities`].
    pub authority: usize,
    /// Данные; `None` where they cannot be read.
    pub certificate: Option<Certificate>,
    /// Отпечаток: SHA-1 of the DER, lower-case hex.
    pub fingerprint: String,
    /// АдресаСписковОтзыва of its key: where revocation lists for what it issued are.
    pub crl_addresses: Vec<String>,
}

impl Status {
    /// Whether it is the one of accredited authorities. Any other is not, known or unknown.
    pub fn is_accredited(&self) -> bool {
        self.text == "Действует"
    }
}
