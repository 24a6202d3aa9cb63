//! A screen as it is to be drawn: what is done with each event of the browser, in place of actions.

use crate::node::{Element, Handler, Keyboard, Node, SecretInput};
use std::rc::Rc;
use tamga_core::secret::Secret;
use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, HtmlInputElement, HtmlSelectElement, KeyboardEvent};

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
            responses: responses
                .flat_map(|it| Response::of(it, dispatch))
                .collect(),
            focus: element.focus,
            children: children.collect(),
        }
    }
}

impl Response {
    /// One for each event that the handler is about.
    fn of<A: Clone + 'static>(
        handler: Handler<A>,
        dispatch: &Dispatch<A>,
    ) -> impl Iterator<Item = Self> {
        let dispatch = Rc::clone(dispatch);
        let events = events_of(&handler).iter();
        let respond: Respond = Rc::new(move |event| {
            if let Some(action) = action_of(&handler, event) {
                dispatch(action);
            }
        });
        events.map(move |event| Self {
            event,
            respond: Rc::clone(&respond),
        })
    }
}

fn events_of<A>(handler: &Handler<A>) -> &'static [&'static str] {
    match handler {
        Handler::Click(_) => &["click"],
        Handler::Change(_) => &["change"],
        Handler::Input(_) => &["input"],
        Handler::Submit(_) | Handler::SubmitAll(_) => &["submit"],
        Handler::Typed(..) => &["keyup", "input"],
        Handler::Left(_) => &["focusout"],
    }
}

fn action_of<A: Clone>(handler: &Handler<A>, event: &web_sys::Event) -> Option<A> {
    match handler {
        Handler::Click(action) => Some(action.clone()),
        Handler::Change(action) | Handler::Input(action) => value_of(event).map(action),
        Handler::Submit(action) => {
            event.prevent_default();
            passwords_in(event)?.into_iter().next().map(action)
        }
        Handler::SubmitAll(action) => {
            event.prevent_default();
            passwords_in(event).map(action)
        }
        Handler::Typed(field, action) => {
            let keyboard = keyboard_of(event)?;
            Some(action(SecretInput::Typed(field, keyboard)))
        }
        Handler::Left(action) => leaves(event).then(|| action.clone()),
    }
}

/// What is typed is looked at here, and goes no further.
fn keyboard_of(event: &web_sys::Event) -> Option<Keyboard> {
    let key = event.dyn_ref::<KeyboardEvent>();
    let caps_lock = key.map(|key| key.get_modifier_state("CapsLock"));
    let typed = Secret::new(value_of(event)?);
    Some(Keyboard::after(typed.expose(), caps_lock))
}

/// Whether the focus goes to something that is not inside the element.
fn leaves(event: &web_sys::Event) -> bool {
    let focus = event.dyn_ref::<FocusEvent>();
    let to = focus.and_then(FocusEvent::related_target);
    let to = to.and_then(|to| to.dyn_into::<web_sys::Node>().ok());
    let around = event.current_target();
    let around = around.and_then(|it| it.dyn_into::<web_sys::Node>().ok());
    !around.is_some_and(|around| to.is_some() && around.contains(to.as_ref()))
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
    let fields = form.query_selector_all("input.secret").ok()?;
    let fields = (0..fields.length()).filter_map(|place| fields.get(place));
    let fields = fields.filter_map(|field| field.dyn_into::<HtmlInputElement>().ok());
    Some(fields.map(|field| Secret::new(field.value())).collect())
}
