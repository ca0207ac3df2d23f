//! A connection to the sound server, in the protocol that PulseAudio and PipeWire both speak: the greeting, questions and answers.
//! Microphone and sounds each have their own.

use std::ffi::CStr;
use std::io::{self, BufReader, Read};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use pulseaudio::protocol::{
    AuthParams, AuthReply, Command, CommandReply, DEFAULT_SOURCE, GetSourceInfo, MAX_MEMBLOCKQ_LENGTH, MAX_VERSION,
    Prop, Props, ProtocolError, ServerInfo, SetClientNameReply, SourceInfo, SourceInfoList, read_ack_message,
    read_reply_message, write_command_message, write_memblock,
};

/// Of a message in bytes.
pub(crate) const LONGEST: usize = MAX_MEMBLOCKQ_LENGTH;
/// For one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);
/// A server that takes everybody still wants something of this length.
const COOKIE_BYTES: usize = 256;

pub(crate) struct Server {
    stream: BufReader<UnixStream>,
    version: u16,
    asked: u32,
}

impl Server {
    /// Finds the server as its own clients do, and greets it.
    pub(crate) fn connect() -> Result<Self, ProtocolError> {
        let path = pulseaudio::socket_path_from_env().ok_or_else(unreachable)?;
        let stream = UnixStream::connect(path)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        stream.set_write_timeout(Some(ANSWER_WITHIN))?;
        let mut server = Self { stream: BufReader::new(stream), version: MAX_VERSION, asked: 0 };
        let mut cookie =
            pulseaudio::cookie_path_from_env().and_then(|path| std::fs::read(path).ok()).unwrap_or_default();
        cookie.resize(COOKIE_BYTES, 0);
        let auth = AuthParams { version: MAX_VERSION, supports_shm: false, supports_memfd: false, cookie };
        let auth: AuthReply = server.ask(&Command::Auth(auth))?;
        server.version = auth.version.min(MAX_VERSION);
        let mut props = Props::new();
        props.set(Prop::ApplicationName, c"hob");
        props.set(Prop::ApplicationId, c"dev.hob.Hob");
        let _: SetClientNameReply = server.ask(&Command::SetClientName(props))?;
        Ok(server)
    }

    pub(crate) fn ask<R: CommandReply>(&mut self, command: &Command) -> Result<R, ProtocolError> {
        self.asked += 1;
        write_command_message(self.stream.get_mut(), self.asked, command, self.version)?;
        let (_, reply) = read_reply_message(&mut self.stream, self.version)?;
        Ok(reply)
    }

    /// A command whose answer says no more than that it was done.
    pub(crate) fn order(&mut self, command: &Command) -> Result<(), ProtocolError> {
        self.asked += 1;
        write_command_message(self.stream.get_mut(), self.asked, command, self.version)?;
        read_ack_message(&mut self.stream)?;
        Ok(())
    }

    /// Sound for a stream that takes it.
    pub(crate) fn send(&mut self, stream: u32, sound: &[u8]) -> Result<(), ProtocolError> {
        write_memblock(self.stream.get_mut(), stream, sound, 0)
    }

    pub(crate) fn sources(&mut self) -> Result<Vec<SourceInfo>, ProtocolError> {
        self.ask::<SourceInfoList>(&Command::GetSourceInfoList)
    }

    pub(crate) fn default_source(&mut self) -> Result<SourceInfo, ProtocolError> {
        self.ask(&Command::GetSourceInfo(GetSourceInfo { index: None, name: Some(DEFAULT_SOURCE.to_owned()) }))
    }

    pub(crate) fn default_name(&mut self) -> Result<String, ProtocolError> {
        let info: ServerInfo = self.ask(&Command::GetServerInfo)?;
        Ok(info.default_source_name.map(|name| text(&name)).unwrap_or_default())
    }

    /// From now on sound comes, or nothing for long.
    pub(crate) fn wait_for_ever(&self) -> Result<(), ProtocolError> {
        Ok(self.stream.get_ref().set_read_timeout(None)?)
    }

    pub(crate) fn socket(&self) -> Result<UnixStream, ProtocolError> {
        Ok(self.stream.get_ref().try_clone()?)
    }

    pub(crate) fn input(&mut self) -> &mut impl Read {
        &mut self.stream
    }

    pub(crate) fn command(&self, mut message: &[u8]) -> Option<Command> {
        Command::read_tag_prefixed(&mut message, self.version).ok().map(|(_, command)| command)
    }
}

pub(crate) fn text(text: &CStr) -> String {
    text.to_string_lossy().into_owned()
}

/// An ended connection, as one that was never there.
pub(crate) fn unreachable() -> ProtocolError {
    ProtocolError::Io(io::ErrorKind::NotFound.into())
}
