//! The capture thread against devices played by the test; the sound systems themselves are tested with real servers.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use hob_protocol::daemon::MicrophoneState;
use hob_protocol::dictation::MicrophoneTrouble;

use super::super::ring::{Writer, ring};
use super::super::source::CHUNK_SAMPLES;
use super::line::{Opened, Report, Reporter};
use super::*;

/// A microphone whose devices are the test.
struct Rig {
    microphone: Microphone,
    devices: Receiver<Reporter>,
}

/// A device that the capture thread has opened, or tries to.
struct Device {
    reporter: Reporter,
    writer: Option<Writer>,
}

impl Rig {
    fn new(settings: Settings) -> Self {
        let (opening, devices) = sync_channel(8);
        let mut microphone = Microphone::with(Settings::default(), opener(opening));
        microphone.configure(settings);
        Self { microphone, devices }
    }

    fn record(&mut self) -> (Recording, mpsc::Receiver<Captured>) {
        let (out, captured) = mpsc::channel(1_000);
        (self.microphone.record(out), captured)
    }

    /// The next device that is asked for.
    fn device(&self) -> Device {
        Device { reporter: self.devices.recv().unwrap(), writer: None }
    }
}

fn opener(opening: SyncSender<Reporter>) -> Opener {
    Arc::new(move |_: &Settings| {
        let (reports, incoming) = sync_channel(16);
        opening.send(Reporter { reports, capture: thread::current() }).unwrap();
        Line::of(incoming, Instant::now())
    })
}

impl Device {
    fn opens(&mut self, rate: u32) {
        let (writer, reader) = ring((rate * RING_SECONDS) as usize, self.reporter.capture.clone());
        self.writer = Some(writer);
        let opened = Opened { rate, reader, device: "a microphone".into(), bluetooth: false, notices: Vec::new() };
        self.reporter.report(Report::Opened(Box::new(opened)));
    }

    fn gives(&mut self, samples: &[f32]) {
        self.writer.as_mut().unwrap().write(samples.len(), samples.iter().copied());
    }

    /// Waits until the capture thread has fetched everything.
    fn taken(&self) {
        while !self.writer.as_ref().unwrap().is_empty() {
            thread::yield_now();
        }
    }

    fn fails(self, trouble: MicrophoneTrouble) {
        self.reporter.report(Report::Failed(Failure::of(trouble)));
    }
}

fn until_end(captured: &mut mpsc::Receiver<Captured>) -> Vec<Captured> {
    std::iter::from_fn(|| next(captured)).collect()
}

/// The next news but for which device is open.
fn next(captured: &mut mpsc::Receiver<Captured>) -> Option<Captured> {
    let opened = Captured::Opened { device: "a microphone".into() };
    std::iter::from_fn(|| captured.blocking_recv()).find(|news| *news != opened)
}

/// Reads until so many samples have come.
fn hear(captured: &mut mpsc::Receiver<Captured>, count: usize) -> Vec<Captured> {
    let mut heard = Vec::new();
    while samples(&heard).concat().len() < count {
        heard.push(next(captured).unwrap());
    }
    heard
}

fn samples(captured: &[Captured]) -> Vec<&[f32]> {
    captured
        .iter()
        .filter_map(|news| if let Captured::Samples(some) = news { Some(some.as_slice()) } else { None })
        .collect()
}

fn notices(captured: &[Captured]) -> Vec<&str> {
    captured
        .iter()
        .filter_map(|news| if let Captured::Notice(notice) = news { Some(notice.as_str()) } else { None })
        .collect()
}

