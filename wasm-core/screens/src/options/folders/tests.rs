use super::*;
use crate::{
    Screen as _,
    options::{
        messages::{Action, Event},
        tests::{json, says, with_keys},
    },
};

fn listed(options: &mut Options, folders: &[&str], containers_found: Option<u32>) -> String {
    let folders = folders.iter().map(|it| (*it).to_owned()).collect();
    json(&options.receive(Event::FoldersListed {
        folders,
        containers_found,
    }))
}

fn choose(options: &mut Options) -> String {
    let choose = options.view().press("Choose a folder…");
    json(&options.act(choose))
}

const LISTS: &str = r#"[{"type":"list-certificates"}]"#;

#[test]
fn a_folder_is_chosen_listed_and_forgotten() {
    let mut options = with_keys(&[]);
    assert_eq!(listed(&mut options, &[], None), "[]");
    assert_eq!(choose(&mut options), r#"[{"type":"add-folder"}]"#);
    assert!(says(&options, "in the window that has opened"));
    // There is one window at most.
    assert!(options.act(Action::ChooseFolder).is_empty());
    assert_eq!(listed(&mut options, &["/home/anna/keys"], Some(2)), LISTS);
    assert!(says(&options, "There are 2 containers in it."));
    assert!(!says(&options, "in the window that has opened"));
    let forget = options.view().press("Forget");
    assert_eq!(
        json(&options.act(forget)),
        r#"[{"type":"remove-folder","folder":"/home/anna/keys"}]"#
    );
    assert_eq!(listed(&mut options, &[], None), LISTS);
    assert!(!says(&options, "/home/anna/keys") && !says(&options, "containers in it"));
}

#[test]
fn a_folder_without_containers_says_what_one_looks_like() {
    let mut options = with_keys(&[]);
    choose(&mut options);
    listed(&mut options, &["/tmp"], Some(0));
    assert!(says(&options, "header.key and primary.key"));
}

#[test]
fn leaving_the_dialog_is_no_failure_and_a_missing_one_is() {
    let mut options = with_keys(&[]);
    choose(&mut options);
    let failed = |options: &mut Options, code: ErrorCode| {
        let failure = code.into();
        options.receive(Event::FoldersFailed { failure });
    };
    failed(&mut options, ErrorCode::Cancelled);
    assert!(!says(&options, "cancelled"));
    choose(&mut options);
    failed(&mut options, ErrorCode::FolderDialogMissing);
    assert!(says(&options, "tamga-host folder add"));
}
