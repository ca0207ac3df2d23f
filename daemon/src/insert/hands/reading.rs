//! Reads what is selected and what is on the clipboard, for a text action to work on.

use hob_protocol::Error;

use super::Hands;
use crate::core::{Selection, unavailable};

impl Hands {
    pub(super) fn read_selection(&mut self) -> Result<Selection, Error> {
        let window = self.window();
        let session = self.session();
        let session =
            session.ok_or_else(|| unavailable("no display that hob can reach tells what is selected".to_owned()))?;
        match session.selection() {
            Ok(Some(text)) => Ok(Selection { text, window }),
            Ok(None) => Err(Error::NothingSelected { hint: "select some text, then try again".to_owned() }),
            Err(failure) => Err(unavailable(format!("cannot read the selection: {failure}"))),
        }
    }

    pub(super) fn read_clipboard(&mut self) -> Result<Selection, Error> {
        let session = self.session();
        let session = session.ok_or_else(|| unavailable("no display that hob can reach has a clipboard".to_owned()))?;
        let text =
            session.clipboard().map_err(|failure| unavailable(format!("cannot read the clipboard: {failure}")))?;
        Ok(Selection { text: text.unwrap_or_default(), window: None })
    }
}
