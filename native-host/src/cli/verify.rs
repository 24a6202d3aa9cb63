//! Verifying signatures.

mod document;
mod report;

use super::{
    Outcome,
    console::Console,
    evidence::EvidenceRequest,
    extract,
    input_files::{self, malformed},
    keys::named,
    output::{Outputs, Target},
};
use crate::{
    failure::{Error, Storage as _},
    files::name_of,
    network::{fetch::Fetcher, revocation::Revocations},
    session::HostContext,
    trust::{RevocationLookup, ask_the_time},
};
use clap::Args;
use document::{FailedReads, FileDocument};
use report::Report;
use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};
use tamga_core::{
    algorithm::DigestAlgorithm,
    check::{
        AskedServers, EXAMINED, GivenFile, InputFile, TrustInputs, VerifiedFiles,
        may_hold_signatures, needed_digests,
    },
    failure::ErrorCode,
    format::Signed,
    pkcs12::Cancel,
    trust::revocation::{RevocationList, RevocationSource},
};

/// What to verify.
#[derive(Args, Debug)]
pub(super) struct Request {
    /// Signatures (CMS or signed mail; DER, PEM or base64), XML documents with signatures inside, and documents, which find
    /// each other by content and by name; certificates, revocation lists and OCSP answers as with the options.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The document of all signatures. If there is one in a signature, it has to be the same.
    #[arg(long, value_name = "FILE")]
    content: Option<PathBuf>,
    /// A file with certificates among which the signer's is looked for, if it is not in the signature.
    #[arg(long, value_name = "FILE")]
    certificate: Vec<PathBuf>,
    #[command(flatten)]
    evidence: EvidenceRequest,
    /// Do not ask whether certificates were revoked.
    #[arg(long, conflicts_with_all = ["crl", "ocsp"])]
    no_revocation: bool,
    /// Ask no server about that: what is kept of earlier answers, and what is in the files, has to do. No server is asked
    /// either where --anchor, --crl, --ocsp or --at say what counts.
    #[arg(long)]
    offline: bool,
    /// Put the documents that are inside of signatures into this folder, under names that nobody has there, whatever the
    /// signatures come to.
    #[arg(long, value_name = "FOLDER")]
    extract: Option<PathBuf>,
    /// Only check that the keys of the certificates made the signatures, not whether the certificates can be trusted.
    #[arg(long, conflicts_with_all = ["anchor", "untrusted", "crl", "ocsp", "no_revocation"])]
    signature_only: bool,
}

/// `tamga-host verify`
///
/// # Errors
/// `CONTENT_MALFORMED`: no signature among the files, or one that is damaged; when a file cannot be read.
pub(super) fn verify(
    request: &Request,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let mut given = Vec::new();
    for path in request.files.iter().chain(&request.certificate) {
        let input = read(path)?;
        if let InputFile::Damaged = input {
            return Err(malformed(ErrorCode::ContentMalformed, path));
        }
        given.push((path, input));
    }
    let has = |is_one: fn(&InputFile) -> bool| given.iter().any(|(_, input)| is_one(input));
    let is_signature = |input: &InputFile| matches!(input, InputFile::Signature(_));
    let is_evidence = |input: &InputFile| matches!(input, InputFile::Certificates(_));
    if let (false, false, Some(path)) = (has(is_signature), has(is_evidence), request.files.first())
    {
        return Err(malformed(ErrorCode::ContentMalformed, path));
    }
    for path in &request.certificate {
        input_files::certificates(path)?;
    }
    // Its bytes are the document, whatever they look like.
    given.extend(
        request
            .content
            .iter()
            .map(|path| (path, InputFile::Document)),
    );
    let named = request.content.as_ref().map(|_| given.len() - 1);

    let digests = needed_digests(given.iter().map(|(_, input)| input));
    let failed = FailedReads::default();
    let mut files = Vec::new();
    let paths: Vec<&PathBuf> = given.iter().map(|(path, _)| *path).collect();
    for (path, input) in given {
        files.push(given_file(path, input, &digests, &failed)?);
    }
    let evidence = request.evidence.read(context)?;
    let lists = evidence.lists();
    let revocations = Revocations::new(&context.folders.data, Fetcher::new(&context.folders));
    let lookups = request.lookups(&revocations);
    let (kept, servers) = lookups.as_ref().map_or((None, None), |(kept, servers)| {
        (Some(kept), servers.as_ref())
    });
    let trust = TrustInputs {
        anchors: &evidence.anchors,
        certificates: &evidence.untrusted,
        lists: lists
            .iter()
            .map(|it| -> &dyn RevocationList { it })
            .collect(),
        answers: evidence.answers(),
        kept: kept.map(|it| -> &dyn RevocationSource { it }),
        servers: servers.map(|it| -> &dyn AskedServers { it }),
        revocation: !request.no_revocation,
        national: &evidence.national,
    };
    let trust = (!request.signature_only).then_some(&trust);
    let time = request.evidence.time(context);
    let verified = VerifiedFiles::new(&mut files, named);
    let mut checked = verified.report(trust, time);
    if let (Some(_), Some(store)) = (servers, &evidence.store) {
        for (place, file) in checked.signatures.iter().enumerate() {
            let certificates = verified.certificates(place);
            ask_the_time(file, &certificates, store, &revocations, time);
        }
    }
    let fault = revocations.server_time().fault(time);
    if let Some(fault) = fault.filter(|_| !request.evidence.names_time()) {
        checked = checked.by_wrong_clock(fault);
    }
    let inputs = files.iter().map(|file| &file.input);
    let documents = request.extract(paths.into_iter().zip(inputs), context)?;
    let report = Report::new(checked, trust.is_some(), documents);
    drop(files);
    failed.into_result()?;
    console.result(&report, |texts| report.lines(texts));
    Ok(report.outcome())
}

