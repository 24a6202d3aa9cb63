//! How each stage of the sign window looks.

mod certificates;
mod documents;
mod password;
mod signer;

use super::{
    Question, SignWindow, Stage,
    choice::Choice,
    listing::is_host_missing,
    messages::{Action, Phase},
    request::Request,
};
use crate::{
    node::{Element, Node},
    parts::{self, Weight, alert, button, caution, paragraph, progress, status, title},
    wording,
};
use tamga_core::{
    failure::{ErrorCode, Failure, Remedy},
    policy::{Answer, GRANT_DAYS, Scope},
    protocol::{PinEntry, WaitingFor},
    text::Catalogue,
};

pub(super) fn window(window: &SignWindow) -> Element<Action> {
    let site = window
        .request
        .as_ref()
        .map(|request| parts::site(&window.text, &request.site));
    let stage = match &window.stage {
        Stage::Opening | Stage::Asking(Question::Noting) => opening(window),
        Stage::Closing => stage("closing", body(), foot(), String::new()),
        Stage::Asking(Question::Shown) => asking(window),
        Stage::Choosing => choosing(window),
        Stage::ReadingPrivate => reading_private(window),
        Stage::Signing { unlock } => working(
            window,
            if unlock.is_some() {
                Phase::Reading
            } else {
                Phase::Signing
            },
        ),
        Stage::Delivering => working(window, Phase::Signing),
        Stage::Done => done(window),
        Stage::Failed(failure) if is_host_missing(failure) => without_host(&window.text, failure),
        Stage::Failed(failure) => failed(window, failure),
    };
    Element::new("div")
        .class("window")
        .children(site)
        .children(stage)
}

/// A screen: what it says, and under it what can be done.
type Stageful = [Element<Action>; 3];

fn stage(
    key: &'static str,
    body: Element<Action>,
    foot: Element<Action>,
    said: String,
) -> Stageful {
    let body = body.key(key).class("body");
    [body, foot.key(key), status(said)]
}

fn body() -> Element<Action> {
    Element::new("main")
}

fn foot() -> Element<Action> {
    Element::new("footer").class("foot")
}

fn opening(window: &SignWindow) -> Stageful {
    let words = window.text.plain("sign_opening");
    let wait = Element::new("div")
        .class("wait")
        .child(progress(&words, None));
    let wait = wait.child(title(words.clone()));
    let cancel = button(
        window.text.plain("button_cancel"),
        Weight::Quiet,
        Action::Close,
    );
    stage("opening", body().child(wait), foot().child(cancel), words)
}

fn asking(window: &SignWindow) -> Stageful {
    let text = &window.text;
    let scope = window.request.as_ref().map(Request::scope);
    let (question, meaning, always) = match scope {
        Some(Scope::Certificate) => (
            "ask_certificate",
            "ask_certificate_meaning",
            "always_certificate_meaning",
        ),
        _ => ("ask_sign", "ask_sign_meaning", "always_sign_meaning"),
    };
    let answer = |key, weight, answer| button(text.plain(key), weight, Action::Answer(answer));
    let days = GRANT_DAYS.to_string();
    let request = window.request.as_ref();
    let private = request.is_some_and(|it| it.private_window);
    let fleeting = request.is_some_and(Request::asks_each_time);
    let answers = Element::new("div").class("answers");
    let answers = answers.child(answer("button_once", Weight::Primary, Answer::Once));
    let always = match request.is_some_and(Request::is_local) {
        true => text.plain("always_session_meaning"),
        false => text.text(always, &[("days", &days)]),
    };
    let lasting = [
        answer("button_always", Weight::Plain, Answer::Always),
        paragraph("fine", always),
    ];
    let private = private.then(|| paragraph("fine", text.plain("ask_private_meaning")));
    let answers = answers.children(lasting.into_iter().filter(|_| !fleeting));
    let answers = answers.children(private);
    let never = (!fleeting).then(|| answer("button_never", Weight::Quiet, Answer::Never));
    let refusals = Element::new("div").class("refusals");
    let refusals = refusals.child(answer("button_not_now", Weight::Quiet, Answer::NotNow));
    let refusals = refusals.children(never);
    let framed = window
        .request
        .as_ref()
        .is_some_and(|it| it.site.top_origin.is_some());
    let blind = window.items.are_blind();
    let body = body()
        .child(title(text.plain(question)))
        .child(paragraph("lead", text.plain(meaning)))
        .children(documents::names(window))
        .children(framed.then(|| caution(text.plain("site_framed"))))
        .children(blind.then(|| caution(text.plain("prompt_blind"))));
    stage(
        "asking",
        body,
        foot().child(answers).child(refusals),
        String::new(),
    )
}

