//! Takes back what was inserted, as far as it still stands, and brings back what it has replaced.

use hob_protocol::Error;

use super::Hands;
use crate::core::{Newline, PasteKey, Receipt};
use crate::insert::backend::{Aim, Failure, Keyboard, Reach, Way};
use crate::insert::text;
use crate::insert::witness::standing;

impl Hands {
    pub(super) fn take_back(&mut self, receipt: &Receipt) -> Result<(), Error> {
        let refused = |hint: &str| Error::NothingToUndo { hint: hint.to_owned() };
        self.is_still_there(receipt.window.as_ref())
            .map_err(|failure| refused(&format!("{failure}: go back to where the text was inserted")))?;
        let text = self.still_standing(receipt)?;
        let text = text.as_str();
        let aim = Aim {
            window: receipt.window.clone(),
            keyboard: Keyboard::Somebodys,
            paste_key: PasteKey::Auto,
            newline: Newline::Return,
            restore_clipboard: self.settings.restore_clipboard,
        };
        let mut erased = Err(Failure::before("no insertion method that works here presses keys"));
        for backend in self.backends.iter_mut().filter(|backend| backend.way() != Way::HandsOver) {
            if backend.fitness().is_usable() {
                erased = backend.erase(text::presses(text), &aim);
                if !matches!(&erased, Err(failure) if failure.reach == Reach::Nothing) {
                    break;
                }
            }
        }
        erased.map_err(|failure| Error::Internal { problem: format!("cannot take the text back: {failure}") })?;
        let Some(replaced) = &receipt.replaced else { return Ok(()) };
        self.put(replaced.as_str(), None, &aim).map(drop).map_err(|(failure, _)| {
            let kept = if self.copy(replaced).is_ok() { ", and is on the clipboard" } else { "" };
            Error::Internal { problem: format!("the replaced text cannot be put back{kept}: {failure}") }
        })
    }

    fn is_touched(&mut self, receipt: &Receipt) -> bool {
        let window = receipt.window.as_ref().zip(self.session());
        window.is_some_and(|(window, session)| session.is_touched(window))
    }

    /// The text as it stands left of the cursor now. Where nothing tells, it is what was sent.
    fn still_standing(&mut self, receipt: &Receipt) -> Result<String, Error> {
        let refused = |hint: &str| Error::NothingToUndo { hint: hint.to_owned() };
        let text = receipt.text.as_str();
        let told = match self.session().and_then(|session| session.before_cursor()) {
            Some(before) => Some(before),
            None => self.witness.before_cursor(receipt.window.as_ref(), text::length(text)),
        };
        match told {
            Some(before) => {
                standing(text, &before).ok_or_else(|| refused("the text is not left of the cursor any more"))
            }
            None if self.is_touched(receipt) => {
                Err(refused("something was typed or clicked there since: use the window's own undo"))
            }
            // A field of one line has dropped the line ends, and more than the text would go.
            None if text.contains('\n') => Err(refused(
                "it has several lines, and this window does not tell which of them stand there: use its own undo",
            )),
            None => Ok(text.to_owned()),
        }
    }
}
