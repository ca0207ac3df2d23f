//! Hands over what we have put on a clipboard, also in pieces, to whoever asks for it.

use std::sync::Arc;
use std::time::Instant;

use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, PropMode, Property, PropertyNotifyEvent,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window,
};
use x11rb::wrapper::ConnectionExt as _;

use super::Which;
use super::content::Content;
use crate::insert::x11::problem::Problem;
use crate::insert::x11::wire::Wire;

/// More goes in pieces of this size: a server takes no more at once from everybody.
const PIECE: usize = 256 << 10;

/// Transfers that nobody goes on with are forgotten when there are so many.
const TRANSFERS: usize = 32;

/// Something large on its way.
pub struct Transfer {
    to: Window,
    property: Atom,
    content: Arc<Content>,
    item: usize,
    sent: usize,
}

/// Whoever asked may be gone by the time of the answer; what the server says to that is of no interest.
pub fn answer(wire: &mut Wire, request: &SelectionRequestEvent) -> Result<(), Problem> {
    // Clients of old name no property, and mean the target.
    let property = if request.property == x11rb::NONE { request.target } else { request.property };
    let which =
        [Which::Clipboard, Which::Primary].into_iter().find(|which| which.atom(&wire.atoms) == request.selection);
    let done = match which {
        Some(which) if request.target == wire.atoms.MULTIPLE => several(wire, which, request.requestor, property)?,
        Some(which) => hand_over(wire, which, request.requestor, request.target, property)?,
        None => false,
    };
    let event = SelectionNotifyEvent {
        response_type: SELECTION_NOTIFY_EVENT,
        sequence: 0,
        time: request.time,
        requestor: request.requestor,
        selection: request.selection,
        target: request.target,
        property: if done { property } else { x11rb::NONE },
    };
    wire.server.send_event(false, request.requestor, EventMask::NO_EVENT, event)?;
    wire.server.flush()?;
    Ok(())
}

/// The next piece, after the one before was taken.
pub fn go_on(wire: &mut Wire, change: &PropertyNotifyEvent) -> Result<(), Problem> {
    if change.state != Property::DELETE {
        return Ok(());
    }
    let is_it = |transfer: &Transfer| transfer.to == change.window && transfer.property == change.atom;
    let Some(index) = wire.clipboard.transfers.iter().position(is_it) else { return Ok(()) };
    let transfer = &mut wire.clipboard.transfers[index];
    let item = &transfer.content[transfer.item];
    let rest = &item.bytes[transfer.sent..];
    let piece = &rest[..rest.len().min(PIECE)];
    transfer.sent += piece.len();
    let length = (piece.len() / usize::from(item.bits / 8)) as u32;
    let (to, property) = (transfer.to, transfer.property);
    wire.server.change_property(PropMode::REPLACE, to, property, item.kind, item.bits, length, piece)?;
    // The empty one is the end.
    if piece.is_empty() {
        wire.clipboard.transfers.swap_remove(index);
        if wire.clipboard.transfers.iter().all(|transfer| transfer.to != to) {
            watch(wire, to, EventMask::NO_EVENT)?;
        }
    }
    wire.server.flush()?;
    Ok(())
}

/// Several formats at once, of which a list names each with its property; those that cannot be had are struck from it.
fn several(wire: &mut Wire, which: Which, to: Window, list: Atom) -> Result<bool, Problem> {
    let Ok(mut pairs) = wire.numbers(to, list) else { return Ok(false) };
    for pair in pairs.chunks_exact_mut(2) {
        if !hand_over(wire, which, to, pair[0], pair[1])? {
            pair[1] = x11rb::NONE;
        }
    }
    wire.server.change_property32(PropMode::REPLACE, to, list, wire.atoms.ATOM_PAIR, &pairs)?;
    Ok(true)
}

/// False if we do not have it.
fn hand_over(wire: &mut Wire, which: Which, to: Window, target: Atom, property: Atom) -> Result<bool, Problem> {
    let atoms = wire.atoms;
    let Some(ours) = &mut wire.clipboard.lot(which).ours else { return Ok(false) };
    let (content, since) = (ours.content.clone(), ours.since);
    ours.asked_by.retain(|(by, _)| *by != to);
    ours.asked_by.push((to, Instant::now()));
    if target == atoms.TARGETS {
        let mut targets = vec![atoms.TARGETS, atoms.MULTIPLE, atoms.TIMESTAMP];
        targets.extend(content.iter().map(|item| item.target));
        wire.server.change_property32(PropMode::REPLACE, to, property, AtomEnum::ATOM, &targets)?;
        return Ok(true);
    }
    if target == atoms.TIMESTAMP {
        wire.server.change_property32(PropMode::REPLACE, to, property, AtomEnum::INTEGER, &[since])?;
        return Ok(true);
    }
    let Some(index) = content.iter().position(|item| item.target == target) else { return Ok(false) };
    // The mark for keepers is no text that somebody pastes.
    if target != atoms.PASSING {
        ours.fetched_by.push(to);
    }
    let item = &content[index];
    let room = wire.server.maximum_request_bytes().saturating_sub(1024).min(PIECE);
    if item.bytes.len() <= room {
        let length = (item.bytes.len() / usize::from(item.bits / 8).max(1)) as u32;
        wire.server.change_property(PropMode::REPLACE, to, property, item.kind, item.bits, length, &item.bytes)?;
        return Ok(true);
    }
    watch(wire, to, EventMask::PROPERTY_CHANGE)?;
    wire.server.change_property32(PropMode::REPLACE, to, property, atoms.INCR, &[item.bytes.len() as u32])?;
    let transfers = &mut wire.clipboard.transfers;
    transfers.retain(|transfer| transfer.to != to || transfer.property != property);
    if transfers.len() == TRANSFERS {
        transfers.remove(0);
    }
    transfers.push(Transfer { to, property, content, item: index, sent: 0 });
    Ok(true)
}

fn watch(wire: &Wire, window: Window, events: EventMask) -> Result<(), Problem> {
    // Our own window is watched in any case.
    if window != wire.window {
        wire.server.change_window_attributes(window, &ChangeWindowAttributesAux::new().event_mask(events))?;
    }
    Ok(())
}
