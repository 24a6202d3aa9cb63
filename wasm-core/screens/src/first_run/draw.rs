//! How the page of the first steps looks.

use super::{
    FirstRun, Trial,
    messages::Action,
    packages::{LINUX, REGISTER, System},
};
use crate::{
    certificate_card::summary,
    node::Element,
    parts::{self, Weight, alert, button, paragraph, progress},
    token_card,
};
use tamga_core::{
    asn1_time::written,
    failure::{ErrorCode, Failure},
    format::SignatureState,
    protocol::{CheckReport, CheckWords, CheckedSigner, KeyLocation},
    text::Catalogue,
};

/// So many certificates are shown: the others are in the options.
const FEW: usize = 5;

pub(super) fn page(page: &FirstRun) -> Element<Action> {
    let text = &page.text;
    let head = Element::new("header")
        .class("page-head")
        .child(parts::mark())
        .child(Element::new("h1").text(text.plain("first_run_title")));
    Element::new("main")
        .class("page")
        .child(head)
        .child(paragraph("lead", text.plain("first_run_lead")))
        .child(program(page))
        .child(keys(page))
        .child(trial(page))
        .child(trouble(text))
        .child(parts::status(said(page)))
}

/// A step: its number, its heading, and whether it is done.
fn step(text: &Catalogue, key: &'static str, number: &str, done: bool) -> Element<Action> {
    let title = [number, ". ", &text.plain(key)].concat();
    let heading = Element::new("h2").attribute("id", key).text(title);
    let class = match done {
        true => "part step done",
        false => "part step",
    };
    Element::new("section")
        .key(key)
        .class(class)
        .attribute("aria-labelledby", key)
        .child(heading)
}

fn named(text: &Catalogue, key: &'static str, weight: Weight, action: Action) -> Element<Action> {
    button(text.plain(key), weight, action)
}

fn buttons(all: impl IntoIterator<Item = Element<Action>>) -> Element<Action> {
    Element::new("div").class("buttons start").children(all)
}

// The program

fn program(page: &FirstRun) -> Element<Action> {
    let text = &page.text;
    let done = page.host.version().is_some();
    let step = step(text, "host_title", "1", done).child(page.host.line(text));
    let Some(failure) = page.host.failure() else {
        return step;
    };
    let looks = paragraph("fine", text.plain("host_looked_for"));
    step.child(paragraph("muted", text.plain("first_run_program_meaning")))
        .child(alert(text, failure))
        .children(installing(page, failure))
        .child(looks)
        .child(buttons([
            named(text, "button_try_again", Weight::Primary, Action::TryAgain),
            named(
                text,
                "button_diagnosis",
                Weight::Plain,
                Action::OpenDiagnosis,
            ),
        ]))
}

/// How the program is had on this system, where having it anew may help.
fn installing(page: &FirstRun, failure: &Failure) -> Vec<Element<Action>> {
    use ErrorCode::{HostGarbled, HostMissing, HostNotStarted, HostOutdated};
    let helps = [HostGarbled, HostMissing, HostNotStarted, HostOutdated];
    if !helps.contains(&failure.code) {
        return Vec::new();
    }
    let (text, platform) = (&page.text, page.platform);
    let line = |key| paragraph("", text.plain(key));
    let command = |words: &str| Element::new("pre").class("command").text(words);
    match platform.system {
        System::Linux => {
            let other = || text.plain("first_run_other_linux");
            let rows = LINUX.iter().flat_map(|package| {
                let systems = package.systems.map_or_else(other, str::to_owned);
                let way = command(package.command(platform));
                [
                    Element::new("dt").text(systems),
                    Element::new("dd").child(way),
                ]
            });
            let sandbox = match platform.firefox {
                true => "first_run_sandbox_firefox",
                false => "first_run_sandbox_chromium",
            };
            vec![
                line("first_run_get_package"),
                Element::new("dl").class("ways").children(rows),
                line("first_run_installed_already"),
                command(REGISTER),
                paragraph("fine", text.plain(sandbox)),
            ]
        }
        System::Windows => vec![
            line("first_run_get_windows"),
            line("first_run_installed_already"),
            command(REGISTER),
        ],
        System::Macos => vec![line("first_run_get_macos"), command(REGISTER)],
        System::Other => vec![line("first_run_get_elsewhere")],
    }
}

