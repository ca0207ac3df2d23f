//! How hob makes itself felt: notifications and sounds, as the configuration wants them.

use hob_protocol::daemon::Part;

use crate::chime::{self, Chimes};
use crate::config::Config;
use crate::notify::{self, Notifier};
use crate::requests::Requests;
use crate::session_bus::SessionBus;

#[derive(Debug)]
pub struct Feedback {
    pub notifier: Notifier,
    pub chimes: Chimes,
}

impl Feedback {
    pub fn new(requests: &Requests, config: &Config, bus: SessionBus) -> Self {
        Self {
            notifier: Notifier::new(requests.clone(), notices(config), bus.notifications),
            chimes: Chimes::new(requests.clone(), sounds(config)),
        }
    }

    pub fn configure(&mut self, config: &Config) {
        self.notifier.configure(notices(config));
        self.chimes.configure(sounds(config));
    }

    pub fn parts(&self) -> Vec<Part> {
        [self.notifier.parts(), self.chimes.parts()].concat()
    }
}

fn notices(config: &Config) -> notify::Settings {
    let shown = |on| if on { notify::Shown::Yes } else { notify::Shown::No };
    let feedback = &config.feedback;
    notify::Settings { notifications: shown(feedback.notifications), words: shown(feedback.show_text) }
}

fn sounds(config: &Config) -> chime::Settings {
    if config.feedback.sounds { chime::Settings::On } else { chime::Settings::Off }
}
