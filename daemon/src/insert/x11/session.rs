//! What an X11 desktop has besides a cursor: the window with the keyboard, what is selected, the clipboard.

use std::rc::Rc;

use hob_protocol::Secret;
use xkeysym::Keysym;

use super::Link;
use super::clipboard::{self, Which};
use super::layout::modifier;
use super::problem::Problem;
use super::wire::Wire;
use super::{failed_before, keyboard, touch, unfit, windows};
use crate::core::Window;
use crate::insert::backend::{Failure, Fitness, Session, Steps, Touched};
use crate::insert::paste_key::{self, CopyKey};
use crate::insert::selection::{self, Certainty, Step, Told};

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

    fn follow(&mut self, window: Option<&Window>) {
        let followed = match window.map(windows::number) {
            Some(Some(window)) => self.link.ask(move |wire| touch::follow(wire, window)),
            Some(None) | None => self.link.ask(touch::forget),
        };
        if let Err(problem) = followed {
            tracing::debug!("nothing tells what is typed behind the text: {problem}");
        }
    }

    fn touched(&mut self, window: &Window, _text: &str) -> Touched {
        let asked = windows::number(window).map(|window| self.link.ask(move |wire| touch::touched(wire, window)));
        asked.map_or(Touched::Unknown, |touched| touched.unwrap_or(Touched::Unknown))
    }

    fn select(&mut self, window: &Window, steps: Steps, likely: &str) -> Option<Secret> {
        // To a terminal, such keys say something else.
        if !paste_key::is_known(window) || paste_key::is_terminal(window) {
            return None;
        }
        let (number, likely) = (windows::number(window)?, likely.to_owned());
        let selected = self.link.ask(move |wire| {
            keyboard::refuse_if_grabbed(wire)?;
            clipboard::primary_by_keys(wire, number, steps, &likely)
        });
        let selected = selected.inspect_err(|problem| tracing::debug!("nothing can be selected: {problem}"));
        Some(Secret::new(selected.ok()?.unwrap_or_default()))
    }

    fn unselect(&mut self) {
        if let Err(problem) = self.link.ask(|wire| keyboard::press(wire, Keysym::Right.into(), 0)) {
            tracing::debug!("what was selected stays so: {problem}");
        }
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

/// What was selected in another window before is none of this one's.
fn selection(wire: &mut Wire) -> Result<Option<String>, Problem> {
    let window = windows::active(wire)?;
    let told = told(wire, window.as_ref())?;
    let copying = match selection::next(told, window.as_ref()) {
        Step::Take(text) => return Ok(text),
        Step::Press(copying) => copying,
    };
    let held = match copying.key {
        CopyKey::CtrlC => modifier::CONTROL,
        CopyKey::CtrlShiftC => modifier::CONTROL | modifier::SHIFT,
    };
    keyboard::refuse_if_grabbed(wire)?;
    match clipboard::text_by_key(wire, ('c'.into(), held), copying.patience) {
        Ok(copied) => Ok(copying.settle(copied)),
        Err(problem @ Problem::Refused(_)) => copying.unconfirmed().map(Some).ok_or(problem),
        Err(problem) => Err(problem),
    }
}

/// Browsers go on telling of what was selected when it is selected no more.
fn told(wire: &mut Wire, window: Option<&Window>) -> Result<Told, Problem> {
    let number = window.and_then(windows::number);
    let is_its_own = |owner: &_| number.is_none_or(|window| windows::are_of_one_program(wire, window, *owner));
    let Some(owner) = clipboard::owner(wire, Which::Primary)?.filter(is_its_own) else { return Ok(Told::Elsewhere) };
    let Some(text) = clipboard::text(wire, Which::Primary)? else { return Ok(Told::NoText) };
    let keeps = window.is_some_and(paste_key::keeps_what_was_selected) || windows::is_chromiums(wire, owner)?;
    Ok(Told::Text { text, certainty: if keeps { Certainty::Doubtful } else { Certainty::Sure } })
}
