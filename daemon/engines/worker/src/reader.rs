//! The reading thread: decodes frames and marks what they say. It never computes, so that a cancel and the daemon's death are seen
//! while the main thread is deep in native code.

use std::io::{ErrorKind, Read as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use hob_protocol::engine::{Failure, FrameDecoder, FrameError, FromEngine, RawFrame, ToEngine, samples_from_bytes};

use crate::audio::AudioQueue;
use crate::ending::Ending;
use crate::inbox::{Cancelled, Inbox, MAX_WAITING_REQUESTS, Pace, Request, Work};
use crate::job::Job;
use crate::outbox::Outbox;
use crate::text::TextWork;

/// The daemon sent what this protocol does not know; nothing after it can be trusted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("malformed input: {0}")]
    Frame(#[from] FrameError),
    #[error("malformed input: audio of {0} bytes, which are no whole samples")]
    Samples(usize),
}

const READ_BYTES: usize = 64 * 1024;

/// Runs until the daemon is gone or talks nonsense, then ends the process.
pub(crate) fn read(socket: UnixStream, inbox: &Arc<Inbox>, outbox: &Arc<Outbox>) {
    let ending = read_frames(socket, inbox, outbox);
    outbox.end(ending);
    inbox.close();
}

fn read_frames(mut socket: UnixStream, inbox: &Arc<Inbox>, outbox: &Arc<Outbox>) -> Ending {
    let mut decoder = FrameDecoder::default();
    let mut bytes = vec![0; READ_BYTES];
    loop {
        match socket.read(&mut bytes) {
            Ok(0) => return Ending::DaemonGone,
            Ok(count) => decoder.feed(&bytes[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => return Ending::DaemonGone,
        }
        loop {
            match decoder.next_frame() {
                Ok(Some(frame)) => {
                    if let Err(error) = take(&frame, inbox, outbox) {
                        return Ending::Malformed(error);
                    }
                }
                Ok(None) => break,
                Err(error) => return Ending::Malformed(error.into()),
            }
        }
    }
}

fn take(frame: &RawFrame, inbox: &Arc<Inbox>, outbox: &Arc<Outbox>) -> Result<(), Malformed> {
    let new_job = |id| Job::new(id, Arc::clone(inbox), Arc::clone(outbox));
    match frame.read::<ToEngine>()? {
        ToEngine::Load { id, model, options } => {
            let job = new_job(id);
            enqueue(inbox, Request { job, work: Work::Load { model, options }, feed: None });
        }
        ToEngine::Recognize { id, mode, listening } => {
            let job = new_job(id);
            let (feed, audio) = AudioQueue::new(Arc::clone(job.cancel_flag()));
            enqueue(inbox, Request { job, work: Work::Recognize { mode, listening, audio }, feed: Some(feed) });
        }
        ToEngine::Generate { id, request } => enqueue_text(inbox, new_job(id), TextWork::Generate(request)),
        ToEngine::Prepare { id, request } => enqueue_text(inbox, new_job(id), TextWork::Prepare(request)),
        ToEngine::Embed { id, request } => enqueue_text(inbox, new_job(id), TextWork::Embed(request)),
        ToEngine::Pause => inbox.pause(Pace::Paused),
        ToEngine::Resume => inbox.pause(Pace::Working),
        // A request that failed early is unknown by now, while its audio is still under way.
        ToEngine::Audio { id } => {
            let samples = samples_from_bytes(&frame.tail).ok_or(Malformed::Samples(frame.tail.len()))?;
            if let Some(feed) = inbox.feed(id) {
                feed.push(samples);
            }
        }
        ToEngine::EndOfAudio { id } => {
            if let Some(feed) = inbox.feed(id) {
                feed.end();
            }
        }
        ToEngine::Cancel { id } => match inbox.cancel(id) {
            Cancelled::Waiting => outbox.send(&FromEngine::Failed { id, failure: Failure::Cancelled }),
            Cancelled::Running | Cancelled::Unknown => {}
        },
    }
    Ok(())
}

fn enqueue_text(inbox: &Inbox, job: Job, work: TextWork) {
    enqueue(inbox, Request { job, work: Work::Text(work), feed: None });
}

fn enqueue(inbox: &Inbox, request: Request) {
    if let Err(refused) = inbox.push(request) {
        let problem = format!("more than {MAX_WAITING_REQUESTS} requests wait");
        let failed = FromEngine::Failed { id: refused.job.id(), failure: Failure::OutOfPlace { problem } };
        refused.job.outbox().send(&failed);
    }
}
