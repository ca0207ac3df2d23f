//! Where recognised text meets the rules of [`crate::polish`]: once for each text, on its way from the engine.

use hob_protocol::Secret;
use hob_protocol::dictation::{Polish, PolishReply};
use hob_protocol::speech::{Segment, Transcript};

use super::Core;
use super::jobs::{Job, Purpose, Work};
use crate::polish::{self, Heard, Spoken};

/// What people are taken to speak where neither they nor the configuration nor the recognition say.
const USUAL_LANGUAGE: &str = "en";

impl Core {
    /// The transcript as whoever asked should see it. A dictation gets all rules, any other text those about words alone.
    pub(super) fn polished(&self, job: &Job, transcript: Transcript) -> Transcript {
        if is_imagined(&transcript) {
            return Transcript { text: Secret::default(), segments: Vec::new(), ..transcript };
        }
        let polish = |text: &Secret| self.polished_text(job.purpose, text.as_str(), &transcript.language);
        let text = polish(&transcript.text);
        let segments = match job.work {
            Work::Clip { .. } => {
                let segments = transcript.segments.iter();
                segments.map(|segment| Segment { text: polish(&segment.text), ..segment.clone() }).collect()
            }
            _ => transcript.segments.clone(),
        };
        Transcript { text, segments, ..transcript }
    }

    /// A partial result, so that it reads as the final one will.
    pub(super) fn polished_partial(&self, whose: &Whose, stable: &Secret, unstable: &Secret) -> (Secret, Secret) {
        let polish = |text: &str| self.polished_text(whose.purpose, text, &whose.language).into_string();
        let (stable, unstable) = polish::Polish::partial(stable.as_str(), unstable.as_str(), polish);
        (stable.into(), unstable.into())
    }

    /// Part of a recording's text.
    pub(super) fn polished_segment(&self, whose: &Whose, segment: Segment) -> Segment {
        let Segment { start_s, end_s, text } = segment;
        let text = self.polished_text(whose.purpose, text.as_str(), &whose.language);
        Segment { start_s, end_s, text }
    }

    /// What the rules make of a text, for those who write them.
    pub(super) fn try_polish(&self, Polish { text, language, before }: &Polish) -> PolishReply {
        let configured = self.settings.speech.language.as_deref();
        let language = language.as_deref().or(configured).filter(|language| *language != "auto");
        let heard = Heard {
            text: text.as_str(),
            language: language.unwrap_or(USUAL_LANGUAGE),
            before: before.as_ref().map(Secret::as_str),
        };
        PolishReply { text: self.settings.polish.dictated(heard).into() }
    }

    fn polished_text(&self, purpose: Purpose, text: &str, language: &str) -> Secret {
        let polish = &self.settings.polish;
        let dictated = self.dictation_polish.as_ref().unwrap_or(polish);
        let heard = |before| Heard { text, language, before };
        match purpose {
            Purpose::Request { .. } => polish.transcribed(heard(None)).into(),
            Purpose::Retry { .. } => polish.dictated(heard(None)).into(),
            Purpose::Selection | Purpose::Warmth | Purpose::Preparation => text.into(),
            Purpose::Dictation => dictated.dictated(heard(self.before_cursor.as_ref().map(Secret::as_str))).into(),
        }
    }
}

/// The recogniser heard words where there was hardly a voice, or something else than one.
fn is_imagined(transcript: &Transcript) -> bool {
    let segments: f64 = transcript.segments.iter().map(|segment| segment.end_s - segment.start_s).sum();
    let audio_s = if transcript.segments.is_empty() { transcript.audio_s } else { segments };
    let voiced_s = transcript.recognition.map(|recognition| recognition.voice_ms / 1000.0);
    let spoken = Spoken { voiced_s, audio_s };
    polish::Polish::is_imagined(transcript.text.as_str(), spoken)
}

/// For whom a text is that comes before the transcript, and in which language.
#[derive(Debug)]
pub(super) struct Whose {
    purpose: Purpose,
    /// The one that was asked for, or the only one that the model knows; empty if the engine is still to tell.
    language: String,
}

impl Whose {
    pub(super) fn of(job: &Job) -> Self {
        let asked = match &job.work {
            Work::Clip { listening, .. } => listening.language.clone(),
            Work::Live(live) => live.listening().language.clone(),
            Work::Load(_) | Work::Generate { .. } | Work::Prepare { .. } | Work::Embed { .. } => None,
        };
        // One of several is still to be told.
        let asked = asked.filter(|language| !language.contains(','));
        let only = || job.model.name.contains(".en").then(|| "en".to_owned());
        Self { purpose: job.purpose, language: asked.or_else(only).unwrap_or_default() }
    }
}
