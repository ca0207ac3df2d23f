//! Spoken punctuation and commands: "comma", "new line", "all caps", "scratch that". One table a language, one set of rules.
//!
//! Words are a command or are meant as they are. What decides, beside the words themselves:
//! an article or the like before them makes them plain ("the comma is missing", "a new line of products"), and so do neighbours that the
//! table names ("colon cancer", "scratch that itch") and quotation marks; pauses, which the recognition writes as punctuation, make them
//! a command. How much of that a phrase needs is its [`Sense`]: "open quote" needs nothing, "comma" a place within a sentence, "period"
//! one at the end of a sentence, and "dash" a pause on both sides.

mod english;
mod french;
mod german;
mod phrase;
mod spanish;
#[cfg(test)]
mod tests;
mod writer;

use std::borrow::Cow;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::words::{Token, folded, is_end, is_pause, tokens};
use phrase::{Act, Found, Index, Letters, Sense};
use writer::Writer;

/// Which spoken commands are obeyed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Commands {
    Off,
    /// Those that are meant, as far as rules can tell.
    #[default]
    On,
    /// Every one, wherever it stands.
    All,
}

static ENGLISH: LazyLock<Index> = LazyLock::new(|| Index::new(&english::ENGLISH));
static GERMAN: LazyLock<Index> = LazyLock::new(|| Index::new(&german::GERMAN));
static FRENCH: LazyLock<Index> = LazyLock::new(|| Index::new(&french::FRENCH));
static SPANISH: LazyLock<Index> = LazyLock::new(|| Index::new(&spanish::SPANISH));

/// The text with its commands carried out. A language without a table has none.
pub(super) fn obey<'a>(text: &'a str, language: &str, commands: Commands) -> Cow<'a, str> {
    let index = match (commands, language) {
        (Commands::Off, _) => return Cow::Borrowed(text),
        (_, "en") => &*ENGLISH,
        (_, "de") => &*GERMAN,
        (_, "fr") => &*FRENCH,
        (_, "es") => &*SPANISH,
        _ => return Cow::Borrowed(text),
    };
    let (tokens, _) = tokens(text);
    let words: Vec<String> = tokens.iter().map(|token| folded(token.word)).collect();
    if !words.iter().any(|word| index.begins(word)) {
        return Cow::Borrowed(text);
    }
    let reading = Reading { index, commands, tokens, words };
    reading.obey().map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Whether all letters are large just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Large {
    On,
    Off,
}

/// What stands beside a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side<'a> {
    /// The beginning or the end of all.
    Edge,
    /// The end of a sentence.
    Sentence,
    /// A pause, or another command.
    Pause,
    /// A word, folded.
    Word(&'a str),
}

/// Words of a phrase, and some to spare.
const LONGEST_PHRASE: usize = 8;

struct Reading<'a> {
    index: &'static Index,
    commands: Commands,
    tokens: Vec<Token<'a>>,
    words: Vec<String>,
}

