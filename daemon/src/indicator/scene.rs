//! What the indicator shows, from what is known of the dictation. Pure, and plain data: equal scenes look the same.

use hob_protocol::Secret;
use hob_protocol::daemon::{Dictation, Phase};

/// Steps of the level.
pub(super) const LOUDEST: u8 = 8;
/// Letters of the text, from its end; what was said before has been read.
const LAST_LETTERS: usize = 150;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scene {
    pub(super) face: Face,
    /// What stays, then what may still change.
    pub(super) stable: Secret,
    pub(super) unstable: Secret,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Opening,
    /// How loud it is, up to [`LOUDEST`].
    Listening(u8),
    Working,
}

impl Scene {
    /// `None` while nobody dictates.
    pub(super) fn of(dictation: &Dictation) -> Option<Self> {
        let face = match dictation.phase {
            Phase::Idle => return None,
            Phase::Opening => Face::Opening,
            Phase::Recording => Face::Listening(level(dictation.level)),
            Phase::Finishing => Face::Working,
        };
        let unstable = ending(dictation.unstable.as_str(), LAST_LETTERS);
        let room = LAST_LETTERS - unstable.chars().count().min(LAST_LETTERS);
        let stable = ending(dictation.stable.as_str(), room);
        Some(Self { face, stable: stable.into(), unstable: unstable.into() })
    }
}

fn level(loudness: f32) -> u8 {
    (loudness.clamp(0.0, 1.0) * f32::from(LOUDEST)).round() as u8
}

/// The last whole words, of at most so many letters.
fn ending(text: &str, letters: usize) -> &str {
    let count = text.chars().count();
    if count <= letters {
        return text;
    }
    let start = text.char_indices().nth(count - letters).map_or(text.len(), |(start, _)| start);
    let cut = &text[start..];
    cut.find(' ').map_or(cut, |blank| &cut[blank..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictation(phase: Phase, stable: &str, unstable: &str) -> Dictation {
        let (stable, unstable) = (stable.into(), unstable.into());
        Dictation { phase, id: Some(1), stable, unstable, level: 0.5, notice: None }
    }

    #[test]
    fn nothing_is_shown_while_nobody_dictates() {
        assert_eq!(Scene::of(&dictation(Phase::Idle, "", "")), None);
        let scene = Scene::of(&dictation(Phase::Recording, "we meet", " at nine")).unwrap();
        assert_eq!(scene.face, Face::Listening(4));
        assert_eq!((scene.stable.as_str(), scene.unstable.as_str()), ("we meet", " at nine"));
    }

    #[test]
    fn a_long_text_shows_its_last_whole_words() {
        let long = "漢字 wörter ".repeat(40);
        let scene = Scene::of(&dictation(Phase::Finishing, &long, "end")).unwrap();
        assert!(scene.stable.as_str().chars().count() <= LAST_LETTERS - 3);
        assert!(scene.stable.as_str().starts_with(' ') && long.ends_with(scene.stable.as_str()));
        let endless = "x".repeat(1000);
        assert_eq!(
            Scene::of(&dictation(Phase::Recording, "", &endless)).unwrap().unstable.as_str().len(),
            LAST_LETTERS
        );
    }
}
