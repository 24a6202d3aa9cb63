use super::*;
use crate::{algorithm::DigestAlgorithm, origin::Origin};

/// One line per message, as it must stay as long as [`PROTOCOL`] does.
const TO_HOST: [&str; 45] = [
    r#"{"type":"request","id":1,"command":{"type":"hello","protocol":1,"version":"0.1.0"}}"#,
    r#"{"type":"request","id":1,"command":{"type":"hello","protocol":2,"oldestProtocol":1,"version":"0.1.0"}}"#,
    r#"{"type":"request","id":2,"command":{"type":"list-certificates"}}"#,
    r#"{"type":"request","id":3,"command":{"type":"add-key-file","name":"a.p12","content":"MAA=","password":"cA=="}}"#,
    r#"{"type":"request","id":3,"command":{"type":"add-key-file","name":"a.p12","content":"MAA=","password":"cA==","secondPassword":"cQ=="}}"#,
    r#"{"type":"request","id":4,"command":{"type":"remove-key-file","keyFile":"00"}}"#,
    r#"{"type":"request","id":5,"command":{"type":"read-document","stream":1,"size":9,"digest":"SHA-256"}}"#,
    r#"{"type":"request","id":6,"command":{"type":"sign","certificate":"00","unlock":{"type":"password","password":"cA=="},"profile":{"container":"cms","level":"bes","placement":"detached"},"padding":"pkcs1","items":[{"type":"document","document":1}]}}"#,
    r#"{"type":"request","id":7,"command":{"type":"sign","certificate":"00","unlock":{"type":"not-locked"},"profile":{"container":"cms","level":"plain","placement":"detached"},"padding":"pkcs1","items":[]}}"#,
    r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","location":{"type":"pkcs12","keyFile":"00","name":"a.p12"},"unlock":{"type":"password","password":""},"profile":{"container":"cms","level":"plain","placement":"detached"},"padding":"pkcs1","items":[]}}"#,
    r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","token":"01","unlock":{"type":"reader","lastTry":"acknowledged"},"profile":{"container":"cms","level":"plain","placement":"detached"},"padding":"pkcs1","items":[]}}"#,
    r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","unlock":{"type":"dialog","prompt":{"origin":"https://a.kz","language":"kk"}},"profile":{"container":"cms","level":"plain","placement":"detached"},"padding":"pkcs1","items":[]}}"#,
    r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","token":"01","unlock":{"type":"pin","pin":"cA==","term":{"signatures":10}},"profile":{"container":"cms","level":"plain","placement":"detached"},"padding":"pkcs1","items":[]}}"#,
    r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","token":"01","unlock":{"type":"open-session"},"profile":{"container":"cms","level":"plain","placement":"attached"},"padding":"pkcs1","items":[{"type":"hash","digest":{"algorithm":"SHA-256","value":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"size":0}]}}"#,
    r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","unlock":{"type":"password","password":"cA=="},"context":{"origin":"https://a.kz","documents":["a.txt"],"record":true},"profile":{"container":"cms","level":"plain","placement":"detached"},"padding":"pkcs1","items":[{"type":"document","document":1}]}}"#,
    r#"{"type":"request","id":8,"command":{"type":"sign","certificate":"00","unlock":{"type":"password","password":"cA=="},"context":{"origin":"https://a.kz","topOrigin":"https://b.kz","documents":["a.txt"],"blind":true,"record":false},"profile":{"container":"cms","level":"plain","placement":"detached"},"padding":"pkcs1","items":[{"type":"document","document":1}]}}"#,
    r#"{"type":"request","id":9,"command":{"type":"watch-readers"}}"#,
    r#"{"type":"request","id":12,"command":{"type":"read-record","search":"a","skip":0,"limit":20}}"#,
    r#"{"type":"request","id":13,"command":{"type":"delete-record"}}"#,
    r#"{"type":"request","id":14,"command":{"type":"set-record","on":false}}"#,
    r#"{"type":"request","id":10,"command":{"type":"change-pin","token":"00","pins":{"type":"typed","pin":"cA==","newPin":"cQ=="}}}"#,
    r#"{"type":"request","id":11,"command":{"type":"unblock-pin","token":"00","pins":{"type":"reader","lastTry":"acknowledged"}}}"#,
    r#"{"type":"request","id":15,"command":{"type":"list-private-certificates","token":"00","unlock":{"type":"pin","pin":"cA==","lastTry":"acknowledged"}}}"#,
    r#"{"type":"request","id":16,"command":{"type":"list-private-certificates","token":"00","unlock":{"type":"dialog","prompt":{"origin":"https://a.kz","language":"kk"},"lastTry":"acknowledged"}}}"#,
    r#"{"type":"request","id":18,"command":{"type":"add-certificate","name":"a.cer","content":"MAA="}}"#,
    r#"{"type":"request","id":19,"command":{"type":"remove-certificate","certificate":"00"}}"#,
    r#"{"type":"request","id":17,"command":{"type":"describe-certificate","certificate":"MAA=","chain":["MAE="]}}"#,
    r#"{"type":"request","id":17,"command":{"type":"watch-verdicts"}}"#,
    r#"{"type":"request","id":18,"command":{"type":"list-trust"}}"#,
    r#"{"type":"request","id":19,"command":{"type":"inspect-authority","name":"a.cer","content":"MAA="}}"#,
    r#"{"type":"request","id":20,"command":{"type":"add-authority","name":"a.cer","content":"MAA=","fingerprint":"00"}}"#,
    r#"{"type":"request","id":21,"command":{"type":"remove-authority","fingerprint":"00"}}"#,
    r#"{"type":"request","id":22,"command":{"type":"diagnose","repair":true}}"#,
    r#"{"type":"request","id":22,"command":{"type":"import-list","stream":1,"name":"a.xml","size":2}}"#,
    r#"{"type":"request","id":23,"command":{"type":"fetch-list","address":"https://a.kz/a.xml"}}"#,
    r#"{"type":"request","id":24,"command":{"type":"update-list","list":"eu"}}"#,
    r#"{"type":"request","id":25,"command":{"type":"remove-list","list":"eu"}}"#,
    r#"{"type":"request","id":26,"command":{"type":"fetch-issuer","certificate":"MAA=","chain":[]}}"#,
    r#"{"type":"request","id":22,"command":{"type":"read-proxy"}}"#,
    r#"{"type":"request","id":23,"command":{"type":"set-proxy","proxy":{"kind":"address","address":"a:1"}}}"#,
    r#"{"type":"chunk","stream":1,"sequence":0,"last":true,"data":"eA=="}"#,
    r#"{"type":"acknowledge","stream":1,"sequence":0}"#,
    r#"{"type":"abort","stream":1}"#,
    r#"{"type":"large","stream":1,"size":600000}"#,
    r#"{"type":"cancel","id":3}"#,
];
const FROM_HOST: [&str; 41] = [
    r#"{"type":"reply","id":1,"reply":{"type":"hello","protocol":1,"version":"0.1.0","platform":"linux"}}"#,
    r#"{"type":"reply","id":1,"reply":{"type":"hello","protocol":1,"protocols":{"oldest":1,"newest":2},"version":"0.1.0","platform":"linux","package":"deb"}}"#,
    r#"{"type":"failed","id":1,"failure":{"code":"HOST_OUTDATED","package":"rpm"}}"#,
    r#"{"type":"reply","id":2,"reply":{"type":"certificates","keys":[{"id":"00","certificate":"MAA=","view":{"owner":"a","ownerDetails":[{"label":"commonName","value":"a"}],"issuer":"b","serial":"01","notBefore":-1,"notAfter":1800000000,"keyUntil":1700000000,"holder":"legalEntity","identification":"inPerson","toolClass":"c","signingTool":"d","issuerTool":"e","usages":["nonRepudiation"],"key":"f","keyKind":"gostR2012_256","digest":"Streebog-256","defect":"CERTIFICATE_UNFIT"},"chain":[0],"location":{"type":"pkcs12","keyFile":"00","name":"a.p12"},"problem":"KEY_UNSUPPORTED"}],"authorities":["MAA="],"unreadable":[{"failure":{"code":"STORAGE_FAILED"}},{"failure":{"code":"KEY_FILE_MALFORMED","subject":"b.p12"},"location":{"type":"pkcs12","keyFile":"01","name":"b.p12"}}]}}"#,
    r#"{"type":"reply","id":2,"reply":{"type":"certificates","keys":[{"id":"00","certificate":"MAA=","view":{"owner":"a","ownerDetails":[],"issuer":"","serial":"01","notBefore":0,"notAfter":1,"usages":[],"key":"f"},"chain":[],"location":{"type":"cryptopro","folder":"/media/x/a.000","name":"a"},"passwordless":true}],"unreadable":[]}}"#,
    r#"{"type":"reply","id":2,"reply":{"type":"certificates","keys":[{"id":"00","certificate":"MAA=","view":{"owner":"a","ownerDetails":[],"issuer":"","serial":"01","notBefore":0,"notAfter":1,"usages":[],"key":"f"},"chain":[],"location":{"type":"token","token":"00","name":"a"}}],"unreadable":[],"tokens":[{"id":"00","name":"a","model":"b","serial":"c","reader":"d","driver":"e","pin":{"entry":"keyboard","state":"ready","tries":{"exactly":2},"shortest":6,"longest":8},"adminPin":"to-be-changed"}],"readersWithoutDriver":[{"name":"f","card":{"name":"g","driver":"h"}},{"name":"i"}]}}"#,
    r#"{"type":"reply","id":18,"reply":{"type":"certificate-added","certificate":"00"}}"#,
    r#"{"type":"reply","id":19,"reply":{"type":"certificate-removed"}}"#,
    r#"{"type":"reply","id":2,"reply":{"type":"certificates","keys":[],"unreadable":[],"withoutKey":[{"id":"00","certificate":"MAA=","view":{"owner":"a","ownerDetails":[],"issuer":"","serial":"01","notBefore":0,"notAfter":1,"usages":[],"key":"f"}}]}}"#,
    r#"{"type":"reply","id":17,"reply":{"type":"certificate-described","version":3,"issuerDetails":[{"label":"commonName","value":"b"}],"otherNames":["a@b.kz"],"unnamedUsages":["1.2.3"],"policies":["1.2.4"],"signature":"ECDSA, SHA-256","subjectKey":"00","authorityKey":"01","revocationLists":["http://a.kz/a.crl"],"responders":["http://a.kz/ocsp"],"issuers":["http://a.kz/a.cer"],"sha1":"02","sha256":"03","selfIssued":false,"chain":[{"id":"04","view":{"owner":"a","ownerDetails":[],"issuer":"","serial":"01","notBefore":0,"notAfter":1,"usages":[],"key":"f"},"selfIssued":true}]}}"#,
    r#"{"type":"reply","id":3,"reply":{"type":"key-file-added","keys":[{"id":"00","certificate":"MAA=","view":{"owner":"a","ownerDetails":[],"issuer":"","serial":"01","notBefore":0,"notAfter":1,"usages":[],"key":"f"},"chain":["MAA="],"location":{"type":"pkcs12","keyFile":"00","name":"a.p12"}}]}}"#,
    r#"{"type":"reply","id":4,"reply":{"type":"key-file-removed"}}"#,
    r#"{"type":"reply","id":6,"reply":{"type":"done"}}"#,
    r#"{"type":"reply","id":6,"reply":{"type":"done","pinSession":{"until":1800000000}}}"#,
    r#"{"type":"event","id":9,"event":{"type":"pin-session-ended"}}"#,
    r#"{"type":"reply","id":10,"reply":{"type":"pin-changed"}}"#,
    r#"{"type":"reply","id":12,"reply":{"type":"record","on":true,"entries":[{"time":1800000000,"origin":"https://a.kz","topOrigin":"https://b.kz","document":"a.txt","blind":true,"certificate":"00","owner":"a","failure":"CONTENT_CHANGED"},{"time":1800000000,"document":"a.txt","digest":{"algorithm":"SHA-256","value":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"certificate":"00","owner":"a"}],"found":2,"total":3}}"#,
    r#"{"type":"reply","id":13,"reply":{"type":"record-changed"}}"#,
    r#"{"type":"reply","id":22,"reply":{"type":"diagnosed","findings":[],"facts":[]}}"#,
    r#"{"type":"reply","id":22,"reply":{"type":"diagnosed","findings":[{"code":"MANIFEST_ELSEWHERE","subject":"Firefox","place":"~/a.json","repairable":true},{"code":"SERVICE_STOPPED"}],"repaired":[{"code":"MANIFEST_MISSING"}],"facts":[{"name":"system","value":"Debian"}]}}"#,
    r#"{"type":"failed","id":7,"failure":{"code":"PASSWORD_WRONG"}}"#,
    r#"{"type":"failed","id":8,"failure":{"code":"PIN_WRONG","subject":"a","tries":"last"}}"#,
    r#"{"type":"event","id":2,"event":{"type":"certificates-so-far","keys":[],"unreadable":[]}}"#,
    r#"{"type":"event","id":9,"event":{"type":"readers-changed"}}"#,
    r#"{"type":"event","id":6,"event":{"type":"item-signed","index":0,"mediaType":"application/pkcs7-signature","pieces":[{"type":"bytes","bytes":"MAA="},{"type":"document","start":0,"length":9}]}}"#,
    r#"{"type":"event","id":6,"event":{"type":"item-failed","index":1,"failure":{"code":"CONTENT_CHANGED","subject":"a.pdf"}}}"#,
    r#"{"type":"event","id":6,"event":{"type":"waiting","how":"device","until":1800000000}}"#,
    r#"{"type":"event","id":7,"event":{"type":"verdict","certificate":{"id":"00","owner":"a","serial":"01"},"time":1800000000,"purpose":"documents","outcome":{"state":"valid"},"path":[{"id":"00","owner":"a","serial":"01"}],"anchor":{"class":"national","certificate":{"id":"01","owner":"b","serial":"02"},"list":"c","country":"RU"},"revocation":{"state":"good","at":1799999999,"until":1800000001},"warnings":[{"note":{"code":"key-term-over","until":1}},{"note":{"code":"deviation","rule":"serial-number"},"about":{"id":"01","owner":"b","serial":"02"}}]}}"#,
    r#"{"type":"event","id":7,"event":{"type":"verdict","certificate":{"id":"00","owner":"a","serial":"01"},"time":1800000000,"purpose":"documents","outcome":{"state":"invalid","reason":{"code":"revoked"},"about":{"id":"01","owner":"b","serial":"02"}},"path":[],"revocation":{"state":"revoked","at":1,"reason":"key-compromise","invalidSince":0}}}"#,
    r#"{"type":"event","id":7,"event":{"type":"verdict","certificate":{"id":"00","owner":"a","serial":"01"},"time":1800000000,"purpose":"any","outcome":{"state":"unchecked","reason":{"code":"issuer-missing","issuer":"b"},"missing":[{"issuer":"b","of":{"id":"00","owner":"a","serial":"01"},"addresses":["http://a.kz/b.cer"]}]},"path":[],"revocation":{"state":"unavailable","why":"try-later","failures":[{"address":"http://a.kz/b.crl","why":"too-slow"}]}}}"#,
    r#"{"type":"reply","id":18,"reply":{"type":"trust","sources":[{"kind":"national","name":"a","country":"KZ","origin":"https://a.kz","version":"1","date":1,"count":1,"certificates":[{"certificate":{"id":"00","owner":"a","serial":"01"},"sha1":"02","issuer":"b","notBefore":-1,"notAfter":1}],"imported":{"id":"kz","role":"anchors","signer":"c","kept":2,"nextUpdate":3,"address":"http://a.kz/a.xml"}},{"kind":"person","name":"","origin":"/a","count":0,"certificates":[],"problems":[{"code":"CERTIFICATE_MALFORMED","subject":"a.cer"}]}]}}"#,
    r#"{"type":"reply","id":19,"reply":{"type":"authority-inspected","certificates":[{"certificate":{"id":"00","owner":"a","serial":"01"},"sha1":"02","issuer":"b","notBefore":-1,"notAfter":1}]}}"#,
    r#"{"type":"reply","id":20,"reply":{"type":"trust-changed","sources":[]}}"#,
    r#"{"type":"reply","id":26,"reply":{"type":"issuer-fetched","kept":[{"id":"00","owner":"a","serial":"01"}],"authority":{"shown":{"certificate":{"id":"00","owner":"a","serial":"01"},"sha1":"02","issuer":"b","notBefore":-1,"notAfter":1},"content":"MAA="}}}"#,
    r#"{"type":"event","id":7,"event":{"type":"verdict","certificate":{"id":"00","owner":"a","serial":"01"},"time":1800000000,"purpose":"documents","outcome":{"state":"unchecked","reason":{"code":"clock-wrong","time":1,"witness":"server"}},"path":[],"revocation":{"state":"not-asked"}}}"#,
    r#"{"type":"reply","id":22,"reply":{"type":"proxy","setting":{"kind":"system"},"fixed":false}}"#,
    r#"{"type":"reply","id":23,"reply":{"type":"proxy-changed","setting":{"kind":"none"},"fixed":true}}"#,
    r#"{"type":"chunk","stream":1,"sequence":0,"last":true,"data":""}"#,
    r#"{"type":"acknowledge","stream":1,"sequence":0}"#,
    r#"{"type":"abort","stream":1}"#,
    r#"{"type":"large","stream":1,"size":600000}"#,
];

