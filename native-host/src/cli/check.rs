//! Checking a certificate: by whom Tamga trusts, or against exactly the evidence that is named.

mod report;

use super::{
    Outcome,
    console::Console,
    evidence::{EvidenceRequest, certificates_in},
    input_files::malformed,
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
    certificate::Certificate,
    clock::fault,
    failure::ErrorCode,
    protocol::CertificateVerdict,
    trust::{
        Evidence, ExpectedName, PolicyRequirements, Purpose, Requirements,
        revocation::{RevocationList, Sources},
        validate,
    },
};

/// What to check.
#[derive(Args, Debug)]
pub(super) struct Request {
    /// The certificate; DER, PEM or base64. Others in the file are used as with --untrusted.
    certificate: PathBuf,
    #[command(flatten)]
    evidence: EvidenceRequest,
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
    let (certificate, others) = first(&request.certificate)?;
    let when = request.evidence.time(context);
    let verdict = match request.evidence.is_named() {
        true => request.by_evidence(&certificate, others, when, context)?,
        false => request.by_store(&certificate, others, when, context)?,
    };
    let report = Report::new(verdict);
    console.result(&report, |texts| report.lines(texts));
    Ok(report.outcome())
}

impl Request {
    /// The verdict by whom Tamga trusts. What servers say is about now: they are not asked about another time.
    fn by_store(
        &self,
        certificate: &Certificate,
        others: Vec<Certificate>,
        when: i64,
        context: &HostContext,
    ) -> Result<CertificateVerdict, Error> {
        let untrusted = [others, self.evidence.untrusted()?].concat();
        let store = TrustStore::load(&context.folders);
        let checker = Checker {
            store: &store,
            untrusted: &untrusted,
            requirements: &self.requirements(),
            now: when,
        };
        let revocations = Revocations::new(&context.folders.data, Fetcher::new(&context.folders));
        let asking = match (self.evidence.names_time(), self.offline) {
            (true, _) => Asking::Nobody,
            (false, true) => Asking::Kept(&revocations),
            (false, false) => Asking::Servers(&revocations),
        };
        Ok(checker.verdict(certificate, asking))
    }

    /// The verdict by what is named. Where no anchors are, those that Tamga trusts count.
    fn by_evidence(
        &self,
        certificate: &Certificate,
        others: Vec<Certificate>,
        when: i64,
        context: &HostContext,
    ) -> Result<CertificateVerdict, Error> {
        let given = self.evidence.read(context)?;
        let untrusted = [others, given.untrusted.clone()].concat();
        let lists = given.lists();
        let lists: Vec<_> = lists
            .iter()
            .map(|it| -> &dyn RevocationList { it })
            .collect();
        let answers = given.answers();
        let signers = given.anchors.iter().map(|it| &it.certificate);
        let signers: Vec<_> = signers.chain(&untrusted).collect();
        let evidence = Evidence::new(&given.anchors, &untrusted)
            .with_sources(Sources {
                lists: &lists,
                answers: &answers,
                signers: &signers,
            })
            .with_lists(&given.national);
        let found = validate(certificate, &evidence, &self.requirements(), when);
        let verdict = CertificateVerdict::new(certificate, &found, &evidence, self.purpose, when);
        let fault = fault(when, None).filter(|_| !self.evidence.names_time());
        Ok(match fault {
            Some(fault) => verdict.by_wrong_clock(fault),
            None => verdict,
        })
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
            revocation: self.evidence.names_revocation(),
            revocation_latest: None,
            strict: self.strict,
            conforming: self.strict,
            max_intermediates: None,
        }
    }
}

/// The first certificate of a file, and the others.
fn first(path: &Path) -> Result<(Certificate, Vec<Certificate>), Error> {
    let mut all = certificates_in(path)?.into_iter();
    let first = all.next();
    let first = first.ok_or_else(|| malformed(ErrorCode::CertificateMalformed, path))?;
    Ok((first, all.collect()))
}
