//! What the daemon knows of itself beyond the core: where things are, how much memory is in use, since when it runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use hob_models::Store;
use hob_protocol::daemon::{Dictation, Engine, Journal, Microphone, State};

use crate::ipc::Connections;

#[derive(Debug)]
pub struct Surroundings {
    since: Instant,
    socket: PathBuf,
    config_path: PathBuf,
    models: PathBuf,
    connections: Arc<Connections>,
}

impl Surroundings {
    pub fn new(socket: PathBuf, config_path: PathBuf, store: &Store, connections: Arc<Connections>) -> Self {
        Self { since: Instant::now(), socket, config_path, models: store.root().to_owned(), connections }
    }

    pub fn config_path(&self) -> &Path {
        &self.config_path
    }

    pub fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Completes what the core and the engines' adapter know to the whole state, but for the journal, the last dictation, and what the core
    /// and the desktop's adapters add.
    pub fn state(&self, engines: Vec<Engine>, dictation: Dictation, microphone: Microphone, queued: usize) -> State {
        let pid = std::process::id();
        State {
            version: hob_protocol::VERSION.to_owned(),
            pid,
            uptime_s: self.since.elapsed().as_secs_f64(),
            resident_bytes: resident_bytes(pid).unwrap_or_default(),
            socket: self.socket.display().to_string(),
            config: self.config_path.display().to_string(),
            models: self.models.display().to_string(),
            engines,
            dictation,
            journal: Journal::default(),
            last_dictation: None,
            microphone,
            desktop: Vec::new(),
            paused: false,
            language: String::new(),
            queued: u32::try_from(queued).unwrap_or(u32::MAX),
            connections: self.connections.open(),
        }
    }
}

/// Resident memory of a process as the kernel counts it, in bytes.
pub fn resident_bytes(pid: u32) -> Option<u64> {
    let pages: u64 = std::fs::read_to_string(format!("/proc/{pid}/statm")).ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

/// The machine's memory in bytes.
pub fn total_bytes() -> Option<u64> {
    let meminfo = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
