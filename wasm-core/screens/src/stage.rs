//! Plays a screen in the document: takes in what happens, has the script carry out the effects, draws.

use super::{
    Screen,
    dom::{Drawing, Post},
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
pub(crate) struct Stage<S: Screen> {
    screen: RefCell<S>,
    drawing: RefCell<Drawing<S::Action>>,
    carry: Function,
    /// What happened and has not been taken in: what the script does for an effect, or the browser while
    /// it draws, may be news already.
    inbox: RefCell<VecDeque<Happening<S>>>,
    playing: Cell<bool>,
    drawn_at: Cell<f64>,
    redraw_later: Closure<dyn FnMut()>,
    redraw_is_due: Cell<bool>,
}

/// Something that the screen has to know.
pub(crate) enum Happening<S: Screen> {
    /// The screen is on.
    Opened,
    /// The person did something.
    Did(S::Action),
    /// The script reports something.
    Heard(S::News),
}

/// How long after a drawing news that may come by the thousand are drawn, in milliseconds.
const PAUSE: i32 = 30;

impl<S> Stage<S>
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
        let stage = Rc::new_cyclic(|stage: &Weak<Self>| Self {
            screen: RefCell::new(screen),
            drawing: RefCell::new(Drawing::new(document, root, post_to(stage.clone()))),
            carry,
            inbox: RefCell::default(),
            playing: Cell::new(false),
            drawn_at: Cell::new(0.0),
            redraw_later: redraw(stage.clone()),
            redraw_is_due: Cell::new(false),
        });
        stage.take_in(Happening::Opened)?;
        Ok(stage)
    }

    /// Takes in what happened, and all that happens on account of it.
    ///
    /// # Errors
    /// What the script or the browser throws.
    pub(crate) fn take_in(&self, happening: Happening<S>) -> Result<(), JsValue> {
        let at_once = !matches!(&happening, Happening::Heard(news) if S::is_frequent(news));
        self.inbox.borrow_mut().push_back(happening);
        if self.playing.replace(true) {
            return Ok(());
        }
        let played = self.play().and_then(|()| self.draw(at_once));
        self.playing.set(false);
        played
    }

    fn play(&self) -> Result<(), JsValue> {
        loop {
            let Some(happening) = self.inbox.borrow_mut().pop_front() else {
                return Ok(());
            };
            let mut screen = self.screen.borrow_mut();
            let effects = match happening {
                Happening::Opened => screen.open(),
                Happening::Did(action) => screen.act(action),
                Happening::Heard(news) => screen.hear(news),
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
        if at_once || since >= f64::from(PAUSE) {
            return self.draw_now();
        }
        if self.redraw_is_due.replace(true) {
            return Ok(());
        }
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let later = self.redraw_later.as_ref().unchecked_ref();
        window.set_timeout_with_callback_and_timeout_and_arguments_0(later, PAUSE)?;
        Ok(())
    }

    fn draw_now(&self) -> Result<(), JsValue> {
        self.drawn_at.set(js_sys::Date::now());
        let view = self.screen.borrow().view();
        self.drawing.borrow_mut().show(view)
    }
}

/// Where the person's actions go. What they throw has nobody to be thrown at.
fn post_to<S>(stage: Weak<Stage<S>>) -> Post<S::Action>
where
    S: Screen + 'static,
    S::Effect: Serialize,
{
    Rc::new(move |action| {
        if let Some(stage) = stage.upgrade() {
            let _ = stage.take_in(Happening::Did(action));
        }
    })
}

fn redraw<S>(stage: Weak<Stage<S>>) -> Closure<dyn FnMut()>
where
    S: Screen + 'static,
    S::Effect: Serialize,
{
    Closure::new(move || {
        if let Some(stage) = stage.upgrade() {
            stage.redraw_is_due.set(false);
            let _ = stage.draw_now();
        }
    })
}