#[test]
fn blocks_of_any_size_become_chunks_of_20_ms_and_a_tail() {
    let mut rig = Rig::new(Settings::default());
    let (recording, mut captured) = rig.record();
    let mut device = rig.device();
    device.opens(16_000);
    let spoken: Vec<f32> = (1..=10_100u16).map(|n| f32::from(n) / 20_000.0).collect();
    for block in spoken.chunks(171) {
        device.gives(block);
    }
    recording.stop();
    let captured = until_end(&mut captured);

    assert!(matches!(captured.first(), Some(Captured::Started { .. })), "{captured:?}");
    assert_eq!(captured.last(), Some(&Captured::Ended));
    let chunks = samples(&captured);
    assert!(chunks.concat() == spoken, "{captured:?}");
    let (tail, whole) = chunks.split_last().unwrap();
    assert!(whole.iter().all(|chunk| chunk.len() == CHUNK_SAMPLES), "{captured:?}");
    assert_eq!(tail.len(), 10_100 % CHUNK_SAMPLES);
    assert_eq!(rig.microphone.view(), daemon::Microphone::default(), "it is closed");
}

#[test]
fn another_rate_is_resampled_to_the_last_sample() {
    let mut rig = Rig::new(Settings::default());
    let (recording, mut captured) = rig.record();
    let mut device = rig.device();
    device.opens(44_100);
    device.gives(&vec![0.25; 44_100]);
    recording.stop();
    let spoken = samples(&until_end(&mut captured)).concat();
    assert_eq!(spoken.len(), 16_000);
    assert!(spoken[100..15_900].iter().all(|sample| (sample - 0.25).abs() < 1e-3));
}

#[test]
fn zeros_are_kept_and_the_go_comes_with_the_first_that_is_none() {
    let mut rig = Rig::new(Settings::default());
    let (recording, mut captured) = rig.record();
    let mut device = rig.device();
    device.opens(16_000);
    device.gives(&[0.0; 640]);
    let before = hear(&mut captured, 640);
    assert!(!before.iter().any(|news| matches!(news, Captured::Started { .. })), "{before:?}");
    device.gives(&[0.5; 320]);
    let after = hear(&mut captured, 320);
    assert!(matches!(after[0], Captured::Started { .. }), "{after:?}");
    recording.stop();
    assert_eq!(until_end(&mut captured), [Captured::Ended]);
}

#[test]
fn an_unplugged_microphone_is_followed_by_the_next() {
    let mut rig = Rig::new(Settings::default());
    let (recording, mut captured) = rig.record();
    let mut first = rig.device();
    first.opens(16_000);
    first.gives(&[0.5; 1_000]);
    hear(&mut captured, 960);
    first.fails(MicrophoneTrouble::Unplugged);
    let mut second = rig.device();
    second.opens(48_000);
    second.gives(&vec![0.25; 4_800]);
    recording.stop();
    let captured = until_end(&mut captured);
    assert_eq!(
        notices(&captured),
        ["the microphone failed: it was unplugged", "the recording goes on with a microphone"]
    );
    assert_eq!(captured.last(), Some(&Captured::Ended));
    let spoken = samples(&captured).concat();
    assert!(spoken.len() >= 40 + 1_600, "{}", spoken.len());
    assert!(spoken[..40] == [0.5; 40], "the rest of the first is kept");
    assert!(spoken[spoken.len() - 1_000..][..900].iter().all(|sample| (sample - 0.25).abs() < 1e-3));
}

#[test]
fn when_no_device_comes_back_what_was_said_is_kept_and_the_reason_told() {
    let mut rig = Rig::new(Settings::default());
    let (_recording, mut captured) = rig.record();
    let mut device = rig.device();
    device.opens(16_000);
    device.gives(&[0.5; 1_000]);
    device.fails(MicrophoneTrouble::BrokenOff);
    for _ in 0..4 {
        rig.device().fails(MicrophoneTrouble::NoServer);
    }
    let captured = until_end(&mut captured);
    assert!(samples(&captured).concat() == [0.5; 1_000], "{captured:?}");
    assert_eq!(captured.last(), Some(&Captured::Failed(Failure::of(MicrophoneTrouble::NoServer))));
}

