//! Where a clip is cut into pieces: in long pauses, and where a piece would outgrow Whisper's window; never in a word if there is a pause
//! at all. Pure.

use std::ops::Range;

use crate::vad::{FRAME, Heard, PRE_ROLL, Presence, Voice};
use crate::window::FULL_SAMPLES;

/// What to do with the frames that wait. All counts are frames.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// More frames are needed.
    Wait,
    /// Nobody speaks in the first so many.
    Skip(usize),
    Recognize(Piece),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    /// Speech, and a little around it.
    pub(crate) range: Range<usize>,
    /// With the silence before and after it.
    pub(crate) used: usize,
    pub(crate) voiced: usize,
    pub(crate) presence: Presence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    Open,
    Ended,
}

const WINDOW: usize = FULL_SAMPLES / FRAME;
/// Two seconds of the window stay free: Whisper wants silence at the end.
const LONGEST: usize = WINDOW - 2 * SECOND;
/// A shorter piece would lack context.
const SHORTEST: usize = WINDOW / 3;
const SECOND: usize = 16_000 / FRAME;
/// Whoever is silent so long, in frames, after so much speech has ended what was said. With two sentences so far apart in its window,
/// Whisper may end with the first or begin with the second. Few words are better heard together with more.
const ENDING_PAUSES: [(usize, usize); 3] =
    [(3 * SECOND, 2 * SECOND), (5 * SECOND, 3 * SECOND / 2), (usize::MAX, SECOND)];
const AROUND: usize = PRE_ROLL / FRAME;

/// The next step; after it, the caller drops the frames that it used.
pub(crate) fn next(frames: &[Heard], input: Input) -> Step {
    let Some(first) = frames.iter().position(|heard| heard.voice == Voice::Speaking) else {
        // What is not yet known to be speech may turn out as its beginning.
        return match (input, frames.len().saturating_sub(AROUND)) {
            (Input::Ended, _) if !frames.is_empty() => Step::Skip(frames.len()),
            (Input::Open, count) if count > SECOND => Step::Skip(count),
            _ => Step::Wait,
        };
    };
    let start = first.saturating_sub(AROUND);
    if let Some(cut) = ending_pause(frames, first) {
        return recognize(frames, start, cut);
    }
    let rest = frames.len() - start;
    if rest <= WINDOW {
        return match input {
            Input::Open => Step::Wait,
            Input::Ended => recognize(frames, start, frames.len()),
        };
    }
    let candidates = start + SHORTEST..start + LONGEST;
    let cut = longest_pause(frames, &candidates).unwrap_or_else(|| quietest(frames, &candidates));
    recognize(frames, start, cut)
}

fn recognize(frames: &[Heard], start: usize, used: usize) -> Step {
    let piece = &frames[start..used];
    let last = piece.iter().rposition(|heard| heard.voice == Voice::Speaking).map_or(start, |last| start + last);
    let level = piece.iter().map(|heard| heard.level).fold(0.0, f32::max);
    Step::Recognize(Piece {
        range: start..(last + 1 + AROUND).min(used),
        used,
        voiced: piece.iter().filter(|heard| heard.voice == Voice::Speaking).count(),
        presence: Presence::of(level),
    })
}

/// The middle of the first pause in the window that ends what was said.
fn ending_pause(frames: &[Heard], first: usize) -> Option<usize> {
    let window = &frames[..frames.len().min(first + LONGEST - AROUND)];
    let mut end = first;
    for (at, heard) in window.iter().enumerate().skip(first) {
        if heard.voice == Voice::Silent {
            continue;
        }
        let (speech, pause) = (end - first, at - end);
        let needed = ENDING_PAUSES.iter().find(|(up_to, _)| speech <= *up_to).map_or(SECOND, |(_, pause)| *pause);
        if speech > 0 && pause >= needed {
            return Some(usize::midpoint(end, at));
        }
        end = at + 1;
    }
    None
}

/// The middle of the longest pause that begins in the range; of equal ones the latest.
fn longest_pause(frames: &[Heard], range: &Range<usize>) -> Option<usize> {
    let mut best: Option<Range<usize>> = None;
    let mut at = range.start;
    while at < range.end {
        if frames[at].voice == Voice::Speaking {
            at += 1;
            continue;
        }
        let length = frames[at..range.end].iter().take_while(|heard| heard.voice == Voice::Silent).count();
        if best.as_ref().is_none_or(|best| length >= best.len()) {
            best = Some(at..at + length);
        }
        at += length;
    }
    best.map(|pause| usize::midpoint(pause.start, pause.end))
}

