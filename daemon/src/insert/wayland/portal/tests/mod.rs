//! Against a portal and a libei server that play their parts: no desktop that offers them runs without a screen.

mod fake_libei;
mod fake_portal;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};

use super::*;
use crate::graphical_session::Variables;
use crate::insert::backend::Reach;
use fake_portal::FakePortal;

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
            let news = self.told.recv_timeout(Duration::from_mins(1)).unwrap();
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
