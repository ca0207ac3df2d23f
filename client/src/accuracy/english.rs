//! The form for English, after the published description of Whisper's normaliser (Radford et al. 2022, appendix C): what
//! two careful writers may write differently becomes the same, so that only words that were misheard count.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::plain::without_brackets;
use super::{numbers, spelling};

/// Sounds between words.
const FILLERS: [&str; 6] = ["hmm", "mm", "mhm", "mmm", "uh", "um"];

/// Short forms that are not made by the rules in [`ENDINGS`].
const SHORT: [(&str, &str); 38] = [
    ("won't", "will not"),
    ("can't", "can not"),
    ("cannot", "can not"),
    ("shan't", "shall not"),
    ("let's", "let us"),
    ("ain't", "aint"),
    ("y'all", "you all"),
    ("wanna", "want to"),
    ("gotta", "got to"),
    ("gonna", "going to"),
    ("i'ma", "i am going to"),
    ("imma", "i am going to"),
    ("woulda", "would have"),
    ("coulda", "could have"),
    ("shoulda", "should have"),
    ("ma'am", "madam"),
    ("mr", "mister"),
    ("mrs", "missus"),
    ("st", "saint"),
    ("dr", "doctor"),
    ("prof", "professor"),
    ("capt", "captain"),
    ("gov", "governor"),
    ("ald", "alderman"),
    ("gen", "general"),
    ("sen", "senator"),
    ("rep", "representative"),
    ("pres", "president"),
    ("rev", "reverend"),
    ("hon", "honorable"),
    ("asst", "assistant"),
    ("assoc", "associate"),
    ("lt", "lieutenant"),
    ("col", "colonel"),
    ("jr", "junior"),
    ("sr", "senior"),
    ("esq", "esquire"),
    ("okay", "ok"),
];

/// What an apostrophe stands for. Which word `'s` stands for cannot be known; the same on both sides will do.
const ENDINGS: [(&str, &str); 8] = [
    ("n't", "not"),
    ("'re", "are"),
    ("'s", "is"),
    ("'d", "would"),
    ("'ll", "will"),
    ("'t", "not"),
    ("'ve", "have"),
    ("'m", "am"),
];

/// Before these, `'s` is `has` and `'d` is `had`.
const PARTICIPLES: [&str; 4] = ["been", "gone", "done", "got"];

/// Symbols that belong to a number.
pub(super) const CURRENCIES: [char; 4] = ['$', '¢', '€', '£'];

pub(super) fn words(text: &str) -> Vec<String> {
    let pieces = pieces(&simple(text));
    let mut words = Vec::with_capacity(pieces.len());
    for (index, piece) in pieces.iter().enumerate() {
        let followed_by = pieces.get(index + 1).map_or("", String::as_str);
        expand(piece, followed_by, &mut words);
    }
    let words: Vec<String> = words.iter().flat_map(|word| parts(word)).collect();
    let words = numbers::to_digits(&words).into_iter().filter(|word| word.contains(char::is_alphanumeric));
    words.map(|word| spelling::american(&word)).collect()
}

/// Small letters without accents, ASCII apostrophes at the ends of their words, nothing in brackets.
fn simple(text: &str) -> String {
    let text = text.to_lowercase().replace(['\u{2019}', '\u{2018}', '\u{2bc}', '`'], "'");
    let text: String = without_brackets(&text).nfkd().filter(|letter| !is_combining_mark(*letter)).collect();
    let mut simple = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            'æ' => simple.push_str("ae"),
            'œ' => simple.push_str("oe"),
            'ø' => simple.push('o'),
            'ß' => simple.push_str("ss"),
            'þ' => simple.push_str("th"),
            'ł' => simple.push('l'),
            'đ' | 'ð' => simple.push('d'),
            '\'' => {
                simple.truncate(simple.trim_end().len());
                simple.push('\'');
            }
            other => simple.push(other),
        }
    }
    simple
}

/// Splits at everything that is no part of a word or a number.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let digit_follows = letters.peek().is_some_and(char::is_ascii_digit);
        let belongs = match letter {
            '.' => digit_follows,
            '\'' => before.is_alphanumeric() || letters.peek().is_some_and(|next| next.is_alphanumeric()),
            '%' => true,
            _ => letter.is_alphanumeric() || CURRENCIES.contains(&letter),
        };
        // 10,000 is one number.
        let within_number = letter == ',' && before.is_ascii_digit() && digit_follows;
        if belongs {
            pieces.last_mut().expect("there is always a piece being written").push(letter);
        } else if !within_number {
            pieces.push(String::new());
        }
        before = letter;
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Writes short forms out.
fn expand(piece: &str, followed_by: &str, words: &mut Vec<String>) {
    let piece = piece.trim_end_matches('\'');
    if FILLERS.contains(&piece) {
        return;
    }
    if let Some((_, long)) = SHORT.iter().find(|(short, _)| *short == piece) {
        return words.extend(long.split(' ').map(str::to_owned));
    }
    for (ending, word) in ENDINGS {
        let Some(stem) = piece.strip_suffix(ending).filter(|stem| !stem.is_empty()) else { continue };
        let word = match ending {
            "'s" if PARTICIPLES.contains(&followed_by) => "has",
            "'d" if PARTICIPLES.contains(&followed_by) => "had",
            _ => word,
        };
        // "wouldn't've" has two.
        expand(stem, word, words);
        return words.push(word.to_owned());
    }
    words.extend(piece.split('\'').filter(|part| !part.is_empty()).map(str::to_owned));
}

/// Splits between letters and digits: `mp3` is two words, `21st` and `90s` are one.
fn parts(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = vec![String::new()];
    let mut before = None;
    for (index, letter) in word.char_indices() {
        let changes = matches!(before, Some(other) if is_boundary(other, letter));
        if changes && !matches!(&word[index..], "st" | "nd" | "rd" | "th" | "s") {
            parts.push(String::new());
        }
        parts.last_mut().expect("there is always a part being written").push(letter);
        before = Some(letter);
    }
    parts
}

fn is_boundary(left: char, right: char) -> bool {
    left.is_alphabetic() && (right.is_ascii_digit() || CURRENCIES.contains(&right))
        || left.is_ascii_digit() && right.is_alphabetic()
}
