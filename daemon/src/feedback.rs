//! How hob makes itself felt: its icon in the panel, notifications, sounds and the indicator, as the configuration wants them.

use hob_protocol::daemon::Part;

use crate::chime::{self, Chimes};
use crate::config::{Config, Dictation};
use crate::graphical_session::GraphicalSession;
use crate::indicator::Indicator;
use crate::notify::{self, Notifier};
use crate::requests::Requests;
use crate::session_bus::SessionBus;
use crate::tray::{self, Tray};

#[derive(Debug)]
pub struct Feedback {
    pub notifier: Notifier,
    pub chimes: Chimes,
    tray: Tray,
    indicator: Indicator,
}

impl Feedback {
    pub fn new(requests: &Requests, config: &Config, bus: SessionBus, session: &GraphicalSession) -> Self {
        let session = &session.variables;
        Self {
            notifier: Notifier::new(requests.clone(), notices(config), bus.notifications),
            chimes: Chimes::new(requests.clone(), sounds(config)),
            tray: Tray::start(requests.clone(), icon(config), bus.tray_host, session.clone()),
            indicator: Indicator::start(requests.clone(), config.feedback.indicator.into(), session.clone()),
        }
    }

    pub fn configure(&mut self, config: &Config) {
        self.notifier.configure(notices(config));
        self.chimes.configure(sounds(config));
        self.tray.configure(icon(config));
        self.indicator.configure(config.feedback.indicator.into());
    }

    pub fn parts(&self) -> Vec<Part> {
        [self.tray.parts(), self.notifier.parts(), self.chimes.parts(), self.indicator.parts()].concat()
    }
}

fn notices(config: &Config) -> notify::Settings {
    let feedback = &config.feedback;
    notify::Settings { notifications: feedback.notifications.into(), words: feedback.show_text.into() }
}

fn sounds(config: &Config) -> chime::Settings {
    if config.feedback.sounds { chime::Settings::On } else { chime::Settings::Off }
}

fn icon(config: &Config) -> tray::Settings {
    let microphone = &config.dictation.microphone;
    tray::Settings {
        tray: config.feedback.tray.into(),
        microphone: (microphone != Dictation::DEFAULT_MICROPHONE).then(|| microphone.clone()),
        recent_texts: config.history.texts as usize,
    }
}
