//! Types with a virtual keyboard (`zwp_virtual_keyboard_v1`), whose keymaps are made for each text (`keymap.rs`).
//!
//! The keyboard is there as long as the connection is. Compositors let the focused window lose and regain the keyboard when one is
//! added, and on a seat that had none, programs have to learn first that there is one: both would cost first letters if it were
//! made for each text. What the person holds down on another keyboard does not reach ours: each keyboard has modifiers of its own.

use std::os::fd::AsFd;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rustix::fs::{MemfdFlags, memfd_create};
use wayland_client::protocol::wl_keyboard::KeymapFormat;
use wayland_client::{Connection, Dispatch, QueueHandle};
use wayland_protocols_misc::zwp_virtual_keyboard_v1::client::zwp_virtual_keyboard_manager_v1::{
    self, ZwpVirtualKeyboardManagerV1,
};
use wayland_protocols_misc::zwp_virtual_keyboard_v1::client::zwp_virtual_keyboard_v1::{self, ZwpVirtualKeyboardV1};

use super::Link;
use super::keymap::{self, Batch, Held, LineEnd, Stroke};
use super::problem::Problem;
use super::toplevels::{self, Focus};
use super::wire::{State, Wire};
use super::{failed_midway, unfit};
use crate::core::Newline;
use crate::insert::backend::{Aim, Backend, Failure, Fitness, Put, Way};

/// Keys that are sent in one go. A window that is sent more than it takes in is cut off by the compositor, and many programs lose
/// keys long before.
const KEYS_AT_ONCE: usize = 10;

/// Between two goes.
const REST: Duration = Duration::from_millis(5);

/// So many keys a window holds that is slower than we are; beyond them it gets the time to draw what it has.
const IN_ONE_BREATH: usize = 500;
const LONG_REST: Duration = Duration::from_millis(20);

/// What is typed in twenty seconds.
const LONGEST: usize = 10_000;

/// What programs need to notice that a seat has a keyboard now.
const GETTING_USED: Duration = Duration::from_millis(300);

/// The backend.
pub struct VirtualKeyboard(pub Rc<Link>);

impl Backend for VirtualKeyboard {
    fn name(&self) -> &'static str {
        "virtual-keyboard"
    }

    fn way(&self) -> Way {
        Way::Types
    }

    fn fitness(&mut self) -> Fitness {
        match self.0.ask(is_there) {
            Ok(()) => Fitness::Works { why: "the compositor offers zwp_virtual_keyboard_v1".to_owned() },
            Err(problem) => unfit(&problem),
        }
    }

    fn insert(&mut self, text: &str, aim: &Aim) -> Result<Put, Failure> {
        let line_end = if aim.newline == Newline::ShiftReturn { LineEnd::ShiftReturn } else { LineEnd::Return };
        if text.chars().count() > LONGEST {
            return Err(Failure::before("the text is too long to be typed"));
        }
        let batches = keymap::batches(text, line_end);
        self.0.ask(move |wire| type_into_one(wire, &batches)).map_err(failed_midway)?;
        Ok(Put::Sent)
    }

    fn erase(&mut self, times: usize, _aim: &Aim) -> Result<(), Failure> {
        let strokes = vec![Stroke::plain(keymap::code::BACKSPACE); times];
        let batch = Batch { keymap: keymap::letters(), strokes };
        self.0.ask(move |wire| type_into_one(wire, &[batch])).map_err(failed_midway)
    }
}

/// Our keyboard.
pub struct Keys {
    keyboard: ZwpVirtualKeyboardV1,
    /// Programs know of it from then on.
    known_at: Instant,
    since: Instant,
}

/// Makes the keyboard, if the compositor lets us have one.
pub fn hold(wire: &mut Wire) -> Result<(), Problem> {
    let Ok(manager) = wire.bind::<ZwpVirtualKeyboardManagerV1>(1..=1) else { return Ok(()) };
    let now = Instant::now();
    let known_at = if wire.state.has_keyboard { now } else { now + GETTING_USED };
    let keyboard = manager.create_virtual_keyboard(wire.seat(), &wire.handle(), ());
    let keys = Keys { keyboard, known_at, since: now };
    keys.put_on(&keymap::letters())?;
    wire.keyboard = Some(keys);
    wire.sync()
}

/// A window that closes or loses the keyboard gets no more of the text, and nor does the next one.
fn type_into_one(wire: &mut Wire, batches: &[Batch]) -> Result<(), Problem> {
    get_known(wire)?;
    let focus = toplevels::focus(wire)?;
    type_all(wire, batches, &focus)
}