/// Somebody speaks all the time: where the voice is least certain, rather late than early.
fn quietest(frames: &[Heard], range: &Range<usize>) -> usize {
    let late = range.start.midpoint(range.end)..range.end;
    late.min_by(|one, other| frames[*one].level.total_cmp(&frames[*other].level)).unwrap_or(range.end)
}

#[cfg(test)]
mod tests {
    use super::{AROUND, Input, LONGEST, Piece, SECOND, SHORTEST, Step, WINDOW, next};
    use crate::vad::{Heard, Presence, Voice};

    #[test]
    fn silence_is_skipped_but_for_what_may_begin_a_word() {
        assert_eq!(next(&[], Input::Ended), Step::Wait);
        assert_eq!(next(&frames(&[(0.0, 500)]), Input::Open), Step::Skip(500 - AROUND));
        assert_eq!(next(&frames(&[(0.0, 50)]), Input::Open), Step::Wait);
        assert_eq!(next(&frames(&[(0.0, 50)]), Input::Ended), Step::Skip(50));
    }

    #[test]
    fn short_clip_is_one_piece_without_the_silence_around_it() {
        let clip = frames(&[(0.0, 200), (0.9, 100), (0.0, 100), (0.9, 50), (0.0, 200)]);
        assert_eq!(next(&clip, Input::Open), Step::Wait);
        let piece = Piece { range: 200 - AROUND..450 + AROUND, used: 650, voiced: 150, presence: Presence::Sure };
        assert_eq!(next(&clip, Input::Ended), Step::Recognize(piece));
    }

    #[test]
    fn long_clip_is_cut_in_the_middle_of_its_longest_pause() {
        let clip = frames(&[(0.9, 800), (0.0, 40), (0.9, 400), (0.0, 20), (0.9, 2000)]);
        let Step::Recognize(piece) = next(&clip, Input::Open) else { panic!("no piece") };
        assert_eq!((piece.range, piece.used), (0..820, 820));
    }

    #[test]
    fn a_pause_that_ends_what_was_said_ends_its_piece() {
        for (speech, pause, expected) in [
            (2 * SECOND, 3 * SECOND / 2, None),
            (2 * SECOND, 2 * SECOND, Some(3 * SECOND)),
            (4 * SECOND, 3 * SECOND / 2, Some(4 * SECOND + 3 * SECOND / 4)),
            (6 * SECOND, SECOND, Some(6 * SECOND + SECOND / 2)),
            (6 * SECOND, SECOND - 1, None),
        ] {
            let clip = frames(&[(0.9, speech), (0.0, pause), (0.9, SECOND)]);
            let expected = expected.unwrap_or(clip.len());
            let Step::Recognize(piece) = next(&clip, Input::Ended) else { panic!("no piece") };
            assert_eq!(piece.used, expected, "{speech} frames of speech, then {pause} of silence");
        }
    }

    #[test]
    fn speech_without_a_pause_is_cut_where_the_voice_is_weakest() {
        let clip = frames(&[(0.9, 1500), (0.7, 1), (0.9, 1000)]);
        let Step::Recognize(piece) = next(&clip, Input::Open) else { panic!("no piece") };
        assert_eq!(piece.used, 1500);
    }

    #[test]
    fn pieces_use_up_any_clip_and_fit_the_window() {
        let mut random = 12_345_u32;
        let mut any = move |below: u32| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 8) % below
        };
        for _ in 0..200 {
            let stretches: Vec<(f32, usize)> =
                (0..any(60)).map(|_| (any(10) as f32 / 10.0, any(3 * SECOND as u32) as usize)).collect();
            let mut rest = &frames(&stretches)[..];
            while !rest.is_empty() {
                rest = match next(rest, Input::Ended) {
                    Step::Wait => panic!("waits for more after the end"),
                    Step::Skip(count) => &rest[count..],
                    Step::Recognize(piece) => {
                        assert!(piece.range.len() <= WINDOW && piece.range.end <= piece.used, "{piece:?}");
                        let is_between = rest.get(piece.used).is_some_and(|heard| heard.voice == Voice::Silent);
                        let is_long_enough = is_between || piece.range.start + SHORTEST <= piece.used;
                        assert!(piece.used == rest.len() || is_long_enough, "{piece:?}");
                        assert!(piece.used == rest.len() || piece.used - piece.range.start <= LONGEST, "{piece:?}");
                        &rest[piece.used..]
                    }
                };
            }
        }
    }

    fn frames(stretches: &[(f32, usize)]) -> Vec<Heard> {
        let voice = |level: f32| if level >= 0.5 { Voice::Speaking } else { Voice::Silent };
        stretches
            .iter()
            .flat_map(|(level, count)| std::iter::repeat_n(Heard { voice: voice(*level), level: *level }, *count))
            .collect()
    }
}
