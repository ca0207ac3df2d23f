//! A text action on what is selected at the desktop, or lies on its clipboard: the text is read, the action runs, and its result takes
//! the text's place. One at a time, as there is one cursor.

use std::time::Instant;

use hob_protocol::Error;
use hob_protocol::text::{Completion, Run, RunOnClipboardReply, RunOnSelection, RunOnSelectionReply};

use super::cursor::{KEY_PATIENCE, Whom};
use super::desk::{Chime, Inserted, Notice, Selection};
use super::effect::Effect;
use super::jobs::Purpose;
use super::{Core, RequestId, answers};

/// The action that runs, and for whom.
#[derive(Debug)]
pub(super) struct Errand {
    whom: Whom,
    source: Source,
    run: RunOnSelection,
    stage: Stage,
}

/// Where the text of an action comes from, and its result goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Selection,
    Clipboard,
}

#[derive(Debug)]
enum Stage {
    /// The key that asked for it is down: until it comes up, all keys are hob's own, also one that copies what is selected.
    Waiting {
        until: Instant,
    },
    Reading,
    Acting(Selection),
    /// The result is on its way. That cannot be taken back.
    Replacing(Completion),
}

impl Errand {
    pub(super) fn has_job(&self) -> bool {
        matches!(self.stage, Stage::Acting(_))
    }

    pub(super) fn is_reading(&self) -> bool {
        matches!(self.stage, Stage::Reading)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.stage {
            Stage::Waiting { until } => Some(until),
            Stage::Reading | Stage::Acting(_) | Stage::Replacing(_) => None,
        }
    }

    pub(super) fn is_replacing(&self) -> bool {
        matches!(self.stage, Stage::Replacing(_))
    }
}

impl Core {
    pub(super) fn run_on_desktop(
        &mut self,
        now: Instant,
        (whom, source): (Whom, Source),
        run: RunOnSelection,
        out: &mut Vec<Effect>,
    ) {
        let refused = if self.errand.is_some() {
            Some(Error::Busy { what: "text actions at the cursor".to_owned(), limit: 1 })
        } else {
            self.settings.actions.check(&run.action).err()
        };
        if let Some(error) = refused {
            return self.refuse_at_cursor(whom, error, out);
        }
        let stage = if source == Source::Selection && self.keys.is_any_held() {
            Stage::Waiting { until: now + KEY_PATIENCE }
        } else {
            self.read_source(now, source, out);
            Stage::Reading
        };
        self.prepare_action(now, &run.action, run.options.as_ref(), out);
        self.errand = Some(Errand { whom, source, run, stage });
    }

    /// No key is down any more.
    pub(super) fn read_what_waits(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if let Some(Errand { source, stage: stage @ Stage::Waiting { .. }, .. }) = &mut self.errand {
            *stage = Stage::Reading;
            let source = *source;
            self.read_source(now, source, out);
        }
    }

    /// A key that is down for so long is stuck.
    pub(super) fn errand_deadline(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if self.errand.as_ref().and_then(Errand::deadline).is_some_and(|until| until <= now) {
            self.read_what_waits(now, out);
        }
    }

    /// The text, or why there is none.
    pub(super) fn act_on_selection(&mut self, now: Instant, result: Result<Selection, Error>, out: &mut Vec<Effect>) {
        let Some(errand) = &mut self.errand else { return };
        let selection = match result {
            Ok(selection) if !selection.text.as_str().trim().is_empty() => selection,
            Ok(_) => {
                let error = errand.source.error_when_empty();
                return self.fail_errand(error, out);
            }
            Err(error) => return self.fail_errand(error, out),
        };
        let RunOnSelection { action, options } = errand.run.clone();
        let run = Run { action, text: selection.text.clone(), options, background: None };
        errand.stage = Stage::Acting(selection);
        if let Err(error) = self.run_action(now, Purpose::Selection, run, out) {
            self.fail_errand(error, out);
        }
    }

    pub(super) fn acted_on_selection(&mut self, now: Instant, completion: Completion, out: &mut Vec<Effect>) {
        let Some(errand) = &mut self.errand else { return };
        let Stage::Acting(original) = &errand.stage else { return };
        let (text, original) = (completion.text.clone(), original.clone());
        if text.as_str().trim().is_empty() {
            return self.fail_errand(no_result(), out);
        }
        errand.stage = Stage::Replacing(completion);
        match errand.source {
            Source::Selection => self.replace_selection(now, text, original, out),
            Source::Clipboard => self.place_on_clipboard(now, text, out),
        }
    }

    pub(super) fn selection_replaced(&mut self, inserted: &Inserted, out: &mut Vec<Effect>) {
        let Some(Errand { whom, stage: Stage::Replacing(result), .. }) = self.errand.take() else { return };
        if let Whom::Request(id) = whom {
            let reply = RunOnSelectionReply { result, insertion: inserted.for_the_wire() };
            self.answer(id, Ok(answers::value(&reply)), out);
        }
    }

    /// The person may be in another window by now, and pastes it where it is wanted.
    pub(super) fn clipboard_ready(&mut self, out: &mut Vec<Effect>) {
        let Some(Errand { whom, stage: Stage::Replacing(result), .. }) = self.errand.take() else { return };
        out.extend([Effect::Chime(Chime::Done), Effect::Notify(Notice::ClipboardReady)]);
        if let Whom::Request(id) = whom {
            self.answer(id, Ok(answers::value(&RunOnClipboardReply { result })), out);
        }
    }

    /// The text stays as it was.
    pub(super) fn fail_errand(&mut self, error: Error, out: &mut Vec<Effect>) {
        if let Some(errand) = self.errand.take() {
            self.refuse_at_cursor(errand.whom, error, out);
        }
    }

    /// Gives it up unless its result is already on its way. Whether there was one to give up.
    pub(super) fn give_up_errand(&mut self, now: Instant, out: &mut Vec<Effect>) -> bool {
        let Some(errand) = self.errand.take_if(|errand| !errand.is_replacing()) else { return false };
        self.stop_reading_selection();
        self.take_back(now, &|purpose| purpose == Purpose::Selection, out);
        if let Whom::Request(id) = errand.whom {
            let reason = "the text action was given up".to_owned();
            self.answer(id, Err(Error::Cancelled { reason }), out);
        }
        true
    }

    /// Whoever asked for it is gone.
    pub(super) fn errand_hung_up(&mut self, now: Instant, id: RequestId, out: &mut Vec<Effect>) {
        if self.errand.as_ref().is_some_and(|errand| errand.whom == Whom::Request(id)) {
            self.give_up_errand(now, out);
        }
    }
}

impl Source {
    /// There is no text to work on.
    fn error_when_empty(self) -> Error {
        match self {
            Self::Selection => Error::NothingSelected { hint: "select a text first, and leave it selected".to_owned() },
            Self::Clipboard => Error::CursorUnavailable {
                problem: "there is no text on the clipboard".to_owned(),
                hint: "copy a text first".to_owned(),
            },
        }
    }
}

fn no_result() -> Error {
    let hint = "try another text model: `hob models list`".to_owned();
    Error::CursorUnavailable { problem: "the model gave no text, so yours stays as it was".to_owned(), hint }
}
