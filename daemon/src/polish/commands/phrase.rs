//! What can be said, what it does, and when it is meant: the words of one language as a table.

use std::collections::HashMap;

use crate::polish::counting::Counting;

/// What a spoken command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// A mark behind the last word.
    Mark(&'static str),
    /// The end of a sentence, and a break.
    MarkAndBreak(&'static str, &'static str),
    /// A mark before the next word.
    Open(&'static str),
    /// A mark behind the last word and its punctuation.
    Close(&'static str),
    /// A sign between blanks.
    Between(&'static str),
    /// A sign without blanks around it.
    Join(&'static str),
    /// A sign before the next word, and one behind the last: "#", "%".
    Prefix(&'static str),
    Suffix(&'static str),
    Break(&'static str),
    NoSpace,
    /// The letters of the next word.
    Letters(Letters),
    /// All letters large from here on: up to `LargeOff`, or if that does not come, in the next word.
    LargeOn,
    LargeOff,
    /// Takes back the last sentence.
    Scratch,
    /// Takes back so many words: as many as the phrase counts, or one.
    DeleteWords,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Letters {
    #[default]
    AsTheyAre,
    FirstLarge,
    AllLarge,
    AllSmall,
}

/// When words are a command. For all but `Verb`, an article or a possessive before them makes them plain words ("the comma").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// Always.
    Sure,
    /// The same, for phrases before which an article says nothing.
    Verb,
    /// Within a sentence, but not as its first word.
    Likely,
    /// Where a sentence may end: before a pause, the end, or a large letter, and not after "a …".
    Ender,
    /// Between two pauses only.
    SetOff,
    /// After a pause and before a word, or before a name.
    Argument,
    /// If one of these comes later, and not at once: "quote" is a command because of "unquote".
    Opens(&'static [&'static str]),
    /// The same, or between two pauses.
    OpensOrSetOff(&'static [&'static str]),
    /// If this word came before: the other half.
    Closes(&'static str),
}

#[derive(Debug)]
pub(super) struct Phrase {
    /// Folded, with blanks between. `#` stands for a number.
    words: &'static str,
    pub(super) act: Act,
    pub(super) sense: Sense,
    /// Words around it that make it plain.
    pub(super) not_after: &'static [&'static str],
    pub(super) not_before: &'static [&'static str],
}

impl Phrase {
    pub(super) const fn new(words: &'static str, act: Act, sense: Sense) -> Self {
        Self { words, act, sense, not_after: &[], not_before: &[] }
    }

    pub(super) const fn not_after(mut self, words: &'static [&'static str]) -> Self {
        self.not_after = words;
        self
    }

    pub(super) const fn not_before(mut self, words: &'static [&'static str]) -> Self {
        self.not_before = words;
        self
    }
}

/// The commands of one language.
#[derive(Debug)]
pub(super) struct Language {
    /// ISO 639-1 code.
    pub(super) code: &'static str,
    pub(super) phrases: &'static [&'static [Phrase]],
    /// Words after which every phrase is a noun: "the", "my".
    pub(super) before_nouns: &'static [&'static str],
    /// Words after which a phrase that is not sure is a noun: "with comma", "two commas".
    pub(super) before_names: &'static [&'static str],
    /// Articles that reach over one more word: "a long period".
    pub(super) articles: &'static [&'static str],
    /// Before these, what follows "this" or "that" is its noun: "this comma is".
    pub(super) pointers: &'static [&'static str],
    pub(super) copulas: &'static [&'static str],
    pub(super) counting: &'static Counting,
    /// Other words for as many, with those that the recognition takes them for.
    pub(super) also_counts: &'static [(&'static str, usize)],
    /// First words of a letter or a mail, whose comma stays before a new line.
    pub(super) salutations: &'static [&'static str],
}

impl Language {
    /// Two to ten, in words.
    pub(super) fn number(&self, word: &str) -> Option<usize> {
        let also = || self.also_counts.iter().find(|(name, _)| *name == word).map(|(_, number)| *number);
        self.counting.some(word).map(|number| number as usize).or_else(also)
    }

    pub(super) fn has_decimal_comma(&self) -> bool {
        self.code != "en"
    }
}

/// Phrases by their first word, longer ones first.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) language: &'static Language,
    by_first: HashMap<&'static str, Vec<(Vec<&'static str>, &'static Phrase)>>,
}

/// A phrase that was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) phrase: &'static Phrase,
    /// Words it takes up.
    pub(super) words: usize,
    /// The number in it.
    pub(super) count: usize,
}

impl Index {
    pub(super) fn new(language: &'static Language) -> Self {
        let mut by_first: HashMap<_, Vec<_>> = HashMap::new();
        for phrase in language.phrases.iter().copied().flatten() {
            let words: Vec<_> = phrase.words.split(' ').collect();
            by_first.entry(words[0]).or_default().push((words, phrase));
        }
        for phrases in by_first.values_mut() {
            phrases.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        Self { language, by_first }
    }

    pub(super) fn begins(&self, word: &str) -> bool {
        self.by_first.contains_key(word)
    }

    /// The longest phrase at the beginning of these words.
    pub(super) fn find(&self, words: &[String]) -> Option<Found> {
        let candidates = self.by_first.get(words.first()?.as_str())?;
        candidates.iter().find_map(|(pattern, phrase)| {
            let words = words.get(..pattern.len())?;
            let mut count = 1;
            let fits = pattern.iter().zip(words).all(|(&pattern, word)| match pattern {
                "#" => self.number(word).inspect(|&number| count = number).is_some(),
                _ => pattern == word,
            });
            fits.then_some(Found { phrase, words: pattern.len(), count })
        })
    }

    fn number(&self, word: &str) -> Option<usize> {
        /// Nobody counts more words than these.
        const MOST: usize = 99;
        self.language.number(word).or_else(|| word.parse().ok()).filter(|number| (1..=MOST).contains(number))
    }
}
