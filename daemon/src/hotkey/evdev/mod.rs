//! Keys read from the kernel's keyboards, whatever display there is: only when the configuration asks for it, because whoever may read a
//! keyboard reads all that is typed. Nothing is taken away from other programs, and nothing is kept.

mod hands;
mod keyboard;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::inotify;
use tokio::sync::mpsc;

use super::key::Key;
use super::source::{Bound, News, Source};
use super::thread::{self, Order, Orders};
use crate::core::Binding;
use hands::Hands;
use keyboard::{Keyboard, Opened};

/// Where the kernel shows devices, and where it tells what they can do.
#[derive(Debug, Clone)]
pub struct Places {
    pub devices: PathBuf,
    pub classes: PathBuf,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("{} cannot be watched: {source}", folder.display())]
    Watch {
        folder: PathBuf,
        #[source]
        source: rustix::io::Errno,
    },
    #[error("the thread for keys cannot wait")]
    Wait(#[from] rustix::io::Errno),
}

impl Default for Places {
    fn default() -> Self {
        Self { devices: "/dev/input".into(), classes: "/sys/class/input".into() }
    }
}

pub fn start(places: Places, news: mpsc::Sender<News>) -> std::io::Result<Box<dyn Source>> {
    Ok(Box::new(thread::start("hotkeys", news, move |orders, news| Reader::new(places)?.serve(orders, news))?))
}

struct Reader {
    places: Places,
    arrivals: OwnedFd,
    keyboards: BTreeMap<OsString, Keyboard>,
    /// Keyboards that are there and may not be read.
    forbidden: bool,
    hands: Hands,
    wanted: Vec<(Binding, Key)>,
    told: Vec<Bound>,
}

impl Reader {
    fn new(places: Places) -> Result<Self, Problem> {
        let flags = inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK;
        // Rights come a moment after the device itself.
        let changes = inotify::WatchFlags::CREATE | inotify::WatchFlags::ATTRIB | inotify::WatchFlags::DELETE;
        let watch = || {
            let arrivals = inotify::init(flags)?;
            inotify::add_watch(&arrivals, &places.devices, changes)?;
            Ok(arrivals)
        };
        let arrivals = watch().map_err(|source| Problem::Watch { folder: places.devices.clone(), source })?;
        let mut reader = Self {
            places,
            arrivals,
            keyboards: BTreeMap::new(),
            forbidden: false,
            hands: Hands::default(),
            wanted: Vec::new(),
            told: Vec::new(),
        };
        reader.look();
        Ok(reader)
    }

    fn serve(mut self, orders: &Orders, news: &mpsc::Sender<News>) -> Result<(), Problem> {
        loop {
            match orders.next() {
                Order::Bind(keys) => {
                    self.hands.want(&keys);
                    self.wanted = keys;
                    self.told = self.bounds();
                    thread::tell(news, News::Bound(self.told.clone()));
                    continue;
                }
                Order::End => return Ok(()),
                Order::Nothing => {}
            }
            let mut others: Vec<BorrowedFd<'_>> = self.keyboards.values().map(AsFd::as_fd).collect();
            others.push(self.arrivals.as_fd());
            orders.wait(&others)?;
            self.read(news);
            if self.has_news_of_devices() {
                self.look();
                let bounds = self.bounds();
                if bounds != self.told && !self.wanted.is_empty() {
                    self.told = bounds;
                    thread::tell(news, News::Bound(self.told.clone()));
                }
            }
        }
    }

    /// Everything that the keyboards have to tell. One that is gone has no key down any more.
    fn read(&mut self, news: &mpsc::Sender<News>) {
        let mut gone = Vec::new();
        for (name, keyboard) in &mut self.keyboards {
            let strokes = keyboard.read();
            for stroke in strokes.strokes {
                for (binding, motion) in self.hands.moved(name, stroke) {
                    thread::tell(news, News::Moved(binding, motion));
                }
            }
            if strokes.is_last {
                gone.push(name.clone());
            }
        }
        for name in gone {
            self.keyboards.remove(&name);
            for (binding, motion) in self.hands.let_go(&name) {
                thread::tell(news, News::Moved(binding, motion));
            }
        }
    }

    fn has_news_of_devices(&self) -> bool {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut events = inotify::Reader::new(&self.arrivals, &mut buffer);
        let mut any = false;
        while events.next().is_ok() {
            any = true;
        }
        any
    }

    /// Opens what is there and not open yet.
    fn look(&mut self) {
        self.forbidden = false;
        for entry in std::fs::read_dir(&self.places.devices).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if self.keyboards.contains_key(&name) || !name.as_encoded_bytes().starts_with(b"event") {
                continue;
            }
            match Keyboard::open(&entry.path(), &self.capabilities(&name)) {
                Opened::Keyboard(keyboard) => {
                    self.keyboards.insert(name, keyboard);
                }
                Opened::Forbidden => self.forbidden = true,
                Opened::Other => {}
            }
        }
    }

    fn capabilities(&self, name: &OsString) -> PathBuf {
        Path::new(&self.places.classes).join(name).join("device/capabilities/key")
    }

    fn bounds(&self) -> Vec<Bound> {
        let bound = |(binding, key): &(Binding, Key)| {
            let problem = match key.code() {
                Err(problem) => Some(problem.to_string()),
                Ok(code) if self.keyboards.values().any(|keyboard| keyboard.has(code)) => None,
                Ok(_) if self.forbidden && self.keyboards.is_empty() => Some("no keyboard may be read".to_owned()),
                Ok(_) if self.keyboards.is_empty() => Some("there is no keyboard".to_owned()),
                Ok(_) => Some("no keyboard that may be read has it".to_owned()),
            };
            Bound { binding: binding.clone(), key: key.to_string(), problem }
        };
        self.wanted.iter().map(bound).collect()
    }
}
