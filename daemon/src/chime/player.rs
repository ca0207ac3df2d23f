//! The sounds in the sound server's store of samples. Playing one of them is a single message.

use std::ffi::CString;

use pulseaudio::protocol::{
    ChannelMap, Command, CreateUploadStreamReply, LookupReply, PlaySampleParams, Prop, Props, ProtocolError,
    SampleFormat, SampleSpec, UploadStreamParams,
};

use super::tone;
use crate::core::Chime;
use crate::sound_server::Server;

/// The sink's own volume, as the server keeps it for sounds of events.
const USUAL_VOLUME: u32 = u32::MAX;

pub(super) struct Player {
    server: Server,
}

impl Player {
    pub(super) fn connect() -> Result<Self, ProtocolError> {
        let mut server = Server::connect()?;
        for chime in [Chime::Go, Chime::Done, Chime::Failed] {
            store(&mut server, chime)?;
        }
        Ok(Self { server })
    }

    pub(super) fn play(&mut self, chime: Chime) -> Result<(), ProtocolError> {
        let sample = PlaySampleParams {
            sink_index: None,
            sink_name: None,
            volume: USUAL_VOLUME,
            name: name(chime),
            props: props(),
        };
        let _: LookupReply = self.server.ask(&Command::PlaySample(sample))?;
        Ok(())
    }
}

fn store(server: &mut Server, chime: Chime) -> Result<(), ProtocolError> {
    let sound: Vec<u8> = tone::samples(chime).into_iter().flat_map(f32::to_le_bytes).collect();
    let stream: CreateUploadStreamReply = server.ask(&Command::CreateUploadStream(UploadStreamParams {
        media_name: Some(name(chime)),
        sample_spec: SampleSpec { format: SampleFormat::Float32Le, channels: 1, sample_rate: tone::RATE },
        channel_map: ChannelMap::mono(),
        length: sound.len() as u32,
        props: props(),
    }))?;
    server.send(stream.channel, &sound)?;
    server.order(&Command::FinishUploadStream(stream.channel))
}

/// In the server's store.
fn name(chime: Chime) -> CString {
    let name = match chime {
        Chime::Go => c"hob-go",
        Chime::Done => c"hob-done",
        Chime::Failed => c"hob-failed",
    };
    name.to_owned()
}

fn props() -> Props {
    let mut props = Props::new();
    // Desktops have a volume of their own for these.
    props.set(Prop::MediaRole, c"event");
    props
}
