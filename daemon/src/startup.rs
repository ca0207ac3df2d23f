//! From the arguments to a running daemon, and from a signal to its end.

use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::time::Duration;

use hob_models::{ModelError, Store};
use hob_protocol::socket;
use listenfd::ListenFd;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::{self, ConfigError};
use crate::daemon::{Daemon, Setup};
use crate::desktop;
use crate::engine::Builds;
use crate::ipc::{BindError, Connections, Listener};
use crate::logging::LogError;
use crate::requests::Requests;

/// How long the daemon's end waits for clients to take their last reply.
const FAREWELL: Duration = Duration::from_secs(1);

/// Where things are, if not at their usual places.
#[derive(Debug, Default)]
pub struct Places {
    pub socket: Option<PathBuf>,
    pub config: Option<PathBuf>,
    pub models: Option<PathBuf>,
    pub engines: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum StartupError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    NoSocketPath(#[from] socket::NoSocketPath),
    #[error(transparent)]
    NoConfigPath(#[from] config::NoConfigPath),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Models(#[from] ModelError),
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error("cannot tell where hobd lies")]
    Program(#[source] std::io::Error),
    #[error("cannot watch for signals")]
    Signals(#[source] std::io::Error),
    #[error("cannot start the runtime")]
    Runtime(#[source] std::io::Error),
}

impl StartupError {
    /// The next step for the person who started us, if the error knows one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Log(error) => error.hint(),
            Self::Config(error) => hob_protocol::Error::from(error.clone()).hint(),
            Self::Models(error) => error.hint(),
            Self::Bind(error) => Some(error.hint().to_owned()),
            Self::NoSocketPath(_) | Self::NoConfigPath(_) => {
                Some("start it in a login session, or set HOB_SOCKET, HOB_CONFIG and HOB_MODELS".to_owned())
            }
            Self::Program(_) | Self::Signals(_) | Self::Runtime(_) => None,
        }
    }
}

/// Starts the runtime and runs the daemon in it.
pub fn start(places: Places) -> Result<(), StartupError> {
    crate::heap::give_back();
    crate::logging::start()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(StartupError::Runtime)?;
    let result = runtime.block_on(run(places));
    // A blocking read that nobody waits for any more must not hold the daemon's end up.
    runtime.shutdown_background();
    result
}

/// Runs the daemon until it is told to end.
async fn run(places: Places) -> Result<(), StartupError> {
    let variable = |name: &str| std::env::var_os(name);
    let socket = places.socket.map_or_else(|| socket::path(variable), Ok)?;
    let config_path = places.config.map_or_else(|| config::path(variable), Ok)?;
    let models = places.models.map_or_else(Store::default_folder, Ok)?;
    let config = config::load(&config_path)?;
    let listener = listen(&socket)?;
    let program = std::env::current_exe().map_err(StartupError::Program)?;
    let connections = Connections::new(config.limits.connections);
    let (daemon, requests) = Daemon::new(Setup {
        config,
        config_path,
        socket,
        store: Store::new(models),
        builds: Builds::find(places.engines.as_ref().map(|folder| folder.as_os_str()), &program),
        state_folder: state_folder(),
        connections: connections.clone(),
    });
    let stop = stop_on_signals()?;
    let listening = tokio::spawn(listener.serve(requests.clone(), connections.clone()));
    let on_bus = tokio::spawn(serve_bus(requests));
    ready();
    daemon.run(stop).await;
    listening.abort();
    // Every connection now writes its last reply. Clients that stay on do not keep us.
    let _ = tokio::time::timeout(FAREWELL, async { tokio::join!(connections.all_closed(), on_bus) }).await;
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
    tracing::info!("ended");
    Ok(())
}

async fn serve_bus(requests: Requests) {
    if let Err(error) = desktop::serve(requests).await {
        tracing::warn!("D-Bus is not served any more: {error}");
    }
}

fn listen(path: &std::path::Path) -> Result<Listener, BindError> {
    let passed: Option<UnixListener> = ListenFd::from_env().take_unix_listener(0).map_err(BindError::Activation)?;
    match passed {
        Some(listener) => Listener::adopt(listener),
        None => Listener::bind(path),
    }
}

/// Tells systemd, and the person in front of a terminal.
fn ready() {
    tracing::info!("ready, version {}", hob_protocol::VERSION);
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
}

fn stop_on_signals() -> Result<watch::Receiver<bool>, StartupError> {
    let (stop, stopping) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate()).map_err(StartupError::Signals)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(StartupError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(StartupError::Signals)?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
        stop.send_replace(true);
    });
    Ok(stopping)
}

fn state_folder() -> Option<PathBuf> {
    use etcetera::BaseStrategy;

    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.state_dir()?.join("hob"))
}
