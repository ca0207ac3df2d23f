//! The sound server's own protocol, as PulseAudio and PipeWire speak it: one connection, one recording, one thread that reads it.
//!
//! Cpal has a host for it, too, but lets the server keep no more than one block for a client that is late, so that sound is lost
//! on a busy machine; and it tells neither that the device was unplugged nor that another one has become the default.

use std::ffi::{CStr, CString};
use std::io::Read;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};

use hob_protocol::dictation::MicrophoneTrouble;
use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{
    Command, CreateRecordStreamReply, Prop, Props, ProtocolError, RecordStreamParams, SampleFormat, SampleSpec,
    SourceInfo, read_descriptor,
};

use super::super::{mono, ring};
use super::line::{Opened, Report, Reporter};
use super::{Failure, RING_SECONDS};
use crate::sound_server::LONGEST;

pub(super) use crate::sound_server::{Server, text};

/// Blocks per second asked of the server: 20 ms each. What is not fetched in time waits in the server, up to 4 MB of it.
const BLOCKS_PER_SECOND: u32 = 50;
/// What is taken as it is; a device beyond this is converted by the server. Its channels all come, as many as the protocol knows: the server
/// would mix them to their mean.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// For a device of an odd rate.
const USUAL_RATE: u32 = 48_000;

/// Which source to record.
pub(super) enum Wanted<'a> {
    /// The default one, and the next when the default changes.
    Default,
    Named(&'a CStr),
}

/// A running recording; dropped, it is over.
pub(super) struct Recording {
    socket: UnixStream,
    thread: Option<JoinHandle<()>>,
}

impl Recording {
    /// Reports [`Report::Opened`] before the first sample.
    pub(super) fn start(
        mut server: Server,
        source: &SourceInfo,
        wanted: &Wanted<'_>,
        notices: Vec<String>,
        reporter: &Reporter,
    ) -> Result<Self, ProtocolError> {
        let rate = source.sample_spec.sample_rate;
        let rate = if RATES.contains(&rate) { rate } else { USUAL_RATE };
        let channel_map = source.channel_map;
        let channels = channel_map.num_channels();
        let fragment = rate / BLOCKS_PER_SECOND * u32::from(channels) * size_of::<f32>() as u32;
        let mut props = Props::new();
        props.set(Prop::MediaName, c"dictation");
        let stream: CreateRecordStreamReply = server.ask(&Command::CreateRecordStream(RecordStreamParams {
            sample_spec: SampleSpec { format: SampleFormat::Float32Le, channels, sample_rate: rate },
            channel_map,
            source_name: match wanted {
                Wanted::Default => None,
                Wanted::Named(name) => Some(CString::from(*name)),
            },
            buffer_attr: BufferAttr { fragment_size: fragment, ..BufferAttr::default() },
            // The server would move the stream of the default device when that changes, chosen by name or not.
            flags: StreamFlags {
                adjust_latency: true,
                no_move: matches!(wanted, Wanted::Named(_)),
                ..StreamFlags::default()
            },
            props,
            ..RecordStreamParams::default()
        }))?;
        let (rate, channels) = (stream.sample_spec.sample_rate, stream.sample_spec.channels);
        let name = text(source.description.as_deref().unwrap_or(&source.name));
        let bluetooth = source.name.to_bytes().starts_with(b"bluez");
        let (writer, reader) = ring::ring((rate * RING_SECONDS) as usize, reporter.capture.clone());
        let opened = Opened { rate, reader, device: name, bluetooth, notices };
        reporter.report(Report::Opened(Box::new(opened)));
        server.wait_for_ever()?;
        let socket = server.socket()?;
        let pump = Pump {
            server,
            stream: stream.channel,
            mixer: mono::Mixer::new(channels.into(), rate),
            writer,
            reporter: reporter.clone(),
            bytes: Vec::new(),
            samples: Vec::new(),
        };
        let thread =
            thread::Builder::new().name("hob-pulse".into()).spawn(move || pump.run()).map_err(ProtocolError::Io)?;
        Ok(Self { socket, thread: Some(thread) })
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // An error is a connection that is gone already.
        let _ = self.socket.shutdown(Shutdown::Both);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads what the server sends until the connection ends.
struct Pump {
    server: Server,
    stream: u32,
    mixer: mono::Mixer,
    writer: ring::Writer,
    reporter: Reporter,
    /// The message at hand.
    bytes: Vec<u8>,
    samples: Vec<f32>,
}

impl Pump {
    fn run(mut self) {
        let failure = loop {
            match self.message() {
                Ok(None) => {}
                Ok(Some(failure)) => break failure,
                // The end that a closed recording brings about finds nobody who listens to this.
                Err(error) => {
                    tracing::debug!(%error, "the sound server's connection ended");
                    break Failure::of(MicrophoneTrouble::BrokenOff);
                }
            }
        };
        self.reporter.report(Report::Failed(failure));
    }

    fn message(&mut self) -> Result<Option<Failure>, ProtocolError> {
        let descriptor = read_descriptor(self.server.input())?;
        let length = descriptor.length as usize;
        if length > LONGEST {
            return Err(ProtocolError::Invalid("a message is longer than the protocol allows".into()));
        }
        self.bytes.resize(length, 0);
        self.server.input().read_exact(&mut self.bytes)?;
        if descriptor.channel == self.stream {
            self.sound();
            return Ok(None);
        }
        // Of a command that this version does not know nothing is expected.
        Ok(self.server.command(&self.bytes).and_then(|command| self.told(&command)))
    }

    fn sound(&mut self) {
        self.samples.clear();
        let (whole, _) = self.bytes.as_chunks::<4>();
        self.samples.extend(whole.iter().map(|bytes| f32::from_le_bytes(*bytes)));
        let frames = self.mixer.frames(&self.samples);
        self.writer.write(frames, self.mixer.mix(&self.samples));
    }

    fn told(&self, command: &Command) -> Option<Failure> {
        match command {
            Command::RecordStreamKilled(_) => return Some(Failure::of(MicrophoneTrouble::Unplugged)),
            Command::RecordStreamMoved(moved) => {
                self.reporter.report(Report::Moved(text(&moved.device_name)));
            }
            Command::Overflow(_) => self.reporter.report(Report::Late),
            other => tracing::trace!(?other, "the sound server says"),
        }
        None
    }
}