fn choosing(window: &SignWindow) -> Stageful {
    let text = &window.text;
    let signs = window
        .request
        .as_ref()
        .is_some_and(|request| request.sign().is_some());
    let count = wide(window.items.all.len());
    let heading = match (signs, window.items.are_blind()) {
        (true, false) => text.counted("sign_title", count),
        (true, true) => text.counted("sign_blind_title", count),
        (false, _) => text.plain("release_title"),
    };
    let documents = signs.then(|| documents::section(window));
    let chosen = window.chosen();
    let mut certificates = window
        .choice
        .as_ref()
        .map(|choice| certificates::section(window, choice));
    if let (Some(list), Some(number)) = (&mut certificates, window.list_focus) {
        focus_on_choice(list, number);
    }
    let body = body()
        .child(title(heading))
        .children(documents)
        .children(certificates)
        .children(outdated(window));
    let cancel = button(text.plain("button_cancel"), Weight::Quiet, Action::Close);
    let foot = match chosen {
        _ if let Some(token) = window.private_token() => {
            foot().children(password::private_form(window, token))
        }
        None => unchosen(window, signs, cancel),
        Some(key) if signs => foot()
            .child(signer::line(window, key, signs))
            .children(password::form(window, key, cancel)),
        Some(key) => {
            let share = button(
                text.plain("button_release"),
                Weight::Primary,
                Action::Release,
            );
            let meaning = paragraph("fine", text.plain("release_meaning"));
            foot()
                .child(signer::line(window, key, signs))
                .child(meaning)
                .child(buttons([cancel, share]))
        }
    };
    stage("choosing", body, foot, window.inventory.said.clone())
}

/// It works, and may be why something does not.
fn outdated(window: &SignWindow) -> Option<Element<Action>> {
    let outdated = window.outdated.as_ref();
    outdated.map(|failure| parts::outdated(&window.text, failure))
}

/// With nothing chosen there is nothing to do but to choose; with nothing to choose from, to add a key.
fn unchosen(window: &SignWindow, signs: bool, cancel: Element<Action>) -> Element<Action> {
    let text = &window.text;
    let mut fitting = window.choice.iter().flat_map(Choice::fitting);
    let can_choose = fitting.next().is_some();
    let next = if can_choose {
        let label = match signs {
            true => password::sign_label(window),
            false => text.plain("button_release"),
        };
        Some(button(label, Weight::Primary, Action::Release).flag("disabled", true))
    } else if window.inventory.reading {
        None
    } else {
        let label = text.plain("button_add_key");
        Some(button(label, Weight::Primary, Action::OpenOptions))
    };
    let advice = can_choose.then(|| paragraph("fine", text.plain("choose_certificate")));
    let buttons = buttons([cancel].into_iter().chain(next));
    foot().children(advice).child(buttons)
}

/// The keyboard comes to the radio button that is chosen, or else to the first that can be.
fn focus_on_choice(list: &mut Element<Action>, number: u32) {
    let has = |element: &Element<Action>, name| {
        let mut attributes = element.attributes.iter();
        attributes.any(|(known, _)| *known == name)
    };
    let mut radios = Vec::new();
    collect_radios(list, &mut radios);
    radios.retain(|radio| !has(radio, "disabled"));
    let chosen = radios.iter().position(|radio| has(radio, "checked"));
    if let Some(radio) = radios.get_mut(chosen.unwrap_or_default()) {
        radio.focus = Some(number);
    }
}