// The keys

fn keys(page: &FirstRun) -> Element<Action> {
    let text = &page.text;
    let step = step(text, "first_run_keys", "2", page.can_sign());
    if page.host.failure().is_some() {
        return step.child(paragraph("muted", text.plain("first_run_after_program")));
    }
    if !page.host.lists() {
        return step.child(progress(&text.plain("tokens_reading"), None));
    }
    let inventory = &page.inventory;
    let is_empty = inventory.is_empty() && !inventory.reading;
    let found = match is_empty {
        true => paragraph("", text.plain("no_certificates")),
        false => paragraph("", counts(page)),
    };
    let cards = inventory.keys.iter().take(FEW).map(|key| {
        let class = match key.problem() {
            Some(_) => "card greyed",
            None => "card",
        };
        let card = Element::new("li").key(key.entry.key_id()).class(class);
        card.child(summary(text, key))
    });
    let more = inventory.keys.len().saturating_sub(FEW).to_string();
    let more = (inventory.keys.len() > FEW).then(|| {
        paragraph(
            "muted",
            text.text("first_run_keys_more", &[("count", &more)]),
        )
    });
    let weight = match page.can_sign() {
        true => Weight::Plain,
        false => Weight::Primary,
    };
    let add = named(text, "button_add_key", weight, Action::OpenOptions);
    step.child(found)
        .child(Element::new("ul").class("cards").children(cards))
        .children(more)
        .children(inventory.reading.then(|| token_card::reading(text)))
        .children(token_card::without_certificates(text, inventory))
        .children(unreached(page))
        .child(paragraph("fine", text.plain("add_others")))
        .child(buttons([add]))
}

/// How many there are of each kind.
fn counts(page: &FirstRun) -> String {
    let keys = || page.inventory.keys.iter().map(|key| &key.entry.location);
    let files = keys().filter(|it| matches!(it, KeyLocation::Pkcs12 { .. }));
    let containers = keys().filter(|it| matches!(it, KeyLocation::Cryptopro { .. }));
    let [tokens, containers, files] = [
        page.inventory.tokens.len(),
        containers.count(),
        files.count(),
    ]
    .map(|count| count.to_string());
    let values = [
        ("tokens", &*tokens),
        ("containers", &*containers),
        ("files", &*files),
    ];
    page.text.text("first_run_keys_found", &values)
}

/// What is there and cannot be used, with the way to the page about it.
fn unreached(page: &FirstRun) -> Vec<Element<Action>> {
    let (text, inventory) = (&page.text, &page.inventory);
    let cards = inventory.readers_without_driver.iter();
    let cards = cards.map(|reader| token_card::readers_without_driver(text, reader));
    let failures = inventory.unreadable.iter().map(|it| &it.failure);
    let is_any = failures.clone().next().is_some();
    let failures = failures.map(|failure| match token_card::concerns_tokens(failure) {
        true => token_card::trouble(text, failure, false),
        false => alert(text, failure),
    });
    let help = is_any.then(|| {
        let diagnosis = Action::OpenDiagnosis;
        buttons([named(text, "button_diagnosis", Weight::Plain, diagnosis)])
    });
    cards.chain(failures).chain(help).collect()
}

// The signature

