//! The menu as a person goes through it, with a book of which entries there were and which have been clicked.

use std::collections::BTreeSet;
use std::fs;
use std::time::Instant;

use hob_protocol::daemon::Phase;
use hob_protocol::text::RunOnSelection;
use hob_protocol::{Error, method};
use hob_tests::desktop::{Line, Tray, X11Desktop};
use hob_tests::{Daemon, Home, PATIENCE, Watcher};

/// The title above the languages to translate into.
pub(super) const TRANSLATE: &str = "Translate into another language";

/// A daemon with an icon, and what has become of its menu's entries.
pub(super) struct Menu<'a> {
    pub(super) daemon: Daemon,
    pub(super) watch: Watcher,
    pub(super) tray: Tray<'a>,
    /// Every entry that could be chosen at some time, by the titles above it and its own.
    pub(super) seen: BTreeSet<Vec<String>>,
    pub(super) clicked: BTreeSet<Vec<String>>,
}

impl<'a> Menu<'a> {
    pub(super) fn start(desktop: &'a X11Desktop, home: Home) -> Self {
        let daemon = home.start();
        let (tray, watch) = (Tray::of(desktop.bus()), daemon.watch());
        tray.until(&[], |line| line.label == "Quit");
        Self { daemon, watch, tray, seen: BTreeSet::new(), clicked: BTreeSet::new() }
    }

    /// Clicks on the entry that begins so, which is below the titles before.
    #[track_caller]
    pub(super) fn choose(&mut self, titles: &[&str]) {
        let (starts, titles) = titles.split_last().expect("an entry has a title");
        self.tray.until(titles, |line| line.label.starts_with(starts) && line.can_be_chosen);
        note(&mut self.seen, &[], &self.tray.menu());
        let label = self.tray.choose_that(titles, |line| line.label.starts_with(starts));
        self.clicked.insert(path_to(titles.iter().map(|title| (*title).to_owned()), &label));
    }

    #[track_caller]
    pub(super) fn until_phase(&mut self, phase: Phase) {
        self.watch.until(|state| state.dictation.phase == phase);
    }

    #[track_caller]
    pub(super) fn until_ticked(&self, titles: &[&str], starts: &str) {
        self.tray.until(titles, |line| line.label.starts_with(starts) && line.is_ticked);
    }

    /// A click ticks its own line at once; that another line loses its tick tells that the choice holds.
    #[track_caller]
    pub(super) fn until_not_ticked(&self, titles: &[&str], starts: &str) {
        self.tray.until(titles, |line| line.label.starts_with(starts) && !line.is_ticked);
    }

    /// Waits until the settings file holds this line: nobody tells of it.
    #[track_caller]
    pub(super) fn until_configured(&self, line: &str) {
        let deadline = Instant::now() + PATIENCE;
        let config = || fs::read_to_string(self.daemon.home().config_file()).unwrap_or_default();
        while !config().contains(line) {
            assert!(Instant::now() < deadline, "{line}: {}", config());
        }
    }

    /// Waits until the last text action is over. What it wrote is seen before that, and nobody tells: one that does not exist is refused
    /// for that reason as soon as no other one is at work.
    pub(super) fn until_no_action(&self) {
        let deadline = Instant::now() + PATIENCE;
        let unknown = RunOnSelection { action: "no-such-action".into(), options: None };
        while let Err(Error::Busy { what, .. }) = self.daemon.call(method::RunOnSelection, &unknown) {
            assert!(Instant::now() < deadline, "still busy with {what}");
        }
    }

    /// What the text model has been asked since this was called last.
    pub(super) fn requests(&self) -> String {
        let file = self.daemon.home().path().join("requests");
        let requests = fs::read_to_string(&file).unwrap_or_default();
        fs::write(&file, "").unwrap();
        requests
    }
}

/// Keeps every entry that can be chosen.
fn note(seen: &mut BTreeSet<Vec<String>>, titles: &[String], lines: &[Line]) {
    for line in lines.iter().filter(|line| line.can_be_chosen) {
        let path = path_to(titles.iter().cloned(), &line.label);
        if line.lines.is_empty() {
            seen.insert(path);
        } else {
            note(seen, &path, &line.lines);
        }
    }
}

/// With the part of the label that stays the same: behind it is how much memory a model takes, or which microphone the system has
/// chosen. Which languages there are to translate into depends on the settings, and is one entry here.
fn path_to(titles: impl Iterator<Item = String>, label: &str) -> Vec<String> {
    let mut path: Vec<_> = titles.collect();
    if path.last().is_some_and(|title| title == TRANSLATE) {
        return path;
    }
    let end = [" – ", " ("].iter().filter_map(|mark| label.find(mark)).min();
    path.push(label[..end.unwrap_or(label.len())].to_owned());
    path
}
