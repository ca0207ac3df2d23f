//! Microphones through cpal: ALSA's, and PipeWire's by its own protocol where hob was built for it.

use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{Device, ErrorKind, FromSample, HostId, SampleFormat, SizedSample, StreamConfig};

use super::super::{mono, ring};
use super::line::{Opened, Report, Reporter};
use super::{Failure, RING_SECONDS};

/// Of a sound system for one answer. ALSA looks this often whether a silent card is still there.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

pub(super) fn open_default(id: HostId, notices: Vec<String>, reporter: &Reporter) -> Result<cpal::Stream, Failure> {
    quietly(|| {
        let device = cpal::host_from_id(id)
            .and_then(|host| host.default_input_device().ok_or(ErrorKind::DeviceNotAvailable.into()))
            .map_err(|error| Failure::not_opened(&error))?;
        open(&device, notices, reporter)
    })
}

/// `None` if this host knows no such device.
pub(super) fn open_named(id: HostId, name: &str, reporter: &Reporter) -> Option<Result<cpal::Stream, Failure>> {
    let device = devices(id).into_iter().find(|device| {
        let found = device.id();
        found.as_ref().is_ok_and(|id| id.id() == name || id.to_string() == name) || device.to_string() == name
    })?;
    Some(quietly(|| open(&device, Vec::new(), reporter)))
}

pub(super) fn devices(id: HostId) -> Vec<Device> {
    // Keeps what ALSA would print on stderr: it complains about every way it tried.
    let _complaints = alsa::Output::local_error_handler();
    let devices = cpal::host_from_id(id).and_then(|host| host.input_devices().map(Iterator::collect));
    devices.unwrap_or_default()
}

/// With ALSA's complaints in the log in place of stderr.
fn quietly(open: impl FnOnce() -> Result<cpal::Stream, Failure>) -> Result<cpal::Stream, Failure> {
    let complaints = alsa::Output::local_error_handler();
    let opened = open();
    if let (Err(failure), Ok(complaints)) = (&opened, complaints) {
        complaints.borrow().buffer_string(|text| {
            tracing::debug!(problem = failure.problem, alsa = %String::from_utf8_lossy(text), "no microphone");
        });
    }
    opened
}

fn open(device: &Device, notices: Vec<String>, reporter: &Reporter) -> Result<cpal::Stream, Failure> {
    let name = device.to_string();
    let opening = |error: cpal::Error| Failure::not_opened(&error);
    let supported = device.default_input_config().map_err(opening)?;
    let (config, format) = (supported.config(), supported.sample_format());
    tracing::debug!(%name, rate = config.sample_rate, channels = config.channels, ?format, "opening the microphone");
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
        other => {
            let error = cpal::Error::with_message(ErrorKind::UnsupportedConfig, format!("format {other}"));
            return Err(Failure::not_opened(&error));
        }
    };
    let (stream, reader) = build(device, config, reporter).map_err(opening)?;
    let bluetooth = name.to_lowercase().contains("bluez");
    let opened = Opened { rate: config.sample_rate, reader, device: name, bluetooth, notices };
    reporter.report(Report::Opened(Box::new(opened)));
    stream.play().map_err(opening)?;
    Ok(stream)
}

fn build<T>(
    device: &Device,
    config: StreamConfig,
    reporter: &Reporter,
) -> Result<(cpal::Stream, ring::Reader), cpal::Error>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let capacity = (config.sample_rate * RING_SECONDS) as usize;
    let (mut writer, reader) = ring::ring(capacity, reporter.capture.clone());
    let mut mixer = mono::Mixer::new(config.channels.into(), config.sample_rate);
    let reporter = reporter.clone();
    let stream = device.build_input_stream::<T, _, _>(
        config,
        move |block, _| writer.write(mixer.frames(block), mixer.mix(block)),
        move |error| match error.kind() {
            ErrorKind::Xrun => reporter.report(Report::Late),
            ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {
                tracing::debug!(%error, "the microphone goes on");
            }
            _ => reporter.report(Report::Failed(Failure::broken_off(&error))),
        },
        Some(ANSWER_WITHIN),
    )?;
    Ok((stream, reader))
}
