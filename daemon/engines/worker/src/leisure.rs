//! The time between two requests.

use crate::inbox::Inbox;

/// Nobody waits for the engine, and nobody wants silence.
pub struct Leisure<'a> {
    inbox: &'a Inbox,
}

impl<'a> Leisure<'a> {
    pub(crate) fn new(inbox: &'a Inbox) -> Self {
        Self { inbox }
    }

    /// To be asked every millisecond or so: the next request waits for what is done in the meantime.
    pub fn lasts(&self) -> bool {
        self.inbox.has_leisure()
    }
}
