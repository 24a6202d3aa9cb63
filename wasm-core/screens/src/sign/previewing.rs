//! Looking at what is signed: what went to the host, and nothing else.

use super::{
    SignWindow, Stage,
    items::PreviewKind,
    messages::Effect,
    preview::{Content, Preview},
};
use crate::wording;
use tamga_core::failure::Failure;

impl SignWindow {
    pub(super) fn toggle_preview(&mut self, index: usize) -> Vec<Effect> {
        let shown = self.preview.take();
        if shown.is_some_and(|shown| shown.index == index) {
            return Vec::new();
        }
        self.preview = Some(Preview::waiting(index));
        vec![Effect::Preview { index }]
    }

    pub(super) fn previewed(&mut self, index: usize, start: &str) -> Vec<Effect> {
        let size = self.items.all.get(index).and_then(|item| item.size);
        let Some(preview) = self.preview.as_mut().filter(|it| it.index == index) else {
            return Vec::new();
        };
        preview.show(start, size.unwrap_or_default());
        if matches!(preview.content, Content::Text { .. }) {
            self.items.mark_viewed(index, Ok(()));
        }
        Vec::new()
    }

    pub(super) fn view_document(&self, index: usize) -> Vec<Effect> {
        let look = self.items.all.get(index).map(|item| item.preview_kind);
        match look {
            Some(PreviewKind::Viewer(viewer_type)) => vec![Effect::View { index, viewer_type }],
            _ => Vec::new(),
        }
    }

    /// A copy is made of one document at a time: the host reads it once more.
    pub(super) fn save_copy(&mut self, index: usize) -> Vec<Effect> {
        let item = self.items.all.get(index);
        let (Some(item), None) = (item, self.copying) else {
            return Vec::new();
        };
        self.copying = Some(index);
        let name = wording::short_name(&item.name);
        vec![Effect::Save { index, name }]
    }

    /// What cannot be shown as it was read is not signed.
    pub(super) fn viewed(&mut self, index: usize, outcome: Result<(), Failure>) -> Vec<Effect> {
        self.copying = self.copying.filter(|it| *it != index);
        if !matches!(self.stage, Stage::Choosing) {
            return Vec::new();
        }
        if outcome.is_err() {
            self.preview = self.preview.take().filter(|it| it.index != index);
        }
        self.items.mark_viewed(index, outcome);
        self.go_on()
    }
}
