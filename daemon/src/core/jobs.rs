//! Who waits and who goes first: the pieces of work for one engine, in the order they will run.

use std::collections::VecDeque;
use std::time::Instant;

use hob_protocol::Secret;
use hob_protocol::engine::{Adapter, EmbedRequest, Listening, RecognitionMode, TextRequest, ToEngine, Urgency};
use hob_protocol::text::{Message, Sampling};

use super::event::{JobId, ModelFile, RequestId, Samples};
use super::live::{Live, LiveAudio};
use crate::actions::{Assignment, Beginning, constant_bytes};

/// The order of work: what comes first in this list goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody at the keyboard speaks, or waits for words to appear.
    Keyboard,
    /// A request over the socket or the bus.
    Request,
    /// One that nobody waits for.
    Background,
}

/// Whom the result is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Request {
        id: RequestId,
        more: bool,
        haste: Haste,
    },
    /// A dictation of old that is recognised again.
    Retry {
        id: RequestId,
    },
    Dictation,
    /// The text action on the selection; there is one at most.
    Selection,
    /// What was warm before the machine slept is to be so again.
    Warmth,
    /// What will probably be asked for next is to be ready by then; there is one at most.
    Preparation,
}

/// Whether somebody waits for the answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Haste {
    Interactive,
    Background,
}

impl Haste {
    /// From what a request says of it.
    pub fn of(background: Option<bool>) -> Self {
        if background.unwrap_or(false) { Self::Background } else { Self::Interactive }
    }
}

#[derive(Debug)]
pub enum Work {
    /// Nothing beyond having the model loaded.
    Load(Keep),
    Clip {
        samples: Samples,
        listening: Listening,
        told: Told,
    },
    Live(Live),
    Generate {
        messages: Vec<Message>,
        sampling: Sampling,
        truncate: bool,
        /// The text action behind it.
        action: Option<Box<Assignment>>,
        /// Bytes at the beginning of the last message that are the same for many texts.
        constant: usize,
        /// The name of a LoRA adapter.
        adapter: Option<String>,
        /// For measuring: the answer is the same, and comes later.
        without_guesses: bool,
        /// The answer is JSON of this schema.
        schema: Option<serde_json::Value>,
    },
    /// What requests that are probably coming have in common.
    Prepare(Beginning),
    Embed {
        texts: Vec<Secret>,
        truncate: bool,
    },
}

impl Work {
    /// The name of the adapter that the model is to work with.
    pub fn adapter(&self) -> Option<&String> {
        match self {
            Self::Generate { adapter, .. } | Self::Prepare(Beginning { adapter, .. }) => adapter.as_ref(),
            Self::Load(_) | Self::Clip { .. } | Self::Live(_) | Self::Embed { .. } => None,
        }
    }
}

/// How long a model stays that is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    AsUsual,
    Pinned,
}

/// Segments of a clip that the client knows, and how many this engine has given. A clip that is begun again gives the same
/// ones once more, which the client is spared.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told {
    known: usize,
    given: usize,
}

impl Told {
    /// One more segment came; whether it is news.
    pub fn is_news(&mut self) -> bool {
        self.given += 1;
        let news = self.given > self.known;
        self.known = self.known.max(self.given);
        news
    }
}

#[derive(Debug)]
pub struct Job {
    pub id: JobId,
    pub purpose: Purpose,
    pub model: ModelFile,
    /// That the work asks for.
    pub adapter: Option<Adapter>,
    pub work: Work,
    pub queued_at: Instant,
    /// Engine processes that died of this job, or before they could begin it.
    pub deaths: u8,
    /// The caller has got a part of the answer, so it cannot be begun again.
    pub spoke: bool,
}

impl Job {
    pub fn priority(&self) -> Priority {
        match self.purpose {
            Purpose::Dictation | Purpose::Selection => Priority::Keyboard,
            Purpose::Request { haste: Haste::Background, .. } | Purpose::Preparation => Priority::Background,
            Purpose::Request { .. } | Purpose::Retry { .. } | Purpose::Warmth => Priority::Request,
        }
    }

    fn urgency(&self) -> Urgency {
        match self.priority() {
            Priority::Keyboard => Urgency::Keyboard,
            Priority::Request => Urgency::Request,
            Priority::Background => Urgency::Background,
        }
    }

    /// It can be interrupted, and can interrupt.
    pub fn is_on_text(&self) -> bool {
        matches!(self.work, Work::Generate { .. } | Work::Prepare { .. } | Work::Embed { .. })
    }

