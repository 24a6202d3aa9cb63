//! Transcripts: what is said to the host, and what it shall answer, as files that people can read.
//!
//! `NAME.request`: one message a line, sent as a frame. `#` begins a comment. Other lines:
//! `!frame HEX` a frame of these bytes; `!bytes HEX` these bytes as they are; `!spaces N` a frame of so
//! many spaces; `!answer` waits for the answer to a request that came in pieces. In messages, `{p12 NAME}` is the base64 of somebody's key file, `{cut NAME}` that of
//! half of it, `{id NAME}` the id of somebody's certificate, `{password}` the base64 of everybody's password.
//!
//! `NAME.response`: one message a line, in which the string `*` stands for any value, and at last
//! `!exit N`.

use crate::{
    host::{Host, frame},
    people::{PASSWORD, People},
};
use base16ct::mixed;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;
use std::{fmt::Write as _, fs, path::Path};

/// Who wrote down what the host shall answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Written {
    /// This version: nothing else may come.
    Now,
    /// An older one: what a newer host says besides is passed over, as that version's extension does.
    Earlier,
}

/// Plays one transcript to a host with an empty home; says where it differs.
///
/// # Errors
/// What was expected and what came.
pub fn play(request: &Path, people: &People, written: Written) -> Result<(), String> {
    let home = tempfile::tempdir().unwrap();
    let mut host = Host::start(home.path());
    let mut said = Vec::new();
    for line in lines(request) {
        let line = expanded(&line, people);
        if line != "!answer" {
            host.send_bytes(&bytes_of(&line));
        }
        said.extend(answers(&mut host, &line));
    }
    let end = host.finish();
    said.extend(end.rest);
    let mut said: Vec<String> = said.iter().map(Value::to_string).collect();
    said.push(format!("!exit {}", end.status.code().unwrap_or(-1)));
    let expected = lines(&request.with_extension("response"));
    let expected: Vec<_> = expected.iter().map(|line| expanded(line, people)).collect();
    let same = said.len() == expected.len()
        && said
            .iter()
            .zip(&expected)
            .all(|(said, expected)| line_fits(said, expected, written));
    if same {
        return Ok(());
    }
    let mut report = format!("{}\n", request.display());
    for index in 0..said.len().max(expected.len()) {
        let (said, expected) = (said.get(index), expected.get(index));
        let fits = said
            .zip(expected)
            .is_some_and(|(said, expected)| line_fits(said, expected, written));
        if !fits {
            writeln!(report, "  expected {expected:?}\n  came     {said:?}").unwrap();
        }
    }
    Err(report + &end.log)
}

/// What comes until the request in this line is answered: requests are carried out beside each other. A document is
/// answered after its last piece.
fn answers(host: &mut Host, line: &str) -> Vec<Value> {
    let asked: Value = serde_json::from_str(line).unwrap_or_default();
    let mut said = Vec::new();
    let command = asked["command"]["type"].as_str().unwrap_or_default();
    let streams = ["read-document", "read-check-file"].contains(&command);
    let waits = asked["type"] == "request" && !streams;
    if !waits && line != "!answer" {
        return said;
    }
    // Number 0: it cannot be read.
    let id = asked["id"].as_u64().and_then(|id| u32::try_from(id).ok());
    let id = id.unwrap_or_default();
    while let Some(message) = host.receive() {
        let kind = message["type"].as_str();
        let is_answer = kind.is_some_and(|kind| ["failed", "reply"].contains(&kind));
        let answered = is_answer && (!waits || message["id"] == id);
        said.push(message);
        if answered {
            break;
        }
    }
    said
}

fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

fn expanded(line: &str, people: &People) -> String {
    let mut line = line.replace("{password}", &BASE64_STANDARD.encode(PASSWORD));
    for kind in ["p12", "cut", "id"] {
        let opening = format!("{{{kind} ");
        while let Some((before, rest)) = line.split_once(&opening) {
            let (name, after) = rest.split_once('}').expect("a placeholder without an end");
            line = format!("{before}{}{after}", value_of(kind, name, people));
        }
    }
    line
}

fn value_of(kind: &str, name: &str, people: &People) -> String {
    if kind == "id" {
        return people.id(name);
    }
    let file = people.read(name);
    let length = if kind == "cut" {
        file.len() / 2
    } else {
        file.len()
    };
    BASE64_STANDARD.encode(&file[..length])
}

fn bytes_of(line: &str) -> Vec<u8> {
    let Some(directive) = line.strip_prefix('!') else {
        return frame(line.as_bytes());
    };
    let (kind, argument) = directive.split_once(' ').unwrap_or((directive, ""));
    match kind {
        "frame" => frame(&mixed::decode_vec(argument).unwrap()),
        "bytes" => mixed::decode_vec(argument).unwrap(),
        "spaces" => frame(&vec![b' '; argument.parse().unwrap()]),
        _ => panic!("unknown directive {line}"),
    }
}

fn line_fits(said: &str, expected: &str, written: Written) -> bool {
    match (serde_json::from_str(said), serde_json::from_str(expected)) {
        (Ok(said), Ok(expected)) => fits(&said, &expected, written),
        _ => said == expected,
    }
}

fn fits(said: &Value, expected: &Value, written: Written) -> bool {
    match (said, expected) {
        (_, Value::String(any)) if any == "*" => true,
        (Value::Object(said), Value::Object(expected)) => {
            let value_fits =
                |(key, value)| said.get(key).is_some_and(|said| fits(said, value, written));
            let complete = written == Written::Earlier || said.len() == expected.len();
            complete && expected.iter().all(value_fits)
        }
        (Value::Array(said), Value::Array(expected)) => {
            let mut pairs = said.iter().zip(expected);
            said.len() == expected.len()
                && pairs.all(|(said, expected)| fits(said, expected, written))
        }
        _ => said == expected,
    }
}
