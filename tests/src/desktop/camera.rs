//! Takes screenshots of a desktop without holding on to it, so that a test that fails shows what could be seen, before its windows close.

use std::path::PathBuf;
use std::process::Command;
use std::thread;

use super::Display;
use super::picture::kept_as;

#[derive(Debug)]
pub enum Camera {
    X11 {
        display: String,
    },
    /// Of a compositor that knows the protocol of `grim`; the command has its variables.
    Wayland(Box<Command>),
}

impl Camera {
    /// Keeps a screenshot if the test is about to fail.
    pub(crate) fn keep_failure(&mut self) {
        if thread::panicking() {
            let name = format!("failed-{}", thread::current().name().unwrap_or("test"));
            match self.keep(&name) {
                Ok(path) => eprintln!("what could be seen: {}", path.display()),
                Err(error) => eprintln!("no screenshot: {error}"),
            }
        }
    }

    /// Keeps a screenshot, and gives its path. It may be that there is nothing left to see.
    pub(crate) fn keep(&mut self, name: &str) -> Result<PathBuf, Box<dyn std::error::Error>> {
        match self {
            Self::X11 { display } => Ok(Display::open(display)?.try_picture()?.keep(name)),
            Self::Wayland(grim) => {
                let path = kept_as(name);
                let status = grim.arg(&path).status()?;
                if status.success() { Ok(path) } else { Err(status.to_string().into()) }
            }
        }
    }
}