    /// Forgets what an earlier engine said of it.
    pub fn rewind(&mut self) {
        match &mut self.work {
            Work::Generate { action: Some(action), .. } => action.rewind(),
            Work::Clip { told, .. } => told.given = 0,
            Work::Live(live) => live.rewind(),
            _ => {}
        }
    }

    /// What an engine is told to begin the job, in order. Audio goes beside the messages.
    pub fn opening(&self) -> Vec<Opening> {
        let id = self.id.0;
        let recognize = |mode, listening: &Listening| {
            Opening::Message(ToEngine::Recognize { id, mode, listening: listening.clone() })
        };
        match &self.work {
            Work::Load(_) => Vec::new(),
            Work::Clip { samples, listening, .. } => vec![
                recognize(RecognitionMode::Clip, listening),
                Opening::Audio(samples.clone()),
                Opening::Message(ToEngine::EndOfAudio { id }),
            ],
            Work::Live(live) => {
                let (listening, samples) = live.opening();
                let mut opening = vec![recognize(RecognitionMode::Live, &listening), Opening::Audio(samples)];
                if live.audio() == LiveAudio::Ended {
                    opening.push(Opening::Message(ToEngine::EndOfAudio { id }));
                }
                opening
            }
            Work::Generate { messages, sampling, truncate, action, constant, without_guesses, schema, .. } => {
                let request = TextRequest {
                    messages: messages.clone(),
                    sampling: sampling.clone(),
                    truncate: *truncate,
                    constant_bytes: *constant,
                    is_impersonal: action.as_ref().is_some_and(|action| action.is_impersonal()),
                    adapter: self.adapter.clone().map(Box::new),
                    without_guesses: *without_guesses,
                    urgency: self.urgency(),
                    schema: schema.clone(),
                };
                vec![Opening::Message(ToEngine::Generate { id, request })]
            }
            Work::Prepare(Beginning { messages, is_impersonal, .. }) => {
                let request = TextRequest {
                    messages: messages.clone(),
                    is_impersonal: *is_impersonal,
                    adapter: self.adapter.clone().map(Box::new),
                    constant_bytes: constant_bytes(messages),
                    urgency: self.urgency(),
                    ..TextRequest::default()
                };
                vec![Opening::Message(ToEngine::Prepare { id, request })]
            }
            Work::Embed { texts, truncate } => {
                let request = EmbedRequest { texts: texts.clone(), truncate: *truncate, urgency: self.urgency() };
                vec![Opening::Message(ToEngine::Embed { id, request })]
            }
        }
    }

    /// Whether the engine owes an answer: a live recognition owes none while samples are still coming.
    pub fn owes_an_answer(&self) -> bool {
        !matches!(&self.work, Work::Live(live) if live.audio() == LiveAudio::Coming)
    }
}

#[derive(Debug, PartialEq)]
pub enum Opening {
    Message(ToEngine),
    Audio(Samples),
}

/// Jobs that wait, first come first served within a priority.
#[derive(Debug, Default)]
pub struct Queue {
    jobs: VecDeque<Job>,
}

impl Queue {
    /// Behind those that came before it. Their models may have been found in another order.
    pub fn push(&mut self, job: Job) {
        let goes_first = |waiting: &Job| (waiting.priority(), waiting.id) < (job.priority(), job.id);
        let place = self.jobs.iter().rposition(goes_first).map_or(0, |last| last + 1);
        self.jobs.insert(place, job);
    }

    /// Puts a job that had begun before all others of its priority.
    pub fn push_again(&mut self, job: Job) {
        let place = self.jobs.partition_point(|waiting| waiting.priority() < job.priority());
        self.jobs.insert(place, job);
    }

    pub fn first(&self) -> Option<&Job> {
        self.jobs.front()
    }

    pub fn pop(&mut self) -> Option<Job> {
        self.jobs.pop_front()
    }

    pub fn remove(&mut self, matches: impl Fn(&Job) -> bool) -> Option<Job> {
        let place = self.jobs.iter().position(matches)?;
        self.jobs.remove(place)
    }

    pub fn drain(&mut self, matches: impl Fn(&Job) -> bool) -> Vec<Job> {
        let (out, kept) = self.jobs.drain(..).partition(|job| matches(job));
        self.jobs = kept;
        Vec::from(out)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter()
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Job> {
        self.jobs.iter_mut()
    }

    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }
}
