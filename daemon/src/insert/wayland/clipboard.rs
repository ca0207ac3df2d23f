//! The clipboard and what was selected last, without a window of our own (`data_control.rs`): reads both, puts texts there, serves
//! them to whoever pastes, and puts back what was there before in all its formats. Never touches what is selected.
//!
//! The compositor is asked for its clipboard only while something is done with it, or while what lies there is ours.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pipe::{PipeFlags, pipe_with};
use wayland_client::backend::ObjectId;

use super::data_control::{Device, Manager, News, Offer, Source};
use super::keyboard;
use super::keymap::Stroke;
use super::problem::Problem;
use super::wire::Wire;

/// Formats of plain text, the best first. Programs behind Xwayland know the last three.
const TEXT: [&str; 5] = ["text/plain;charset=utf-8", "text/plain", "UTF8_STRING", "STRING", "TEXT"];

/// Keepers of clipboard histories leave out what is marked so; a text on its way through the clipboard is none to keep.
const PASSING: (&str, &[u8]) = ("x-kde-passwordManagerHint", b"secret");

/// Whoever owns the clipboard has so long to hand over all of it.
const HAND_OVER: Duration = Duration::from_secs(2);

/// More than this is not kept: it would be the memory of a picture of 16 million pixels.
const LARGEST: usize = 64 << 20;

/// A window that pastes asks for the text so soon.
const FETCH: Duration = Duration::from_millis(1500);

/// Everything on a clipboard: formats, each with its bytes. Without `Debug`: it is the user's.
pub type Content = Vec<(String, Vec<u8>)>;

/// Our hold on the clipboard.
#[derive(Default)]
pub struct Tray {
    device: Option<(Manager, Device)>,
    /// What is to come back after a paste.
    former: Option<Arc<Content>>,
}

/// What the compositor says of it.
#[derive(Default)]
pub struct Offered {
    introduced: Vec<(Offer, Vec<String>)>,
    clipboard: Option<ObjectId>,
    primary: Told<ObjectId>,
    ours: Option<Ours>,
    finished: bool,
    clipboard_changes: u32,
}

/// What is selected; not every compositor tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Told<T> {
    #[default]
    Nothing,
    IsNone,
    Is(T),
}

