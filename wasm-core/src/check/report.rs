//! Files that are checked together: what belongs to what, and what each signature came to.

use super::{
    InputFile, Pair, PairedBy, PairingFile, SignatureInput, Wanted, pair,
    trust_inputs::TrustInputs,
    verified::{VerifiedSigned, given},
};
use crate::{
    algorithm::{Digest, DigestAlgorithm},
    certificate::Certificate,
    format::{Document, Signed},
    protocol::{CheckReport, CheckedDocument, CheckedFile},
    trust::revocation::{Crl, RevocationList},
};
use std::fmt;

/// A file that is checked together with others.
pub struct GivenFile<'a> {
    /// What it is called, without folders.
    pub name: String,
    /// What it is.
    pub input: InputFile,
    /// Its digests, with each of [`needed_digests`].
    pub digests: Vec<Digest>,
    /// The file as a document.
    pub document: Box<dyn Document + 'a>,
}

impl fmt::Debug for GivenFile<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("GivenFile")
            .field("name", &self.name)
            .field("input", &self.input)
            .finish_non_exhaustive()
    }
}

/// The digests that documents have to be hashed to, so that these files can be checked.
pub fn needed_digests<'i>(inputs: impl Iterator<Item = &'i InputFile>) -> Vec<DigestAlgorithm> {
    let mut needed = Vec::new();
    for input in inputs {
        let InputFile::Signature(signature) = input else {
            continue;
        };
        let named = signature.signed.iter().flat_map(Signed::content_digests);
        // What is inside is compared with a file beside it.
        let compared = signature.has_content().then_some(DigestAlgorithm::Sha256);
        for digest in named.chain(compared) {
            if !needed.contains(&digest) {
                needed.push(digest);
            }
        }
    }
    needed
}

/// Files whose signatures were verified. Whom to trust is asked afterwards, and as often as more is known about revocation.
#[derive(Debug)]
pub struct VerifiedFiles {
    signatures: Vec<VerifiedFile>,
    unsigned: Vec<String>,
    evidence: DroppedEvidence,
}

/// A file with signatures.
#[derive(Debug)]
struct VerifiedFile {
    /// All but the signers.
    file: CheckedFile,
    signed: Vec<VerifiedSigned>,
}

