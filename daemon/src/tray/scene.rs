//! What the tray shows: an icon, a tooltip and a menu, made from all that is known. Pure, and plain data: two scenes that are equal
//! look the same.

use hob_protocol::daemon::{EngineKind, EngineState, Phase, State};
use hob_protocol::dictation::{Entry as Dictated, Microphone};
use hob_protocol::models::Model;
use hob_protocol::text::Action;

use super::choice::{Choice, On};
use super::icon::{Face, LOUDEST};
use super::{Settings, menu};

/// Everything the tray knows.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) state: State,
    pub(super) settings: Settings,
    pub(super) models: Vec<Model>,
    pub(super) microphones: Vec<Microphone>,
    pub(super) actions: Vec<Action>,
    /// The newest first.
    pub(super) recent: Vec<Dictated>,
    /// Why what was chosen last was not done.
    pub(super) trouble: Option<String>,
    /// Choices so far. A click ticks an entry before anybody knows what comes of it, so each one has the menu written anew.
    pub(super) clicks: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scene {
    pub(super) face: Face,
    pub(super) tooltip: String,
    pub(super) menu: Vec<Entry>,
    pub(super) clicks: u64,
}

/// A line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    Item(Choice, String),
    /// One that is on or off.
    Check(Choice, String, Tick),
    /// To be read.
    Note(String),
    Menu(String, Vec<Entry>),
    Line,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tick {
    On,
    Off,
}

impl Scene {
    pub(super) fn of(known: &Known) -> Self {
        Self { face: face(known), tooltip: tooltip(known), menu: menu::of(known), clicks: known.clicks }
    }
}

impl Known {
    pub(super) fn phase(&self) -> Phase {
        self.state.dictation.phase
    }

    pub(super) fn is_paused(&self) -> bool {
        self.state.paused
    }

    /// The state and the model of an engine.
    pub(super) fn engine(&self, kind: EngineKind) -> (EngineState, Option<&str>) {
        let engine = self.state.engines.iter().find(|engine| engine.name == kind);
        engine.map_or((EngineState::Stopped, None), |engine| (engine.state, engine.model.as_deref()))
    }

    /// Why there is something to look at.
    pub(super) fn problem(&self) -> Option<String> {
        let failed = |kind: EngineKind| {
            let (state, _) = self.engine(kind);
            (state == EngineState::Failed).then(|| format!("the {kind} engine has failed"))
        };
        let journal = self.state.journal.problem.as_ref().map(|problem| format!("dictations are not kept: {problem}"));
        self.trouble.clone().or_else(|| failed(EngineKind::Speech)).or_else(|| failed(EngineKind::Text)).or(journal)
    }
}

/// Its model is on the way into memory.
pub(super) fn is_loading(state: EngineState) -> bool {
    matches!(state, EngineState::Starting | EngineState::Loading)
}

fn face(known: &Known) -> Face {
    let works = |state| is_loading(state) || state == EngineState::Busy;
    let working = EngineKind::ALL.into_iter().any(|kind| works(known.engine(kind).0));
    match known.phase() {
        Phase::Recording => Face::Listening(level(known.state.dictation.level)),
        Phase::Opening => Face::Opening,
        Phase::Finishing => Face::Working,
        Phase::Idle if known.is_paused() => Face::Paused,
        Phase::Idle if working => Face::Working,
        Phase::Idle if known.problem().is_some() => Face::Failed,
        Phase::Idle if known.engine(EngineKind::Speech).0 == EngineState::Stopped => Face::EngineOff,
        Phase::Idle => Face::Idle,
    }
}

fn level(loudness: f32) -> u8 {
    (loudness.clamp(0.0, 1.0) * f32::from(LOUDEST)).round() as u8
}

/// What the icon means, then what is loaded or on the way, or what is wrong.
fn tooltip(known: &Known) -> String {
    let loads = EngineKind::ALL.into_iter().any(|kind| is_loading(known.engine(kind).0));
    let now = match face(known) {
        Face::Listening(_) => "Listening".to_owned(),
        Face::Opening => "Opening the microphone".to_owned(),
        Face::Working if known.phase() == Phase::Idle && loads => "Loading a model".to_owned(),
        Face::Working if known.phase() == Phase::Idle => "Working on a text".to_owned(),
        Face::Working => "Your text is on its way".to_owned(),
        Face::Paused => "Paused: the microphone stays closed".to_owned(),
        Face::Failed => known.problem().as_deref().map(menu::sentence).unwrap_or_default(),
        Face::EngineOff => "Ready; the speech model is loaded with the first word".to_owned(),
        Face::Idle => "Ready".to_owned(),
    };
    let loaded = EngineKind::ALL.into_iter().filter_map(|kind| match known.engine(kind) {
        (EngineState::Ready | EngineState::Busy, Some(model)) => Some(format!("{kind}: {model}")),
        (state, Some(model)) if is_loading(state) => Some(format!("{kind}: {model}, loading")),
        _ => None,
    });
    std::iter::once(now).chain(loaded).collect::<Vec<_>>().join("\n")
}

impl On {
    pub(super) const ALL: [Self; 2] = [Self::Selection, Self::Clipboard];
}
