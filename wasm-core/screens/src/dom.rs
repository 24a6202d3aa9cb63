//! Draws screens into the document: patches what is there instead of replacing it, so that fields
//! keep what was typed and the focus stays; sets text, never HTML; owns its listeners.

mod drawing;

pub(crate) use drawing::{Dispatch, Drawing};

use drawing::{DrawingNode, Respond, Response};
use std::{cell::RefCell, mem, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, FocusOptions, HtmlElement, HtmlInputElement};

/// A drawing inside an element of the document.
pub(crate) struct Renderer {
    document: Document,
    root: web_sys::Element,
    rendered: Vec<Rendered>,
}

/// What was rendered for one node.
enum Rendered {
    Element(Box<RenderedElement>),
    Text {
        text: web_sys::Text,
        content: String,
    },
}

struct RenderedElement {
    element: web_sys::Element,
    tag: &'static str,
    key: String,
    attributes: Vec<(&'static str, String)>,
    listeners: Vec<Listener>,
    focus: Option<u32>,
    children: Vec<Rendered>,
}

/// A listener on an element: removed when dropped. What it does may change while it listens.
struct Listener {
    target: web_sys::Element,
    event: &'static str,
    respond: Rc<RefCell<Respond>>,
    callback: Closure<dyn FnMut(web_sys::Event)>,
}

impl Renderer {
    /// An empty drawing in `root`, in place of what the page shows until there is one.
    pub(crate) fn new(document: Document, root: web_sys::Element) -> Self {
        root.set_text_content(None);
        Self {
            document,
            root,
            rendered: Vec::new(),
        }
    }

    /// Shows `screen` in place of what was shown.
    ///
    /// # Errors
    /// What the browser throws, which it does only for names no element or attribute can have.
    pub(crate) fn show(&mut self, screen: Drawing) -> Result<(), JsValue> {
        let old = mem::take(&mut self.rendered);
        let mut patcher = Patcher {
            document: &self.document,
            focus: None,
            is_new_screen: false,
        };
        self.rendered = patcher.children(&self.root, old, vec![DrawingNode::Element(screen)])?;
        if let Some(element) = &patcher.focus {
            focus(element, patcher.is_new_screen)?;
        }
        if patcher.is_new_screen
            && let Some(window) = web_sys::window()
        {
            window.scroll_to_with_x_and_y(0.0, 0.0);
        }
        Ok(())
    }
}

/// One round of drawing.
struct Patcher<'a> {
    document: &'a Document,
    /// What asked for the focus in this round; the last one gets it.
    focus: Option<web_sys::Element>,
    /// Whether a title appeared: what comes to be read begins above, wherever the keyboard is.
    is_new_screen: bool,
}

impl Patcher<'_> {
    /// Makes `parent` hold exactly `new`, reusing of `old` what stands for the same.
    fn children(
        &mut self,
        parent: &web_sys::Node,
        old: Vec<Rendered>,
        new: Vec<DrawingNode>,
    ) -> Result<Vec<Rendered>, JsValue> {
        let was_empty = old.is_empty();
        let mut old: Vec<Option<Rendered>> = old.into_iter().map(Some).collect();
        let mut first = 0;
        let mut pairs = Vec::with_capacity(new.len());
        for node in new {
            let rest = old.iter_mut().skip(first);
            let same = |slot: &&mut Option<Rendered>| {
                slot.as_ref()
                    .is_some_and(|rendered| rendered.stands_for(&node))
            };
            let reused = { rest }.find(same).and_then(Option::take);
            pairs.push((reused, node));
            first += old
                .iter()
                .skip(first)
                .take_while(|slot| slot.is_none())
                .count();
        }
        for gone in old.into_iter().flatten() {
            parent.remove_child(gone.node())?;
        }
        let mut rendered = Vec::with_capacity(pairs.len());
        // Most elements are new ones: there is no need to ask them.
        let mut place = if was_empty {
            None
        } else {
            parent.first_child()
        };
        for (reused, node) in pairs {
            let child = match reused {
                Some(reused) => self.patch(reused, node)?,
                None => self.create(node)?,
            };
            if place.as_ref() == Some(child.node()) {
                place = child.node().next_sibling();
            } else {
                parent.insert_before(child.node(), place.as_ref())?;
            }
            rendered.push(child);
        }
        Ok(rendered)
    }

    fn create(&mut self, node: DrawingNode) -> Result<Rendered, JsValue> {
        let spec = match node {
            DrawingNode::Text(content) => {
                let text = self.document.create_text_node(&content);
                return Ok(Rendered::Text { text, content });
            }
            DrawingNode::Element(spec) => spec,
        };
        let empty = RenderedElement {
            element: self.document.create_element(spec.tag)?,
            tag: spec.tag,
            key: spec.key.clone(),
            attributes: Vec::new(),
            listeners: Vec::new(),
            focus: None,
            children: Vec::new(),
        };
        self.patch_element(empty, spec)
    }

    fn patch(&mut self, rendered: Rendered, node: DrawingNode) -> Result<Rendered, JsValue> {
        match (rendered, node) {
            (Rendered::Element(element), DrawingNode::Element(spec)) => {
                self.patch_element(*element, spec)
            }
            (Rendered::Text { text, content }, DrawingNode::Text(new)) => {
                if content != new {
                    text.set_data(&new);
                }
                Ok(Rendered::Text { text, content: new })
            }
            (_, node) => self.create(node),
        }
    }

    fn patch_element(
        &mut self,
        rendered: RenderedElement,
        spec: Drawing,
    ) -> Result<Rendered, JsValue> {
        let element = rendered.element;
        patch_attributes(&element, &rendered.attributes, &spec.attributes)?;
        if rendered.tag == "input" {
            check(&element, &spec.attributes);
        }
        let listeners = listeners(&element, rendered.listeners, spec.responses)?;
        let children = self.children(&element, rendered.children, spec.children)?;
        if spec.focus.is_some() && spec.focus != rendered.focus {
            self.focus = Some(element.clone());
            self.is_new_screen |= rendered.tag == "h1";
        }
        Ok(Rendered::Element(Box::new(RenderedElement {
            element,
            tag: rendered.tag,
            key: rendered.key,
            attributes: spec.attributes,
            listeners,
            focus: spec.focus,
            children,
        })))
    }
}

