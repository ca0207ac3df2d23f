//! Brings a text to the cursor over the clipboard: as fast for a page as for a word. The window has to ask for the text; if it does
//! not, that is a failure and no guess.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::Link;
use super::keymap::{self, Held, Stroke, code};
use super::portal::RemoteDesktop;
use super::problem::Problem;
use super::{clipboard, failed_before, keyboard, unfit};
use crate::core::PasteKey;
use crate::insert::backend::{Aim, Backend, Failure, Fitness, Put, Way};
use crate::insert::grace::Grace;
use crate::insert::paste_key::{self, CopyKey};

/// The backend.
pub struct Paste {
    link: Rc<Link>,
    /// Presses the key where the compositor has no keyboard for us.
    portal: Rc<RefCell<RemoteDesktop>>,
    /// When what was there before is to come back, and how it is known.
    restoring: Option<(Instant, Grace)>,
}

impl Paste {
    pub fn new(link: Rc<Link>, portal: Rc<RefCell<RemoteDesktop>>) -> Self {
        Self { link, portal, restoring: None }
    }

    /// The whole of it. Whoever asks for the text before the key is pressed is somebody who watches the clipboard.
    fn paste(&self, text: String, key: Stroke, process: Option<u32>) -> Result<(), Failure> {
        let asked = self.link.ask(move |wire| clipboard::offer(wire, &text, process)).map_err(failed_before)?;
        match self.link.ask(move |wire| keyboard::press(wire, key)) {
            Ok(()) => {}
            Err(Problem::Lacks(_)) => {
                if let Err(failure) = self.portal.borrow_mut().press(key) {
                    let _nothing_better_to_say = self.link.ask(clipboard::restore);
                    return Err(failure);
                }
            }
            Err(problem) => return Err(Failure::midway(problem.to_string())),
        }
        match self.link.ask(move |wire| clipboard::wait_for_fetch(wire, asked)) {
            Ok(true) => Ok(()),
            // The text stays where it is: the person may paste it by hand.
            Ok(false) => Err(Failure::midway("no window asked for the text when it was told to paste")),
            Err(problem) => Err(Failure::midway(problem.to_string())),
        }
    }
}

impl Backend for Paste {
    fn name(&self) -> &'static str {
        "data-control"
    }

    fn way(&self) -> Way {
        Way::Pastes
    }

    fn fitness(&mut self) -> Fitness {
        let protocol = match self.link.ask(clipboard::protocol) {
            Ok(protocol) => protocol,
            Err(problem) => return unfit(&problem),
        };
        if self.link.ask(keyboard::is_there).is_ok() {
            return Fitness::Works { why: format!("the compositor offers {protocol} and a virtual keyboard") };
        }
        match self.portal.borrow_mut().fitness() {
            Fitness::Missing { why, hint } => Fitness::Missing { why: format!("nothing presses the key: {why}"), hint },
            Fitness::Works { why } | Fitness::Limited { why, .. } => {
                Fitness::Works { why: format!("the compositor offers {protocol}, and {why}") }
            }
        }
    }

    fn insert(&mut self, text: &str, aim: &Aim) -> Result<Put, Failure> {
        let (key, text) = (keys(aim)?, text.to_owned());
        if aim.restore_clipboard {
            self.link.ask(clipboard::keep_former).map_err(failed_before)?;
        }
        let told = Instant::now();
        self.paste(text, key, aim.window.as_ref().and_then(|window| window.pid))?;
        let asked = Instant::now();
        let grace = Grace::since(told, asked);
        self.restoring = aim.restore_clipboard.then(|| (grace.is_over_at(asked), grace));
        Ok(Put::Sent)
    }

    fn tidy_at(&self) -> Option<Instant> {
        self.restoring.map(|(over_at, _)| over_at)
    }

    fn tidy(&mut self) {
        if let Some((over_at, grace)) = &mut self.restoring {
            let asked = self.link.ask(|wire| Ok(clipboard::last_fetched(wire))).ok().flatten();
            let later = asked.map_or(*over_at, |asked| grace.is_over_at(asked));
            if later > Instant::now() {
                *over_at = later;
                return;
            }
        }
        self.restoring = None;
        if let Err(problem) = self.link.ask(clipboard::restore) {
            tracing::warn!("the former content of the clipboard is lost: {problem}");
        }
    }
}

/// What is selected, by the key that copies.
pub fn text_by_key(link: &Link, key: CopyKey, patience: Duration) -> Result<Option<String>, Problem> {
    let held = match key {
        CopyKey::CtrlC => Held::CONTROL,
        CopyKey::CtrlShiftC => Held::CONTROL.and(Held::SHIFT),
    };
    let key = keymap::letter('c').expect("a keyboard has letters");
    link.ask(move |wire| clipboard::read_by_key(wire, Stroke { key, held }, patience))
}

/// The keys that paste the clipboard into this window.
fn keys(aim: &Aim) -> Result<Stroke, Failure> {
    let window = aim.window.as_ref();
    if aim.paste_key == PasteKey::Auto && paste_key::pastes_primary(window) {
        return Err(Failure::before("this terminal pastes only what is selected, which is left as it is"));
    }
    let v = keymap::letter('v').expect("a keyboard has letters");
    Ok(match paste_key::paste_key(aim.paste_key, window) {
        PasteKey::CtrlShiftV => Stroke { key: v, held: Held::CONTROL.and(Held::SHIFT) },
        PasteKey::ShiftInsert => Stroke { key: code::INSERT, held: Held::SHIFT },
        PasteKey::CtrlV => Stroke { key: v, held: Held::CONTROL },
        PasteKey::Auto => return Err(Failure::before("no key pastes in this editor")),
    })
}
