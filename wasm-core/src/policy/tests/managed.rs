//! What the administrator has decided.

use super::*;
use crate::policy::managed::AllowedSite;

fn managed(json: &str) -> Policy {
    Policy::parse(&format!(r#"{{"managed":{json}}}"#))
}

#[test]
fn an_allowed_site_is_itself_or_all_below() {
    #[derive(Deserialize)]
    struct Case {
        allowed: String,
        asks: String,
        fits: bool,
    }
    let cases: Vec<Case> = serde_json::from_str(include_str!("../allowed.json")).unwrap();
    for Case {
        allowed,
        asks,
        fits,
    } in cases
    {
        let json = serde_json::json!({ "allowedSites": [allowed] }).to_string();
        let policy = managed(&json);
        let ruling = policy.ruling(&site(&asks, None), Scope::Sign, NOW);
        let expected = if fits { Ruling::Ask } else { Ruling::Refused };
        assert_eq!(ruling, expected, "{allowed} {asks}");
        let sites = policy.managed().allowed_sites().unwrap();
        assert_eq!(sites[0].written(), allowed);
    }
}

#[test]
fn the_page_around_a_frame_has_to_be_allowed_too() {
    let policy = managed(r#"{"allowedSites":["https://a.example","https://b.example"]}"#);
    for (top, expected) in [
        ("https://b.example", Ruling::Ask),
        ("https://c.example", Ruling::Refused),
    ] {
        let framed = site("https://a.example", Some(top));
        assert_eq!(policy.ruling(&framed, Scope::Sign, NOW), expected, "{top}");
    }
}

#[test]
fn what_cannot_be_read_allows_nothing() {
    for json in [
        r#"{"allowedSites":[]}"#,
        r#"{"allowedSites":"https://shop.example"}"#,
        r#"{"allowedSites":{"0":"https://shop.example"}}"#,
        r#"{"allowedSites":["*","shop.example","http://shop.example",7,null]}"#,
    ] {
        let ruling = managed(json).ruling(&shop(), Scope::Sign, NOW);
        assert_eq!(ruling, Ruling::Refused, "{json}");
    }
    for json in [
        "{}",
        "null",
        r#"{"grants":"all"}"#,
        r#"{"grants":[{"origin":"https://shop.example"},{"origin":"http://shop.example","scopes":["sign"]},
            {"origin":"https://shop.example","scopes":["sign","all"]}]}"#,
    ] {
        let ruling = managed(json).ruling(&shop(), Scope::Sign, NOW);
        assert_eq!(ruling, Ruling::Ask, "{json}");
    }
    assert!(AllowedSite::try_from("https://*.*.example".to_owned()).is_err());
}

#[test]
fn a_granted_site_need_not_ask_for_what_it_was_granted() {
    let grants = r#""grants":[{"origin":"https://shop.example","scopes":["sign"]},
        {"origin":"https://shop.example","topOrigin":"https://portal.example","scopes":["certificate"]}]"#;
    let policy = managed(&["{", grants, "}"].concat());
    let framed = site("https://shop.example", Some("https://portal.example"));
    let below = site("https://www.shop.example", None);
    for (site, scope, expected) in [
        (shop(), Scope::Sign, Ruling::Allowed),
        (shop(), Scope::Certificate, Ruling::Ask),
        (framed.clone(), Scope::Sign, Ruling::Ask),
        (framed, Scope::Certificate, Ruling::Allowed),
        (below, Scope::Sign, Ruling::Ask),
    ] {
        assert_eq!(policy.ruling(&site, scope, NOW), expected, "{site:?}");
    }
    // A site that may not use Tamga has no use for a grant, and the person's no stays one.
    let elsewhere = [r#"{"allowedSites":["https://a.example"],"#, grants, "}"].concat();
    let ruling = |policy: &Policy| policy.ruling(&shop(), Scope::Sign, NOW);
    assert_eq!(ruling(&managed(&elsewhere)), Ruling::Refused);
    let mut refused = policy;
    answer(&mut refused, Answer::Never, NOW);
    assert_eq!(ruling(&refused), Ruling::Refused);
}
