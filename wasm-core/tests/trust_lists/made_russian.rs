//! A Russian list of accredited authorities as the tests make it. No real one is published where tests could have it, so
//! that its form is the one that public programs read; the certificates are those of the real list, and the ministry is a
//! GOST root of the tests' own.

use super::signing::Signer;
use crate::support::gost::{self, MINISTRY, Made};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use tamga_core::{
    algorithm::DigestAlgorithm,
    certificate::Certificate,
    trust::{Anchor, AnchorClass},
};

const ROOT: &str = "Головной УЦ тестов";
const ROOT_KEY: u8 = 3;
const SIGNER_KEY: u8 = 4;

/// An authority of the list.
pub(super) struct MadeAuthority<'c> {
    pub(super) name: String,
    /// The present status, and when it began; then the history.
    pub(super) statuses: &'c [(&'c str, &'c str)],
    pub(super) certificates: Vec<&'c Certificate>,
}

pub(super) fn root() -> Certificate {
    let root = Made {
        subject: ROOT,
        issuer: ROOT,
        ogrn: MINISTRY,
        key: ROOT_KEY,
        issuer_key: ROOT_KEY,
        is_authority: true,
    };
    root.certificate()
}

pub(super) fn anchors() -> Vec<Anchor> {
    vec![Anchor::new(root(), AnchorClass::National)]
}

/// Somebody whose certificate the root issued.
pub(super) fn signer(ogrn: &'static str) -> Certificate {
    let signer = Made {
        subject: "Подписант списка",
        issuer: ROOT,
        ogrn,
        key: SIGNER_KEY,
        issuer_key: ROOT_KEY,
        is_authority: false,
    };
    signer.certificate()
}

fn certificate(certificate: &&Certificate) -> String {
    let fingerprint = DigestAlgorithm::Sha1.digest(certificate.der());
    let data = BASE64_STANDARD.encode(certificate.der());
    format!(
        "<ДанныеСертификата><Отпечаток>{}</Отпечаток><СерийныйНомер>{}</СерийныйНомер><Данные>{data}</Данные>\
         </ДанныеСертификата>",
        fingerprint.hex().to_uppercase(),
        certificate.serial()
    )
}

fn authority(authority: &MadeAuthority<'_>) -> String {
    let status = |(text, from): &(&str, &str)| {
        format!(
            "<СтатусАккредитации><Статус>{text}</Статус><ДействуетС>{from}</ДействуетС></СтатусАккредитации>"
        )
    };
    let (present, history) = authority.statuses.split_first().unwrap();
    let history: String = history.iter().map(status).collect();
    let certificates: String = authority.certificates.iter().map(certificate).collect();
    format!(
        "<УдостоверяющийЦентр><Название>{}</Название><КраткоеНазвание>УЦ</КраткоеНазвание><ИНН>7710474375</ИНН>\
         <ОГРН>{MINISTRY}</ОГРН><РеестровыйНомер>1/2</РеестровыйНомер>{}\
         <ИсторияСтатусовАккредитации>{history}</ИсторияСтатусовАккредитации><ПрограммноАппаратныеКомплексы>\
         <ПрограммноАппаратныйКомплекс><КлючиУполномоченныхЛиц><Ключ><АдресаСписковОтзыва>\
         <Адрес>http://example.org/a.crl</Адрес></АдресаСписковОтзыва><Сертификаты>{certificates}</Сертификаты></Ключ>\
         </КлючиУполномоченныхЛиц></ПрограммноАппаратныйКомплекс></ПрограммноАппаратныеКомплексы></УдостоверяющийЦентр>",
        authority.name,
        status(present)
    )
}

/// The list without its signature.
pub(super) fn unsigned(authorities: &[MadeAuthority<'_>]) -> String {
    let authorities: String = authorities.iter().map(authority).collect();
    format!(
        "<АккредитованныеУдостоверяющиеЦентры xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:noNamespaceSchemaLocation=\"TSL.xsd\"><Версия>16314</Версия><Дата>2026-07-23T10:00:00+03:00</Дата>{authorities}\
         </АккредитованныеУдостоверяющиеЦентры>"
    )
}

/// A text signed with the key of this certificate, if it is [`signer`]'s.
pub(super) fn signed(text: &str, certificate: &Certificate) -> String {
    let sign = |text: &[u8]| gost::sign(SIGNER_KEY, text);
    let signer = Signer {
        method: "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-256",
        digest: (
            "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-256",
            DigestAlgorithm::Streebog256,
        ),
        sign: &sign,
        certificate,
        xades: false,
    };
    let signed = signer.envelop(text);
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{signed}")
}
