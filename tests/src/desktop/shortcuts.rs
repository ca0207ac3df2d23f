//! A portal for shortcuts as far as hob knows it, because no desktop that has one runs without a screen: it takes what it is asked to bind,
//! and tells what a person at the keyboard would bring about.

use std::collections::HashMap;

use zbus::Connection;
use zbus::message::Header;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use super::Bus;
use super::told::Told;

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const INTERFACE: &str = "org.freedesktop.portal.GlobalShortcuts";

type Options = HashMap<String, OwnedValue>;

/// Dropped, it is gone.
#[derive(Debug)]
pub struct ShortcutsPortal<'a> {
    bus: &'a Bus,
    connection: Connection,
    asked: Told<Asked>,
}

#[derive(Debug, Clone, Default)]
struct Asked {
    application: String,
    session: Option<OwnedObjectPath>,
    /// Names of shortcuts with the keys that were asked for.
    bound: Vec<(String, String)>,
}

struct Portal {
    version: u32,
    asked: Told<Asked>,
}

struct Registry {
    asked: Told<Asked>,
}

#[zbus::interface(name = "org.freedesktop.host.portal.Registry")]
impl Registry {
    fn register(&self, application: String, options: Options) {
        drop(options);
        self.asked.change(|asked| asked.application = application);
    }
}

#[zbus::interface(name = "org.freedesktop.portal.GlobalShortcuts")]
impl Portal {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        self.version
    }

    async fn create_session(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> OwnedObjectPath {
        let session = path("session", &header, &options["session_handle_token"]);
        self.asked.change(|asked| asked.session = Some(session.clone()));
        let handle = Value::from(session.as_str().to_owned());
        answer(connection, &header, &options, HashMap::from([("session_handle", handle)])).await
    }

    async fn bind_shortcuts(
        &self,
        session: OwnedObjectPath,
        shortcuts: Vec<(String, Options)>,
        window: String,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> OwnedObjectPath {
        drop((session, window));
        let trigger = |info: &Options| String::try_from(info["preferred_trigger"].clone()).unwrap();
        let bound: Vec<_> = shortcuts.iter().map(|(id, info)| (id.clone(), trigger(info))).collect();
        let described = |(id, trigger): &(String, String)| {
            let words = [("description", id.clone()), ("trigger_description", format!("the key {trigger}"))];
            (id.clone(), HashMap::from(words.map(|(name, text)| (name, Value::from(text)))))
        };
        let results = HashMap::from([("shortcuts", Value::from(bound.iter().map(described).collect::<Vec<_>>()))]);
        let request = answer(connection, &header, &options, results).await;
        self.asked.change(|asked| asked.bound = bound);
        request
    }
}

impl<'a> ShortcutsPortal<'a> {
    pub fn start(bus: &'a Bus) -> Self {
        let asked = Told::default();
        let registry = Registry { asked: asked.clone() };
        let connection = bus.serve_both(NAME, PATH, Portal { version: 1, asked: asked.clone() }, registry);
        Self { bus, connection, asked }
    }

    /// Waits until exactly these are bound: names of shortcuts and the keys that were asked for.
    #[track_caller]
    pub fn until_bound(&self, shortcuts: &[(&str, &str)]) {
        let expected: Vec<_> = shortcuts.iter().map(|(id, key)| ((*id).to_owned(), (*key).to_owned())).collect();
        self.asked.until("the shortcuts", |asked| asked.bound == expected);
    }

    /// Under which name hob has introduced itself.
    pub fn application(&self) -> String {
        self.asked.now().application
    }

    pub fn press(&self, id: &str) {
        self.tell("Activated", id);
    }

    pub fn release(&self, id: &str) {
        self.tell("Deactivated", id);
    }

    fn tell(&self, what: &str, id: &str) {
        let session = self.asked.now().session.expect("it has been made before anything was bound");
        let body = (ObjectPath::from(session), id, 0_u64, HashMap::<&str, Value<'_>>::new());
        self.bus.tell(&self.connection, PATH, [INTERFACE, what], &body);
    }
}

fn path(kind: &str, header: &Header<'_>, token: &OwnedValue) -> OwnedObjectPath {
    let sender = header.sender().unwrap().trim_start_matches(':').replace('.', "_");
    let token = String::try_from(token.clone()).unwrap();
    OwnedObjectPath::try_from(format!("{PATH}/{kind}/{sender}/{token}")).unwrap()
}

async fn answer(
    connection: &Connection,
    header: &Header<'_>,
    options: &Options,
    results: HashMap<&str, Value<'_>>,
) -> OwnedObjectPath {
    let request = path("request", header, &options["handle_token"]);
    let to = header.sender().map(ToOwned::to_owned);
    let body = (0_u32, results);
    connection.emit_signal(to, &request, "org.freedesktop.portal.Request", "Response", &body).await.unwrap();
    request
}
