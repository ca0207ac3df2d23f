//! A text area of a web page in Chromium. The page comes from the test and tells it at each change what the area holds.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::Value;

use super::Contents;
use crate::desktop::told::Told;
use crate::desktop::{Background, Desktop};

/// What Chromium must not do by itself in a test: it would ask the network, the user, and the keyring.
const QUIET: [&str; 13] = [
    "--no-first-run",
    "--no-default-browser-check",
    "--no-sandbox",
    "--test-type",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--disable-features=Translate,MediaRouter,OptimizationHints",
    "--password-store=basic",
];

/// The number says which of two notes is the later one: they may overtake each other.
const PAGE: &str = r#"<!doctype html>
<meta charset="utf-8">
<title>page</title>
<textarea id="area" rows="12" cols="60" autofocus></textarea>
<script>
  const area = document.getElementById("area");
  let number = 0;
  let awake = false;
  const tell = shortcut => fetch("/told", {method: "POST", body: JSON.stringify({
    number: number++, shortcut: shortcut, text: area.value, selected: area.value.slice(area.selectionStart, area.selectionEnd),
    focused: awake && document.hasFocus() && document.activeElement === area,
  })});
  for (const name of ["input", "focus", "blur", "select"]) area.addEventListener(name, () => tell(null));
  for (const name of ["focus", "blur"]) window.addEventListener(name, () => tell(null));
  area.addEventListener("keydown", event => {
    if (!awake) { awake = true; tell(null); }
    const modifiers = ["Control", "Shift", "Alt", "Meta", "AltGraph"];
    if ((event.ctrlKey || event.altKey || event.metaKey) && !modifiers.includes(event.key) && !event.getModifierState("AltGraph"))
      tell((event.ctrlKey ? "<Control>" : "") + (event.altKey ? "<Alt>" : "") + (event.metaKey ? "<Super>" : "") + event.key);
  });
  area.focus();
</script>
"#;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    Yes,
    No,
}

#[derive(Debug)]
pub(super) struct Browser {
    process: Background,
    address: SocketAddr,
    ending: Arc<AtomicBool>,
}

impl Browser {
    /// `telling`: it is asked to tell screen readers what it holds.
    pub(super) fn open(desktop: &impl Desktop, class: &str, contents: &Told<Contents>, telling: Telling) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let ending = Arc::new(AtomicBool::new(false));
        let (ended, contents) = (Arc::clone(&ending), contents.clone());
        thread::spawn(move || {
            let mut newest = -1;
            for stream in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                // A browser may open a connection and say nothing.
                if let Some(told) = answer(stream) {
                    let number = told["number"].as_i64().unwrap();
                    contents.change(|contents| take(contents, &told, number > newest));
                    newest = newest.max(number);
                }
            }
        });
        let profile = desktop.session().path().join(format!("{class}.profile"));
        let mut command = desktop.session().command("chromium");
        command.args(QUIET).arg(format!("--user-data-dir={}", profile.display())).arg(format!("--class={class}"));
        command.args([format!("--app=http://{address}/"), "--window-size=640,400".to_owned()]);
        if telling == Telling::Yes {
            // As a desktop does that has a screen reader.
            command.arg("--force-renderer-accessibility").env("ACCESSIBILITY_ENABLED", "1");
        }
        Self { process: Background::start("chromium", &mut command), address, ending }
    }

    pub(super) fn process(&self) -> &Background {
        &self.process
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Relaxed);
        // Wakes the thread, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers one request; what the page told, if it did.
fn answer(stream: TcpStream) -> Option<Value> {
    stream.set_read_timeout(Some(crate::PATIENCE)).unwrap();
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((_, number)) = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        {
            length = number.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (status, page) = match first.split(' ').nth(1)? {
        "/" => ("200 OK", PAGE),
        "/told" => ("204 No Content", ""),
        _ => ("404 Not Found", ""),
    };
    let length = page.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    reader.get_mut().write_all(format!("{head}{page}").as_bytes()).ok()?;
    serde_json::from_slice(&body).ok()
}

fn take(contents: &mut Contents, told: &Value, newest: bool) {
    let words = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    contents.shortcuts.extend(told["shortcut"].as_str().map(str::to_owned));
    if newest {
        (contents.text, contents.selected) = (words("text"), words("selected"));
        contents.focused = told["focused"].as_bool().unwrap_or_default();
    }
}