#[test]
fn the_wire_stays_as_it_is() {
    for line in TO_HOST {
        let message: ToHost = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&message).unwrap(), line);
    }
    for line in FROM_HOST {
        let message: FromHost = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&message).unwrap(), line);
    }
    let digest = DigestAlgorithm::Sha256.hasher().finish();
    let reply = Reply::DocumentRead {
        document: 1,
        digest,
    };
    assert_eq!(
        serde_json::to_string(&FromHost::Reply { id: 5, reply }).unwrap(),
        r#"{"type":"reply","id":5,"reply":{"type":"document-read","document":1,"digest":{"algorithm":"SHA-256","value":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}}"#
    );
}

#[test]
fn a_context_names_each_item() {
    let context = SigningContext {
        origin: Origin::parse("https://a.kz").unwrap(),
        top_origin: None,
        documents: vec!["a".repeat(MAX_NAME), "b".into()],
        blind: false,
        record: true,
    };
    assert!(context.fits(2));
    assert!(!context.fits(1) && !context.fits(3));
    for name in [String::new(), "a".repeat(MAX_NAME + 1)] {
        let documents = vec![name];
        let context = SigningContext {
            documents,
            ..context.clone()
        };
        assert!(!context.fits(1));
    }
}

/// What version 0.1 said and was asked, one message a line.
const TO_HOST_0_1: &str = include_str!("../../../tests/transcripts/0.1/to_host.jsonl");
const FROM_HOST_0_1: &str = include_str!("../../../tests/transcripts/0.1/from_host.jsonl");

