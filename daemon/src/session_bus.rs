//! The session bus as the adapters of the desktop see it: whether it is there, and who owns the names that matter to them. One
//! connection for all of them. A bus that is absent or goes away is waited for: its socket's folder tells when it comes back.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::inotify;
use tokio::io::unix::AsyncFd;
use tokio::sync::watch;
use tokio_stream::{StreamExt, StreamMap};
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;

/// Who shows tray icons.
pub const TRAY_HOST: &str = "org.kde.StatusNotifierWatcher";
/// Who shows notifications.
pub const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
/// Who asks the person on behalf of programs.
pub const PORTAL: &str = "org.freedesktop.portal.Desktop";
/// Who starts the person's services: systemd, where the session has it.
pub const USER_MANAGER: &str = "org.freedesktop.systemd1";

const NAMES: [&str; 4] = [TRAY_HOST, NOTIFICATIONS, PORTAL, USER_MANAGER];
/// A bus binds its socket a moment before it listens there.
const RETRIES: [Duration; 4] =
    [Duration::from_millis(20), Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2)];

/// Who has a name on the bus.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Owner {
    /// There is no bus, or nobody has asked it yet.
    #[default]
    NoBus,
    Nobody,
    /// The bus starts the program when it is needed.
    OnDemand,
    /// Some program has it; another one has another number.
    Somebody(u64),
}

/// What is known of the bus, for as long as the daemon runs.
#[derive(Debug)]
pub struct SessionBus {
    pub tray_host: watch::Receiver<Owner>,
    pub notifications: watch::Receiver<Owner>,
    pub portal: watch::Receiver<Owner>,
    pub user_manager: watch::Receiver<Owner>,
}

impl SessionBus {
    pub fn follow() -> Self {
        let (owners, [tray_host, notifications, portal, user_manager]) = channels();
        tokio::spawn(follow(Address::of_session(), owners));
        Self { tray_host, notifications, portal, user_manager }
    }
}

type Owners = [watch::Sender<Owner>; NAMES.len()];

fn channels() -> (Owners, [watch::Receiver<Owner>; NAMES.len()]) {
    let owners = NAMES.map(|_| watch::Sender::new(Owner::NoBus));
    let seen = owners.each_ref().map(watch::Sender::subscribe);
    (owners, seen)
}

/// Never ends.
async fn follow(address: Address, owners: Owners) {
    let mut changes = 0;
    loop {
        let connection = address.connect().await;
        if let Err(error) = follow_names(&connection, &owners, &mut changes).await {
            tracing::debug!("the session bus does not tell who is there: {error}");
            // A bus that refuses to tell is of no use, but it is there.
            connection.closed().await;
        }
        tracing::info!("the session bus is gone");
        for owner in &owners {
            owner.send_replace(Owner::NoBus);
        }
    }
}

/// Until the bus is gone.
async fn follow_names(connection: &Connection, owners: &Owners, changes: &mut u64) -> zbus::Result<()> {
    let bus = DBusProxy::new(connection).await?;
    let mut news = StreamMap::new();
    for (index, name) in NAMES.into_iter().enumerate() {
        news.insert(index, bus.receive_name_owner_changed_with_args(&[(0, name)]).await?);
    }
    // After the subscription, so that nothing is missed in between.
    for (name, owner) in NAMES.into_iter().zip(owners) {
        let has_owner = bus.name_has_owner(BusName::try_from(name)?).await?;
        *changes += 1;
        owner.send_replace(if has_owner { Owner::Somebody(*changes) } else { unowned(&bus, name).await? });
    }
    loop {
        let (index, change) = tokio::select! {
            Some(news) = news.next() => news,
            () = connection.closed() => return Ok(()),
        };
        let there = change.args()?.new_owner().is_some();
        *changes += 1;
        let now = if there { Owner::Somebody(*changes) } else { unowned(&bus, NAMES[index]).await? };
        owners[index].send_replace(now);
    }
}

async fn unowned(bus: &DBusProxy<'_>, name: &str) -> zbus::Result<Owner> {
    let on_demand = bus.list_activatable_names().await?;
    Ok(if on_demand.iter().any(|found| found.as_str() == name) { Owner::OnDemand } else { Owner::Nobody })
}

/// Where the bus is, and the file whose appearance tells that it has come.
#[derive(Debug)]
struct Address {
    /// `None` is where the environment says.
    bus: Option<String>,
    socket: Option<PathBuf>,
}

impl Address {
    fn of_session() -> Self {
        Self { bus: None, socket: socket(|name| std::env::var_os(name)) }
    }

    /// Waits until there is a bus.
    async fn connect(&self) -> Connection {
        loop {
            // Before the attempt, so that no arrival is missed.
            let arrivals = self.socket.as_deref().and_then(Arrivals::watch);
            for pause in std::iter::once(Duration::ZERO).chain(RETRIES) {
                tokio::time::sleep(pause).await;
                match self.try_connect().await {
                    Ok(connection) => return connection,
                    Err(error) => tracing::debug!("no session bus yet: {error}"),
                }
                if self.socket.as_deref().is_some_and(|socket| !socket.exists()) {
                    break;
                }
            }
            match arrivals {
                Some(arrivals) => arrivals.next().await,
                None => std::future::pending().await,
            }
        }
    }

