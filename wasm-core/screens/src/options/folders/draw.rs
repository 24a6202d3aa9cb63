//! How the folders with containers look in the options.

use crate::{
    node::Element,
    options::{Options, messages::Action},
    parts::{Weight, alert, button, foreign, paragraph},
    wording::name,
};

/// The folders, and the button that adds one.
pub(in crate::options) fn folders(options: &Options) -> Element<Action> {
    let (text, folders) = (&options.text, &options.folders);
    let rows = folders.paths.iter().map(|path| row(options, path));
    let rows = Element::new("ul").class("rows").children(rows);
    let heading = Element::new("h3").class("file-name");
    let heading = (!folders.paths.is_empty()).then(|| heading.text(text.plain("folders_title")));
    let choose = button(
        text.plain("button_choose_folder"),
        Weight::Plain,
        Action::ChooseFolder,
    );
    let choosing = folders.choosing.then(|| {
        let words = paragraph("muted", text.plain("folder_choosing"));
        words.attribute("role", "status")
    });
    let found = folders.found.map(|found| {
        let (class, words) = match found {
            0 => ("notice warn", text.plain("folder_without_containers")),
            _ => (
                "notice good",
                text.counted("folder_added", u64::from(found)),
            ),
        };
        let notice = Element::new("div").key("found").class(class);
        let notice = notice.attribute("role", "status");
        notice.child(Element::new("p").text(words))
    });
    let failure = folders.failure.as_ref();
    let failure = failure.map(|failure| alert(text, failure));
    let lists = options.host.lists();
    Element::new("div")
        .key("folders")
        .class("folders")
        .children(heading)
        .child(rows)
        .children(found)
        .children(failure)
        .child(choose.flag("disabled", folders.choosing || !lists))
        .children(choosing)
}

fn row(options: &Options, path: &str) -> Element<Action> {
    let text = &options.text;
    let label = text.text("forget_folder", &[("name", &name(path))]);
    let action = Action::RemoveFolder(path.to_owned());
    let remove = button(text.plain("button_forget_folder"), Weight::Quiet, action);
    Element::new("li")
        .key(path)
        .class("row")
        .child(foreign("folder", path))
        .child(remove.attribute("aria-label", label))
}
