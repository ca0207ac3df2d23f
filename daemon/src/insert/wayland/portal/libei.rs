//! Types over the connection that the portal hands out (libei): text as text where the compositor takes it so, else keys of the
//! person's own layout, which the compositor tells. Nothing is sent before it is sure that all of it can be.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use reis::ei::handshake::ContextType;
use reis::ei::keyboard::KeyState;
use reis::event::{Device, DeviceCapability, EiEvent, EiEventConverter};
use reis::handshake::EiHandshaker;
use reis::{PendingRequestResult, ei};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::super::keymap::{Held, LineEnd, Stroke, code};
use super::super::problem::Problem;
use super::layout::{Layout, THIRD_LEVEL};

/// A compositor answers in milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// A person lets go of the keys that began or ended a dictation so soon.
const LETTING_GO: Duration = Duration::from_secs(2);

/// The protocol's own limit for one piece of text, in bytes without the zero at its end.
const PIECE: usize = 250;

/// Keys between two questions whether the compositor is still there.
const KEYS_AT_ONCE: usize = 20;

/// A keymap is some 60 kB.
const LARGEST_KEYMAP: u32 = 4 << 20;

pub struct Typist {
    context: ei::Context,
    converter: EiEventConverter,
    keyboard: Option<Device>,
    text: Option<Device>,
    /// Which of its layouts is in force.
    group: usize,
    /// Modifiers that are down, or locked, on whatever keyboard.
    depressed: u32,
    locked: u32,
    sequence: u32,
}

impl Typist {
    /// Shakes hands, and waits for a device that types.
    pub fn new(connection: OwnedFd) -> Result<Self, Problem> {
        let context = ei::Context::new(UnixStream::from(connection)).map_err(|error| lost(&error))?;
        let deadline = Instant::now() + PATIENCE;
        let mut handshake = EiHandshaker::new("hob", ContextType::Sender);
        let answer = loop {
            let event = next(&context, deadline)?;
            if let Some(answer) = handshake.handle_event(event).map_err(|error| lost(&error))? {
                break answer;
            }
        };
        let converter = EiEventConverter::new(&context, answer);
        let (keyboard, text, group, depressed, locked, sequence) = (None, None, 0, 0, 0, 0);
        let mut typist = Self { context, converter, keyboard, text, group, depressed, locked, sequence };
        while typist.keyboard.is_none() && typist.text.is_none() {
            typist.read_on(deadline)?;
        }
        // Devices come together, and with them what the keyboard's state is.
        typist.sync()?;
        Ok(typist)
    }

    pub fn type_text(&mut self, text: &str, line_end: LineEnd) -> Result<(), Problem> {
        match self.text.clone() {
            Some(device) if line_end == LineEnd::Return || !text.contains('\n') => self.hand_over(&device, text),
            _ => {
                let layout = self.layout()?;
                let strokes = layout
                    .strokes(text, line_end)
                    .map_err(|letter| Problem::Refused(format!("the keyboard layout has no key for `{letter}`")))?;
                self.type_keys(&layout, &strokes)
            }
        }
    }

    /// A shortcut, by the letter that the layout has for it, or a key that has none.
    pub fn press(&mut self, keys: Keys, times: usize) -> Result<(), Problem> {
        let layout = self.layout()?;
        let stroke = match keys {
            Keys::Plain(stroke) => stroke,
            Keys::Letter(letter, held) => {
                let own = layout.stroke(letter, LineEnd::Return).filter(|stroke| stroke.held == Held::NONE);
                // Layouts without Latin letters have shortcuts where a US keyboard has them.
                let key = own.map(|stroke| stroke.key).or_else(|| super::super::keymap::letter(letter));
                let key = key.ok_or_else(|| Problem::Refused(format!("there is no key for `{letter}`")))?;
                Stroke { key, held }
            }
        };
        self.type_keys(&layout, &vec![stroke; times])
    }

    fn layout(&self) -> Result<Layout, Problem> {
        let keyboard = self.keyboard.as_ref().ok_or(Problem::Lacks("ei_keyboard"))?;
        let keymap = keyboard.keymap().ok_or(Problem::Lacks("a keymap"))?;
        let mut bytes = vec![0; keymap.size.min(LARGEST_KEYMAP) as usize];
        let file = keymap.fd.try_clone().map_err(|error| lost(&error))?;
        std::fs::File::from(file).read_exact_at(&mut bytes, 0).map_err(|error| lost(&error))?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(Layout::read(text.trim_end_matches('\0'), self.group))
    }

    fn hand_over(&mut self, device: &Device, text: &str) -> Result<(), Problem> {
        let object = device.interface::<ei::Text>().ok_or(Problem::Lacks("ei_text"))?;
        self.start(device);
        for piece in pieces(text) {
            object.utf8(piece);
            self.frame(device);
        }
        self.stop(device)
    }

