//! One document after the other: read, signed, written beside, recorded.

use super::Request;
use crate::{
    cli::{
        containers::shown,
        keys::named,
        output::{Outputs, Target, create_beside},
    },
    failure::{Error, Storage as _},
    record::Record,
    session::HostContext,
    sign::Signer,
};
use serde::Serialize;
use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};
use tamga_core::{
    algorithm::{Digest, DigestAlgorithm},
    cms::Placement,
    failure::{ErrorCode, Failure},
    protocol::RecordEntry,
    text::Catalogue,
};

const DOING: &str = "writing a signature";
/// How much of a document is in memory, in bytes.
const PIECE: usize = 256 << 10;

/// What signing documents takes.
pub(super) struct Work<'a> {
    pub(super) request: &'a Request,
    pub(super) signer: Signer,
    pub(super) outputs: Outputs,
    pub(super) context: &'a mut HostContext,
}

/// What became of one document.
#[derive(Serialize)]
pub(super) struct Signed {
    document: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<PathBuf>,
    /// What the signature would be called if there were no such file already.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<Failure>,
}

impl Work<'_> {
    /// Signs a document. That one fails is nothing to the others.
    pub(super) fn sign(&mut self, document: &Path) -> Signed {
        let target = self.request.target_for(document);
        let algorithm = self.signer.digest_algorithm();
        let (digest, written) = match digest_of(document, algorithm, &mut io::sink()) {
            Ok((digest, size)) => {
                let written = self.write(document, &digest, size, &target);
                (Some(digest), written)
            }
            Err(error) => (None, Err(error)),
        };
        let signed = Signed::of(document, &target, written);
        self.record(&signed, digest);
        signed
    }

    /// Signs what was read, and puts the signature into a file.
    fn write(
        &mut self,
        document: &Path,
        digest: &Digest,
        size: u64,
        target: &Target,
    ) -> Result<PathBuf, Error> {
        let attached = self.request.attached;
        let placement = match attached {
            true => Placement::Attached { size },
            false => Placement::Detached,
        };
        let (format, mut random) = (self.request.format.cms(), (self.context.random)());
        let signed = self.signer.sign(digest, format, placement, &mut *random)?;
        let signed = signed.finish()?;
        let original = attached
            .then(|| document.metadata().reading())
            .transpose()?;
        let mut file = create_beside(target, original.as_ref()).writing(DOING)?;
        file.write_all(&signed.head).writing(DOING)?;
        if attached {
            let (copied, _) = digest_of(document, digest.algorithm(), &mut file)?;
            if copied != *digest {
                return Err(ErrorCode::ContentChanged.into());
            }
        }
        file.write_all(&signed.tail).writing(DOING)?;
        file.as_file().sync_all().writing(DOING)?;
        self.outputs.place(file, target)
    }

    /// A record that cannot be written keeps nobody from signing.
    fn record(&self, signed: &Signed, digest: Option<Digest>) {
        let context = &self.context;
        let (now, certificate) = ((context.clock)(), self.signer.certificate());
        let path = std::path::absolute(&signed.document);
        let entry = RecordEntry {
            time: now,
            origin: None,
            top_origin: None,
            document: shown(path.as_deref().unwrap_or(&signed.document)),
            digest,
            blind: false,
            certificate: certificate.id(),
            owner: certificate.view(now).owner,
            failure: signed.failure.as_ref().map(|failure| failure.code),
        };
        let record = Record::new(&context.folders.data);
        if let Err(error) = record.append(&entry) {
            tracing::warn!(%error, "the record of signatures cannot be written");
        }
    }
}

impl Signed {
    fn of(document: &Path, target: &Target, signed: Result<PathBuf, Error>) -> Self {
        let mut all = Self {
            document: document.to_owned(),
            signature: None,
            taken: None,
            failure: None,
        };
        match signed {
            Ok(signature) => {
                all.taken = (signature != target.path()).then(|| target.path().to_owned());
                all.signature = Some(signature);
            }
            Err(error) => all.failure = Some(named(error, document)),
        }
        all
    }

    /// For people.
    pub(super) fn line(&self, texts: &Catalogue) -> String {
        if let Some(failure) = &self.failure {
            return texts.error(failure);
        }
        let path = |path: &Option<PathBuf>| path.as_deref().map(shown).unwrap_or_default();
        let (signature, taken) = (path(&self.signature), path(&self.taken));
        let values = [
            ("document", &*shown(&self.document)),
            ("signature", &signature),
            ("taken", &taken),
        ];
        match self.taken {
            None => texts.text("cli_signed", &values),
            Some(_) => texts.text("cli_signed_beside", &values),
        }
    }
}

/// Copies a document; gives its digest and its size.
///
/// # Errors
/// When it cannot be read, or the copy cannot be written.
fn digest_of(
    document: &Path,
    algorithm: DigestAlgorithm,
    copy: &mut impl io::Write,
) -> Result<(Digest, u64), Error> {
    let mut file = File::open(document).reading()?;
    let mut hasher = algorithm.hasher();
    let mut piece = vec![0; PIECE];
    let mut size = 0;
    loop {
        let length = match file.read(&mut piece) {
            Ok(0) => return Ok((hasher.finish(), size)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            length => length.reading()?,
        };
        let read = piece.get(..length).unwrap_or_default();
        hasher.update(read);
        copy.write_all(read).writing("writing a signature")?;
        size += u64::try_from(length).unwrap_or(u64::MAX);
    }
}
