//! Polish: what happens to recognised text without a model. Pure functions over text, one file a rule set, in one order that is
//! written down in [`Polish::dictated`]. No clock, file or thread; what the user has configured comes in as [`Rules`].

mod casing;
mod commands;
pub(crate) mod counting;
mod fillers;
mod fit;
mod numbers;
mod phonetic;
mod replacements;
mod silence;
#[cfg(test)]
mod tests;
mod vocabulary;
mod words;

use std::borrow::Cow;

use hob_protocol::Secret;

pub use commands::Commands;
use replacements::Replacements;
pub use replacements::{Case, Fault, From, Replacement};
pub use silence::Spoken;
use vocabulary::Vocabulary;

use fit::Beginning;

/// Characters of the vocabulary that go into the recogniser's prompt, in the order of the list. Whisper's prompt has 224 tokens, and
/// names take one for two or three letters; room must be left for the text so far, and each token costs time.
const PROMPT_CHARACTERS: usize = 300;

/// What the user has configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    pub vocabulary: Vec<String>,
    pub replacements: Vec<Replacement>,
    pub commands: Commands,
    pub fillers: Fillers,
    pub numbers: Numbers,
}

/// What becomes of sounds of hesitation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fillers {
    #[default]
    Kept,
    Removed,
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Numbers {
    #[default]
    AsRecognised,
    InDigits,
}

/// The rules, ready for use.
pub struct Polish {
    rules: Rules,
    vocabulary: Vocabulary,
    replacements: Replacements,
}

/// What was recognised, and what is known about it.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    pub text: &'a str,
    /// ISO 639-1 code; empty if it is not known, which leaves the rules that know no language.
    pub language: &'a str,
    /// The text left of the cursor, if it is known.
    pub before: Option<&'a str>,
}

impl Polish {
    /// The number of the replacement that is at fault.
    pub fn new(rules: Rules) -> Result<Self, (usize, Fault)> {
        Ok(Self {
            vocabulary: Vocabulary::new(&rules.vocabulary),
            replacements: Replacements::new(&rules.replacements)?,
            rules,
        })
    }

    /// The same rules with more words that are put right.
    #[must_use]
    pub fn with_vocabulary(&self, words: &[Secret]) -> Self {
        let mut rules = self.rules.clone();
        rules.vocabulary.extend(words.iter().map(|word| word.as_str().to_owned()));
        Self::new(rules).expect("these replacements are in force already")
    }

    /// What the recogniser should expect: the vocabulary, then what the caller says.
    pub fn prompt(&self, prompt: Option<Secret>) -> Option<Secret> {
        let mut listed = String::new();
        for entry in &self.rules.vocabulary {
            if listed.len() + entry.len() > PROMPT_CHARACTERS {
                break;
            }
            listed.push_str(if listed.is_empty() { "" } else { ", " });
            listed.push_str(entry);
        }
        if listed.is_empty() {
            return prompt;
        }
        listed.push('.');
        if let Some(prompt) = prompt.filter(|prompt| !prompt.is_empty()) {
            listed.push(' ');
            listed.push_str(prompt.as_str());
        }
        Some(Secret::new(listed))
    }

    /// Dictated text. The order: names are put right before commands are looked for, so that a command's capitals and breaks
    /// are the last word on them; replacements come late, because the user wants them exactly as they are; the fit to the cursor
    /// only touches the beginning of what there is then.
    pub fn dictated(&self, heard: Heard<'_>) -> String {
        let Heard { text, language, before } = heard;
        let text = match self.rules.fillers {
            Fillers::Kept => Cow::Borrowed(text),
            Fillers::Removed => fillers::remove(text, language),
        };
        let text = self.vocabulary.correct(&text, language);
        let text = commands::obey(&text, language, self.rules.commands);
        let text = match self.rules.numbers {
            Numbers::AsRecognised => text,
            Numbers::InDigits => numbers::in_digits(&text, language).into_owned().into(),
        };
        let replaced = self.replacements.apply(&text);
        let is_fixed = self.vocabulary.begins(&replaced) || first_word(&text) != first_word(&replaced);
        let beginning = if is_fixed { Beginning::Fixed } else { Beginning::Word };
        fit::fit(&replaced, before, language, beginning)
    }

    /// Whether a dictated text is one that recognisers make of near-silence, and cannot have been said.
    pub fn is_imagined(text: &str, spoken: Spoken) -> bool {
        silence::is_imagined(text, spoken)
    }

    /// Text of a recording or of a program's stream: nobody dictated, so nothing in it is a command.
    pub fn transcribed(&self, heard: Heard<'_>) -> String {
        let text = self.vocabulary.correct(heard.text, heard.language);
        self.replacements.apply(&text).into_owned()
    }

    /// The two halves of a partial result. They are polished as one text; what the stable half alone gives as well, up to a blank, stays
    /// stable. Only a spoken correction takes back what was stable.
    pub fn partial(stable: &str, unstable: &str, polish: impl Fn(&str) -> String) -> (String, String) {
        let apart = stable.is_empty() || unstable.is_empty() || unstable.starts_with(char::is_whitespace);
        let (alone, whole) = (polish(stable), polish(&format!("{stable}{}{unstable}", if apart { "" } else { " " })));
        let common: usize =
            alone.chars().zip(whole.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        let (common, rest) = whole.split_at(common);
        let at_blank = rest.is_empty() || rest.starts_with(char::is_whitespace);
        let stable = if at_blank { common } else { &common[..common.rfind(char::is_whitespace).unwrap_or(0)] };
        let unstable = &whole[stable.len()..];
        (stable.to_owned(), unstable.strip_prefix(' ').unwrap_or(unstable).to_owned())
    }
}

fn first_word(text: &str) -> Option<&str> {
    text.split_whitespace().next()
}

impl Default for Polish {
    fn default() -> Self {
        Self::new(Rules::default()).expect("no rule is at fault where there is none")
    }
}

impl PartialEq for Polish {
    fn eq(&self, other: &Self) -> bool {
        self.rules == other.rules
    }
}

impl Eq for Polish {}

/// The user's words are in the rules.
impl std::fmt::Debug for Polish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Polish").field("commands", &self.rules.commands).finish_non_exhaustive()
    }
}
