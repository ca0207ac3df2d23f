//! Stop strings: generation ends where one of them does, and no part of it is ever sent. Pure.

/// Watches text for stop strings, however it is cut into pieces.
#[derive(Debug)]
pub(crate) struct StopMatcher {
    stops: Vec<String>,
    /// The end of the text so far that may be the beginning of a stop string.
    held: String,
}

/// What a piece of text brought.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Watched {
    /// This much more is certain to be no part of a stop string.
    Text(String),
    /// The text before the stop string; what follows is dropped.
    Stopped(String),
}

impl StopMatcher {
    /// An empty stop string would end everything at once and is ignored.
    pub(crate) fn new(stops: Vec<String>) -> Self {
        let stops = stops.into_iter().filter(|stop| !stop.is_empty()).collect();
        Self { stops, held: String::new() }
    }

    /// Looks at the next piece. The stop string that is complete first wins, and the longest of those that end together.
    pub(crate) fn push(&mut self, piece: &str) -> Watched {
        self.held.push_str(piece);
        let found = self
            .stops
            .iter()
            .filter_map(|stop| self.held.find(stop.as_str()).map(|start| (start + stop.len(), start)))
            .min();
        if let Some((_, start)) = found {
            self.held.truncate(start);
            return Watched::Stopped(std::mem::take(&mut self.held));
        }
        let certain = self.held.len() - self.undecided();
        let rest = self.held.split_off(certain);
        Watched::Text(std::mem::replace(&mut self.held, rest))
    }

    /// What was held back, once no more text comes.
    pub(crate) fn finish(self) -> String {
        self.held
    }

    /// Bytes at the end of `held` with which a stop string could begin.
    fn undecided(&self) -> usize {
        let begins_a_stop = |from: usize| self.stops.iter().any(|stop| stop.starts_with(&self.held[from..]));
        let longest = self.stops.iter().map(String::len).max().unwrap_or(0);
        let first = self.held.len().saturating_sub(longest);
        (first..self.held.len())
            .find(|from| self.held.is_char_boundary(*from) && begins_a_stop(*from))
            .map_or(0, |from| self.held.len() - from)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{StopMatcher, Watched};

    /// The pieces as they would be sent, and whether a stop string ended them.
    fn sent(stops: &[&str], pieces: &[&str]) -> (Vec<String>, bool) {
        let mut matcher = StopMatcher::new(stops.iter().map(|stop| (*stop).to_owned()).collect());
        let mut sent = Vec::new();
        for piece in pieces {
            match matcher.push(piece) {
                Watched::Text(text) => sent.push(text),
                Watched::Stopped(text) => {
                    sent.push(text);
                    return (sent, true);
                }
            }
        }
        sent.push(matcher.finish());
        (sent, false)
    }

    #[test]
    fn stop_strings_across_pieces() {
        type Case = (&'static [&'static str], &'static [&'static str], &'static [&'static str], bool);
        let cases: &[Case] = &[
            (&["###"], &["one ", "# two"], &["one ", "# two", ""], false),
            (&["###"], &["one #", "#", "# two"], &["one ", "", ""], true),
            (&["###"], &["one ##"], &["one ", "##"], false),
            (&["aab"], &["aa", "ab"], &["", "a"], true),
            (&["\n\n"], &["a\n", "b\n", "\nc"], &["a", "\nb", ""], true),
            (&["abc", "b"], &["a", "b", "c"], &["", "a"], true),
            (&["é!"], &["caf", "é", "?"], &["caf", "", "é?", ""], false),
            (&[""], &["text"], &["text", ""], false),
            (&[], &["text"], &["text", ""], false),
        ];
        for (stops, pieces, expected, stopped) in cases {
            let (sent, was_stopped) = sent(stops, pieces);
            let sent: Vec<&str> = sent.iter().map(String::as_str).collect();
            assert_eq!((sent.as_slice(), was_stopped), (*expected, *stopped), "{stops:?} {pieces:?}");
        }
    }

    /// The text before the first stop string to be complete, looked for at every position.
    fn expected(stops: &[String], text: &str) -> (String, bool) {
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let longest = stops.iter().filter(|stop| text[..end].ends_with(stop.as_str())).map(String::len).max();
            if let Some(length) = longest {
                return (text[..end - length].to_owned(), true);
            }
        }
        (text.to_owned(), false)
    }

    proptest! {
        #[test]
        fn the_cut_into_pieces_does_not_matter(
            stops in prop::collection::vec("[abé]{1,4}", 0..3),
            pieces in prop::collection::vec("[abé]{0,3}", 0..12),
        ) {
            let stops_as_str: Vec<&str> = stops.iter().map(String::as_str).collect();
            let pieces_as_str: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let (sent, stopped) = sent(&stops_as_str, &pieces_as_str);
            prop_assert_eq!((sent.concat(), stopped), expected(&stops, &pieces.concat()));
        }
    }
}
