//! Times for the sentences of a piece, estimated: each gets a share of the voice that goes with its letters. Whisper's own time stamps would
//! be more exact, but cost speed and accuracy. Pure.

use std::ops::Range;

use crate::vad::{Heard, Voice};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) text: String,
    /// Counted from the first frame of the piece.
    pub(crate) frames: Range<usize>,
}

/// The sentences of a text one after the other, over the frames it was heard in.
pub(crate) fn place(text: &str, frames: &[Heard]) -> Vec<Sentence> {
    let voiced: Vec<usize> = (0..frames.len()).filter(|frame| frames[*frame].voice == Voice::Speaking).collect();
    let sentences = split(text);
    let letters: usize = sentences.iter().map(|sentence| sentence.chars().count()).sum();
    let mut before = 0;
    let mut placed = Vec::with_capacity(sentences.len());
    for sentence in sentences {
        let after = before + sentence.chars().count();
        let share = |letters_before: usize| at_pause(&voiced, letters_before * voiced.len() / letters.max(1));
        let own = &voiced[share(before)..share(after)];
        let start = own.first().copied().unwrap_or_else(|| placed.last().map_or(0, |last: &Sentence| last.frames.end));
        let end = own.last().map_or(start, |last| last + 1);
        placed.push(Sentence { text: sentence.to_owned(), frames: start..end });
        before = after;
    }
    placed
}

/// The longest pause near a place in the voiced frames, if there is one: sentences end in pauses, and nobody speaks evenly.
fn at_pause(voiced: &[usize], place: usize) -> usize {
    /// A third of a second.
    const PAUSE: usize = 20;
    let near = voiced.len() / 8;
    let places = place.saturating_sub(near).max(1)..(place + near).min(voiced.len());
    let pause = |place: usize| voiced[place] - voiced[place - 1];
    let longest = if (1..voiced.len()).contains(&place) { places.max_by_key(|place| pause(*place)) } else { None };
    longest.filter(|longest| pause(*longest) > PAUSE).unwrap_or(place)
}

/// At full stops and the like, with them. A stop within a number or a name is followed by no blank.
fn split(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        let ends = match letter {
            '.' | '!' | '?' | '…' => text[end..].starts_with(char::is_whitespace),
            '。' | '！' | '？' => true,
            _ => false,
        };
        if ends {
            sentences.push(text[start..end].trim());
            start = end;
        }
    }
    sentences.push(text[start..].trim());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

#[cfg(test)]
mod tests {
    use super::{place, split};
    use crate::vad::{Heard, Voice};

    #[test]
    fn texts_are_split_after_sentences_only() {
        for (text, expected) in [
            ("", vec![]),
            ("One.", vec!["One."]),
            ("One. Two? Three", vec!["One.", "Two?", "Three"]),
            ("It is 3.5 at www.a.b.", vec!["It is 3.5 at www.a.b."]),
            ("Wait... what?!", vec!["Wait...", "what?!"]),
            ("一。二。", vec!["一。", "二。"]),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
    }

    #[test]
    fn sentences_share_the_voice_by_their_letters() {
        let frames = heard(".####....########..");
        let placed = place("abcd. abcdefghi.", &frames);
        assert_eq!(placed.iter().map(|sentence| sentence.frames.clone()).collect::<Vec<_>>(), [1..5, 9..17]);
    }

    #[test]
    fn more_sentences_than_frames_are_all_kept_in_order() {
        let placed = place("A. B. C. D.", &heard(".##."));
        assert_eq!(placed.len(), 4);
        assert!(placed.windows(2).all(|pair| pair[0].frames.end <= pair[1].frames.start), "{placed:?}");
        assert!(place("A.", &[]).len() == 1);
    }

    fn heard(script: &str) -> Vec<Heard> {
        let frame = |letter| Heard { voice: if letter == '#' { Voice::Speaking } else { Voice::Silent }, level: 0.5 };
        script.chars().map(frame).collect()
    }
}
