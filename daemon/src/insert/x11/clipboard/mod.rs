//! The clipboard and what is selected: reads both, puts texts there, and puts back what was there before in all its formats. What is ours
//! is served to whoever asks (`serve`); what is another's is fetched with a limit (`fetch`).

mod content;
mod fetch;
mod serve;

use std::sync::Arc;
use std::time::{Duration, Instant};

use x11rb::protocol::Event;
use x11rb::protocol::xfixes::{ConnectionExt as _, SelectionEventMask};
use x11rb::protocol::xproto::{Atom, ConnectionExt as _, Timestamp, Window};

use xkeysym::Keysym;

use super::layout::modifier;
use super::problem::Problem;
use super::wire::{Atoms, Wire};
use super::{keyboard, windows};
use crate::insert::backend::Steps;
use content::Content;

/// A window that pastes asks for the text so soon.
const FETCH: Duration = Duration::from_millis(1500);

/// A window tells so soon of what is selected by keys.
const SELECTS: Duration = Duration::from_millis(1500);

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Clipboard,
    /// What is selected.
    Primary,
}

impl Which {
    fn atom(self, atoms: &Atoms) -> Atom {
        match self {
            Self::Clipboard => atoms.CLIPBOARD,
            Self::Primary => x11rb::protocol::xproto::AtomEnum::PRIMARY.into(),
        }
    }
}

/// Our hold on both.
#[derive(Default)]
pub struct Tray {
    clipboard: Lot,
    primary: Lot,
    transfers: Vec<serve::Transfer>,
}

#[derive(Default)]
struct Lot {
    ours: Option<Ours>,
    /// What is to come back after a paste.
    former: Option<Former>,
}

/// What we have put there.
struct Ours {
    content: Arc<Content>,
    since: Timestamp,
    /// Who has asked for the text, in order.
    fetched_by: Vec<Window>,
    /// Who has asked for anything, and when for the last time.
    asked_by: Vec<(Window, Instant)>,
}

#[derive(Clone)]
enum Former {
    Nobody,
    Kept(Arc<Content>),
}

impl Tray {
    fn lot(&mut self, which: Which) -> &mut Lot {
        match which {
            Which::Clipboard => &mut self.clipboard,
            Which::Primary => &mut self.primary,
        }
    }
}

/// Puts a text on the clipboard to stay.
pub fn copy(wire: &mut Wire, text: &str) -> Result<(), Problem> {
    wire.clipboard.clipboard.former = None;
    let content = content::of_text(&wire.atoms, text);
    own(wire, Which::Clipboard, Arc::new(content))?;
    hand_over(wire)
}

/// Reads everything that is there, for [`restore`].
pub fn keep_former(wire: &mut Wire, which: Which) -> Result<(), Problem> {
    let lot = wire.clipboard.lot(which);
    match (&lot.former, &lot.ours) {
        // A paste that came so soon after another that the former content is not back yet.
        (Some(_), Some(_)) => {}
        (None, Some(ours)) => lot.former = Some(Former::Kept(ours.content.clone())),
        (_, None) => {
            let former = match owner(wire, which)? {
                None => Former::Nobody,
                Some(_) => Former::Kept(Arc::new(fetch::all(wire, which.atom(&wire.atoms))?)),
            };
            wire.clipboard.lot(which).former = Some(former);
        }
    }
    Ok(())
}

/// Puts a text there that is only passing through, between [`keep_former`] and [`restore`] if what was there is to come back.
pub fn offer(wire: &mut Wire, which: Which, text: &str) -> Result<(), Problem> {
    let content = content::of_passing_text(&wire.atoms, text);
    own(wire, which, Arc::new(content))
}

/// How often the text of [`offer`] has been asked for, by whomever: those who watch the clipboard do before anything is pasted.
pub fn fetches(wire: &Wire) -> [usize; 2] {
    [&wire.clipboard.clipboard, &wire.clipboard.primary]
        .map(|lot| lot.ours.as_ref().map_or(0, |ours| ours.fetched_by.len()))
}

