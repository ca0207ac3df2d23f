//! What is known of the person's session on a display, wherever hobd was started. A user manager may start it before there is a
//! display; the desktop then tells the manager about itself, and that is where this looks, whenever something happens that may go with
//! it. Nothing is asked for in between, and nothing at all once hobd's own environment names a display.

use std::collections::HashMap;
use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio_stream::StreamExt;
use zbus::message::Type;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, MatchRule, MessageStream};

use crate::displays;
use crate::session_bus::{Owner, SessionBus, USER_MANAGER};

const MANAGER: &str = "org.freedesktop.systemd1.Manager";
const MANAGER_PATH: &str = "/org/freedesktop/systemd1";
/// `graphical-session.target`, as the manager writes it in a path.
const TARGET_PATH: &str = "/org/freedesktop/systemd1/unit/graphical_2dsession_2etarget";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// A desktop tells the manager a while after its display is there.
const RETRIES: [Duration; 5] = [
    Duration::from_millis(20),
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(8),
];

/// A manager that does not answer for so long has stopped.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the environment says of the session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variables {
    /// `DISPLAY`: an X server, on Wayland the one for programs that know no better.
    pub display: Option<OsString>,
    /// `WAYLAND_DISPLAY`: a name in the session's folder, or a whole path.
    pub wayland: Option<OsString>,
    /// `XAUTHORITY`.
    pub authority: Option<PathBuf>,
    /// `XDG_SESSION_TYPE`.
    pub kind: Option<OsString>,
    /// `XDG_CURRENT_DESKTOP`.
    pub desktop: Option<OsString>,
    /// `XDG_RUNTIME_DIR`: the session's folder.
    pub folder: Option<PathBuf>,
}

impl Variables {
    /// Of this process.
    pub fn own() -> Self {
        Self::of(|name| std::env::var_os(name))
    }

    pub fn of(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let named = |name: &str| variable(name).filter(|value| !value.is_empty());
        Self {
            display: named("DISPLAY"),
            wayland: named("WAYLAND_DISPLAY"),
            authority: named("XAUTHORITY").map(PathBuf::from),
            kind: named("XDG_SESSION_TYPE"),
            desktop: named("XDG_CURRENT_DESKTOP"),
            folder: named("XDG_RUNTIME_DIR").map(PathBuf::from),
        }
    }

    pub fn name_a_display(&self) -> bool {
        self.display.is_some() || self.wayland.is_some()
    }

    pub fn kind(&self) -> Kind {
        match self.kind.as_deref().and_then(|kind| kind.to_str()) {
            Some("wayland") => Kind::Wayland,
            Some("x11") if self.display.is_some() => Kind::X11,
            _ if self.wayland.is_some() => Kind::Wayland,
            _ if self.display.is_some() => Kind::X11,
            _ => Kind::None,
        }
    }

