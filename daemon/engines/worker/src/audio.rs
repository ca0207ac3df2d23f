//! The audio of one recognition on its way from the reading thread to the engine.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::log;

/// Samples that may wait for the engine: 15 minutes, 58 MB. What happens then is told in the crate's documentation.
pub const MAX_WAITING_SAMPLES: usize = 15 * 60 * hob_protocol::speech::SAMPLE_RATE as usize;

/// What [`AudioIn`] gives out.
#[derive(Debug, Clone, PartialEq)]
pub enum Audio {
    /// Mono at 16 kHz, at most one second.
    Samples(Vec<f32>),
    /// No more will come; said again if asked again.
    End,
    /// The request is no longer wanted, whatever audio is left.
    Cancelled,
}

/// The engine's end. Dropping it says that no more audio is wanted.
pub struct AudioIn {
    queue: Arc<AudioQueue>,
}

impl AudioIn {
    /// Waits for the next audio.
    pub fn recv(&self) -> Audio {
        let mut state = self.queue.lock();
        loop {
            if let Some(audio) = self.queue.take(&mut state) {
                return audio;
            }
            state = self.queue.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next audio, if it is there.
    pub fn try_recv(&self) -> Option<Audio> {
        self.queue.take(&mut self.queue.lock())
    }

    /// Waits for the next audio, for so long at most.
    pub fn recv_timeout(&self, timeout: Duration) -> Option<Audio> {
        let deadline = Instant::now() + timeout;
        let mut state = self.queue.lock();
        loop {
            if let Some(audio) = self.queue.take(&mut state) {
                return Some(audio);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            state = self.queue.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Says that no more audio is wanted; whoever waits for some in another thread gets `Cancelled`.
    pub fn close(&self) {
        let mut state = self.queue.lock();
        state.phase = Phase::Unwanted;
        state.chunks.clear();
        state.waiting = 0;
        self.queue.changed.notify_all();
    }

    /// Samples received since the request began, counted before the engine takes them: an abort callback sees by it that its work
    /// has become stale.
    pub fn arrived(&self) -> &Arc<AtomicU64> {
        &self.queue.arrived
    }
}

impl Drop for AudioIn {
    fn drop(&mut self) {
        self.close();
    }
}

/// The reading thread's end.
pub(crate) struct AudioQueue {
    state: Mutex<State>,
    changed: Condvar,
    arrived: Arc<AtomicU64>,
    cancelled: Arc<AtomicBool>,
}

struct State {
    chunks: VecDeque<Vec<f32>>,
    /// Samples in `chunks`.
    waiting: usize,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    Ended,
    /// The engine has closed its end.
    Unwanted,
}

impl AudioQueue {
    /// `cancelled` is the flag of the request's job.
    pub(crate) fn new(cancelled: Arc<AtomicBool>) -> (Arc<Self>, AudioIn) {
        let state = State { chunks: VecDeque::new(), waiting: 0, phase: Phase::Open };
        let queue =
            Arc::new(Self { state: Mutex::new(state), changed: Condvar::new(), arrived: Arc::default(), cancelled });
        (Arc::clone(&queue), AudioIn { queue })
    }

    /// Blocks while [`MAX_WAITING_SAMPLES`] wait.
    pub(crate) fn push(&self, samples: Vec<f32>) {
        if samples.is_empty() {
            return;
        }
        let mut state = self.lock();
        while state.phase == Phase::Open && state.waiting + samples.len() > MAX_WAITING_SAMPLES {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        match state.phase {
            Phase::Open => {
                self.arrived.fetch_add(samples.len() as u64, Ordering::Relaxed);
                state.waiting += samples.len();
                state.chunks.push_back(samples);
                self.changed.notify_all();
            }
            Phase::Ended => log::warn("audio after its end: ignored"),
            // Usual: the request failed while audio was under way.
            Phase::Unwanted => {}
        }
    }

    pub(crate) fn end(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Open {
            state.phase = Phase::Ended;
        }
        self.changed.notify_all();
    }

    /// To be called after the job's flag was set. Takes the lock, so that nobody is between looking at the flag and waiting.
    pub(crate) fn wake(&self) {
        let _state = self.lock();
        self.changed.notify_all();
    }

    fn take(&self, state: &mut State) -> Option<Audio> {
        if self.cancelled.load(Ordering::Relaxed) || state.phase == Phase::Unwanted {
            return Some(Audio::Cancelled);
        }
        if let Some(samples) = state.chunks.pop_front() {
            state.waiting -= samples.len();
            self.changed.notify_all();
            return Some(Audio::Samples(samples));
        }
        (state.phase == Phase::Ended).then_some(Audio::End)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::{Audio, AudioIn, AudioQueue, MAX_WAITING_SAMPLES};

    #[test]
    fn samples_come_in_order_then_the_end_again_and_again() {
        let (queue, audio) = open();
        assert_eq!(audio.try_recv(), None);
        queue.push(vec![1.0]);
        queue.push(vec![]);
        queue.push(vec![2.0, 3.0]);
        queue.end();
        queue.push(vec![4.0]);
        assert_eq!(audio.arrived().load(Ordering::Relaxed), 3);
        assert_eq!(audio.recv(), Audio::Samples(vec![1.0]));
        assert_eq!(audio.recv_timeout(Duration::ZERO), Some(Audio::Samples(vec![2.0, 3.0])));
        assert_eq!((audio.recv(), audio.recv()), (Audio::End, Audio::End));
    }

    #[test]
    fn waiting_for_audio_ends_with_its_time() {
        let (_queue, audio) = open();
        assert_eq!(audio.recv_timeout(Duration::from_millis(1)), None);
    }

    #[test]
    fn a_full_queue_holds_its_writer_until_the_engine_takes_some() {
        let (queue, audio) = open();
        queue.push(vec![0.0; MAX_WAITING_SAMPLES]);
        let writer = thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.push(vec![1.0])
        });
        assert!(matches!(audio.recv(), Audio::Samples(first) if first.len() == MAX_WAITING_SAMPLES));
        assert_eq!(audio.recv(), Audio::Samples(vec![1.0]));
        writer.join().unwrap();
    }

    #[test]
    fn an_engine_that_wants_no_more_lets_the_writer_go() {
        let (queue, audio) = open();
        queue.push(vec![0.0; MAX_WAITING_SAMPLES]);
        let writer = thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.push(vec![1.0])
        });
        drop(audio);
        writer.join().unwrap();
        assert_eq!(queue.lock().waiting, 0);
    }

    #[test]
    fn closing_wakes_whoever_waits() {
        let (_queue, audio) = open();
        let audio = Arc::new(audio);
        let waiting = thread::spawn({
            let audio = Arc::clone(&audio);
            move || audio.recv()
        });
        audio.close();
        assert_eq!(waiting.join().unwrap(), Audio::Cancelled);
    }

    fn open() -> (Arc<AudioQueue>, AudioIn) {
        AudioQueue::new(Arc::new(AtomicBool::new(false)))
    }
}
