//! Text taken apart at its blanks, and words made comparable. Put together again, the parts are the text, byte for byte.

/// What stands between two blanks: a word with the marks around it, or marks alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// The blanks before it.
    pub(super) gap: &'a str,
    /// Marks before the word, such as an opening quote.
    pub(super) lead: &'a str,
    /// From the first to the last letter or digit; empty if there is none.
    pub(super) word: &'a str,
    /// Marks after the word, or all of it if there is no word.
    pub(super) trail: &'a str,
}

impl<'a> Token<'a> {
    fn new(gap: &'a str, chunk: &'a str) -> Self {
        let Some(start) = chunk.find(is_of_word) else {
            return Self { gap, lead: "", word: "", trail: chunk };
        };
        let (last, letter) = chunk.char_indices().rfind(|(_, c)| is_of_word(*c)).expect("there is a first one");
        let end = last + letter.len_utf8();
        Self { gap, lead: &chunk[..start], word: &chunk[start..end], trail: &chunk[end..] }
    }
}

/// The parts of a text, and the blanks at its end.
pub(super) fn tokens(text: &str) -> (Vec<Token<'_>>, &str) {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        let gap_end = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
        let (gap, after) = rest.split_at(gap_end);
        if after.is_empty() {
            return (tokens, gap);
        }
        let chunk_end = after.find(char::is_whitespace).unwrap_or(after.len());
        let (chunk, after) = after.split_at(chunk_end);
        tokens.push(Token::new(gap, chunk));
        rest = after;
    }
}

/// Small letters without accents, and plain apostrophes: what two spellings of one word have in common.
pub(super) fn folded(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            '’' | 'ʼ' | '‘' => folded.push('\''),
            '\u{300}'..='\u{36f}' => {}
            c if c.is_ascii() => folded.push(c),
            c => match plain(c) {
                "" => folded.push(c),
                letters => folded.push_str(letters),
            },
        }
    }
    folded
}

/// The Latin letter without its accent; empty for all others.
fn plain(c: char) -> &'static str {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' | 'ė' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ţ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => "",
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c)
}

/// A mark at which a sentence ends.
pub(super) fn ends_sentence(mark: char) -> bool {
    matches!(mark, '.' | '?' | '!' | '…' | '。' | '？' | '！')
}

/// A mark at which a speaker pauses.
pub(super) fn is_pause(mark: char) -> bool {
    ends_sentence(mark) || matches!(mark, ',' | ';' | ':' | '—' | '–' | '-')
}

/// A mark that stays behind the end of a sentence.
pub(super) fn is_closer(mark: char) -> bool {
    matches!(mark, '"' | '”' | '’' | '\'' | '»' | '“' | ')' | ']' | '}')
}

/// Whether a sentence is over after these marks.
pub(super) fn is_end(trail: &str) -> bool {
    trail.trim_end_matches(is_closer).ends_with(ends_sentence)
}

#[cfg(test)]
mod tests {
    use super::{folded, is_end, tokens};

    #[test]
    fn a_text_comes_apart_and_together_again() {
        for text in ["", " ", "a", "  «Ça va ?» \n\tand—so (on)… ", "漢字 mixed,, 1.5 % e\u{301}"] {
            let (parts, rest) = tokens(text);
            let mut again: String =
                parts.iter().flat_map(|token| [token.gap, token.lead, token.word, token.trail]).collect();
            again.push_str(rest);
            assert_eq!(again, text);
        }
        let (parts, _) = tokens("\"Don't!\" — e.g.");
        let parts: Vec<_> = parts.iter().map(|token| (token.lead, token.word, token.trail)).collect();
        assert_eq!(parts, [("\"", "Don't", "!\""), ("", "", "—"), ("", "e.g", ".")]);
    }

    #[test]
    fn folding_forgets_case_and_accents() {
        for (word, expected) in [("L’Été", "l'ete"), ("GRÖßE", "grosse"), ("cafe\u{301}", "cafe"), ("Привет", "привет")]
        {
            assert_eq!(folded(word), expected);
        }
    }

    #[test]
    fn closers_do_not_hide_the_end_of_a_sentence() {
        for (trail, ends) in [(".", true), ("?\"", true), (".)", true), (",", false), ("", false), ("\"", false)] {
            assert_eq!(is_end(trail), ends, "{trail}");
        }
    }
}
