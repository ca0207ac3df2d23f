//! The errors of the socket as errors of D-Bus: the same qualified names, and as message the words and the hint.

use hob_protocol::Error;
use zbus::message::{Header, Message};
use zbus::names::ErrorName;

#[derive(Debug)]
pub(super) struct Refusal {
    name: ErrorName<'static>,
    message: String,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let (name, _) = error.to_wire();
        let hint = error.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
        // Only an error that this daemon does not know could have a name that D-Bus forbids, and the daemon sends none.
        let name = ErrorName::try_from(name).unwrap_or(ErrorName::from_static_str_unchecked("dev.hob.Daemon.Internal"));
        Self { name, message: format!("{error}{hint}") }
    }
}

impl zbus::DBusError for Refusal {
    fn create_reply(&self, call: &Header<'_>) -> zbus::Result<Message> {
        Message::error(call, self.name())?.build(&(&self.message,))
    }

    fn name(&self) -> ErrorName<'_> {
        self.name.as_ref()
    }

    fn description(&self) -> Option<&str> {
        Some(&self.message)
    }
}
