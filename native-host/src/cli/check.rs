//! Checking a certificate: by whom Tamga trusts, or against exactly the evidence that is named.

mod report;

use super::{
    Outcome,
    console::Console,
    input_files::{self, malformed},
};
use crate::{
    failure::Error,
    network::{fetch::Fetcher, revocation::Revocations},
    session::HostContext,
    trust::{Asking, Checker, TrustStore},
};
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use report::Report;
use std::path::{Path, PathBuf};
use tamga_core::{
    asn1_time,
    certificate::Certificate,
    failure::ErrorCode,
    pem,
    protocol::CertificateVerdict,
    trust::{
        Anchor, AnchorClass, Evidence, ExpectedName, PolicyRequirements, Purpose, Requirements,
        revocation::{Crl, OcspAnswer, OcspResponse, RevocationList, Sources, Unavailable},
        validate,
    },
};

/// What to check.
#[derive(Args, Debug)]
pub(super) struct Request {
    /// The certificate; DER, PEM or base64. Others in the file are used as with --untrusted.
    certificate: PathBuf,
    /// A file with certificates that are trusted, and no others are. Without it, those that `trust list` names.
    #[arg(long, value_name = "FILE")]
    anchor: Vec<PathBuf>,
    /// A file with certificates that may stand between it and a trusted one.
    #[arg(long, value_name = "FILE")]
    untrusted: Vec<PathBuf>,
    /// A file with revocation lists. With these or --ocsp it has to be known from them that nothing on the path was revoked;
    /// without them, and without --anchor and --at, servers are asked.
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// A file with an OCSP answer.
    #[arg(long, value_name = "FILE")]
    ocsp: Vec<PathBuf>,
    /// When it has to be valid, as 2026-11-29 or 2026-11-29T10:00:00Z; now, if not given.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<i64>,
    /// What it is used for.
    #[arg(long, value_parser = purposes(), default_value = "any")]
    purpose: Purpose,
    /// Whose it has to be: a host, an address or a mail address.
    #[arg(long, value_name = "HOST|MAIL", value_parser = name)]
    name: Option<ExpectedName>,
    /// The OID of a policy that it has to be valid for; of several, one is enough.
    #[arg(long, value_name = "OID")]
    policy: Vec<String>,
    /// Refuse what breaks the rules for authorities, and what only older verifiers let pass, rather than note it.
    #[arg(long)]
    strict: bool,
    /// Ask no server: what is kept of earlier answers about revocation has to do.
    #[arg(long)]
    offline: bool,
}

/// What a certificate can be used for, by name.
const PURPOSES: [(&str, Purpose); 9] = [
    ("any", Purpose::Any),
    ("documents", Purpose::Documents),
    ("mail", Purpose::Mail),
    ("server", Purpose::Server),
    ("client", Purpose::Client),
    ("code-signing", Purpose::CodeSigning),
    ("time-stamping", Purpose::TimeStamping),
    ("ocsp-signing", Purpose::OcspSigning),
    ("crl-signing", Purpose::CrlSigning),
];

fn purposes() -> impl TypedValueParser<Value = Purpose> {
    let names = PossibleValuesParser::new(PURPOSES.map(|(name, _)| name));
    names.try_map(|given| {
        let mut rows = PURPOSES.into_iter();
        let row = rows.find(|(name, _)| *name == given);
        row.map(|(_, purpose)| purpose).ok_or("not a purpose")
    })
}

fn time(text: &str) -> Result<i64, &'static str> {
    asn1_time::from_text(text).ok_or("not a time as 2026-11-29T10:00:00Z")
}

fn name(text: &str) -> Result<ExpectedName, &'static str> {
    ExpectedName::parse(text).ok_or("neither a host nor a mail address")
}

/// `tamga-host check`
///
/// # Errors
/// `CERTIFICATE_MALFORMED`, `CONTENT_MALFORMED`: a file holds none of what it is named for; when it cannot be read.
pub(super) fn check(
    request: &Request,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let now = i64::try_from((context.clock)()).unwrap_or(i64::MAX);
    let (certificate, others) = first(&request.certificate)?;
    let untrusted = others.into_iter().chain(certificates(&request.untrusted)?);
    let untrusted: Vec<_> = untrusted.collect();
    let when = request.at.unwrap_or(now);
    let verdict = match request.names_evidence() {
        true => request.by_evidence(&certificate, &untrusted, when, context)?,
        false => request.by_store(&certificate, &untrusted, when, context),
    };
    let report = Report::new(verdict);
    console.result(&report, |texts| report.lines(texts));
    Ok(report.outcome())
}

