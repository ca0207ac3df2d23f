//! Numbers without a pattern that are the same for the same seed. Xorshift: moments need to be spread, not secret.

use std::time::Duration;

pub struct Random(u64);

impl Random {
    /// One of many that have a seed in common.
    pub fn new(seed: u64, index: u64) -> Self {
        Self(seed.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1)
    }

    /// From 0 to 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn within(&mut self, from: Duration, to: Duration) -> Duration {
        from + to.saturating_sub(from).mul_f64(self.share())
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