#[test]
fn a_microphone_that_never_opens_fails_at_once() {
    let mut rig = Rig::new(Settings::default());
    let (_recording, mut captured) = rig.record();
    rig.device().fails(MicrophoneTrouble::Busy);
    assert_eq!(until_end(&mut captured), [Captured::Failed(Failure::of(MicrophoneTrouble::Busy))]);
    let (_recording, mut captured) = rig.record();
    rig.device().fails(MicrophoneTrouble::Denied);
    assert_eq!(until_end(&mut captured), [Captured::Failed(Failure::of(MicrophoneTrouble::Denied))]);
}

#[test]
fn stopped_before_the_first_sample_it_only_ends() {
    let mut rig = Rig::new(Settings::default());
    let (recording, mut captured) = rig.record();
    recording.stop();
    assert_eq!(until_end(&mut captured), [Captured::Ended]);
}

#[test]
fn without_a_listener_it_closes() {
    let mut rig = Rig::new(Settings::default());
    let (recording, captured) = rig.record();
    let mut device = rig.device();
    device.opens(16_000);
    drop(captured);
    device.gives(&[0.1; 500]);
    let mailbox = recording.mailbox.clone();
    let closed = || mailbox.send(Order::Stop { number: 0 }).is_err();
    while !closed() {
        thread::yield_now();
    }
    assert_eq!(rig.microphone.view().state, MicrophoneState::Closed);
}

#[test]
fn a_pre_roll_holds_what_came_last_and_no_more() {
    let mut rig = Rig::new(Settings { pre_roll: Duration::from_millis(100), ..Settings::default() });
    let mut device = rig.device();
    device.opens(16_000);
    let sound: Vec<f32> = (1..=4_000u16).map(|n| f32::from(n) / 4_000.0).collect();
    device.gives(&sound);
    while rig.microphone.view().state != MicrophoneState::Open {
        thread::yield_now();
    }
    let (recording, mut captured) = rig.record();
    let first = hear(&mut captured, 1_600);
    assert!(matches!(first[0], Captured::Started { .. }), "{first:?}");
    device.gives(&[0.5; 100]);
    recording.stop();
    let rest = until_end(&mut captured);
    let spoken = [samples(&first).concat(), samples(&rest).concat()].concat();
    // What was in the ring when the recording began belongs to it.
    let from = sound.len() + 100 - spoken.len();
    assert!(from <= sound.len() - 1_600, "{from}");
    assert!(spoken[..spoken.len() - 100] == sound[from..], "{} samples", spoken.len());
    assert_eq!(rig.microphone.view().state, MicrophoneState::Open);

    rig.microphone.configure(Settings::default());
    while rig.microphone.view().state != MicrophoneState::Closed {
        thread::yield_now();
    }
}

#[test]
fn a_microphone_that_is_kept_open_serves_the_next_recording_and_keeps_nothing_in_between() {
    let mut rig = Rig::new(Settings { keep_open: Duration::from_hours(1), ..Settings::default() });
    let (recording, mut captured) = rig.record();
    let mut device = rig.device();
    device.opens(16_000);
    device.gives(&[0.5; 320]);
    hear(&mut captured, 320);
    drop(recording);
    assert_eq!(until_end(&mut captured), [Captured::Ended]);
    device.gives(&[0.1; 320]);
    device.taken();
    let (recording, mut captured) = rig.record();
    device.gives(&[0.25; 320]);
    hear(&mut captured, 320);
    recording.stop();
    let rest = until_end(&mut captured);
    assert_eq!(rest, [Captured::Ended], "nothing of what came in between");
    assert!(rig.devices.try_recv().is_err(), "it was opened once");
}

#[test]
fn the_end_of_an_earlier_recording_does_not_touch_the_next() {
    let mut rig = Rig::new(Settings { keep_open: Duration::from_hours(1), ..Settings::default() });
    let (first, mut captured) = rig.record();
    let mut device = rig.device();
    device.opens(16_000);
    let (second, mut next) = rig.record();
    assert_eq!(until_end(&mut captured), [Captured::Ended]);
    drop(first);
    device.gives(&[0.5; 320]);
    hear(&mut next, 320);
    second.stop();
    assert_eq!(until_end(&mut next), [Captured::Ended]);
}
