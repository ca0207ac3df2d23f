//! Short sounds: speak now, the text is there, something failed. They are computed, kept in the sound server's own store of samples,
//! and played from there, on a thread of their own: no dictation ever waits for a sound, and without a sound server nothing is heard.

mod player;
mod tone;

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use hob_protocol::daemon::{Part, PartState};
use pulseaudio::protocol::ProtocolError;
use tokio::sync::watch;

use crate::core::{Chime, Event};
use crate::requests::Requests;
use player::Player;

/// Sounds that may wait. One that finds no room would come too late to mean anything, and is left out.
const WAITING: usize = 2;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Settings {
    On,
    #[default]
    Off,
}

#[derive(Debug)]
pub struct Chimes {
    requests: Requests,
    state: State,
}

#[derive(Debug)]
enum State {
    Off,
    On { orders: SyncSender<Chime>, part: watch::Receiver<Part> },
}

impl Chimes {
    pub fn new(requests: Requests, settings: Settings) -> Self {
        let mut chimes = Self { requests, state: State::Off };
        chimes.configure(settings);
        chimes
    }

    pub fn configure(&mut self, settings: Settings) {
        match (settings, &self.state) {
            (Settings::Off, _) => self.state = State::Off,
            (Settings::On, State::On { .. }) => {}
            (Settings::On, State::Off) => self.state = self.start(),
        }
    }

    pub fn play(&self, chime: Chime) {
        let State::On { orders, .. } = &self.state else { return };
        if let Err(TrySendError::Full(_)) = orders.try_send(chime) {
            tracing::debug!("the sound server is slow, and a sound is left out");
        }
    }

    pub fn parts(&self) -> Vec<Part> {
        vec![match &self.state {
            State::Off => part(PartState::Off, "", "feedback.sounds is off", None),
            State::On { part, .. } => part.borrow().clone(),
        }]
    }

    fn start(&self) -> State {
        let (orders, waiting) = sync_channel(WAITING);
        let (told, part) = watch::channel(part(PartState::Missing, "", "no sound server has been asked yet", None));
        let (requests, runtime) = (self.requests.clone(), tokio::runtime::Handle::current());
        let tell = move |part: Part| {
            if told.send_if_modified(|known| std::mem::replace(known, part.clone()) != part) {
                let requests = requests.clone();
                runtime.spawn(async move { requests.tell(Event::DesktopChanged).await });
            }
        };
        let thread = thread::Builder::new().name("hob-chime".into()).spawn(move || serve(&waiting, tell));
        thread.expect("the system has room for a thread");
        State::On { orders, part }
    }
}

/// Until nobody orders any more.
fn serve(orders: &Receiver<Chime>, tell: impl Fn(Part)) {
    // A first connection tells whether there is a server, and has the sounds there before the first is wanted.
    let mut player = connected(&tell);
    while let Ok(chime) = orders.recv() {
        if player.as_mut().is_none_or(|player| player.play(chime).is_err()) {
            // The server may have been started again since.
            player = connected(&tell);
            if let Some(player) = &mut player
                && let Err(error) = player.play(chime)
            {
                tracing::debug!("a sound cannot be played: {error}");
            }
        }
    }
}

fn connected(tell: &impl Fn(Part)) -> Option<Player> {
    match Player::connect() {
        Ok(player) => {
            tell(part(PartState::Works, "the sound server", "it keeps and plays samples", None));
            Some(player)
        }
        Err(error) => {
            let hint = "start PipeWire or PulseAudio; sounds are tried again with each dictation";
            tell(part(PartState::Missing, "", &why(&error), Some(hint)));
            None
        }
    }
}

fn why(error: &ProtocolError) -> String {
    match error {
        ProtocolError::Io(error) if error.kind() == io::ErrorKind::NotFound => "there is no sound server".to_owned(),
        ProtocolError::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            "the sound server has ended".to_owned()
        }
        error => format!("no sound server answers: {error}"),
    }
}

fn part(state: PartState, using: &str, why: &str, hint: Option<&str>) -> Part {
    let hint = hint.map(str::to_owned);
    Part { name: "sounds".to_owned(), state, using: using.to_owned(), why: why.to_owned(), hint }
}