/// What we have put there.
struct Ours {
    source: Source,
    content: Arc<Content>,
    fetches: u32,
    replaced: bool,
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

/// Puts a text there that is only passing through, between [`keep_former`] and [`restore`] if what was there is to come back. Gives how
/// often it has been asked for already.
pub fn offer(wire: &mut Wire, text: &str) -> Result<u32, Problem> {
    open(wire)?;
    let mut content = as_content(text);
    content.push((PASSING.0.to_owned(), PASSING.1.to_vec()));
    put(wire, Some(Arc::new(content)))?;
    Ok(fetches(wire))
}

/// Waits until somebody asks for the text of [`offer`] once more; false if nobody does.
pub fn wait_for_fetch(wire: &mut Wire, before: u32) -> Result<bool, Problem> {
    wire.pump(Instant::now() + FETCH, |state| state.clipboard.ours.as_ref().is_some_and(|ours| ours.fetches != before))
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
            let content = read(wire, offer.as_ref(), &formats);
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
    let handle = wire.handle();
    let Some((manager, device)) = &wire.clipboard.device else {
        return Err(Problem::Refused("the clipboard went away".to_owned()));
    };
    let ours = content.map(|content| {
        let source = manager.source(&handle);
        content.iter().for_each(|(format, _)| source.offer(format));
        Ours { source, content, fetches: 0, replaced: false }
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
    let mut content = read(wire, offer, &[(*best).to_owned()])?;
    let text = content.pop().map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned());
    Ok(text.filter(|text| !text.is_empty()))
}

/// Asks the owner for these formats, all at once. What is too slow or too large cannot be kept.
fn read(wire: &mut Wire, offer: Option<&ObjectId>, formats: &[String]) -> Result<Content, Problem> {
    let Some(offer) = offer.and_then(|id| wire.state.clipboard.offer(id)).cloned() else { return Ok(Vec::new()) };
    let mut coming = Vec::new();
    for format in formats {
        let (from, into) = pipe_with(PipeFlags::CLOEXEC).map_err(Problem::system("no pipe to read the clipboard"))?;
        rustix::io::ioctl_fionbio(&from, true).map_err(Problem::system("no pipe to read the clipboard"))?;
        offer.receive(format, into.as_fd());
        coming.push(Coming { format: format.clone(), from, bytes: Vec::new(), done: false });
    }
    // What is sent to the compositor has left by then, and our ends for writing are closed.
    wire.sync()?;
    let deadline = Instant::now() + HAND_OVER;
    while coming.iter().any(|coming| !coming.done) {
        let left = deadline.saturating_duration_since(Instant::now());
        let total: usize = coming.iter().map(|coming| coming.bytes.len()).sum();
        if left.is_zero() || total > LARGEST {
            return Err(Problem::Refused("what is on the clipboard is too slow or too large to be kept".to_owned()));
        }
        wait_for_any(&coming, left)?;
        coming.iter_mut().filter(|coming| !coming.done).for_each(Coming::read_on);
    }
    let done = coming.into_iter().filter(|coming| coming.done && !coming.bytes.is_empty());
    Ok(done.map(|coming| (coming.format, coming.bytes)).collect())
}

/// One format on its way to us.
struct Coming {
    format: String,
    from: OwnedFd,
    bytes: Vec<u8>,
    done: bool,
}

impl Coming {
    fn read_on(&mut self) {
        let mut chunk = [0; 1 << 14];
        match rustix::io::read(&self.from, &mut chunk) {
            Ok(0) => self.done = true,
            Ok(count) => self.bytes.extend_from_slice(&chunk[..count]),
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
            Err(_) => {
                self.bytes.clear();
                self.done = true;
            }
        }
    }
}

fn wait_for_any(coming: &[Coming], limit: Duration) -> Result<(), Problem> {
    let waiting = coming.iter().filter(|coming| !coming.done);
    let mut fds: Vec<_> = waiting.map(|coming| PollFd::new(&coming.from, PollFlags::IN)).collect();
    match poll(&mut fds, Timespec::try_from(limit).ok().as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(errno) => Err(Problem::System { what: "cannot wait for the clipboard", source: errno.into() }),
    }
}

impl Offered {
    pub fn take_in(&mut self, news: News) {
        match news {
            News::Introduced(offer) => self.introduced.push((offer, Vec::new())),
            News::Format { offer, format } => {
                if let Some((_, formats)) = self.introduced.iter_mut().find(|(known, _)| known.id() == offer) {
                    formats.push(format);
                }
            }
            News::Clipboard(offer) => {
                self.clipboard = offer;
                self.clipboard_changes = self.clipboard_changes.wrapping_add(1);
                self.drop_stale();
            }
            News::Primary(offer) => {
                self.primary = offer.map_or(Told::IsNone, Told::Is);
                self.drop_stale();
            }
            News::Wanted { source, format, by } => {
                let ours = self.ours.as_mut().filter(|ours| ours.source.id() == source);
                if let Some(ours) = ours {
                    // The mark for keepers is no text that somebody pastes.
                    ours.fetches += u32::from(format != PASSING.0);
                    serve(&ours.content, &format, by);
                }
            }
            News::Replaced { source } => {
                let ours = self.ours.as_mut().filter(|ours| ours.source.id() == source);
                if let Some(ours) = ours {
                    ours.replaced = true;
                }
            }
            News::Finished => self.finished = true,
        }
    }

    fn offer(&self, id: &ObjectId) -> Option<&Offer> {
        self.introduced.iter().map(|(offer, _)| offer).find(|offer| offer.id() == *id)
    }

    /// Without what X programs ask each other beside it.
    fn formats(&self, id: &ObjectId) -> Vec<String> {
        const BESIDE: [&str; 5] = ["TARGETS", "MULTIPLE", "TIMESTAMP", "SAVE_TARGETS", "DELETE"];
        let known = self.introduced.iter().find(|(offer, _)| offer.id() == *id);
        let formats = known.map(|(_, formats)| formats.as_slice()).unwrap_or_default();
        formats.iter().filter(|format| !BESIDE.contains(&format.as_str())).cloned().collect()
    }

    fn drop_stale(&mut self) {
        let Self { introduced, clipboard, primary, .. } = self;
        introduced.retain(|(offer, _)| {
            let id = offer.id();
            let stays = clipboard.as_ref() == Some(&id) || *primary == Told::Is(id);
            if !stays {
                offer.destroy();
            }
            stays
        });
    }
}

/// Writes on a thread of its own: whoever pastes may take its time.
fn serve(content: &Arc<Content>, format: &str, by: OwnedFd) {
    let Some(index) = content.iter().position(|(known, _)| known == format) else { return };
    let content = content.clone();
    let thread = std::thread::Builder::new().name("clipboard".to_owned());
    let started = thread.spawn(move || {
        if let Err(error) = write(&content[index].1, &by) {
            tracing::debug!("the clipboard was not read to its end: {error}");
        }
    });
    if let Err(error) = started {
        tracing::warn!("nobody can paste: {error}");
    }
}

fn write(mut bytes: &[u8], by: &OwnedFd) -> io::Result<()> {
    rustix::io::ioctl_fionbio(by, true)?;
    while !bytes.is_empty() {
        let mut fds = [PollFd::new(by, PollFlags::OUT)];
        let limit = Timespec { tv_sec: 10, tv_nsec: 0 };
        if poll(&mut fds, Some(&limit))? == 0 {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match rustix::io::write(by, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}
