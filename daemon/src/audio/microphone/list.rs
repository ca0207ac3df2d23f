//! The microphones there are, for people to choose from. Blocking: it asks the sound system.

use cpal::traits::DeviceTrait;
use hob_protocol::dictation::Microphone;
use pulseaudio::protocol::{ProtocolError, SourceInfo, SourceState};

use super::device::{Host, is_named};
use super::pulse::{Server, text};
use super::{Failure, Settings, card};

/// All of the first sound system that knows any. A recording of an output is none, unless it is the default or chosen.
pub fn list(settings: &Settings) -> Result<Vec<Microphone>, Failure> {
    let mut last = None;
    for host in Host::of(settings.system) {
        let found = match host {
            Host::Pulse => match sources(settings) {
                Ok(found) => found,
                Err(error) => {
                    last.get_or_insert(Failure::of_pulse(&error));
                    continue;
                }
            },
            Host::Cpal(id) => cards(*id, settings),
        };
        if !found.is_empty() {
            return Ok(found);
        }
    }
    last.map_or(Ok(Vec::new()), Err)
}

fn sources(settings: &Settings) -> Result<Vec<Microphone>, ProtocolError> {
    let mut server = Server::connect()?;
    let default = server.default_name()?;
    let chosen = |source: &SourceInfo| settings.device.as_ref().is_some_and(|name| is_named(source, name));
    let entry = |source: &SourceInfo| Microphone {
        name: text(&source.name),
        description: text(source.description.as_deref().unwrap_or(&source.name)),
        is_default: text(&source.name) == default,
        is_chosen: chosen(source),
        in_use: source.state == SourceState::Running,
        is_muted: source.muted,
    };
    let sources = server.sources()?;
    let real = sources
        .iter()
        .filter(|source| source.monitor_of_sink_index.is_none() || text(&source.name) == default || chosen(source));
    Ok(real.map(entry).collect())
}

/// Neither ALSA nor cpal tells who uses a device.
fn cards(id: cpal::HostId, settings: &Settings) -> Vec<Microphone> {
    let entry = |device: &cpal::Device| {
        let name = device.id().ok()?.to_string();
        let description = device.to_string();
        let is_chosen = settings.device.as_ref().is_some_and(|chosen| *chosen == name || *chosen == description);
        let is_default = matches!(device.id().ok()?.id(), "default" | "input_default");
        Some(Microphone { name, description, is_default, is_chosen, in_use: false, is_muted: false })
    };
    card::devices(id).iter().filter_map(entry).collect()
}
