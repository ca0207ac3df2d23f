//! What a live recognition still needs, should its engine die: the samples whose text is not settled, and the text before them. So its
//! memory does not grow with the recording, and a new engine has only the last seconds to do again.

use hob_protocol::Secret;
use hob_protocol::engine::Listening;
use hob_protocol::speech::{SAMPLE_RATE, Segment, Transcript};

use super::event::Samples;

#[derive(Debug)]
pub struct Live {
    listening: Listening,
    audio: LiveAudio,
    /// From the settled place on.
    samples: Vec<f32>,
    /// What will not change any more.
    settled: Heard,
    /// What an earlier engine had settled before this one began.
    before: Heard,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveAudio {
    Coming,
    Ended,
}

/// The recording up to a place, in samples, and its text.
#[derive(Debug, Clone, Default)]
struct Heard {
    until: usize,
    text: Secret,
}

impl Live {
    pub fn new(listening: Listening) -> Self {
        let (settled, before) = (Heard::default(), Heard::default());
        Self { listening, audio: LiveAudio::Coming, samples: Vec::new(), settled, before }
    }

    /// As asked for.
    pub fn listening(&self) -> &Listening {
        &self.listening
    }

    /// Before an engine has begun.
    pub fn listen_otherwise(&mut self, listening: Listening) {
        self.listening = listening;
    }

    pub fn audio(&self) -> LiveAudio {
        self.audio
    }

    /// More samples, or their end.
    pub fn take(&mut self, more: Option<&[f32]>) {
        match more {
            Some(more) => self.samples.extend_from_slice(more),
            None => self.audio = LiveAudio::Ended,
        }
    }

    /// Another engine takes over, and is told nothing of what is settled but its text, as a prompt.
    pub fn rewind(&mut self) {
        self.before = self.settled.clone();
    }

    pub fn opening(&self) -> (Listening, Samples) {
        let prompt = self.listening.prompt.as_ref().map_or("", Secret::as_str);
        let prompt = joined(prompt, self.before.text.as_str());
        let listening = Listening { prompt: (!prompt.is_empty()).then(|| prompt.into()), ..self.listening.clone() };
        (listening, self.samples[..].into())
    }

    /// The engine's stable text holds all up to `settled_s`: those samples are done with. Returns the stable text of the whole recording.
    pub fn settle(&mut self, stable: &Secret, settled_s: f64) -> Secret {
        let stable: Secret = joined(self.before.text.as_str(), stable.as_str()).into();
        let until = self.before.until + (settled_s * f64::from(SAMPLE_RATE)).round() as usize;
        let done = until.saturating_sub(self.settled.until);
        // Not at each word: what stays has to be moved.
        if done > self.samples.len() / 2 && done <= self.samples.len() {
            self.samples.drain(..done);
            self.settled = Heard { until, text: stable.clone() };
        }
        stable
    }

    /// A place in the engine's recording as one in the whole, in seconds.
    pub fn place_s(&self, at_s: f64) -> f64 {
        at_s + self.before.until as f64 / f64::from(SAMPLE_RATE)
    }

    /// The transcript of the whole recording.
    pub fn whole(&self, transcript: Transcript) -> Transcript {
        if self.before.until == 0 {
            return transcript;
        }
        let first = Segment { start_s: 0.0, end_s: self.place_s(0.0), text: self.before.text.clone() };
        let rest = transcript.segments.into_iter().map(|segment| Segment {
            start_s: self.place_s(segment.start_s),
            end_s: self.place_s(segment.end_s),
            ..segment
        });
        Transcript {
            text: joined(self.before.text.as_str(), transcript.text.as_str()).into(),
            segments: std::iter::once(first).filter(|first| !first.text.is_empty()).chain(rest).collect(),
            audio_s: self.place_s(transcript.audio_s),
            ..transcript
        }
    }
}

fn joined(before: &str, after: &str) -> String {
    /// Chinese, Japanese, Thai and their neighbours write no blanks between words; Korean does.
    fn has_no_blanks(letter: char) -> bool {
        matches!(letter, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3000}'..='\u{30ff}'
            | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
    }
    let blank = match before.chars().next_back() {
        Some(last) if !after.is_empty() && !has_no_blanks(last) => " ",
        _ => "",
    };
    format!("{before}{blank}{after}")
}

#[cfg(test)]
mod tests {
    use hob_protocol::engine::Listening;
    use hob_protocol::speech::{Segment, Transcript};

    use super::{Live, joined};

    #[test]
    fn another_engine_gets_what_is_not_settled_and_its_text_follows_on_what_is() {
        let mut live = Live::new(Listening { prompt: Some("Names: Ada.".into()), ..Listening::default() });
        live.take(Some(&vec![0.1; 16_000]));
        assert_eq!(live.settle(&"One.".into(), 0.75).as_str(), "One.");
        live.rewind();
        let (listening, samples) = live.opening();
        assert_eq!((listening.prompt.unwrap().as_str(), samples.len()), ("Names: Ada. One.", 4000));
        assert_eq!(live.settle(&"Two.".into(), 0.0).as_str(), "One. Two.");
        live.take(Some(&vec![0.2; 16_000]));
        assert_eq!(live.settle(&"Two. Three.".into(), 1.0).as_str(), "One. Two. Three.");
        live.rewind();
        let segment = Segment { start_s: 0.0, end_s: 0.2, text: "Four.".into() };
        let rest = Transcript { text: "Four.".into(), segments: vec![segment], audio_s: 0.25, ..Transcript::default() };
        let whole = live.whole(rest);
        assert_eq!((whole.text.as_str(), whole.audio_s), ("One. Two. Three. Four.", 2.0));
        let segments: Vec<_> = whole.segments.iter().map(|segment| (segment.start_s, segment.text.as_str())).collect();
        assert_eq!(segments, [(0.0, "One. Two. Three."), (1.75, "Four.")]);
    }

    #[test]
    fn memory_is_bounded_by_what_is_not_settled() {
        let mut live = Live::new(Listening::default());
        for second in 1..=1800 {
            live.take(Some(&vec![0.0; 16_000]));
            live.settle(&"text".into(), f64::from(second) - 0.4);
            assert!(live.opening().1.len() <= 32_000, "{second} s");
        }
    }

    #[test]
    fn settled_places_beyond_what_is_kept_are_ignored() {
        let mut live = Live::new(Listening::default());
        live.take(Some(&[0.0; 100]));
        live.settle(&"text".into(), 9.0);
        assert_eq!(live.opening().1.len(), 100);
    }

    #[test]
    fn texts_are_joined_as_they_are_written() {
        for (before, after, expected) in
            [("", "a", "a"), ("a", "", "a"), ("a.", "b", "a. b"), ("長い", "文章", "長い文章"), ("말", "말", "말 말")]
        {
            assert_eq!(joined(before, after), expected);
        }
    }
}
