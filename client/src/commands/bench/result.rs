//! One recording measured one way: what is printed, summed up and saved.

use hob_protocol::dictation::Timings;
use serde::Serialize;

use super::recordings::Recording;
use crate::accuracy::Mistakes;

/// The ways of getting from a recording to its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Way {
    /// hob, while it is spoken; the time is that from release to text.
    Dictation,
    /// The same, while a long text is being generated in the background.
    Beside,
    /// hob's engine over the whole recording in one call, as programs do that begin at release.
    Clip,
    /// Another program over the whole recording.
    Rival,
}

impl Way {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Dictation => "dictation",
            Self::Beside => "beside",
            Self::Clip => "clip",
            Self::Rival => "rival",
        }
    }
}

/// What came of one recording.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// Empty if no speech was found.
    pub(super) text: String,
    /// How long it took.
    pub(super) ms: f64,
    pub(super) timings: Option<Timings>,
}

/// One line of the file that `--json` writes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Single {
    pub(super) way: Way,
    pub(super) pass: u32,
    pub(super) id: String,
    pub(super) category: String,
    pub(super) language: String,
    pub(super) trust: String,
    pub(super) seconds: f64,
    /// Somebody speaks in it.
    pub(super) is_speech: bool,
    /// It belongs to what the times are promised for: English of up to 30 seconds.
    pub(super) is_usual: bool,
    pub(super) ms: Option<f64>,
    pub(super) cpu_s: Option<f64>,
    /// `null` if the transcript is not sure enough to count, or there was no answer.
    pub(super) mistakes: Option<Mistakes>,
    pub(super) text: String,
    /// Why there was no answer.
    pub(super) failure: Option<String>,
    pub(super) timings: Option<Timings>,
}

impl Single {
    pub(super) fn new(way: Way, pass: u32, recording: &Recording, answer: Result<Answer, String>) -> Self {
        let (answer, failure) = match answer {
            Ok(answer) => (Some(answer), None),
            Err(failure) => (None, Some(failure)),
        };
        let ms = answer.as_ref().map(|answer| answer.ms);
        let timings = answer.as_ref().and_then(|answer| answer.timings);
        let text = answer.map(|answer| answer.text).unwrap_or_default();
        let counts = recording.counts() && failure.is_none();
        let between = || Mistakes::between(&recording.language, &recording.transcript, &text);
        Self {
            way,
            pass,
            id: recording.id.clone(),
            category: recording.category.clone(),
            language: recording.language.clone(),
            trust: recording.trust.clone(),
            seconds: recording.seconds,
            is_speech: recording.is_speech(),
            is_usual: recording.is_speech() && recording.is_usual(),
            ms,
            cpu_s: None,
            mistakes: counts.then(between),
            text,
            failure,
            timings,
        }
    }
}
