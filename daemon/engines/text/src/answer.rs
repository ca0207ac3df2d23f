//! The text of an answer, from the bytes of tokens to the pieces that are sent. Pure.

use std::mem;
use std::time::{Duration, Instant};

use hob_protocol::Secret;
use hob_protocol::text::Finish;

use crate::stop::{StopMatcher, Watched};
use crate::utf8::Utf8Stream;

pub(crate) struct Answer<S> {
    send: S,
    characters: Utf8Stream,
    stops: StopMatcher,
    text: Secret,
    /// So many bytes of the text have been sent.
    sent: usize,
    /// When the last of them were.
    sent_at: Option<Instant>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    Yes,
    No,
}

impl<S: FnMut(&str)> Answer<S> {
    /// Text that comes faster goes together: nobody reads it faster, and each piece wakes two programs that take turns with the threads
    /// of the engine.
    const PAUSE: Duration = Duration::from_millis(30);

    pub(crate) fn new(stops: Vec<String>, send: S) -> Self {
        Self {
            send,
            characters: Utf8Stream::default(),
            stops: StopMatcher::new(stops),
            text: Secret::default(),
            sent: 0,
            sent_at: None,
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> Stopped {
        let characters = self.characters.push(bytes);
        let (text, stopped) = match self.stops.push(&characters) {
            Watched::Text(text) => (text, Stopped::No),
            Watched::Stopped(text) => (text, Stopped::Yes),
        };
        self.text.push_str(&text);
        stopped
    }

    /// Sends what there is, if there is a first piece or enough time has passed since the last one.
    pub(crate) fn send_if_due(&mut self, now: Instant) {
        let is_due = self.sent_at.is_none_or(|sent| now.duration_since(sent) >= Self::PAUSE);
        if is_due && self.send() {
            self.sent_at = Some(now);
        }
    }

    /// Sends the rest. Returns the whole text.
    pub(crate) fn finish(mut self, finish: Finish) -> Secret {
        let held = mem::replace(&mut self.stops, StopMatcher::new(Vec::new())).finish();
        if finish != Finish::StopString {
            self.text.push_str(&held);
        }
        self.send();
        self.text
    }

    fn send(&mut self) -> bool {
        let text = &self.text.as_str()[self.sent..];
        let is_new = !text.is_empty();
        if is_new {
            (self.send)(text);
            self.sent = self.text.as_str().len();
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use hob_protocol::text::Finish;

    use super::{Answer, Stopped};

    #[test]
    fn the_first_piece_goes_at_once_and_others_when_their_time_has_come() {
        let begin = Instant::now();
        let at = |milliseconds| begin + Duration::from_millis(milliseconds);
        let mut pieces = Vec::new();
        let mut answer = Answer::new(Vec::new(), |text: &str| pieces.push(text.to_owned()));
        answer.send_if_due(at(0));
        for (time, word) in [(5, "a"), (10, "b"), (20, "c"), (34, "d"), (35, "e"), (40, "f"), (70, "\u{e9}"), (71, "g")]
        {
            assert_eq!(answer.push(word.as_bytes()), Stopped::No);
            answer.send_if_due(at(time));
        }
        assert_eq!(answer.finish(Finish::Stop).as_str(), "abcdef\u{e9}g");
        assert_eq!(pieces, ["a", "bcde", "f\u{e9}", "g"]);
    }

    #[test]
    fn what_may_become_a_stop_string_waits() {
        for (pushed, finish, expected) in [
            (vec!["one E", "N", "D"], Finish::StopString, "one "),
            (vec!["one E", "N"], Finish::Stop, "one EN"),
            (vec!["one E", "N", "x"], Finish::Length, "one ENx"),
        ] {
            let mut pieces = String::new();
            let mut answer = Answer::new(vec!["END".to_owned()], |text: &str| pieces.push_str(text));
            for bytes in pushed {
                answer.push(bytes.as_bytes());
                answer.send_if_due(Instant::now());
            }
            assert_eq!(answer.finish(finish).as_str(), expected);
            assert_eq!(pieces, expected);
        }
    }
}
