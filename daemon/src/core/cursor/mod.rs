//! What happens at the cursor: questions such as which window has the keyboard and what is selected, and `changes`. Every question and
//! every change has exactly one answer; one that does not come is made up after a while.

mod changes;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hob_protocol::dictation::Target;
use hob_protocol::engine::Listening;
use hob_protocol::{Error, Secret};

use super::desk::{Chime, CursorId, Notice, Receipt, Selection, Window};
use super::effect::Effect;
use super::event::{JobId, RequestId};
use super::jobs::Work;
use super::selection::Source;
use super::{Core, Pending, apps};
use changes::Change;

/// A desktop tells its window in a few milliseconds; a recognition that could be in the window's language waits no longer.
const WINDOW_PATIENCE: Duration = Duration::from_millis(200);
/// An adapter gives up after a minute and says so; this is for one that is gone.
const ANSWER_PATIENCE: Duration = Duration::from_secs(90);
/// A key that is down for so long is stuck, or its release was lost. Nobody has to wait for their words any longer.
pub(super) const KEY_PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(super) struct Cursor {
    next: u64,
    /// What is out, and until when its answer is waited for.
    asked: BTreeMap<CursorId, (Asked, Instant)>,
    /// Changes that wait until no key is down, and for how long.
    waiting: Vec<(Change, Instant)>,
    /// The window of the dictation at its start, and when its recording ended.
    at_start: Place,
    at_end: Place,
    /// The dictation's job, as long as the window may still have a say in it, and the language that was asked for.
    held_back: Option<(JobId, Option<String>)>,
    /// What [`Core::undo`] takes back.
    last: Option<Receipt>,
}

#[derive(Debug, Default)]
enum Place {
    #[default]
    Unknown,
    Asked,
    /// `None` if no window has the keyboard, or nothing tells which.
    Seen(Option<Window>),
}

#[derive(Debug)]
enum Asked {
    WindowAtStart,
    WindowAtEnd,
    Selection,
    Change(Change),
}

/// What a change belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    Dictation,
    Selection,
}

/// Who asked for something at the cursor. The person at the desktop is told how it went in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whom {
    Request(RequestId),
    Key,
}

impl Cursor {
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let asked = self.asked.values().map(|(_, until)| *until);
        asked.chain(self.waiting.iter().map(|(_, until)| *until)).min()
    }

    /// Changes for the dictation or the action on the selection that are under way.
    pub(super) fn changes_for(&self, wanted: For) -> usize {
        let is_it = |change: &&Change| match change.rescued().unwrap_or(change) {
            Change::Dictated { .. } | Change::Copied { .. } => wanted == For::Dictation,
            Change::Replaced { .. } | Change::Placed { .. } => wanted == For::Selection,
            Change::Given { .. } | Change::TakenBack { .. } | Change::Rescued { .. } => false,
        };
        let out = self.asked.values().filter_map(|(asked, _)| match asked {
            Asked::Change(change) => Some(change),
            Asked::WindowAtStart | Asked::WindowAtEnd | Asked::Selection => None,
        });
        out.chain(self.waiting.iter().map(|(change, _)| change)).filter(is_it).count()
    }

    pub(super) fn is_reading_selection(&self) -> bool {
        self.asked.values().any(|(asked, _)| matches!(asked, Asked::Selection))
    }

    #[cfg(test)]
    pub(super) fn is_asking(&self) -> bool {
        !self.asked.is_empty()
    }

    fn ask(&mut self, asked: Asked, until: Instant) -> CursorId {
        self.next += 1;
        let id = CursorId(self.next);
        self.asked.insert(id, (asked, until));
        id
    }

    fn look(&mut self, now: Instant, asked: Asked, out: &mut Vec<Effect>) {
        let id = self.ask(asked, now + WINDOW_PATIENCE);
        out.push(Effect::LookAtWindow { id });
    }

    /// Where the text of the dictation is to go: where the cursor was when recording ended.
    fn place(&self) -> Option<&Window> {
        match (&self.at_end, &self.at_start) {
            (Place::Seen(window), _) | (_, Place::Seen(window)) => window.as_ref(),
            _ => None,
        }
    }
}

impl Core {
    /// A dictation begins with this job. If it is for the cursor, the window there may have a say in its language and words.
    pub(super) fn cursor_of_dictation(
        &mut self,
        now: Instant,
        target: Target,
        (job, language): (JobId, Option<String>),
        out: &mut Vec<Effect>,
    ) {
        let cursor = &mut self.cursor;
        cursor.asked.retain(|_, (asked, _)| !matches!(asked, Asked::WindowAtStart | Asked::WindowAtEnd));
        (cursor.at_start, cursor.at_end, cursor.held_back) = (Place::Unknown, Place::Unknown, None);
        self.dictation_polish = None;
        if target == Target::Cursor {
            cursor.at_start = Place::Asked;
            cursor.look(now, Asked::WindowAtStart, out);
            if !self.settings.apps.is_empty() {
                cursor.held_back = Some((job, language));
                return;
            }
        }
        self.find_model(job, out);
    }

