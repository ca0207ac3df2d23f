//! What those who watch are told: whatever is another than before.

use hob_protocol::daemon::{self, WatchReply};

use super::{Core, Effect};

/// What the watchers were last told.
#[derive(Debug, Default, PartialEq)]
pub struct Published {
    engines: Vec<daemon::Engine>,
    dictation: daemon::Dictation,
    paused: bool,
    language: String,
}

impl Core {
    pub(super) fn shown(&self) -> Published {
        Published {
            engines: self.engines(),
            dictation: self.dictation(),
            paused: self.paused,
            language: self.language(),
        }
    }

    /// Tells the watchers what is another than before.
    pub(super) fn publish(&mut self, out: &mut Vec<Effect>) {
        let current = self.shown();
        if current == self.published {
            return;
        }
        let fresh = current.engines.iter().filter(|engine| !self.published.engines.contains(engine));
        let mut changes: Vec<_> =
            fresh.map(|engine| WatchReply { engine: Some(engine.clone()), ..WatchReply::default() }).collect();
        if current.dictation != self.published.dictation {
            changes.push(WatchReply { dictation: Some(current.dictation.clone()), ..WatchReply::default() });
        }
        if current.paused != self.published.paused {
            changes.push(WatchReply { paused: Some(current.paused), ..WatchReply::default() });
        }
        if current.language != self.published.language {
            changes.push(WatchReply { language: Some(current.language.clone()), ..WatchReply::default() });
        }
        self.published = current;
        if !self.watchers.is_empty() {
            let ids: Vec<_> = self.watchers.iter().copied().collect();
            out.extend(
                changes.into_iter().map(|change| Effect::TellWatchers { ids: ids.clone(), change: change.into() }),
            );
        }
    }
}
