//! Whom Tamga trusts, and authorities that the person adds.

use super::{
    Outcome,
    console::Console,
    evidence::certificates_in,
    input_files::{self, malformed},
};
use crate::{
    directories::Folders,
    failure::Error,
    network::fetch::Fetcher,
    session::HostContext,
    trust::{
        TrustStore, addable,
        folder::{AnchorFolder, authorities},
        issuers::{IntermediateFolder, fetch_issuers},
        lists::{ListStore, Origin},
        ministry,
    },
};
use clap::Subcommand;
use serde::Serialize;
use std::path::{Path, PathBuf};
use tamga_core::{
    asn1_time::written,
    certificate::Certificate,
    failure::{ErrorCode, Failure},
    protocol::{ImportedList, ListWords, TrustSource, TrustSourceKind, TrustedCertificate},
    text::Catalogue,
};

/// What is done with trust.
#[derive(Debug, Subcommand)]
pub(super) enum TrustCommand {
    /// Say whom Tamga trusts, and since which list.
    List,
    /// Trust an authority, in Tamga alone.
    Add {
        /// Its certificate; DER, PEM or base64.
        file: PathBuf,
        /// The fingerprint (SHA-256 or SHA-1) that the authority names. Without it, nothing is trusted yet, and the
        /// fingerprints are shown.
        #[arg(long, value_name = "HEX")]
        fingerprint: Option<String>,
    },
    /// Fetch the issuers of a certificate that are not here, from where it says that they are. Those that lead to somebody
    /// trusted are used from now on; whoever else is found is shown, and not trusted yet.
    Fetch {
        /// The certificate; DER, PEM or base64. Others in the file may stand above it.
        certificate: PathBuf,
        /// The fingerprint (SHA-256 or SHA-1) that the authority names, to trust it in Tamga alone.
        #[arg(long, value_name = "HEX")]
        fingerprint: Option<String>,
    },
    /// Keep a national list: the Russian one of accredited authorities, the European list of lists, or a country's list.
    Import {
        /// The list, XML as its publisher has it.
        file: PathBuf,
        /// Where it is from, such as the address that it was downloaded from; if not given, the file.
        #[arg(long)]
        origin: Option<String>,
    },
    /// Fetch a national list by http or https, and remember where it is from. Without an address, all lists are fetched
    /// anew whose addresses are remembered.
    Update {
        /// The address.
        address: Option<String>,
    },
    /// Keep a national list no more that was imported.
    RemoveList {
        /// As `list` names it: ru, eu, ee…
        list: String,
    },
    /// Trust an authority no more that was added.
    Remove {
        /// SHA-256 of its certificate, as `list` has it.
        fingerprint: String,
    },
}

/// `tamga-host trust`
pub(super) fn trust(
    command: &TrustCommand,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let folder = AnchorFolder::of_person(&context.folders.data);
    let lists = ListStore::new(&context.folders.data);
    match command {
        TrustCommand::List => {
            let sources = TrustStore::load(&context.folders).sources(now(context));
            console.result(&sources, |texts| {
                sources.iter().flat_map(|it| lines(it, texts)).collect()
            });
        }
        TrustCommand::Add { file, fingerprint } => {
            return add(&context.folders, file, fingerprint.as_deref(), console);
        }
        TrustCommand::Fetch {
            certificate,
            fingerprint,
        } => {
            return fetch(certificate, fingerprint.as_deref(), context, console);
        }
        TrustCommand::Import { file, origin } => {
            let octets = input_files::read(file)?;
            let origin = origin.clone().unwrap_or_else(|| file.display().to_string());
            let origin = Origin::Given(&origin);
            let kept = lists.import(&octets, origin, &ministry(), now(context))?;
            console.result(&kept, |texts| lines(&kept, texts));
        }
        TrustCommand::Update { address } => {
            return update(&lists, address.as_deref(), context, console);
        }
        TrustCommand::RemoveList { list } => {
            lists.remove(list)?;
            console.result(&serde_json::json!({ "removed": list }), |texts| {
                vec![texts.plain("cli_trust_list_removed")]
            });
        }
        TrustCommand::Remove { fingerprint } => {
            folder.remove(&hexadecimal(fingerprint))?;
            console.result(&serde_json::json!({ "removed": fingerprint }), |texts| {
                vec![texts.plain("cli_trust_removed")]
            });
        }
    }
    Ok(Outcome::Done)
}

