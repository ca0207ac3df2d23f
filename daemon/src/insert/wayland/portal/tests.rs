//! Against a portal and a libei server that play their parts: no desktop that offers them runs without a screen.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use reis::eis;
use reis::eis::device::DeviceType;
use reis::handshake::EisHandshaker;
use reis::request::{DeviceCapability, EisRequest, EisRequestConverter};
use rustix::event::{PollFd, PollFlags, poll};
use zbus::message::Header;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use super::*;
use crate::graphical_session::Variables;
use crate::insert::backend::Reach;

/// What the portal of the test can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Version 1, with symbols alone.
    Symbols,
    /// libei with a keyboard.
    Keys,
    /// libei that takes text as text.
    Text,
    /// The person says no.
    Refuses,
}

struct Desk {
    bus: Child,
    folder: tempfile::TempDir,
    portal: RemoteDesktop,
    told: Receiver<String>,
}

impl Desk {
    fn with(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("--address=unix:path={}", folder.path().join("bus").display());
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--nopidfile", "--print-address", &address]).stdout(Stdio::piped());
        let mut bus = bus.spawn().unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let (tell, told) = sync_channel(1000);
        let (ready, is_ready) = sync_channel(0);
        let at = address.clone();
        std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let bus = zbus::connection::Builder::address(at.as_str()).unwrap();
                let bus = bus.serve_at("/org/freedesktop/portal/desktop", FakePortal { kind, tell }).unwrap();
                let bus = bus.name("org.freedesktop.portal.Desktop").unwrap().build().await.unwrap();
                ready.send(()).unwrap();
                bus.closed().await;
            });
        });
        is_ready.recv().unwrap();
        let token = Token::new(Some(folder.path()));
        let link = Rc::new(Link::new(Variables::default));
        Self { bus, folder, portal: RemoteDesktop { link, token, runtime: None, bus: Bus::At(address) }, told }
    }

    fn insert(&mut self, text: &str) -> Result<Put, Failure> {
        self.portal.insert(text, LineEnd::Return)
    }

    /// Everything that happened so far, the end of the session being the last.
    fn happened(&self) -> Vec<String> {
        let mut all = Vec::new();
        loop {
            let news = self.told.recv_timeout(Duration::from_secs(5)).unwrap();
            let last = news == "Close";
            all.push(news);
            if last {
                return all;
            }
        }
    }

    fn token(&self) -> Option<String> {
        Token::new(Some(self.folder.path())).load()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}

struct FakePortal {
    kind: Kind,
    tell: SyncSender<String>,
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

/// One client of libei, until it hangs up. Tells each text, and each key as `+30` and `-30`.
fn play_libei(stream: UnixStream, kind: Kind, tell: &SyncSender<String>) {
    let context = eis::Context::new(stream).unwrap();
    let mut handshake = EisHandshaker::new(&context, 1);
    let mut converter: Option<EisRequestConverter> = None;
    loop {
        while let Some(result) = context.pending_request() {
            let reis::PendingRequestResult::Request(request) = result else { panic!("an odd request") };
            match &mut converter {
                None => {
                    if let Some(answer) = handshake.handle_request(request).unwrap() {
                        let fresh = EisRequestConverter::new(&context, answer, 1);
                        let _seat =
                            fresh.handle().add_seat(Some("seat"), DeviceCapability::Keyboard | DeviceCapability::Text);
                        converter = Some(fresh);
                    }
                }
                Some(converter) => converter.handle_request(request).unwrap(),
            }
            while let Some(request) = converter.as_mut().and_then(EisRequestConverter::next_request) {
                perform(request, kind, tell);
            }
        }
        let _ = context.flush();
        poll(&mut [PollFd::new(&context, PollFlags::IN)], None).unwrap();
        if context.read().is_err() {
            return;
        }
    }
}

fn perform(request: EisRequest, kind: Kind, tell: &SyncSender<String>) {
    match request {
        EisRequest::Bind(bind) => {
            let wanted = if kind == Kind::Text { DeviceCapability::Text } else { DeviceCapability::Keyboard };
            assert!(bind.capabilities.contains(wanted));
            let device = bind.seat.add_device(Some("device"), DeviceType::Virtual, wanted.into(), |device| {
                if let Some(keyboard) = device.interface::<eis::Keyboard>() {
                    let mut file = tempfile::tempfile().unwrap();
                    file.write_all(layout::GERMAN.as_bytes()).unwrap();
                    keyboard.keymap(eis::keyboard::KeymapType::Xkb, layout::GERMAN.len() as u32, file.as_fd());
                }
            });
            device.resumed();
        }
        EisRequest::KeyboardKey(key) => {
            let sign = if key.state == eis::keyboard::KeyState::Press { '+' } else { '-' };
            let _the_test_is_over = tell.send(format!("{sign}{}", key.key));
        }
        EisRequest::TextUtf8(text) => {
            let _the_test_is_over = tell.send(text.text);
        }
        _ => {}
    }
}

const FIRST: &str = "types Some(1) persist Some(2) token None";

#[test]
fn a_layout_s_keys_are_pressed_and_released_over_libei() {
    let mut desk = Desk::with(Kind::Keys);
    assert_eq!(desk.insert("aA€\n"), Ok(Put::Sent));
    let keys = ["+30", "-30", "+42", "+30", "-30", "-42", "+100", "+18", "-18", "-100", "+28", "-28"];
    assert_eq!(desk.happened(), [&[FIRST], &keys[..], &["Close"]].concat());
    desk.portal.erase(2).unwrap();
    let again = "types Some(1) persist Some(2) token Some(\"good for the next\")";
    assert_eq!(desk.happened(), [again, "+14", "-14", "+14", "-14", "Close"]);
    assert_eq!(desk.token().as_deref(), Some("good for the next"));
}

#[test]
fn what_the_layout_lacks_is_refused_before_the_first_key() {
    let mut desk = Desk::with(Kind::Keys);
    let failure = desk.insert("a漢").unwrap_err();
    assert_eq!((failure.problem.as_str(), failure.reach), ("the keyboard layout has no key for `漢`", Reach::Nothing));
    assert_eq!(desk.happened(), [FIRST, "Close"]);
}

#[test]
fn a_desktop_that_takes_text_gets_text() {
    let mut desk = Desk::with(Kind::Text);
    let text = "é 漢字 🙂 ".repeat(30);
    assert_eq!(desk.insert(&text), Ok(Put::Sent));
    let happened = desk.happened();
    assert_eq!(happened[1..happened.len() - 1].concat(), text);
    assert!(happened.len() > 3, "in pieces");
}

#[test]
fn an_older_portal_is_told_symbols_and_only_those_it_knows() {
    let mut desk = Desk::with(Kind::Symbols);
    assert_eq!(desk.insert("aB\n"), Ok(Put::Sent));
    let told = ["61 1", "61 0", "42 1", "42 0", "ff0d 1", "ff0d 0"];
    assert_eq!(desk.happened(), [&["types Some(1) persist None token None"], &told[..], &["Close"]].concat());
    let failure = desk.insert("é").unwrap_err();
    assert_eq!(failure.reach, Reach::Nothing);
}

#[test]
fn a_person_who_says_no_is_obeyed() {
    let mut desk = Desk::with(Kind::Refuses);
    let failure = desk.insert("a").unwrap_err();
    assert_eq!((failure.problem.as_str(), failure.reach), ("the person did not let hob type", Reach::Nothing));
    assert_eq!(desk.happened(), [FIRST, "Close"]);
    assert_eq!(desk.token(), None);
}