fn collect_radios<'a>(element: &'a mut Element<Action>, found: &mut Vec<&'a mut Element<Action>>) {
    let radio = ("type", "radio".to_owned());
    if element.attributes.contains(&radio) {
        return found.push(element);
    }
    for child in &mut element.children {
        if let Node::Element(child) = child {
            collect_radios(child, found);
        }
    }
}

/// The token is being read. The person may have the PIN to type on the reader.
fn reading_private(window: &SignWindow) -> Stageful {
    let text = &window.text;
    let on_reader = reader_words(window);
    let words = on_reader.unwrap_or_else(|| text.plain("tokens_reading"));
    let wait = Element::new("div")
        .class("wait")
        .child(progress(&words, None))
        .child(title(words.clone()));
    let cancel = button(text.plain("button_cancel"), Weight::Quiet, Action::Close);
    stage(
        "reading-private",
        body().child(wait),
        foot().child(buttons([cancel])),
        words,
    )
}

fn working(window: &SignWindow, phase: Phase) -> Stageful {
    let text = &window.text;
    let (words, part) = match (phase, reader_words(window)) {
        (Phase::Reading, _) => (reading_words(window), window.items.bytes()),
        // Nothing is signed where only a certificate is shown.
        (Phase::Signing, _) if window.items.all.is_empty() => (String::new(), (0, 0)),
        (Phase::Signing, Some(words)) => (words, (0, 0)),
        (Phase::Signing, None) => {
            let (done, total) = (window.items.finished(), window.items.all.len());
            let counts = [("done", &*done.to_string()), ("total", &*total.to_string())];
            (
                text.text("signing_progress", &counts),
                (wide(done), wide(total)),
            )
        }
    };
    let known = part.1 > 0;
    let on_reader = phase == Phase::Signing && reader_words(window).is_some();
    let class = if on_reader { "instruction" } else { "muted" };
    let wait = Element::new("div").class("wait");
    let wait = wait.child(title(text.plain("signing_title")));
    let wait = wait.child(progress(&words, known.then_some(part)));
    let wait = wait.child(paragraph(class, words.clone()));
    let waiting = waiting_words(window);
    let said = [words.as_str(), waiting.as_deref().unwrap_or_default()].join(" ");
    let wait = wait.children(waiting.map(|words| paragraph("instruction", words)));
    let body = body().child(wait);
    let cancel = button(text.plain("button_cancel"), Weight::Quiet, Action::Close);
    let cancel = matches!(window.stage, Stage::Signing { .. }).then_some(cancel);
    let foot = foot().child(buttons(cancel));
    stage("working", body, foot, said.trim_end().to_owned())
}

/// What a signature that takes its time waits for.
fn waiting_words(window: &SignWindow) -> Option<String> {
    let (how, until) = window.waiting.as_ref()?;
    let key = match how {
        WaitingFor::Device => "signing_waits_device",
        WaitingFor::Reader => "signing_waits_reader",
    };
    Some(window.text.text(key, &[("until", until)]))
}

