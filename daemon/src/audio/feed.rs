//! Plays a recording as if it were being spoken: 20 ms every 20 ms, by the clock of its start, so that it never drifts.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::SAMPLE_RATE;
use super::source::{CHUNK, CHUNK_SAMPLES, Captured};

/// Sends the whole recording, or until `stop` what would have been spoken by then.
pub(super) async fn play(samples: Vec<f32>, out: mpsc::Sender<Captured>, stop: Arc<Notify>) {
    // An error is a receiver that is gone: nobody listens any more.
    let _ = send_all(&samples, &out, &stop).await;
}

async fn send_all(
    samples: &[f32],
    out: &mpsc::Sender<Captured>,
    stop: &Notify,
) -> Result<(), mpsc::error::SendError<Captured>> {
    let began = Instant::now();
    let mut ticks = interval_at(began + CHUNK, CHUNK);
    // Late ticks follow at once, so a receiver that was slow gets what it missed.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    out.send(Captured::Started { latency: Duration::ZERO }).await?;

    let mut chunks = samples.chunks(CHUNK_SAMPLES);
    let mut sent = 0;
    loop {
        tokio::select! {
            biased;
            () = stop.notified() => {
                let spoken = (began.elapsed().as_secs_f64() * f64::from(SAMPLE_RATE)) as usize;
                for chunk in samples[sent..spoken.clamp(sent, samples.len())].chunks(CHUNK_SAMPLES) {
                    out.send(Captured::Samples(chunk.to_vec())).await?;
                }
                break;
            }
            _ = ticks.tick() => {
                let Some(chunk) = chunks.next() else { break };
                out.send(Captured::Samples(chunk.to_vec())).await?;
                sent += chunk.len();
                if sent == samples.len() {
                    break;
                }
            }
        }
    }
    out.send(Captured::Ended).await
}

#[cfg(test)]
mod tests {
    use super::super::decode::Recording;
    use super::super::source::Source;
    use super::*;

    fn ramp(length: usize) -> Vec<f32> {
        (0..length).map(|n| n as f32 / length as f32).collect()
    }

    /// A source that has begun.
    async fn start(samples: &[f32], room: usize) -> (Source, mpsc::Receiver<Captured>) {
        let (out, mut captured) = mpsc::channel(room);
        let source = Source::play(Recording { samples: samples.to_vec() }, out);
        assert_eq!(captured.recv().await, Some(Captured::Started { latency: Duration::ZERO }));
        (source, captured)
    }

    /// Everything until the end, with the time since the start at which each chunk came.
    async fn listen(captured: &mut mpsc::Receiver<Captured>) -> (Vec<f32>, Vec<Duration>, Vec<Captured>) {
        let began = Instant::now();
        let (mut samples, mut times, mut others) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(event) = captured.recv().await {
            match event {
                Captured::Samples(chunk) => {
                    samples.extend(chunk);
                    times.push(began.elapsed());
                }
                other => others.push(other),
            }
        }
        (samples, times, others)
    }

    #[tokio::test(start_paused = true)]
    async fn a_recording_comes_whole_and_in_real_time() {
        let recording = ramp(16_000 * 60 + 100);
        let (_source, mut captured) = start(&recording, 8).await;
        let (samples, times, others) = listen(&mut captured).await;
        assert!(samples == recording, "{} of {} samples", samples.len(), recording.len());
        assert_eq!(others, [Captured::Ended]);
        assert_eq!(times.len(), 3_001);
        for (n, time) in times.iter().enumerate() {
            let late = time.saturating_sub(CHUNK * (n as u32 + 1));
            assert!(late <= Duration::from_millis(1), "chunk {n} is {late:?} late");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn stopping_gives_what_was_spoken_until_then() {
        let recording = ramp(16_000);
        let (source, mut captured) = start(&recording, 1_000).await;
        tokio::time::advance(Duration::from_millis(510)).await;
        source.stop();
        let (samples, _, others) = listen(&mut captured).await;
        assert!(samples == recording[..8_160], "{} samples", samples.len());
        assert_eq!(others, [Captured::Ended]);
    }

    #[tokio::test(start_paused = true)]
    async fn dropping_the_source_ends_it() {
        let (source, mut captured) = start(&ramp(16_000), 8).await;
        drop(source);
        let (samples, _, others) = listen(&mut captured).await;
        assert!(samples.is_empty());
        assert_eq!(others, [Captured::Ended]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_receiver_misses_nothing() {
        let recording = ramp(16_000);
        let (_source, mut captured) = start(&recording, 2).await;
        tokio::time::advance(Duration::from_millis(900)).await;
        let (samples, times, _) = listen(&mut captured).await;
        assert!(samples == recording, "{} of {} samples", samples.len(), recording.len());
        assert!(*times.last().unwrap() <= Duration::from_millis(101), "{:?}", times.last());
    }
}
