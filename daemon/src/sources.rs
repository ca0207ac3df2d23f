//! The sources of dictations: opens what the core names, and tells the core what comes out of it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use hob_protocol::Error;
use tokio::sync::{mpsc, oneshot};

use crate::audio::{self, Input, Source};
use crate::core::{Captured, DictationId, Event, SourceSpec};
use crate::journal::Recording;
use crate::requests::Requests;

/// Pieces of 20 ms that may wait for the loop: five seconds. Beyond that the source itself waits.
const CAPACITY: usize = 250;

/// At most one source is open at a time, as the core has at most one dictation.
#[derive(Debug)]
pub struct Sources {
    requests: Requests,
    microphone: String,
    open: Option<(DictationId, oneshot::Sender<()>)>,
}

impl Sources {
    pub fn new(requests: Requests, microphone: String) -> Self {
        Self { requests, microphone, open: None }
    }

    /// For the next dictation.
    pub fn set_microphone(&mut self, microphone: String) {
        self.microphone = microphone;
    }

    /// What is captured goes through the recording first, and then to the core.
    pub fn start(&mut self, dictation: DictationId, spec: SourceSpec, recording: Recording) {
        let (stop, stopped) = oneshot::channel();
        let device = (self.microphone != "default").then(|| self.microphone.clone());
        self.open = Some((dictation, stop));
        tokio::spawn(capture(self.requests.clone(), (dictation, recording), spec, device, stopped));
    }

    /// What was captured until now still comes, and then the end.
    pub fn stop(&mut self, dictation: DictationId) {
        if self.open.as_ref().is_some_and(|(open, _)| *open == dictation) {
            self.open = None;
        }
    }
}

async fn capture(
    requests: Requests,
    (dictation, mut journal): (DictationId, Recording),
    spec: SourceSpec,
    device: Option<String>,
    mut stopped: oneshot::Receiver<()>,
) {
    let tell = |news| requests.tell(Event::Captured { dictation, news });
    let input = match spec {
        SourceSpec::Microphone => Input::Microphone { device },
        SourceSpec::File(path) => {
            let read = tokio::task::spawn_blocking(move || {
                audio::read_file(&path, audio::Limits::default(), &Arc::new(AtomicBool::new(false)))
                    .map_err(|problem| problem.into_error(&path))
            });
            match read.await {
                Ok(Ok(recording)) => Input::Recording(recording),
                Ok(Err(error)) => return tell(Captured::Failed(error)).await,
                Err(error) => return tell(Captured::Failed(Error::Internal { problem: error.to_string() })).await,
            }
        }
    };
    let (out, mut captured) = mpsc::channel(CAPACITY);
    let source = Source::start(input, out);
    let mut running = true;
    loop {
        let news = tokio::select! {
            news = captured.recv() => news,
            // Sent, or dropped with its owner: both mean the end.
            _ = &mut stopped, if running => {
                source.stop();
                running = false;
                continue;
            }
        };
        match news {
            Some(audio::Captured::Started { latency }) => tell(Captured::Started { latency }).await,
            Some(audio::Captured::Samples(samples)) => {
                // On the disk before anybody hears of it.
                journal.append(&samples).await;
                tell(Captured::Samples(samples)).await;
            }
            Some(audio::Captured::Failed { problem, hint }) => {
                return tell(Captured::Failed(Error::MicrophoneUnavailable { problem, hint })).await;
            }
            Some(audio::Captured::Ended) | None => return tell(Captured::Ended).await,
        }
    }
}
