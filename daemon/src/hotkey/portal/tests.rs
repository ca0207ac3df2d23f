//! The source against a small portal of the test's own, on a bus of its own.

#![expect(clippy::used_underscore_binding, reason = "the macro of zbus uses what the portal itself does not look at")]

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use zbus::interface;
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use super::*;

const PATH: &str = "/org/freedesktop/portal/desktop";
const INTERFACE: &str = "org.freedesktop.portal.GlobalShortcuts";

type Options = HashMap<String, OwnedValue>;
type Shortcuts = Vec<(String, HashMap<String, OwnedValue>)>;

/// What the portal has been asked.
#[derive(Debug, Default)]
struct Asked {
    application: Option<String>,
    /// Every binding, with the keys that were asked for.
    bound: Vec<Vec<(String, String)>>,
    session: Option<OwnedObjectPath>,
    person: Option<String>,
}

#[derive(Clone)]
struct Shared(Arc<Mutex<Asked>>, watch::Sender<usize>);

struct Registry(Shared);
struct Desktop(Shared, u32);

#[interface(name = "org.freedesktop.host.portal.Registry")]
impl Registry {
    fn register(&self, application: String, _options: Options) {
        self.0.0.lock().unwrap().application = Some(application);
    }
}

#[interface(name = "org.freedesktop.portal.GlobalShortcuts")]
impl Desktop {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        self.1
    }

    async fn create_session(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> OwnedObjectPath {
        let session = path("session", &header, &options["session_handle_token"]);
        {
            let mut asked = self.0.0.lock().unwrap();
            asked.session = Some(session.clone());
            asked.person = header.sender().map(ToString::to_string);
        }
        let handle = Value::from(session.as_str().to_owned());
        answer(connection, &header, &options, HashMap::from([("session_handle", handle)])).await
    }

    async fn bind_shortcuts(
        &self,
        _session: OwnedObjectPath,
        shortcuts: Shortcuts,
        _window: String,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> OwnedObjectPath {
        let text = |value: &OwnedValue| String::try_from(value.clone()).unwrap();
        let wanted: Vec<_> =
            shortcuts.iter().map(|(id, info)| (id.clone(), text(&info["preferred_trigger"]))).collect();
        // One that this desktop never gives away.
        let taken: Vec<_> =
            wanted.iter().filter(|(_, trigger)| trigger != "F1").map(|(id, trigger)| described(id, trigger)).collect();
        self.0.0.lock().unwrap().bound.push(wanted);
        let path = answer(connection, &header, &options, HashMap::from([("shortcuts", Value::from(taken))])).await;
        self.0.1.send_modify(|count| *count += 1);
        path
    }
}

fn described(id: &str, trigger: &str) -> (String, HashMap<String, Value<'static>>) {
    let info = [("description", "of no interest".to_owned()), ("trigger_description", format!("the key {trigger}"))];
    (id.to_owned(), info.map(|(name, text)| (name.to_owned(), Value::from(text))).into())
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
    let body = (0_u32, results);
    let to = header.sender().map(ToOwned::to_owned);
    connection.emit_signal(to, &request, "org.freedesktop.portal.Request", "Response", &body).await.unwrap();
    request
}

/// A bus, a portal on it, and the source that asks it for keys.
struct Rig {
    _folder: TempDir,
    _bus: Child,
    address: String,
    portal: Connection,
    shared: Shared,
    told: mpsc::Receiver<News>,
    source: Portal,
}

impl Rig {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("unix:path={}", folder.path().join("bus").display());
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address", "--address", &address])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("dbus-daemon is installed (packaging/deps.sh)");
        soon(BufReader::new(bus.stdout.take().unwrap()).lines().next_line()).await.unwrap();
        let shared = Shared(Arc::default(), watch::Sender::new(0));
        let portal = open(&address, &shared).await;
        let (news, told) = mpsc::channel(8);
        let source = Portal::start(Some(address.clone()), news);
        Self { _folder: folder, _bus: bus, address, portal, shared, told, source }
    }

    fn want(&mut self, keys: &[(Binding, &str)]) {
        self.source.bind(keys.iter().map(|(binding, key)| (binding.clone(), Key::parse(key).unwrap())).collect());
    }

    async fn is_told(&mut self) -> News {
        soon(self.told.recv()).await.unwrap()
    }

    async fn is_bound(&mut self) -> Vec<(String, Option<String>)> {
        match self.is_told().await {
            News::Bound(bounds) => bounds.into_iter().map(|bound| (bound.key, bound.problem)).collect(),
            other => panic!("{other:?}"),
        }
    }

    async fn signal(&self, name: &str, id: &str) {
        let (session, to) = self.session();
        let body = (session, id, 5_u64, HashMap::<String, OwnedValue>::new());
        self.portal.emit_signal(Some(to.as_str()), PATH, INTERFACE, name, &body).await.unwrap();
    }

    fn session(&self) -> (OwnedObjectPath, String) {
        let asked = self.shared.0.lock().unwrap();
        (asked.session.clone().unwrap(), asked.person.clone().unwrap())
    }
}

