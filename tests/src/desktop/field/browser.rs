//! A text area of a web page in Chromium or Firefox. The page comes from the test and tells it at each change what the area holds.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
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

/// The same of Firefox, as it reads it when it starts.
const QUIET_FIREFOX: &str = r#"user_pref("app.update.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.preonboarding.enabled", false);
user_pref("browser.safebrowsing.downloads.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.search.update", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.tabs.firefox-view", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("datareporting.policy.dataSubmissionPolicyBypassNotification", true);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "");
user_pref("termsofuse.bypassNotification", true);
user_pref("toolkit.telemetry.enabled", false);
"#;

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
pub(super) enum Program {
    Chromium,
    /// It is asked to tell screen readers what it holds.
    TellingChromium,
    Firefox,
}

#[derive(Debug)]
pub(super) struct Browser {
    process: Background,
    address: SocketAddr,
    ending: Arc<AtomicBool>,
}

impl Browser {
    pub(super) fn open(desktop: &impl Desktop, class: &str, contents: &Told<Contents>, program: Program) -> Self {
        let ending = Arc::new(AtomicBool::new(false));
        let address = serve(contents, Arc::clone(&ending));
        let process = match program {
            Program::Chromium | Program::TellingChromium => chromium(desktop, class, address, program),
            Program::Firefox => firefox(desktop, class, address),
        };
        Self { process, address, ending }
    }

    pub(super) fn process(&self) -> &Background {
        &self.process
    }
}

/// Hands out the page, and takes what it tells.
fn serve(contents: &Told<Contents>, ended: Arc<AtomicBool>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (contents, newest) = (contents.clone(), Arc::new(AtomicI64::new(-1)));
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            if ended.load(Ordering::Relaxed) {
                return;
            }
            let (contents, newest) = (contents.clone(), Arc::clone(&newest));
            // A browser that is busy opens a second connection beside a slow one, and says nothing on one of the two.
            thread::spawn(move || {
                if let Some(told) = answer(stream) {
                    let number = told["number"].as_i64().unwrap();
                    contents.change(|contents| {
                        let is_newest = number > newest.fetch_max(number, Ordering::Relaxed);
                        take(contents, &told, is_newest);
                    });
                }
            });
        }
    });
    address
}

fn chromium(desktop: &impl Desktop, class: &str, page: SocketAddr, program: Program) -> Background {
    let profile = desktop.session().path().join(format!("{class}.profile"));
    let mut command = desktop.session().command("chromium");
    command.args(QUIET).arg(format!("--user-data-dir={}", profile.display())).arg(format!("--class={class}"));
    command.args([format!("--app=http://{page}/"), "--window-size=640,400".to_owned()]);
    if program == Program::TellingChromium {
        // As a desktop does that has a screen reader.
        command.arg("--force-renderer-accessibility").env("ACCESSIBILITY_ENABLED", "1");
    }
    Background::start("chromium", &mut command)
}

fn firefox(desktop: &impl Desktop, class: &str, page: SocketAddr) -> Background {
    let profile = desktop.session().path().join(format!("{class}.profile"));
    fs::create_dir(&profile).unwrap();
    fs::write(profile.join("user.js"), QUIET_FIREFOX).unwrap();
    // Debian's and others' names.
    let program = ["firefox", "firefox-esr"].into_iter().find(|name| is_installed(name)).unwrap_or("firefox");
    let mut command = desktop.session().command(program);
    command.args(["--no-remote", "--new-instance", "--class", class, "--name", class, "--profile"]).arg(&profile);
    command.arg(format!("http://{page}/"));
    Background::start(program, &mut command)
}

fn is_installed(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).exists())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_says_nothing_keeps_nobody_waiting() {
        let contents = Told::default();
        let ending = Arc::new(AtomicBool::new(false));
        let address = serve(&contents, Arc::clone(&ending));
        let _silent = TcpStream::connect(address).unwrap();
        let note = r#"{"number": 1, "text": "told", "selected": "", "focused": true}"#;
        let mut page = TcpStream::connect(address).unwrap();
        write!(page, "POST /told HTTP/1.1\r\nContent-Length: {}\r\n\r\n{note}", note.len()).unwrap();
        contents.until("the note", |contents: &Contents| contents.text == "told");
        ending.store(true, Ordering::Relaxed);
        let _wakes_it = TcpStream::connect(address);
    }
}
