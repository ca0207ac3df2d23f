//! How to go along with a speaker. Pure.

use super::MILLISECOND;
use crate::vad::FRAME;

/// What goes with the speed of a model: the smaller it is, the more it gains from hearing whole sentences, and the less that costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pace {
    /// Silence before a speculation: shorter ones are within words. After long speech it takes more, for each attempt costs more.
    speculate_after: usize,
    /// The silence that closes a segment, for speech of up to so many milliseconds. A few words alone are recognised worse than in their
    /// sentence, and a window has its least cost up to 5 s of speech.
    closing_pauses: [(usize, usize); 4],
    /// A segment that grows longer is cut in its longest gap, if it has one: what is open is what is left to recognise at the end.
    pub(super) long: usize,
    /// New speech before the next partial: each one costs about half as much as the final result.
    pub(super) partial_every: usize,
}

impl Pace {
    /// For tiny models.
    pub(crate) const QUICK: Self = Self {
        speculate_after: 10 * FRAME,
        closing_pauses: [(5_000, 1_200), (8_000, 1_200), (14_000, 1_200), (usize::MAX, 1_000)],
        long: 26_000 * MILLISECOND,
        partial_every: 2_000 * MILLISECOND,
    };
    /// For all others, as measured with base: each second of an open segment costs a twentieth of one at the end.
    pub(crate) const USUAL: Self = Self {
        speculate_after: 7 * FRAME,
        closing_pauses: [(3_000, 2_000), (5_000, 1_400), (8_000, 1_000), (usize::MAX, 250)],
        long: 10_000 * MILLISECOND,
        partial_every: 5_000 * MILLISECOND,
    };

    /// After so much speech.
    pub(super) fn speculate_after(&self, speech: usize) -> usize {
        const SHARE: usize = 60;
        self.speculate_after.max(speech / SHARE)
    }

    pub(super) fn closing_pause(&self, speech: usize) -> usize {
        let pause = self.closing_pauses.iter().find(|(up_to, _)| speech / MILLISECOND <= *up_to);
        pause.map_or(0, |(_, pause)| pause * MILLISECOND)
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::USUAL
    }
}