/// Waits until the program of this window asks for the text once more; false if it does not.
pub fn wait_for_fetch(wire: &mut Wire, window: Option<Window>, before: [usize; 2]) -> Result<bool, Problem> {
    let mut seen = before;
    let mut look = |wire: &mut Wire| {
        let lots = [&wire.clipboard.clipboard, &wire.clipboard.primary];
        let fresh = lots.iter().zip(&mut seen).flat_map(|(lot, seen)| {
            let by = lot.ours.as_ref().map(|ours| ours.fetched_by.as_slice()).unwrap_or_default();
            let fresh = by.get(*seen..).unwrap_or_default();
            *seen = by.len();
            fresh
        });
        fresh.copied().any(|by| window.is_none_or(|window| windows::are_of_one_program(wire, by, window)))
    };
    if look(wire) {
        return Ok(true);
    }
    let fetched = wire.pump(Instant::now() + FETCH, |wire, _| look(wire).then_some(()))?;
    Ok(fetched.is_some())
}

/// When the program of this window has asked for anything of what is ours for the last time.
pub fn last_asked(wire: &Wire, window: Window) -> Option<Instant> {
    let lots = [&wire.clipboard.clipboard, &wire.clipboard.primary];
    let asked = lots.into_iter().filter_map(|lot| lot.ours.as_ref()).flat_map(|ours| &ours.asked_by);
    asked.filter(|(by, _)| windows::are_of_one_program(wire, *by, window)).map(|(_, time)| *time).max()
}

/// Puts back what was there before [`offer`], unless somebody has copied something else since.
pub fn restore(wire: &mut Wire, which: Which) -> Result<(), Problem> {
    let lot = wire.clipboard.lot(which);
    let former = lot.former.take();
    match former {
        Some(former) if lot.ours.is_some() => put_back(wire, which, former),
        _ => Ok(()),
    }
}

/// The text that is there.
pub fn text(wire: &mut Wire, which: Which) -> Result<Option<String>, Problem> {
    let text = match &wire.clipboard.lot(which).ours {
        Some(ours) => content::text(&wire.atoms, &ours.content.clone()),
        None => fetch::text(wire, which.atom(&wire.atoms))?,
    };
    Ok(text.filter(|text| !text.is_empty()))
}

/// A window of whoever put there what is there.
pub fn owner(wire: &Wire, which: Which) -> Result<Option<Window>, Problem> {
    let owner = wire.server.get_selection_owner(which.atom(&wire.atoms))?.reply()?.owner;
    Ok((owner != x11rb::NONE).then_some(owner))
}

/// The text of the clipboard gets there by a key that copies. The former content comes back.
pub fn text_by_key(wire: &mut Wire, (symbol, held): (u32, u8), patience: Duration) -> Result<Option<String>, Problem> {
    wire.has("XFIXES")?;
    keep_former(wire, Which::Clipboard)?;
    let (window, selection) = (wire.window, wire.atoms.CLIPBOARD);
    wire.server.xfixes_query_version(5, 0)?.reply()?;
    wire.server.xfixes_select_selection_input(window, selection, SelectionEventMask::SET_SELECTION_OWNER)?;
    let copied = keyboard::press(wire, symbol, held).and_then(|()| {
        wire.pump(Instant::now() + patience, |_, event| match event {
            Event::XfixesSelectionNotify(change) => (change.selection == selection).then_some(()),
            _ => None,
        })
    });
    wire.server.xfixes_select_selection_input(window, selection, SelectionEventMask::from(0u32))?;
    let former = wire.clipboard.clipboard.former.take();
    if copied?.is_none() {
        return Ok(None);
    }
    let text = text(wire, Which::Clipboard);
    if let Some(former) = former {
        put_back(wire, Which::Clipboard, former)?;
    }
    text
}

