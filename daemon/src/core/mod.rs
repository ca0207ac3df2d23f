//! What the daemon knows and decides. Pure: no clock, file, process, channel or runtime in here. The loop hands in an event
//! and the time, and performs the effects that come back; their results come back as events.

mod answers;
mod apps;
mod asked;
mod cursor;
mod deeds;
mod delivery;
mod desk;
mod dictation;
mod ear;
mod effect;
mod event;
mod invariants;
mod jobs;
mod keys;
mod level;
mod live;
mod noise;
mod polishing;
mod power;
mod preparation;
mod residency;
mod retry;
mod selection;
mod session;
mod settings;
#[cfg(test)]
mod tests;
mod waiting;
mod watchers;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use hob_protocol::daemon::{self, EngineKind, Waiting};
use hob_protocol::{Error, Secret, dictation as wire};
use serde_json::Value;

use crate::polish::Polish;

pub use apps::AppRule;
use cursor::Cursor;
pub(crate) use cursor::unavailable;
use delivery::Delivery;
pub use desk::{
    Arrival, Binding, Chime, CursorId, Inserted, Manner, Motion, Newline, Notice, PasteKey, Receipt, Selection, Window,
};
use dictation::Dictation;
pub use effect::{
    Effect, Ending, Finality, JournalNote, JournalQuestion, MicrophoneUse, Reply, Report, SourceSpec, StoreQuestion,
    Wish,
};
pub use event::{
    Captured, DictationId, Event, Found, Generation, JobId, ModelFile, NextBuild, Recording, RequestId, Samples,
};
use jobs::{Purpose, Work};
use keys::Keys;
pub use noise::Noise;
pub use power::MachineNews;
use power::Sleep;
use residency::Residency;
use retry::Retry;
use selection::Errand;
pub use settings::{Settings, SpeechSettings, TextSettings};
use watchers::Published;

#[derive(Debug)]
pub struct Core {
    settings: Settings,
    speech: Residency,
    text: Residency,
    dictation: Dictation,
    /// The text left of the cursor where the dictation will go.
    before_cursor: Option<Secret>,
    /// For the running dictation, where its window's rules ask for other words than the configuration.
    dictation_polish: Option<Arc<Polish>>,
    cursor: Cursor,
    keys: Keys,
    /// Who is shown the keys. Meanwhile they do nothing else.
    key_listeners: BTreeSet<RequestId>,
    /// The text action on the selection that runs.
    errand: Option<Errand>,
    /// The microphone stays closed.
    paused: bool,
    /// A dictation that ended by itself, for the next who asks for its text.
    kept: Option<(DictationId, wire::Outcome)>,
    /// The last one for whose action something was prepared.
    prepared_for: Option<DictationId>,
    /// Recordings that are recognised again, by who asked for it.
    retries: BTreeMap<RequestId, Retry>,
    deliveries: Vec<Delivery>,
    /// Dictations whose text is in the journal and has reached nobody yet, as far as this daemon still offers it.
    in_journal: BTreeSet<DictationId>,
    /// Jobs whose audio or model is still being looked for.
    pending: BTreeMap<JobId, Pending>,
    /// Requests that have not had their final reply.
    open: BTreeSet<RequestId>,
    watchers: BTreeSet<RequestId>,
    /// Those of the last dictation that gave a text.
    last_timings: Option<wire::Timings>,
    /// What `Load` asked for, for requests that name no model.
    preferred: BTreeMap<EngineKind, String>,
    sleep: Sleep,
    on_battery: bool,
    noise: Noise,
    published: Published,
    /// What those who wait and follow their requests were told last.
    waiting: BTreeMap<RequestId, Waiting>,
    next_job: u64,
    next_dictation: u64,
}

#[derive(Debug)]
struct Pending {
    purpose: Purpose,
    /// `None` leaves the kind to the model that is named.
    kind: Option<EngineKind>,
    model: Option<String>,
    work: Work,
    since: Instant,
}

impl Core {
    /// `first`: the id of the next dictation. Ids are never used twice, also not after a restart.
    pub fn new(settings: Settings, first: DictationId, noise: Noise) -> Self {
        let (speech, text) = (Residency::new(EngineKind::Speech), Residency::new(EngineKind::Text));
        let mut core = Self {
            settings,
            speech,
            text,
            dictation: Dictation::Idle,
            before_cursor: None,
            dictation_polish: None,
            cursor: Cursor::default(),
            keys: Keys::default(),
            key_listeners: BTreeSet::new(),
            errand: None,
            paused: false,
            kept: None,
            prepared_for: None,
            retries: BTreeMap::new(),
            deliveries: Vec::new(),
            in_journal: BTreeSet::new(),
            pending: BTreeMap::new(),
            open: BTreeSet::new(),
            watchers: BTreeSet::new(),
            last_timings: None,
            preferred: BTreeMap::new(),
            sleep: Sleep::Awake,
            on_battery: false,
            noise,
            published: Published::default(),
            waiting: BTreeMap::new(),
            next_job: 1,
            next_dictation: first.0,
        };
        core.published = core.shown();
        core
    }

    /// The one way in. Effects are to be performed in order.
    pub fn handle(&mut self, now: Instant, event: Event) -> Vec<Effect> {
        let mut out = Vec::new();
        self.react(now, event, &mut out);
        self.begin_what_waits(now, &mut out);
        self.prepare_dictation(now, &mut out);
        self.settle_memory(now, &mut out);
        let pace = self.pace();
        self.with_engine(now, EngineKind::Text, &mut out, |engine, _, step| engine.keep_pace(now, pace, step));
        self.tell_who_waits(&mut out);
        self.publish(&mut out);
        out
    }

