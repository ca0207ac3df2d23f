//! What a recognition costs, counted on the way.

use std::time::Duration;

use hob_protocol::speech::{Recognition, SAMPLE_RATE};
use rustix::time::{ClockId, clock_gettime};

/// Of one request.
#[derive(Debug)]
pub(crate) struct Effort {
    pub(crate) tally: Tally,
    processor: Duration,
}

/// What the recogniser counts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) decoded: usize,
    pub(crate) redone: u32,
}

impl Effort {
    pub(crate) fn begin() -> Self {
        Self { tally: Tally::default(), processor: processor_time() }
    }

    /// `voiced`: samples with voice.
    pub(crate) fn so_far(&self, voiced: usize) -> Recognition {
        Recognition {
            voice_ms: milliseconds(voiced),
            decoded_ms: milliseconds(self.tally.decoded),
            cpu_ms: processor_time().saturating_sub(self.processor).as_secs_f64() * 1000.0,
            redone: self.tally.redone,
            ..Recognition::default()
        }
    }
}

/// Of all threads of this process, which does one request at a time.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

fn milliseconds(samples: usize) -> f64 {
    samples as f64 * 1000.0 / f64::from(SAMPLE_RATE)
}