/// Programs on a seat that had no keyboard have to learn first that there is one.
fn get_known(wire: &mut Wire) -> Result<(), Problem> {
    let known_at = keys(wire)?.known_at;
    wire.pump(known_at, |_| false).map(drop)
}

/// Types with one keymap after another, as long as the keyboard stays where it is. Whatever happens on the way, no key stays down: each is
/// pressed and released in one go, and a compositor releases the keys of who is gone.
fn type_all(wire: &mut Wire, batches: &[Batch], focus: &Focus) -> Result<(), Problem> {
    let mut sent = 0;
    for batch in batches {
        keys(wire)?.put_on(&batch.keymap)?;
        let mut goes = batch.strokes.chunks(KEYS_AT_ONCE).peekable();
        while let Some(go) = goes.next() {
            if !toplevels::stays(wire, focus) {
                return Err(Problem::Refused(
                    "another window has the keyboard now, and got no more of the text".to_owned(),
                ));
            }
            let keys = keys(wire)?;
            for stroke in go {
                keys.strike(*stroke);
            }
            sent += go.len();
            wire.sync()?;
            if goes.peek().is_some() {
                let rest = if sent < IN_ONE_BREATH { REST } else { LONG_REST };
                wire.pump(Instant::now() + rest, |_| false)?;
            }
        }
    }
    Ok(())
}

/// One shortcut.
pub fn press(wire: &mut Wire, stroke: Stroke) -> Result<(), Problem> {
    get_known(wire)?;
    type_all(wire, &[Batch { keymap: keymap::letters(), strokes: vec![stroke] }], &Focus::Untold)
}

/// A key that moves the cursor, so many times.
pub fn press_often(wire: &mut Wire, stroke: Stroke, times: usize) -> Result<(), Problem> {
    type_into_one(wire, &[Batch { keymap: keymap::letters(), strokes: vec![stroke; times] }])
}

/// Presses keys and does not release them, as a person does.
#[cfg(test)]
pub fn hold_down(wire: &mut Wire, Stroke { key, held }: Stroke) -> Result<(), Problem> {
    let keys = keys(wire)?;
    held.keys().for_each(|modifier| keys.key(modifier, PRESSED));
    keys.modifiers(held);
    keys.key(key, PRESSED);
    wire.sync()
}

/// Whether we have a keyboard.
pub fn is_there(wire: &mut Wire) -> Result<(), Problem> {
    keys(wire).map(drop)
}

fn keys(wire: &Wire) -> Result<&Keys, Problem> {
    wire.keyboard.as_ref().ok_or(Problem::Lacks("zwp_virtual_keyboard_manager_v1"))
}

impl Keys {
    /// Each time anew, even if it was the last: a compositor puts the person's layout on all keyboards when that is changed.
    fn put_on(&self, keymap: &str) -> Result<(), Problem> {
        let file =
            memfd_create("hob-keymap", MemfdFlags::CLOEXEC).map_err(Problem::system("no memory for a keymap"))?;
        let mut bytes = keymap.as_bytes().to_vec();
        bytes.push(0);
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let written = rustix::io::write(&file, rest).map_err(Problem::system("no memory for a keymap"))?;
            rest = &rest[written..];
        }
        self.keyboard.keymap(KeymapFormat::XkbV1 as u32, file.as_fd(), bytes.len() as u32);
        self.modifiers(Held::NONE);
        Ok(())
    }

    fn strike(&self, Stroke { key, held }: Stroke) {
        if held != Held::NONE {
            held.keys().for_each(|modifier| self.key(modifier, PRESSED));
            self.modifiers(held);
        }
        self.key(key, PRESSED);
        self.key(key, RELEASED);
        if held != Held::NONE {
            held.keys().for_each(|modifier| self.key(modifier, RELEASED));
            self.modifiers(Held::NONE);
        }
    }

    /// Milliseconds of a clock of our own: only the order counts.
    fn key(&self, key: u32, state: u32) {
        self.keyboard.key(self.since.elapsed().as_millis() as u32, key, state);
    }

    fn modifiers(&self, held: Held) {
        self.keyboard.modifiers(held.0, 0, 0, 0);
    }
}

const PRESSED: u32 = 1;
const RELEASED: u32 = 0;

impl Dispatch<ZwpVirtualKeyboardManagerV1, ()> for State {
    fn event(
        _: &mut Self,
        _: &ZwpVirtualKeyboardManagerV1,
        _: zwp_virtual_keyboard_manager_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

impl Dispatch<ZwpVirtualKeyboardV1, ()> for State {
    fn event(
        _: &mut Self,
        _: &ZwpVirtualKeyboardV1,
        _: zwp_virtual_keyboard_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}