/// A message of version 0.1 means what it did, whichever half is the older one.
#[test]
fn what_version_0_1_says_is_understood() {
    let (mut asked, mut said) = (0, 0);
    for line in TO_HOST_0_1.lines() {
        let message: ToHost = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&message).unwrap(), line);
        asked += 1;
    }
    for line in FROM_HOST_0_1.lines() {
        let message: FromHost = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&message).unwrap(), line);
        said += 1;
    }
    assert_eq!((asked, said), (44, 39));
}

/// A newer half may say more, anywhere: it is passed over.
#[test]
fn unknown_fields_are_passed_over_at_every_depth() {
    for line in TO_HOST {
        let more: ToHost = serde_json::from_str(&with_more(line)).unwrap();
        assert_eq!(serde_json::to_string(&more).unwrap(), line);
    }
    for line in FROM_HOST {
        let more: FromHost = serde_json::from_str(&with_more(line)).unwrap();
        assert_eq!(serde_json::to_string(&more).unwrap(), line);
    }
}

/// The same with one field more in each object, but for those that are a value of a closed list: `{"exactly":2}`.
fn with_more(line: &str) -> String {
    const MORE: &str = r#"{"tomorrows":{"a":[1,null]},"#;
    let more = line.replace('{', MORE).replace(",}", "}");
    ["exactly", "signatures", "until"]
        .iter()
        .fold(more, |more, value| {
            let value = format!(r#""{value}":"#);
            more.replace(&[MORE, &value].concat(), &["{", &value].concat())
        })
}

#[test]
fn a_command_that_is_not_known_is_no_message() {
    for line in [
        r#"{"type":"request","id":1,"command":{"type":"tomorrows"}}"#,
        r#"{"type":"request","id":1,"command":{}}"#,
        r#"{"type":"tomorrows","id":1}"#,
    ] {
        assert!(serde_json::from_str::<ToHost>(line).is_err(), "{line}");
    }
}
