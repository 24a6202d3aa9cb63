use super::*;
use crate::format::{Container, Level};

fn parse(json: &str) -> Result<PageCommand, Failure> {
    PageCommand::parse(json)
}

fn culprit(json: &str) -> Option<String> {
    let failure = parse(json).unwrap_err();
    assert_eq!(failure.code, ErrorCode::RequestMalformed);
    failure.subject
}

fn sign(fields: &str) -> String {
    format!(r#"{{"type":"sign",{fields}}}"#)
}

const ONE: &str = r#""documents":[{"name":"договор.pdf","size":3}]"#;

#[test]
fn says_little_by_default() {
    let expected = SignRequest {
        subject: Subject::Documents(vec![DocumentHead {
            name: "договор.pdf".to_owned(),
            size: 3,
        }]),
        profile: Profile {
            container: Container::Cms,
            level: Level::Bes,
            placement: Placement::Detached,
        },
        padding: Padding::Pkcs1,
        certificate: None,
    };
    assert_eq!(parse(&sign(ONE)), Ok(PageCommand::Sign(expected)));
    let any = PageCommand::GetCertificate(Filter::default());
    assert_eq!(parse(r#"{"type":"get-certificate"}"#), Ok(any));
}

#[test]
fn takes_every_field() {
    let id = "0123456789abcdef".repeat(4);
    let more = r#""hashes":[],"format":"cms","detached":false,"pss":true,"certificate""#;
    let json = sign(&format!(r#"{ONE},{more}:"{id}""#));
    let Ok(PageCommand::Sign(request)) = parse(&json) else {
        panic!("{json}");
    };
    let profile = Profile {
        container: Container::Cms,
        level: Level::Plain,
        placement: Placement::Attached,
    };
    assert_eq!(request.profile, profile);
    assert_eq!(request.padding, Padding::Pss);
    assert_eq!(request.certificate, Some(id));

    let json =
        r#"{"type":"get-certificate","filter":{"keyTypes":["RSA","EC","GOST"],"issuers":["НУЦ"]}}"#;
    let filter = Filter {
        key_types: vec![KeyType::Rsa, KeyType::Ec, KeyType::Gost],
        issuers: vec!["НУЦ".to_owned()],
    };
    assert_eq!(parse(json), Ok(PageCommand::GetCertificate(filter)));
}

#[test]
fn takes_digests_in_either_case() {
    let value = "aB".repeat(32);
    let json = sign(&format!(
        r#""hashes":[{{"name":"a","algorithm":"SHA-256","value":"{value}"}}]"#
    ));
    let Ok(PageCommand::Sign(request)) = parse(&json) else {
        panic!("{json}");
    };
    let digest = Digest::new(DigestAlgorithm::Sha256, &[0xab; 32]).unwrap();
    let name = "a".to_owned();
    assert_eq!(
        request.subject,
        Subject::Hashes(vec![NamedDigest { name, digest }])
    );
}

#[test]
fn names_the_field_that_is_wrong() {
    let hash = |algorithm: &str, value: &str| {
        format!(r#""hashes":[{{"name":"a","algorithm":"{algorithm}","value":"{value}"}}]"#)
    };
    let (good, short) = ("00".repeat(32), "00".repeat(31));
    let mixed = format!(
        r#""hashes":[{{"name":"a","algorithm":"SHA-256","value":"{good}"}},
            {{"name":"b","algorithm":"Streebog-256","value":"{good}"}}]"#
    );
    let cases = [
        (sign("\"documents\":[]"), "documents"),
        (sign("\"format\":\"cms\""), "documents"),
        (sign(r#""documents":[{"name":"","size":3}]"#), "documents"),
        (sign(r#""documents":[{"name":"a","size":-1}]"#), "documents"),
        (
            sign(r#""documents":[{"name":"a","size":9007199254740992}]"#),
            "documents",
        ),
        (
            sign(r#""documents":[{"name":"a","size":1,"path":"/etc"}]"#),
            "documents",
        ),
        (sign(&format!("{ONE},{}", hash("SHA-256", &good))), "hashes"),
        (sign(&hash("SHA-256", &short)), "hashes"),
        (sign(&mixed), "hashes"),
        (sign(&hash("SHA-1", &"00".repeat(20))), "hashes"),
        (sign(&hash("MD5", &"00".repeat(16))), "hashes"),
        (sign(&hash("SHA-256", &"+0".repeat(32))), "hashes"),
        (sign(&hash("SHA-256", &"é".repeat(32))), "hashes"),
        (sign(&hash("SHA-256", &format!("{good}0"))), "hashes"),
        (
            sign(&format!("{},\"detached\":false", hash("SHA-256", &good))),
            "detached",
        ),
        (sign(&format!("{ONE},\"format\":\"xades\"")), "format"),
        (sign(&format!("{ONE},\"detached\":1")), "detached"),
        (
            sign(&format!("{ONE},\"certificate\":\"../../x\"")),
            "certificate",
        ),
        (sign(&format!("{ONE},\"password\":\"1\"")), "password"),
        (r#"{"type":"list"}"#.to_owned(), "type"),
        (r#"{"documents":[]}"#.to_owned(), "type"),
        (
            r#"{"type":"get-certificate","filter":{"owner":"x"}}"#.to_owned(),
            "filter",
        ),
        (
            r#"{"type":"get-certificate","filter":{"keyTypes":["DSA"]}}"#.to_owned(),
            "filter",
        ),
        (
            r#"{"type":"get-certificate","documents":[]}"#.to_owned(),
            "documents",
        ),
    ];
    for (json, field) in cases {
        assert_eq!(culprit(&json).as_deref(), Some(field), "{json}");
    }
}

#[test]
fn is_bounded() {
    let documents = |count: usize| {
        let one = r#"{"name":"a","size":1}"#;
        sign(&format!(r#""documents":[{}]"#, vec![one; count].join(",")))
    };
    assert!(parse(&documents(MAX_DOCUMENTS)).is_ok());
    assert_eq!(
        culprit(&documents(MAX_DOCUMENTS + 1)).as_deref(),
        Some("documents")
    );
    let named = |length: usize| {
        let name = "я".repeat(length / 2);
        parse(&sign(&format!(
            r#""documents":[{{"name":"{name}","size":1}}]"#
        )))
    };
    assert!(named(MAX_NAME).is_ok());
    assert!(named(MAX_NAME + 2).is_err());
    let issuers = vec![r#""x""#; MAX_ISSUERS + 1].join(",");
    let json = format!(r#"{{"type":"get-certificate","filter":{{"issuers":[{issuers}]}}}}"#);
    assert_eq!(culprit(&json).as_deref(), Some("filter"));
    assert_eq!(culprit(&" ".repeat(MAX_REQUEST + 1)), None);
}

#[test]
fn is_an_object() {
    for json in ["", "[]", "null", "\"sign\"", "{", r#"{"type":7}"#] {
        assert!(parse(json).is_err(), "{json}");
    }
}
