//! How to go along with a speaker. Pure.

use super::MILLISECOND;
use crate::vad::FRAME;

/// What goes with the speed of a model: the smaller it is, the more it gains from hearing whole sentences, and the less that costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pace {
    /// Silence before a speculation: shorter ones are within words. After long speech it takes more, for each attempt costs more.
    speculate_after: usize,
    /// A few words alone are recognised worse than in their sentence, and a window has its least cost up to 5 s of speech.
    closing: [Closing; 4],
    /// A segment that grows longer is cut after a sentence or in a clear gap, if it has one: what is open is what is left to recognise at
    /// the end.
    pub(super) long: usize,
    /// One that grows longer still is cut in any gap. Over half an hour of reading, with base and a simulated clock, 138 of 3935 words were
    /// wrong with these rules for sentences, and 149 without them.
    pub(super) too_long: usize,
    /// New speech before the next partial: each one costs about half as much as the final result.
    pub(super) partial_every: usize,
}

/// The silence that closes a segment.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Closing {
    /// Milliseconds of speech for which this holds.
    up_to: usize,
    /// Milliseconds of silence.
    pause: usize,
    /// The same, if the text is known and ends a sentence.
    after_sentence: usize,
}

impl Closing {
    const fn new(up_to: usize, pause: usize, after_sentence: usize) -> Self {
        Self { up_to, pause, after_sentence }
    }
}

impl Pace {
    /// For tiny models.
    pub(crate) const QUICK: Self = Self {
        speculate_after: 10 * FRAME,
        closing: [
            Closing::new(5_000, 1_200, 1_200),
            Closing::new(8_000, 1_200, 1_200),
            Closing::new(14_000, 1_200, 1_200),
            Closing::new(usize::MAX, 1_000, 1_000),
        ],
        long: 26_000 * MILLISECOND,
        too_long: 26_000 * MILLISECOND,
        partial_every: 2_000 * MILLISECOND,
    };
    /// For all others, as measured with base: each second of an open segment costs a twentieth of one at the end.
    pub(crate) const USUAL: Self = Self {
        speculate_after: 7 * FRAME,
        closing: [
            Closing::new(3_000, 2_000, 2_000),
            Closing::new(5_000, 1_400, 1_400),
            Closing::new(8_000, 1_000, 1_000),
            Closing::new(usize::MAX, 600, 250),
        ],
        long: 10_000 * MILLISECOND,
        too_long: 17_000 * MILLISECOND,
        partial_every: 5_000 * MILLISECOND,
    };

    /// After so much speech.
    pub(super) fn speculate_after(&self, speech: usize) -> usize {
        const SHARE: usize = 60;
        self.speculate_after.max(speech / SHARE)
    }

    /// The silence that closes a segment with so much speech.
    pub(super) fn closing_pause(&self, speech: usize) -> usize {
        self.closing(speech).pause * MILLISECOND
    }

    /// The silence that closes it if its text is known and ends a sentence.
    pub(super) fn sentence_pause(&self, speech: usize) -> usize {
        self.closing(speech).after_sentence * MILLISECOND
    }

    fn closing(&self, speech: usize) -> Closing {
        let [.., last] = self.closing;
        self.closing.into_iter().find(|closing| speech / MILLISECOND <= closing.up_to).unwrap_or(last)
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::USUAL
    }
}
