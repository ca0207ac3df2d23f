//! The reader over pipes that stand for keyboards: what comes out of them, what comes and goes, and what may not be read.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;

use super::*;
use crate::core::Motion;

/// Letters, the space bar, modifiers, and F9.
const ALL_KEYS: &str = "ffffffffffffffff ffffffffffffffff\n";

struct Machine {
    folder: TempDir,
    told: mpsc::Receiver<News>,
    source: Box<dyn Source>,
}

impl Machine {
    fn start(first: Option<&str>) -> (Self, Option<File>) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("dev")).unwrap();
        let plugged = first.map(|name| plug(folder.path(), name));
        let (news, told) = mpsc::channel(8);
        let places = Places { devices: folder.path().join("dev"), classes: folder.path().join("class") };
        let mut source = start(places, news).unwrap();
        source.bind(vec![(Binding::Dictate, Key::parse("ctrl+F9").unwrap())]);
        (Self { folder, told, source }, plugged)
    }

    fn is_told(&mut self) -> News {
        self.told.blocking_recv().unwrap()
    }

    fn is_bound(&mut self) -> Option<String> {
        let News::Bound(bounds) = self.is_told() else { panic!("not a key") };
        bounds[0].problem.clone()
    }
}

/// A pipe in place of a device, and its other end.
fn plug(folder: &Path, name: &str) -> File {
    let class = folder.join("class").join(name).join("device/capabilities");
    fs::create_dir_all(&class).unwrap();
    fs::write(class.join("key"), ALL_KEYS).unwrap();
    // Not there before it can be written to, as a device is.
    let (pipe, device) = (folder.join("pipe"), folder.join("dev").join(name));
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let end = File::options().read(true).write(true).open(&pipe).unwrap();
    fs::hard_link(&pipe, &device).unwrap();
    fs::remove_file(&pipe).unwrap();
    end
}

fn strike(keyboard: &mut File, strokes: &[(u16, i32)]) {
    for (code, value) in strokes {
        let mut event = vec![0; 16];
        event.extend(1_u16.to_ne_bytes());
        event.extend(code.to_ne_bytes());
        event.extend(value.to_ne_bytes());
        // In two pieces, as no kernel does.
        keyboard.write_all(&event[..10]).unwrap();
        keyboard.write_all(&event[10..]).unwrap();
    }
}

#[test]
fn keys_are_read_and_repeats_are_none() {
    let (mut machine, keyboard) = Machine::start(Some("event0"));
    assert_eq!(machine.is_bound(), None);
    let mut keyboard = keyboard.unwrap();
    strike(&mut keyboard, &[(29, 1), (67, 1), (67, 2), (67, 2), (29, 0), (67, 0), (67, 1), (67, 0)]);
    strike(&mut keyboard, &[(29, 1), (67, 1)]);
    for motion in [Motion::Pressed, Motion::Released, Motion::Pressed] {
        assert_eq!(machine.is_told(), News::Moved(Binding::Dictate, motion));
    }
    // Another configuration leaves what is down.
    machine.source.bind(vec![(Binding::Cancel, Key::parse("F8").unwrap())]);
    assert_eq!(machine.is_bound(), None);
    // Unplugged while it is down.
    drop(keyboard);
    assert_eq!(machine.is_told(), News::Moved(Binding::Dictate, Motion::Released));
}

#[test]
fn a_keyboard_that_is_plugged_in_later_is_found() {
    let (mut machine, _) = Machine::start(None);
    assert_eq!(machine.is_bound().as_deref(), Some("there is no keyboard"));
    let mut keyboard = plug(machine.folder.path(), "event7");
    assert_eq!(machine.is_bound(), None);
    strike(&mut keyboard, &[(97, 1), (67, 1), (67, 0)]);
    for motion in [Motion::Pressed, Motion::Released] {
        assert_eq!(machine.is_told(), News::Moved(Binding::Dictate, motion));
    }
}

#[test]
fn without_devices_it_says_so() {
    let (news, mut told) = mpsc::channel(8);
    let places = Places { devices: "/nowhere/at/all".into(), classes: "/nowhere".into() };
    let _source = start(places, news).unwrap();
    let Some(News::Lost { why }) = told.blocking_recv() else { panic!("there is no such folder") };
    assert!(why.starts_with("/nowhere/at/all cannot be watched"), "{why}");
}
