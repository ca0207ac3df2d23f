//! Keys that nobody uses, with characters on them that the layout lacks, and empty again once the window has surely seen them.
//!
//! Programs learn of a changed key from an event that comes before the presses of it, and then ask for the keyboard as it is by that time.
//! So a key must not change again before its presses were seen. A window that answers pings tells when that is; others get time.

use std::time::{Duration, Instant};

use x11rb::protocol::Event;
use x11rb::protocol::xkb::{ConnectionExt as _, GetMapReply};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt as _, EventMask, Keycode, PropMode,
    Window,
};
use x11rb::wrapper::ConnectionExt as _;

use super::keyboard;
use super::problem::Problem;
use super::wire::Wire;

/// A window that answers pings does so in this time, or is too busy to wait for.
const PONG: Duration = Duration::from_secs(2);

/// What a window needs to see its keys, if it does not answer pings.
const UNSEEN: Duration = Duration::from_millis(400);

/// The keys that have something of ours on them, with it.
#[derive(Debug, Default)]
pub struct Borrowed(Vec<(Keycode, u32)>);

impl Borrowed {
    pub fn keys(&self) -> Vec<Keycode> {
        self.0.iter().map(|(key, _)| *key).collect()
    }

    /// Whoever changes the layout puts everything on all keys anew.
    pub fn forget_what_is_gone(&mut self, map: &GetMapReply) {
        let keys: Vec<_> = (map.first_key_sym..=u8::MAX).zip(map.map.syms_rtrn.iter().flatten()).collect();
        self.0.retain(|(key, symbol)| keys.iter().any(|(other, on_it)| other == key && on_it.syms.contains(symbol)));
    }
}

/// Makes the server speak of keyboards, and takes back what a hob that was killed has left on keys.
pub fn prepare(wire: &mut Wire) -> Result<(), Problem> {
    if keyboard::is_there(wire).is_err() {
        return Ok(());
    }
    wire.server.xkb_use_extension(1, 0)?.reply()?;
    let left = wire.numbers(wire.root, wire.atoms.HOB_BORROWED_KEYS)?;
    let pairs = left.chunks_exact(2).filter_map(|pair| Some((Keycode::try_from(pair[0]).ok()?, pair[1])));
    wire.borrowed = Borrowed(pairs.collect());
    empty(wire)
}

/// Puts symbols on keys, after what is on them was seen.
pub fn borrow(wire: &mut Wire, wanted: &[(Keycode, u32)], window: Option<Window>) -> Result<(), Problem> {
    let fresh: Vec<_> = wanted.iter().filter(|lent| !wire.borrowed.0.contains(lent)).copied().collect();
    let changes = fresh.iter().any(|(key, _)| wire.borrowed.0.iter().any(|(borrowed, _)| borrowed == key));
    if changes {
        settle(wire, window)?;
    }
    for (key, symbol) in fresh {
        wire.borrowed.0.retain(|(borrowed, _)| *borrowed != key);
        wire.borrowed.0.push((key, symbol));
        note(wire)?;
        // The same with Shift, so that it does not matter whether that is held.
        wire.server.change_keyboard_mapping(1, key, 2, &[symbol, symbol])?;
    }
    Ok(())
}

/// Takes everything off the borrowed keys.
pub fn give_back(wire: &mut Wire, window: Option<Window>) -> Result<(), Problem> {
    settle(wire, window)?;
    empty(wire)
}

/// But for keys on which a new layout has put something of its own.
fn empty(wire: &mut Wire) -> Result<(), Problem> {
    if !wire.borrowed.0.is_empty() {
        let map = keyboard::map(wire)?;
        wire.borrowed.forget_what_is_gone(&map);
    }
    for (key, _) in std::mem::take(&mut wire.borrowed.0) {
        wire.server.change_keyboard_mapping(1, key, 1, &[x11rb::NONE])?;
    }
    wire.server.delete_property(wire.root, wire.atoms.HOB_BORROWED_KEYS)?;
    wire.sync()
}

/// Tells the hob that comes after us which keys are ours, each with what is on it.
fn note(wire: &Wire) -> Result<(), Problem> {
    let keys: Vec<u32> = wire.borrowed.0.iter().flat_map(|(key, symbol)| [u32::from(*key), *symbol]).collect();
    let (root, property) = (wire.root, wire.atoms.HOB_BORROWED_KEYS);
    wire.server.change_property32(PropMode::REPLACE, root, property, AtomEnum::CARDINAL, &keys)?;
    Ok(())
}

/// Waits until the window has taken in all keys so far: a ping stands in the same queue.
fn settle(wire: &mut Wire, window: Option<Window>) -> Result<(), Problem> {
    let (protocols, ping): (Atom, Atom) = (wire.atoms.WM_PROTOCOLS, wire.atoms.NET_WM_PING);
    let answers = |window: &Window| wire.numbers(*window, protocols).is_ok_and(|protocols| protocols.contains(&ping));
    let Some(window) = window.filter(answers) else { return wire.rest(UNSEEN) };
    watch_root(wire, EventMask::SUBSTRUCTURE_NOTIFY)?;
    let time = wire.time()?;
    let message = ClientMessageEvent::new(32, window, protocols, [ping, time, window, 0, 0]);
    wire.server.send_event(false, window, EventMask::NO_EVENT, message)?;
    let answered = wire.pump(Instant::now() + PONG, |_, event| match event {
        Event::ClientMessage(answer) => {
            let data = answer.data.as_data32();
            (answer.type_ == protocols && data[..3] == [ping, time, window]).then_some(())
        }
        _ => None,
    })?;
    watch_root(wire, EventMask::NO_EVENT)?;
    if answered.is_none() {
        tracing::debug!("the window does not answer");
    }
    wire.sync()
}

/// A window sends its answers to pings there.
fn watch_root(wire: &Wire, events: EventMask) -> Result<(), Problem> {
    wire.server.change_window_attributes(wire.root, &ChangeWindowAttributesAux::new().event_mask(events))?;
    Ok(())
}
