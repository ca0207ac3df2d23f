//! Whether the person has typed, pasted or clicked in a window since a text was put there: taken back blindly, the text would take along
//! what they have added. What they press is looked at only as far as to know that it changes something, and not at all once that is known.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use x11rb::errors::ReplyError;
use x11rb::protocol::xinput::{
    ConnectionExt as _, Device, EventMask, FocusInEvent, NotifyDetail, NotifyMode, XIEventMask,
};
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, Keycode, ModMask, Window};
use x11rb::protocol::{ErrorKind, Event};

use super::problem::Problem;
use super::wire::Wire;
use crate::insert::backend::Touched;

/// Presses in other windows after which nobody takes the text back any more, and hob is to be left in peace.
const ELSEWHERE: usize = 300;
/// Rows of the server's table of modifiers that lock: Caps Lock and Num Lock.
const LOCKS: [usize; 2] = [1, 4];
/// Buttons that place a cursor, or paste.
const BUTTONS: std::ops::RangeInclusive<u32> = 1..=3;

/// What is known of the window.
#[derive(Debug)]
pub struct Touch {
    window: Window,
    is_touched: bool,
    /// By what the server has told so far: it may be elsewhere by now, but was here when the key was pressed.
    has_keyboard: bool,
    elsewhere: usize,
    /// Keys that change what others mean, each with its bit.
    modifiers: BTreeMap<Keycode, u16>,
    /// Those of them that are down.
    down: BTreeSet<Keycode>,
    /// Presses of hob's own that the server has not told of yet.
    ours: VecDeque<Keycode>,
}

/// From now on, until something has happened there.
pub fn follow(wire: &mut Wire, window: Window) -> Result<(), Problem> {
    wire.has("XInputExtension")?;
    wire.server.xinput_xi_query_version(2, 2)?.reply()?;
    forget(wire)?;
    let map = wire.server.get_modifier_mapping()?.reply()?;
    let rows = map.keycodes.chunks(usize::from(map.keycodes_per_modifier()).max(1)).enumerate();
    let rows = rows.filter(|(row, _)| !LOCKS.contains(row));
    let all = rows.flat_map(|(row, keys)| keys.iter().map(move |key| (*key, 1 << row)));
    let modifiers: BTreeMap<Keycode, u16> = all.filter(|(key, _)| *key != 0).collect();
    // What hob itself has pressed until now is none of it.
    while wire.next()?.is_some() {}
    listen(wire, window, XIEventMask::FOCUS_IN | XIEventMask::FOCUS_OUT)?;
    listen(wire, wire.root, XIEventMask::RAW_KEY_PRESS | XIEventMask::RAW_KEY_RELEASE | XIEventMask::RAW_BUTTON_PRESS)?;
    let keys = wire.server.query_keymap()?.reply()?.keys;
    let is_down = |key: &Keycode| keys[usize::from(key / 8)] & (1 << (key % 8)) != 0;
    let down = modifiers.keys().copied().filter(is_down).collect();
    let ours = VecDeque::new();
    // A text went there just now.
    let has_keyboard = true;
    wire.touch = Some(Touch { window, is_touched: false, has_keyboard, elsewhere: 0, modifiers, down, ours });
    Ok(())
}

/// Nobody wants to know any more.
pub fn forget(wire: &mut Wire) -> Result<(), Problem> {
    match wire.touch.take() {
        Some(touch) if !touch.is_touched => listen_no_more(wire, touch.window),
        _ => Ok(()),
    }
}

/// Whether something has happened in this window that may have changed what stands left of its cursor.
pub fn touched(wire: &mut Wire, window: Window) -> Result<Touched, Problem> {
    wire.sync()?;
    while wire.next()?.is_some() {}
    let Some(touch) = wire.touch.as_mut().filter(|touch| touch.window == window) else { return Ok(Touched::Unknown) };
    touch.ours.clear();
    Ok(if touch.is_touched { Touched::Yes } else { Touched::No })
}

/// The next press of this key is none of the person's.
pub fn leave_out(wire: &mut Wire, key: Keycode) {
    if let Some(touch) = wire.touch.as_mut().filter(|touch| !touch.is_touched) {
        touch.ours.push_back(key);
    }
}

/// What the server tells of keys and buttons.
pub fn take(wire: &mut Wire, event: &Event) -> Result<(), Problem> {
    let Some(mut touch) = wire.touch.take_if(|touch| !touch.is_touched) else { return Ok(()) };
    let changes = match event {
        Event::XinputRawKeyPress(press) => touch.presses(wire, press.detail)?,
        Event::XinputRawKeyRelease(release) => {
            touch.down.retain(|key| u32::from(*key) != release.detail);
            false
        }
        Event::XinputFocusIn(change) if touch.is_moved_by(change) => {
            touch.has_keyboard = true;
            false
        }
        Event::XinputFocusOut(change) if touch.is_moved_by(change) => {
            // To a window inside of it.
            touch.has_keyboard = change.detail == NotifyDetail::INFERIOR;
            false
        }
        Event::XinputRawButtonPress(press) if BUTTONS.contains(&press.detail) => is_inside(wire, touch.window)?,
        _ => false,
    };
    if changes || touch.elsewhere > ELSEWHERE {
        touch.is_touched = true;
        listen_no_more(wire, touch.window)?;
    }
    wire.touch = Some(touch);
    Ok(())
}

