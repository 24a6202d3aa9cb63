//! What a folder of trusted certificates takes, keeps and gives up.

use super::*;
use crate::trust::TrustStore;
use std::fs;

const AUTHORITY: &[u8] = include_bytes!("../../../wasm-core/tests/fixtures/authority.der");
const PERSON: &[u8] = include_bytes!("../../../wasm-core/tests/fixtures/english.der");

fn code(error: Error) -> ErrorCode {
    Failure::from(error).code
}

#[test]
fn an_authority_is_added_and_removed() {
    let data = tempfile::tempdir().unwrap();
    let folder = AnchorFolder::of_person(data.path());
    assert_eq!(folder.read().source.count, 0);
    let [authority] = &*authorities(AUTHORITY).unwrap() else {
        panic!("one certificate");
    };
    folder.add(authority).unwrap();
    // Twice is once.
    folder.add(authority).unwrap();
    let held = folder.read();
    assert_eq!((held.anchors.len(), held.source.count), (1, 1));
    assert_eq!(held.anchors[0].class, AnchorClass::User);
    assert_eq!(held.source.certificates[0].certificate.id, authority.id());
    assert_eq!(held.source.problems, []);
    folder.remove(&authority.id().to_uppercase()).unwrap();
    assert_eq!(folder.read().anchors.len(), 0);
    for id in [&*authority.id(), "..", "", "../../etc/passwd"] {
        let refused = folder.remove(id).unwrap_err();
        assert_eq!(code(refused), ErrorCode::CertificateNotFound, "{id}");
    }
}

#[test]
fn who_issues_nothing_is_no_authority() {
    let data = tempfile::tempdir().unwrap();
    let folder = AnchorFolder::of_person(data.path());
    let person = Certificate::parse(PERSON).unwrap();
    let refused = folder.add(&person).unwrap_err();
    assert_eq!(code(refused), ErrorCode::CertificateNotAuthority);
    assert_eq!(
        authorities(PERSON).unwrap_err(),
        ErrorCode::CertificateNotAuthority
    );
    for nothing in [&b""[..], b"<html>", b"-----BEGIN CERTIFICATE-----\n"] {
        assert_eq!(
            authorities(nothing).unwrap_err(),
            ErrorCode::CertificateMalformed
        );
    }
}

#[test]
fn a_broken_file_takes_no_other_away() {
    let data = tempfile::tempdir().unwrap();
    let folder = AnchorFolder::of_person(data.path());
    let authority = Certificate::parse(AUTHORITY).unwrap();
    folder.add(&authority).unwrap();
    fs::write(folder.path.join("cut.cer"), AUTHORITY.split_at(100).0).unwrap();
    fs::write(folder.path.join("person.pem"), PERSON).unwrap();
    fs::write(
        folder.path.join("huge.der"),
        vec![b' '; MAX_ANCHOR_FILE + 1],
    )
    .unwrap();
    fs::write(folder.path.join("notes.txt"), b"none of this").unwrap();
    let held = folder.read();
    assert_eq!(held.anchors.len(), 1);
    let problems = held.source.problems.iter();
    let told: Vec<_> = problems
        .map(|it| (it.subject.as_deref().unwrap(), it.code))
        .collect();
    assert_eq!(
        told,
        [
            ("cut.cer", ErrorCode::CertificateMalformed),
            ("huge.der", ErrorCode::FileUnreadable),
            ("person.pem", ErrorCode::CertificateNotAuthority),
        ]
    );
}

#[cfg(unix)]
#[test]
fn only_the_administrator_writes_the_administrators_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let system = tempfile::tempdir().unwrap();
    let settings = Administrator::default();
    let folder = AnchorFolder::of_administrator(system.path(), &settings, Trust::Tester);
    fs::create_dir(&folder.path).unwrap();
    let file = folder.path.join("ours.cer");
    fs::write(&file, AUTHORITY).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(folder.read().anchors.len(), 1);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    let held = folder.read();
    assert_eq!(held.anchors.len(), 0);
    assert_eq!(held.source.problems[0].code, ErrorCode::FileInsecure);
}

#[test]
fn the_sources_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let folders = crate::directories::Folders {
        home: path("home"),
        config: path("config"),
        data: path("data"),
        system: path("system"),
    };
    AnchorFolder::of_person(&folders.data)
        .add(&Certificate::parse(AUTHORITY).unwrap())
        .unwrap();
    let store = TrustStore::load(&folders);
    let kinds: Vec<_> = store.sources(0).iter().map(|it| it.kind).collect();
    assert_eq!(
        kinds,
        [
            TrustSourceKind::National,
            TrustSourceKind::National,
            TrustSourceKind::Administrator,
            TrustSourceKind::Person,
            TrustSourceKind::System,
        ]
    );
    let of = |class| store.anchors().filter(|it| it.class == class).count();
    assert_eq!((of(AnchorClass::National), of(AnchorClass::User)), (7, 1));
    let counts: usize = store
        .sources(0)
        .iter()
        .map(|it| usize::try_from(it.count).unwrap())
        .sum();
    assert_eq!(counts, store.anchors().count());
}
