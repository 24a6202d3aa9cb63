//! Draws [`Element`]s into the document: patches what is there instead of replacing it, so that fields
//! keep what was typed and the focus stays; sets text, never HTML; owns its listeners.

use super::node::{Element, Node, Touch};
use std::{cell::RefCell, mem, rc::Rc};
use tamga_core::secret::Secret;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, FocusOptions, HtmlElement, HtmlInputElement, HtmlSelectElement};

/// Where the actions of the person go.
pub(crate) type Post<A> = Rc<dyn Fn(A)>;

/// A drawing inside an element of the document.
pub(crate) struct Drawing<A> {
    document: Document,
    root: web_sys::Element,
    post: Post<A>,
    drawn: Vec<Drawn<A>>,
}

/// What was drawn for one node.
enum Drawn<A> {
    Element(Box<DrawnElement<A>>),
    Text {
        text: web_sys::Text,
        content: String,
    },
}

struct DrawnElement<A> {
    element: web_sys::Element,
    tag: &'static str,
    key: String,
    attributes: Vec<(&'static str, String)>,
    listeners: Vec<Listener<A>>,
    focus: Option<u32>,
    children: Vec<Drawn<A>>,
}

/// A listener on an element: removed when dropped. What it does may change while it listens.
struct Listener<A> {
    target: web_sys::Element,
    event: &'static str,
    touch: Rc<RefCell<Touch<A>>>,
    callback: Closure<dyn FnMut(web_sys::Event)>,
}

impl<A: Clone + 'static> Drawing<A> {
    /// An empty drawing in `root`, in place of what the page shows until there is one.
    pub(crate) fn new(document: Document, root: web_sys::Element, post: Post<A>) -> Self {
        root.set_text_content(None);
        Self {
            document,
            root,
            post,
            drawn: Vec::new(),
        }
    }

    /// Shows `screen` in place of what was shown.
    ///
    /// # Errors
    /// What the browser throws, which it does only for names no element or attribute can have.
    pub(crate) fn show(&mut self, screen: Element<A>) -> Result<(), JsValue> {
        let old = mem::take(&mut self.drawn);
        let mut painter = Painter {
            document: &self.document,
            post: &self.post,
            focus: None,
            is_new_screen: false,
        };
        self.drawn = painter.children(&self.root, old, vec![Node::Element(screen)])?;
        if let Some(element) = &painter.focus {
            focus(element, painter.is_new_screen)?;
        }
        if painter.is_new_screen
            && let Some(window) = web_sys::window()
        {
            window.scroll_to_with_x_and_y(0.0, 0.0);
        }
        Ok(())
    }
}

/// One round of drawing.
struct Painter<'a, A> {
    document: &'a Document,
    post: &'a Post<A>,
    /// What asked for the focus in this round; the last one gets it.
    focus: Option<web_sys::Element>,
    /// Whether a title appeared: what comes to be read begins above, wherever the keyboard is.
    is_new_screen: bool,
}

