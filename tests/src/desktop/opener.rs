//! Stands in for what opens files on a desktop, and tells the test what it was to open.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::Desktop;
use super::fifo::Fifo;
use super::told::Told;
use crate::Home;

#[derive(Debug)]
pub struct Opener {
    opened: Told<Vec<PathBuf>>,
    _told: Fifo,
}

impl Opener {
    /// With a home whose programs find it.
    pub fn install(desktop: &impl Desktop, home: Home) -> (Self, Home) {
        let folder = desktop.session().path().join("opener");
        fs::create_dir(&folder).unwrap();
        let (opened, mut unfinished) = (Told::<Vec<PathBuf>>::default(), Vec::new());
        let opening = opened.clone();
        let pipe = folder.join("opened");
        let told = Fifo::make(pipe.clone(), move |bytes| {
            unfinished.extend_from_slice(bytes);
            while let Some(end) = unfinished.iter().position(|byte| *byte == b'\n') {
                let line: Vec<_> = unfinished.drain(..=end).collect();
                let path = PathBuf::from(String::from_utf8_lossy(&line[..end]).into_owned());
                opening.change(|opened| opened.push(path));
            }
        });
        let script = folder.join("xdg-open");
        fs::write(&script, format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >'{}'\n", pipe.display())).unwrap();
        fs::set_permissions(&script, Permissions::from_mode(0o700)).unwrap();
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
        (Self { opened, _told: told }, home.with_variable("PATH", path))
    }

    /// Waits until this was to be opened.
    #[track_caller]
    pub fn until(&self, path: &std::path::Path) {
        self.opened.until(&format!("{}", path.display()), |opened| opened.iter().any(|opened| opened == path));
    }
}
