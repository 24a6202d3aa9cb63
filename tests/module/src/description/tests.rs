use super::*;

fn read(json: &str) -> Result<Description, serde_json::Error> {
    serde_json::from_str(json)
}

#[test]
fn the_example_is_a_description() {
    let (_, rest) = include_str!("../description.rs")
        .split_once("//! ```json\n")
        .unwrap();
    let (example, _) = rest.split_once("//! ```\n").unwrap();
    let description = read(&example.replace("//!", "")).unwrap();
    let slot = &description.slots[0];
    assert_eq!((slot.objects.len(), &*slot.label), (4, "Иванова"));
    let written = serde_json::to_string(&description).unwrap();
    let again = read(&written).unwrap();
    assert_eq!(format!("{again:?}"), format!("{description:?}"));
}

#[test]
fn what_is_unknown_is_an_error() {
    for json in [
        r#"{"more": 1}"#,
        r#"{"slots": [{"more": 1}]}"#,
        r#"{"slots": [{"objects": [{"type": "data", "more": 1}]}]}"#,
        r#"{"slots": [{"objects": [{"type": "private-key"}]}]}"#,
        r#"{"misbehaviour": [{"function": "C_Sign", "how": "dance"}]}"#,
        r#"{"misbehaviour": [{"function": "C_Sign", "how": "slow:soon"}]}"#,
    ] {
        assert!(read(json).is_err(), "{json}");
    }
}

#[test]
fn misbehaviour_has_words() {
    for (word, how) in [
        ("crash", How::Crash),
        ("error", How::Error(0x8000_0000)),
        ("error:0x30", How::Error(0x30)),
        ("slow:250", How::Slow(Duration::from_millis(250))),
    ] {
        assert_eq!(How::try_from(word.to_owned()), Ok(how));
        assert_eq!(String::from(how), word);
    }
}
