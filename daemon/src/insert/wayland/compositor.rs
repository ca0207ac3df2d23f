//! Which window has the keyboard, from the compositors that say it best on a socket of their own: sway, Hyprland and niri name a
//! window by a number that stays, and know its process. One short question each time, none in between.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::core::Window;

/// They answer in a millisecond.
const PATIENCE: Duration = Duration::from_secs(1);

/// A tree of windows is a few kilobytes, a very full one a few hundred.
const LONGEST_ANSWER: u32 = 16 << 20;

/// A compositor that tells more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compositor {
    pub kind: Kind,
    socket: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sway,
    Hyprland,
    Niri,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sway => "sway",
            Self::Hyprland => "Hyprland",
            Self::Niri => "niri",
        }
    }
}

impl Compositor {
    /// The one behind this Wayland socket: by its process, since the environment of a daemon may be of another session.
    pub fn find(wayland: &Path, pid: Option<u32>) -> Option<Self> {
        let (folder, pid) = (wayland.parent()?, pid?);
        let display = wayland.file_name()?.to_str()?;
        let sway = |name: &str| name.starts_with("sway-ipc.") && name.ends_with(&format!(".{pid}.sock"));
        let niri = |name: &str| name == format!("niri.{display}.{pid}.sock");
        let found = |kind, socket| Some(Self { kind, socket });
        for entry in folder.read_dir().ok()?.flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if sway(name) {
                return found(Kind::Sway, entry.path());
            }
            if niri(name) {
                return found(Kind::Niri, entry.path());
            }
        }
        // Each instance has a folder; its lock file names process and display, a line each.
        for entry in folder.join("hypr").read_dir().ok()?.flatten() {
            let lock = std::fs::read_to_string(entry.path().join("hyprland.lock")).unwrap_or_default();
            if lock.lines().next() == Some(pid.to_string().as_str()) {
                return found(Kind::Hyprland, entry.path().join(".socket.sock"));
            }
        }
        None
    }

    /// The window with the keyboard.
    pub fn focused(&self) -> io::Result<Option<Window>> {
        let mut stream = UnixStream::connect(&self.socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        match self.kind {
            Kind::Sway => Ok(sway_window(&ask_sway(&mut stream)?)),
            Kind::Hyprland => {
                stream.write_all(b"j/activewindow")?;
                let mut answer = Vec::new();
                stream.take(LONGEST_ANSWER.into()).read_to_end(&mut answer)?;
                Ok(hyprland_window(&serde_json::from_slice(&answer)?))
            }
            Kind::Niri => {
                stream.write_all(b"\"FocusedWindow\"\n")?;
                let mut answer = String::new();
                BufReader::new(stream.take(LONGEST_ANSWER.into())).read_line(&mut answer)?;
                Ok(niri_window(&serde_json::from_str(&answer)?))
            }
        }
    }
}

