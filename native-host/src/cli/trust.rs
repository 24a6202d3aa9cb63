//! Whom Tamga trusts, and authorities that the person adds.

use super::{
    Outcome,
    console::Console,
    input_files::{self, malformed},
};
use crate::{
    failure::Error,
    session::HostContext,
    trust::{
        TrustStore,
        folder::{AnchorFolder, authorities},
        lists::ListStore,
        ministry,
    },
};
use clap::Subcommand;
use std::path::{Path, PathBuf};
use tamga_core::{
    asn1_time::written,
    certificate::Certificate,
    failure::ErrorCode,
    protocol::{TrustSource, TrustSourceKind, TrustedCertificate},
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
    /// Keep a national list: the Russian one of accredited authorities, the European list of lists, or a country's list.
    Import {
        /// The list, XML as its publisher has it.
        file: PathBuf,
        /// Where it is from, such as the address that it was downloaded from; if not given, the file.
        #[arg(long)]
        origin: Option<String>,
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
    match command {
        TrustCommand::List => {
            let sources = TrustStore::load(&context.folders).sources(now(context));
            console.result(&sources, |texts| {
                sources.iter().flat_map(|it| lines(it, texts)).collect()
            });
        }
        TrustCommand::Add { file, fingerprint } => {
            return add(&folder, file, fingerprint.as_deref(), console);
        }
        TrustCommand::Import { file, origin } => {
            let octets = input_files::read(file)?;
            let origin = origin.clone().unwrap_or_else(|| file.display().to_string());
            let lists = ListStore::new(&context.folders.data);
            let kept = lists.import(&octets, &origin, &ministry(), now(context))?;
            console.result(&kept, |texts| lines(&kept, texts));
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

/// Nothing is trusted unless the person has compared its fingerprint.
fn add(
    folder: &AnchorFolder,
    file: &Path,
    fingerprint: Option<&str>,
    console: &Console,
) -> Result<Outcome, Error> {
    let all = authorities(&input_files::read(file)?).map_err(|code| malformed(code, file))?;
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
        return Err(malformed(ErrorCode::CertificateNotFound, file));
    }
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
        .chain(certificates)
        .chain(problems);
    lines.extend(details.map(|it| format!("  {}", it.replace('\n', "\n  "))));
    lines
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
