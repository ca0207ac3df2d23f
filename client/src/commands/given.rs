//! The text that a command works on: from the command line, or from standard input.

use std::io::{self, IsTerminal, Read};

use hob_protocol::Secret;
use hob_protocol::codec::MAX_MESSAGE_BYTES;

use crate::failure::Failure;

/// The text from the command line or from standard input, refused if there is nothing in it.
pub(super) fn text(argument: Option<&str>, hint: &'static str) -> Result<Secret, Failure> {
    let text = match argument {
        Some("-") => standard_input()?,
        Some(text) => text.to_owned(),
        None if io::stdin().is_terminal() => {
            return Err(Failure::Usage { problem: "no text".into(), hint });
        }
        None => standard_input()?,
    };
    if text.trim().is_empty() {
        return Err(Failure::Usage { problem: "the text is empty".into(), hint });
    }
    Ok(text.into())
}

/// Reads no more than could be sent, so that an endless pipe is refused like any text that is too large.
fn standard_input() -> Result<String, Failure> {
    let unreadable = |source| Failure::Unreadable { what: "standard input".into(), source };
    let mut bytes = Vec::new();
    io::stdin().lock().take(MAX_MESSAGE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > MAX_MESSAGE_BYTES {
        let problem = format!("the text is longer than {MAX_MESSAGE_BYTES} bytes");
        return Err(Failure::Usage { problem, hint: "send it in parts" });
    }
    String::from_utf8(bytes).map_err(|_| Failure::Usage {
        problem: "standard input is not UTF-8 text".into(),
        hint: "convert it with `iconv`, or transcribe a recording with `hob transcribe`",
    })
}
