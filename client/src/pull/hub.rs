//! One file over https: resumed where an earlier attempt stopped, hashed on the way.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use hob_models::{Hasher, ModelError, SourceKind};
use ureq::http::header::{ACCEPT_ENCODING, CONTENT_RANGE, RANGE};
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

use super::progress::{Console, Meter};
use super::{PullError, settle, write_error};

/// Short, because a machine without network should get to the next source soon.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A hub may take a while to find the file.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// A connection that brings nothing for this long is dead.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes at a time.
const CHUNK: usize = 256 * 1024;

/// What to fetch.
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    pub(super) url: &'a str,
    pub(super) bytes: u64,
    pub(super) sha256: Option<&'a str>,
    /// Another kind of source that has the same model.
    pub(super) elsewhere: Option<SourceKind>,
}

/// Fetches into `part`, going on where it ends, and returns its sha256. A file with the wrong sum is deleted.
pub(super) fn fetch(wanted: &Wanted<'_>, part: &Path, console: &mut Console) -> Result<String, PullError> {
    let agent = agent(wanted.url);
    let mut download = Download::open(wanted, part)?;
    let mut meter = console.meter(wanted.name, wanted.bytes, download.done);
    while download.done < wanted.bytes {
        let before = download.done;
        download.attempt(&agent, &mut meter)?;
        // A broken connection is taken up again at once, as long as each attempt brings something.
        if download.done <= before {
            settle(&download.file, part)?;
            return Err(PullError::Cut { name: wanted.name.into(), got: download.done, expected: wanted.bytes });
        }
    }
    drop(meter);
    download.finish()
}

/// Size of a file that may not be there.
pub(super) fn bytes_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn agent(url: &str) -> Agent {
    Agent::config_builder()
        // A redirect must not lead from https to plain http.
        .https_only(url.starts_with("https://"))
        .http_status_as_error(false)
        .timeout_resolve(Some(CONNECT_TIMEOUT))
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_recv_response(Some(ANSWER_TIMEOUT))
        .timeout_per_read(Some(SILENCE_TIMEOUT))
        .user_agent(concat!("hob/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// A file in the making, with the sum of what it holds.
struct Download<'a> {
    wanted: &'a Wanted<'a>,
    part: &'a Path,
    file: File,
    hasher: Hasher,
    done: u64,
}

impl<'a> Download<'a> {
    fn open(wanted: &'a Wanted<'a>, part: &'a Path) -> Result<Self, PullError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(part)
            .map_err(ModelError::io("open", part))?;
        let mut download = Self { wanted, part, file, hasher: Hasher::default(), done: 0 };
        if bytes_of(part) > wanted.bytes {
            download.restart()?;
        }
        let mut chunk = vec![0; CHUNK];
        loop {
            match download.file.read(&mut chunk).map_err(ModelError::io("read", part))? {
                0 => return Ok(download),
                count => download.hasher.update(&chunk[..count]),
            }
            download.done = io::Seek::stream_position(&mut download.file).map_err(ModelError::io("read", part))?;
        }
    }

    /// One request, as far as it goes. A body that breaks off is not an error here.
    fn attempt(&mut self, agent: &Agent, meter: &mut Meter<'_>) -> Result<(), PullError> {
        let mut request = agent.get(self.wanted.url).header(ACCEPT_ENCODING, "identity");
        if self.done > 0 {
            request = request.header(RANGE, format!("bytes={}-", self.done));
        }
        let response = request.call().map_err(|error| self.unreachable(&error))?;
        match response.status() {
            StatusCode::OK => self.restart()?,
            StatusCode::PARTIAL_CONTENT if starts_at(&response, self.done) => {}
            // The server cannot go on from here; what there is was never part of this file.
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if self.done > 0 => {
                self.restart()?;
                return self.attempt(agent, meter);
            }
            status => {
                return Err(PullError::Refused {
                    url: self.wanted.url.into(),
                    status: status.as_u16(),
                    elsewhere: self.wanted.elsewhere,
                });
            }
        }
        self.receive(response, meter)
    }

    fn receive(&mut self, response: Response<Body>, meter: &mut Meter<'_>) -> Result<(), PullError> {
        let mut body = response.into_body().into_with_config().limit(u64::MAX).reader();
        let mut chunk = vec![0; CHUNK];
        loop {
            let count = match body.read(&mut chunk) {
                Ok(0) | Err(_) => return Ok(()),
                Ok(count) => count,
            };
            if self.done + count as u64 > self.wanted.bytes {
                self.discard()?;
                return Err(PullError::TooLong { name: self.wanted.name.into(), expected: self.wanted.bytes });
            }
            self.file.write_all(&chunk[..count]).map_err(write_error(self.part))?;
            self.hasher.update(&chunk[..count]);
            self.done += count as u64;
            meter.set(self.done);
        }
    }

    fn finish(self) -> Result<String, PullError> {
        settle(&self.file, self.part)?;
        let actual = self.hasher.clone().hex();
        match self.wanted.sha256 {
            Some(expected) if expected != actual => {
                self.discard()?;
                Err(PullError::WrongSum { what: self.wanted.name.into(), expected: expected.into(), actual })
            }
            _ => Ok(actual),
        }
    }

    fn restart(&mut self) -> Result<(), PullError> {
        self.file.set_len(0).map_err(write_error(self.part))?;
        io::Seek::rewind(&mut self.file).map_err(write_error(self.part))?;
        self.hasher = Hasher::default();
        self.done = 0;
        Ok(())
    }

    fn discard(&self) -> Result<(), PullError> {
        Ok(fs::remove_file(self.part).map_err(ModelError::io("remove", self.part))?)
    }

    fn unreachable(&self, error: &ureq::Error) -> PullError {
        PullError::Unreachable { url: self.wanted.url.into(), why: error.to_string(), elsewhere: self.wanted.elsewhere }
    }
}

/// Whether a partial answer begins at this byte.
fn starts_at(response: &Response<Body>, byte: u64) -> bool {
    let range = response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok()).unwrap_or_default();
    range.strip_prefix("bytes ").and_then(|range| range.split('-').next()).and_then(|start| start.parse().ok())
        == Some(byte)
}
