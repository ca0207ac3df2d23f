//! A GTK application of our own (`pad.py`), which says at each change what it holds.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, Stdio};
use std::thread;

use serde_json::Value;

use super::Contents;
use crate::desktop::told::Told;
use crate::desktop::{Background, Desktop};

#[derive(Debug)]
pub(super) struct Pad {
    orders: ChildStdin,
    process: Background,
}

impl Pad {
    pub(super) fn open(desktop: &impl Desktop, class: &str, kind: &str, contents: &Told<Contents>) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/desktop/field/pad.py");
        // The system's own, to which the system's GTK belongs.
        let mut command = desktop.session().command("/usr/bin/python3");
        command.arg(script).args([class, kind]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Background::start("pad.py", &mut command);
        let (orders, told) = (process.stdin(), BufReader::new(process.stdout()));
        let contents = contents.clone();
        thread::spawn(move || {
            for line in told.lines().map_while(Result::ok) {
                let told: Value = serde_json::from_str(&line).unwrap();
                contents.change(|contents| take(contents, &told));
            }
        });
        Self { orders, process }
    }

    pub(super) fn order(&mut self, order: &Value) {
        writeln!(self.orders, "{order}").unwrap();
    }

    pub(super) fn process(&self) -> &Background {
        &self.process
    }
}

fn take(contents: &mut Contents, told: &Value) {
    let words = |name: &str| told[name].as_str().map(str::to_owned);
    if let Some(text) = words("text") {
        contents.text = text;
    }
    if let Some(selected) = words("selected") {
        contents.selected = selected;
    }
    contents.shortcuts.extend(words("shortcut"));
    contents.focused = told["focused"].as_bool().unwrap_or(contents.focused);
}