    /// When [`Event::Deadline`] is due, if nothing happens before.
    pub fn next_deadline(&self) -> Option<Instant> {
        let engines = [&self.speech, &self.text].into_iter().filter_map(|engine| engine.next_deadline(&self.settings));
        let dictation = self.dictation.deadline(self.settings.longest_dictation);
        let errand = self.errand.as_ref().and_then(Errand::deadline);
        engines.chain(dictation).chain(self.cursor.next_deadline()).chain(errand).min()
    }

    pub fn engines(&self) -> Vec<daemon::Engine> {
        vec![self.speech.view(), self.text.view()]
    }

    pub fn dictation(&self) -> daemon::Dictation {
        self.dictation.view()
    }

    pub fn last_timings(&self) -> Option<wire::Timings> {
        self.last_timings
    }

    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// What is taken to be spoken where nobody says otherwise.
    pub fn language(&self) -> String {
        self.settings.speech.language.clone().unwrap_or_else(|| "auto".to_owned())
    }

    pub fn queued(&self) -> usize {
        self.speech.waiting() + self.text.waiting() + self.pending.len()
    }

    fn react(&mut self, now: Instant, event: Event, out: &mut Vec<Effect>) {
        match event {
            Event::Asked { id, request, more } => self.asked(now, id, request, more, out),
            Event::HungUp { id } => self.hung_up(now, id, out),
            Event::Deadline => self.deadline(now, out),
            Event::ModelFound { job, result } => match result {
                Ok(found) => self.model_found(now, job, found, out),
                Err(error) => self.fail_pending(now, job, error, out),
            },
            Event::AudioRead { job, result } => match result {
                Ok(samples) => self.audio_read(job, samples, out),
                Err(error) => self.fail_pending(now, job, error, out),
            },
            Event::StreamAudio { id, samples } => self.live_audio(now, |purpose| is_request(purpose, id), samples, out),
            Event::Captured { dictation, news } => {
                if self.dictation.listens_to(dictation) {
                    if self.speech.works_for(Purpose::Dictation) {
                        self.dictation.engine_listens();
                    }
                    if let Captured::Opened { device } = &news {
                        self.noise.opened(device.clone());
                    }
                    let steps = self.dictation.captured(now, news);
                    self.dictate(now, steps, out);
                }
            }
            Event::TextStored { dictation } => self.text_stored(now, dictation, out),
            Event::RecordingRead { job, result } => match result {
                Ok(recording) => self.recording_read(now, job, recording, out),
                Err(error) => self.fail_pending(now, job, error, out),
            },
            Event::Delivered { id } => self.delivered(id, out),
            Event::StoreAnswered { id, result } => self.answer(id, result, out),
            Event::ConfigRead { id, result } => {
                let changed = result.map(|(settings, changed)| {
                    let pinned_by_hand = std::mem::take(&mut self.settings.pinned_by_hand);
                    self.settings = Settings { economy: self.on_battery, pinned_by_hand, ..settings };
                    out.push(self.microphone_use());
                    answers::value(&daemon::ReloadReply { changed })
                });
                self.answer(id, changed, out);
            }
            Event::Machine(news) => self.machine_news(now, news, out),
            Event::DesktopChanged => {
                let ids: Vec<_> = self.watchers.iter().copied().collect();
                if !ids.is_empty() {
                    out.push(Effect::TellDesktop { ids });
                }
            }
            Event::Key { binding, motion } => self.key(now, (binding, motion), out),
            Event::KeysLost => self.keys_lost(now, out),
            Event::WindowSeen { id, window } => self.window_seen(now, id, window, out),
            Event::SelectionRead { id, result } => self.selection_read(now, id, result, out),
            Event::Inserted { id, result } => self.inserted(now, id, result, out),
            Event::TakenBack { id, result } => self.taken_back(id, result, out),
            Event::EngineStarted { kind, generation, pid, build } => {
                self.with_engine(now, kind, out, |engine, settings, step| {
                    engine.started(now, generation, pid, build, settings, step);
                });
            }
            Event::EngineUnstartable { kind, generation, cause, hint } => {
                self.with_engine(now, kind, out, |engine, _, step| engine.unstartable(generation, cause, &hint, step));
            }
            Event::EngineSaid { kind, generation, message } => self.engine_said(now, kind, generation, message, out),
            Event::EngineDied { kind, generation, cause, next } => {
                self.with_engine(now, kind, out, |engine, _, step| engine.died(now, generation, &cause, next, step));
            }
        }
    }

    fn deadline(&mut self, now: Instant, out: &mut Vec<Effect>) {
        for kind in EngineKind::ALL {
            self.with_engine(now, kind, out, |engine, settings, step| engine.deadline(now, settings, step));
        }
        if self.dictation.deadline(self.settings.longest_dictation).is_some_and(|deadline| deadline <= now) {
            let steps = self.dictation.stop(now, None);
            self.dictate(now, steps, out);
        }
        self.cursor_deadline(now, out);
        self.errand_deadline(now, out);
    }

    fn microphone_use(&self) -> Effect {
        Effect::UseMicrophone(if self.paused { MicrophoneUse::Paused } else { MicrophoneUse::AsConfigured })
    }

    /// The final reply. A request that is not open has had it, or its client is gone.
    fn answer(&mut self, id: RequestId, result: Result<Value, Error>, out: &mut Vec<Effect>) {
        if self.open.remove(&id) {
            out.push(Effect::Reply { id, reply: Reply::Last(result) });
        }
    }

    fn say(&self, id: RequestId, news: Value, out: &mut Vec<Effect>) {
        if self.open.contains(&id) {
            out.push(Effect::Reply { id, reply: Reply::More(news) });
        }
    }
}

fn is_request(purpose: Purpose, wanted: RequestId) -> bool {
    matches!(purpose, Purpose::Request { id, .. } | Purpose::Retry { id } if id == wanted)
}