/// Asks for the tree: magic, length, kind of message, in the machine's order of bytes (`sway-ipc(7)`).
fn ask_sway(stream: &mut UnixStream) -> io::Result<Value> {
    const MAGIC: &[u8; 6] = b"i3-ipc";
    const GET_TREE: u32 = 4;
    stream.write_all(&[MAGIC.as_slice(), &0u32.to_ne_bytes(), &GET_TREE.to_ne_bytes()].concat())?;
    let mut head = [0; 14];
    stream.read_exact(&mut head)?;
    let length = u32::from_ne_bytes([head[6], head[7], head[8], head[9]]);
    if !head.starts_with(MAGIC) || length > LONGEST_ANSWER {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut answer = vec![0; length as usize];
    stream.read_exact(&mut answer)?;
    Ok(serde_json::from_slice(&answer)?)
}

/// Only a window has a process; a workspace can have the focus too.
fn sway_window(node: &Value) -> Option<Window> {
    if node["focused"] == true && node["pid"].is_number() {
        let properties = &node["window_properties"];
        return Some(Window {
            id: format!("sway {}", node["id"]),
            class: text(&node["app_id"]).or_else(|| text(&properties["class"])).unwrap_or_default(),
            title: text(&node["name"]).unwrap_or_default(),
            pid: number(&node["pid"]),
            ..Window::default()
        });
    }
    let inside = ["nodes", "floating_nodes"].into_iter().filter_map(|name| node[name].as_array());
    inside.flatten().find_map(sway_window)
}

fn hyprland_window(answer: &Value) -> Option<Window> {
    let address = text(&answer["address"])?;
    Some(Window {
        id: format!("Hyprland {address}"),
        class: text(&answer["class"]).unwrap_or_default(),
        title: text(&answer["title"]).unwrap_or_default(),
        pid: number(&answer["pid"]),
        ..Window::default()
    })
}

fn niri_window(answer: &Value) -> Option<Window> {
    let window = answer["Ok"]["FocusedWindow"].as_object()?;
    let field = |name: &str| window.get(name).unwrap_or(&Value::Null);
    Some(Window {
        id: format!("niri {}", field("id")),
        class: text(field("app_id")).unwrap_or_default(),
        title: text(field("title")).unwrap_or_default(),
        pid: number(field("pid")),
        ..Window::default()
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| number.try_into().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(id: &str, class: &str, title: &str, pid: u32) -> Window {
        Window {
            id: id.to_owned(),
            class: class.to_owned(),
            title: title.to_owned(),
            pid: Some(pid),
            ..Window::default()
        }
    }

    #[test]
    fn the_focused_window_is_found_in_the_tree_of_sway() {
        let tree = json!({"type": "root", "focused": false, "nodes": [{"nodes": [
            {"id": 5, "type": "workspace", "focused": false, "nodes": [
                {"id": 8, "type": "con", "focused": false, "pid": 11, "app_id": "foot", "name": "one"}],
             "floating_nodes": [
                {"id": 9, "focused": true, "pid": 12, "app_id": null, "name": "two", "window_properties": {"class": "XTerm"}}]}]}]});
        assert_eq!(sway_window(&tree), Some(seen("sway 9", "XTerm", "two", 12)));
        assert_eq!(
            sway_window(&json!({"nodes": [{"id": 5, "type": "workspace", "focused": true, "nodes": []}]})),
            None
        );
    }

    #[test]
    fn hyprland_and_niri_say_it_in_one_object() {
        let hyprland = json!({"address": "0x55d0", "class": "kitty", "title": "sh", "pid": 77, "xwayland": false});
        assert_eq!(hyprland_window(&hyprland), Some(seen("Hyprland 0x55d0", "kitty", "sh", 77)));
        assert_eq!(hyprland_window(&json!({})), None);
        let niri =
            json!({"Ok": {"FocusedWindow": {"id": 3, "title": "a", "app_id": "foot", "pid": 9, "is_focused": true}}});
        assert_eq!(niri_window(&niri), Some(seen("niri 3", "foot", "a", 9)));
        assert_eq!(niri_window(&json!({"Ok": {"FocusedWindow": null}})), None);
    }

    #[test]
    fn a_compositor_is_found_by_its_process() {
        let folder = tempfile::tempdir().unwrap();
        let wayland = folder.path().join("wayland-1");
        let socket = |name: &str| folder.path().join(name);
        let find = |pid| Compositor::find(&wayland, Some(pid)).map(|found| (found.kind, found.socket));
        for name in ["sway-ipc.1000.40.sock", "niri.wayland-1.41.sock", "niri.wayland-2.42.sock"] {
            std::fs::write(socket(name), "").unwrap();
        }
        let instance = socket("hypr").join("abc_1_2");
        std::fs::create_dir_all(&instance).unwrap();
        std::fs::write(instance.join("hyprland.lock"), "43\nwayland-1\n").unwrap();
        assert_eq!(find(40), Some((Kind::Sway, socket("sway-ipc.1000.40.sock"))));
        assert_eq!(find(41), Some((Kind::Niri, socket("niri.wayland-1.41.sock"))));
        assert_eq!(find(42), None, "of another display");
        assert_eq!(find(43), Some((Kind::Hyprland, instance.join(".socket.sock"))));
    }
}
