//! Dictated text made to follow what stands left of the cursor: the blank between them, and the first letter.

use super::casing::{capitalised, lowered};
use super::words::{is_end, tokens};

/// How a text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// With a word of the sentence.
    Word,
    /// With a name or with what the user wrote: its letters stay.
    Fixed,
}

/// The text as it follows `before`; unchanged if that is not known.
pub(super) fn fit(text: &str, before: Option<&str>, language: &str, beginning: Beginning) -> String {
    let Some(before) = before else { return text.to_owned() };
    let blank = if needs_blank(before, text) { " " } else { "" };
    let text = match (beginning, place(before)) {
        (Beginning::Fixed, _) | (_, Place::Unclear) => text.to_owned(),
        (_, Place::Sentence) => with_first_word(text, |word, _| capitalised(word)),
        (_, Place::Middle) => with_first_word(text, |word, next| lowered(word, next, language)),
    };
    format!("{blank}{text}")
}

/// Where the cursor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A sentence begins.
    Sentence,
    Middle,
    /// In a quotation or a list: either may be right.
    Unclear,
}

fn place(before: &str) -> Place {
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.trim().is_empty() {
        return Place::Sentence;
    }
    // "- ", "1. ", "> ", "# ": what stands before a line's own text.
    if !line.contains(char::is_alphabetic) {
        return Place::Unclear;
    }
    let line = line.trim_end();
    match line.chars().next_back() {
        // A title comes before a name.
        Some('.') if ends_in(line, &["mr.", "mrs.", "ms.", "dr.", "prof.", "st."]) => Place::Unclear,
        _ if is_end(line) && !is_abbreviated(line) => Place::Sentence,
        Some(':' | '“' | '„' | '«' | '‘') => Place::Unclear,
        Some('"' | '\'') if opens(line) => Place::Unclear,
        _ => Place::Middle,
    }
}

/// A point that ends an abbreviation: "e.g." and the like, or a title.
fn is_abbreviated(line: &str) -> bool {
    const ABBREVIATED: [&str; 6] = ["vs.", "etc.", "approx.", "no.", "bzw.", "ca."];
    ends_in(line, &ABBREVIATED) || last_word(line).trim_end_matches('.').contains('.')
}

fn ends_in(line: &str, words: &[&str]) -> bool {
    words.contains(&last_word(line).to_lowercase().as_str())
}

fn last_word(line: &str) -> &str {
    line.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default()
}

fn needs_blank(before: &str, text: &str) -> bool {
    let (Some(last), Some(first)) = (before.chars().next_back(), text.chars().next()) else { return false };
    if last.is_whitespace()
        || first.is_whitespace()
        || is_written_without_blanks(last)
        || is_written_without_blanks(first)
    {
        return false;
    }
    let joins = match last {
        '(' | '[' | '{' | '<' | '“' | '„' | '«' | '‘' | '/' | '\\' | '@' | '#' | '_' | '-' | '—' | '$' | '€' | '¿'
        | '¡' => true,
        '"' | '\'' => opens(before),
        _ => false,
    };
    !joins && !follows_closely(text, first)
}

/// A straight quotation mark at the end that opens: nothing, a blank or a bracket is before it.
fn opens(before: &str) -> bool {
    let mut marks = before.chars().rev().skip(1);
    marks.next().is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '{' | '=' | ':'))
}

/// Marks that stand right behind a word. ".NET" and "%d" are words.
fn follows_closely(text: &str, first: char) -> bool {
    let closes = matches!(
        first,
        ',' | '.' | '?' | '!' | ';' | ':' | ')' | ']' | '}' | '%' | '…' | '”' | '»' | '°' | '-' | '/' | '@' | '_'
    );
    closes && (matches!(first, '-' | '/' | '@' | '_') || !text[first.len_utf8()..].starts_with(char::is_alphanumeric))
}

/// Chinese, Japanese, Thai, Lao, Khmer and Burmese letters and marks.
fn is_written_without_blanks(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3000}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
}

fn with_first_word(text: &str, change: impl FnOnce(&str, Option<&str>) -> String) -> String {
    // Two words are enough, and a long text is not read for them.
    let end = text.char_indices().filter(|(_, c)| c.is_whitespace()).nth(3).map_or(text.len(), |(at, _)| at);
    let (tokens, _) = tokens(&text[..end]);
    let Some(first) = tokens.first().filter(|first| !first.word.is_empty() && !first.gap.contains('\n')) else {
        return text.to_owned();
    };
    // A sentence that is over says nothing of its first word.
    let next = tokens.get(1).filter(|_| !is_end(first.trail)).map(|token| token.word);
    let start = first.gap.len() + first.lead.len();
    format!("{}{}{}", &text[..start], change(first.word, next), &text[start + first.word.len()..])
}

#[cfg(test)]
mod tests {
    use super::{Beginning, fit};

    #[test]
    fn text_follows_what_is_before_it() {
        for (before, text, expected) in [
            ("", "Hello there.", "Hello there."),
            ("", "hello there.", "Hello there."),
            ("We met.", "Then we left.", " Then we left."),
            ("We met. ", "then we left.", "Then we left."),
            ("We met", "At nine.", " at nine."),
            ("We met ", "At nine.", "at nine."),
            ("We met,", "And left.", " and left."),
            ("He asked \"Why?\"", "Then he left.", " Then he left."),
            ("We saw", "Ada Lovelace.", " Ada Lovelace."),
            ("We saw", "The Alps.", " the Alps."),
            ("Then", "I left.", " I left."),
            ("Then", "I'm gone.", " I'm gone."),
            ("the", "NASA report", " NASA report"),
            ("on", "Monday.", " Monday."),
            ("a list (", "The first", "the first"),
            ("a list [", "The first", "the first"),
            ("He said \"", "Stop it", "Stop it"),
            ("He said “", "Stop it", "Stop it"),
            ("she \"knows\"", "That much", " that much"),
            ("We met", ", he said", ", he said"),
            ("We met", ".", "."),
            ("We met", ".NET people", " .NET people"),
            ("We met", "\nNext", "\nNext"),
            ("Dear John,\n", "how are you", "How are you"),
            ("- ", "Milk", "Milk"),
            ("1. ", "milk", "milk"),
            ("such as e.g.", "The cat", " the cat"),
            ("I saw Dr.", "Smith", " Smith"),
            ("Note:", "Bring milk", " Bring milk"),
            ("well-", "Known", "known"),
            ("and/", "Or", "or"),
            ("#", "Rust", "Rust"),
            ("漢字", "漢字", "漢字"),
            ("We met", "", ""),
            ("One…", "Two", " Two"),
        ] {
            assert_eq!(fit(text, Some(before), "en", Beginning::Word), expected, "{before:?} {text:?}");
        }
    }

    #[test]
    fn unknown_surroundings_change_nothing() {
        assert_eq!(fit("at Nine", None, "en", Beginning::Word), "at Nine");
        assert_eq!(fit("Kubernetes is up", Some("and"), "en", Beginning::Fixed), " Kubernetes is up");
        assert_eq!(fit("Haus und Hof", Some("und"), "de", Beginning::Word), " Haus und Hof");
        assert_eq!(fit("Und Hof", Some("Haus"), "de", Beginning::Word), " und Hof");
        assert_eq!(fit("Привет", Some("и"), "ru", Beginning::Word), " Привет");
    }
}
