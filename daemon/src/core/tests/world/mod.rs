//! A pretended outside: engines, sources, disk and clients that do what a test says, and that keep books of what they were told.

mod engines;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::{Adapter, Listening};
use hob_protocol::{Error, Request, Secret};
use serde_json::{Value, json};

use super::super::{
    Arrival, Binding, Captured, Chime, Core, DictationId, Effect, Event, Found, JobId, JournalNote, Manner,
    MicrophoneUse, ModelFile, Noise, Notice, Receipt, Recording, Reply, Report, RequestId, Samples, Settings, Window,
    Wish,
};
use super::desktop::Asked;
pub use engines::Engine;

pub struct World {
    pub core: Core,
    pub now: Instant,
    pub engines: BTreeMap<EngineKind, Engine>,
    /// The source that is open, and whether it was told to stop.
    pub source: Option<(DictationId, bool)>,
    pub reading: BTreeSet<JobId>,
    pub finding: VecDeque<(JobId, EngineKind, String, Option<String>)>,
    pub asking: BTreeSet<RequestId>,
    /// Recordings to be read out of the journal.
    pub recalling: VecDeque<(JobId, Option<DictationId>)>,
    /// Texts on their way to the disk, and those that are there.
    pub storing: VecDeque<DictationId>,
    pub stored: BTreeSet<DictationId>,
    pub notes: Vec<(DictationId, JournalNote)>,
    /// The last message of each generation, and what the model is to answer.
    pub asked_of_model: Vec<String>,
    asked_by_id: BTreeMap<u64, String>,
    pub answers: VecDeque<String>,
    /// The last message of each preparation.
    pub prepared: Vec<String>,
    /// What each recognition was told.
    pub listenings: Vec<Listening>,
    pub tails: Vec<Duration>,
    /// What came of each dictation: exactly one for each.
    pub reports: BTreeMap<DictationId, Report>,
    pub replies: BTreeMap<RequestId, Vec<Reply>>,
    pub gone: BTreeSet<RequestId>,
    /// What the desktop was asked to do and has not answered, in order.
    pub desktop: VecDeque<Asked>,
    /// The window that has the keyboard, and what is selected there.
    pub window: Option<Window>,
    pub selected: Secret,
    pub on_clipboard: Secret,
    /// What was inserted, in which manner, and whether that worked.
    pub insertions: Vec<(String, Manner)>,
    pub arrival: Arrival,
    pub copied: Vec<String>,
    pub notified: Vec<Notice>,
    pub chimes: Vec<Chime>,
    pub menus: usize,
    pub taken_back: Vec<Receipt>,
    pub held: BTreeSet<Binding>,
    pub microphone: Option<MicrophoneUse>,
    /// Of every model.
    pub model_bytes: u64,
    pub adapter_bytes: u64,
    pub may_sleep: usize,
    next_request: u64,
}

impl World {
    pub fn new() -> Self {
        Self::with(Settings { requests: 16, ..Settings::default() })
    }

    pub fn with(settings: Settings) -> Self {
        Self {
            core: Core::new(settings, DictationId(1), Noise::default()),
            now: Instant::now(),
            engines: EngineKind::ALL.map(|kind| (kind, Engine::default())).into(),
            source: None,
            reading: BTreeSet::new(),
            finding: VecDeque::new(),
            asking: BTreeSet::new(),
            recalling: VecDeque::new(),
            storing: VecDeque::new(),
            stored: BTreeSet::new(),
            notes: Vec::new(),
            asked_of_model: Vec::new(),
            asked_by_id: BTreeMap::new(),
            answers: VecDeque::new(),
            prepared: Vec::new(),
            listenings: Vec::new(),
            tails: Vec::new(),
            reports: BTreeMap::new(),
            replies: BTreeMap::new(),
            gone: BTreeSet::new(),
            desktop: VecDeque::new(),
            window: None,
            selected: "selected words".into(),
            on_clipboard: "copied words".into(),
            insertions: Vec::new(),
            arrival: Arrival::Verified,
            copied: Vec::new(),
            notified: Vec::new(),
            chimes: Vec::new(),
            menus: 0,
            taken_back: Vec::new(),
            held: BTreeSet::new(),
            microphone: None,
            model_bytes: 1 << 30,
            adapter_bytes: 100 << 20,
            may_sleep: 0,
            next_request: 1,
        }
    }

    pub fn ask(&mut self, method: &str, parameters: Value) -> RequestId {
        self.request(method, parameters, false)
    }