impl<A: Clone + 'static> Painter<'_, A> {
    /// Makes `parent` hold exactly `new`, reusing of `old` what stands for the same.
    fn children(
        &mut self,
        parent: &web_sys::Node,
        old: Vec<Drawn<A>>,
        new: Vec<Node<A>>,
    ) -> Result<Vec<Drawn<A>>, JsValue> {
        let was_empty = old.is_empty();
        let mut old: Vec<Option<Drawn<A>>> = old.into_iter().map(Some).collect();
        let mut first = 0;
        let mut pairs = Vec::with_capacity(new.len());
        for node in new {
            let rest = old.iter_mut().skip(first);
            let same = |slot: &&mut Option<Drawn<A>>| {
                slot.as_ref().is_some_and(|drawn| drawn.stands_for(&node))
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
        let mut drawn = Vec::with_capacity(pairs.len());
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
            drawn.push(child);
        }
        Ok(drawn)
    }

    fn create(&mut self, node: Node<A>) -> Result<Drawn<A>, JsValue> {
        let spec = match node {
            Node::Text(content) => {
                let text = self.document.create_text_node(&content);
                return Ok(Drawn::Text { text, content });
            }
            Node::Element(spec) => spec,
        };
        let empty = DrawnElement {
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

    fn patch(&mut self, drawn: Drawn<A>, node: Node<A>) -> Result<Drawn<A>, JsValue> {
        match (drawn, node) {
            (Drawn::Element(element), Node::Element(spec)) => self.patch_element(*element, spec),
            (Drawn::Text { text, content }, Node::Text(new)) => {
                if content != new {
                    text.set_data(&new);
                }
                Ok(Drawn::Text { text, content: new })
            }
            (_, node) => self.create(node),
        }
    }

    fn patch_element(
        &mut self,
        drawn: DrawnElement<A>,
        spec: Element<A>,
    ) -> Result<Drawn<A>, JsValue> {
        let element = drawn.element;
        patch_attributes(&element, &drawn.attributes, &spec.attributes)?;
        if drawn.tag == "input" {
            check(&element, &spec.attributes);
        }
        let listeners = self.listeners(&element, drawn.listeners, spec.touches)?;
        let children = self.children(&element, drawn.children, spec.children)?;
        if spec.focus.is_some() && spec.focus != drawn.focus {
            self.focus = Some(element.clone());
            self.is_new_screen |= drawn.tag == "h1";
        }
        Ok(Drawn::Element(Box::new(DrawnElement {
            element,
            tag: drawn.tag,
            key: drawn.key,
            attributes: spec.attributes,
            listeners,
            focus: spec.focus,
            children,
        })))
    }

    /// A listener that is there already only learns its new action.
    fn listeners(
        &self,
        element: &web_sys::Element,
        mut old: Vec<Listener<A>>,
        touches: Vec<Touch<A>>,
    ) -> Result<Vec<Listener<A>>, JsValue> {
        let mut listeners = Vec::with_capacity(touches.len());
        for touch in touches {
            let same = old.iter().position(|it| it.event == event_of(&touch));
            listeners.push(match same {
                Some(position) => old.swap_remove(position).with(touch),
                None => Listener::new(element, touch, Rc::clone(self.post))?,
            });
        }
        Ok(listeners)
    }
}

impl<A> Drawn<A> {
    fn stands_for(&self, node: &Node<A>) -> bool {
        match (self, node) {
            (Self::Element(drawn), Node::Element(spec)) => {
                drawn.tag == spec.tag && drawn.key == spec.key
            }
            (Self::Text { .. }, Node::Text(_)) => true,
            _ => false,
        }
    }

    fn node(&self) -> &web_sys::Node {
        match self {
            Self::Element(drawn) => &drawn.element,
            Self::Text { text, .. } => text,
        }
    }
}

impl<A: Clone + 'static> Listener<A> {
    fn new(target: &web_sys::Element, touch: Touch<A>, post: Post<A>) -> Result<Self, JsValue> {
        let event = event_of(&touch);
        let touch = Rc::new(RefCell::new(touch));
        let current = Rc::clone(&touch);
        let callback = Closure::new(move |happened: web_sys::Event| {
            let touch = current.borrow().clone();
            if let Some(action) = action_of(&touch, &happened) {
                post(action);
            }
        });
        target.add_event_listener_with_callback(event, callback.as_ref().unchecked_ref())?;
        Ok(Self {
            target: target.clone(),
            event,
            touch,
            callback,
        })
    }

    fn with(self, touch: Touch<A>) -> Self {
        *self.touch.borrow_mut() = touch;
        self
    }
}

impl<A> Drop for Listener<A> {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        // It fails for no listener, which is what is wanted.
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, callback);
    }
}

fn event_of<A>(touch: &Touch<A>) -> &'static str {
    match touch {
        Touch::Press(_) => "click",
        Touch::Choose(_) => "change",
        Touch::Submit(_) | Touch::SubmitAll(_) => "submit",
    }
}

fn action_of<A: Clone>(touch: &Touch<A>, happened: &web_sys::Event) -> Option<A> {
    match touch {
        Touch::Press(action) => Some(action.clone()),
        Touch::Choose(action) => value_of(happened).map(action),
        Touch::Submit(action) => {
            happened.prevent_default();
            passwords_in(happened)?.into_iter().next().map(action)
        }
        Touch::SubmitAll(action) => {
            happened.prevent_default();
            passwords_in(happened).map(action)
        }
    }
}

fn value_of(happened: &web_sys::Event) -> Option<String> {
    let target = happened.target()?;
    let input = target
        .dyn_ref::<HtmlInputElement>()
        .map(HtmlInputElement::value);
    input.or_else(|| {
        target
            .dyn_ref::<HtmlSelectElement>()
            .map(HtmlSelectElement::value)
    })
}

fn passwords_in(happened: &web_sys::Event) -> Option<Vec<Secret>> {
    let form: web_sys::Element = happened.current_target()?.dyn_into().ok()?;
    let fields = form.query_selector_all("input[type=password]").ok()?;
    let fields = (0..fields.length()).filter_map(|place| fields.get(place));
    let fields = fields.filter_map(|field| field.dyn_into::<HtmlInputElement>().ok());
    Some(fields.map(|field| Secret::new(field.value())).collect())
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
