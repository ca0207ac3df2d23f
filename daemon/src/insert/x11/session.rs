//! What an X11 desktop has besides a cursor: the window with the keyboard, what is selected, the clipboard.

use std::rc::Rc;
use std::time::Duration;

use hob_protocol::Secret;

use super::Link;
use super::clipboard::{self, Which};
use super::layout::modifier;
use super::problem::Problem;
use super::wire::Wire;
use super::{failed_before, keyboard, touch, unfit, windows};
use crate::core::Window;
use crate::insert::backend::{Failure, Fitness, Session};
use crate::insert::paste_key;

pub struct X11 {
    link: Rc<Link>,
}

impl X11 {
    pub fn new(link: Rc<Link>) -> Self {
        Self { link }
    }
}

impl Session for X11 {
    fn name(&self) -> &'static str {
        "X11"
    }

    fn fitness(&mut self) -> Fitness {
        match self.link.connect() {
            Ok(display) => Fitness::Works { why: format!("DISPLAY is {display}") },
            Err(problem) => unfit(&problem),
        }
    }

    fn window(&mut self) -> Result<Option<Window>, Failure> {
        self.link.ask(windows::active).map_err(failed_before)
    }

    fn selection(&mut self) -> Result<Option<Secret>, Failure> {
        self.link.ask(selection).map(|text| text.map(Secret::new)).map_err(failed_before)
    }

    fn follow(&mut self, window: &Window) {
        let followed = windows::number(window).map(|window| self.link.ask(move |wire| touch::follow(wire, window)));
        if let Some(Err(problem)) = followed {
            tracing::debug!("nothing tells what is typed behind the text: {problem}");
        }
    }

    fn is_touched(&mut self, window: &Window) -> bool {
        let asked = windows::number(window).map(|window| self.link.ask(move |wire| touch::is_touched(wire, window)));
        asked.is_some_and(Result::unwrap_or_default)
    }

    fn clipboard(&mut self) -> Result<Option<Secret>, Failure> {
        let text = self.link.ask(|wire| clipboard::text(wire, Which::Clipboard)).map_err(failed_before)?;
        Ok(text.map(Secret::new))
    }

    fn copy(&mut self, text: &Secret) -> Result<(), Failure> {
        let text = text.as_str().to_owned();
        self.link.ask(move |wire| clipboard::copy(wire, &text)).map_err(failed_before)
    }
}

/// What the window itself has selected, if it tells; what was selected in another window before is none of this one. Else by the key that
/// copies, but not in terminals, where that ends programs.
fn selection(wire: &mut Wire) -> Result<Option<String>, Problem> {
    let window = windows::active(wire)?;
    let number = window.as_ref().and_then(windows::number);
    let owner = clipboard::owner(wire, Which::Primary)?;
    let is_its_own = |owner: &_| number.is_none_or(|window| windows::are_of_one_program(wire, window, *owner));
    if let Some(owner) = owner.filter(is_its_own) {
        let told = clipboard::text(wire, Which::Primary)?;
        let keeps = window.as_ref().is_some_and(paste_key::keeps_what_was_selected);
        return if keeps || windows::is_chromiums(wire, owner)? { confirmed(wire, told) } else { Ok(told) };
    }
    match window {
        Some(window) if paste_key::copies(&window) => by_key(wire, paste_key::COPIES),
        _ => Ok(None),
    }
}

/// Browsers go on telling of what was selected when it is selected no more. They copy only what is.
fn confirmed(wire: &mut Wire, told: Option<String>) -> Result<Option<String>, Problem> {
    let Some(told) = told else { return Ok(None) };
    match by_key(wire, paste_key::LIKELY_COPIES) {
        Ok(copied) => Ok(copied.filter(|copied| paste_key::is_the_same(copied, &told)).map(|_| told)),
        // What is on the clipboard cannot be kept, and is worth more than certainty.
        Err(Problem::Refused(_)) => Ok(Some(told)),
        Err(problem) => Err(problem),
    }
}

fn by_key(wire: &mut Wire, patience: Duration) -> Result<Option<String>, Problem> {
    keyboard::refuse_if_grabbed(wire)?;
    clipboard::text_by_key(wire, ('c'.into(), modifier::CONTROL), patience)
}
