//! The XML of the list. The names are those that every program reads which is known; nobody publishes a schema.

use super::{AccreditedList, Authority, ListedCertificate, Status};
use crate::{
    asn1_time,
    certificate::Certificate,
    trust::lists::{
        ListFault,
        reading::{child, children, text},
    },
    xml::{Document, Limits, Node, base64},
};

/// The list had 12 MB in 2026.
pub(super) const LIMITS: Limits = Limits {
    size: 64 << 20,
    depth: 32,
    nodes: 4_000_000,
    attributes: 32,
    namespaces: 16,
};

impl AccreditedList {
    /// Reads a list without asking who signed it: it says what it says, and is not to be believed.
    ///
    /// # Errors
    /// `Malformed`, `Xml`
    pub fn unverified(text: &str) -> Result<Self, ListFault> {
        let document = Document::parse(text, &LIMITS)?;
        Self::read(document.root_element())
    }

    /// # Errors
    /// `Malformed`
    pub(super) fn read(root: Node<'_>) -> Result<Self, ListFault> {
        if !root.has_tag_name("АккредитованныеУдостоверяющиеЦентры")
        {
            return Err(ListFault::Malformed(
                "no АккредитованныеУдостоверяющиеЦентры",
            ));
        }
        let version = field(root, "Версия").parse();
        let date = asn1_time::from_text(&field(root, "Дата"));
        let mut list = Self {
            version: version.map_err(|_| ListFault::Malformed("Версия"))?,
            date: date.ok_or(ListFault::Malformed("Дата"))?,
            authorities: Vec::new(),
            certificates: Vec::new(),
        };
        for element in children(root, "УдостоверяющийЦентр") {
            list.take(element);
        }
        Ok(list)
    }

    fn take(&mut self, element: Node<'_>) {
        let place = self.authorities.len();
        self.authorities.push(authority(element));
        let systems = children(element, "ПрограммноАппаратныеКомплексы");
        let systems = systems.flat_map(|it| children(it, "ПрограммноАппаратныйКомплекс"));
        let keys = systems.flat_map(|it| children(it, "КлючиУполномоченныхЛиц"));
        for key in keys.flat_map(|it| children(it, "Ключ")) {
            let addresses = children(key, "АдресаСписковОтзыва");
            let addresses = addresses.flat_map(|it| children(it, "Адрес")).map(text);
            let addresses: Vec<String> = addresses.collect();
            let certificates = children(key, "Сертификаты");
            let certificates = certificates.flat_map(|it| children(it, "ДанныеСертификата"));
            let listed = certificates.map(|it| ListedCertificate {
                authority: place,
                certificate: certificate(it),
                fingerprint: field(it, "Отпечаток").replace(' ', "").to_lowercase(),
                crl_addresses: addresses.clone(),
            });
            self.certificates.extend(listed);
        }
    }
}

fn authority(element: Node<'_>) -> Authority {
    let history = children(element, "ИсторияСтатусовАккредитации");
    let history = history.flat_map(|it| children(it, "СтатусАккредитации"));
    // The present one behind the others: it counts if they begin together.
    let all = history.chain(children(element, "СтатусАккредитации"));
    let all: Vec<Option<Status>> = all.map(status).collect();
    let is_unclear = all.contains(&None);
    let mut statuses: Vec<Status> = all.into_iter().flatten().collect();
    statuses.sort_by_key(|it| it.from);
    Authority {
        name: field(element, "Название"),
        short_name: field(element, "КраткоеНазвание"),
        inn: field(element, "ИНН"),
        ogrn: field(element, "ОГРН"),
        number: field(element, "РеестровыйНомер"),
        statuses,
        is_unclear,
    }
}

fn status(element: Node<'_>) -> Option<Status> {
    Some(Status {
        from: asn1_time::from_text(&field(element, "ДействуетС"))?,
        text: field(element, "Статус"),
    })
}

fn certificate(element: Node<'_>) -> Option<Certificate> {
    let der = base64(&field(element, "Данные"))?;
    Certificate::parse(&der).ok()
}

/// The text of a child; empty where it is not there, or is nil.
fn field(parent: Node<'_>, name: &'static str) -> String {
    child(parent, name).map(text).unwrap_or_default()
}
