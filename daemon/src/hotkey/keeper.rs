//! Keeps one source of keys at work: the one that suits the desktop as it is now and the configuration as it is now. When it is lost,
//! the core is told, and it is looked for again when a display comes.

use std::time::Duration;

use hob_protocol::daemon::{Part, PartState};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::choice::{Choice, Kind, Portal, Surroundings, choose};
use super::key::Key;
use super::source::{Bound, News, Source};
use super::{Settings, evdev, global, part, portal, x11};
use crate::core::{Binding, Event};
use crate::graphical_session::Variables;
use crate::requests::Requests;
use crate::session_bus::Owner;

/// Keys that may wait for the loop. When it is full, the source waits, and the desktop keeps what it has to tell.
const NEWS_CAPACITY: usize = 64;

/// A server makes its socket a moment before it listens there.
const RETRIES: [Duration; 4] =
    [Duration::from_millis(20), Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2)];

/// What the choice depends on.
pub struct Around {
    pub settings: watch::Receiver<Settings>,
    /// Changes when a display comes or goes.
    pub displays: watch::Receiver<()>,
    /// What the environment says of the session.
    pub session: watch::Receiver<Variables>,
    /// Who has the portal's name on the session bus.
    pub portal: watch::Receiver<Owner>,
}

struct Keeper {
    requests: Requests,
    part: watch::Sender<Part>,
    settings: Settings,
    session: Variables,
    portal: Portal,
    running: Option<Running>,
    retries: std::slice::Iter<'static, Duration>,
    retry_at: Option<Instant>,
}

struct Running {
    kind: Kind,
    why: String,
    limit: Option<&'static str>,
    way_out: String,
    source: Box<dyn Source>,
    news: mpsc::Receiver<News>,
    /// Keys of the configuration that are none.
    refused: Vec<Bound>,
}

/// Until the daemon ends.
pub async fn keep(requests: Requests, mut around: Around, part: watch::Sender<Part>) {
    let mut keeper = Keeper {
        requests,
        part,
        settings: around.settings.borrow_and_update().clone(),
        session: around.session.borrow_and_update().clone(),
        portal: there(*around.portal.borrow_and_update()),
        running: None,
        retries: RETRIES.iter(),
        retry_at: None,
    };
    let (mut has_displays, mut has_session, mut has_bus) = (true, true, true);
    keeper.choose().await;
    loop {
        tokio::select! {
            changed = around.settings.changed() => {
                if changed.is_err() {
                    return;
                }
                keeper.settings = around.settings.borrow_and_update().clone();
                keeper.retries = RETRIES.iter();
                keeper.bind_again().await;
            }
            changed = around.displays.changed(), if has_displays => {
                has_displays = changed.is_ok();
                keeper.retries = RETRIES.iter();
                keeper.choose().await;
            }
            changed = around.session.changed(), if has_session => {
                has_session = changed.is_ok();
                keeper.session = around.session.borrow_and_update().clone();
                keeper.retries = RETRIES.iter();
                keeper.choose().await;
            }
            changed = around.portal.changed(), if has_bus => {
                has_bus = changed.is_ok();
                keeper.portal = there(*around.portal.borrow_and_update());
                keeper.retries = RETRIES.iter();
                keeper.choose().await;
            }
            news = next(&mut keeper.running) => keeper.take(news).await,
            () = until(keeper.retry_at) => keeper.choose().await,
        }
    }
}

impl Keeper {
    /// Another configuration: the same source with other keys, or another source.
    async fn bind_again(&mut self) {
        self.choose().await;
        if let Some(running) = &mut self.running {
            let (keys, refused) = read(&self.settings);
            running.refused = refused;
            running.source.bind(keys);
        }
    }

