//! Finds the microphone and opens it: through ALSA, whose `default` leads to the sound server where there is one, else
//! through the sound server's own protocol.

use std::str::FromStr;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, Device, DeviceId, ErrorKind, FromSample, HostId, SampleFormat, SizedSample, StreamConfig};

use super::super::{mono, ring};
use super::{Failure, RING_SECONDS, Report, Reporter};

/// In order of preference. Cpal gives its PulseAudio streams no buffer in the server beyond one block, so sound is lost
/// when the server is late under load (5 % of it with twelve busy processes on two cores, where ALSA lost nothing); it is
/// for systems without ALSA's plugin for the sound server.
const HOSTS: [HostId; 2] = [HostId::Alsa, HostId::PulseAudio];
/// Of a sound server for one answer. ALSA looks this often whether a silent card is still there.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);
/// Blocks per second asked of the PulseAudio host, 50 ms each: its own default is 2 seconds on some systems, and a shorter
/// block loses more.
const PULSE_BLOCKS_PER_SECOND: u32 = 20;

/// Opens and starts the stream, and keeps it until it is dropped. Reports [`Report::Opened`] before the first sample.
pub(super) fn open(device: Option<&str>, reporter: &Reporter) -> Result<cpal::Stream, Failure> {
    // Keeps what ALSA would print on stderr: it complains about every way it tried.
    let complaints = alsa::Output::local_error_handler();
    let opened = match device {
        None => open_default(reporter),
        Some(name) => open_named(name, reporter),
    };
    if let (Err(failure), Ok(complaints)) = (&opened, complaints) {
        complaints.borrow().buffer_string(|text| {
            tracing::debug!(problem = failure.problem, alsa = %String::from_utf8_lossy(text), "no microphone");
        });
    }
    opened
}

fn open_default(reporter: &Reporter) -> Result<cpal::Stream, Failure> {
    let mut last = cpal::Error::new(ErrorKind::HostUnavailable);
    for id in HOSTS {
        let attempt = cpal::host_from_id(id).and_then(|host| {
            let device = host.default_input_device().ok_or(ErrorKind::DeviceNotAvailable)?;
            open_device(&device, id, reporter)
        });
        match attempt {
            Ok(stream) => return Ok(stream),
            Err(error) => {
                tracing::debug!(host = %id, %error, "no default microphone");
                // Without a server and a card ALSA says "not available"; that there is no server says more.
                if last.kind() == ErrorKind::HostUnavailable && error.kind() == ErrorKind::DeviceNotAvailable {
                    continue;
                }
                last = error;
            }
        }
    }
    Err(Failure::not_opened(&last))
}

fn open_named(name: &str, reporter: &Reporter) -> Result<cpal::Stream, Failure> {
    let wanted = DeviceId::from_str(name).ok();
    for id in HOSTS {
        if wanted.as_ref().is_some_and(|wanted| wanted.host() != id) {
            continue;
        }
        let Ok(host) = cpal::host_from_id(id) else { continue };
        let Ok(mut devices) = host.input_devices() else { continue };
        let found = devices.find(|device| match (&wanted, device.id()) {
            (Some(wanted), Ok(id)) => *wanted == id,
            (None, Ok(id)) => id.id() == name || device.to_string() == name,
            (_, Err(_)) => false,
        });
        if let Some(device) = found {
            return open_device(&device, id, reporter).map_err(|error| Failure::not_opened(&error));
        }
    }
    Err(Failure::new(
        format!("there is no microphone `{name}`"),
        "`pactl list short sources` shows the names; without one in the configuration the default is used",
    ))
}

fn open_device(device: &Device, host: HostId, reporter: &Reporter) -> Result<cpal::Stream, cpal::Error> {
    let supported = device.default_input_config()?;
    let mut config = supported.config();
    if host == HostId::PulseAudio {
        config.buffer_size = BufferSize::Fixed((config.sample_rate / PULSE_BLOCKS_PER_SECOND).max(1));
    }
    let (rate, format) = (config.sample_rate, supported.sample_format());
    tracing::debug!(%device, %host, rate, channels = config.channels, ?format, "opening the microphone");
    let build = match format {
        SampleFormat::F32 => build::<f32>,
        SampleFormat::F64 => build::<f64>,
        SampleFormat::I8 => build::<i8>,
        SampleFormat::I16 => build::<i16>,
        SampleFormat::I24 => build::<cpal::I24>,
        SampleFormat::I32 => build::<i32>,
        SampleFormat::I64 => build::<i64>,
        SampleFormat::U8 => build::<u8>,
        SampleFormat::U16 => build::<u16>,
        SampleFormat::U24 => build::<cpal::U24>,
        SampleFormat::U32 => build::<u32>,
        SampleFormat::U64 => build::<u64>,
        other => return Err(cpal::Error::with_message(ErrorKind::UnsupportedConfig, format!("format {other}"))),
    };
    let stream = build(device, config, reporter)?;
    stream.play()?;
    Ok(stream)
}

fn build<T>(device: &Device, config: StreamConfig, reporter: &Reporter) -> Result<cpal::Stream, cpal::Error>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let capacity = (config.sample_rate * RING_SECONDS) as usize;
    let (mut writer, reader) = ring::ring(capacity, reporter.capture.clone());
    let channels = usize::from(config.channels);
    let errors = reporter.clone();
    let stream = device.build_input_stream::<T, _, _>(
        config,
        move |block, _| writer.write(block.len() / channels, mono::mix(block, channels)),
        move |error| match error.kind() {
            ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {
                tracing::debug!(%error, "the microphone goes on");
            }
            _ => errors.report(Report::Failed(Failure::broken_off(&error))),
        },
        Some(ANSWER_WITHIN),
    )?;
    reporter.report(Report::Opened { rate: config.sample_rate, reader });
    Ok(stream)
}
