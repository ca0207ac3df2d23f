//! Types by the extension XTEST, with the keys of the layout that is in force (`layout`), and with borrowed ones for what that lacks
//! (`borrowed`). Modifiers that somebody holds, and Caps Lock, do not change what is typed.

use std::rc::Rc;
use std::time::{Duration, Instant};

use x11rb::protocol::xkb::{self, ConnectionExt as _, MapPart};
use x11rb::protocol::xproto::{
    ConnectionExt as _, GrabMode, GrabStatus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, Keycode, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use xkeysym::Keysym;

use super::Link;
use super::layout::{self, Batch, Layout, Stroke, modifier};
use super::problem::Problem;
use super::wire::Wire;
use super::{borrowed, failed_before, failed_midway, locks, touch, unfit, windows};
use crate::core::Newline;
use crate::insert::backend::{Aim, Backend, Failure, Fitness, Put, Way};

/// Keys that are sent in one go, and the time between two goes, so that a slow window falls behind less.
const KEYS_AT_ONCE: usize = 50;
const REST: Duration = Duration::from_millis(5);

/// What is typed in a few seconds.
const LONGEST: usize = 10_000;

/// The keys may keep what was put on them for so long. It disturbs nobody, and a window that was busy gets its characters.
const LEND: Duration = Duration::from_secs(3);

/// Alt and Super: windows open their menus, and desktops a launcher, when one of them comes up and nothing else was pressed meanwhile. The
/// key of hob's that it belongs to was not seen by them.
const OPENERS: u8 = modifier::ALT | modifier::SUPER;

/// The backend.
pub struct XTest {
    link: Rc<Link>,
    return_at: Option<Instant>,
    /// Where the text went that borrowed keys.
    window: Option<Window>,
}

impl XTest {
    pub fn new(link: Rc<Link>) -> Self {
        Self { link, return_at: None, window: None }
    }

    fn type_strokes(
        &mut self,
        aim: &Aim,
        wanted: impl FnOnce(&Layout) -> Option<Vec<Batch>> + Send + 'static,
    ) -> Result<(), Failure> {
        let window = Some(windows::wanted(aim)?);
        let (layout, batches) = self
            .link
            .ask(move |wire| {
                refuse_if_grabbed(wire)?;
                let layout = current(wire)?;
                let batches =
                    wanted(&layout).ok_or_else(|| Problem::Refused("the keyboard has no key to spare".to_owned()))?;
                Ok((layout, batches))
            })
            .map_err(failed_before)?;
        if batches.iter().any(|batch| !batch.borrowed.is_empty()) {
            (self.return_at, self.window) = (Some(Instant::now() + LEND), window);
        }
        self.link.ask(move |wire| type_all(wire, &layout, &batches, window)).map_err(failed_midway)
    }
}

impl Backend for XTest {
    fn name(&self) -> &'static str {
        "xtest"
    }

    fn way(&self) -> Way {
        Way::Types
    }

    fn fitness(&mut self) -> Fitness {
        let display = match self.link.connect() {
            Ok(display) => display,
            Err(problem) => return unfit(&problem),
        };
        match self.link.ask(|wire| is_there(wire)) {
            Ok(()) => Fitness::Works { why: format!("DISPLAY is {display}, and the server has XTEST") },
            Err(problem) => unfit(&problem),
        }
    }

    fn insert(&mut self, text: &str, aim: &Aim) -> Result<Put, Failure> {
        if text.chars().count() > LONGEST {
            return Err(Failure::before("the text is too long to be typed"));
        }
        let line_end_held = if aim.newline == Newline::ShiftReturn { modifier::SHIFT } else { 0 };
        let text = text.to_owned();
        self.type_strokes(aim, move |layout| layout::batches(layout, &text, line_end_held))?;
        Ok(Put::Sent)
    }

    fn erase(&mut self, times: usize, aim: &Aim) -> Result<(), Failure> {
        self.type_strokes(aim, move |layout| {
            let stroke = layout.stroke(Keysym::BackSpace.into())?;
            Some(vec![Batch { borrowed: Vec::new(), strokes: vec![stroke; times] }])
        })
    }

    fn tidy_at(&self) -> Option<Instant> {
        self.return_at
    }

    fn tidy(&mut self) {
        self.return_at = None;
        let window = self.window;
        if let Err(problem) = self.link.ask(move |wire| borrowed::give_back(wire, window)) {
            tracing::debug!("keys keep what was put on them: {problem}");
        }
    }
}

pub fn is_there(wire: &Wire) -> Result<(), Problem> {
    wire.has("XTEST")?;
    wire.has("XKEYBOARD")
}

/// One shortcut.
pub fn press(wire: &mut Wire, symbol: u32, held: u8) -> Result<(), Problem> {
    let layout = current(wire)?;
    // A layout of another script has its letters on the same keys, and programs know shortcuts by them.
    let key = layout.stroke(symbol).map_or_else(|| usual(symbol), |stroke| Some(stroke.key));
    let key = key.ok_or_else(|| Problem::Refused("the keyboard has no key for that".to_owned()))?;
    type_all(wire, &layout, &[Batch { borrowed: Vec::new(), strokes: vec![Stroke { key, held }] }], None)
}

/// A key that moves the cursor of this window, so many times.
pub fn press_often(wire: &mut Wire, (symbol, held): (u32, u8), times: usize, window: Window) -> Result<(), Problem> {
    let layout = current(wire)?;
    let key = layout.stroke(symbol).map(|stroke| stroke.key);
    let key = key.ok_or_else(|| Problem::Refused("the keyboard has no key for that".to_owned()))?;
    let strokes = vec![Stroke { key, held }; times];
    type_all(wire, &layout, &[Batch { borrowed: Vec::new(), strokes }], Some(window))
}

