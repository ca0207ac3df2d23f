//! What the fake can do, and how it is written. Pure.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;

/// The mark in a request's words in front of a behaviour's name.
const MARK: &str = "fake:";
const ONCE: &str = "once-";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Echo { pause: Duration },
    Abort,
    Segv,
    Sigill,
    Exit,
    Panic,
    Hang,
    Flood,
    Garbage,
    Half,
    WrongId,
    Fail,
}

impl Behaviour {
    pub(crate) const ECHO: Self = Self::Echo { pause: Duration::ZERO };
}

/// A behaviour and whether it is for one process only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Order {
    pub(crate) behaviour: Behaviour,
    pub(crate) repeat: Repeat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    Always,
    Once,
}

/// The first order in a text, and the text without it.
pub(crate) fn find(text: &str) -> Option<(Order, String)> {
    let (before, rest) = text.split_once(MARK)?;
    let (name, mut after) = split_word(rest);
    let order = if name.ends_with("slow") {
        let (number, later) = split_word(after);
        after = later;
        format!("{name} {number}").parse()
    } else {
        name.parse()
    };
    order.ok().map(|order| (order, format!("{before}{after}")))
}

/// A word of letters, digits and hyphens, and what follows its blank.
fn split_word(text: &str) -> (&str, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, rest.strip_prefix(' ').unwrap_or(rest))
}

/// A script or a test with a typing mistake must not pass for an echo.
#[derive(Debug)]
pub(crate) struct UnknownBehaviour(String);

impl fmt::Display for UnknownBehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown behaviour `{}`", self.0)
    }
}

impl FromStr for Order {
    type Err = UnknownBehaviour;

    fn from_str(text: &str) -> Result<Self, UnknownBehaviour> {
        let (name, repeat) = match text.strip_prefix(ONCE) {
            Some(name) => (name, Repeat::Once),
            None => (text, Repeat::Always),
        };
        let behaviour = match name {
            "echo" | "ok" => Behaviour::ECHO,
            "abort" => Behaviour::Abort,
            "segv" => Behaviour::Segv,
            "sigill" => Behaviour::Sigill,
            "exit" => Behaviour::Exit,
            "panic" => Behaviour::Panic,
            "hang" => Behaviour::Hang,
            "flood" => Behaviour::Flood,
            "garbage" => Behaviour::Garbage,
            "half" => Behaviour::Half,
            "wrong-id" => Behaviour::WrongId,
            "fail" => Behaviour::Fail,
            _ => {
                let number = name.strip_prefix("slow ").and_then(|number| number.parse().ok());
                let pause = Duration::from_millis(number.ok_or_else(|| UnknownBehaviour(text.to_owned()))?);
                Behaviour::Echo { pause }
            }
        };
        Ok(Self { behaviour, repeat })
    }
}

impl TryFrom<String> for Order {
    type Error = UnknownBehaviour;

    fn try_from(text: String) -> Result<Self, UnknownBehaviour> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Behaviour, Order, Repeat, find};

    #[test]
    fn orders_are_found_in_words_and_taken_out() {
        let always = |behaviour| Order { behaviour, repeat: Repeat::Always };
        let slow = Behaviour::Echo { pause: Duration::from_millis(20) };
        for (text, expected) in [
            ("no order here", None),
            ("fake:abort", Some((always(Behaviour::Abort), ""))),
            ("fix <text>fake:segv now</text>", Some((always(Behaviour::Segv), "fix <text>now</text>"))),
            ("fake:wrong-id.", Some((always(Behaviour::WrongId), "."))),
            ("fake:slow 20 one two", Some((always(slow), "one two"))),
            ("fake:once-half x", Some((Order { behaviour: Behaviour::Half, repeat: Repeat::Once }, "x"))),
            ("fake:once-slow 20 x", Some((Order { behaviour: slow, repeat: Repeat::Once }, "x"))),
            ("fake:unheard of", None),
            ("fake:slow down", None),
        ] {
            assert_eq!(find(text), expected.map(|(order, rest)| (order, rest.to_owned())), "{text}");
        }
    }
}
