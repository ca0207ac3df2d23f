//! A daemon with both engines at work, and what a test of their deaths asks of it afterwards.

use hob_protocol::daemon::{Engine, EngineKind, EngineState};
use hob_tests::Daemon;
use serde_json::{Value, json};

use crate::{generate, text};

const AGAIN: &str = "try again; `hob status` shows the engines, the log (`journalctl --user -u hobd`) says more";

/// A daemon whose two engines are loaded, and what both were before anything happened.
pub(crate) struct Rig {
    pub(crate) daemon: Daemon,
    pub(crate) recording: String,
    pub(crate) speech: Engine,
    pub(crate) text: Engine,
}

impl Rig {
    pub(crate) fn start() -> Self {
        let daemon = Daemon::start();
        let recording = daemon.home().recording(100);
        hears(&daemon, &recording);
        answers(&daemon);
        let (speech, text) = (daemon.engine(EngineKind::Speech), daemon.engine(EngineKind::Text));
        assert_eq!((speech.state, text.state), (EngineState::Ready, EngineState::Ready));
        Self { daemon, recording, speech, text }
    }

    /// The call whose words or prompt hold this order.
    pub(crate) fn call(&self, kind: EngineKind, order: &str) -> Value {
        match kind {
            EngineKind::Text => generate(order),
            EngineKind::Speech => transcribe(&self.recording, order),
        }
    }

    pub(crate) fn before(&self, kind: EngineKind) -> &Engine {
        if kind == EngineKind::Speech { &self.speech } else { &self.text }
    }

    #[track_caller]
    pub(crate) fn goes_on_except(&self, kind: EngineKind) {
        let other = if kind == EngineKind::Speech { EngineKind::Text } else { EngineKind::Speech };
        let now = self.daemon.engine(other);
        let before = self.before(other);
        assert_eq!((now.pid, now.restarts, &now.last_death), (before.pid, 0, &None), "the other engine is untouched");
        hears(&self.daemon, &self.recording);
        answers(&self.daemon);
    }
}

pub(crate) fn transcribe(recording: &str, prompt: &str) -> Value {
    json!({"method": "dev.hob.Speech.Transcribe", "parameters": {"path": recording, "prompt": prompt}})
}

#[track_caller]
pub(crate) fn hears(daemon: &Daemon, recording: &str) {
    let mut wire = daemon.wire();
    wire.call(&transcribe(recording, ""));
    assert_eq!(text(&wire.reply()), "heard 1600 samples");
}

#[track_caller]
pub(crate) fn answers(daemon: &Daemon) {
    let mut wire = daemon.wire();
    wire.call(&generate("as usual"));
    assert_eq!(text(&wire.reply()), "as usual");
}

pub(crate) fn engine_died(kind: EngineKind, cause: &str) -> Value {
    json!({"error": "dev.hob.Daemon.EngineDied", "parameters": {"engine": kind, "cause": cause, "hint": AGAIN}})
}
