//! Brings a text to the cursor over the clipboard: as fast for a page as for a word. The window has to ask for the text; if it does not,
//! that is a failure and no guess.

use std::rc::Rc;
use std::time::Instant;

use x11rb::protocol::xproto::Window;
use xkeysym::Keysym;

use super::Link;
use super::clipboard::{self, Which};
use super::layout::modifier;
use super::{failed_before, failed_midway, keyboard, unfit, windows};
use crate::core::PasteKey;
use crate::insert::backend::{Aim, Backend, Failure, Fitness, Put, Way};
use crate::insert::grace::Grace;
use crate::insert::paste_key;

/// The backend.
pub struct Paste {
    link: Rc<Link>,
    pasted: Option<Pasted>,
}

/// What was there before is to come back.
#[derive(Debug, Clone, Copy)]
struct Pasted {
    window: Window,
    grace: Grace,
    over_at: Instant,
}

impl Paste {
    pub fn new(link: Rc<Link>) -> Self {
        Self { link, pasted: None }
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
        let window = windows::wanted(aim)?;
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
        let (before, told) = (before.map_err(failed_before)?, Instant::now());
        let fetched = self.link.ask(move |wire| {
            keyboard::press(wire, symbol, held)?;
            clipboard::wait_for_fetch(wire, Some(window), before)
        });
        match fetched {
            Ok(true) => {
                let asked = Instant::now();
                let grace = Grace::since(told, asked);
                let pasted = Pasted { window, grace, over_at: grace.is_over_at(asked) };
                self.pasted = aim.restore_clipboard.then_some(pasted);
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
        self.pasted.map(|pasted| pasted.over_at)
    }

    fn tidy(&mut self) {
        if let Some(pasted) = &mut self.pasted {
            let window = pasted.window;
            let asked = self.link.ask(move |wire| Ok(clipboard::last_asked(wire, window))).ok().flatten();
            let over_at = asked.map_or(pasted.over_at, |asked| pasted.grace.is_over_at(asked));
            if over_at > Instant::now() {
                pasted.over_at = over_at;
                return;
            }
        }
        self.pasted = None;
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
