//! Keys from the desktop's portal for shortcuts: the desktop decides which keys they are, and its settings can change them. hob asks for
//! the ones of its configuration and is told what became of them.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use ashpd::desktop::CreateSessionOptions;
use ashpd::desktop::global_shortcuts::{
    Activated, BindShortcutsOptions, Deactivated, GlobalShortcuts, NewShortcut, Shortcut, ShortcutsChanged,
};
use ashpd::desktop::{ResponseError, Session};
use tokio::sync::{mpsc, watch};
use tokio_stream::StreamExt;
use zbus::fdo::DBusProxy;
use zbus::{Connection, Message};

use super::key::Key;
use super::source::{Bound, News, Source};
use crate::core::{Binding, Motion};

const PORTAL: &str = "org.freedesktop.portal.Desktop";
/// Under which name desktops keep what they have been told about hob's keys.
const APPLICATION: &str = "dev.hob.Hob";

type Wanted = Option<Vec<(Binding, Key)>>;

/// Dropped, it closes its session, and the desktop forgets the keys.
#[derive(Debug)]
pub struct Portal {
    /// `None` until keys are wanted for the first time.
    wanted: watch::Sender<Wanted>,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("there is no session bus")]
    NoBus(#[source] zbus::Error),
    #[error("the bus does not tell who is there")]
    Bus(#[from] zbus::Error),
    #[error("the portal of this desktop gives no keys: {0}")]
    Refused(#[from] ashpd::Error),
    #[error("the portal has ended")]
    Gone,
    #[error("the desktop has closed the session for keys")]
    Closed,
}

impl Portal {
    /// `address`: of a bus; `None` is the session's.
    pub fn start(address: Option<String>, news: mpsc::Sender<News>) -> Self {
        let (wanted, keys) = watch::channel(None);
        tokio::spawn(async move {
            if let Err(problem) = serve(address, keys, &news).await {
                // The keeper may have ended.
                let _ = news.send(News::Lost { why: problem.to_string() }).await;
            }
        });
        Self { wanted }
    }
}

impl Source for Portal {
    fn bind(&mut self, keys: Vec<(Binding, Key)>) {
        self.wanted.send_replace(Some(keys));
    }
}

/// Until nobody wants keys any more.
async fn serve(
    address: Option<String>,
    mut keys: watch::Receiver<Wanted>,
    news: &mpsc::Sender<News>,
) -> Result<(), Problem> {
    let connection = connect(address).await.map_err(Problem::NoBus)?;
    // Has to be the first thing that a portal hears from a connection.
    let application = APPLICATION.try_into().expect("it is a name in reverse, as applications have");
    if let Err(error) = ashpd::register_host_app_with_connection(connection.clone(), application).await {
        tracing::debug!("the portal does not take down who asks: {error}");
    }
    let shortcuts = GlobalShortcuts::with_connection(connection.clone()).await?;
    // One stream for all: two would give a press and its release in either order.
    let mut signals = shortcuts.receive_all_signals().await?;
    let bus = DBusProxy::new(&connection).await?;
    let mut owners = bus.receive_name_owner_changed_with_args(&[(0, PORTAL)]).await?;

    let mut down = BTreeMap::new();
    while let Ok(wanted) = keys.wait_for(Option::is_some).await.map(|wanted| wanted.clone().unwrap_or_default()) {
        keys.mark_unchanged();
        // Shortcuts can be bound once in a session, so other keys take another session.
        let session = shortcuts.create_session(CreateSessionOptions::default()).await?;
        let mut closed = pin!(session.receive_closed().await?);
        let mut bounds = bind(&shortcuts, &session, &wanted).await?;
        let _ = news.send(News::Bound(bounds.clone())).await;
        loop {
            tokio::select! {
                Some(signal) = signals.next() => match read(&signal) {
                    Some(Told::Pressed(id)) => {
                        let found = wanted.iter().find(|(binding, _)| identity(binding) == id);
                        // Some desktops tell of repeats as well.
                        if let Some((binding, _)) = found && !down.contains_key(&id) {
                            down.insert(id, binding.clone());
                            let _ = news.send(News::Moved(binding.clone(), Motion::Pressed)).await;
                        }
                    }
                    Some(Told::Released(id)) => {
                        if let Some(binding) = down.remove(&id) {
                            let _ = news.send(News::Moved(binding, Motion::Released)).await;
                        }
                    }
                    Some(Told::Changed(shortcuts)) => {
                        rename(&mut bounds, &shortcuts);
                        let _ = news.send(News::Bound(bounds.clone())).await;
                    }
                    None => {}
                },
                // Not while one is down: its release would come no more.
                now = keys.changed(), if down.is_empty() => {
                    // The desktop forgets the session anyway when it is asked no more.
                    let _ = session.close().await;
                    if now.is_err() {
                        return Ok(());
                    }
                    break;
                }
                Some(_) = closed.next() => return Err(Problem::Closed),
                Some(_) = owners.next() => return Err(Problem::Gone),
                () = connection.closed() => return Err(Problem::Gone),
            }
        }
    }
    Ok(())
}

/// What a portal tells of keys, each by its identity.
enum Told {
    Pressed(String),
    Released(String),
    Changed(Vec<Shortcut>),
}

/// `None` of a signal that is of no use here, or not as it has to be.
fn read(signal: &Message) -> Option<Told> {
    let body = signal.body();
    match signal.header().member()?.as_str() {
        "Activated" => Some(Told::Pressed(body.deserialize::<Activated>().ok()?.shortcut_id().to_owned())),
        "Deactivated" => Some(Told::Released(body.deserialize::<Deactivated>().ok()?.shortcut_id().to_owned())),
        "ShortcutsChanged" => Some(Told::Changed(body.deserialize::<ShortcutsChanged>().ok()?.shortcuts().to_vec())),
        _ => None,
    }
}

async fn connect(address: Option<String>) -> zbus::Result<Connection> {
    match address {
        Some(address) => zbus::connection::Builder::address(address.as_str())?.build().await,
        None => Connection::session().await,
    }
}

async fn bind(
    shortcuts: &GlobalShortcuts,
    session: &Session<GlobalShortcuts>,
    wanted: &[(Binding, Key)],
) -> Result<Vec<Bound>, Problem> {
    let new = |(binding, key): &(Binding, Key)| {
        NewShortcut::new(identity(binding), describe(binding)).preferred_trigger(key.trigger().as_str())
    };
    let new: Vec<_> = wanted.iter().map(new).collect();
    let request = shortcuts.bind_shortcuts(session, &new, None, BindShortcutsOptions::default()).await?;
    let (taken, problem) = match request.response() {
        Ok(response) => (response.shortcuts().to_vec(), "the desktop has not taken it"),
        Err(ashpd::Error::Response(ResponseError::Cancelled)) => (Vec::new(), "it was declined when the desktop asked"),
        Err(error) => return Err(error.into()),
    };
    let ids: BTreeSet<_> = taken.iter().map(Shortcut::id).collect();
    let bound = |(binding, key): &(Binding, Key)| {
        let is_taken = ids.contains(identity(binding).as_str());
        Bound { binding: binding.clone(), key: key.to_string(), problem: (!is_taken).then(|| problem.to_owned()) }
    };
    let mut bounds: Vec<_> = wanted.iter().map(bound).collect();
    rename(&mut bounds, &taken);
    Ok(bounds)
}

/// The desktop may have chosen another key, or has none for it yet.
fn rename(bounds: &mut [Bound], shortcuts: &[Shortcut]) {
    for shortcut in shortcuts {
        let known = bounds.iter_mut().find(|bound| identity(&bound.binding) == shortcut.id());
        if let Some(bound) = known {
            bound.problem = None;
            let name = shortcut.trigger_description();
            bound.key = if name.is_empty() { "as the desktop's settings say".to_owned() } else { name.to_owned() };
        }
    }
}

/// By which the desktop remembers a key.
fn identity(binding: &Binding) -> String {
    match binding {
        Binding::Action(action) => format!("action-{action}"),
        other => other.to_string(),
    }
}

/// For the desktop's settings.
fn describe(binding: &Binding) -> String {
    match binding {
        Binding::Dictate => "Hold to dictate, or press to begin and to end".to_owned(),
        Binding::Cancel => "Throw the dictation away".to_owned(),
        Binding::Undo => "Take back what was inserted last".to_owned(),
        Binding::Menu => "Show the text actions".to_owned(),
        Binding::Action(action) => format!("Text action on the selection: {action}"),
    }
}
