//! An editor of the toolkit Qt, with a file. What it holds is what it saves, so a test has to press the key for that first.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use rustix::fs::inotify;

use super::Contents;
use crate::desktop::told::Told;
use crate::desktop::{Background, Desktop};

/// Without a line end of its own behind the text, and without questions about the file.
const SETTINGS: &str = "[text]\nappendEmptyLine=false\n[window]\nrememberSize=none\n";

#[derive(Debug)]
pub(super) struct Editor {
    process: Background,
}

impl Editor {
    pub(super) fn open(desktop: &impl Desktop, class: &str, contents: &Told<Contents>) -> Self {
        let session = desktop.session().path();
        let settings = session.join("config/featherpad");
        fs::create_dir_all(&settings).unwrap();
        fs::write(settings.join("fp.conf"), SETTINGS).unwrap();
        let folder = session.join(format!("{class}.folder"));
        fs::create_dir(&folder).unwrap();
        let file = folder.join("text.txt");
        fs::write(&file, "").unwrap();
        follow(&folder, file.clone(), contents.clone());
        let mut command = desktop.session().command("featherpad");
        let process = Background::start("featherpad", command.arg("--standalone").arg(&file));
        // Its window is asked for the keyboard by whoever opens it.
        contents.change(|contents| contents.focused = true);
        Self { process }
    }

    pub(super) fn process(&self) -> &Background {
        &self.process
    }
}

/// Tells what the file holds each time it was written.
fn follow(folder: &Path, file: PathBuf, contents: Told<Contents>) {
    let watch = inotify::init(inotify::CreateFlags::CLOEXEC).unwrap();
    let flags = inotify::WatchFlags::CLOSE_WRITE | inotify::WatchFlags::MOVED_TO | inotify::WatchFlags::DELETE_SELF;
    inotify::add_watch(&watch, folder, flags).unwrap();
    let name = file.file_name().map(OsString::from).expect("it is a file");
    thread::spawn(move || {
        let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
        let mut events = inotify::Reader::new(&watch, &mut buffer);
        while let Ok(event) = events.next() {
            // The folder goes with the desktop.
            if event.events().intersects(inotify::ReadFlags::DELETE_SELF | inotify::ReadFlags::IGNORED) {
                return;
            }
            if event.file_name().is_some_and(|written| written.to_bytes() == name.as_encoded_bytes()) {
                let text = fs::read_to_string(&file).unwrap_or_default();
                contents.change(|contents| contents.text = text);
            }
        }
    });
}
