//! A screen mounted in the document: handles what the person does and the script reports, hands the effects to the script, draws.

use super::{
    Screen,
    dom::{Dispatch, Drawing, Renderer},
};
use js_sys::Function;
use serde::Serialize;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// A screen in the document.
pub(crate) struct Mounted<S: Screen> {
    screen: RefCell<S>,
    renderer: RefCell<Renderer>,
    dispatch: Dispatch<S::Action>,
    carry: Function,
    /// What is not handled yet: what the script does for an effect, or the browser while
    /// it draws, may be an event already.
    inbox: RefCell<VecDeque<Input<S>>>,
    handling: Cell<bool>,
    drawn_at: Cell<f64>,
    redraw_later: Closure<dyn FnMut()>,
    redraw_is_due: Cell<bool>,
}

/// Something that the screen has to know.
pub(crate) enum Input<S: Screen> {
    /// The screen is on.
    Opened,
    /// The person did something.
    Action(S::Action),
    /// The script reports something.
    Event(S::Event),
}

/// How long after a drawing events that may come by the thousand are drawn, in milliseconds.
const REDRAW_INTERVAL_MS: i32 = 30;

impl<S> Mounted<S>
where
    S: Screen + 'static,
    S::Effect: Serialize,
{
    /// Draws the screen in `root`; `carry` is called with each effect as JSON.
    ///
    /// # Errors
    /// What the browser throws.
    pub(crate) fn open(
        root: web_sys::Element,
        screen: S,
        carry: Function,
    ) -> Result<Rc<Self>, JsValue> {
        let document = root.owner_document().ok_or(JsValue::NULL)?;
        let mounted = Rc::new_cyclic(|mounted: &Weak<Self>| Self {
            screen: RefCell::new(screen),
            renderer: RefCell::new(Renderer::new(document, root)),
            dispatch: dispatch_to(mounted.clone()),
            carry,
            inbox: RefCell::default(),
            handling: Cell::new(false),
            drawn_at: Cell::new(0.0),
            redraw_later: redraw(mounted.clone()),
            redraw_is_due: Cell::new(false),
        });
        mounted.handle(Input::Opened)?;
        Ok(mounted)
    }

    /// Handles an input, and those that come while it is handled.
    ///
    /// # Errors
    /// What the script or the browser throws.
    pub(crate) fn handle(&self, input: Input<S>) -> Result<(), JsValue> {
        let at_once = !matches!(&input, Input::Event(event) if S::is_frequent(event));
        self.inbox.borrow_mut().push_back(input);
        if self.handling.replace(true) {
            return Ok(());
        }
        let handled = self.handle_inbox().and_then(|()| self.draw(at_once));
        self.handling.set(false);
        handled
    }

    fn handle_inbox(&self) -> Result<(), JsValue> {
        loop {
            let Some(input) = self.inbox.borrow_mut().pop_front() else {
                return Ok(());
            };
            let mut screen = self.screen.borrow_mut();
            let effects = match input {
                Input::Opened => screen.open(),
                Input::Action(action) => screen.act(action),
                Input::Event(event) => screen.receive(event),
            };
            drop(screen);
            for effect in effects {
                let json = serde_json::to_string(&effect).map_err(|_| JsValue::NULL)?;
                self.carry.call1(&JsValue::NULL, &json.into())?;
            }
        }
    }

    /// At once, or with what comes in the next moment.
    fn draw(&self, at_once: bool) -> Result<(), JsValue> {
        let since = js_sys::Date::now() - self.drawn_at.get();
        if at_once || since >= f64::from(REDRAW_INTERVAL_MS) {
            return self.draw_now();
        }
        if self.redraw_is_due.replace(true) {
            return Ok(());
        }
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let later = self.redraw_later.as_ref().unchecked_ref();
        window.set_timeout_with_callback_and_timeout_and_arguments_0(later, REDRAW_INTERVAL_MS)?;
        Ok(())
    }

    fn draw_now(&self) -> Result<(), JsValue> {
        self.drawn_at.set(js_sys::Date::now());
        let (view, title) = {
            let screen = self.screen.borrow();
            (screen.view(), screen.title())
        };
        if let Some(title) = title {
            let window = web_sys::window();
            let document = window.and_then(|window| window.document());
            document.inspect(|document| document.set_title(&title));
        }
        let drawing = Drawing::of(view, &self.dispatch);
        self.renderer.borrow_mut().show(drawing)
    }
}

/// Where the person's actions go. What they throw has nobody to be thrown at.
fn dispatch_to<S>(mounted: Weak<Mounted<S>>) -> Dispatch<S::Action>
where
    S: Screen + 'static,
    S::Effect: Serialize,
{
    Rc::new(move |action| {
        if let Some(mounted) = mounted.upgrade() {
            let _ = mounted.handle(Input::Action(action));
        }
    })
}

fn redraw<S>(mounted: Weak<Mounted<S>>) -> Closure<dyn FnMut()>
where
    S: Screen + 'static,
    S::Effect: Serialize,
{
    Closure::new(move || {
        if let Some(mounted) = mounted.upgrade() {
            mounted.redraw_is_due.set(false);
            let _ = mounted.draw_now();
        }
    })
}