impl Request {
    /// Whether exactly what is named is to be looked at.
    fn names_evidence(&self) -> bool {
        !self.anchor.is_empty() || !self.crl.is_empty() || !self.ocsp.is_empty()
    }

    /// The verdict by whom Tamga trusts. What servers say is about now: they are not asked about another time.
    fn by_store(
        &self,
        certificate: &Certificate,
        untrusted: &[Certificate],
        when: i64,
        context: &HostContext,
    ) -> CertificateVerdict {
        let store = TrustStore::load(&context.folders);
        let checker = Checker {
            store: &store,
            untrusted,
            requirements: &self.requirements(),
            now: when,
        };
        let revocations = Revocations::new(&context.folders.data, Fetcher::from_environment());
        let asking = match (self.at, self.offline) {
            (Some(_), _) => Asking::Nobody,
            (None, true) => Asking::Kept(&revocations),
            (None, false) => Asking::Servers(&revocations),
        };
        checker.verdict(certificate, asking)
    }

    /// The verdict by what is named. Where no anchors are, those that Tamga trusts count.
    fn by_evidence(
        &self,
        certificate: &Certificate,
        untrusted: &[Certificate],
        when: i64,
        context: &HostContext,
    ) -> Result<CertificateVerdict, Error> {
        let named = certificates(&self.anchor)?.into_iter();
        let named: Vec<_> = named
            .map(|it| Anchor::new(it, AnchorClass::Given))
            .collect();
        let store = named.is_empty().then(|| TrustStore::load(&context.folders));
        let anchors = || store.iter().flat_map(TrustStore::anchors).chain(&named);
        let untrusted = || {
            let known = store.iter().flat_map(TrustStore::intermediates);
            untrusted.iter().chain(known)
        };
        let lists = objects(&self.crl, |der| Crl::parse(der).is_ok())?;
        let lists: Vec<_> = lists
            .iter()
            .filter_map(|der| Crl::parse(der).ok())
            .collect();
        let lists: Vec<&dyn RevocationList> = lists
            .iter()
            .map(|it| -> &dyn RevocationList { it })
            .collect();
        let answers = objects(&self.ocsp, |der| {
            !matches!(OcspResponse::parse(der), Err(Unavailable::Malformed))
        })?;
        let answers: Vec<_> = answers
            .iter()
            .map(|der| OcspAnswer {
                der,
                requested: None,
            })
            .collect();
        let signers = anchors().map(|it| &it.certificate);
        let signers: Vec<_> = signers.chain(untrusted()).collect();
        let evidence = Evidence::new(anchors(), untrusted()).with_sources(Sources {
            lists: &lists,
            answers: &answers,
            signers: &signers,
        });
        let found = validate(certificate, &evidence, &self.requirements(), when);
        Ok(CertificateVerdict::new(
            certificate,
            &found,
            &evidence,
            self.purpose,
            when,
        ))
    }

    fn requirements(&self) -> Requirements {
        Requirements {
            purpose: self.purpose,
            name: self.name.clone(),
            policies: PolicyRequirements {
                explicit: !self.policy.is_empty(),
                acceptable: self.policy.clone(),
                ..PolicyRequirements::default()
            },
            revocation: !self.crl.is_empty() || !self.ocsp.is_empty(),
            strict: self.strict,
            conforming: self.strict,
            max_intermediates: None,
        }
    }
}

/// The first certificate of a file, and the others.
fn first(path: &Path) -> Result<(Certificate, Vec<Certificate>), Error> {
    let mut all = read(path)?.into_iter();
    let first = all.next();
    let first = first.ok_or_else(|| malformed(ErrorCode::CertificateMalformed, path))?;
    Ok((first, all.collect()))
}

/// The certificates of a file.
fn read(path: &Path) -> Result<Vec<Certificate>, Error> {
    let all = input_files::certificates(path)?.into_iter();
    Ok(all
        .filter_map(|der| Certificate::parse(&der).ok())
        .collect())
}

fn certificates(paths: &[PathBuf]) -> Result<Vec<Certificate>, Error> {
    let mut all = Vec::new();
    for path in paths {
        all.extend(read(path)?);
    }
    Ok(all)
}

/// The objects of files, each of which has to be what is asked for.
fn objects(paths: &[PathBuf], is_one: impl Fn(&[u8]) -> bool) -> Result<Vec<Vec<u8>>, Error> {
    let mut all = Vec::new();
    for path in paths {
        let file = input_files::read(path)?;
        let found = pem::objects(&file);
        if found.is_empty() || !found.iter().all(|object| is_one(object.bytes())) {
            return Err(malformed(ErrorCode::ContentMalformed, path));
        }
        all.extend(found.iter().map(|object| object.bytes().to_vec()));
    }
    Ok(all)
}
