//! Why there is no sound, or no more: a type for programs, words and a next step for people.

use cpal::ErrorKind;
use hob_protocol::Error;
use hob_protocol::dictation::MicrophoneTrouble;
use pulseaudio::protocol::{ProtocolError, PulseError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub trouble: MicrophoneTrouble,
    pub problem: String,
    pub hint: String,
}

const LIST: &str = "`hob microphones` shows which microphones there are";
const AGAIN: &str = "plug the microphone in again, or restart the sound server, and dictate the rest";
const START: &str = "start PipeWire or PulseAudio (`systemctl --user start pipewire-pulse` or `pulseaudio --start`)";
const RESTART: &str = "restart the sound server (`systemctl --user restart pipewire pipewire-pulse` or `pulseaudio -k`), or choose another microphone in the configuration";

impl Failure {
    pub(super) fn new(trouble: MicrophoneTrouble, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { trouble, problem: problem.into(), hint: hint.into() }
    }

    /// The usual words for a trouble.
    pub(super) fn of(trouble: MicrophoneTrouble) -> Self {
        use MicrophoneTrouble as Is;
        let (problem, hint) = match trouble {
            Is::Absent => ("no microphone is connected", LIST),
            Is::NoServer => ("no sound server is running, and no sound card was found", START),
            Is::Busy => (
                "another program uses it",
                "end the program that records, or choose another microphone in the configuration",
            ),
            Is::Denied => (
                "no permission to use it",
                "start a sound server (PipeWire or PulseAudio), or add yourself to the group `audio` and log in again",
            ),
            Is::Format => ("it offers no format hob can record", "choose another microphone in the configuration"),
            Is::NoAnswer => ("the sound server does not answer", RESTART),
            Is::NoSound => ("it gives no sound", RESTART),
            Is::Unplugged => ("it was unplugged", AGAIN),
            Is::BrokenOff => ("the recording broke off", AGAIN),
        };
        Self::new(trouble, problem, hint)
    }

    /// The usual words, and what the sound system said.
    fn detailed(trouble: MicrophoneTrouble, detail: impl std::fmt::Display) -> Self {
        let usual = Self::of(trouble);
        Self { problem: format!("{} ({detail})", usual.problem), ..usual }
    }

    /// Of a stream that ran.
    pub(super) fn broken_off(error: &cpal::Error) -> Self {
        match error.kind() {
            ErrorKind::DeviceNotAvailable => Self::of(MicrophoneTrouble::Unplugged),
            _ => Self::detailed(MicrophoneTrouble::BrokenOff, error),
        }
    }

    /// Of a stream that does not start.
    pub(super) fn not_opened(error: &cpal::Error) -> Self {
        use MicrophoneTrouble as Is;
        match error.kind() {
            ErrorKind::DeviceNotAvailable => Self::of(Is::Absent),
            ErrorKind::HostUnavailable => Self::of(Is::NoServer),
            ErrorKind::DeviceBusy => Self::of(Is::Busy),
            ErrorKind::PermissionDenied => Self::of(Is::Denied),
            ErrorKind::StreamInvalidated => Self::of(Is::NoAnswer),
            ErrorKind::UnsupportedConfig | ErrorKind::UnsupportedOperation => Self::detailed(Is::Format, error),
            _ => Self::new(Is::BrokenOff, error.to_string(), RESTART),
        }
    }

    /// Of a conversation with PulseAudio, or with what speaks its language.
    pub(super) fn of_pulse(error: &ProtocolError) -> Self {
        use MicrophoneTrouble as Is;
        match error {
            ProtocolError::ServerError(PulseError::NoEntity) => Self::of(Is::Absent),
            ProtocolError::ServerError(PulseError::Busy) => Self::of(Is::Busy),
            ProtocolError::ServerError(PulseError::AccessDenied | PulseError::AuthKey) => Self::new(
                Is::Denied,
                "the sound server refuses hob",
                "run hobd as the user who is logged in; PulseAudio's key is the file `~/.config/pulse/cookie`",
            ),
            ProtocolError::ServerError(PulseError::NotSupported | PulseError::Invalid) => {
                Self::detailed(Is::Format, error)
            }
            ProtocolError::Io(error) => match error.kind() {
                std::io::ErrorKind::NotFound | std::io::ErrorKind::ConnectionRefused => Self::of(Is::NoServer),
                std::io::ErrorKind::PermissionDenied => Self::of(Is::Denied),
                _ => Self::of(Is::NoAnswer),
            },
            error => Self::detailed(Is::NoAnswer, error),
        }
    }
}

impl From<Failure> for Error {
    fn from(Failure { trouble, problem, hint }: Failure) -> Self {
        Self::MicrophoneUnavailable { trouble, problem, hint }
    }
}
