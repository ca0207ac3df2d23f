//! The adapters of the desktop, together: made, configured and asked for their parts in one place. None of them knows another.

use hob_protocol::daemon::Part;

use crate::config::Config;
use crate::feedback::Feedback;
use crate::graphical_session::GraphicalSession;
use crate::hotkey::Hotkeys;
use crate::insert::Inserter;
use crate::machine::Machine;
use crate::requests::Requests;
use crate::session_bus::SessionBus;
use crate::settings;

#[derive(Debug)]
pub struct Adapters {
    pub inserter: Inserter,
    pub feedback: Feedback,
    hotkeys: Hotkeys,
    pub machine: Machine,
    session: GraphicalSession,
}

impl Adapters {
    /// Nothing is waited for: what is not there yet is found when it comes.
    pub fn new(requests: &Requests, config: &Config) -> Self {
        let bus = SessionBus::follow();
        let session = GraphicalSession::follow(&bus);
        let keys = settings::hotkeys(&config.keys);
        Self {
            inserter: Inserter::new(requests.clone(), settings::insertion(&config.insert), session.clone()),
            hotkeys: Hotkeys::new(requests.clone(), keys, bus.portal.clone(), session.variables.clone()),
            feedback: Feedback::new(requests, config, bus, &session),
            machine: Machine::watch(requests),
            session,
        }
    }

    pub fn configure(&mut self, config: &Config) {
        self.session.look_again();
        self.inserter.configure(settings::insertion(&config.insert));
        self.feedback.configure(config);
        self.hotkeys.configure(settings::hotkeys(&config.keys));
    }

    /// What was found of the desktop, and what it is used for.
    pub fn parts(&self) -> Vec<Part> {
        [self.hotkeys.parts(), self.inserter.parts(), self.feedback.parts(), self.machine.parts()].concat()
    }
}