/// The key of a shortcut on every keyboard there is.
fn usual(symbol: u32) -> Option<Keycode> {
    const KEYS: [(char, Keycode); 2] = [('c', 54), ('v', 55)];
    KEYS.into_iter().find(|(letter, _)| u32::from(*letter) == symbol).map(|(_, key)| key)
}

/// A menu or a locked screen has the keyboard to itself: whatever is typed would go there.
pub fn refuse_if_grabbed(wire: &Wire) -> Result<(), Problem> {
    let (grab, mode) = (wire.window, GrabMode::ASYNC);
    // Only a window that can be seen could be given the keyboard, so that this asks and never gets it.
    let reply = wire.server.grab_keyboard(false, grab, x11rb::CURRENT_TIME, mode, mode)?.reply()?;
    match reply.status {
        GrabStatus::ALREADY_GRABBED | GrabStatus::FROZEN => {
            Err(Problem::Refused("another program has grabbed the keyboard: a menu, or a locked screen".to_owned()))
        }
        GrabStatus::SUCCESS => {
            wire.server.ungrab_keyboard(x11rb::CURRENT_TIME)?;
            wire.sync()
        }
        _ => Ok(()),
    }
}

/// The keyboard as it is now.
fn current(wire: &mut Wire) -> Result<Layout, Problem> {
    is_there(wire)?;
    let state = wire.server.xkb_get_state(xkb::ID::USE_CORE_KBD.into())?.reply()?;
    let map = map(wire)?;
    wire.borrowed.forget_what_is_gone(&map);
    Ok(Layout::new(&map, state.group.into(), &wire.borrowed.keys()))
}

/// What is on its keys.
pub fn map(wire: &Wire) -> Result<xkb::GetMapReply, Problem> {
    let device = xkb::ID::USE_CORE_KBD.into();
    let parts = MapPart::KEY_TYPES | MapPart::KEY_SYMS | MapPart::MODIFIER_MAP;
    let map = wire.server.xkb_get_map(
        device,
        parts,
        MapPart::from(0u8),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        xkb::VMod::from(0u8),
        0,
        0,
        0,
        0,
        0,
        0,
    )?;
    Ok(map.reply()?)
}

/// Types one piece after another. Whatever happens on the way, no key stays down: each is pressed and released in one go.
fn type_all(wire: &mut Wire, layout: &Layout, batches: &[Batch], window: Option<Window>) -> Result<(), Problem> {
    let sticky = locks::keep_sticky(wire)?;
    release_held(wire, layout)?;
    let locked = locks::unlock(wire)?;
    let typed = type_batches(wire, layout, batches, window);
    locks::lock(wire, locked)?;
    locks::restore_sticky(wire, sticky)?;
    wire.sync()?;
    typed
}

fn type_batches(wire: &mut Wire, layout: &Layout, batches: &[Batch], window: Option<Window>) -> Result<(), Problem> {
    for batch in batches {
        borrowed::borrow(wire, &batch.borrowed, window)?;
        let mut goes = batch.strokes.chunks(KEYS_AT_ONCE).peekable();
        while let Some(go) = goes.next() {
            refuse_elsewhere(wire, window)?;
            for stroke in go {
                strike(wire, layout, *stroke)?;
            }
            wire.sync()?;
            if goes.peek().is_some() {
                wire.rest(REST)?;
            }
        }
    }
    Ok(())
}

/// A window that closes leaves the keyboard to another, and the rest of its text would go there.
fn refuse_elsewhere(wire: &Wire, window: Option<Window>) -> Result<(), Problem> {
    if window.is_some() && windows::with_keyboard(wire)? != window {
        return Err(Problem::Refused("another window has the keyboard now, and got no more of the text".to_owned()));
    }
    Ok(())
}

fn strike(wire: &mut Wire, layout: &Layout, Stroke { key, held }: Stroke) -> Result<(), Problem> {
    let holders = layout.keys_for(held).unwrap_or_default();
    for holder in &holders {
        send(wire, *holder, KEY_PRESS_EVENT)?;
    }
    send(wire, key, KEY_PRESS_EVENT)?;
    send(wire, key, KEY_RELEASE_EVENT)?;
    for holder in holders.iter().rev() {
        send(wire, *holder, KEY_RELEASE_EVENT)?;
    }
    Ok(())
}

fn send(wire: &mut Wire, key: Keycode, motion: u8) -> Result<(), Problem> {
    if motion == KEY_PRESS_EVENT {
        touch::leave_out(wire, key);
    }
    wire.server.xtest_fake_input(motion, key, x11rb::CURRENT_TIME, wire.root, 0, 0, 0)?;
    Ok(())
}

/// Releases modifiers that somebody holds: with them, letters would be shortcuts. They are not pressed again. A press of ours would outlast
/// the person's own release, and whoever wants another shortcut presses anew.
fn release_held(wire: &mut Wire, layout: &Layout) -> Result<(), Problem> {
    let down = wire.server.query_keymap()?.reply()?.keys;
    let is_down = |key: Keycode| down[usize::from(key / 8)] & (1 << (key % 8)) != 0;
    let held: Vec<_> = layout.modifiers.iter().filter(|(key, _)| is_down(*key)).collect();
    let sets = held.iter().fold(0, |all, (_, sets)| all | sets);
    if sets & OPENERS != 0 && sets & modifier::CONTROL == 0 {
        for control in layout.keys_for(modifier::CONTROL).unwrap_or_default() {
            send(wire, control, KEY_PRESS_EVENT)?;
            send(wire, control, KEY_RELEASE_EVENT)?;
        }
    }
    for (key, _) in held {
        send(wire, *key, KEY_RELEASE_EVENT)?;
    }
    Ok(())
}
