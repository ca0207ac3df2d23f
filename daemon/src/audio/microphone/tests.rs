//! The capture thread against a device played by the test; the sound card's own part is tested on the desktop rig.

use super::super::ring::{Writer, ring};
use super::*;

/// A capture thread whose device thread is the test.
struct Rig {
    reports: SyncSender<Report>,
    captured: mpsc::Receiver<Captured>,
    handle: Handle,
    thread: thread::JoinHandle<()>,
}

impl Rig {
    fn new() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (out, captured) = mpsc::channel(1_000);
        let (reports, incoming) = sync_channel(8);
        let mut capture = Capture {
            began: Instant::now(),
            stop: stop.clone(),
            raw: Vec::new(),
            pending: Vec::new(),
            out,
            stream: Stream::Opening,
        };
        let thread = thread::spawn(move || {
            if let Ok(failure) = capture.listen(&incoming) {
                let _ = capture.end(failure);
            }
        });
        let handle = Handle { stop, capture: thread.thread().clone() };
        Self { reports, captured, handle, thread }
    }

    fn open(&self, rate: u32) -> Writer {
        let (writer, reader) = ring((rate * RING_SECONDS) as usize, self.handle.capture.clone());
        self.report(Report::Opened { rate, reader });
        writer
    }

    fn report(&self, report: Report) {
        Reporter { reports: self.reports.clone(), capture: self.handle.capture.clone() }.report(report);
    }

    fn finish(mut self) -> Vec<Captured> {
        self.thread.join().unwrap();
        std::iter::from_fn(|| self.captured.blocking_recv()).collect()
    }
}

fn samples<'a>(captured: &'a [Captured]) -> Vec<&'a [f32]> {
    let chunk = |captured: &'a Captured| match captured {
        Captured::Samples(samples) => Some(samples.as_slice()),
        _ => None,
    };
    captured.iter().filter_map(chunk).collect()
}

#[test]
fn blocks_of_any_size_become_chunks_of_20_ms_and_a_tail() {
    let rig = Rig::new();
    let mut writer = rig.open(16_000);
    let spoken: Vec<f32> = (0..10_100u16).map(|n| f32::from(n) / 20_000.0).collect();
    for block in spoken.chunks(171) {
        writer.write(block.len(), block.iter().copied());
    }
    rig.handle.stop();
    let captured = rig.finish();

    assert!(matches!(captured.first(), Some(Captured::Started { .. })), "{captured:?}");
    assert_eq!(captured.last(), Some(&Captured::Ended));
    let chunks = samples(&captured);
    assert!(chunks.concat() == spoken, "{captured:?}");
    let (tail, whole) = chunks.split_last().unwrap();
    assert!(whole.iter().all(|chunk| chunk.len() == CHUNK_SAMPLES), "{captured:?}");
    assert_eq!(tail.len(), 10_100 % CHUNK_SAMPLES);
}

#[test]
fn another_rate_is_resampled_to_the_last_sample() {
    let rig = Rig::new();
    let mut writer = rig.open(44_100);
    writer.write(44_100, std::iter::repeat_n(0.25, 44_100));
    rig.handle.stop();
    let captured = rig.finish();
    let spoken = samples(&captured).concat();
    assert_eq!(spoken.len(), 16_000);
    assert!(spoken[100..15_900].iter().all(|sample| (sample - 0.25).abs() < 1e-3));
}

#[test]
fn what_came_before_the_microphone_was_unplugged_is_kept() {
    let rig = Rig::new();
    let mut writer = rig.open(16_000);
    writer.write(1_000, std::iter::repeat_n(0.5, 1_000));
    rig.report(Report::Failed(Failure::broken_off(&ErrorKind::DeviceNotAvailable.into())));
    let captured = rig.finish();
    assert!(samples(&captured).concat() == [0.5; 1_000], "{captured:?}");
    let Some(Captured::Failed { problem, hint }) = captured.last() else { panic!("{captured:?}") };
    assert_eq!(problem, "it was unplugged");
    assert!(hint.starts_with("plug the microphone in again"), "{hint}");
}

#[test]
fn stopped_before_the_first_sample_it_only_ends() {
    let rig = Rig::new();
    rig.handle.stop();
    assert_eq!(rig.finish(), [Captured::Ended]);
}

#[test]
fn without_a_listener_it_ends_by_itself() {
    let Rig { reports, captured, handle, thread } = Rig::new();
    drop(captured);
    let (mut writer, reader) = ring(1_000, handle.capture.clone());
    Reporter { reports, capture: handle.capture.clone() }.report(Report::Opened { rate: 16_000, reader });
    writer.write(500, std::iter::repeat_n(0.1, 500));
    thread.join().unwrap();
}

#[test]
fn a_microphone_that_does_not_exist_fails_in_words() {
    let (out, mut captured) = mpsc::channel(8);
    let _handle = start(Some("pulseaudio:no such microphone".into()), out);
    let Some(Captured::Failed { problem, hint }) = captured.blocking_recv() else { panic!("it opened") };
    assert_eq!(problem, "there is no microphone `pulseaudio:no such microphone`");
    assert!(hint.contains("the default is used"), "{hint}");
    assert_eq!(captured.blocking_recv(), None);
}
