//! The clipboard and what was selected last, without a window of our own (`data_control.rs`): reads both, puts texts there, serves
//! them to whoever pastes (`serve`), and puts back what was there before in all its formats (`fetch`). Never touches what is selected.
//!
//! The compositor is asked for its clipboard only while something is done with it, or while what lies there is ours.

mod fetch;
mod offered;
mod reader;
mod serve;

use std::sync::Arc;
use std::time::{Duration, Instant};

use wayland_client::backend::ObjectId;

use super::data_control::{Device, Manager};
use super::keyboard;
use super::keymap::{Held, Stroke, code};
use super::problem::Problem;
use super::wire::Wire;
use crate::insert::backend::Steps;
use offered::Ours;
pub use offered::{Offered, Told};
use reader::Pasting;

/// Formats of plain text, the best first. Programs behind Xwayland know the last three.
const TEXT: [&str; 5] = ["text/plain;charset=utf-8", "text/plain", "UTF8_STRING", "STRING", "TEXT"];

/// Keepers of clipboard histories leave out what is marked so; a text on its way through the clipboard is none to keep.
const PASSING: (&str, &[u8]) = ("x-kde-passwordManagerHint", b"secret");

/// A window that pastes asks for the text so soon.
const FETCH: Duration = Duration::from_millis(1500);

/// A window tells so soon of what is selected by keys.
const SELECTS: Duration = Duration::from_millis(1500);

/// Everything on a clipboard: formats, each with its bytes. Without `Debug`: it is the user's.
pub type Content = Vec<(String, Vec<u8>)>;

/// Our hold on the clipboard.
#[derive(Default)]
pub struct Tray {
    device: Option<(Manager, Device)>,
    /// What is to come back after a paste.
    former: Option<Arc<Content>>,
}

/// The protocol that is offered.
pub fn protocol(wire: &mut Wire) -> Result<&'static str, Problem> {
    Manager::bind(wire).map(|manager| manager.name())
}

/// Puts a text there to stay.
pub fn copy(wire: &mut Wire, text: &str) -> Result<(), Problem> {
    open(wire)?;
    wire.clipboard.former = None;
    put(wire, Some(Arc::new(as_content(text))))
}

/// Puts a text there that is only passing through, between [`keep_former`] and [`restore`] if what was there is to come back. The process
/// is the one that is told to paste it. Gives how often it has been asked for already.
pub fn offer(wire: &mut Wire, text: &str, process: Option<u32>) -> Result<u32, Problem> {
    open(wire)?;
    let mut content = as_content(text);
    content.push((PASSING.0.to_owned(), PASSING.1.to_vec()));
    let compositor = wire.compositor_pid();
    let pasting = process.map(|window| Pasting { window, compositor });
    put_for(wire, Some(Arc::new(content)), pasting)?;
    Ok(fetches(wire))
}

/// Waits until the window, or somebody of whom nothing is known, asks for the text of [`offer`] once more; false if nobody does.
pub fn wait_for_fetch(wire: &mut Wire, before: u32) -> Result<bool, Problem> {
    wire.pump(Instant::now() + FETCH, |state| state.clipboard.ours.as_ref().is_some_and(|ours| ours.fetches != before))
}

/// When the text of [`offer`] was asked for the last time.
pub fn last_fetched(wire: &Wire) -> Option<Instant> {
    wire.state.clipboard.ours.as_ref().and_then(|ours| ours.fetched_at)
}

/// Puts back what was there before [`offer`], unless somebody has copied something else since.
pub fn restore(wire: &mut Wire) -> Result<(), Problem> {
    let Some(former) = wire.clipboard.former.take() else { return Ok(()) };
    let ours = wire.state.clipboard.ours.as_ref().is_some_and(|ours| !ours.replaced);
    if ours { put(wire, (!former.is_empty()).then_some(former)) } else { Ok(()) }
}

/// The text of the clipboard gets there by a key that copies: nothing says which text is selected. The former content comes back.
pub fn read_by_key(wire: &mut Wire, key: Stroke, patience: Duration) -> Result<Option<String>, Problem> {
    keep_former(wire)?;
    let before = wire.state.clipboard.clipboard_changes;
    keyboard::press(wire, key)?;
    let copied = wire.pump(Instant::now() + patience, |state| state.clipboard.clipboard_changes != before)?;
    if !copied {
        wire.clipboard.former = None;
        close_if_idle(wire);
        return Ok(None);
    }
    let offer = wire.state.clipboard.clipboard.clone();
    let text = read_text(wire, offer.as_ref());
    let former = wire.clipboard.former.take();
    put(wire, former.filter(|former| !former.is_empty()))?;
    text
}

/// The text that somebody has copied.
pub fn text(wire: &mut Wire) -> Result<Option<String>, Problem> {
    open(wire)?;
    let offer = wire.state.clipboard.clipboard.clone();
    let text = read_text(wire, offer.as_ref());
    close_if_idle(wire);
    text
}

/// The text that is selected.
pub fn primary(wire: &mut Wire) -> Result<Told<String>, Problem> {
    open(wire)?;
    let text = match wire.state.clipboard.primary.clone() {
        Told::Nothing => Ok(Told::Nothing),
        Told::IsNone => Ok(Told::IsNone),
        Told::Is(offer) => read_text(wire, Some(&offer)).map(|text| text.map_or(Told::IsNone, Told::Is)),
    };
    close_if_idle(wire);
    text
}

/// What is selected after its beginning was moved by keys; `None` if nobody tells. Waits until it is what is likely, or for a while.
pub fn primary_by_keys(wire: &mut Wire, steps: Steps, likely: &str) -> Result<Option<String>, Problem> {
    open(wire)?;
    let selected = follow_primary(wire, steps, likely);
    close_if_idle(wire);
    selected
}

