use super::*;
use std::{env, slice};
use tamga_core::trust::{AnchorClass, lists::russian::AccreditedList};
use tempfile::TempDir;

/// A list that the tests of the core made and signed; the authority in it is the root that its signer's certificate is by.
const MADE: &str = include_str!("../../../../tests/fuzz/seeds/accredited_list/made.xml");
/// In 2026, Unix seconds.
const NOW: i64 = 1_790_000_000;

fn ministry() -> Vec<Anchor> {
    let list = AccreditedList::unverified(MADE).unwrap();
    let root = list.certificates[0].certificate.clone().unwrap();
    vec![Anchor::new(root, AnchorClass::National)]
}

fn store() -> (TempDir, ListStore) {
    let folder = TempDir::new().unwrap();
    let store = ListStore::new(folder.path());
    (folder, store)
}

fn sources(store: &ListStore, now: i64) -> Vec<TrustSource> {
    let kept = store.kept(&ministry());
    kept.iter().map(|it| it.source(now)).collect()
}

fn code(imported: Result<TrustSource, Error>) -> ErrorCode {
    Failure::from(imported.unwrap_err()).code
}

#[test]
fn a_russian_list_is_kept_with_where_it_came_from() {
    let (_folder, store) = store();
    assert!(sources(&store, NOW).is_empty());
    let import = || store.import(MADE.as_bytes(), Origin::Given("a.xml"), &ministry(), NOW);
    let kept = import().unwrap();
    assert_eq!(kept.version.as_deref(), Some("16314"));
    assert_eq!((kept.country.as_deref(), kept.count), (Some("RU"), 1));
    assert_eq!(kept.origin, "a.xml");
    assert_eq!(sources(&store, NOW), slice::from_ref(&kept));
    // The same once more
    assert_eq!(import().unwrap(), kept);
    store.remove_all().unwrap();
    assert!(sources(&store, NOW).is_empty());
}

#[test]
fn what_is_broken_or_not_the_ministrys_takes_nothing_away() {
    let (_folder, store) = store();
    let kept = store
        .import(MADE.as_bytes(), Origin::Given("a.xml"), &ministry(), NOW)
        .unwrap();
    let changed = MADE.replace("Действует<", "Прекращена<");
    let newer = MADE.replace("16314", "99999");
    let (half, _) = MADE.split_once("<SignatureValue>").unwrap();
    for (text, expected) in [
        (&*changed, ErrorCode::TrustListUntrusted),
        (&newer, ErrorCode::TrustListUntrusted),
        (half, ErrorCode::TrustListMalformed),
        ("<a/>", ErrorCode::TrustListMalformed),
        ("", ErrorCode::TrustListMalformed),
    ] {
        let imported = store.import(text.as_bytes(), Origin::Given("b.xml"), &ministry(), NOW);
        assert_eq!(code(imported), expected);
        assert_eq!(sources(&store, NOW), slice::from_ref(&kept));
    }
    let imported = store.import(MADE.as_bytes(), Origin::Given("b.xml"), &[], NOW);
    assert_eq!(code(imported), ErrorCode::TrustListUntrusted);
}

#[test]
fn an_older_list_does_not_replace_a_newer_one_unless_that_is_damaged() {
    let (folder, store) = store();
    store
        .import(MADE.as_bytes(), Origin::Given("a.xml"), &ministry(), NOW)
        .unwrap();
    let path = folder.path().join("lists/ru.list");
    // As if a newer one were kept: what is kept has to verify to stand in the way.
    let content = fs::read_to_string(&path).unwrap();
    let (facts, text) = content.split_once('\n').unwrap();
    let newer = facts.replace("\"sequence\":16314", "\"sequence\":16315");
    let spaced = text.replace("?>", "?>\n");
    fs::write(&path, format!("{newer}\n{spaced}")).unwrap();
    let import = || store.import(MADE.as_bytes(), Origin::Given("b.xml"), &ministry(), NOW);
    assert_eq!(code(import()), ErrorCode::TrustListNotNewer);
    let damaged = text.replace("Действует<", "Прекращена<");
    fs::write(&path, format!("{newer}\n{damaged}")).unwrap();
    assert_eq!(import().unwrap().origin, "b.xml");
    fs::write(&path, "no facts").unwrap();
    let problems = &sources(&store, NOW)[0].problems;
    assert_eq!(problems[0].code, ErrorCode::FileUnreadable);
    assert_eq!(import().unwrap().origin, "b.xml");
}

/// A real list of the European Union, if the vectors are there.
fn vector(name: &str) -> Option<Vec<u8>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    let root = env::var_os("TAMGA_VECTORS").map_or(beside, PathBuf::from);
    let read = fs::read(root.join("trust/eu").join(name)).ok();
    if read.is_none() {
        eprintln!(
            "SKIPPED: no vectors at {} (set TAMGA_VECTORS)",
            root.display()
        );
    }
    read
}

#[test]
fn a_countrys_list_needs_the_list_of_lists() {
    let lists = ["eu-lotl.xml", "tsl-ee.xml", "eu-lotl-pivot-341.xml"].map(vector);
    let [Some(lotl), Some(estonia), Some(pivot)] = lists else {
        return;
    };
    let (_folder, store) = store();
    let import = |octets: &[u8]| store.import(octets, Origin::Given("a.xml"), &[], NOW);
    assert_eq!(code(import(&estonia)), ErrorCode::TrustListUntrusted);
    // An older list of lists, whose signer the anchors of 2026 still have
    assert_eq!(import(&pivot).unwrap().version.as_deref(), Some("341"));
    let kept = import(&lotl).unwrap();
    assert_eq!(
        (kept.country.as_deref(), kept.version.as_deref()),
        (Some("EU"), Some("388"))
    );
    assert_eq!(code(import(&pivot)), ErrorCode::TrustListNotNewer);
    let kept = import(&estonia).unwrap();
    assert_eq!((kept.country.as_deref(), kept.count), (Some("EE"), 37));
    let outdated = |now: i64| {
        let problems = sources(&store, now).into_iter().flat_map(|it| it.problems);
        problems.map(|it| it.code).collect::<Vec<_>>()
    };
    // The Estonian one since 2025-12-12, the list of lists since 2026-11-18
    assert_eq!(outdated(1_760_000_000), []);
    assert_eq!(outdated(NOW), [ErrorCode::TrustListOutdated]);
    assert_eq!(outdated(1_800_000_000).len(), 2);
}
