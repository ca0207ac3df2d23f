//! A session bus, and what tests ask over it. It starts only those services by itself that a desktop cannot be without.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;
use tokio_stream::StreamExt;
use zbus::connection::Builder;
use zbus::fdo::DBusProxy;
use zbus::message::Type;
use zbus::object_server::Interface;
use zbus::{Connection, MatchRule, MessageStream};

use super::{Background, Session};
use crate::PATIENCE;

/// Services that the bus starts when somebody asks for them: the panel's settings, and accessibility.
const SERVICES: [&str; 2] = ["org.xfce.Xfconf", "org.a11y.Bus"];

#[derive(Debug)]
pub struct Bus {
    _daemon: Background,
    runtime: Runtime,
    client: Connection,
    address: String,
    user: Option<u32>,
}

impl Bus {
    /// Starts a bus whose address is in the session's variables from then on. `user` is who its programs take themselves for, if they
    /// run as somebody else than the test.
    pub(crate) fn start(session: &mut Session, user: Option<u32>) -> Self {
        let services = session.path().join("services");
        for service in SERVICES {
            let file = Path::new("/usr/share/dbus-1/services").join(format!("{service}.service"));
            if file.exists() {
                symlink(&file, services.join(file.file_name().expect("it has a name"))).unwrap();
            }
        }
        let socket = session.path().join("run/bus");
        let file = session.path().join("bus.conf");
        fs::write(&file, bus_configuration(&socket, &services)).unwrap();
        session.set("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", socket.display()));
        let mut command = session.command("dbus-daemon");
        command.args(["--nofork", "--nopidfile", "--print-address", "--config-file"]).arg(file).stdout(Stdio::piped());
        let mut daemon = Background::start("dbus-daemon", &mut command);
        let mut address = String::new();
        BufReader::new(daemon.stdout()).read_line(&mut address).unwrap();

        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let address = address.trim().to_owned();
        let client = runtime.block_on(builder(&address, user).build()).unwrap();
        Self { _daemon: daemon, runtime, client, address, user }
    }

    /// Plays a service until the connection is dropped.
    pub(crate) fn serve(&self, name: &'static str, path: &str, interface: impl Interface) -> Connection {
        let builder = builder(&self.address, self.user).serve_at(path, interface).unwrap().name(name).unwrap();
        self.runtime.block_on(builder.build()).unwrap()
    }

    /// Plays a service of two interfaces until the connection is dropped.
    pub(crate) fn serve_both(
        &self,
        name: &'static str,
        path: &str,
        interface: impl Interface,
        another: impl Interface,
    ) -> Connection {
        let builder = builder(&self.address, self.user).serve_at(path, interface).unwrap();
        let builder = builder.serve_at(path, another).unwrap().name(name).unwrap();
        self.runtime.block_on(builder.build()).unwrap()
    }

    /// Sends a signal from a service of the test's; `what` is interface and name.
    pub(crate) fn tell<B>(&self, from: &Connection, path: &str, what: [&str; 2], body: &B)
    where
        B: Serialize + zbus::zvariant::DynamicType,
    {
        let [interface, name] = what;
        self.runtime.block_on(from.emit_signal(None::<&str>, path, interface, name, body)).unwrap();
    }

    /// Waits until somebody owns a name.
    #[track_caller]
    pub fn wait_for(&self, name: &str) {
        self.wait_for_owner(name, true);
    }

    /// Waits until nobody owns a name.
    #[track_caller]
    pub fn wait_for_end_of(&self, name: &str) {
        self.wait_for_owner(name, false);
    }

    #[track_caller]
    fn wait_for_owner(&self, name: &str, owned: bool) {
        let wait = async {
            let proxy = DBusProxy::new(&self.client).await.unwrap();
            let mut changes = proxy.receive_name_owner_changed_with_args(&[(0, name)]).await.unwrap();
            while proxy.name_has_owner(name.try_into().unwrap()).await.unwrap() != owned {
                changes.next().await.expect("the bus tells as long as it lives");
            }
        };
        let in_time = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, wait).await.is_ok() });
        assert!(in_time, "{name} did not come or go");
    }

    /// Looks until there is what is looked for, again whenever somebody tells something by a signal of this interface.
    #[track_caller]
    pub fn until<T>(&self, interface: &str, what: &str, look: impl Fn() -> Option<T>) -> T {
        // The end of the stream has to be inside, too.
        let _inside = self.runtime.enter();
        let rule = MatchRule::builder().msg_type(Type::Signal).interface(interface).unwrap().build();
        let listen = MessageStream::for_match_rule(rule, &self.client, None);
        let mut signals = self.runtime.block_on(listen).unwrap();
        loop {
            if let Some(found) = look() {
                return found;
            }
            let next = async { tokio::time::timeout(PATIENCE, signals.next()).await };
            let signal = self.runtime.block_on(next).unwrap_or_else(|_| panic!("{what} did not come"));
            signal.expect("the bus tells as long as it lives").unwrap();
        }
    }

    /// Calls a method; `to` is name, path and interface.
    #[track_caller]
    pub fn call<B, R>(&self, to: [&str; 3], method: &str, body: &B) -> R
    where
        B: Serialize + zbus::zvariant::DynamicType,
        R: DeserializeOwned + zbus::zvariant::Type,
    {
        self.try_call(to, method, body).unwrap()
    }

    /// As [`Bus::call`], for one that may be refused.
    #[track_caller]
    pub fn try_call<B, R>(&self, to: [&str; 3], method: &str, body: &B) -> zbus::Result<R>
    where
        B: Serialize + zbus::zvariant::DynamicType,
        R: DeserializeOwned + zbus::zvariant::Type,
    {
        let [name, path, interface] = to;
        let call = self.client.call_method(Some(name), path, Some(interface), method, body);
        let call = async { tokio::time::timeout(PATIENCE, call).await };
        let reply = self.runtime.block_on(call).expect("it answers in time")?;
        Ok(reply.body().deserialize().unwrap())
    }
}

fn builder(address: &str, user: Option<u32>) -> Builder<'_> {
    let builder = Builder::address(address).unwrap();
    user.into_iter().fold(builder, Builder::user_id)
}

/// A session bus at this socket, on which everybody may do everything, with services of this folder.
pub fn bus_configuration(socket: &Path, services: &Path) -> String {
    format!(
        "<busconfig><type>session</type><listen>unix:path={}</listen><servicedir>{}</servicedir>\
         <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
         <allow own=\"*\"/></policy></busconfig>",
        socket.display(),
        services.display()
    )
}