fn follow_primary(wire: &mut Wire, steps: Steps, likely: &str) -> Result<Option<String>, Problem> {
    let mut seen = wire.state.clipboard.primary_changes;
    if wire.state.clipboard.primary == Told::Nothing {
        return Ok(None);
    }
    let (key, times) = match steps {
        Steps::Left(times) => (code::LEFT, times),
        Steps::Right(times) => (code::RIGHT, times),
    };
    keyboard::press_often(wire, Stroke { key, held: Held::SHIFT }, times)?;
    let deadline = Instant::now() + SELECTS;
    loop {
        // Not every program tells of each step, so what it has is asked for once more at the end.
        let is_last = !wire.pump(deadline, |state| state.clipboard.primary_changes != seen)?;
        seen = wire.state.clipboard.primary_changes;
        let selected = match wire.state.clipboard.primary.clone() {
            Told::Is(offer) => read_text(wire, Some(&offer))?,
            Told::IsNone | Told::Nothing => None,
        };
        if is_last || selected.as_deref() == Some(likely) {
            // Something was selected by our keys, even if nobody has told of it.
            return Ok(Some(selected.unwrap_or_default()));
        }
    }
}

/// Lets go of the clipboard when what lies there is not ours any more.
pub fn forget_what_is_gone(wire: &mut Wire) {
    let Some(ours) = &wire.state.clipboard.ours else { return };
    if ours.replaced || wire.state.clipboard.finished {
        ours.source.destroy();
        wire.state.clipboard.ours = None;
        close_if_idle(wire);
    }
}

/// Has the compositor tell what is on the clipboard.
fn open(wire: &mut Wire) -> Result<(), Problem> {
    if wire.state.clipboard.finished {
        close(wire);
    }
    if wire.clipboard.device.is_none() {
        let manager = Manager::bind(wire)?;
        let device = manager.device(wire.seat(), &wire.handle());
        wire.clipboard.device = Some((manager, device));
    }
    wire.sync()
}

fn close_if_idle(wire: &mut Wire) {
    if wire.state.clipboard.ours.is_none() && wire.clipboard.former.is_none() {
        close(wire);
    }
}

fn close(wire: &mut Wire) {
    if let Some((_, device)) = wire.clipboard.device.take() {
        device.destroy();
    }
    let offered = std::mem::take(&mut wire.state.clipboard);
    offered.introduced.iter().for_each(|(offer, _)| offer.destroy());
    wire.state.clipboard.ours = offered.ours;
}

/// Reads everything that is there, for [`restore`].
pub fn keep_former(wire: &mut Wire) -> Result<(), Problem> {
    open(wire)?;
    let ours = wire.state.clipboard.ours.as_ref().filter(|ours| !ours.replaced).map(|ours| ours.content.clone());
    match (&wire.clipboard.former, ours) {
        // A paste that came so soon after another that the former content is not back yet.
        (Some(_), Some(_)) => {}
        (None, Some(content)) => wire.clipboard.former = Some(content),
        (_, None) => {
            let offer = wire.state.clipboard.clipboard.clone();
            let formats = offer.as_ref().map(|offer| wire.state.clipboard.formats(offer)).unwrap_or_default();
            let content = fetch::read(wire, offer.as_ref(), &formats);
            if content.is_err() {
                close_if_idle(wire);
            }
            let content = content?;
            if content.is_empty() && !formats.is_empty() {
                close_if_idle(wire);
                return Err(Problem::Refused("what is on the clipboard cannot be kept".to_owned()));
            }
            wire.clipboard.former = Some(Arc::new(content));
        }
    }
    Ok(())
}

/// Puts this on the clipboard; `None` empties it.
fn put(wire: &mut Wire, content: Option<Arc<Content>>) -> Result<(), Problem> {
    put_for(wire, content, None)
}

fn put_for(wire: &mut Wire, content: Option<Arc<Content>>, pasting: Option<Pasting>) -> Result<(), Problem> {
    let handle = wire.handle();
    let Some((manager, device)) = &wire.clipboard.device else {
        return Err(Problem::Refused("the clipboard went away".to_owned()));
    };
    let ours = content.map(|content| {
        let source = manager.source(&handle);
        content.iter().for_each(|(format, _)| source.offer(format));
        Ours { source, content, pasting, fetches: 0, fetched_at: None, replaced: false }
    });
    device.set_clipboard(ours.as_ref().map(|ours| &ours.source));
    if let Some(old) = std::mem::replace(&mut wire.state.clipboard.ours, ours) {
        old.source.destroy();
    }
    wire.sync()?;
    close_if_idle(wire);
    Ok(())
}

fn as_content(text: &str) -> Content {
    TEXT.map(|format| (format.to_owned(), text.as_bytes().to_vec())).to_vec()
}

fn fetches(wire: &Wire) -> u32 {
    wire.state.clipboard.ours.as_ref().map_or(0, |ours| ours.fetches)
}

fn read_text(wire: &mut Wire, offer: Option<&ObjectId>) -> Result<Option<String>, Problem> {
    let ours = wire.state.clipboard.ours.as_ref().filter(|ours| !ours.replaced);
    let formats = offer.map(|offer| wire.state.clipboard.formats(offer)).unwrap_or_default();
    let Some(best) = TEXT.iter().find(|text| formats.iter().any(|format| format == *text)) else { return Ok(None) };
    if let (Some(ours), true) = (ours, offer == wire.state.clipboard.clipboard.as_ref()) {
        let own = ours.content.iter().find(|(format, _)| format == best);
        return Ok(own.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()));
    }
    let mut content = fetch::read(wire, offer, &[(*best).to_owned()])?;
    let text = content.pop().map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned());
    Ok(text.filter(|text| !text.is_empty()))
}