    pub fn ask_more(&mut self, method: &str, parameters: Value) -> RequestId {
        self.request(method, parameters, true)
    }

    fn request(&mut self, method: &str, parameters: Value, more: bool) -> RequestId {
        let id = RequestId(self.next_request);
        self.next_request += 1;
        self.replies.insert(id, Vec::new());
        let request = Request::parse(method, Some(parameters)).expect("tests ask what there is");
        self.event(Event::Asked { id, request, more });
        id
    }

    /// The one final reply, if it has come.
    pub fn last(&self, id: RequestId) -> Option<&Result<Value, Error>> {
        self.replies[&id].iter().find_map(|reply| match reply {
            Reply::Last(result) => Some(result),
            Reply::More(_) => None,
        })
    }

    pub fn event(&mut self, event: Event) {
        let effects = self.core.handle(self.now, event);
        for effect in effects {
            self.perform(effect);
        }
        self.core.verify_invariants();
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Reply { id, reply } => self.note(id, reply),
            Effect::TellWatchers { ids, change } => {
                let change = serde_json::to_value(change).expect("replies serialise");
                for id in ids {
                    self.note(id, Reply::More(change.clone()));
                }
            }
            Effect::ReplyState { id, finality } => {
                let state = json!({ "state": {} });
                self.note(
                    id,
                    match finality {
                        super::super::Finality::Last => Reply::Last(Ok(state)),
                        super::super::Finality::More => Reply::More(state),
                    },
                );
            }
            Effect::FindModel { job, kind, name, adapter } => {
                let kind = kind.unwrap_or(EngineKind::Text);
                self.finding.push_back((job, kind, name.unwrap_or_else(|| "usual".to_owned()), adapter));
            }
            Effect::ReadAudio { job, .. } => {
                self.reading.insert(job);
            }
            Effect::StopReading { job } => {
                self.reading.remove(&job);
                self.finding.retain(|(finding, ..)| *finding != job);
                self.recalling.retain(|(recalling, _)| *recalling != job);
            }
            Effect::ReadRecording { job, dictation, .. } => self.recalling.push_back((job, dictation)),
            Effect::WriteJournal { dictation, note } => {
                if matches!(note, JournalNote::Text(_)) {
                    self.stored.remove(&dictation);
                    self.storing.push_back(dictation);
                }
                self.notes.push((dictation, note));
            }
            Effect::AskStore { id, .. }
            | Effect::AskJournal { id, .. }
            | Effect::ListMicrophones { id }
            | Effect::ReadConfig { id }
            | Effect::WriteConfig { id, .. } => {
                self.asking.insert(id);
            }
            Effect::StartSource { dictation, .. } => {
                assert!(self.source.is_none(), "the microphone is opened twice");
                self.source = Some((dictation, false));
            }
            Effect::StopSource { dictation, tail } => {
                self.tails.push(tail);
                if let Some((open, stopped)) = &mut self.source
                    && *open == dictation
                {
                    *stopped = true;
                }
            }
            Effect::StartEngine { kind, generation } => {
                let engine = self.engine(kind);
                assert!(engine.generation.is_none(), "{kind} is started twice");
                *engine = Engine { generation: Some(generation), ..Engine::default() };
            }
            Effect::Tell { kind, generation, message } => self.told(kind, generation, &message),
            Effect::TellAudio { kind, generation, job, .. } => {
                let engine = self.engine(kind);
                assert_eq!(engine.generation, Some(generation));
                assert!(engine.working.contains(&(job.0, false)), "audio for {job:?}, which takes none");
            }
            Effect::KillEngine { kind, generation } => {
                let engine = self.engine(kind);
                if engine.generation == Some(generation) {
                    engine.killed = true;
                }
            }
            Effect::Report { dictation, report } => {
                let earlier = self.reports.insert(dictation, report);
                assert_eq!(earlier, None, "one dictation is reported twice");
            }
            Effect::LookAtWindow { id } => self.desktop.push_back(Asked::Window(id)),
            Effect::ReadSelection { id } => self.desktop.push_back(Asked::Selection(id)),
            Effect::ReadClipboard { id } => self.desktop.push_back(Asked::Clipboard(id)),
            Effect::Insert { id, text, manner, window } => {
                assert!(self.held.is_empty(), "something is typed while a key is down");
                self.desktop.push_back(Asked::Insertion(id, text, manner, window));
            }
            Effect::TakeBack { id, receipt } => {
                assert!(self.held.is_empty(), "something is typed while a key is down");
                self.desktop.push_back(Asked::TakingBack(id, receipt));
            }
            Effect::CopyText { id, text } => {
                self.copied.push(text.as_str().to_owned());
                self.desktop.push_back(Asked::Copy(id));
            }
            Effect::Notify(notice) => self.notified.push(notice),
            Effect::Chime(chime) => self.chimes.push(chime),
            Effect::ShowMenu { .. } => self.menus += 1,
            Effect::UseMicrophone(microphone_use) => self.microphone = Some(microphone_use),
            Effect::ReadyToSleep => self.may_sleep += 1,
            Effect::TellDesktop { .. } | Effect::Shutdown | Effect::RememberNoise(_) => {}
        }
    }

    fn note(&mut self, id: RequestId, reply: Reply) {
        if let Reply::Last(Ok(result)) = &reply
            && result["result"]["timings"].is_object()
        {
            let dictation = DictationId(result["id"].as_u64().expect("results of dictations have their id"));
            assert!(self.stored.contains(&dictation), "the text of {dictation:?} has left before it was stored");
        }
        let replies = self.replies.get_mut(&id).expect("replies go to requests");
        assert!(
            !replies.iter().any(|reply| matches!(reply, Reply::Last(_))),
            "{id:?} is answered after its final reply"
        );
        replies.push(reply);
    }

    pub fn hang_up(&mut self, id: RequestId) {
        self.gone.insert(id);
        self.event(Event::HungUp { id });
    }

    pub fn find_next_model(&mut self) {
        if let Some((job, kind, name, adapter)) = self.finding.pop_front() {
            let path = format!("/models/{name}").into();
            let bytes = self.model_bytes;
            let model = ModelFile { kind, name, path, bytes, sha256: None };
            let adapter = adapter.map(|name| Adapter { name, bytes: self.adapter_bytes, ..Adapter::default() });
            self.event(Event::ModelFound { job, result: Ok(Found { model, adapter }) });
        }
    }

    pub fn read_next_audio(&mut self) {
        if let Some(job) = self.reading.pop_first() {
            self.event(Event::AudioRead { job, result: Ok(Samples::from([0.5; 4])) });
        }
    }

    pub fn read_next_recording(&mut self) {
        if let Some((job, dictation)) = self.recalling.pop_front() {
            let dictation = dictation.unwrap_or(DictationId(900));
            let recording = Recording { dictation, samples: Samples::from([0.5; 4]), wish: Wish::default() };
            self.event(Event::RecordingRead { job, result: Ok(recording) });
        }
    }

    pub fn store_next_text(&mut self) {
        if let Some(dictation) = self.storing.pop_front() {
            self.stored.insert(dictation);
            self.event(Event::TextStored { dictation });
        }
    }

    pub fn pass(&mut self, milliseconds: u64) {
        self.now += Duration::from_millis(milliseconds);
    }

    /// What the journal was told last of a dictation.
    pub fn last_note(&self, id: u64) -> Option<&JournalNote> {
        self.notes.iter().rev().find(|(dictation, _)| dictation.0 == id).map(|(_, note)| note)
    }

    pub fn captured(&mut self, news: Captured) {
        let Some((dictation, _)) = self.source else { return };
        if matches!(news, Captured::Ended | Captured::Failed(_)) {
            self.source = None;
        }
        self.event(Event::Captured { dictation, news });
    }

    /// Lets the time of the next deadline come.
    pub fn wait(&mut self) {
        if let Some(deadline) = self.core.next_deadline() {
            self.now = self.now.max(deadline);
            self.event(Event::Deadline);
        }
    }

    /// Everything outside does its duty until nothing is left to do.
    pub fn settle(&mut self) {
        loop {
            self.now += Duration::from_millis(1);
            let mut busy = !self.finding.is_empty() || !self.reading.is_empty() || !self.asking.is_empty();
            busy |= !self.recalling.is_empty() || !self.storing.is_empty();
            self.read_next_recording();
            busy |= self.step_desktop();
            self.store_next_text();
            self.find_next_model();
            self.read_next_audio();
            if let Some(id) = self.asking.pop_first() {
                self.event(Event::StoreAnswered { id, result: Ok(json!({})) });
            }
            if matches!(self.source, Some((_, true))) {
                self.captured(Captured::Ended);
                busy = true;
            }
            for kind in EngineKind::ALL {
                busy |= self.step_engine(kind);
            }
            if !busy && (self.core.queued() > 0 || self.core.awaits_desktop()) && self.core.next_deadline().is_some() {
                self.wait();
                busy = true;
            }
            if !busy {
                return;
            }
        }
    }
}