    async fn try_connect(&self) -> zbus::Result<Connection> {
        match &self.bus {
            Some(address) => zbus::connection::Builder::address(address.as_str())?.build().await,
            None => Connection::session().await,
        }
    }
}

/// The socket of the session bus as a file, if it is one.
fn socket(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let Some(address) = variable("DBUS_SESSION_BUS_ADDRESS") else {
        return Some(Path::new(&variable("XDG_RUNTIME_DIR")?).join("bus"));
    };
    let address = address.into_string().ok()?;
    let keys = address.strip_prefix("unix:")?.split([',', ';']);
    keys.into_iter().find_map(|key| key.strip_prefix("path=")).map(PathBuf::from)
}

/// New files in the folder of the socket.
#[derive(Debug)]
struct Arrivals {
    watch: AsyncFd<OwnedFd>,
    name: OsString,
}

impl Arrivals {
    /// `None` if the folder cannot be watched; then a bus that comes later is not found.
    fn watch(socket: &Path) -> Option<Self> {
        let (folder, name) = (socket.parent()?, socket.file_name()?.to_owned());
        let watch = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK).ok()?;
        inotify::add_watch(&watch, folder, inotify::WatchFlags::CREATE | inotify::WatchFlags::MOVED_TO).ok()?;
        #[expect(
            deprecated,
            reason = "its successor is unsafe for the sake of descriptors that others close; this one is owned"
        )]
        let watch = AsyncFd::new(watch).ok()?;
        Some(Self { watch, name })
    }

    async fn next(&self) {
        let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
        loop {
            let Ok(mut ready) = self.watch.readable().await else { return std::future::pending().await };
            let mut events = inotify::Reader::new(self.watch.get_ref(), &mut buffer);
            while let Ok(event) = events.next() {
                if event.file_name().is_some_and(|name| name.to_bytes() == self.name.as_encoded_bytes()) {
                    return;
                }
            }
            ready.clear_ready();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use tempfile::TempDir;
    use tokio::io::{AsyncBufReadExt, BufReader};
    use tokio::process::{Child, Command};

    use super::*;

    async fn soon<T>(work: impl Future<Output = T>) -> T {
        tokio::time::timeout(Duration::from_mins(1), work).await.expect("it happens soon")
    }

    async fn start_bus(folder: &TempDir) -> Child {
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address"])
            .arg(format!("--address=unix:path={}", folder.path().join("bus").display()))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("dbus-daemon is installed (packaging/deps.sh)");
        soon(BufReader::new(bus.stdout.take().unwrap()).lines().next_line()).await.unwrap();
        bus
    }

    fn address(folder: &TempDir) -> Address {
        let socket = folder.path().join("bus");
        Address { bus: Some(format!("unix:path={}", socket.display())), socket: Some(socket) }
    }

    async fn until(seen: &mut watch::Receiver<Owner>, fits: impl Fn(Owner) -> bool) -> Owner {
        *soon(seen.wait_for(|owner| fits(*owner))).await.unwrap()
    }

    #[test]
    fn the_socket_is_found_in_the_environment() {
        let environment = |address: Option<&'static str>| {
            move |name: &str| match name {
                "DBUS_SESSION_BUS_ADDRESS" => address.map(OsString::from),
                _ => Some("/run/user/1000".into()),
            }
        };
        assert_eq!(socket(environment(None)), Some("/run/user/1000/bus".into()));
        assert_eq!(socket(environment(Some("unix:path=/tmp/bus,guid=1"))), Some("/tmp/bus".into()));
        assert_eq!(socket(environment(Some("unix:abstract=/tmp/bus"))), None);
    }

    #[tokio::test]
    async fn a_bus_that_comes_goes_and_comes_back_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (owners, [mut tray_host, ..]) = channels();
        let following = tokio::spawn(follow(address(&folder), owners));
        let mut bus = start_bus(&folder).await;
        until(&mut tray_host, |owner| owner == Owner::Nobody).await;

        let panel = address(&folder).try_connect().await.unwrap();
        panel.request_name(TRAY_HOST).await.unwrap();
        let first = until(&mut tray_host, |owner| matches!(owner, Owner::Somebody(_))).await;
        panel.close().await.unwrap();
        until(&mut tray_host, |owner| owner == Owner::Nobody).await;

        bus.kill().await.unwrap();
        until(&mut tray_host, |owner| owner == Owner::NoBus).await;
        let _bus = start_bus(&folder).await;
        let panel = address(&folder).connect().await;
        panel.request_name(TRAY_HOST).await.unwrap();
        let second = until(&mut tray_host, |owner| matches!(owner, Owner::Somebody(_))).await;
        assert_ne!(first, second, "another program is told apart");
        following.abort();
    }
}