impl Touch {
    /// Whether the keyboard comes or goes. While somebody has grabbed it, as the desktop does for its shortcuts, it stays where it is.
    fn is_moved_by(&self, change: &FocusInEvent) -> bool {
        change.event == self.window && matches!(change.mode, NotifyMode::NORMAL | NotifyMode::WHILE_GRABBED)
    }

    /// Whether that changes something. Shortcuts count as well, since many do: they paste, cut, undo, remove words. Those that never
    /// reach a window, such as hob's own and the desktop's, do not.
    fn presses(&mut self, wire: &Wire, key: u32) -> Result<bool, Problem> {
        let Ok(key) = Keycode::try_from(key) else { return Ok(false) };
        if let Some(index) = self.ours.iter().position(|ours| *ours == key) {
            self.ours.drain(..=index);
            return Ok(false);
        }
        if self.modifiers.contains_key(&key) {
            self.down.insert(key);
            return Ok(false);
        }
        if !self.has_keyboard {
            self.elsewhere += 1;
            return Ok(false);
        }
        let symbols = wire.server.get_keyboard_mapping(key, 1)?.reply()?;
        let Some(symbol) = symbols.keysyms.first().copied().filter(|symbol| edits(*symbol)) else { return Ok(false) };
        let held = self.down.iter().filter_map(|key| self.modifiers.get(key)).fold(0, |all, bit| all | bit);
        // Nobody takes plain letters from windows.
        Ok(!((held != 0 || symbol >= FIRST_WITHOUT_TEXT) && is_grabbed(wire, key, held)?))
    }
}

const FIRST_WITHOUT_TEXT: u32 = 0xff00;

/// Whether a key with this on it changes a text, or moves the cursor in it.
fn edits(symbol: u32) -> bool {
    match symbol {
        // Cut and paste of large keyboards.
        0x1008_ff58 | 0x1008_ff6d => true,
        // Nothing; keys that only change others; those of players, screens and the like.
        0 | 0xfe00..=0xfe4f | 0xffe1..=0xffee | 0x1008_0000..=0x1008_ffff => false,
        // Without a text: BackSpace, Tab, Clear, Return; Home to End; Insert, Undo, Redo; the number pad; Delete.
        FIRST_WITHOUT_TEXT..=0xffff => matches!(
            symbol,
            0xff08 | 0xff09 | 0xff0b | 0xff0d | 0xff50..=0xff57 | 0xff63 | 0xff65 | 0xff66 | 0xff80..=0xffb9 | 0xffff
        ),
        _ => true,
    }
}

/// Whether another program takes this key from all windows: two cannot have it, so who asks is told. It is given back at once.
fn is_grabbed(wire: &Wire, key: Keycode, held: u16) -> Result<bool, Problem> {
    let (held, mode) = (ModMask::from(held), GrabMode::ASYNC);
    let grab = wire.server.grab_key(false, wire.root, held, key, mode, mode)?;
    wire.server.ungrab_key(key, wire.root, held)?;
    match grab.check() {
        Ok(()) => Ok(false),
        Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Access => Ok(true),
        Err(error) => Err(error.into()),
    }
}

fn is_inside(wire: &Wire, window: Window) -> Result<bool, Problem> {
    let (pointer, area) = (wire.server.query_pointer(window)?, wire.server.get_geometry(window)?);
    // It may be gone by now.
    let (Ok(pointer), Ok(area)) = (pointer.reply(), area.reply()) else { return Ok(false) };
    let within = |at: i16, size: u16| (0..i32::from(size)).contains(&i32::from(at));
    Ok(within(pointer.win_x, area.width) && within(pointer.win_y, area.height))
}

fn listen(wire: &Wire, window: Window, events: XIEventMask) -> Result<(), Problem> {
    let masks = [EventMask { deviceid: Device::ALL_MASTER.into(), mask: vec![events] }];
    wire.server.xinput_xi_select_events(window, &masks)?.check()?;
    Ok(())
}

fn listen_no_more(wire: &Wire, window: Window) -> Result<(), Problem> {
    let nothing = XIEventMask::from(0u32);
    // It may be gone.
    match listen(wire, window, nothing) {
        Ok(()) | Err(Problem::Refused(_)) => listen(wire, wire.root, nothing),
        Err(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_change_nothing_are_told_apart() {
        for symbol in [0x61, 0x20, 0xe9, 0x0100_6f22, 0xff08, 0xff0d, 0xff51, 0xff65, 0xffb1, 0xffff, 0x1008_ff6d] {
            assert!(edits(symbol), "{symbol:#x}");
        }
        // Nothing, Escape, F9, Shift, AltGr, the volume.
        for symbol in [0, 0xff1b, 0xffc6, 0xffe1, 0xfe03, 0x1008_ff13] {
            assert!(!edits(symbol), "{symbol:#x}");
        }
    }
}
