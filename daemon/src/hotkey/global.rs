//! Keys on X11 through the crate `global-hotkey`. It looks for keys twenty times a second, so it is not what hob takes by itself
//! (`examples/hotkeys.rs` measures both); without a display it says that all is well and never tells of a key, and it does not notice
//! the end of its server, so both are looked at here.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use global_hotkey::hotkey::{Code, HotKey, Modifiers};
use global_hotkey::{Error, GlobalHotKeyEvent, GlobalHotKeyManager, HotKeyState};
use tokio::sync::mpsc;
use x11rb::connection::Connection;
use x11rb::errors::ConnectionError;
use x11rb::rust_connection::RustConnection;

use super::key::{Key, Modifier};
use super::source::{Bound, News, Source};
use super::thread::{self, Bell, Order, Orders};
use crate::core::{Binding, Motion};
use crate::graphical_session::Variables;
use crate::x_server::{self, NoServer};

/// Who is told of keys. The crate has one listener for the whole process.
static LISTENER: Mutex<Option<Listener>> = Mutex::new(None);
static LISTENING: Once = Once::new();

struct Listener {
    news: mpsc::Sender<News>,
    bell: Bell,
    /// By the crate's number of each.
    bindings: HashMap<u32, Binding>,
    down: HashMap<u32, Binding>,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    NoServer(#[from] NoServer),
    #[error("global-hotkey looks only where hobd's own environment has DISPLAY: restart hobd")]
    OtherDisplay,
    #[error("the X server is gone")]
    Gone(#[from] ConnectionError),
    #[error("global-hotkey does not start")]
    Start(#[from] Error),
    #[error("the thread for keys cannot wait")]
    Wait(#[from] rustix::io::Errno),
}

/// The display has to be the one of hobd's own environment: the crate looks there and nowhere else.
pub fn start(session: Variables, news: mpsc::Sender<News>) -> std::io::Result<Box<dyn Source>> {
    Ok(Box::new(thread::start("hotkeys", news, move |orders, news| serve(&session, orders, news))?))
}

fn serve(session: &Variables, orders: &Orders, news: &mpsc::Sender<News>) -> Result<(), Problem> {
    if session.display != Variables::own().display {
        return Err(Problem::OtherDisplay);
    }
    // Of our own, because the crate never tells that its connection has failed or is gone.
    let (server, _) = x_server::connect(session)?;
    let manager = GlobalHotKeyManager::new()?;
    let listener = Listener { news: news.clone(), bell: orders.bell(), bindings: HashMap::new(), down: HashMap::new() };
    *listening() = Some(listener);
    LISTENING.call_once(|| GlobalHotKeyEvent::set_event_handler(Some(hear)));
    let outcome = keep(&server, &manager, orders, news);
    *listening() = None;
    outcome
}

fn keep(
    server: &RustConnection,
    manager: &GlobalHotKeyManager,
    orders: &Orders,
    news: &mpsc::Sender<News>,
) -> Result<(), Problem> {
    let mut registered: HashMap<u32, HotKey> = HashMap::new();
    loop {
        match orders.next() {
            Order::Bind(keys) => {
                let bounds = register(manager, &mut registered, keys);
                thread::tell(news, News::Bound(bounds));
            }
            Order::End => return Ok(()),
            Order::Nothing => {
                forget_stale(manager, &mut registered);
                // Nothing is asked of this server, so whatever comes is of no interest but the end.
                while server.poll_for_event()?.is_some() {}
                orders.wait(&[std::os::fd::AsFd::as_fd(server.stream())])?;
            }
        }
    }
}

fn register(
    manager: &GlobalHotKeyManager,
    registered: &mut HashMap<u32, HotKey>,
    keys: Vec<(Binding, Key)>,
) -> Vec<Bound> {
    let mut bounds = Vec::new();
    let mut wanted = HashMap::new();
    for (binding, key) in keys {
        let problem = match hotkey(&key) {
            None => Some("global-hotkey does not know this key".to_owned()),
            Some(hotkey) => {
                let first = wanted.insert(hotkey.id(), (binding.clone(), hotkey));
                first.map(|(first, _)| format!("it already means {first}"))
            }
        };
        bounds.push(Bound { binding, key: key.to_string(), problem });
    }
    if let Some(listener) = &mut *listening() {
        listener.bindings = wanted.iter().map(|(id, (binding, _))| (*id, binding.clone())).collect();
    }
    forget_stale(manager, registered);
    for (id, (binding, hotkey)) in wanted {
        if registered.contains_key(&id) {
            continue;
        }
        let problem = match manager.register(hotkey) {
            Ok(()) => {
                registered.insert(id, hotkey);
                continue;
            }
            Err(Error::AlreadyRegistered(_)) => "another program has taken it".to_owned(),
            Err(other) => other.to_string(),
        };
        for bound in bounds.iter_mut().filter(|bound| bound.binding == binding) {
            bound.problem = Some(problem.clone());
        }
    }
    bounds
}

/// Keys that are not wanted any more, but for those that are down: without them the crate would forget their release.
fn forget_stale(manager: &GlobalHotKeyManager, registered: &mut HashMap<u32, HotKey>) {
    let stale: Vec<_> = match &*listening() {
        Some(listener) => {
            let is_stale = |id: &&u32| !listener.bindings.contains_key(*id) && !listener.down.contains_key(*id);
            registered.keys().filter(is_stale).copied().collect()
        }
        None => Vec::new(),
    };
    for hotkey in stale.iter().filter_map(|id| registered.remove(id)) {
        if let Err(error) = manager.unregister(hotkey) {
            tracing::debug!("a key is not given back: {error}");
        }
    }
}

/// Called on the crate's thread.
fn hear(event: GlobalHotKeyEvent) {
    let mut listening = listening();
    let Some(listener) = &mut *listening else { return };
    let moved = match event.state {
        HotKeyState::Pressed => listener.bindings.get(&event.id).cloned().map(|binding| {
            listener.down.insert(event.id, binding.clone());
            (binding, Motion::Pressed)
        }),
        HotKeyState::Released => listener.down.remove(&event.id).map(|binding| (binding, Motion::Released)),
    };
    let Some((binding, motion)) = moved else { return };
    if motion == Motion::Released && !listener.bindings.contains_key(&event.id) {
        listener.bell.ring();
    }
    let news = listener.news.clone();
    // The keeper may wait for this lock's other users.
    drop(listening);
    thread::tell(&news, News::Moved(binding, motion));
}

fn listening() -> MutexGuard<'static, Option<Listener>> {
    LISTENER.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hotkey(key: &Key) -> Option<HotKey> {
    let modifiers = key.modifiers.iter().map(|modifier| match modifier {
        Modifier::Control => Modifiers::CONTROL,
        Modifier::Alt => Modifiers::ALT,
        Modifier::Shift => Modifiers::SHIFT,
        Modifier::Super => Modifiers::META,
    });
    Some(HotKey::new(Some(modifiers.collect()), code(key.name())?))
}

/// The crate names keys as web pages do.
fn code(name: &str) -> Option<Code> {
    let renamed = match name {
        "space" => "Space",
        "minus" => "Minus",
        "equal" => "Equal",
        "bracketleft" => "BracketLeft",
        "bracketright" => "BracketRight",
        "semicolon" => "Semicolon",
        "grave" => "Backquote",
        "backslash" => "Backslash",
        "comma" => "Comma",
        "period" => "Period",
        "slash" => "Slash",
        "Return" => "Enter",
        "BackSpace" => "Backspace",
        "Prior" => "PageUp",
        "Next" => "PageDown",
        "Left" => "ArrowLeft",
        "Right" => "ArrowRight",
        "Up" => "ArrowUp",
        "Down" => "ArrowDown",
        "Print" => "PrintScreen",
        "Scroll_Lock" => "ScrollLock",
        "Caps_Lock" => "CapsLock",
        "Menu" => "ContextMenu",
        "XF86AudioRaiseVolume" => "AudioVolumeUp",
        "XF86AudioLowerVolume" => "AudioVolumeDown",
        "XF86AudioMute" => "AudioVolumeMute",
        "XF86AudioPlay" => "MediaPlay",
        "XF86AudioStop" => "MediaStop",
        "XF86AudioPrev" => "MediaTrackPrevious",
        "XF86AudioNext" => "MediaTrackNext",
        "XF86Mail" => "LaunchMail",
        _ => name,
    };
    let mut letters = name.chars();
    let code = match (letters.next(), letters.next()) {
        (Some(letter @ 'a'..='z'), None) => format!("Key{}", letter.to_ascii_uppercase()),
        (Some(digit @ '0'..='9'), None) => format!("Digit{digit}"),
        _ => renamed.to_owned(),
    };
    code.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_a_name_there() {
        for (key, expected) in [
            ("ctrl+alt+space", Some((Modifiers::CONTROL | Modifiers::ALT, Code::Space))),
            ("F9", Some((Modifiers::empty(), Code::F9))),
            ("super+d", Some((Modifiers::META, Code::KeyD))),
            ("shift+ctrl+1", Some((Modifiers::SHIFT | Modifiers::CONTROL, Code::Digit1))),
            ("alt+pgup", Some((Modifiers::ALT, Code::PageUp))),
            ("Pause", Some((Modifiers::empty(), Code::Pause))),
            ("ctrl+é", None),
            ("Control_R", None),
        ] {
            let found = hotkey(&Key::parse(key).unwrap());
            assert_eq!(found.map(|found| (found.mods, found.key)), expected, "{key}");
        }
    }
}
