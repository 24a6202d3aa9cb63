//! A screen as it is to be drawn: what is done with each event of the browser, in place of actions.

use crate::node::{Element, Handler, Node};
use std::rc::Rc;
use tamga_core::secret::Secret;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};

/// Where the actions of the person go.
pub(crate) type Dispatch<A> = Rc<dyn Fn(A)>;

/// An element as it is to be drawn: a screen's, with responses for its handlers. It is one type for all screens, so that
/// there is one painter in the module.
pub(crate) struct Drawing {
    pub(super) tag: &'static str,
    pub(super) key: String,
    pub(super) attributes: Vec<(&'static str, String)>,
    pub(super) responses: Vec<Response>,
    pub(super) focus: Option<u32>,
    pub(super) children: Vec<DrawingNode>,
}

pub(super) enum DrawingNode {
    Element(Drawing),
    Text(String),
}

/// What is done with an event.
pub(super) type Respond = Rc<dyn Fn(&web_sys::Event)>;

/// What is done when an event of this type comes to an element.
pub(super) struct Response {
    pub(super) event: &'static str,
    pub(super) respond: Respond,
}

impl Drawing {
    /// What the screen shows; actions go to `dispatch`.
    pub(crate) fn of<A: Clone + 'static>(element: Element<A>, dispatch: &Dispatch<A>) -> Self {
        let responses = element.handlers.into_iter();
        let children = element.children.into_iter().map(|child| match child {
            Node::Element(element) => DrawingNode::Element(Self::of(element, dispatch)),
            Node::Text(text) => DrawingNode::Text(text),
        });
        Self {
            tag: element.tag,
            key: element.key,
            attributes: element.attributes,
            responses: responses.map(|it| Response::of(it, dispatch)).collect(),
            focus: element.focus,
            children: children.collect(),
        }
    }
}

impl Response {
    fn of<A: Clone + 'static>(handler: Handler<A>, dispatch: &Dispatch<A>) -> Self {
        let dispatch = Rc::clone(dispatch);
        Self {
            event: match handler {
                Handler::Click(_) => "click",
                Handler::Change(_) => "change",
                Handler::Submit(_) | Handler::SubmitAll(_) => "submit",
            },
            respond: Rc::new(move |event| {
                if let Some(action) = action_of(&handler, event) {
                    dispatch(action);
                }
            }),
        }
    }
}

fn action_of<A: Clone>(handler: &Handler<A>, event: &web_sys::Event) -> Option<A> {
    match handler {
        Handler::Click(action) => Some(action.clone()),
        Handler::Change(action) => value_of(event).map(action),
        Handler::Submit(action) => {
            event.prevent_default();
            passwords_in(event)?.into_iter().next().map(action)
        }
        Handler::SubmitAll(action) => {
            event.prevent_default();
            passwords_in(event).map(action)
        }
    }
}

fn value_of(event: &web_sys::Event) -> Option<String> {
    let target = event.target()?;
    let input = target
        .dyn_ref::<HtmlInputElement>()
        .map(HtmlInputElement::value);
    input.or_else(|| {
        target
            .dyn_ref::<HtmlSelectElement>()
            .map(HtmlSelectElement::value)
    })
}

fn passwords_in(event: &web_sys::Event) -> Option<Vec<Secret>> {
    let form: web_sys::Element = event.current_target()?.dyn_into().ok()?;
    let fields = form.query_selector_all("input[type=password]").ok()?;
    let fields = (0..fields.length()).filter_map(|place| fields.get(place));
    let fields = fields.filter_map(|field| field.dyn_into::<HtmlInputElement>().ok());
    Some(fields.map(|field| Secret::new(field.value())).collect())
}