fn trial(page: &FirstRun) -> Element<Action> {
    let text = &page.text;
    let is_right = matches!(&page.trial, Trial::Checked(report) if is_right(report));
    let step = step(text, "first_run_try", "3", is_right);
    if !page.can_sign() && !matches!(page.trial, Trial::Asked | Trial::Checked(_)) {
        return step.child(paragraph("muted", text.plain("first_run_after_key")));
    }
    let weight = match page.trial {
        Trial::Checked(_) => Weight::Plain,
        _ => Weight::Primary,
    };
    let asked = matches!(page.trial, Trial::Asked);
    let action = Action::TrySignature;
    let again = named(text, "button_try_signature", weight, action).flag("disabled", asked);
    step.child(paragraph("muted", text.plain("first_run_try_meaning")))
        .children(outcome(page))
        .child(buttons([again]))
}

fn outcome(page: &FirstRun) -> Vec<Element<Action>> {
    let text = &page.text;
    match &page.trial {
        Trial::NotYet => Vec::new(),
        Trial::Asked => vec![progress(&text.plain("first_run_trying"), None)],
        Trial::Left => vec![paragraph("", text.plain("first_run_not_signed"))],
        Trial::Failed(failure) => {
            let diagnosis = Action::OpenDiagnosis;
            let help = named(text, "button_diagnosis", Weight::Plain, diagnosis);
            vec![alert(text, failure).child(buttons([help]))]
        }
        Trial::Checked(report) => verdict(text, report),
    }
}

/// Whether everything is signed, and each signature is right. Whether its certificate is good is said beside.
fn is_right(report: &CheckReport) -> bool {
    let mut signers = signers(report).peekable();
    signers.peek().is_some()
        && signers.all(|signer| signer.signature.state == SignatureState::Valid)
}

fn signers(report: &CheckReport) -> impl Iterator<Item = &CheckedSigner> {
    report.signatures.iter().flat_map(|file| &file.signers)
}

fn verdict(text: &Catalogue, report: &CheckReport) -> Vec<Element<Action>> {
    let words = CheckWords {
        texts: text,
        date: |_, time| written(time),
    };
    let is_right = is_right(report);
    let (class, key) = match is_right {
        true => ("notice good", "first_run_right"),
        false => ("notice bad", "first_run_wrong"),
    };
    let notice = Element::new("div")
        .class(class)
        .child(paragraph("notice-what", text.plain(key)));
    let done = is_right.then(|| paragraph("notice-help", text.plain("first_run_done")));
    let about = signers(report).map(|signer| {
        let line = |words: String| paragraph("signer-line", words);
        let step = words.next_step(signer);
        Element::new("article")
            .class("tried")
            .child(parts::foreign("card-owner", &words.owner(signer)))
            .child(line(words.headline(signer)))
            .children(words.causes(signer).into_iter().map(line))
            .children(step.map(line))
    });
    let check = named(text, "check_title", Weight::Plain, Action::OpenCheck);
    [notice.children(done)]
        .into_iter()
        .chain(about)
        .chain([buttons([check])])
        .collect()
}

// When something fails

fn trouble(text: &Catalogue) -> Element<Action> {
    let key = "first_run_trouble";
    let heading = Element::new("h2")
        .attribute("id", key)
        .text(text.plain(key));
    let diagnosis = named(
        text,
        "button_diagnosis",
        Weight::Plain,
        Action::OpenDiagnosis,
    );
    let options = named(text, "button_options", Weight::Quiet, Action::OpenOptions);
    Element::new("section")
        .key(key)
        .class("part")
        .attribute("aria-labelledby", key)
        .child(heading)
        .child(paragraph("muted", text.plain("first_run_trouble_meaning")))
        .child(buttons([diagnosis, options]))
}

/// For screen readers, whose users do not see what has appeared.
fn said(page: &FirstRun) -> String {
    let text = &page.text;
    match &page.trial {
        Trial::Checked(report) if is_right(report) => text.plain("first_run_right"),
        Trial::Checked(_) => text.plain("first_run_wrong"),
        Trial::Asked => text.plain("first_run_trying"),
        Trial::Left => text.plain("first_run_not_signed"),
        Trial::NotYet | Trial::Failed(_) => page.inventory.said.clone(),
    }
}
