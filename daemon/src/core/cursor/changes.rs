//! Changes at the cursor: a text that is inserted, copied, or takes the place of another, and the last one taken back. Each waits until
//! no key is down; one that cannot be done leaves its text on the clipboard.

use std::time::Instant;

use hob_protocol::dictation::Target;
use hob_protocol::{Error, Secret};

use super::{ANSWER_PATIENCE, Asked, For, KEY_PATIENCE, Place, Whom, unavailable};
use crate::core::desk::{Arrival, CursorId, Inserted, Manner, Receipt, Selection};
use crate::core::effect::Effect;
use crate::core::event::RequestId;
use crate::core::{Core, answers, apps};

#[derive(Debug)]
pub(super) enum Change {
    Dictated {
        text: Secret,
    },
    /// For the clipboard alone.
    Copied {
        text: Secret,
    },
    /// For the clipboard, because a client asks for that.
    Given {
        id: RequestId,
        text: Secret,
    },
    /// In the place of a selection.
    Replaced {
        text: Secret,
        original: Selection,
    },
    /// For the clipboard, in the place of the text there.
    Placed {
        text: Secret,
    },
    TakenBack {
        whom: Whom,
        receipt: Receipt,
    },
    /// One that will not be done: its text goes to the clipboard in its stead.
    Rescued {
        change: Box<Change>,
        problem: String,
    },
}

impl Change {
    /// The one in whose stead it is.
    pub(super) fn rescued(&self) -> Option<&Self> {
        match self {
            Self::Rescued { change, .. } => Some(change),
            _ => None,
        }
    }

    fn text(&self) -> Option<&Secret> {
        match self {
            Self::Dictated { text }
            | Self::Copied { text }
            | Self::Given { text, .. }
            | Self::Placed { text }
            | Self::Replaced { text, .. } => Some(text),
            Self::TakenBack { .. } | Self::Rescued { .. } => None,
        }
    }
}

impl Core {
    /// A text of the dictation is for the desktop.
    pub(in crate::core) fn insert_dictated(
        &mut self,
        now: Instant,
        text: Secret,
        target: Target,
        out: &mut Vec<Effect>,
    ) {
        match target {
            Target::Clipboard => self.change_now(now, Change::Copied { text }, out),
            Target::Cursor | Target::Caller => self.change(now, Change::Dictated { text }, out),
        }
    }

    /// A text of a client goes to the clipboard.
    pub(in crate::core) fn copy_for(&mut self, now: Instant, id: RequestId, text: Secret, out: &mut Vec<Effect>) {
        self.change_now(now, Change::Given { id, text }, out);
    }

    pub(in crate::core) fn replace_selection(
        &mut self,
        now: Instant,
        text: Secret,
        original: Selection,
        out: &mut Vec<Effect>,
    ) {
        self.change(now, Change::Replaced { text, original }, out);
    }

    /// The result of an action takes the place of what was on the clipboard.
    pub(in crate::core) fn place_on_clipboard(&mut self, now: Instant, text: Secret, out: &mut Vec<Effect>) {
        self.change_now(now, Change::Placed { text }, out);
    }

    /// Takes back what was inserted last.
    pub(in crate::core) fn undo(&mut self, now: Instant, whom: Whom, out: &mut Vec<Effect>) {
        if let Some(receipt) = self.cursor.last.take() {
            return self.change(now, Change::TakenBack { whom, receipt }, out);
        }
        let hint = "only what hob inserted last can be taken back, and only once".to_owned();
        self.refuse_at_cursor(whom, Error::NothingToUndo { hint }, out);
    }

    /// Does what nothing stands in the way of any more.
    pub(in crate::core) fn change_what_can_be(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if self.keys.is_any_held() {
            return;
        }
        self.read_what_waits(now, out);
        let end_is_seen = !matches!(self.cursor.at_end, Place::Asked);
        let can_be = |change: &Change| end_is_seen || !matches!(change, Change::Dictated { .. });
        let changes: Vec<_> = self.cursor.waiting.extract_if(.., |(change, _)| can_be(change)).collect();
        for (change, _) in changes {
            self.change_now(now, change, out);
        }
    }

    pub(in crate::core) fn inserted(&mut self, now: Instant, id: CursorId, inserted: Inserted, out: &mut Vec<Effect>) {
        match self.cursor.asked.remove(&id) {
            Some((Asked::Change(change @ Change::TakenBack { .. }), until)) => {
                self.cursor.asked.insert(id, (Asked::Change(change), until));
            }
            Some((Asked::Change(change), _)) => self.changed(now, change, inserted, out),
            Some(other) => drop(self.cursor.asked.insert(id, other)),
            None => {}
        }
    }

