//! The text as it grows behind the commands: words go in, marks go on them, and words are taken back. Knows nothing of language
//! but which words may become small.

use super::super::casing::{capitalised, lowered};
use super::super::words::{Token, ends_sentence, is_closer, is_end, is_pause};
use super::phrase::Letters;

/// What a first letter has to be because of the command before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Casing {
    /// As it was recognised.
    Kept,
    /// A sentence begins.
    Large,
    /// A sentence goes on where the recognition had ended one.
    Small,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Break,
}

#[derive(Debug)]
struct Piece {
    gap: String,
    text: String,
    trail: String,
    /// The trail was spoken, so nobody takes marks off it.
    spoken: bool,
    kind: Kind,
}

#[derive(Debug)]
pub(super) struct Writer {
    language: &'static str,
    salutations: &'static [&'static str],
    pieces: Vec<Piece>,
    casing: Casing,
    /// The next word follows without a blank.
    joined: bool,
    letters: Letters,
    /// All words are large until it is said otherwise.
    large: bool,
}

impl Writer {
    pub(super) fn new(language: &'static str, salutations: &'static [&'static str]) -> Self {
        let casing = Casing::Kept;
        Self {
            language,
            salutations,
            pieces: Vec::new(),
            casing,
            joined: false,
            letters: Letters::default(),
            large: false,
        }
    }

    /// A plain word, with the one that follows it.
    pub(super) fn word(&mut self, token: Token<'_>, next: Option<&str>) {
        let word = match self.casing {
            Casing::Kept => token.word.to_owned(),
            Casing::Large => capitalised(token.word),
            Casing::Small => lowered(token.word, next, self.language),
        };
        let word = match (self.large, self.letters) {
            (true, _) | (false, Letters::AllLarge) => word.to_uppercase(),
            (false, Letters::AsTheyAre) => word,
            (false, Letters::FirstLarge) => capitalised(&word),
            (false, Letters::AllSmall) => word.to_lowercase(),
        };
        if !token.word.is_empty() {
            self.casing = Casing::Kept;
            self.letters = Letters::AsTheyAre;
        }
        self.push(token.gap, format!("{}{word}", token.lead), Kind::Text);
        self.pieces.last_mut().expect("it was just pushed").trail.push_str(token.trail);
    }

    /// A mark behind the last word, in place of what the recognition guessed there. `own` are the marks at the command itself.
    pub(super) fn mark(&mut self, mark: &str, own: &str) {
        self.casing = match own {
            _ if mark.ends_with(['.', '?', '!']) => Casing::Large,
            own if is_end(own) => Casing::Small,
            _ => Casing::Kept,
        };
        let closers: String = own.chars().filter(|c| is_closer(*c)).collect();
        self.strip(is_pause);
        match self.pieces.last_mut() {
            Some(piece) if piece.kind == Kind::Text => {
                let before_closers = piece.trail.trim_end_matches(is_closer);
                if !(piece.spoken && before_closers.ends_with(mark) && before_closers.len() < piece.trail.len()) {
                    piece.trail.push_str(mark);
                }
                piece.trail.push_str(&closers);
                piece.spoken = true;
            }
            _ => {
                self.push("", mark.trim_start().to_owned(), Kind::Text);
                self.pieces.last_mut().expect("it was just pushed").spoken = true;
            }
        }
    }

    pub(super) fn open(&mut self, mark: &str) {
        self.push(" ", mark.to_owned(), Kind::Text);
        self.joined = true;
    }

    pub(super) fn close(&mut self, mark: &str, own: &str) {
        self.strip(|c| is_pause(c) && !ends_sentence(c));
        let ended = self.ends_sentence();
        match self.pieces.last_mut() {
            Some(piece) if piece.kind == Kind::Text => piece.trail.push_str(mark),
            _ => self.push("", mark.to_owned(), Kind::Text),
        }
        let piece = self.pieces.last_mut().expect("there is one now");
        piece.spoken = true;
        // The sentence ends behind the quote, if it has not within.
        if !ended && is_end(own) {
            piece.trail.extend(own.chars().find(|c| ends_sentence(*c)));
        }
        self.casing = Casing::Kept;
        self.joined = false;
    }

    pub(super) fn between(&mut self, sign: &str, own: &str) {
        self.strip(is_pause);
        self.push(" ", sign.to_owned(), Kind::Text);
        self.go_on(own);
    }

    pub(super) fn join(&mut self, sign: &str, own: &str) {
        self.strip(is_pause);
        self.joined = true;
        self.push("", sign.to_owned(), Kind::Text);
        self.joined = true;
        self.go_on(own);
    }

    pub(super) fn prefix(&mut self, sign: &str) {
        self.strip(|c| is_pause(c) && !ends_sentence(c));
        self.push(" ", sign.to_owned(), Kind::Text);
        self.joined = true;
    }

    pub(super) fn suffix(&mut self, sign: &str, own: &str) {
        self.strip(is_pause);
        self.joined = true;
        self.push("", sign.to_owned(), Kind::Text);
        self.pieces.last_mut().expect("it was just pushed").trail.push_str(own);
        self.casing = Casing::Kept;
    }

    pub(super) fn no_space(&mut self, own: &str) {
        self.strip(is_pause);
        self.joined = true;
        self.go_on(own);
    }

    pub(super) fn line_break(&mut self, text: &str) {
        if !self.greets() {
            self.strip(|c| is_pause(c) && !ends_sentence(c));
        }
        self.push("", text.to_owned(), Kind::Break);
        self.casing = Casing::Large;
    }

    /// The letters of the next word.
    pub(super) fn letters(&mut self, letters: Letters) {
        self.strip_comma();
        self.letters = letters;
    }

    /// All words from here on.
    pub(super) fn large_on(&mut self) {
        self.strip_comma();
        self.large = true;
    }

    /// Words are as they are again. A sentence that ends behind the command ends with the last word.
    pub(super) fn large_off(&mut self, own: &str) {
        self.large = false;
        if is_end(own) && !self.ends_sentence() {
            self.strip(is_pause);
            if let Some(piece) = self.pieces.last_mut().filter(|piece| piece.kind == Kind::Text) {
                piece.trail.push_str(own);
            }
        }
    }

    /// Takes back the last sentence, or a break that was said last.
    pub(super) fn scratch(&mut self) {
        if self.pieces.pop().is_some_and(|piece| piece.kind == Kind::Text) {
            while self.pieces.last().is_some_and(|piece| piece.kind == Kind::Text) && !self.ends_sentence() {
                self.pieces.pop();
            }
        }
        self.letters = Letters::AsTheyAre;
        self.joined = false;
        self.casing = Casing::Large;
    }

    /// Takes back the last words, with the marks that belong to them.
    pub(super) fn delete_words(&mut self, count: usize) {
        for _ in 0..count {
            while let Some(piece) = self.pieces.pop() {
                if piece.text.contains(char::is_alphanumeric) {
                    break;
                }
            }
        }
        self.joined = false;
        let begins = self.pieces.last().is_none_or(|piece| piece.kind == Kind::Break) || self.ends_sentence();
        self.casing = if begins { Casing::Large } else { Casing::Small };
    }

    pub(super) fn finish(self) -> String {
        self.pieces.iter().flat_map(|piece| [piece.gap.as_str(), &piece.text, &piece.trail]).collect()
    }

    fn go_on(&mut self, own: &str) {
        self.casing = if is_end(own) { Casing::Small } else { Casing::Kept };
    }

    fn push(&mut self, gap: &str, text: String, kind: Kind) {
        let follows_word = self.pieces.last().is_some_and(|piece| piece.kind == Kind::Text);
        let gap = if self.joined || !follows_word { "" } else { gap };
        self.joined = false;
        self.pieces.push(Piece { gap: gap.to_owned(), text, trail: String::new(), spoken: false, kind });
    }

    /// Takes marks off the end that the recognition has guessed. A word with points in it ("e.g.") keeps its last one.
    fn strip(&mut self, unwanted: impl Fn(char) -> bool) {
        let Some(piece) = self.pieces.last_mut() else { return };
        if piece.spoken || piece.kind == Kind::Break {
            return;
        }
        let kept = piece.trail.trim_end_matches(&unwanted).len();
        let abbreviated = piece.text.contains('.') && piece.trail.starts_with('.');
        piece.trail.truncate(kept.max(usize::from(abbreviated)));
        if piece.text.is_empty() && piece.trail.is_empty() {
            // A mark that stood alone, as in French.
            self.pieces.pop();
        }
    }

    /// The comma that the recognition puts before a command that has none.
    fn strip_comma(&mut self) {
        self.strip(|c| c == ',');
    }

    fn ends_sentence(&self) -> bool {
        self.pieces.last().is_some_and(|piece| {
            let end = if piece.trail.is_empty() { &piece.text } else { &piece.trail };
            is_end(end) && !is_title(piece)
        })
    }

    /// The line begins as a letter does.
    fn greets(&self) -> bool {
        /// Words of the longest line that is a greeting.
        const LONGEST: usize = 5;
        let line = self.pieces.iter().rev().take_while(|piece| piece.kind == Kind::Text);
        let line: Vec<_> = line.take(LONGEST + 1).collect();
        let first = line.last().map(|piece| piece.text.to_lowercase());
        line.len() <= LONGEST && first.is_some_and(|first| self.salutations.contains(&first.as_str()))
    }
}

/// Words whose point ends no sentence.
fn is_title(piece: &Piece) -> bool {
    const TITLES: [&str; 12] = ["Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Nr", "Hr", "Fr", "M", "Mme", "Sr"];
    piece.trail == "." && !piece.spoken && TITLES.contains(&piece.text.as_str())
}
