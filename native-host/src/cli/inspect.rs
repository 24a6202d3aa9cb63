//! What a file holds: certificates, signatures, keys, or something else, which is named.

use super::{
    Outcome,
    console::Console,
    input_files,
    keys::{self, Listed},
};
use crate::{
    failure::Error,
    files::name_of,
    keys::{key_input::KeyInput, pkcs12},
    session::HostContext,
};
use serde::Serialize;
use std::path::Path;
use tamga_core::{
    cms::SignedData, file_kind::FileKind, format::SignerReference, pem, protocol::signer_name,
    secret::Secret, text::Catalogue,
};

#[derive(Serialize)]
struct Contents {
    /// What the first object is that has something to show; else what the first is.
    kind: FileKind,
    /// What each object is.
    objects: Vec<FileKind>,
    certificates: Vec<Listed>,
    /// Who signed, as the signatures say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    signers: Vec<SignerReference>,
    /// How many bytes follow an object, if there is only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    trailing_bytes: Option<usize>,
    #[serde(skip)]
    file: String,
}

/// `tamga-host inspect`
pub(super) fn inspect(
    path: &Path,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let file = input_files::read(path)?;
    let now = (context.clock)();
    let objects = pem::objects(&file);
    let mut contents = Contents::of(&objects, name_of(path), now);
    if contents.kind == FileKind::KeyFile {
        for object in objects
            .iter()
            .filter(|it| FileKind::of(it) == FileKind::KeyFile)
        {
            let given = KeyInput::read(&[object.bytes()])?;
            let open = |passwords: &[&Secret]| pkcs12::contents(&given, passwords);
            let (keys, _) = keys::unlock(&name_of(path), console, open)?;
            let certificates = keys
                .iter()
                .map(|key| Listed::certificate(&key.certificate, None, now));
            contents.certificates.extend(certificates);
        }
    }
    console.result(&contents, |texts| contents.lines(texts));
    Ok(match contents.kind.is_cryptographic() {
        true => Outcome::Done,
        false => Outcome::Failed,
    })
}

impl Contents {
    fn of(objects: &[pem::Object<'_>], file: String, now: u64) -> Self {
        let kinds: Vec<FileKind> = objects.iter().map(FileKind::of).collect();
        let shown = [
            FileKind::Certificate,
            FileKind::Signature,
            FileKind::KeyFile,
        ];
        let first = kinds.iter().find(|kind| shown.contains(kind));
        let kind = first.or(kinds.first()).copied();
        let certificates = objects.iter().zip(&kinds).flat_map(|(object, kind)| {
            let found = input_files::certificates_of(object);
            // A damaged certificate is listed as such.
            match (found.is_empty(), kind) {
                (true, FileKind::Certificate) => vec![object.bytes().to_vec()],
                _ => found,
            }
        });
        let signed = objects
            .iter()
            .filter_map(|it| SignedData::parse(it.bytes()).ok());
        let trailing = match objects {
            [object] => object.trailing(),
            _ => 0,
        };
        Self {
            kind: kind.unwrap_or(FileKind::Unknown),
            certificates: certificates
                .map(|der| Listed::without_key(&der, now))
                .collect(),
            signers: signed.flat_map(|signed| signed.signers()).collect(),
            trailing_bytes: (trailing > 0).then_some(trailing),
            objects: kinds,
            file,
        }
    }

    fn lines(&self, texts: &Catalogue) -> Vec<String> {
        let mut lines = Vec::new();
        let only_listed =
            |kind: &FileKind| matches!(kind, FileKind::Certificate | FileKind::KeyFile);
        let kind_line = |kind: &FileKind| {
            let values = [
                ("name", &*self.file),
                ("kind", &texts.plain(kind_key(*kind))),
            ];
            texts.text("cli_kind", &values)
        };
        let mut told = self.objects.clone();
        if told.is_empty() {
            told.push(self.kind);
        }
        told.dedup();
        lines.extend(told.iter().filter(|kind| !only_listed(kind)).map(kind_line));
        for signer in &self.signers {
            let signer = signer_name(signer, texts);
            lines.push(texts.text("cli_signed_by", &[("signer", &signer)]));
        }
        if self.kind == FileKind::Signature && self.certificates.is_empty() {
            lines.push(texts.plain("cli_no_certificates"));
        }
        lines.extend(self.certificates.iter().map(|listed| listed.lines(texts)));
        if let Some(count) = self.trailing_bytes {
            let values = [("count", &*count.to_string())];
            lines.push(texts.text("cli_trailing_bytes", &values));
        }
        lines
    }
}

fn kind_key(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Certificate => "kind_certificate",
        FileKind::CertificateRequest => "kind_certificate_request",
        FileKind::EncryptedMessage => "kind_encrypted_message",
        FileKind::EncryptedPrivateKey => "kind_encrypted_private_key",
        FileKind::Html => "kind_html",
        FileKind::JavaKeyStore => "kind_java_key_store",
        FileKind::KeyFile => "kind_key_file",
        FileKind::OcspResponse => "kind_ocsp_response",
        FileKind::OfficeDocument => "kind_office_document",
        FileKind::Pdf => "kind_pdf",
        FileKind::PrivateKey => "kind_private_key",
        FileKind::PublicKey => "kind_public_key",
        FileKind::RevocationList => "kind_revocation_list",
        FileKind::Signature => "kind_signature",
        FileKind::Text => "kind_text",
        FileKind::TimestampResponse => "kind_timestamp_response",
        FileKind::Unknown => "kind_unknown",
        FileKind::Xml => "kind_xml",
        FileKind::Zip => "kind_zip",
    }
}
