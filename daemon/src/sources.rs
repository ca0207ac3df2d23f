//! The sources of dictations: opens what the core names, and tells the core what comes out of it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use hob_protocol::dictation::MicrophonesReply;
use hob_protocol::{Error, daemon};
use serde_json::Value;
use tokio::sync::{mpsc, watch};

use crate::audio::{self, Microphone, Source, microphone};
use crate::core::{Captured, DictationId, Event, SourceSpec};
use crate::journal::Recording;
use crate::requests::Requests;

/// Pieces of 20 ms that may wait for the loop: five seconds. Beyond that the source itself waits.
const CAPACITY: usize = 250;

/// At most one source is open at a time, as the core has at most one dictation.
#[derive(Debug)]
pub struct Sources {
    requests: Requests,
    settings: microphone::Settings,
    microphone: Microphone,
    /// When it is to end.
    open: Option<(DictationId, watch::Sender<Option<Instant>>)>,
}

impl Sources {
    pub fn new(requests: Requests, settings: microphone::Settings) -> Self {
        Self { requests, microphone: Microphone::new(settings.clone()), settings, open: None }
    }

    /// For the next dictation.
    pub fn configure(&mut self, settings: microphone::Settings) {
        self.microphone.configure(settings.clone());
        self.settings = settings;
    }

    pub fn microphone(&self) -> daemon::Microphone {
        self.microphone.view()
    }

    /// Asks the sound system which microphones there are, when it is called: that may take seconds.
    pub fn microphones(&self) -> impl FnOnce() -> Result<Value, Error> + Send + 'static {
        let settings = self.settings.clone();
        move || {
            let microphones = microphone::list::list(&settings)?;
            let reply = serde_json::to_value(MicrophonesReply { microphones });
            Ok(reply.expect("replies hold strings and finite numbers"))
        }
    }

    /// What is captured goes through the recording first, and then to the core.
    pub fn start(&mut self, dictation: DictationId, spec: SourceSpec, recording: Recording) {
        let (end, ending) = watch::channel(None);
        self.open = Some((dictation, end));
        let told = Told { requests: self.requests.clone(), dictation, journal: recording };
        match spec {
            SourceSpec::Microphone => {
                let (out, captured) = mpsc::channel(CAPACITY);
                // At once: nothing that is said from now on may be missing.
                let source = Source::microphone(&mut self.microphone, out);
                tokio::spawn(pass_on(told, source, captured, ending));
            }
            SourceSpec::File(path) => drop(tokio::spawn(play(told, path, ending))),
        }
    }

    /// What is captured until now, and in the time that is left, still comes, and then the end.
    pub fn stop(&mut self, dictation: DictationId, left: Duration) {
        if let Some((_, end)) = self.open.as_ref().filter(|(open, _)| *open == dictation) {
            end.send_replace(Some(Instant::now() + left));
        }
    }
}

/// Where the news of one dictation's source go.
struct Told {
    requests: Requests,
    dictation: DictationId,
    journal: Recording,
}

impl Told {
    async fn tell(&self, news: Captured) {
        self.requests.tell(Event::Captured { dictation: self.dictation, news }).await;
    }
}

async fn play(told: Told, path: std::path::PathBuf, ending: watch::Receiver<Option<Instant>>) {
    let read = tokio::task::spawn_blocking(move || {
        audio::read_file(&path, audio::Limits::default(), &Arc::new(AtomicBool::new(false)))
            .map_err(|problem| problem.into_error(&path))
    });
    match read.await {
        Ok(Ok(recording)) => {
            let (out, captured) = mpsc::channel(CAPACITY);
            pass_on(told, Source::play(recording, out), captured, ending).await;
        }
        Ok(Err(error)) => told.tell(Captured::Failed(error)).await,
        Err(error) => told.tell(Captured::Failed(Error::Internal { problem: error.to_string() })).await,
    }
}

async fn pass_on(
    mut told: Told,
    source: Source,
    mut captured: mpsc::Receiver<audio::Captured>,
    ending: watch::Receiver<Option<Instant>>,
) {
    let mut running = true;
    let mut end = std::pin::pin!(end(ending));
    loop {
        let news = tokio::select! {
            news = captured.recv() => news,
            () = &mut end, if running => {
                source.stop();
                running = false;
                continue;
            }
        };
        match news {
            Some(audio::Captured::Opened { device }) => told.tell(Captured::Opened { device }).await,
            Some(audio::Captured::Started { latency }) => told.tell(Captured::Started { latency }).await,
            Some(audio::Captured::Samples(samples)) => {
                // On the disk before anybody hears of it.
                told.journal.append(&samples).await;
                told.tell(Captured::Samples(samples)).await;
            }
            Some(audio::Captured::Notice(notice)) => told.tell(Captured::Notice(notice)).await,
            Some(audio::Captured::Failed(failure)) => return told.tell(Captured::Failed(failure.into())).await,
            Some(audio::Captured::Ended) | None => return told.tell(Captured::Ended).await,
        }
    }
}

/// Comes when the time has come, or at once with the next source.
async fn end(mut ending: watch::Receiver<Option<Instant>>) {
    loop {
        let at = *ending.borrow_and_update();
        tokio::select! {
            () = tokio::time::sleep_until(at.unwrap_or_else(Instant::now).into()), if at.is_some() => return,
            changed = ending.changed() => if changed.is_err() { return },
        }
    }
}