/// Checks the signatures among these files. `named` is the document of all of them, by its place, where the person said
/// so. Without `trust` it is not asked whether the certificates are good.
pub fn check(
    files: &mut [GivenFile<'_>],
    named: Option<usize>,
    trust: Option<&TrustInputs<'_>>,
    time: i64,
) -> CheckReport {
    VerifiedFiles::new(files, named).report(trust, time)
}

impl VerifiedFiles {
    /// Verifies the signatures among these files; `named` is that of [`check`].
    pub fn new(files: &mut [GivenFile<'_>], named: Option<usize>) -> Self {
        let pairing: Vec<_> = files.iter().map(pairing_file).collect();
        let pairs = pair(&pairing);
        let pairs: Vec<_> = pairs
            .into_iter()
            .map(|found| named.map_or(found, |named| Pair::With(named, PairedBy::Person)))
            .collect();
        let is_used = |index| {
            let mut signatures = pairs.iter().zip(&pairing);
            signatures.any(|(pair, file)| {
                let documents = match pair {
                    Pair::With(document, _) => std::slice::from_ref(document),
                    Pair::Several(documents) => documents,
                    Pair::Alone => &[],
                };
                file.signature.is_some() && documents.contains(&index)
            })
        };
        let unsigned = pairing.iter().enumerate();
        let unsigned = unsigned.filter(|(index, file)| file.is_document && !is_used(*index));
        let unsigned = unsigned.map(|(_, file)| file.name.clone()).collect();
        let evidence = DroppedEvidence::of(files);
        let pairs = pairs.iter().enumerate();
        let signatures = pairs.filter_map(|(index, pair)| {
            let known = &evidence.certificates;
            verify_file(files, index, pair, known)
        });
        Self {
            signatures: signatures.collect(),
            unsigned,
            evidence,
        }
    }

    /// How many files with signatures there are.
    pub fn len(&self) -> usize {
        self.signatures.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.signatures.is_empty()
    }

    /// The certificates that came with the file at this place of the report, and those that were given.
    pub fn certificates(&self, place: usize) -> Vec<Certificate> {
        let signed = self.signatures.get(place).into_iter();
        let signed = signed.flat_map(|file| &file.signed);
        signed
            .flat_map(VerifiedSigned::certificates)
            .cloned()
            .collect()
    }

    /// What all of them come to, at `time` (Unix seconds).
    pub fn report(&self, trust: Option<&TrustInputs<'_>>, time: i64) -> CheckReport {
        let places = 0..self.len();
        CheckReport {
            time,
            signatures: places
                .filter_map(|place| self.file(place, trust, time))
                .collect(),
            unsigned: self.unsigned.clone(),
        }
    }

    /// What the file at this place of the report comes to.
    pub fn file(
        &self,
        place: usize,
        trust: Option<&TrustInputs<'_>>,
        time: i64,
    ) -> Option<CheckedFile> {
        let verified = self.signatures.get(place)?;
        let lists = self.evidence.parsed_lists();
        let lists = lists.iter().map(|it| -> &dyn RevocationList { it });
        let answers = self.evidence.answers.iter().map(given);
        let trust = trust.map(|trust| TrustInputs {
            lists: trust.lists.iter().copied().chain(lists).collect(),
            answers: trust.answers.iter().copied().chain(answers).collect(),
            ..*trust
        });
        let signers = verified.signed.iter();
        let signers = signers.flat_map(|it| it.judge(trust.as_ref(), time));
        Some(CheckedFile {
            signers: signers.collect(),
            ..verified.file.clone()
        })
    }
}

fn pairing_file(file: &GivenFile<'_>) -> PairingFile {
    PairingFile {
        name: file.name.clone(),
        digests: file.digests.clone(),
        signature: match &file.input {
            InputFile::Signature(signature) => Some(Wanted {
                digests: signature
                    .signed
                    .iter()
                    .flat_map(Signed::message_digests)
                    .collect(),
                is_attached: signature.has_content(),
            }),
            _ => None,
        },
        is_document: matches!(file.input, InputFile::Document),
    }
}

/// `None` for what is no signature.
fn verify_file(
    files: &mut [GivenFile<'_>],
    index: usize,
    pair: &Pair,
    known: &[Vec<u8>],
) -> Option<VerifiedFile> {
    let names: Vec<_> = files.iter().map(|file| file.name.clone()).collect();
    let name_of = |index: usize| names.get(index).cloned().unwrap_or_default();
    // A file cannot be its own document.
    let beside = match pair {
        Pair::With(document, by) if *document != index => Some((*document, *by)),
        _ => None,
    };
    let (signature, document) = match beside {
        Some((other, _)) => {
            let [file, other] = files.get_disjoint_mut([index, other]).ok()?;
            (&file.input, Some(&mut other.document))
        }
        None => (&files.get(index)?.input, None),
    };
    let mut checked = CheckedFile {
        name: name_of(index),
        file: u32::try_from(index).unwrap_or(u32::MAX),
        form: None,
        document: CheckedDocument::Missing {},
        trailing_bytes: None,
        signers: Vec::new(),
    };
    let signature = match signature {
        InputFile::Signature(signature) => signature,
        InputFile::Damaged => {
            return Some(VerifiedFile {
                file: checked,
                signed: Vec::new(),
            });
        }
        _ => return None,
    };
    checked.form = Some(signature.form);
    let trailing = u64::try_from(signature.trailing).unwrap_or(u64::MAX);
    checked.trailing_bytes = (trailing > 0).then_some(trailing);
    checked.document = match (size_inside(signature), pair) {
        (Some(size), _) => CheckedDocument::Inside {
            size,
            compared: beside.map(|(other, _)| name_of(other)),
        },
        (None, Pair::Several(others)) => CheckedDocument::Several {
            names: others.iter().map(|it| name_of(*it)).collect(),
        },
        (None, _) => beside.map_or(CheckedDocument::Missing {}, |(other, by)| {
            let name = name_of(other);
            CheckedDocument::Beside { name, by }
        }),
    };
    Some(VerifiedFile {
        file: checked,
        signed: verify_signed(signature, document, known),
    })
}

fn verify_signed(
    signature: &SignatureInput,
    mut document: Option<&mut Box<dyn Document + '_>>,
    known: &[Vec<u8>],
) -> Vec<VerifiedSigned> {
    let known = [&*signature.certificates, known].concat();
    let mut all = Vec::new();
    for signed in &signature.signed {
        let mut of_mail = signature.content.as_deref();
        let document: Option<&mut dyn Document> = match (&mut of_mail, &mut document) {
            (Some(content), _) => Some(content),
            (None, Some(document)) => Some(&mut ***document),
            (None, None) => None,
        };
        all.push(VerifiedSigned::new(signed, document, &known));
    }
    all
}

/// The size of the document, where the file has it.
fn size_inside(signature: &SignatureInput) -> Option<u64> {
    let mut signed = signature.signed.iter();
    let content = signed.find_map(|signed| signature.content_of(signed))?;
    u64::try_from(content.len()).ok()
}

/// Certificates, lists and answers among the files that were given. Nothing is believed because it is there.
#[derive(Debug, Default)]
struct DroppedEvidence {
    /// DER
    certificates: Vec<Vec<u8>>,
    lists: Vec<Vec<u8>>,
    answers: Vec<Vec<u8>>,
}

impl DroppedEvidence {
    fn of(files: &[GivenFile<'_>]) -> Self {
        let mut found = Self::default();
        for file in files {
            match &file.input {
                InputFile::Certificates(all) => found.certificates.extend_from_slice(all),
                InputFile::RevocationLists(all) => found.lists.extend_from_slice(all),
                InputFile::OcspAnswers(all) => found.answers.extend_from_slice(all),
                InputFile::Signature(_) | InputFile::Damaged | InputFile::Document => {}
            }
        }
        found
    }

    fn parsed_lists(&self) -> Vec<Crl<'_>> {
        let lists = self.lists.iter();
        lists.filter_map(|der| Crl::parse(der).ok()).collect()
    }
}
