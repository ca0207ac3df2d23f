//! What is known before a stretch of speech is recognised: the language, what the caller said about it, and the text so far. Pure.

use std::borrow::Cow;

use hob_protocol::Secret;

use crate::language::{Spoken, is_written_without_blanks};

/// Characters of the text so far that go along as prompt. Whisper takes up to 223 tokens, but each costs time, and long prompts invite it to
/// repeat them.
const TEXT_SO_FAR: usize = 160;
/// Characters of the caller's prompt that are used: the last ones, about 150 tokens.
const CALLER: usize = 600;

/// When the text so far goes along as prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carry {
    Always,
    /// Only in the middle of a sentence, for its words and its case: a tiny model skips more of a new sentence, or takes it for what was
    /// said before.
    WithinSentence,
}

#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) spoken: Spoken,
    pub(crate) prompt: Secret,
    text: Secret,
}

impl Context {
    pub(crate) fn new(spoken: Spoken, prompt: Option<Secret>) -> Self {
        Self { spoken, prompt: prompt.unwrap_or_default(), text: Secret::default() }
    }

    /// From now on this language is spoken.
    pub(crate) fn settle(&mut self, language: &'static str) {
        self.spoken = Spoken::Known(language);
    }

    /// Everything recognised so far.
    pub(crate) fn text(&self) -> &str {
        self.text.as_str()
    }

    /// What Whisper should believe to have come before.
    pub(crate) fn whisper_prompt(&self, carry: Carry) -> String {
        let text = self.text.as_str();
        let is_carried = carry == Carry::Always || !ends_sentence(text);
        let so_far = if is_carried { tail(text, TEXT_SO_FAR) } else { "" };
        let caller = tail(self.prompt.as_str(), CALLER);
        let blank = if caller.is_empty() || so_far.is_empty() { "" } else { " " };
        format!("{caller}{blank}{so_far}")
    }

    pub(crate) fn add(&mut self, text: &str, language: &'static str) {
        self.text = join(self.text.as_str(), text, language).into_owned().into();
    }
}

/// Two stretches of text, one after the other.
pub(crate) fn join<'a>(before: &'a str, after: &'a str, language: &str) -> Cow<'a, str> {
    match (before.is_empty(), after.is_empty()) {
        (true, _) => Cow::Borrowed(after),
        (_, true) => Cow::Borrowed(before),
        _ if is_written_without_blanks(language) => Cow::Owned(format!("{before}{after}")),
        _ => Cow::Owned(format!("{before} {after}")),
    }
}

pub(crate) fn ends_sentence(text: &str) -> bool {
    const CLOSING: [char; 6] = ['"', '\'', '”', '’', '»', ')'];
    text.trim_end().trim_end_matches(CLOSING).ends_with(['.', '?', '!', '…', '。', '？', '！'])
}

/// The last characters of a text, beginning with a whole word where there are words.
fn tail(text: &str, characters: usize) -> &str {
    let text = text.trim();
    let Some((start, _)) = text.char_indices().rev().nth(characters) else { return text };
    let cut = &text[start..];
    cut.split_once(char::is_whitespace).map_or(cut, |(_, rest)| rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::{Carry, Context, TEXT_SO_FAR, join, tail};
    use crate::language::Spoken;

    #[test]
    fn tails_begin_with_a_word_and_never_cut_a_character() {
        for (text, characters, expected) in [
            ("", 3, ""),
            ("one two", 20, "one two"),
            ("one two", 4, "two"),
            ("one two", 3, "two"),
            ("one two", 2, "two"),
            ("ééé ééé", 3, "ééé"),
            ("長い文章", 2, "い文章"),
        ] {
            assert_eq!(tail(text, characters), expected, "{text}");
        }
    }

    #[test]
    fn texts_are_joined_as_their_language_writes() {
        assert_eq!(join("", "one", "en"), "one");
        assert_eq!(join("one", "", "en"), "one");
        assert_eq!(join("one", "two", "en"), "one two");
        assert_eq!(join("長い", "文章", "ja"), "長い文章");
    }

    #[test]
    fn prompt_is_the_callers_words_then_the_end_of_the_text() {
        let mut context = Context::new(Spoken::Known("en"), Some("Names: Ada.".into()));
        assert_eq!(context.whisper_prompt(Carry::Always), "Names: Ada.");
        context.add("word ".repeat(TEXT_SO_FAR).trim_end(), "en");
        context.add("end", "en");
        assert!(context.whisper_prompt(Carry::Always).starts_with("Names: Ada. word"));
        assert!(context.whisper_prompt(Carry::Always).ends_with("word end"));
        assert!(context.whisper_prompt(Carry::Always).len() < 20 + TEXT_SO_FAR);
    }

    #[test]
    fn a_new_sentence_may_begin_without_the_text_before_it() {
        for (text, expected) in [
            ("He went to the", "Names: Ada. He went to the"),
            ("He went, ", "Names: Ada. He went,"),
            ("He went.", "Names: Ada."),
            ("\"Did he go?\" ", "Names: Ada."),
            ("行きました。", "Names: Ada."),
        ] {
            let mut context = Context::new(Spoken::Known("en"), Some("Names: Ada.".into()));
            context.add(text, "en");
            assert_eq!(context.whisper_prompt(Carry::WithinSentence), expected, "{text}");
            assert_eq!(context.whisper_prompt(Carry::Always), format!("Names: Ada. {}", text.trim()));
        }
    }
}