    pub(in crate::core) fn taken_back(&mut self, id: CursorId, result: Result<(), Error>, out: &mut Vec<Effect>) {
        match self.cursor.asked.remove(&id) {
            Some((Asked::Change(Change::TakenBack { whom, receipt }), _)) => match result {
                Ok(()) => {
                    if let Whom::Request(id) = whom {
                        self.answer(id, Ok(answers::nothing()), out);
                    }
                }
                Err(error) => {
                    // Nothing was changed, so it may work from the right window.
                    let changes = self.cursor.changes_for(For::Dictation) + self.cursor.changes_for(For::Selection);
                    if self.cursor.last.is_none() && changes == 0 {
                        self.cursor.last = Some(receipt);
                    }
                    self.refuse_at_cursor(whom, error, out);
                }
            },
            Some(other) => drop(self.cursor.asked.insert(id, other)),
            None => {}
        }
    }

    fn change(&mut self, now: Instant, change: Change, out: &mut Vec<Effect>) {
        self.cursor.waiting.push((change, now + KEY_PATIENCE));
        self.change_what_can_be(now, out);
    }

    fn change_now(&mut self, now: Instant, change: Change, out: &mut Vec<Effect>) {
        let (text, window, replaces) = match &change {
            Change::TakenBack { receipt, .. } => {
                let receipt = receipt.clone();
                let id = self.cursor.ask(Asked::Change(change), now + ANSWER_PATIENCE);
                out.push(Effect::TakeBack { id, receipt });
                return;
            }
            Change::Copied { .. } | Change::Given { .. } | Change::Placed { .. } | Change::Rescued { .. } => {
                let text = change.rescued().unwrap_or(&change).text().cloned().unwrap_or_default();
                let id = self.cursor.ask(Asked::Change(change), now + ANSWER_PATIENCE);
                out.push(Effect::CopyText { id, text });
                return;
            }
            Change::Dictated { text } => (text.clone(), self.cursor.place().cloned(), None),
            Change::Replaced { text, original } => (text.clone(), original.window.clone(), Some(original.text.clone())),
        };
        let ways = apps::ways(&self.settings.apps, window.as_ref());
        let manner = Manner { replaces, ..ways.manner };
        // Whatever comes of it, what was inserted before is no longer the last.
        self.cursor.last = None;
        let id = self.cursor.ask(Asked::Change(change), now + ANSWER_PATIENCE);
        out.push(Effect::Insert { id, text, manner, window });
    }

    fn changed(&mut self, now: Instant, change: Change, mut inserted: Inserted, out: &mut Vec<Effect>) {
        let receipt = inserted.receipt.take();
        match change {
            Change::Dictated { .. } | Change::Copied { .. } => {
                if matches!(change, Change::Dictated { .. }) {
                    self.cursor.last = receipt;
                }
                let steps = self.dictation.inserted(now, &inserted);
                self.dictate(now, steps, out);
            }
            Change::Replaced { text, original } => {
                let replaced = Some(original.text);
                self.cursor.last =
                    receipt.map(|receipt| Receipt { replaced: receipt.replaced.or(replaced), ..receipt });
                out.extend(inserted.for_the_person(&text));
                self.selection_replaced(&inserted, out);
            }
            Change::Placed { .. } => match inserted.arrival {
                Arrival::Verified | Arrival::Sent => self.clipboard_ready(out),
                Arrival::Failed { problem, .. } => self.fail_errand(unavailable(problem), out),
            },
            Change::Given { id, .. } => {
                let answer = match inserted.arrival {
                    Arrival::Verified | Arrival::Sent => Ok(answers::nothing()),
                    Arrival::Failed { problem, .. } => Err(unavailable(problem)),
                };
                self.answer(id, answer, out);
            }
            Change::Rescued { change, problem } => {
                let arrival = Arrival::Failed { problem, on_clipboard: inserted.has_arrived() };
                self.changed(now, *change, Inserted { arrival, method: String::new(), receipt: None }, out);
            }
            // The answer to that is another event.
            Change::TakenBack { .. } => {}
        }
    }

    pub(super) fn fail_change(&mut self, now: Instant, change: Change, problem: &str, out: &mut Vec<Effect>) {
        let problem = problem.to_owned();
        match change {
            Change::Dictated { .. } | Change::Replaced { .. } => {
                let change = Box::new(change);
                self.change_now(now, Change::Rescued { change, problem }, out);
            }
            Change::Copied { .. } | Change::Given { .. } | Change::Placed { .. } | Change::Rescued { .. } => {
                let arrival = Arrival::Failed { problem, on_clipboard: false };
                self.changed(now, change, Inserted { arrival, method: String::new(), receipt: None }, out);
            }
            Change::TakenBack { whom, receipt } => {
                self.cursor.last.get_or_insert(receipt);
                let hint = "release all keys, and try again".to_owned();
                self.refuse_at_cursor(whom, Error::CursorUnavailable { problem, hint }, out);
            }
        }
    }
}