impl Reading<'_> {
    /// `None` if there is nothing to obey.
    fn obey(&self) -> Option<String> {
        let language = self.index.language;
        let last_off = self.last_off();
        let mut writer = Writer::new(language.code, language.salutations);
        let (mut at, mut obeyed, mut after_command) = (0, false, false);
        let mut large = Large::Off;
        while at < self.tokens.len() {
            let meant = self.find(at).filter(|found| {
                let ends_nothing = large == Large::Off && self.is_end_within_words(at, found, after_command);
                self.is_meant(at, found, after_command) && !ends_nothing
            });
            if let Some(found) = meant {
                let own = self.tokens[at + found.words - 1].trail;
                match found.phrase.act {
                    Act::LargeOn if at < last_off => large = Large::On,
                    Act::LargeOff => large = Large::Off,
                    _ => {}
                }
                perform(&mut writer, &found, own, large);
                at += found.words;
                obeyed = true;
            } else {
                let next = self.tokens.get(at + 1).map(|token| token.word);
                writer.word(self.tokens[at], next);
                at += 1;
            }
            after_command = meant.is_some();
        }
        obeyed.then(|| writer.finish())
    }

    /// The longest phrase that begins here. Marks within break it up.
    fn find(&self, at: usize) -> Option<Found> {
        let is_joined = |next: &usize| self.tokens[*next].lead.is_empty() && self.tokens[next - 1].trail.is_empty();
        let reach = (at + 1..self.tokens.len()).take(LONGEST_PHRASE).take_while(is_joined).count() + 1;
        self.index.find(&self.words[at..at + reach])
    }

    fn is_meant(&self, at: usize, found: &Found, after_command: bool) -> bool {
        let (left, right) = (self.left(at, after_command), self.right(at + found.words));
        if found.phrase.act == Act::LargeOn && right == Side::Edge {
            return false;
        }
        if self.commands == Commands::All {
            return true;
        }
        // A word in quotes is spoken about.
        if self.tokens[at].lead.contains(['"', '“', '‘', '«', '„', '\'']) {
            return false;
        }
        self.is_free(at, found, (left, right)) && self.makes_sense(at, found, left, right)
    }

    /// No neighbour makes it a plain word.
    fn is_free(&self, at: usize, found: &Found, (left, right): (Side<'_>, Side<'_>)) -> bool {
        let (phrase, language) = (found.phrase, self.index.language);
        if let Side::Word(before) = left {
            let named = match phrase.sense {
                _ if self.is_chained(at, found) => false,
                Sense::Verb => false,
                Sense::Sure => language.before_nouns.contains(&before),
                _ => language.before_nouns.contains(&before) || language.before_names.contains(&before),
            };
            if named || phrase.not_after.contains(&before) {
                return false;
            }
        }
        let Side::Word(after) = right else { return true };
        let is_number = |word: &str| word.chars().all(|c| c.is_ascii_digit()) || language.number(word).is_some();
        let among_numbers = matches!(left, Side::Word(before) if is_number(before)) && is_number(after);
        // "3 Komma 5" is a number.
        if phrase.act == Act::Mark(",") && language.has_decimal_comma() && among_numbers {
            return false;
        }
        let pointed_at = matches!(left, Side::Word(before) if language.pointers.contains(&before));
        let is_noun = pointed_at && language.copulas.contains(&after);
        !is_noun && !phrase.not_before.contains(&after)
    }

    /// One word stands between this sign and the one before: "state hyphen of hyphen the hyphen art".
    fn is_chained(&self, at: usize, found: &Found) -> bool {
        let is_join = |found: &Found| matches!(found.phrase.act, Act::Join(_));
        let before = at.checked_sub(2).and_then(|before| self.find(before));
        is_join(found) && before.is_some_and(|before| before.words == 1 && is_join(&before))
    }

    fn makes_sense(&self, at: usize, found: &Found, left: Side<'_>, right: Side<'_>) -> bool {
        let (after_word, before_word) = (matches!(left, Side::Word(_)), matches!(right, Side::Word(_)));
        let begins = matches!(left, Side::Edge | Side::Sentence);
        let next = self.tokens.get(at + found.words);
        let next_is_large = next.is_some_and(|token| {
            token.word.starts_with(char::is_uppercase) && token.word != "I" && !token.word.starts_with("I'")
        });
        match found.phrase.sense {
            Sense::Sure | Sense::Verb => true,
            Sense::Likely => !(begins && before_word),
            Sense::Ender => {
                let of_article = at >= 2
                    && after_word
                    && self.tokens[at - 2].trail.is_empty()
                    && self.index.language.articles.contains(&self.words[at - 2].as_str());
                !of_article && (!before_word || (after_word && next_is_large))
            }
            Sense::SetOff => !after_word && !before_word,
            Sense::Opens(others) => self.is_closed(at, found, others),
            Sense::OpensOrSetOff(others) => (!after_word && !before_word) || self.is_closed(at, found, others),
            Sense::Closes(other) => {
                let last = |wanted: &str| self.words[..at].iter().rposition(|word| word == wanted);
                last(other) > last(&self.words[at])
            }
            Sense::Argument => right != Side::Edge && (!after_word || next_is_large),
        }
    }

    /// One of these comes later, before the same phrase begins again.
    fn is_closed(&self, at: usize, found: &Found, others: &[&str]) -> bool {
        let (word, rest) = (&self.words[at], &self.words[at + found.words..]);
        let closes = |at: usize| others.iter().any(|other| begin_with(&rest[at..], other));
        let again = |at: usize| rest[at] == *word;
        (0..rest.len()).find(|at| closes(*at) || again(*at)).is_some_and(|at| at > 0 && closes(at))
    }

    fn left(&self, at: usize, after_command: bool) -> Side<'_> {
        match at.checked_sub(1) {
            None => Side::Edge,
            Some(_) if after_command => Side::Pause,
            // The point of an abbreviation ends nothing.
            Some(before) if self.tokens[before].word.contains('.') => Side::Word(&self.words[before]),
            Some(before) if is_end(self.tokens[before].trail) => Side::Sentence,
            Some(before) if self.tokens[before].trail.contains(is_pause) => Side::Pause,
            Some(before) => Side::Word(&self.words[before]),
        }
    }

    /// `at` is the token behind the phrase.
    fn right(&self, at: usize) -> Side<'_> {
        let own = self.tokens[at - 1].trail;
        match self.tokens.get(at) {
            None => Side::Edge,
            Some(_) if is_end(own) => Side::Sentence,
            Some(_) if own.contains(is_pause) => Side::Pause,
            Some(next) if next.word.is_empty() && next.trail.contains(is_pause) => Side::Pause,
            Some(_) if self.find(at).is_some() => Side::Pause,
            Some(_) => Side::Word(&self.words[at]),
        }
    }

    /// "Took caps off bottles": it would end large letters, but stands among plain words.
    fn is_end_within_words(&self, at: usize, found: &Found, after_command: bool) -> bool {
        let is_word = |side| matches!(side, Side::Word(_));
        let among_words = is_word(self.left(at, after_command)) || is_word(self.right(at + found.words));
        found.phrase.act == Act::LargeOff && self.commands != Commands::All && among_words
    }

    /// Where "end caps" stands for the last time; 0 if nowhere.
    fn last_off(&self) -> usize {
        let is_off = |at: &usize| {
            self.find(*at).is_some_and(|found| found.phrase.act == Act::LargeOff && self.is_meant(*at, &found, false))
        };
        (0..self.tokens.len()).rev().find(is_off).unwrap_or(0)
    }
}