    fn type_keys(&mut self, layout: &Layout, strokes: &[Stroke]) -> Result<(), Problem> {
        const CAPS_LOCK: u32 = 2;
        if self.locked & CAPS_LOCK != 0 {
            return Err(Problem::Refused("Caps Lock is on".to_owned()));
        }
        // They would make shortcuts of the text.
        let deadline = Instant::now() + LETTING_GO;
        while self.depressed != 0 {
            self.read_on(deadline).map_err(|problem| match problem {
                Problem::Silent => Problem::Refused("a modifier key is held down".to_owned()),
                other => other,
            })?;
        }
        let device = self.keyboard.clone().ok_or(Problem::Lacks("ei_keyboard"))?;
        let keyboard = device.interface::<ei::Keyboard>().ok_or(Problem::Lacks("ei_keyboard"))?;
        self.start(&device);
        for go in strokes.chunks(KEYS_AT_ONCE) {
            for stroke in go {
                let mut keys: Vec<u32> = stroke.held.keys().collect();
                keys.extend(layout.third_level.filter(|_| stroke.held.0 & THIRD_LEVEL.0 != 0));
                keys.push(stroke.key);
                for key in &keys {
                    keyboard.key(*key, KeyState::Press);
                    self.frame(&device);
                }
                for key in keys.iter().rev() {
                    keyboard.key(*key, KeyState::Released);
                    self.frame(&device);
                }
            }
            self.sync()?;
        }
        self.stop(&device)
    }

    fn start(&mut self, device: &Device) {
        self.sequence += 1;
        device.device().start_emulating(self.converter.connection().serial(), self.sequence);
    }

    fn frame(&self, device: &Device) {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        let microseconds = now.tv_sec.unsigned_abs() * 1_000_000 + now.tv_nsec.unsigned_abs() / 1000;
        device.device().frame(self.converter.connection().serial(), microseconds);
    }

    /// What was sent counts from then on, even if the connection ends at once.
    fn stop(&mut self, device: &Device) -> Result<(), Problem> {
        device.device().stop_emulating(self.converter.connection().serial());
        self.sync()
    }

    /// Waits until the compositor has worked through everything.
    fn sync(&mut self) -> Result<(), Problem> {
        let (done, is_done) = std::sync::mpsc::sync_channel(1);
        let callback = self.converter.connection().connection().sync(1);
        self.converter.add_callback_handler(callback, move |_| {
            let _ = done.send(());
        });
        let deadline = Instant::now() + PATIENCE;
        while is_done.try_recv().is_err() {
            self.read_on(deadline)?;
        }
        Ok(())
    }

    fn read_on(&mut self, deadline: Instant) -> Result<(), Problem> {
        let event = next(&self.context, deadline)?;
        self.converter.handle_event(event).map_err(|error| Problem::Lost(error.to_string()))?;
        while let Some(event) = self.converter.next_event() {
            match event {
                EiEvent::SeatAdded(added) => {
                    added.seat.bind_capabilities(DeviceCapability::Keyboard | DeviceCapability::Text);
                }
                // Only one that is resumed takes anything.
                EiEvent::DeviceResumed(resumed) => {
                    let device = resumed.device;
                    if device.has_capability(DeviceCapability::Text) {
                        self.text = Some(device.clone());
                    }
                    if device.has_capability(DeviceCapability::Keyboard) {
                        self.keyboard = Some(device);
                    }
                }
                EiEvent::DevicePaused(paused) => self.forget(&paused.device),
                EiEvent::DeviceRemoved(removed) => self.forget(&removed.device),
                EiEvent::KeyboardModifiers(state) => {
                    self.group = state.group as usize;
                    (self.depressed, self.locked) = (state.depressed, state.locked);
                }
                EiEvent::Disconnected(why) => {
                    return Err(Problem::Lost(why.explanation.unwrap_or_else(|| "it says so".to_owned())));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn forget(&mut self, device: &Device) {
        for known in [&mut self.keyboard, &mut self.text] {
            if known.as_ref() == Some(device) {
                *known = None;
            }
        }
    }
}

/// A shortcut.
#[derive(Debug, Clone, Copy)]
pub enum Keys {
    Plain(Stroke),
    Letter(char, Held),
}

impl Keys {
    pub const ERASE: Self = Self::Plain(Stroke::plain(code::BACKSPACE));
}

fn next(context: &ei::Context, deadline: Instant) -> Result<ei::Event, Problem> {
    context.flush().map_err(|errno| Problem::Lost(errno.to_string()))?;
    loop {
        match context.pending_event() {
            Some(PendingRequestResult::Request(event)) => return Ok(event),
            Some(PendingRequestResult::ParseError(error)) => return Err(Problem::Lost(error.to_string())),
            // Of an object that has just been destroyed.
            Some(PendingRequestResult::InvalidObject(_)) => continue,
            None => {}
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Problem::Silent);
        }
        let mut fds = [PollFd::new(context, PollFlags::IN)];
        match poll(&mut fds, Timespec::try_from(left).ok().as_ref()) {
            Ok(0) => return Err(Problem::Silent),
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(errno) => return Err(Problem::Lost(errno.to_string())),
        }
        match context.read() {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(lost(&error)),
        }
    }
}

/// Of at most [`PIECE`] bytes, cut between characters.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(rest.floor_char_boundary(PIECE));
        pieces.push(piece);
        rest = later;
    }
    pieces
}

fn lost(error: &dyn std::error::Error) -> Problem {
    Problem::Lost(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        let text = "漢".repeat(200);
        let cut = pieces(&text);
        assert_eq!(cut.concat(), text);
        assert!(cut.iter().all(|piece| piece.len() <= PIECE));
        assert!(pieces("").is_empty());
    }
}
