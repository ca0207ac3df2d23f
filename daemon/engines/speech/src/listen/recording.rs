//! The samples of a dictation, as far as they may still be needed.

#[derive(Default)]
pub(super) struct Recording {
    /// The place of the first of them.
    start: usize,
    samples: Vec<f32>,
}

impl Recording {
    pub(super) fn add(&mut self, samples: &[f32]) {
        self.samples.extend_from_slice(samples);
    }

    /// A place beyond the end, in a frame that is not full, counts as the end.
    pub(super) fn copy(&self, from: usize, to: usize) -> Vec<f32> {
        let last = (to - self.start).min(self.samples.len());
        self.samples[from - self.start..last].to_vec()
    }

    pub(super) fn end(&self) -> usize {
        self.start + self.samples.len()
    }

    /// Moves what is left only now and then.
    pub(super) fn forget_before(&mut self, place: usize) {
        let old = place.min(self.end()).saturating_sub(self.start);
        if old > self.samples.len() / 2 {
            self.samples.drain(..old);
            self.start += old;
        }
    }
}
