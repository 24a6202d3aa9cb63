use super::{sidecar::of_one_key, *};
use std::fs;

#[test]
fn a_stem_is_no_path() {
    assert!(Stem::parse("0123456789abcdef").is_some());
    for text in [
        "",
        "0123456789abcde",
        "0123456789abcdeF",
        "../../etc/passwd",
        "0123456789abcde/",
    ] {
        assert!(Stem::parse(text).is_none(), "{text}");
    }
    assert_eq!(Stem::of(b"abc").0, "ba7816bf8f01cfea");
}

#[test]
fn what_is_broken_is_one_failure_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let files = KeyFiles::new(folder.path(), &Cancel::default());
    assert_eq!(files.list().unreadable, []);
    let put = |name: &str, content: &[u8]| {
        files::create_private(&files.folder).unwrap();
        fs::write(files.folder.join(name), content).unwrap();
    };
    put("0000000000000000.json", &of_one_key("sound.p12"));
    put("0000000000000000.p12", b"");
    put("1111111111111111.json", br#"{"name":"gone.p12","keys":[]}"#);
    put("2222222222222222.json", b"{");
    put("2222222222222222.p12", b"");
    put("3333333333333333.p12", b"");
    let odd = br#"{"name":"odd.p12","keys":[{"certificate":"!","chain":[]}]}"#;
    put("4444444444444444.json", odd);
    put("4444444444444444.p12", b"");
    let cut = br#"{"name":"cut.p12","keys":[{"certificate":"MAA=","chain":[]}]}"#;
    put("5555555555555555.json", cut);
    put("5555555555555555.p12", b"");
    put("somebody-elses.txt", b"");
    let listing = files.list();
    assert_eq!(listing.keys.len(), 1);
    let malformed = |name: &str| Failure::of(ErrorCode::KeyFileMalformed, name);
    let expected = [
        Failure::of(ErrorCode::KeyFileNotFound, "gone.p12"),
        malformed("2222222222222222.p12"),
        malformed("3333333333333333.p12"),
        Failure::of(ErrorCode::CertificateMalformed, "odd.p12"),
        Failure::of(ErrorCode::CertificateMalformed, "cut.p12"),
    ];
    let failures = listing.unreadable.iter().map(|it| it.failure.clone());
    assert_eq!(failures.collect::<Vec<_>>(), expected);

    for unreadable in listing.unreadable {
        let Some(KeyLocation::Pkcs12 { key_file, .. }) = unreadable.location else {
            panic!("{unreadable:?}");
        };
        files.remove(&key_file).unwrap();
    }
    files.remove(&"0".repeat(16)).unwrap();
    let again = files.remove(&"0".repeat(16)).map_err(Failure::from);
    assert_eq!(again, Err(ErrorCode::KeyFileNotFound.into()));
    assert_eq!(files.list().unreadable, []);
    assert_eq!(fs::read_dir(&files.folder).unwrap().count(), 1);
}
