//! Finds the microphone and opens it: by its name or as the system's default, through the first sound system that has it.

use std::ffi::CString;

use cpal::HostId;
use hob_protocol::dictation::MicrophoneTrouble;
use pulseaudio::protocol::SourceInfo;

use super::line::Reporter;
use super::pulse::{self, Server, Wanted};
use super::{Failure, Settings, System, card};

/// A running stream; dropped, it is over.
pub(super) enum Stream {
    Pulse(#[expect(dead_code, reason = "kept to be dropped")] pulse::Recording),
    Card(#[expect(dead_code, reason = "kept to be dropped")] cpal::Stream),
}

/// A way to sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    /// The protocol of PulseAudio, which PipeWire speaks as well.
    Pulse,
    Cpal(HostId),
}

impl Host {
    /// In order of preference.
    pub(super) fn of(system: System) -> &'static [Self] {
        match system {
            // The sound server's common protocol first: it loses nothing under load, follows the default device, and tells
            // what happens to it. See "Sound" in ARCHITECTURE.md for the figures.
            System::Auto => &[
                Self::Pulse,
                #[cfg(feature = "pipewire")]
                Self::Cpal(HostId::PipeWire),
                Self::Cpal(HostId::Alsa),
            ],
            System::PulseAudio => &[Self::Pulse],
            #[cfg(feature = "pipewire")]
            System::PipeWire => &[Self::Cpal(HostId::PipeWire)],
            #[cfg(not(feature = "pipewire"))]
            System::PipeWire => &[],
            System::Alsa => &[Self::Cpal(HostId::Alsa)],
        }
    }
}

/// Opens and starts the stream, and keeps it until it is dropped. Reports `Opened` before the first sample.
pub(super) fn open(settings: &Settings, reporter: &Reporter) -> Result<Stream, Failure> {
    let hosts = Host::of(settings.system);
    if hosts.is_empty() {
        return Err(Failure::new(
            MicrophoneTrouble::NoServer,
            "this hobd was built without PipeWire's own protocol",
            "set `audio = \"auto\"`: PipeWire speaks PulseAudio's protocol as well",
        ));
    }
    let mut notices = Vec::new();
    if let Some(name) = &settings.device {
        for host in hosts {
            if let Some(opened) = open_named(*host, name, reporter) {
                return opened;
            }
        }
        tracing::warn!(name, "the configured microphone is not there");
        notices.push(format!("there is no microphone `{name}`; the default is used"));
    }
    let mut failures = Vec::new();
    for host in hosts {
        match open_default(*host, &notices, reporter) {
            Ok(stream) => return Ok(stream),
            Err(failure) => {
                tracing::debug!(?host, ?failure, "no default microphone");
                failures.push(failure);
            }
        }
    }
    Err(most_telling(failures))
}

fn most_telling(failures: Vec<Failure>) -> Failure {
    failures.into_iter().reduce(more_telling).unwrap_or_else(|| Failure::of(MicrophoneTrouble::NoServer))
}

/// Of what two sound systems say in turn.
fn more_telling(first: Failure, second: Failure) -> Failure {
    use MicrophoneTrouble::{Absent, BrokenOff, NoAnswer, NoServer};
    match (first.trouble, second.trouble) {
        // Without a server and a card ALSA says "absent"; that there is no server, or that it does not answer, says more. The other way round
        // there is a server without a microphone: ALSA's default is that server then, and its plugin says "I/O error".
        (NoServer | NoAnswer, Absent) | (Absent, Absent | BrokenOff | NoServer) => first,
        _ => second,
    }
}

fn open_default(host: Host, notices: &[String], reporter: &Reporter) -> Result<Stream, Failure> {
    let mut notices = notices.to_vec();
    match host {
        Host::Pulse => {
            let opened = Server::connect().and_then(|mut server| {
                let source = server.default_source()?;
                if source.monitor_of_sink_index.is_some() {
                    notices.push("the system's default microphone is a recording of its own output".into());
                }
                notices.extend(muted(&source));
                pulse::Recording::start(server, &source, &Wanted::Default, notices, reporter)
            });
            opened.map(Stream::Pulse).map_err(|error| Failure::of_pulse(&error))
        }
        Host::Cpal(id) => card::open_default(id, notices, reporter).map(Stream::Card),
    }
}

/// `None` if this host knows no such device.
fn open_named(host: Host, name: &str, reporter: &Reporter) -> Option<Result<Stream, Failure>> {
    match host {
        Host::Pulse => {
            let mut server = Server::connect().ok()?;
            let source = server.sources().ok()?.into_iter().find(|source| is_named(source, name))?;
            let wanted = CString::from(source.name.as_c_str());
            let notices = muted(&source).into_iter().collect();
            let opened = pulse::Recording::start(server, &source, &Wanted::Named(&wanted), notices, reporter);
            Some(opened.map(Stream::Pulse).map_err(|error| Failure::of_pulse(&error)))
        }
        Host::Cpal(id) => card::open_named(id, name, reporter).map(|opened| opened.map(Stream::Card)),
    }
}

/// By the name that stays, or by the words that are shown for it.
pub(super) fn is_named(source: &SourceInfo, name: &str) -> bool {
    let name = name.strip_prefix("pulseaudio:").unwrap_or(name).as_bytes();
    source.name.to_bytes() == name || source.description.as_ref().is_some_and(|shown| shown.to_bytes() == name)
}

fn muted(source: &SourceInfo) -> Option<String> {
    source.muted.then(|| "the microphone is muted in the sound settings".to_owned())
}

#[cfg(test)]
mod tests {
    use hob_protocol::dictation::MicrophoneTrouble::{Absent, BrokenOff, Busy, Denied, NoAnswer, NoServer};

    use super::{Failure, most_telling};

    #[test]
    fn people_hear_what_says_most() {
        for (first, second, expected) in [
            (NoServer, Absent, NoServer),
            (NoServer, Busy, Busy),
            (NoServer, Denied, Denied),
            (NoAnswer, Absent, NoAnswer),
            (Absent, BrokenOff, Absent),
            (Absent, Absent, Absent),
            (Absent, Busy, Busy),
        ] {
            let told = most_telling(vec![Failure::of(first), Failure::of(second)]);
            assert_eq!(told.trouble, expected, "{first:?}, {second:?}");
        }
        assert_eq!(most_telling(vec![Failure::of(Absent)]).trouble, Absent);
        assert_eq!(most_telling(Vec::new()).trouble, NoServer);
    }
}