fn begin_with(words: &[String], phrase: &str) -> bool {
    let mut words = words.iter();
    phrase.split(' ').all(|part| words.next().is_some_and(|word| word == part))
}

/// `own` are the marks behind the command, which the recognition has put there; `large` is how letters are from here on.
fn perform(writer: &mut Writer, found: &Found, own: &str, large: Large) {
    match found.phrase.act {
        Act::Mark(mark) => writer.mark(mark, own),
        Act::MarkAndBreak(mark, text) => {
            writer.mark(mark, own);
            writer.line_break(text);
        }
        Act::Open(mark) => writer.open(mark),
        Act::Close(mark) => writer.close(mark, own),
        Act::Between(sign) => writer.between(sign, own),
        Act::Join(sign) => writer.join(sign, own),
        Act::Prefix(sign) => writer.prefix(sign),
        Act::Suffix(sign) => writer.suffix(sign, own),
        Act::Break(text) => writer.line_break(text),
        Act::NoSpace => writer.no_space(own),
        Act::Letters(letters) => writer.letters(letters),
        Act::LargeOn if large == Large::On => writer.large_on(),
        Act::LargeOn => writer.letters(Letters::AllLarge),
        Act::LargeOff => writer.large_off(own),
        Act::Scratch => writer.scratch(),
        Act::DeleteWords => writer.delete_words(found.count),
    }
}
