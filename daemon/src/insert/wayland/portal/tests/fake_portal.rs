//! A portal that lets hob type, or does not, and tells the test what it was asked for.

use std::collections::HashMap;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::SyncSender;

use zbus::message::Header;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use super::Kind;
use super::fake_libei::play_libei;

pub(super) struct FakePortal {
    pub(super) kind: Kind,
    pub(super) tell: SyncSender<String>,
}

const SESSION: &str = "/org/freedesktop/portal/desktop/session/one";

type Given = HashMap<String, OwnedValue>;

impl FakePortal {
    fn say(&self, what: impl Into<String>) {
        let _the_test_is_over = self.tell.send(what.into());
    }

    async fn answer(
        &self,
        (bus, header): (&zbus::Connection, &Header<'_>),
        options: &Given,
        (code, results): (u32, HashMap<&str, Value<'_>>),
    ) -> OwnedObjectPath {
        let sender = header.sender().unwrap();
        let own = sender.trim_start_matches(':').replace('.', "_");
        let token: &str = options["handle_token"].downcast_ref().unwrap();
        let path = ObjectPath::try_from(format!("/org/freedesktop/portal/desktop/request/{own}/{token}")).unwrap();
        let to = Some(sender.to_owned());
        bus.emit_signal(to, &path, "org.freedesktop.portal.Request", "Response", &(code, results)).await.unwrap();
        path.into()
    }
}

#[zbus::interface(name = "org.freedesktop.portal.RemoteDesktop")]
impl FakePortal {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        if self.kind == Kind::Symbols { 1 } else { 2 }
    }

    #[zbus(property)]
    fn available_device_types(&self) -> u32 {
        if self.kind == Kind::Symbols { 1 } else { 7 }
    }

    async fn create_session(
        &self,
        options: Given,
        #[zbus(connection)] bus: &zbus::Connection,
        #[zbus(header)] header: Header<'_>,
    ) -> OwnedObjectPath {
        let _ = bus.object_server().at(SESSION, FakeSession { tell: self.tell.clone() }).await.unwrap();
        let results = HashMap::from([("session_handle", Value::from(SESSION))]);
        self.answer((bus, &header), &options, (0, results)).await
    }

    async fn select_devices(
        &self,
        session: OwnedObjectPath,
        options: Given,
        #[zbus(connection)] bus: &zbus::Connection,
        #[zbus(header)] header: Header<'_>,
    ) -> OwnedObjectPath {
        assert_eq!(session.as_str(), SESSION);
        let number = |name: &str| options.get(name).and_then(|value| value.downcast_ref::<u32>().ok());
        let token = options.get("restore_token").and_then(|value| value.downcast_ref::<&str>().ok());
        self.say(format!("types {:?} persist {:?} token {token:?}", number("types"), number("persist_mode")));
        self.answer((bus, &header), &options, (0, HashMap::new())).await
    }

    async fn start(
        &self,
        session: OwnedObjectPath,
        window: String,
        options: Given,
        #[zbus(connection)] bus: &zbus::Connection,
        #[zbus(header)] header: Header<'_>,
    ) -> OwnedObjectPath {
        assert_eq!((session.as_str(), window.as_str()), (SESSION, ""));
        if self.kind == Kind::Refuses {
            return self.answer((bus, &header), &options, (1, HashMap::new())).await;
        }
        let mut results = HashMap::from([("devices", Value::from(1u32))]);
        if self.kind != Kind::Symbols {
            results.insert("restore_token", Value::from("good for the next"));
        }
        self.answer((bus, &header), &options, (0, results)).await
    }

    #[zbus(name = "ConnectToEIS")]
    fn connect_to_eis(&self, session: OwnedObjectPath, options: Given) -> zbus::zvariant::OwnedFd {
        assert_eq!((session, options), (OwnedObjectPath::try_from(SESSION).unwrap(), Given::new()));
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (kind, tell) = (self.kind, self.tell.clone());
        std::thread::spawn(move || play_libei(ours, kind, &tell));
        zbus::zvariant::OwnedFd::from(std::os::fd::OwnedFd::from(theirs))
    }

    fn notify_keyboard_keysym(&self, session: OwnedObjectPath, options: Given, symbol: i32, state: u32) {
        assert_eq!((session, options), (OwnedObjectPath::try_from(SESSION).unwrap(), Given::new()));
        self.say(format!("{symbol:x} {state}"));
    }
}

struct FakeSession {
    tell: SyncSender<String>,
}

#[zbus::interface(name = "org.freedesktop.portal.Session")]
impl FakeSession {
    fn close(&self) {
        let _the_test_is_over = self.tell.send("Close".to_owned());
    }
}
