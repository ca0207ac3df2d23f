//! Whether the person has typed or clicked in a window since a text was put there: taken back blindly, the text would take along what they
//! have added. What they type is looked at only as far as to know that it changes something, and not at all once that is known.

use std::collections::BTreeSet;

use x11rb::protocol::Event;
use x11rb::protocol::xinput::{ConnectionExt as _, Device, EventMask, XIEventMask};
use x11rb::protocol::xproto::{ConnectionExt as _, Keycode, Window};

use super::problem::Problem;
use super::windows;
use super::wire::Wire;

/// Presses in other windows after which nobody takes the text back any more, and hob is to be left in peace.
const ELSEWHERE: usize = 300;
/// Rows of the server's table of modifiers that make shortcuts of keys: Control, Alt and Super.
const SHORTCUTS: [usize; 3] = [2, 3, 6];
/// Buttons that place a cursor.
const BUTTONS: std::ops::RangeInclusive<u32> = 1..=3;

/// What is known of the window.
#[derive(Debug)]
pub struct Touch {
    window: Window,
    is_touched: bool,
    elsewhere: usize,
    /// Keys that make shortcuts of others, and those of them that are down.
    shortcuts: BTreeSet<Keycode>,
    down: BTreeSet<Keycode>,
}

/// From now on, until something has happened there.
pub fn follow(wire: &mut Wire, window: Window) -> Result<(), Problem> {
    wire.has("XInputExtension")?;
    wire.server.xinput_xi_query_version(2, 2)?.reply()?;
    let map = wire.server.get_modifier_mapping()?.reply()?;
    let rows: Vec<_> = map.keycodes.chunks(usize::from(map.keycodes_per_modifier()).max(1)).collect();
    let all = SHORTCUTS.iter().filter_map(|row| rows.get(*row)).flat_map(|row| row.iter().copied());
    let shortcuts: BTreeSet<Keycode> = all.filter(|key| *key != 0).collect();
    let keys = wire.server.query_keymap()?.reply()?.keys;
    let is_down = |key: &Keycode| keys[usize::from(key / 8)] & (1 << (key % 8)) != 0;
    let down = shortcuts.iter().copied().filter(is_down).collect();
    listen(wire, XIEventMask::RAW_KEY_PRESS | XIEventMask::RAW_KEY_RELEASE | XIEventMask::RAW_BUTTON_PRESS)?;
    // What hob itself has pressed until now is none of it.
    while wire.next()?.is_some() {}
    wire.touch = Some(Touch { window, is_touched: false, elsewhere: 0, shortcuts, down });
    Ok(())
}

/// Whether something has happened in this window that may have changed what stands left of its cursor.
pub fn is_touched(wire: &mut Wire, window: Window) -> Result<bool, Problem> {
    wire.sync()?;
    while wire.next()?.is_some() {}
    Ok(wire.touch.as_ref().is_some_and(|touch| touch.window == window && touch.is_touched))
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
        Event::XinputRawButtonPress(press) if BUTTONS.contains(&press.detail) => is_inside(wire, touch.window)?,
        _ => false,
    };
    if changes || touch.elsewhere > ELSEWHERE {
        touch.is_touched = true;
        listen(wire, XIEventMask::from(0u32))?;
    }
    wire.touch = Some(touch);
    Ok(())
}

impl Touch {
    fn presses(&mut self, wire: &Wire, key: u32) -> Result<bool, Problem> {
        let Ok(key) = Keycode::try_from(key) else { return Ok(false) };
        if self.shortcuts.contains(&key) {
            self.down.insert(key);
            return Ok(false);
        }
        if !self.down.is_empty() {
            return Ok(false);
        }
        let symbols = wire.server.get_keyboard_mapping(key, 1)?.reply()?;
        if !symbols.keysyms.first().is_some_and(|symbol| edits(*symbol)) {
            return Ok(false);
        }
        if windows::with_keyboard(wire)? == Some(self.window) {
            return Ok(true);
        }
        self.elsewhere += 1;
        Ok(false)
    }
}

/// Whether a key with this on it changes a text, or moves the cursor in it.
fn edits(symbol: u32) -> bool {
    match symbol {
        // Nothing; keys that only change others; those of players, screens and the like.
        0 | 0xfe00..=0xfe4f | 0xffe1..=0xffee | 0x1008_0000..=0x1008_ffff => false,
        // Without a text: BackSpace, Tab, Return; Home to End; Insert; the number pad; Delete.
        0xff00..=0xffff => {
            matches!(symbol, 0xff08 | 0xff09 | 0xff0d | 0xff50..=0xff57 | 0xff63 | 0xff80..=0xffb9 | 0xffff)
        }
        _ => true,
    }
}

fn is_inside(wire: &Wire, window: Window) -> Result<bool, Problem> {
    let (pointer, area) = (wire.server.query_pointer(window)?, wire.server.get_geometry(window)?);
    // It may be gone by now.
    let (Ok(pointer), Ok(area)) = (pointer.reply(), area.reply()) else { return Ok(false) };
    let within = |at: i16, size: u16| (0..i32::from(size)).contains(&i32::from(at));
    Ok(within(pointer.win_x, area.width) && within(pointer.win_y, area.height))
}

fn listen(wire: &Wire, events: XIEventMask) -> Result<(), Problem> {
    let masks = [EventMask { deviceid: Device::ALL_MASTER.into(), mask: vec![events] }];
    wire.server.xinput_xi_select_events(wire.root, &masks)?.check()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_change_nothing_are_told_apart() {
        for symbol in [0x61, 0x20, 0xe9, 0x0100_6f22, 0xff08, 0xff0d, 0xff51, 0xffb1, 0xffff] {
            assert!(edits(symbol), "{symbol:#x}");
        }
        // Nothing, Escape, F9, Shift, AltGr, the volume.
        for symbol in [0, 0xff1b, 0xffc6, 0xffe1, 0xfe03, 0x1008_ff13] {
            assert!(!edits(symbol), "{symbol:#x}");
        }
    }
}
