//! Taking documents out of the signatures that they are attached to.

use super::{
    Outcome,
    console::Console,
    input_files,
    output::{Outputs, Target, create_beside},
    report::{Report, Signer},
};
use crate::{
    failure::{Error, Storage as _},
    files::name_of,
    session::HostContext,
};
use clap::Args;
use serde::Serialize;
use std::{
    ffi::OsString,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};
use tamga_core::{check::document_name, failure::Failure, format::Document, text::Catalogue};

/// What is being done where a file cannot be written.
const ACTION: &str = "writing a document";

/// What to take out.
#[derive(Args, Debug)]
pub(super) struct Request {
    /// The CMS file; DER, PEM or base64.
    signature: PathBuf,
    /// The document's file, or the folder for it. Otherwise it lies beside the signature, under its name without .p7m.
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// A file with certificates among which the signer's is looked for, if it is not in the signature.
    #[arg(long, value_name = "FILE")]
    certificate: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Extracted {
    /// Where they are.
    documents: Vec<PathBuf>,
    #[serde(flatten)]
    report: Report,
    #[serde(skip)]
    signature: String,
}

/// `tamga-host extract`
pub(super) fn extract(
    request: &Request,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let path = &request.signature;
    let signatures = input_files::signatures(path)?;
    let mut certificates = signatures.certificates.clone();
    for path in &request.certificate {
        certificates.extend(input_files::certificates(path)?);
    }
    let mut outputs = Outputs::new(false, [path.as_path()].into_iter());
    outputs.keep_folder(&context.folders.data);
    let mut extracted = Extracted {
        documents: Vec::new(),
        report: Report::new(signatures.trailing),
        signature: name_of(path),
    };
    for signed in &signatures.signed {
        let mut of_mail = signatures.content.as_deref();
        let document = of_mail.as_mut();
        let document = document.map(|content| -> &mut dyn Document { content });
        let verdicts = signed.verify(document, &certificates);
        extracted.report.add(verdicts.into_iter().map(Signer::of));
        if let Some(content) = signatures.content_of(signed) {
            let placed = write(content, path, &request.target(), &mut outputs)?;
            extracted.documents.push(placed);
        }
    }
    console.result(&extracted, |texts| extracted.lines(texts));
    Ok(match extracted.documents.is_empty() {
        true => Outcome::Failed,
        false => extracted.report.outcome(),
    })
}

/// Writes a document that is inside of a signature's file; says where it is.
///
/// # Errors
/// `FILE_EXISTS`, `FILE_UNWRITABLE`.
pub(super) fn write(
    content: &[u8],
    signature: &Path,
    target: &Target,
    outputs: &mut Outputs,
) -> Result<PathBuf, Error> {
    let subject = |error| Failure::from(error).or_of(name_of(target.path()));
    let metadata = fs::metadata(signature).reading()?;
    let file = create_beside(target, Some(&metadata)).and_then(|mut file| {
        file.write_all(content)?;
        file.as_file().sync_all()?;
        Ok(file)
    });
    let placed = file
        .writing(ACTION)
        .and_then(|file| outputs.place(file, target));
    Ok(placed.map_err(subject)?)
}

/// What the document inside of a signature's file is called.
pub(super) fn name_of_document(signature: &Path) -> OsString {
    let own = signature.file_name().unwrap_or_default();
    let document = own.to_str().and_then(document_name);
    document.map_or_else(
        || {
            let mut name = own.to_owned();
            name.push(".content");
            name
        },
        OsString::from,
    )
}

impl Request {
    fn target(&self) -> Target {
        let name = name_of_document(&self.signature);
        match &self.output {
            Some(folder) if folder.is_dir() => Target::Suggested(folder.join(name)),
            Some(file) => Target::Exact(file.clone()),
            None => Target::Suggested(self.signature.with_file_name(name)),
        }
    }
}

impl Extracted {
    fn lines(&self, texts: &Catalogue) -> Vec<String> {
        let file = |path: &PathBuf| {
            let path = path.to_string_lossy();
            let values = [("signature", &*self.signature), ("document", &*path)];
            texts.text("cli_extracted", &values)
        };
        let mut lines: Vec<String> = self.documents.iter().map(file).collect();
        if lines.is_empty() {
            lines.push(texts.text("cli_nothing_attached", &[("signature", &self.signature)]));
        } else if self.report.outcome() != Outcome::Done {
            lines.push(texts.plain("cli_extracted_unverified"));
        }
        lines.extend(self.report.lines(texts));
        lines
    }
}
