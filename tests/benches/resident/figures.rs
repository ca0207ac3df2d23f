//! Lists of measurements, and how they are printed.

use std::fmt;
use std::time::Duration;

/// Sorted.
pub(crate) struct Figures(Vec<Duration>);

impl Figures {
    pub(crate) fn new(mut measured: Vec<Duration>) -> Self {
        measured.sort_unstable();
        Self(measured)
    }

    /// The value that so many of a hundred do not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        self.0[(self.0.len() * percent / 100).min(self.0.len() - 1)]
    }

    pub(crate) fn range(&self) -> (Duration, Duration) {
        (self.0[0], self.0[self.0.len() - 1])
    }
}

/// Microseconds.
impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = |percent| self.percentile(percent).as_secs_f64() * 1e6;
        write!(f, "p50 {:6.0} µs   p95 {:6.0} µs", micros(50), micros(95))
    }
}

/// One line: what was measured, its value, and what was hoped for.
pub(crate) fn line(what: &str, value: impl fmt::Display) {
    println!("{what:52} {value}");
}

/// `met` or `missed`, behind the aim.
pub(crate) fn against(value: f64, aim: f64, unit: &str) -> String {
    let verdict = if value <= aim { "met" } else { "missed" };
    format!("aim {aim} {unit}: {verdict}")
}