async fn open(address: &str, shared: &Shared) -> Connection {
    let builder = zbus::connection::Builder::address(address).unwrap();
    let builder = builder.serve_at(PATH, Registry(shared.clone())).unwrap();
    let builder = builder.serve_at(PATH, Desktop(shared.clone(), 1)).unwrap();
    builder.name(PORTAL).unwrap().build().await.unwrap()
}

async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(1), work).await.expect("it happens soon")
}

#[tokio::test]
async fn the_desktop_is_asked_and_its_keys_are_told_once() {
    let mut rig = Rig::start().await;
    rig.want(&[(Binding::Dictate, "ctrl+alt+space"), (Binding::Action("fix".into()), "F1")]);
    let bound = rig.is_bound().await;
    let refused = ("F1".to_owned(), Some("the desktop has not taken it".to_owned()));
    assert_eq!(bound, [("the key CTRL+ALT+space".to_owned(), None), refused]);
    {
        let asked = rig.shared.0.lock().unwrap();
        assert_eq!(asked.application.as_deref(), Some("dev.hob.Hob"));
        let triggers = [("dictate", "CTRL+ALT+space"), ("action-fix", "F1")];
        assert_eq!(asked.bound, [triggers.map(|(id, trigger)| (id.to_owned(), trigger.to_owned()))]);
    }
    for name in ["Activated", "Activated", "Activated", "Deactivated", "Deactivated", "Activated"] {
        rig.signal(name, "dictate").await;
        rig.signal(name, "unknown").await;
    }
    for motion in [Motion::Pressed, Motion::Released, Motion::Pressed] {
        assert_eq!(rig.is_told().await, News::Moved(Binding::Dictate, motion));
    }
}

#[tokio::test]
async fn the_persons_own_choice_of_keys_is_shown() {
    let mut rig = Rig::start().await;
    rig.want(&[(Binding::Dictate, "F9")]);
    assert_eq!(rig.is_bound().await, [("the key F9".to_owned(), None)]);
    let (session, to) = rig.session();
    let body = (session, vec![described("dictate", "F12")]);
    rig.portal.emit_signal(Some(to.as_str()), PATH, INTERFACE, "ShortcutsChanged", &body).await.unwrap();
    assert_eq!(rig.is_bound().await, [("the key F12".to_owned(), None)]);
}

#[tokio::test]
async fn another_configuration_waits_for_the_release() {
    let mut rig = Rig::start().await;
    rig.want(&[(Binding::Dictate, "F9")]);
    rig.is_bound().await;
    rig.signal("Activated", "dictate").await;
    assert_eq!(rig.is_told().await, News::Moved(Binding::Dictate, Motion::Pressed));
    rig.want(&[(Binding::Dictate, "F8")]);
    rig.signal("Deactivated", "dictate").await;
    assert_eq!(rig.is_told().await, News::Moved(Binding::Dictate, Motion::Released));
    assert_eq!(rig.is_bound().await, [("the key F8".to_owned(), None)]);
    rig.signal("Activated", "dictate").await;
    assert_eq!(rig.is_told().await, News::Moved(Binding::Dictate, Motion::Pressed));
}

#[tokio::test]
async fn a_portal_that_ends_is_told_and_the_next_one_is_asked() {
    let mut rig = Rig::start().await;
    rig.want(&[(Binding::Dictate, "F9")]);
    rig.is_bound().await;
    rig.portal.clone().close().await.unwrap();
    assert_eq!(rig.is_told().await, News::Lost { why: "the portal has ended".to_owned() });
    rig.portal = open(&rig.address, &rig.shared).await;
    let (news, told) = mpsc::channel(8);
    (rig.source, rig.told) = (Portal::start(Some(rig.address.clone()), news), told);
    rig.want(&[(Binding::Dictate, "F9")]);
    assert_eq!(rig.is_bound().await, [("the key F9".to_owned(), None)]);
}

#[tokio::test]
async fn a_portal_without_shortcuts_says_so() {
    let mut rig = Rig::start().await;
    rig.portal.object_server().remove::<Desktop, _>(PATH).await.unwrap();
    rig.want(&[(Binding::Dictate, "F9")]);
    let News::Lost { why } = rig.is_told().await else { panic!("there is nobody to ask") };
    assert!(why.starts_with("the portal of this desktop gives no keys: "), "{why}");
}
