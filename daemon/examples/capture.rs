//! Measures a way to the microphone: records it for some seconds while a sine of known frequency plays into it, and counts what is
//! missing. `cargo run --release --example capture -- SYSTEM SECONDS HERTZ`, with SYSTEM one of pulseaudio, pipewire, alsa, auto.

use std::time::{Duration, Instant};

use hob_daemon::audio::microphone::{Settings, System};
use hob_daemon::audio::{Captured, Microphone, Source};
use tokio::sync::mpsc;

const RATE: f64 = 16_000.0;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [system, seconds, hertz] = &arguments[..] else { anyhow::bail!("SYSTEM SECONDS HERTZ") };
    let system = match system.as_str() {
        "pulseaudio" => System::PulseAudio,
        "pipewire" => System::PipeWire,
        "alsa" => System::Alsa,
        _ => System::Auto,
    };
    let (seconds, hertz): (f64, f64) = (seconds.parse()?, hertz.parse()?);
    let mut microphone = Microphone::new(Settings { system, ..Settings::default() });
    let (out, mut captured) = mpsc::channel(250);
    let began = Instant::now();
    let source = Source::microphone(&mut microphone, out);
    let (mut samples, mut first, mut stopped) = (Vec::new(), None, None);
    while let Some(news) = captured.blocking_recv() {
        match news {
            Captured::Opened { device } => println!("{device}"),
            Captured::Started { latency } => first = Some(latency),
            Captured::Samples(chunk) => samples.extend(chunk),
            Captured::Notice(notice) => println!("notice: {notice}"),
            Captured::Failed(failure) => anyhow::bail!("{}\nhint: {}", failure.problem, failure.hint),
            Captured::Ended => break,
        }
        if stopped.is_none() && samples.len() as f64 >= seconds * RATE {
            source.stop();
            stopped = Some(Instant::now());
        }
    }
    let took = began.elapsed();
    report(&samples, hertz);
    println!(
        "first sample after {:.0} ms; {:.3} s of sound in {:.3} s; closed after {:.0} ms",
        first.map_or(0.0, |first: Duration| first.as_secs_f64() * 1000.0),
        samples.len() as f64 / RATE,
        took.as_secs_f64(),
        stopped.map_or(0.0, |stopped| stopped.elapsed().as_secs_f64() * 1000.0)
    );
    Ok(())
}

/// A sine follows from its last two samples: where it does not, there is a seam. How much is missing there only the phase tells,
/// up to whole periods.
fn report(samples: &[f32], hertz: f64) {
    let heard = |sample: &f32| sample.abs() > 0.01;
    let (Some(first), Some(last)) = (samples.iter().position(heard), samples.iter().rposition(heard)) else {
        return println!("nothing but silence in {:.3} s", samples.len() as f64 / RATE);
    };
    let active = samples.get(first + 800..last.saturating_sub(800)).unwrap_or_default();
    let factor = 2.0 * (std::f64::consts::TAU * hertz / RATE).cos();
    let mut seams = Vec::<usize>::new();
    let mut previous = 0;
    for (place, three) in active.windows(3).enumerate() {
        let [a, b, c] = [three[0], three[1], three[2]].map(f64::from);
        if (c - (factor * b - a)).abs() > 0.02 {
            if seams.is_empty() || place - previous > 100 {
                seams.push(place);
            }
            previous = place;
        }
    }
    let silent = active.windows(8).filter(|window| window.iter().all(|sample| sample.abs() < 1e-4)).count();
    println!(
        "{} seams in {:.3} s of tone ({:?} s), {:.0} ms silent in between",
        seams.len(),
        active.len() as f64 / RATE,
        seams.iter().take(8).map(|place| *place as f64 / RATE).collect::<Vec<_>>(),
        silent as f64 / RATE * 1000.0
    );
}