    /// Its recording has ended.
    pub(super) fn cursor_at_end(&mut self, now: Instant, out: &mut Vec<Effect>) {
        self.cursor.at_end = Place::Asked;
        self.cursor.look(now, Asked::WindowAtEnd, out);
    }

    pub(super) fn window_seen(&mut self, now: Instant, id: CursorId, window: Option<Window>, out: &mut Vec<Effect>) {
        match self.cursor.asked.remove(&id) {
            Some((Asked::WindowAtStart, _)) => {
                self.cursor.at_start = Place::Seen(window);
                self.let_window_speak(out);
            }
            Some((Asked::WindowAtEnd, _)) => {
                self.cursor.at_end = Place::Seen(window);
                self.change_what_can_be(now, out);
            }
            Some(other) => drop(self.cursor.asked.insert(id, other)),
            None => {}
        }
    }

    /// The rules for the window go into the dictation, which can be recognised from now on.
    fn let_window_speak(&mut self, out: &mut Vec<Effect>) {
        let Some((job, language)) = self.cursor.held_back.take() else { return };
        let ways = apps::ways(&self.settings.apps, self.cursor.place());
        if !ways.vocabulary.is_empty() {
            self.dictation_polish = Some(Arc::new(self.settings.polish.with_vocabulary(&ways.vocabulary)));
        }
        if let Some(action) = ways.action {
            self.dictation.suggest_action(action);
        }
        let listening = self.listening(language.or(ways.language), None);
        let prompt = match &self.dictation_polish {
            Some(polish) => polish.prompt(self.settings.speech.prompt.clone().map(Secret::new)),
            None => listening.prompt.clone(),
        };
        if let Some(Pending { work: Work::Live(live), .. }) = self.pending.get_mut(&job) {
            let Listening { language, .. } = listening;
            live.listen_otherwise(Listening { prompt, language, ..live.listening().clone() });
        }
        self.find_model(job, out);
    }

    /// Asks for the text that an action is to work on.
    pub(super) fn read_source(&mut self, now: Instant, source: Source, out: &mut Vec<Effect>) {
        let id = self.cursor.ask(Asked::Selection, now + ANSWER_PATIENCE);
        out.push(match source {
            Source::Selection => Effect::ReadSelection { id },
            Source::Clipboard => Effect::ReadClipboard { id },
        });
    }

    pub(super) fn stop_reading_selection(&mut self) {
        self.cursor.asked.retain(|_, (asked, _)| !matches!(asked, Asked::Selection));
    }

    pub(super) fn selection_read(
        &mut self,
        now: Instant,
        id: CursorId,
        result: Result<Selection, Error>,
        out: &mut Vec<Effect>,
    ) {
        match self.cursor.asked.remove(&id) {
            Some((Asked::Selection, _)) => self.act_on_selection(now, result, out),
            Some(other) => drop(self.cursor.asked.insert(id, other)),
            None => {}
        }
    }

    /// Something at the cursor cannot be done.
    pub(super) fn refuse_at_cursor(&mut self, whom: Whom, error: Error, out: &mut Vec<Effect>) {
        out.push(Effect::Chime(Chime::Failed));
        out.push(Effect::Notify(Notice::Failed { problem: error.to_string(), hint: error.hint() }));
        if let Whom::Request(id) = whom {
            self.answer(id, Err(error), out);
        }
    }

    pub(super) fn cursor_deadline(&mut self, now: Instant, out: &mut Vec<Effect>) {
        const SILENT: &str = "the desktop does not answer";
        let late: Vec<_> = self.cursor.asked.extract_if(.., |_, (_, until)| *until <= now).collect();
        for (id, (asked, until)) in late {
            match asked {
                Asked::Change(change) => self.fail_change(now, change, SILENT, out),
                Asked::Selection => self.act_on_selection(now, Err(unavailable(SILENT.to_owned())), out),
                Asked::WindowAtStart | Asked::WindowAtEnd => {
                    self.cursor.asked.insert(id, (asked, until));
                    self.window_seen_late(now, id, out);
                }
            }
        }
        let stuck: Vec<_> = self.cursor.waiting.extract_if(.., |(_, until)| *until <= now).collect();
        for (change, _) in stuck {
            self.fail_change(now, change, "a key is still down", out);
        }
    }

    /// Nobody has told in time which window it is. The one at the start counts for the end, too.
    fn window_seen_late(&mut self, now: Instant, id: CursorId, out: &mut Vec<Effect>) {
        let window = match self.cursor.asked.get(&id) {
            Some((Asked::WindowAtEnd, _)) => self.cursor.place().cloned(),
            _ => None,
        };
        self.window_seen(now, id, window, out);
    }
}

/// What cannot be done at a desktop, and no defect of hob.
pub(crate) fn unavailable(problem: String) -> Error {
    Error::CursorUnavailable { problem, hint: "`hob doctor` shows what hob found of this desktop".to_owned() }
}
