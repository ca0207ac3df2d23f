//! Hands a text over in one piece, as an input method does (`zwp_input_method_v2`), where the focused text field takes it so. No
//! keymap, no modifier and no layout can come in between, and the field often says afterwards what stands around the cursor.
//!
//! There can be one input method on a seat. hob is one for the few milliseconds of an insertion, and never while the person's own
//! (fcitx, ibus) is there: the compositor then says `unavailable`, and other ways take over.

use std::rc::Rc;
use std::time::{Duration, Instant};

use wayland_client::{Connection, Dispatch, QueueHandle};
use wayland_protocols_misc::zwp_input_method_v2::client::zwp_input_method_manager_v2::{self, ZwpInputMethodManagerV2};
use wayland_protocols_misc::zwp_input_method_v2::client::zwp_input_method_v2::{self, ZwpInputMethodV2};

use super::Link;
use super::problem::Problem;
use super::wire::{State, Wire};
use super::{failed_before, failed_midway, unfit};
use crate::insert::backend::{Aim, Backend, Before, Failure, Fitness, Put, Way};

/// A text field that can take text answers in a few milliseconds; a window without one costs this.
const FIELD_ANSWERS: Duration = Duration::from_millis(60);

/// How long a field may take to say what stands around the cursor now.
const FIELD_TELLS: Duration = Duration::from_millis(150);

/// The protocol's own limit for one piece, in bytes.
const LONGEST: usize = 3900;

/// The backend.
pub struct InputMethod(pub Rc<Link>);

impl Backend for InputMethod {
    fn name(&self) -> &'static str {
        "input-method"
    }

    fn way(&self) -> Way {
        Way::Types
    }

    fn fitness(&mut self) -> Fitness {
        let offered = self.0.ask(|wire| {
            let offered = wire.offers::<ZwpInputMethodManagerV2>();
            if offered { Ok(()) } else { Err(Problem::Lacks("zwp_input_method_manager_v2")) }
        });
        match offered {
            Ok(()) => Fitness::Limited {
                why: "the compositor offers zwp_input_method_v2, for windows that take text so".to_owned(),
                hint: None,
            },
            Err(problem) => unfit(&problem),
        }
    }

    fn insert(&mut self, text: &str, aim: &Aim) -> Result<Put, Failure> {
        if aim.before == Before::Keys {
            return Err(Failure::before("a text of an input method may overtake keys"));
        }
        if text.contains(['\n', '\t']) {
            return Err(Failure::before("line ends and tabs are keys, which an input method has none of"));
        }
        if text.len() > LONGEST {
            return Err(Failure::before("the text is too long for one piece"));
        }
        let text = text.to_owned();
        // Two steps, so that a failure in the first leaves the text to others.
        self.0.ask(open).map_err(failed_before)?;
        let put = self.0.ask(move |wire| {
            let put = commit(wire, &text);
            close(wire);
            put
        });
        put.map_err(failed_midway)
    }
}

/// What stands left of the cursor; `None` if no field tells.
pub fn before_cursor(wire: &mut Wire) -> Option<String> {
    let told = open(wire).is_ok().then(|| wire.state.input_method.around.as_ref().map(Around::before_cursor));
    close(wire);
    told.flatten()
}

/// What the compositor says of the text field, and our hold on it.
#[derive(Default)]
pub struct Field {
    method: Option<ZwpInputMethodV2>,
    /// As the protocol counts them.
    states: u32,
    refused: bool,
    active: bool,
    around: Option<Around>,
    /// What takes effect with the next `done`.
    coming: Coming,
}

#[derive(Default)]
struct Coming {
    active: bool,
    around: Option<Around>,
}

/// The text around the cursor. Without the words in its `Debug`, so it has none.
#[derive(Clone, PartialEq, Eq)]
struct Around {
    text: String,
    /// In bytes.
    cursor: usize,
}

impl Around {
    fn before_cursor(&self) -> String {
        // An odd answer of a window is no reason to fail.
        self.text.get(..self.cursor).unwrap_or_default().to_owned()
    }
}

/// Becomes the input method, and waits for a field.
pub fn open(wire: &mut Wire) -> Result<(), Problem> {
    let manager = wire.bind::<ZwpInputMethodManagerV2>(1..=1)?;
    let method = manager.get_input_method(wire.seat(), &wire.handle(), ());
    manager.destroy();
    wire.state.input_method = Field { method: Some(method), ..Field::default() };
    let settled =
        wire.pump(Instant::now() + FIELD_ANSWERS, |state| state.input_method.refused || state.input_method.active);
    let refusal = match settled {
        Ok(_) if wire.state.input_method.refused => "another input method has the keyboard",
        Ok(true) => return Ok(()),
        Ok(false) => "no text field of the window takes text from an input method",
        Err(problem) => return Err(problem),
    };
    close(wire);
    Err(Problem::Refused(refusal.to_owned()))
}

fn commit(wire: &mut Wire, text: &str) -> Result<Put, Problem> {
    let field = &wire.state.input_method;
    let (Some(method), true) = (&field.method, field.active) else {
        return Err(Problem::Refused("the text field went away".to_owned()));
    };
    let (before, states) = (field.around.clone(), field.states);
    method.commit_string(text.to_owned());
    method.commit(states);
    wire.sync()?;
    if before.is_none() {
        return Ok(Put::Sent);
    }
    // A field that told what was there before tells what is there now.
    let arrived = |state: &State| {
        let around = state.input_method.around.as_ref();
        around.is_some_and(|around| Some(around) != before.as_ref() && around.before_cursor().ends_with(text))
    };
    Ok(if wire.pump(Instant::now() + FIELD_TELLS, arrived)? { Put::Verified } else { Put::Sent })
}

fn close(wire: &mut Wire) {
    if let Some(method) = wire.state.input_method.method.take() {
        method.destroy();
    }
    // A connection that is gone shows itself at the next use.
    let _ = wire.sync();
}

impl Dispatch<ZwpInputMethodManagerV2, ()> for State {
    fn event(
        _: &mut Self,
        _: &ZwpInputMethodManagerV2,
        _: zwp_input_method_manager_v2::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

impl Dispatch<ZwpInputMethodV2, ()> for State {
    fn event(
        state: &mut Self,
        method: &ZwpInputMethodV2,
        event: zwp_input_method_v2::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        use zwp_input_method_v2::Event;

        let field = &mut state.input_method;
        if field.method.as_ref() != Some(method) {
            return;
        }
        match event {
            Event::Activate => field.coming = Coming { active: true, around: None },
            Event::Deactivate => field.coming.active = false,
            Event::SurroundingText { text, cursor, .. } => {
                field.coming.around = Some(Around { text, cursor: cursor as usize });
            }
            Event::Done => {
                field.states = field.states.wrapping_add(1);
                field.active = field.coming.active;
                field.around = field.coming.around.take();
            }
            Event::Unavailable => field.refused = true,
            _ => {}
        }
    }
}
