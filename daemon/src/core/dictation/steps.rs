//! What the dictation asks of the rest of the core, and how the core does it.

use std::time::Instant;

use hob_protocol::Secret;
use hob_protocol::dictation::{Outcome, Target};
use hob_protocol::text::Run;

use crate::core::Core;
use crate::core::effect::{Effect, Ending, JournalNote, Reply};
use crate::core::event::{DictationId, RequestId};
use crate::core::jobs::Purpose;
use crate::core::session::Waiter;

/// What the dictation asks of the rest of the core.
#[derive(Debug, PartialEq)]
pub enum Step {
    Effect(Effect),
    Reply(RequestId, Reply),
    /// Samples for the live job, or their end.
    Audio(Option<Vec<f32>>),
    /// Whatever works for this dictation is to stop.
    CancelJobs,
    RunAction {
        action: String,
        text: Secret,
    },
    /// Recording has ended, and the text will be for the cursor.
    LookAtEnd,
    /// The text is in the journal and is for the desktop. [`super::Dictation::inserted`] goes on.
    Insert {
        text: Secret,
        target: Target,
    },
    /// The text is in the journal and may leave, or has.
    Deliver {
        id: DictationId,
        outcome: Outcome,
        waiters: Vec<Waiter>,
        whither: Whither,
    },
}

/// Where a text is when a dictation has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whither {
    /// On its way to those who wait for it, or kept for the next who asks.
    Callers,
    /// At the cursor or on the clipboard, as was asked for.
    Arrived,
    /// Nowhere but in the journal, and maybe on the clipboard for want of a better place.
    Journal,
}

impl Core {
    pub(in crate::core) fn dictate(&mut self, now: Instant, steps: Vec<Step>, out: &mut Vec<Effect>) {
        for step in steps {
            match step {
                Step::Effect(effect) => out.push(effect),
                Step::Reply(id, Reply::More(news)) => self.say(id, news, out),
                Step::Reply(id, Reply::Last(result)) => self.answer(id, result, out),
                Step::Audio(samples) => {
                    self.live_audio(now, |purpose| purpose == Purpose::Dictation, samples, out);
                }
                Step::CancelJobs => self.take_back(now, &|purpose| purpose == Purpose::Dictation, out),
                Step::RunAction { action, text } => {
                    let run = Run { action, text, ..Run::default() };
                    if let Err(error) = self.run_action(now, Purpose::Dictation, run, out) {
                        self.fail(now, Purpose::Dictation, error, out);
                    }
                }
                Step::LookAtEnd => self.cursor_at_end(now, out),
                Step::Insert { text, target } => self.insert_dictated(now, text, target, out),
                Step::Deliver { id, outcome, waiters, whither } => {
                    self.last_timings = Some(outcome.timings);
                    match whither {
                        Whither::Callers => self.deliver(id, outcome, waiters, out),
                        Whither::Arrived => {
                            let note = JournalNote::Ended(Ending::Delivered);
                            out.push(Effect::WriteJournal { dictation: id, note });
                            self.tell_all(id, &outcome, &waiters, out);
                        }
                        Whither::Journal => self.tell_all(id, &outcome, &waiters, out),
                    }
                }
            }
        }
    }

    pub(in crate::core) fn text_stored(&mut self, now: Instant, id: DictationId, out: &mut Vec<Effect>) {
        self.in_journal.insert(id);
        let steps = self.dictation.stored(now, id);
        self.dictate(now, steps, out);
        self.retried_text_stored(now, id, out);
        self.no_longer_offered(id);
    }
}
