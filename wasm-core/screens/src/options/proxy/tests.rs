use super::*;
use crate::{Screen as _, english, options::messages::Event};
use tamga_core::failure::ErrorCode;

fn with(setting: ProxySetting, fixed: bool) -> Options {
    let mut options = Options::new(english());
    options.receive(Event::ProxyRead(ProxyState { setting, fixed }));
    options
}

fn words(options: &Options) -> String {
    proxy(options).map(|it| it.words()).unwrap_or_default()
}

fn asked(effects: &[Effect]) -> String {
    serde_json::to_string(effects).unwrap()
}

#[test]
fn a_proxy_is_chosen_or_named() {
    assert_eq!(words(&Options::new(english())), "");
    let mut options = with(ProxySetting::System {}, false);
    assert!(words(&options).contains("Proxy server"));
    let none = options.act(Action::ChooseProxy(NONE.to_owned()));
    assert_eq!(
        asked(&none),
        r#"[{"type":"proxy","command":{"type":"set-proxy","proxy":{"kind":"none"}}}]"#
    );
    // Whoever wants another one has not named it yet.
    assert!(options.act(Action::ChooseProxy(OWN.to_owned())).is_empty());
    assert_eq!(options.proxy.chosen(), OWN);
    let named = options.act(Action::NameProxy(" office:8080 ".to_owned()));
    assert_eq!(
        asked(&named),
        r#"[{"type":"proxy","command":{"type":"set-proxy","proxy":{"kind":"address","address":"office:8080"}}}]"#
    );
    let failure = Failure::of(ErrorCode::ProxyMalformed, "office:8080");
    options.receive(Event::ProxyFailed { failure });
    assert!(words(&options).contains("no address of a proxy"));
    assert_eq!(options.proxy.chosen(), OWN);
    let system = options.act(Action::ChooseProxy(SYSTEM.to_owned()));
    assert!(asked(&system).contains(r#""kind":"system""#));
    assert!(!words(&options).contains("no address of a proxy"));
}

#[test]
fn what_the_administrator_has_set_is_said() {
    let address = "office:8080".to_owned();
    let options = with(ProxySetting::Address { address }, true);
    assert!(words(&options).contains("The administrator has set this."));
    assert_eq!(options.proxy.address(), Some("office:8080"));
}