/// What is selected after its beginning was moved by keys. Waits until it is what is likely, or for a while.
pub fn primary_by_keys(wire: &mut Wire, window: Window, steps: Steps, likely: &str) -> Result<Option<String>, Problem> {
    wire.has("XFIXES")?;
    let (ours, selection) = (wire.window, Which::Primary.atom(&wire.atoms));
    wire.server.xfixes_query_version(5, 0)?.reply()?;
    wire.server.xfixes_select_selection_input(ours, selection, SelectionEventMask::SET_SELECTION_OWNER)?;
    let (key, times) = match steps {
        Steps::Left(times) => (Keysym::Left, times),
        Steps::Right(times) => (Keysym::Right, times),
    };
    let selected = keyboard::press_often(wire, (key.into(), modifier::SHIFT), times, window)
        .and_then(|()| until_selected(wire, window, likely));
    wire.server.xfixes_select_selection_input(ours, selection, SelectionEventMask::from(0u32))?;
    selected
}

fn until_selected(wire: &mut Wire, window: Window, likely: &str) -> Result<Option<String>, Problem> {
    let deadline = Instant::now() + SELECTS;
    loop {
        // Not every program tells of each step, so what it has is asked for once more at the end.
        let is_last = Instant::now() >= deadline;
        let is_its_own = owner(wire, Which::Primary)?.is_some_and(|by| windows::are_of_one_program(wire, window, by));
        let selected = if is_its_own { text(wire, Which::Primary)? } else { None };
        if is_last || selected.as_deref() == Some(likely) {
            return Ok(selected);
        }
        let selection = Which::Primary.atom(&wire.atoms);
        wire.pump(deadline, |_, event| match event {
            Event::XfixesSelectionNotify(change) => (change.selection == selection).then_some(()),
            _ => None,
        })?;
    }
}

/// Answers what others ask of us.
pub fn take(wire: &mut Wire, event: &Event) -> Result<(), Problem> {
    match event {
        Event::SelectionRequest(request) => serve::answer(wire, request),
        Event::PropertyNotify(change) => serve::go_on(wire, change),
        Event::SelectionClear(clear) => {
            for which in [Which::Clipboard, Which::Primary] {
                if which.atom(&wire.atoms) == clear.selection {
                    let lot = wire.clipboard.lot(which);
                    // One that was sent before we took it again counts no more.
                    lot.ours.take_if(|ours| clear.time.wrapping_sub(ours.since) < u32::MAX / 2);
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn put_back(wire: &mut Wire, which: Which, former: Former) -> Result<(), Problem> {
    match former {
        Former::Kept(content) => {
            own(wire, which, content)?;
            if which == Which::Clipboard { hand_over(wire) } else { Ok(()) }
        }
        Former::Nobody => {
            let (selection, time) = (which.atom(&wire.atoms), wire.time()?);
            wire.server.set_selection_owner(x11rb::NONE, selection, time)?;
            wire.clipboard.lot(which).ours = None;
            wire.sync()
        }
    }
}

fn own(wire: &mut Wire, which: Which, content: Arc<Content>) -> Result<(), Problem> {
    let (selection, since) = (which.atom(&wire.atoms), wire.time()?);
    wire.server.set_selection_owner(wire.window, selection, since)?;
    if owner(wire, which)? != Some(wire.window) {
        return Err(Problem::Refused("another program has taken the clipboard".to_owned()));
    }
    wire.clipboard.lot(which).ours = Some(Ours { content, since, fetched_by: Vec::new(), asked_by: Vec::new() });
    Ok(())
}

/// Asks the keeper of the clipboard, if there is one, to keep what is there beyond our end. It comes and fetches it.
fn hand_over(wire: &Wire) -> Result<(), Problem> {
    let Atoms { CLIPBOARD_MANAGER: keeper, SAVE_TARGETS: save, HOB_RECEIVED: property, .. } = wire.atoms;
    if wire.server.get_selection_owner(keeper)?.reply()?.owner != x11rb::NONE {
        wire.server.convert_selection(wire.window, keeper, save, property, x11rb::CURRENT_TIME)?;
        wire.sync()?;
    }
    Ok(())
}