    /// Starts the source that suits best, unless it runs.
    async fn choose(&mut self) {
        self.retry_at = None;
        let surroundings = Surroundings { session: self.session.clone(), portal: self.portal };
        let (keys, refused) = read(&self.settings);
        let choice = if keys.is_empty() && refused.is_empty() {
            Choice::Off
        } else {
            choose(self.settings.source, &surroundings)
        };
        match choice {
            Choice::Use { kind, .. } if self.running.as_ref().is_some_and(|running| running.kind == kind) => {}
            Choice::Use { kind, why, limit, way_out } => {
                self.stop().await;
                let (tell, news) = mpsc::channel(NEWS_CAPACITY);
                match start(&kind, tell) {
                    Ok(mut source) => {
                        source.bind(keys);
                        self.running = Some(Running { kind, why, limit, way_out, source, news, refused });
                    }
                    Err(error) => self.show(part::lost(&kind, &error.to_string(), &way_out)),
                }
            }
            Choice::Off => {
                self.stop().await;
                self.show(part::off(self.settings.source));
            }
            Choice::Nothing { why, hint } => {
                self.stop().await;
                self.show(part::nothing(&why, &hint));
            }
        }
    }

    async fn take(&mut self, news: News) {
        match news {
            News::Moved(binding, motion) => self.requests.tell(Event::Key { binding, motion }).await,
            News::Bound(bounds) => {
                // It works: the next loss is a new one.
                self.retries = RETRIES.iter();
                if let Some(running) = &self.running {
                    let bounds = [bounds, running.refused.clone()].concat();
                    self.show(part::of(&running.kind, &running.why, running.limit, &bounds));
                }
            }
            News::Lost { why } => {
                if let Some(running) = self.running.take() {
                    self.requests.tell(Event::KeysLost).await;
                    self.show(part::lost(&running.kind, &why, &running.way_out));
                }
                self.retry_at = self.retries.next().map(|pause| Instant::now() + *pause);
            }
        }
    }

    /// Whatever is held by it counts as lost, and its words are kept.
    async fn stop(&mut self) {
        if self.running.take().is_some() {
            self.requests.tell(Event::KeysLost).await;
        }
    }

    fn show(&self, part: Part) {
        self.part.send_if_modified(|shown| {
            let is_new = *shown != part;
            if is_new {
                let using = if part.using.is_empty() { "none" } else { &part.using };
                match part.state {
                    PartState::Limited => tracing::warn!("hotkeys: {using}: {}", part.why),
                    PartState::Works | PartState::Off | PartState::Missing => {
                        tracing::info!("hotkeys: {using}: {}", part.why);
                    }
                }
                *shown = part;
            }
            is_new
        });
    }
}

fn start(kind: &Kind, news: mpsc::Sender<News>) -> std::io::Result<Box<dyn Source>> {
    match kind {
        Kind::X11(session) => x11::start(session.clone(), news),
        Kind::GlobalHotkey(session) => global::start(session.clone(), news),
        Kind::Portal => Ok(Box::new(portal::Portal::start(None, news))),
        Kind::Evdev => evdev::start(evdev::Places::default(), news),
    }
}

fn there(owner: Owner) -> Portal {
    match owner {
        Owner::NoBus | Owner::Nobody => Portal::Absent,
        Owner::OnDemand | Owner::Somebody(_) => Portal::There,
    }
}

/// The keys of the configuration, and those that are none.
fn read(settings: &Settings) -> (Vec<(Binding, Key)>, Vec<Bound>) {
    let (mut keys, mut refused) = (Vec::new(), Vec::new());
    for (binding, written) in settings.keys.iter().filter(|(_, written)| !written.is_empty()) {
        match Key::parse(written) {
            Ok(key) => keys.push((binding.clone(), key)),
            Err(problem) => {
                let (binding, key, problem) = (binding.clone(), written.clone(), Some(problem.to_string()));
                refused.push(Bound { binding, key, problem });
            }
        }
    }
    (keys, refused)
}

/// The next news of the source, if there is one. A source that ends without a word was lost.
async fn next(running: &mut Option<Running>) -> News {
    match running {
        Some(running) => {
            let why = || "it ended without saying why".to_owned();
            running.news.recv().await.unwrap_or_else(|| News::Lost { why: why() })
        }
        None => std::future::pending().await,
    }
}

async fn until(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}
