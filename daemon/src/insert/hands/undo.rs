//! Takes back what was inserted, as far as it still stands, and brings back what it has replaced.

use hob_protocol::Error;

use super::Hands;
use crate::core::{Newline, PasteKey, Receipt, unavailable};
use crate::insert::backend::{Aim, Before, Failure, Keyboard, Reach, Steps, Touched, Way};
use crate::insert::text;
use crate::insert::witness::{ends_in_line, standing};

/// Beyond this, the cursor is somewhere else.
const ROUNDS: usize = 5;

impl Hands {
    pub(super) fn take_back(&mut self, receipt: &Receipt) -> Result<(), Error> {
        let refused = |hint: &str| Error::NothingToUndo { hint: hint.to_owned() };
        self.is_still_there(receipt.window.as_ref())
            .map_err(|failure| refused(&format!("{failure}: go back to where the text was inserted")))?;
        let presses = self.presses(receipt)?;
        let aim = Aim {
            window: receipt.window.clone(),
            keyboard: Keyboard::Somebodys,
            paste_key: PasteKey::Auto,
            newline: Newline::Return,
            restore_clipboard: self.settings.restore_clipboard,
            before: Before::Keys,
        };
        let mut erased = Err(Failure::before("no insertion method that works here presses keys"));
        for backend in self.backends.iter_mut().filter(|backend| backend.way() != Way::HandsOver) {
            if backend.fitness().is_usable() {
                erased = backend.erase(presses, &aim);
                if !matches!(&erased, Err(failure) if failure.reach == Reach::Nothing) {
                    break;
                }
            }
        }
        erased.map_err(|failure| unavailable(format!("cannot take the text back: {failure}")))?;
        let Some(replaced) = &receipt.replaced else { return Ok(()) };
        self.put(replaced.as_str(), None, &aim).map(drop).map_err(|(failure, _)| {
            let kept = if self.copy(replaced).is_ok() { ", and is on the clipboard" } else { "" };
            unavailable(format!("the replaced text cannot be put back{kept}: {failure}"))
        })
    }

    /// How often `BackSpace` removes the text, and nothing else. Where the window does not tell what stands left of the cursor, the desktop
    /// may know that nothing was added. What is not certain then is selected and looked at, which needs one press.
    fn presses(&mut self, receipt: &Receipt) -> Result<usize, Error> {
        let refused = |hint: &str| Error::NothingToUndo { hint: hint.to_owned() };
        let sent = receipt.text.as_str();
        let told = match self.session().and_then(|session| session.before_cursor()) {
            Some(before) => Some(before),
            None => self.witness.before_cursor(receipt.window.as_ref(), text::length(sent)),
        };
        // Firefox tells input methods of the line with the cursor alone.
        let told = told.filter(|before| !ends_in_line(sent, before));
        let (stands, doubt) = if let Some(before) = told {
            let stands = standing(sent, &before);
            (stands.ok_or_else(|| refused("the text is not left of the cursor any more"))?, None)
        } else {
            let doubt = match self.touched(receipt) {
                Touched::Yes => {
                    return Err(refused(
                        "something was typed, pasted or clicked there since: use the window's own undo",
                    ));
                }
                Touched::Unknown => {
                    Some("nothing tells whether the text is left of the cursor in this window still: use its own undo")
                }
                // A field of one line has dropped the line ends, and more than the text would go.
                Touched::No if sent.contains('\n') => Some(
                    "it has several lines, and this window does not tell which of them stand there: use its own undo",
                ),
                Touched::No => None,
            };
            (sent.to_owned(), doubt)
        };
        // Some windows remove a letter of several characters at once, others a part of it.
        let is_mixed = !text::is_one_character_a_letter(&stands);
        let mixed = "it has letters of several characters, of which this window may remove parts: use its own undo";
        match doubt.or(is_mixed.then_some(mixed)) {
            None => Ok(text::presses(&stands)),
            Some(_) if self.selects(receipt, &stands) => Ok(1),
            Some(doubt) => Err(refused(doubt)),
        }
    }

    fn touched(&mut self, receipt: &Receipt) -> Touched {
        match (&receipt.window, self.session()) {
            (Some(window), Some(session)) => session.touched(window, receipt.text.as_str()),
            _ => Touched::Unknown,
        }
    }

    /// Selects what is left of the cursor until it is the text and nothing else. Programs differ in what they take for one step, so the steps
    /// follow what is selected by then.
    fn selects(&mut self, receipt: &Receipt, text: &str) -> bool {
        let (Some(window), Some(session)) = (&receipt.window, self.session()) else { return false };
        let mut steps = Steps::Left(text::presses(text));
        for _ in 0..ROUNDS {
            let Some(selected) = session.select(window, steps, text) else { return false };
            let selected = selected.as_str();
            tracing::debug!("{} characters are selected, {} are to be", text::length(selected), text::length(text));
            steps = match (text.strip_suffix(selected), selected.strip_suffix(text)) {
                (Some(""), _) => return true,
                (Some(missing), _) => Steps::Left(text::presses(missing)),
                (None, Some(more)) => Steps::Right(text::presses(more)),
                (None, None) => break,
            };
        }
        session.unselect();
        false
    }
}
