//! What the properties show: a small part of the daemon's state, and none of its words.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use hob_protocol::daemon::{Engine, Phase, WatchReply};
use zbus::Connection;

use super::PATH;
use super::daemon1::Daemon1;
use super::dictation1::Dictation1;

/// Shared by the interfaces and the task that follows the daemon. Not inside an interface: a change would then wait until every
/// method that runs there has ended.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown(Arc<Mutex<Values>>);

#[derive(Debug, Default)]
struct Values {
    phase: Phase,
    engines: HashMap<String, String>,
}

/// Which properties have another value now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) struct Changed {
    phase: bool,
    engines: bool,
}

impl Shown {
    pub(super) fn phase(&self) -> String {
        word(self.values().phase)
    }

    /// State by name of the engine.
    pub(super) fn engines(&self) -> HashMap<String, String> {
        self.values().engines.clone()
    }

    pub(super) fn update(&self, change: WatchReply) -> Changed {
        let (engines, dictation) = match change.state {
            Some(state) => (state.engines, Some(state.dictation)),
            None => (change.engine.into_iter().collect(), change.dictation),
        };
        let mut values = self.values();
        let mut changed = Changed { phase: false, engines: false };
        for Engine { name, state, .. } in engines {
            let state = word(state);
            let before = values.engines.insert(name.to_string(), state.clone());
            changed.engines |= before != Some(state);
        }
        if let Some(dictation) = dictation {
            changed.phase = values.phase != dictation.phase;
            values.phase = dictation.phase;
        }
        changed
    }

    fn values(&self) -> MutexGuard<'_, Values> {
        self.0.lock().expect("nobody panics with it")
    }
}

impl Changed {
    /// Emits `PropertiesChanged` for what changed.
    pub(super) async fn announce(self, connection: &Connection) -> zbus::Result<()> {
        let objects = connection.object_server();
        if self.engines {
            let interface = objects.interface::<_, Daemon1>(PATH).await?;
            interface.get().await.engine_states_changed(interface.signal_emitter()).await?;
        }
        if self.phase {
            let interface = objects.interface::<_, Dictation1>(PATH).await?;
            interface.get().await.phase_changed(interface.signal_emitter()).await?;
        }
        Ok(())
    }
}

/// The word that the wire uses for a state.
fn word(state: impl serde::Serialize) -> String {
    match serde_json::to_value(state) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("states are written as words, not as {other:?}"),
    }
}
