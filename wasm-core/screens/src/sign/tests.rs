use super::content_kind::ContentKind;
use super::messages::WindowRequest;
use super::*;
use crate::{
    english,
    fixtures::{AKHMETOV, ENCRYPTS, IVANOVA, NOW, PETROV, SMITH, contained, entry},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use tamga_core::{
    algorithm::DigestAlgorithm,
    policy::Answer,
    protocol::{self, Command},
    secret::Secret,
};

mod choosing;
mod failing;
mod guard;
mod opening;
mod pin_sessions;
mod pins;
mod previewing;
mod private;
mod signing;
mod tokens;

const ONE: &str = r#"{"type":"sign","documents":[{"name":"a.txt","size":5}]}"#;
const THREE: &str = r#"{"type":"sign","documents":[{"name":"a.txt","size":5},{"name":"b.pdf","size":2048},
    {"name":"c.xml","size":0}]}"#;
const CERTIFICATE: &str = r#"{"type":"get-certificate"}"#;
const ALLOWED: &str = r#"{"grants":[
    {"origin":"https://shop.example","scope":"sign","decision":"always","since":0,"until":9000000000000},
    {"origin":"https://shop.example","scope":"certificate","decision":"always","since":0,"until":9000000000000}]}"#;
const FORBIDDEN: &str =
    r#"{"grants":[{"origin":"https://shop.example","scope":"sign","decision":"never","since":0}]}"#;

fn asked(command: &str, policy: &str) -> WindowRequest {
    WindowRequest {
        origin: "https://shop.example".to_owned(),
        top_origin: None,
        command: command.to_owned(),
        policy: policy.to_owned(),
        last_certificate: None,
        hidden: Vec::new(),
        dialog: None,
        private_window: false,
        pin_sessions: Vec::new(),
        now: NOW,
    }
}

fn listed(certificates: &[&str]) -> Event {
    Event::Listed(Listing {
        keys: certificates
            .iter()
            .map(|certificate| entry(certificate))
            .collect(),
        ..Listing::default()
    })
}

fn host_opened() -> Event {
    Event::HostOpened {
        version: "0.1.0".to_owned(),
    }
}

/// A window at the choice of a certificate.
fn choosing(command: &str, certificates: &[&str]) -> (SignWindow, Vec<Effect>) {
    let mut window = SignWindow::new(english());
    window.receive(Event::Requested(asked(command, ALLOWED)));
    window.receive(host_opened());
    let effects = window.receive(listed(certificates));
    (window, effects)
}

fn read(window: &mut SignWindow, index: usize, algorithm: DigestAlgorithm) -> Vec<Effect> {
    read_as(window, index, algorithm, ContentKind::Text)
}

fn read_as(
    window: &mut SignWindow,
    index: usize,
    algorithm: DigestAlgorithm,
    kind: ContentKind,
) -> Vec<Effect> {
    let document = u32::try_from(index).unwrap() + 10;
    let digest = algorithm.digest(&[0; 3]);
    window.receive(Event::Read {
        index,
        document,
        digest,
        kind,
        kept: kind.viewer_type().is_some(),
    })
}

fn failed(code: ErrorCode) -> Failure {
    Failure::new(code)
}

/// An effect in short, as it is on the wire.
fn names(effects: &[Effect]) -> Vec<String> {
    let name = |effect| {
        serde_json::to_value(effect).unwrap()["type"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    effects.iter().map(name).collect()
}

fn json(effects: &[Effect]) -> Vec<String> {
    effects
        .iter()
        .map(|effect| serde_json::to_string(effect).unwrap())
        .collect()
}

fn says(window: &SignWindow, words: &str) -> bool {
    window.view().words().contains(words)
}