/// Until the first signature is there, the person may have the PIN to type on the reader.
fn reader_words(window: &SignWindow) -> Option<String> {
    let token = window.token()?;
    if token.pin.entry != PinEntry::Reader || window.items.has_signatures() {
        return None;
    }
    let reader = wording::name(&token.reader);
    let words = window.text.text("pin_reader_waits", &[("reader", &reader)]);
    Some(words)
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn reading_words(window: &SignWindow) -> String {
    let (bytes, total) = window.items.bytes();
    if bytes == total {
        return String::new();
    }
    let size = |bytes| wording::size(&window.text, bytes);
    window.text.text(
        "reading_progress",
        &[("done", &size(bytes)), ("total", &size(total))],
    )
}

fn done(window: &SignWindow) -> Stageful {
    let text = &window.text;
    let released = window.items.all.is_empty();
    let failures = window.items.failures();
    let (key, mark) = match (released, failures) {
        (true, _) => ("released", "mark good"),
        (false, 0) => ("signed", "mark good"),
        (false, _) => ("signed_partly", "mark warn"),
    };
    let signed = (window.items.all.len() - failures).to_string();
    let total = window.items.all.len().to_string();
    let counts = text.text("signed_count", &[("done", &signed), ("total", &total)]);
    let mark = Element::new("div")
        .class(mark)
        .attribute("aria-hidden", "true");
    let outcome = Element::new("div")
        .class("outcome")
        .child(mark)
        .child(title(text.plain(key)));
    let outcome = outcome.children((!released).then(|| paragraph("muted", counts)));
    let body = body().child(outcome).children(documents::failures(window));
    let close = button(text.plain("button_close"), Weight::Plain, Action::Close);
    stage(
        "done",
        body,
        foot().child(buttons([close])),
        text.plain(key),
    )
}

/// What is missing comes first, with the way to it: whoever comes back to this window need not press anything.
fn without_host(text: &Catalogue, failure: &Failure) -> Stageful {
    let mark = Element::new("div").class("mark warn");
    let outcome = Element::new("div")
        .class("outcome")
        .child(mark.attribute("aria-hidden", "true"))
        .child(title(text.plain("host_needed")))
        .child(paragraph("lead", text.error(failure)))
        .child(paragraph("centred", text.help(failure)))
        .child(paragraph("fine", text.plain("host_looked_for")));
    let body = body().child(outcome);
    let button = |key, weight, action| button(text.plain(key), weight, action);
    let is_missing = failure.code == ErrorCode::HostMissing;
    let get = button("button_host_help", Weight::Plain, Action::OpenFirstRun);
    let foot = foot().child(buttons(
        [
            button("button_close", Weight::Quiet, Action::Close),
            button("button_try_again", Weight::Plain, Action::TryAgain),
        ]
        .into_iter()
        .chain(is_missing.then_some(get))
        .chain([diagnosis(text, Weight::Primary)]),
    ));
    stage("without-host", body, foot, text.error(failure))
}

/// The way to what keeps Tamga from working on this computer.
fn diagnosis(text: &Catalogue, weight: Weight) -> Element<Action> {
    let label = text.plain("button_diagnosis");
    button(label, weight, Action::OpenDiagnosis)
}

fn failed(window: &SignWindow, failure: &Failure) -> Stageful {
    let text = &window.text;
    let of_computer = matches!(failure.code.remedy(), Remedy::Repair | Remedy::Update);
    let help = of_computer.then(|| diagnosis(text, Weight::Plain));
    let choosable = window.chosen().is_some();
    let again = match failure.code.remedy() {
        Remedy::Retry | Remedy::Repair | Remedy::Update => {
            Some(("button_try_again", Action::TryAgain))
        }
        Remedy::BeginAgain => None,
        Remedy::Correct if choosable => Some(("button_choose_again", Action::ChooseAgain)),
        Remedy::Correct => Some(("button_options", Action::OpenOptions)),
        Remedy::Report => Some(("button_copy_report", Action::CopyReport)),
    };
    let mark = Element::new("div")
        .class("mark bad")
        .attribute("aria-hidden", "true");
    let heading = title(text.plain("failed_title"));
    let outcome = Element::new("div")
        .class("outcome")
        .child(mark)
        .child(heading);
    let copied = window
        .is_copied
        .map(|done| text.plain(if done { "copied" } else { "copy_failed" }));
    let body = body().child(outcome).child(alert(text, failure));
    let private = (failure.code == ErrorCode::CertificateNotFound)
        .then(|| certificates::private(window))
        .flatten();
    let body = body.children(private).children(outdated(window));
    let body = body.children(copied.clone().map(|words| paragraph("fine centred", words)));
    let weight = match again {
        Some(_) => Weight::Quiet,
        None => Weight::Primary,
    };
    let close = button(text.plain("button_close"), weight, Action::Close);
    let again = again.map(|(label, action)| button(text.plain(label), Weight::Primary, action));
    stage(
        "failed",
        body,
        foot().child(buttons([close].into_iter().chain(help).chain(again))),
        copied.unwrap_or_default(),
    )
}

fn buttons(buttons: impl IntoIterator<Item = Element<Action>>) -> Element<Action> {
    Element::new("div").class("buttons").children(buttons)
}