impl Rendered {
    fn stands_for(&self, node: &DrawingNode) -> bool {
        match (self, node) {
            (Self::Element(rendered), DrawingNode::Element(spec)) => {
                rendered.tag == spec.tag && rendered.key == spec.key
            }
            (Self::Text { .. }, DrawingNode::Text(_)) => true,
            _ => false,
        }
    }

    fn node(&self) -> &web_sys::Node {
        match self {
            Self::Element(rendered) => &rendered.element,
            Self::Text { text, .. } => text,
        }
    }
}

/// A listener that is there already only learns its new response.
fn listeners(
    element: &web_sys::Element,
    mut old: Vec<Listener>,
    responses: Vec<Response>,
) -> Result<Vec<Listener>, JsValue> {
    let mut listeners = Vec::with_capacity(responses.len());
    for response in responses {
        let same = old.iter().position(|it| it.event == response.event);
        listeners.push(match same {
            Some(position) => old.swap_remove(position).with(response),
            None => Listener::new(element, response)?,
        });
    }
    Ok(listeners)
}

impl Listener {
    fn new(target: &web_sys::Element, response: Response) -> Result<Self, JsValue> {
        let respond = Rc::new(RefCell::new(response.respond));
        let current = Rc::clone(&respond);
        let callback = Closure::new(move |event: web_sys::Event| {
            let respond = Rc::clone(&current.borrow());
            respond(&event);
        });
        target
            .add_event_listener_with_callback(response.event, callback.as_ref().unchecked_ref())?;
        Ok(Self {
            target: target.clone(),
            event: response.event,
            respond,
            callback,
        })
    }

    fn with(self, response: Response) -> Self {
        *self.respond.borrow_mut() = response.respond;
        self
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        // It fails for no listener, which is what is wanted.
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, callback);
    }
}

fn patch_attributes(
    element: &web_sys::Element,
    old: &[(&'static str, String)],
    new: &[(&'static str, String)],
) -> Result<(), JsValue> {
    for (name, _) in old {
        if !new.iter().any(|(kept, _)| kept == name) {
            element.remove_attribute(name)?;
        }
    }
    for attribute in new {
        if !old.contains(attribute) {
            element.set_attribute(attribute.0, &attribute.1)?;
        }
    }
    Ok(())
}

/// Once the person has touched a radio button or checkbox its attribute no longer counts, only its property.
fn check(element: &web_sys::Element, attributes: &[(&'static str, String)]) {
    if let Some(input) = element.dyn_ref::<HtmlInputElement>()
        && matches!(&*input.type_(), "radio" | "checkbox")
    {
        input.set_checked(attributes.iter().any(|(name, _)| *name == "checked"));
    }
}

fn focus(element: &web_sys::Element, stays_in_place: bool) -> Result<(), JsValue> {
    if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        input.select();
    }
    element.dyn_ref::<HtmlElement>().map_or(Ok(()), |element| {
        let options = FocusOptions::new();
        options.set_prevent_scroll(stays_in_place);
        element.focus_with_options(&options)
    })
}