    /// For a program that is to show something on the display.
    pub fn for_programs(&self) -> impl Iterator<Item = (&'static str, OsString)> {
        let path = |path: &Option<PathBuf>| path.clone().map(PathBuf::into_os_string);
        let all = [
            ("DISPLAY", self.display.clone()),
            ("WAYLAND_DISPLAY", self.wayland.clone()),
            ("XAUTHORITY", path(&self.authority)),
            ("XDG_SESSION_TYPE", self.kind.clone()),
            ("XDG_CURRENT_DESKTOP", self.desktop.clone()),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    None,
    X11,
    Wayland,
}

/// The session as it is known just now, for as long as the daemon runs.
#[derive(Debug, Clone)]
pub struct GraphicalSession {
    pub variables: watch::Receiver<Variables>,
    look: Arc<Notify>,
}

impl GraphicalSession {
    pub fn follow(bus: &SessionBus) -> Self {
        Self::follow_from(Variables::own(), bus)
    }

    fn follow_from(own: Variables, bus: &SessionBus) -> Self {
        let has_display = own.name_a_display();
        let (tell, variables) = watch::channel(own);
        let look = Arc::new(Notify::new());
        let follower = Follower { look: look.clone(), tell, manager: bus.user_manager.clone(), targets: None };
        if has_display {
            tokio::spawn(follower.keep());
        } else {
            look_at_displays(look.clone());
            let signs = [bus.tray_host.clone(), bus.notifications.clone(), bus.portal.clone()];
            tokio::spawn(follower.run(signs));
        }
        Self { variables, look }
    }

    /// Something is about to be done on the display: if none is known, it is looked for once more.
    pub fn look_again(&self) {
        self.look.notify_one();
    }

    /// That never changes.
    pub fn fixed(variables: Variables) -> Self {
        Self { variables: watch::channel(variables).1, look: Arc::new(Notify::new()) }
    }
}

fn look_at_displays(look: Arc<Notify>) {
    displays::watch(move || {
        look.notify_one();
        if Arc::strong_count(&look) > 1 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
}

struct Follower {
    look: Arc<Notify>,
    tell: watch::Sender<Variables>,
    manager: watch::Receiver<Owner>,
    /// Tells when the session of a desktop begins; only while no display is known.
    targets: Option<MessageStream>,
}

impl Follower {
    /// What is known cannot become better.
    async fn keep(self) {
        self.tell.closed().await;
    }

    async fn run(mut self, mut signs: [watch::Receiver<Owner>; 3]) {
        loop {
            let mut retries = RETRIES.iter();
            loop {
                if self.ask().await {
                    break;
                }
                let Some(pause) = retries.next() else { break };
                tokio::select! {
                    () = tokio::time::sleep(*pause) => {}
                    () = self.look.notified() => {}
                }
            }
            let [tray_host, notifications, portal] = &mut signs;
            let ended = tokio::select! {
                () = self.look.notified() => false,
                Some(_) = next(&mut self.targets) => false,
                changed = self.manager.changed() => changed.is_err(),
                changed = tray_host.changed() => changed.is_err(),
                changed = notifications.changed() => changed.is_err(),
                changed = portal.changed() => changed.is_err(),
                () = self.tell.closed() => true,
            };
            if ended {
                return;
            }
        }
    }

    /// Asks the manager. Whether there is nothing more to be had just now.
    async fn ask(&mut self) -> bool {
        if !matches!(*self.manager.borrow_and_update(), Owner::Somebody(_)) {
            return true;
        }
        let found = tokio::time::timeout(PATIENCE, environment()).await;
        let (connection, environment) = match found {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                tracing::debug!("the user manager does not tell its environment: {error}");
                return false;
            }
            Err(_) => return false,
        };
        let fresh = Variables::of(|name| environment.get(name).cloned().or_else(|| std::env::var_os(name)));
        let has_display = fresh.name_a_display();
        if has_display {
            self.targets = None;
        } else if self.targets.is_none() {
            self.targets = targets(&connection).await.ok();
            tracing::debug!("the user manager names no display");
        }
        self.tell.send_if_modified(|known| {
            let is_new = *known != fresh;
            if is_new && has_display {
                let name = fresh.wayland.as_deref().or(fresh.display.as_deref()).unwrap_or_default();
                tracing::info!("the user manager names the display {}", name.to_string_lossy());
            }
            *known = fresh;
            is_new
        });
        has_display
    }
}

async fn next(stream: &mut Option<MessageStream>) -> Option<zbus::Result<zbus::Message>> {
    match stream {
        Some(stream) => stream.next().await,
        None => std::future::pending().await,
    }
}

/// What desktops have told the user manager of themselves: `systemctl --user import-environment`.
async fn environment() -> zbus::Result<(Connection, HashMap<String, OsString>)> {
    let connection = Connection::session().await?;
    let property = (MANAGER, "Environment");
    let reply = connection.call_method(Some(USER_MANAGER), MANAGER_PATH, Some(PROPERTIES), "Get", &property).await?;
    let lines = Vec::<String>::try_from(reply.body().deserialize::<OwnedValue>()?)?;
    let pair = |line: &String| line.split_once('=').map(|(name, value)| (name.to_owned(), OsString::from(value)));
    Ok((connection, lines.iter().filter_map(pair).collect()))
}

/// The session's own target, in desktops that have one, begins when all is told.
async fn targets(connection: &Connection) -> zbus::Result<MessageStream> {
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(USER_MANAGER)?
        .path(TARGET_PATH)?
        .interface(PROPERTIES)?
        .member("PropertiesChanged")?
        .build();
    let stream = MessageStream::for_match_rule(rule, connection, Some(4)).await?;
    connection.call_method(Some(USER_MANAGER), MANAGER_PATH, Some(MANAGER), "Subscribe", &()).await?;
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(all: &[(&str, &str)]) -> Variables {
        Variables::of(|name| all.iter().find(|(found, _)| *found == name).map(|(_, value)| (*value).into()))
    }

    #[test]
    fn the_session_is_told_by_the_environment() {
        for (all, kind) in [
            ([("DISPLAY", ":1"), ("", ""), ("", "")].as_slice(), Kind::X11),
            (&[("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-1")], Kind::Wayland),
            (&[("XDG_SESSION_TYPE", "x11"), ("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "nested")], Kind::X11),
            (&[("XDG_SESSION_TYPE", "wayland"), ("DISPLAY", ":0")], Kind::Wayland),
            (&[("XDG_SESSION_TYPE", "tty")], Kind::None),
            (&[("DISPLAY", "")], Kind::None),
            (&[], Kind::None),
        ] {
            assert_eq!(variables(all).kind(), kind, "{all:?}");
        }
    }

    #[test]
    fn programs_get_what_is_known() {
        let known = variables(&[("DISPLAY", ":1"), ("XAUTHORITY", "/run/cookie"), ("XDG_RUNTIME_DIR", "/run")]);
        let told: Vec<_> = known.for_programs().collect();
        assert_eq!(told, [("DISPLAY", ":1".into()), ("XAUTHORITY", "/run/cookie".into())]);
    }
}