impl Request {
    /// What is known about revocation besides the files, and who is asked; exactly the evidence that is named counts, where
    /// some is.
    fn lookups<'a>(
        &self,
        revocations: &'a Revocations,
    ) -> Option<(RevocationLookup<'a>, Option<RevocationLookup<'a>>)> {
        let counts = self.evidence.is_named() || self.evidence.names_time() || self.no_revocation;
        let asks = || RevocationLookup::asking(revocations, Cancel::default());
        let servers = (!self.offline).then(asks);
        (!counts).then(|| (RevocationLookup::kept(revocations), servers))
    }
}

impl Request {
    /// Takes the documents out of the signatures' files, if that is wanted; gives the files and where their documents are.
    fn extract<'g>(
        &self,
        given: impl Iterator<Item = (&'g PathBuf, &'g InputFile)>,
        context: &HostContext,
    ) -> Result<Vec<[PathBuf; 2]>, Error> {
        let Some(folder) = &self.extract else {
            return Ok(Vec::new());
        };
        let made = fs::create_dir_all(folder).writing("making a folder");
        made.map_err(|error| named(error, folder))?;
        let mut outputs = Outputs::new(false, std::iter::empty());
        outputs.keep_folder(&context.folders.data);
        let mut documents = Vec::new();
        for (path, input) in given {
            let InputFile::Signature(signature) = input else {
                continue;
            };
            let target = Target::Suggested(folder.join(extract::name_of_document(path)));
            // A mail is one document, however often it was signed.
            let inside = signature.signed.iter().filter_map(Signed::content);
            let inside: Vec<_> = match &signature.content {
                Some(content) => vec![&**content],
                None => inside.collect(),
            };
            for content in inside {
                let placed = extract::write(content, path, &target, &mut outputs)?;
                documents.push([path.clone(), placed]);
            }
        }
        Ok(documents)
    }
}

/// What a file is. What cannot be a signature is not read.
fn read(path: &Path) -> Result<InputFile, Error> {
    let opened = File::open(path).and_then(|file| {
        let mut beginning = Vec::new();
        let examined = u64::try_from(EXAMINED).unwrap_or(u64::MAX);
        file.take(examined).read_to_end(&mut beginning)?;
        Ok(beginning)
    });
    let beginning = opened.reading().map_err(|error| named(error, path))?;
    match may_hold_signatures(&beginning) {
        true => Ok(InputFile::read(&input_files::read(path)?)),
        false => Ok(InputFile::Document),
    }
}

fn given_file<'f>(
    path: &'f Path,
    input: InputFile,
    digests: &[DigestAlgorithm],
    failed: &'f FailedReads,
) -> Result<GivenFile<'f>, Error> {
    let document = FileDocument::open(path, digests, failed)?;
    Ok(GivenFile {
        name: name_of(path),
        input,
        digests: document.digests().to_vec(),
        document: Box::new(document),
    })
}
