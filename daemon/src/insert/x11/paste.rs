//! Brings a text to the cursor over the clipboard: as fast for a page as for a word. The window has to ask for the text; if it does not,
//! that is a failure and no guess.

use std::rc::Rc;
use std::time::{Duration, Instant};

use xkeysym::Keysym;

use super::Link;
use super::clipboard::{self, Which};
use super::layout::modifier;
use super::{failed_before, failed_midway, keyboard, unfit, windows};
use crate::core::PasteKey;
use crate::insert::backend::{Aim, Backend, Failure, Fitness, Put, Way};
use crate::insert::paste_key;

/// Some windows ask for the text more than once.
const GRACE: Duration = Duration::from_millis(400);

/// The backend.
pub struct Paste {
    link: Rc<Link>,
    restore_at: Option<Instant>,
}

impl Paste {
    pub fn new(link: Rc<Link>) -> Self {
        Self { link, restore_at: None }
    }
}

impl Backend for Paste {
    fn name(&self) -> &'static str {
        "x11-clipboard"
    }

    fn way(&self) -> Way {
        Way::Pastes
    }

    fn fitness(&mut self) -> Fitness {
        match self.link.ask(|wire| keyboard::is_there(wire)) {
            Ok(()) => Fitness::Works { why: "the server has XTEST to press the key that pastes".to_owned() },
            Err(problem) => unfit(&problem),
        }
    }

    fn insert(&mut self, text: &str, aim: &Aim) -> Result<Put, Failure> {
        let (symbol, held) = keys(paste_key::paste_key(aim.paste_key, aim.window.as_ref()))?;
        let window = Some(windows::wanted(aim)?);
        let used = if paste_key::pastes_primary(aim.window.as_ref()) { BOTH.as_slice() } else { &[Which::Clipboard] };
        let (text, restores) = (text.to_owned(), aim.restore_clipboard);
        let before = self.link.ask(move |wire| {
            keyboard::refuse_if_grabbed(wire)?;
            for which in used {
                if restores {
                    clipboard::keep_former(wire, *which)?;
                }
                clipboard::offer(wire, *which, &text)?;
            }
            // Whoever has asked before the key is pressed is somebody who watches the clipboard.
            Ok(clipboard::fetches(wire))
        });
        let before = before.map_err(failed_before)?;
        let fetched = self.link.ask(move |wire| {
            keyboard::press(wire, symbol, held)?;
            clipboard::wait_for_fetch(wire, window, before)
        });
        match fetched {
            Ok(true) => {
                self.restore_at = aim.restore_clipboard.then(|| Instant::now() + GRACE);
                Ok(Put::Sent)
            }
            // The text stays on the clipboard: the person may paste it by hand.
            Ok(false) => {
                put_back(&self.link, Which::Primary);
                Err(Failure::midway("the window did not ask for the text when it was told to paste"))
            }
            Err(problem) => Err(failed_midway(problem)),
        }
    }

    fn tidy_at(&self) -> Option<Instant> {
        self.restore_at
    }

    fn tidy(&mut self) {
        self.restore_at = None;
        for which in BOTH {
            put_back(&self.link, which);
        }
    }
}

fn put_back(link: &Link, which: Which) {
    if let Err(problem) = link.ask(move |wire| clipboard::restore(wire, which)) {
        tracing::warn!("the former content of the clipboard is lost: {problem}");
    }
}

static BOTH: [Which; 2] = [Which::Clipboard, Which::Primary];

fn keys(key: PasteKey) -> Result<(u32, u8), Failure> {
    Ok(match key {
        PasteKey::CtrlShiftV => ('v'.into(), modifier::CONTROL | modifier::SHIFT),
        PasteKey::ShiftInsert => (Keysym::Insert.into(), modifier::SHIFT),
        PasteKey::CtrlV => ('v'.into(), modifier::CONTROL),
        PasteKey::Auto => return Err(Failure::before("no key pastes in this editor")),
    })
}
