//! What a key brings about: the same as the method of the same name, but nobody waits for a reply, so the person at the desktop is told.

use std::time::Instant;

use hob_protocol::dictation::{self as wire, Target};
use hob_protocol::text::RunOnSelection;
use hob_protocol::{Error, daemon};

use super::cursor::Whom;
use super::desk::{Binding, Chime, Motion, Notice};
use super::effect::Effect;
use super::keys::{Deed, Running};
use super::selection::Source;
use super::{Core, answers};

impl Core {
    pub(super) fn key(&mut self, now: Instant, (binding, motion): (Binding, Motion), out: &mut Vec<Effect>) {
        if !self.key_listeners.is_empty() {
            self.tell_of_key(&binding, motion, out);
            if motion == Motion::Pressed {
                return;
            }
        }
        let running = self.running();
        let deed = self.keys.moved(now, (binding, motion), running, self.settings.hold);
        self.do_deed(now, deed, out);
        self.change_what_can_be(now, out);
    }

    pub(super) fn keys_lost(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let deed = self.keys.lost(self.running());
        self.do_deed(now, deed, out);
        self.change_what_can_be(now, out);
    }

    /// A press that came too early begins its dictation when there is none any more.
    pub(super) fn begin_what_waits(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if self.dictation.running().is_none() {
            let deed = self.keys.rested();
            self.do_deed(now, deed, out);
        }
    }

    /// Throws away what runs: a dictation, or an action on the selection. Whether there was one.
    pub(super) fn cancel(&mut self, now: Instant, out: &mut Vec<Effect>) -> bool {
        let cancelled = self.dictation.running().is_some() && !self.dictation.is_inserting();
        let steps = self.dictation.cancel();
        self.dictate(now, steps, out);
        self.give_up_errand(now, out) || cancelled
    }

    fn do_deed(&mut self, now: Instant, deed: Option<Deed>, out: &mut Vec<Effect>) {
        match deed {
            None => {}
            Some(Deed::Start { since }) => {
                let start = wire::Start { target: Some(Target::Cursor), ..wire::Start::default() };
                // Its error is told to the person who pressed the key.
                if let Ok(id) = self.start_dictation(now, start, (None, None), out) {
                    self.keys.began(id, since);
                }
            }
            Some(Deed::Stop) => {
                let steps = self.dictation.stop(now, None);
                self.dictate(now, steps, out);
            }
            Some(Deed::LetGo) => self.dictation.tapped(self.settings.auto_stop),
            Some(Deed::Cancel) => drop(self.cancel(now, out)),
            Some(Deed::Undo) => self.undo(now, Whom::Key, out),
            Some(Deed::ShowMenu) => self.show_menu(now, out),
            Some(Deed::RunAction(action)) => {
                self.run_on_desktop(now, (Whom::Key, Source::Selection), RunOnSelection { action, options: None }, out);
            }
        }
    }

    pub(super) fn show_menu(&mut self, now: Instant, out: &mut Vec<Effect>) {
        out.push(Effect::ShowMenu { actions: self.settings.actions.list() });
        self.prepare_model(now, out);
    }

    /// A dictation for the desktop cannot begin.
    pub(super) fn tell_of_no_start(error: &Error, out: &mut Vec<Effect>) {
        // Bindings of a compositor repeat.
        if !matches!(error, Error::AlreadyRecording { .. }) {
            out.push(Effect::Chime(Chime::Failed));
            out.push(Effect::Notify(Notice::Failed { problem: error.to_string(), hint: error.hint() }));
        }
    }

    /// An answer of the desktop is still to come.
    #[cfg(test)]
    pub(super) fn awaits_desktop(&self) -> bool {
        self.cursor.is_asking()
    }

    #[cfg(test)]
    pub(super) fn shows_keys(&self) -> bool {
        !self.key_listeners.is_empty()
    }

    fn running(&self) -> Running {
        match (self.dictation.recording(), self.dictation.running()) {
            (Some(id), _) => Running::Recording(id),
            (None, Some(_)) => Running::Finishing,
            (None, None) => Running::Nothing,
        }
    }

    fn tell_of_key(&self, binding: &Binding, motion: Motion, out: &mut Vec<Effect>) {
        let motion = match motion {
            Motion::Pressed => daemon::KeyMotion::Pressed,
            Motion::Released => daemon::KeyMotion::Released,
        };
        let key = daemon::Key { binding: binding.to_string(), motion };
        let news = answers::value(&daemon::KeysReply { key: Some(key) });
        for &id in &self.key_listeners {
            self.say(id, news.clone(), out);
        }
    }
}
