//! What tests ask sway over its own socket: commands, and which window has the keyboard.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use serde_json::Value;

use crate::PATIENCE;

const MAGIC: &[u8; 6] = b"i3-ipc";
/// Kinds of messages, as in sway-ipc(7).
const COMMAND: u32 = 0;
const SUBSCRIBE: u32 = 2;
const TREE: u32 = 4;

#[derive(Debug)]
pub(crate) struct Ipc {
    socket: PathBuf,
}

impl Ipc {
    pub(crate) fn new(socket: PathBuf) -> Self {
        Self { socket }
    }

    #[track_caller]
    pub(crate) fn order(&self, command: &str) {
        let answer = self.connect().ask(COMMAND, command);
        let is_done = answer.as_array().is_some_and(|all| all.iter().all(|one| one["success"] == true));
        assert!(is_done, "{command}: {answer}");
    }

    /// Waits until a window with this application id has the keyboard.
    #[track_caller]
    pub(crate) fn until_focused(&self, window: &str) {
        let mut events = self.connect();
        assert_eq!(events.ask(SUBSCRIBE, r#"["window"]"#)["success"], true);
        while focused(&self.connect().ask(TREE, "")).as_deref() != Some(window) {
            events.receive();
        }
    }

    /// Waits until there is no window with this application id.
    #[track_caller]
    pub(crate) fn until_gone(&self, window: &str) {
        let mut events = self.connect();
        assert_eq!(events.ask(SUBSCRIBE, r#"["window"]"#)["success"], true);
        while has(&self.connect().ask(TREE, ""), window) {
            events.receive();
        }
    }

    fn connect(&self) -> Line {
        let stream = UnixStream::connect(&self.socket).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Line(stream)
    }
}

struct Line(UnixStream);

impl Line {
    fn ask(&mut self, kind: u32, words: &str) -> Value {
        let length = u32::try_from(words.len()).expect("words are few").to_ne_bytes();
        let message = [MAGIC.as_slice(), &length, &kind.to_ne_bytes(), words.as_bytes()].concat();
        self.0.write_all(&message).unwrap();
        self.receive()
    }

    /// The next answer or event.
    #[track_caller]
    fn receive(&mut self) -> Value {
        let mut head = [0; 14];
        self.0.read_exact(&mut head).expect("sway answers in time");
        assert_eq!(&head[..6], MAGIC);
        let length = u32::from_ne_bytes(head[6..10].try_into().expect("these are four bytes"));
        let mut words = vec![0; length as usize];
        self.0.read_exact(&mut words).unwrap();
        serde_json::from_slice(&words).unwrap()
    }
}

fn has(node: &Value, window: &str) -> bool {
    node["app_id"] == window || below(node).any(|node| has(node, window))
}

fn below(node: &Value) -> impl Iterator<Item = &Value> {
    ["nodes", "floating_nodes"].into_iter().filter_map(|name| node[name].as_array()).flatten()
}

/// The application id of the window that has the keyboard.
fn focused(node: &Value) -> Option<String> {
    if node["focused"] == true {
        return node["app_id"].as_str().map(str::to_owned);
    }
    below(node).find_map(focused)
}
