//! Recordings for the scripted engine, which hears how long they are and nothing else.

use std::path::Path;

/// Writes a tone of so many milliseconds at 16 kHz, as 16-bit WAV.
pub fn write_recording(path: &Path, milliseconds: u32) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    for index in 0..milliseconds * 16 {
        let phase = f64::from(index) * 440.0 / 16_000.0 * std::f64::consts::TAU;
        writer.write_sample((phase.sin() * 8000.0) as i16).unwrap();
    }
    writer.finalize().unwrap();
}
