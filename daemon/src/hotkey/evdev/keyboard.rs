//! One keyboard of the kernel: what keys it has, and what it says of them.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

/// A `struct input_event` on machines with 64 bits: the time, a kind, a code and a value.
const EVENT: usize = 24;
const TIME: usize = 16;
/// As in linux/input-event-codes.h.
const EV_SYN: u16 = 0;
const EV_KEY: u16 = 1;
const SYN_DROPPED: u16 = 3;
/// Whoever has these is a keyboard, or near enough: letters or the keys above them.
const LETTERS_OR_FUNCTIONS: [u16; 4] = [30, 57, 59, 164];

#[derive(Debug)]
pub struct Keyboard {
    device: File,
    keys: Keys,
    /// The beginning of an event whose end has not come yet.
    rest: Vec<u8>,
}

pub enum Opened {
    Keyboard(Keyboard),
    Forbidden,
    /// A mouse, a lid, or gone again.
    Other,
}

/// Which keys a device has, as the kernel writes them: the highest 64 first.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Keys(Vec<u64>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    Pressed(u16),
    Released(u16),
    /// Some were lost: nobody knows what is down.
    Lost,
}

#[derive(Debug, Default)]
pub struct Strokes {
    pub strokes: Vec<Stroke>,
    /// The device is gone.
    pub is_last: bool,
}

impl Keyboard {
    /// `capabilities`: the file in which the kernel says what keys it has.
    pub fn open(device: &Path, capabilities: &Path) -> Opened {
        let Some(keys) = std::fs::read_to_string(capabilities).ok().and_then(|text| Keys::read(&text)) else {
            return Opened::Other;
        };
        if !LETTERS_OR_FUNCTIONS.iter().any(|code| keys.has(*code)) {
            return Opened::Other;
        }
        let flags = OFlags::NONBLOCK | OFlags::CLOEXEC;
        let flags = i32::try_from(flags.bits()).expect("flags of open are an int in C");
        match File::options().read(true).custom_flags(flags).open(device) {
            Ok(device) => Opened::Keyboard(Self { device, keys, rest: Vec::new() }),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => Opened::Forbidden,
            Err(_) => Opened::Other,
        }
    }

    pub fn has(&self, code: u16) -> bool {
        self.keys.has(code)
    }

    /// Everything that it has to tell at the moment.
    pub fn read(&mut self) -> Strokes {
        let mut told = Strokes::default();
        let mut buffer = [0; 64 * EVENT];
        loop {
            match self.device.read(&mut buffer) {
                Ok(0) => told.is_last = true,
                Ok(count) => {
                    self.rest.extend_from_slice(&buffer[..count]);
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => told.is_last = error.kind() != ErrorKind::WouldBlock,
            }
            break;
        }
        let whole = self.rest.len() / EVENT * EVENT;
        told.strokes = self.rest.drain(..whole).collect::<Vec<_>>().chunks_exact(EVENT).filter_map(stroke).collect();
        told
    }
}

impl AsFd for Keyboard {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.device.as_fd()
    }
}

impl Keys {
    fn read(text: &str) -> Option<Self> {
        let words = text.split_whitespace().map(|word| u64::from_str_radix(word, 16).ok());
        words.collect::<Option<Vec<_>>>().map(Self)
    }

    fn has(&self, code: u16) -> bool {
        let (word, bit) = (usize::from(code / 64), code % 64);
        self.0.iter().rev().nth(word).is_some_and(|word| word >> bit & 1 == 1)
    }
}

fn stroke(event: &[u8]) -> Option<Stroke> {
    let number = |at: usize| u16::from_ne_bytes([event[TIME + at], event[TIME + at + 1]]);
    let (kind, code) = (number(0), number(2));
    let value = i32::from_ne_bytes(event[TIME + 4..EVENT].try_into().expect("four bytes are left"));
    match (kind, value) {
        (EV_KEY, 0) => Some(Stroke::Released(code)),
        (EV_KEY, 1) => Some(Stroke::Pressed(code)),
        (EV_SYN, _) if code == SYN_DROPPED => Some(Stroke::Lost),
        // A repeat, or something else than a key.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_says_which_keys_there_are() {
        let keys = Keys::read("e080ffdf01cfffff fffffffffffffffe\n").unwrap();
        for (code, expected) in [(30, true), (0, false), (1, true), (67, true), (64 + 63, true), (586, false)] {
            assert_eq!(keys.has(code), expected, "{code}");
        }
        assert_eq!(Keys::read("no numbers"), None);
    }
}
