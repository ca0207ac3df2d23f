//! Who can tell what became of a text that was sent to a window, for the thread that sends it.

use crate::core::Window;

/// All calls come from the thread that inserts, and take no longer than they say.
pub trait Witness {
    /// A text is likely to be sent to this window soon. May take a few milliseconds the first time.
    fn get_ready(&mut self, window: Option<&Window>);

    /// A text is about to be sent to this window. Takes no time.
    fn begin(&mut self, window: Option<&Window>);

    /// What came of the text. Waits for programs that tell, with a limit; no text is kept waiting by that.
    fn end(&mut self, text: &str) -> Testimony;

    /// What stands left of the cursor of this window, at most so many characters. `None` if nothing tells.
    fn before_cursor(&mut self, window: Option<&Window>, characters: usize) -> Option<String>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Testimony {
    /// The window has told of it, and it stands there, as it is here: a field of one line has no line ends.
    Arrived(String),
    /// A field that could take it has the keyboard, and is as it was.
    Nothing,
    Unknown,
}

/// The text as a field holds it that has told of this. `None` if that is another text.
pub fn as_it_stands(sent: &str, told: &str) -> Option<String> {
    let without = |letter: char| sent.chars().filter(|&other| other != letter).collect::<String>();
    [sent.to_owned(), sent.replace('\n', " "), without('\n')].into_iter().find(|possible| possible == told)
}

/// How much of what stands left of the cursor is the text that was sent: as it was sent, or as a field of one line takes it.
pub fn standing(sent: &str, before: &str) -> Option<String> {
    let without: String = sent.chars().filter(|&letter| letter != '\n').collect();
    let possible = [sent.to_owned(), sent.replace('\n', " "), without];
    possible.into_iter().find(|possible| !possible.is_empty() && before.ends_with(possible.as_str()))
}

/// Whether this is the last line of the text and nothing else, which says nothing of those before it.
pub fn ends_in_line(sent: &str, before: &str) -> bool {
    sent.rsplit_once('\n').is_some_and(|(_, line)| line == before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_one_line_holds_no_line_ends() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(as_it_stands("one\ntwo", "one\ntwo"), some("one\ntwo"));
        assert_eq!(as_it_stands("one\ntwo", "onetwo"), some("onetwo"));
        assert_eq!(as_it_stands("one\ntwo", "one two"), some("one two"));
        assert_eq!(as_it_stands("one\ntwo", "one"), None);
        assert_eq!(standing("one\ntwo", "before onetwo"), some("onetwo"));
        assert_eq!(standing("one\ntwo", "before one\ntwo"), some("one\ntwo"));
        assert_eq!(standing("one", "two"), None);
        assert_eq!(standing("\n", "anything"), None);
        assert!(ends_in_line("one\ntwo", "two") && ends_in_line("one\n", ""));
        assert!(!ends_in_line("one\ntwo", "one\ntwo") && !ends_in_line("two", "two"));
    }
}