/// Unix seconds.
fn now(context: &HostContext) -> i64 {
    i64::try_from((context.clock)()).unwrap_or(i64::MAX)
}

/// Where several are fetched, one that fails holds up no other.
fn update(
    lists: &ListStore,
    address: Option<&str>,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let (fetcher, ministry) = (Fetcher::new(&context.folders), ministry());
    let now = now(context);
    if let Some(address) = address {
        let kept = lists.fetch(address, &fetcher, &ministry, now)?;
        console.result(&kept, |texts| lines(&kept, texts));
        return Ok(Outcome::Done);
    }
    let mut updated = Updated::default();
    for id in lists.with_addresses() {
        match lists.update(&id, &fetcher, &ministry, now) {
            Ok(kept) => updated.lists.push(kept),
            Err(error) => updated.failures.push(error.into()),
        }
    }
    console.result(&updated, |texts| {
        let kept = updated.lists.iter().flat_map(|it| lines(it, texts));
        let failures = updated.failures.iter().map(|it| texts.error(it));
        let nothing = updated
            .is_empty()
            .then(|| texts.plain("cli_trust_no_address"));
        kept.chain(failures).chain(nothing).collect()
    });
    Ok(match updated.failures.is_empty() {
        true => Outcome::Done,
        false => Outcome::Failed,
    })
}

/// What came of fetching all lists anew.
#[derive(Debug, Default, Serialize)]
struct Updated {
    lists: Vec<TrustSource>,
    failures: Vec<Failure>,
}

impl Updated {
    fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.failures.is_empty()
    }
}

/// Nothing is trusted unless the person has compared its fingerprint.
fn add(
    folders: &Folders,
    file: &Path,
    fingerprint: Option<&str>,
    console: &Console,
) -> Result<Outcome, Error> {
    let all = authorities(&input_files::read(file)?).map_err(|code| malformed(code, file))?;
    trust_confirmed(folders, &all, fingerprint, console, || {
        malformed(ErrorCode::CertificateNotFound, file)
    })
}

/// The same with issuers that are fetched first.
fn fetch(
    file: &Path,
    fingerprint: Option<&str>,
    context: &HostContext,
    console: &Console,
) -> Result<Outcome, Error> {
    let mut given = certificates_in(file)?.into_iter();
    let missing = || malformed(ErrorCode::CertificateMalformed, file);
    let certificate = given.next().ok_or_else(missing)?;
    let others: Vec<_> = given.collect();
    let store = TrustStore::load(&context.folders);
    let kept = IntermediateFolder::new(&context.folders.data);
    let by = (&Fetcher::new(&context.folders), &kept);
    let found = fetch_issuers(&certificate, &others, &store, by, now(context))?;
    let Some(authority) = found.authority else {
        let shown: Vec<_> = found.kept.iter().map(TrustedCertificate::of).collect();
        console.result(&serde_json::json!({ "kept": shown }), |texts| {
            let kept = shown.iter().map(|it| certificate_line(it, texts));
            kept.chain([texts.plain("issuer_anchored")]).collect()
        });
        return Ok(Outcome::Done);
    };
    let not_found = || malformed(ErrorCode::CertificateNotFound, file);
    trust_confirmed(
        &context.folders,
        &[authority],
        fingerprint,
        console,
        not_found,
    )
}

