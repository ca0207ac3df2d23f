//! Where speech began and ended, for the daemon.

use hob_worker::Job;

use crate::clip::seconds;
use crate::vad::{FRAME, Voice};

#[derive(Default)]
pub(super) struct Turns {
    frames: usize,
    voice: Option<Voice>,
    untold: Vec<hob_worker::Voice>,
}

impl Turns {
    pub(super) fn take(&mut self, voice: Voice) {
        // The silence before the first word is no news.
        if self.voice.unwrap_or(Voice::Silent) != voice {
            self.voice = Some(voice);
            let at_s = seconds(self.frames * FRAME);
            self.untold.push(hob_worker::Voice { speaking: voice == Voice::Speaking, at_s, noise_db: None });
        }
        self.frames += 1;
    }

    pub(super) fn tell(&mut self, job: &Job, noise_db: Option<f32>) {
        for turn in self.untold.drain(..) {
            job.voice(hob_worker::Voice { noise_db, ..turn });
        }
    }
}
