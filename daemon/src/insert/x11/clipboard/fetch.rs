//! Fetches from clipboards what other programs have put there, also in pieces, and never waits for ever.

use std::time::{Duration, Instant};

use x11rb::protocol::Event;
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, Property};

use super::content::{self, Content, Item};
use crate::insert::x11::problem::Problem;
use crate::insert::x11::wire::Wire;

/// Whoever owns the clipboard has so long to hand over all of it.
const HAND_OVER: Duration = Duration::from_secs(2);

/// More than this is not kept: it would be the memory of a picture of 16 million pixels.
const LARGEST: usize = 64 << 20;

/// In how many formats something is kept; some programs offer every one they can convert to.
const FORMATS: usize = 64;

/// Everything that is there, in all formats, but for those that its owner does not give. What is too slow or too large cannot be kept.
pub fn all(wire: &mut Wire, selection: Atom) -> Result<Content, Problem> {
    let deadline = Instant::now() + HAND_OVER;
    let targets = one(wire, selection, wire.atoms.TARGETS, deadline)?.ok_or_else(refused)?;
    let targets =
        targets.bytes.chunks_exact(4).map(|four| u32::from_ne_bytes(four.try_into().expect("these are four")));
    let mut targets: Vec<Atom> = targets.filter(|target| !content::is_beside(&wire.atoms, *target)).collect();
    // What people copy most comes first, should there be no time for all.
    let texts = content::text_targets(&wire.atoms);
    targets.sort_by_key(|target| !texts.contains(target));
    targets.truncate(FORMATS);
    let mut content = Content::new();
    for target in &targets {
        let size: usize = content.iter().map(|item: &Item| item.bytes.len()).sum();
        let item = one(wire, selection, *target, deadline)?;
        if size > LARGEST || (item.is_none() && Instant::now() >= deadline) {
            return Err(refused());
        }
        content.extend(item);
    }
    if content.is_empty() && !targets.is_empty() { Err(refused()) } else { Ok(content) }
}

fn refused() -> Problem {
    Problem::Refused("what is on the clipboard is too slow or too large to be kept".to_owned())
}

/// The text that is there.
pub fn text(wire: &mut Wire, selection: Atom) -> Result<Option<String>, Problem> {
    let deadline = Instant::now() + HAND_OVER;
    for target in content::text_targets(&wire.atoms) {
        if let Some(item) = one(wire, selection, target, deadline)? {
            return Ok(Some(content::decoded(&item)));
        }
    }
    Ok(None)
}

/// One format; `None` if it is not offered, or does not come in time.
fn one(wire: &mut Wire, selection: Atom, target: Atom, deadline: Instant) -> Result<Option<Item>, Problem> {
    let (window, property) = (wire.window, wire.atoms.HOB_RECEIVED);
    wire.server.delete_property(window, property)?;
    let time = wire.time()?;
    wire.server.convert_selection(window, selection, target, property, time)?;
    let answer = wire.pump(deadline, |_, event| match event {
        Event::SelectionNotify(answer) => {
            let is_it = answer.selection == selection && answer.target == target && answer.time == time;
            is_it.then_some(answer.property)
        }
        _ => None,
    })?;
    if answer.is_none_or(|property| property == x11rb::NONE) {
        return Ok(None);
    }
    let (kind, bits, bytes) = received(wire)?;
    if bits == 0 {
        return Ok(None);
    }
    if kind != wire.atoms.INCR {
        return Ok(Some(Item { target, kind, bits, bytes }));
    }
    in_pieces(wire, target, deadline)
}

/// Each piece comes after the one before was taken; an empty one is the end.
fn in_pieces(wire: &mut Wire, target: Atom, deadline: Instant) -> Result<Option<Item>, Problem> {
    let (window, property) = (wire.window, wire.atoms.HOB_RECEIVED);
    let mut whole: Option<Item> = None;
    loop {
        let came = wire.pump(deadline, |_, event| match event {
            Event::PropertyNotify(change) => {
                let is_it = change.window == window && change.atom == property && change.state == Property::NEW_VALUE;
                is_it.then_some(())
            }
            _ => None,
        })?;
        if came.is_none() {
            return Ok(None);
        }
        let (kind, bits, bytes) = received(wire)?;
        if bytes.is_empty() {
            return Ok(whole);
        }
        let whole = whole.get_or_insert(Item { target, kind, bits, bytes: Vec::new() });
        whole.bytes.extend_from_slice(&bytes);
        if whole.bytes.len() > LARGEST {
            return Err(refused());
        }
    }
}

/// What lies in our property, which is then gone.
fn received(wire: &Wire) -> Result<(Atom, u8, Vec<u8>), Problem> {
    let whole = u32::MAX / 4;
    let reply =
        wire.server.get_property(true, wire.window, wire.atoms.HOB_RECEIVED, AtomEnum::ANY, 0, whole)?.reply()?;
    Ok((reply.type_, reply.format, reply.value))
}