fn trust_confirmed(
    folders: &Folders,
    all: &[Certificate],
    fingerprint: Option<&str>,
    console: &Console,
    not_found: impl Fn() -> Error,
) -> Result<Outcome, Error> {
    let shown: Vec<_> = all.iter().map(TrustedCertificate::of).collect();
    let Some(fingerprint) = fingerprint.map(hexadecimal) else {
        console.result(&serde_json::json!({ "found": shown }), |texts| {
            let found = shown.iter().map(|it| certificate_line(it, texts));
            found.chain([texts.plain("cli_trust_confirm")]).collect()
        });
        return Ok(Outcome::Failed);
    };
    let is_meant =
        |it: &TrustedCertificate| it.certificate.id == fingerprint || it.sha1 == fingerprint;
    let pairs = all.iter().zip(&shown);
    let meant: Vec<(&Certificate, &TrustedCertificate)> =
        pairs.filter(|(_, shown)| is_meant(shown)).collect();
    if meant.is_empty() {
        return Err(not_found());
    }
    let folder = addable(folders)?;
    for (certificate, _) in &meant {
        folder.add(certificate)?;
    }
    let added: Vec<_> = meant.into_iter().map(|(_, shown)| shown).collect();
    console.result(&serde_json::json!({ "added": added }), |texts| {
        let line = |it: &&TrustedCertificate| {
            let values = [
                ("owner", &*it.certificate.owner),
                ("sha256", &*it.certificate.id),
            ];
            texts.text("cli_trust_added", &values)
        };
        added.iter().map(line).collect()
    });
    Ok(Outcome::Done)
}

/// As people write fingerprints: with colons or spaces, in whichever case.
fn hexadecimal(fingerprint: &str) -> String {
    let written = fingerprint.chars().filter(|it| !matches!(it, ':' | ' '));
    written.map(|it| it.to_ascii_lowercase()).collect()
}

fn lines(source: &TrustSource, texts: &Catalogue) -> Vec<String> {
    let title = texts.text(
        match source.kind {
            TrustSourceKind::National => "trust_source_national",
            TrustSourceKind::Administrator => "trust_source_administrator",
            TrustSourceKind::Person => "trust_source_person",
            TrustSourceKind::System => "trust_source_system",
        },
        &[("name", &source.name)],
    );
    let count = source.count.to_string();
    let values = [("title", &*title), ("count", &*count)];
    let mut lines = vec![texts.text("cli_trust_source", &values)];
    let version = source.version.as_ref();
    let date = source.date.map(written);
    let facts = [
        Some(texts.text("cli_trust_origin", &[("origin", &source.origin)])),
        version.map(|it| texts.text("cli_trust_version", &[("version", it)])),
        date.map(|it| texts.text("cli_trust_date", &[("time", &it)])),
    ];
    let imported = source.imported.as_ref().map(|it| list_lines(it, texts));
    // There are some 140 of the system, which its own programs list.
    let listed = match source.kind {
        TrustSourceKind::System => &[],
        _ => &*source.certificates,
    };
    let certificates = listed.iter().map(|it| certificate_line(it, texts));
    let problems = source.problems.iter().map(|it| texts.error(it));
    let details = facts
        .into_iter()
        .flatten()
        .chain(imported.unwrap_or_default())
        .chain(certificates)
        .chain(problems);
    lines.extend(details.map(|it| format!("  {}", it.replace('\n', "\n  "))));
    lines
}

/// What else there is to know of a list that was imported.
fn list_lines(list: &ImportedList, texts: &Catalogue) -> Vec<String> {
    let words = ListWords {
        texts,
        date: |_, time| written(time),
    };
    let id = texts.text("cli_trust_list_id", &[("list", &list.id)]);
    [id].into_iter().chain(words.lines(list)).collect()
}

fn certificate_line(certificate: &TrustedCertificate, texts: &Catalogue) -> String {
    let until = written(certificate.not_after);
    let values = [
        ("owner", &*certificate.certificate.owner),
        ("time", &*until),
        ("sha256", &*certificate.certificate.id),
        ("sha1", &*certificate.sha1),
    ];
    texts.text("cli_trust_certificate", &values)
}
