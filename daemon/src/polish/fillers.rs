//! Sounds of hesitation taken out, with the punctuation around them mended. Words such as "like" and "you know" stay: they may be
//! meant.

use std::borrow::Cow;

use super::casing::capitalised;
use super::words::{Token, ends_sentence, folded, is_closer, is_end, tokens};

fn fillers(language: &str) -> &'static [&'static str] {
    match language {
        "en" => &["um", "umm", "uhm", "uh", "uhh", "er", "erm"],
        "de" => &["ah", "ahm", "ahhm", "oh", "ohm", "eh", "ehm", "hm"],
        "fr" => &["euh", "heu", "hum"],
        "es" => &["eh", "ehm", "em", "mmm"],
        "it" => &["ehm", "uhm"],
        "nl" => &["eh", "ehm", "uh", "uhm"],
        _ => &[],
    }
}

/// Words after which a comma is right, whoever hesitated there.
const INTRODUCTIONS: [&str; 16] =
    ["well", "so", "yes", "no", "okay", "ok", "oh", "hi", "hello", "hey", "now", "right", "ja", "nein", "oui", "bon"];

/// German writes some fillers as other words are folded: "äh" and "öh" are, "ah" and "oh" are not.
fn is_filler(token: &Token<'_>, language: &str) -> bool {
    // "ER" is a place, and "um" in quotes is spoken about.
    if token.lead.contains(['"', '“', '„', '«']) || (token.word.len() > 1 && !token.word.contains(char::is_lowercase))
    {
        return false;
    }
    let umlaut = language != "de" || token.word.to_lowercase().starts_with(['ä', 'ö', 'e', 'h']);
    let word = folded(token.word);
    umlaut && (fillers(language).contains(&word.as_str()) || fillers(language).contains(&shortened(&word).as_str()))
}

/// "uhhh" as "uh": three letters of a kind are a sound, two may be a word ("to err").
fn shortened(word: &str) -> String {
    let mut short = String::with_capacity(word.len());
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut more = 0;
        while letters.next_if_eq(&letter).is_some() {
            more += 1;
        }
        short.extend(std::iter::repeat_n(letter, if more == 1 { 2 } else { 1 }));
    }
    short
}

pub(super) fn remove<'a>(text: &'a str, language: &str) -> Cow<'a, str> {
    if fillers(language).is_empty() {
        return Cow::Borrowed(text);
    }
    let (tokens, rest) = tokens(text);
    if !tokens.iter().any(|token| is_filler(token, language)) {
        return Cow::Borrowed(text);
    }
    let mut kept = Kept { text: String::with_capacity(text.len()), ..Kept::default() };
    for token in &tokens {
        if is_filler(token, language) {
            kept.hesitate(token);
        } else {
            kept.add(token);
        }
    }
    kept.text.push_str(rest);
    Cow::Owned(kept.text)
}

#[derive(Default)]
struct Kept {
    text: String,
    /// Words of the present sentence so far.
    words: usize,
    /// The last word introduces what follows.
    introduced: bool,
    /// A filler began the sentence, so the next word does.
    begins: bool,
}

impl Kept {
    fn add(&mut self, token: &Token<'_>) {
        let word = if self.begins { capitalised(token.word) } else { token.word.to_owned() };
        self.begins = self.begins && token.word.is_empty();
        let gap = if self.text.is_empty() { "" } else { token.gap };
        self.text.extend([gap, token.lead, word.as_str(), token.trail]);
        self.introduced = self.words == 0 && INTRODUCTIONS.contains(&folded(token.word).as_str());
        self.words = if is_end(token.trail) { 0 } else { self.words + 1 };
    }

    fn hesitate(&mut self, token: &Token<'_>) {
        let large = token.word.starts_with(char::is_uppercase);
        self.begins |= self.words == 0 && large;
        // "I was, uh, going": the commas were the filler's own.
        if token.trail.starts_with(',') && self.text.ends_with(',') && !self.introduced {
            self.text.pop();
        }
        let end = token.trail.chars().find(|mark| ends_sentence(*mark) && *mark != '…');
        if let Some(end) = end.filter(|_| self.words > 0 && !token.trail.starts_with("..")) {
            if self.text.ends_with(',') {
                self.text.pop();
            }
            self.text.push(end);
            self.words = 0;
        }
        self.text.extend(token.trail.chars().filter(|mark| is_closer(*mark)));
    }
}

#[cfg(test)]
mod tests {
    use super::remove;

    #[test]
    fn hesitation_goes_and_the_marks_fit_again() {
        for (language, text, expected) in [
            ("en", "Um, I think so.", "I think so."),
            ("en", "um I think so", "I think so"),
            ("en", "I was, uh, going home.", "I was going home."),
            ("en", "Well, um, yes.", "Well, yes."),
            ("en", "I think, um.", "I think."),
            ("en", "I think um. Then we left", "I think. Then we left"),
            ("en", "I don't know. Um. Maybe.", "I don't know. Maybe."),
            ("en", "I don't know. Uh, maybe.", "I don't know. Maybe."),
            ("en", "Um... yes", "Yes"),
            ("en", "um, uh, er, what?", "what?"),
            ("en", "So, uh, um, we left.", "So, we left."),
            ("en", "Um.", ""),
            ("en", "Uhhhh, right, ummmm, yes", "Right, yes"),
            ("de", "Ich, ähm, gehe um acht.", "Ich gehe um acht."),
            ("de", "Äh, er kommt.", "Er kommt."),
            ("fr", "Euh, je ne sais pas.", "Je ne sais pas."),
        ] {
            assert_eq!(remove(text, language), expected, "{text}");
        }
    }

    #[test]
    fn words_stay() {
        for (language, text) in [
            ("en", "We went to the ER."),
            ("en", "Uh-oh, uh-huh."),
            ("en", "Mm-hm."),
            ("en", "To err is human."),
            ("en", "It is like, you know, good."),
            ("en", "He wrote \"um\" there"),
            ("de", "Er kommt um acht."),
            ("de", "Ah ja, oh nein."),
            ("fr", "Un humble um"),
            ("ru", "um"),
            ("", "um"),
        ] {
            assert_eq!(remove(text, language), text);
        }
    }
}
