//! Waiting for a state of the daemon by being told, never by asking again.

use hob_protocol::client::{Client, Replies};
use hob_protocol::daemon::{Engine, EngineKind, State};
use hob_protocol::method::{Nothing, Watch};

#[derive(Debug)]
pub struct Watcher {
    pub state: State,
    replies: Replies<Watch>,
}

impl Watcher {
    pub(crate) fn new(client: Client) -> Self {
        let mut replies = client.stream(Watch, &Nothing {}).unwrap();
        let first = replies.next().expect("the whole state comes first").unwrap();
        Self { state: first.state.expect("the first reply holds the state"), replies }
    }

    /// Waits until the state, as it is told, fits.
    #[track_caller]
    pub fn until(&mut self, fits: impl Fn(&State) -> bool) -> &State {
        while !fits(&self.state) {
            match self.replies.next() {
                Some(Ok(change)) => self.state.apply(change),
                other => panic!("{other:?} while the state was {:?}", self.state),
            }
        }
        &self.state
    }

    #[track_caller]
    pub fn until_engine(&mut self, kind: EngineKind, fits: impl Fn(&Engine) -> bool) -> Engine {
        let state = self.until(|state| fits(engine(state, kind)));
        engine(state, kind).clone()
    }
}

fn engine(state: &State, kind: EngineKind) -> &Engine {
    state.engines.iter().find(|engine| engine.name == kind).expect("both engines are always listed")
}
