//! Where the log goes and what of it is written. The daemon's log only: answers to users go over the socket.
//!
//! The levels are a contract:
//! - `error!`: a defect of hob. Somebody should report it.
//! - `warn!`: something bad that can happen: an engine died, a client broke off in the middle of a message.
//! - `info!`: one line for each thing a user did, and for start and end.
//! - `debug!`: what helps to follow one request.
//! - `trace!`: everything else. Only here may the user's words appear.
//!
//! The message of an event says the whole of it, because the journal shows messages alone; its fields repeat what programs filter by.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};

use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

/// Holds the filter: a level, or levels for modules such as `warn,hob_daemon::engine=debug`.
pub const LOG_VARIABLE: &str = "HOB_LOG";

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
const DEFAULT_FILTER: &str = "info";
/// Libraries that report as errors what is none: a stream that ends, a file that is no sound.
const QUIET: [&str; 3] = ["pulseaudio=off", "symphonia=off", "symphonia_core=off"];

#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("{LOG_VARIABLE}={} is not a log filter: {problem}", filter.display())]
    FilterInvalid { filter: OsString, problem: String },
    #[error("logging was started before")]
    StartedBefore(#[source] tracing_subscriber::util::TryInitError),
}

impl LogError {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::FilterInvalid { .. } => {
                Some(format!("set it to one of {}, or to such as `warn,hob_daemon::engine=debug`", LEVELS.join(", ")))
            }
            Self::StartedBefore(_) => None,
        }
    }
}

/// Starts logging for the whole process: to the journal if standard error leads there, else to standard error.
pub fn start() -> Result<(), LogError> {
    let filter = QUIET.iter().fold(filter(env::var_os(LOG_VARIABLE).as_deref())?, |filter, quiet| {
        filter.add_directive(quiet.parse().expect("a filter written here is valid"))
    });
    let (output, unreachable) = if leads_to(env::var("JOURNAL_STREAM").ok().as_deref(), io::stderr()) {
        match to_journal() {
            Ok(output) => (output, None),
            Err(error) => (to_standard_error(), Some(error)),
        }
    } else {
        (to_standard_error(), None)
    };
    tracing_subscriber::registry().with(output.with_filter(filter)).try_init().map_err(LogError::StartedBefore)?;
    if let Some(error) = unreachable {
        tracing::warn!("cannot reach the journal, logging to standard error: {error}");
    }
    Ok(())
}

type Output = Box<dyn Layer<Registry> + Send + Sync>;

fn to_journal() -> io::Result<Output> {
    // By default trace and debug would share the journal's numbers with debug and info, one higher than people expect.
    let priorities = PriorityMappings {
        error: Priority::Error,
        warn: Priority::Warning,
        info: Priority::Informational,
        debug: Priority::Debug,
        trace: Priority::Debug,
    };
    let layer = tracing_journald::layer()?
        .with_syslog_identifier("hobd".to_owned())
        .with_field_prefix(Some("HOB".to_owned()))
        .with_priority_mappings(priorities);
    Ok(layer.boxed())
}

/// Colours and no times on a terminal, where somebody is watching; times and no colours in a file.
fn to_standard_error() -> Output {
    let layer = fmt::layer().with_writer(io::stderr).with_target(false);
    if io::stderr().is_terminal() {
        let colours = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        layer.with_ansi(colours).without_time().boxed()
    } else {
        layer.with_ansi(false).boxed()
    }
}

/// Whether a stream is the one that systemd says it connected to the journal: `JOURNAL_STREAM` holds its device and inode.
fn leads_to(journal: Option<&str>, stream: impl std::os::fd::AsFd) -> bool {
    let named = journal.and_then(|journal| journal.split_once(':'));
    let Some((Ok(device), Ok(inode))) = named.map(|(device, inode)| (device.parse::<u64>(), inode.parse::<u64>()))
    else {
        return false;
    };
    rustix::fs::fstat(stream).is_ok_and(|stat| (stat.st_dev, stat.st_ino) == (device, inode))
}

fn filter(setting: Option<&OsStr>) -> Result<EnvFilter, LogError> {
    let invalid = |problem: String| LogError::FilterInvalid { filter: setting.unwrap_or_default().to_owned(), problem };
    let text = setting.map_or(Some(DEFAULT_FILTER), OsStr::to_str).ok_or_else(|| invalid("not UTF-8".to_owned()))?;
    let text = if text.trim().is_empty() { DEFAULT_FILTER } else { text };
    if let Some(word) = lone_words(text).find(|word| !LEVELS.contains(&word.to_lowercase().as_str())) {
        return Err(invalid(format!("`{word}` is not a level")));
    }
    EnvFilter::builder().parse(text).map_err(|error| invalid(error.to_string()))
}

/// The parts of a filter that are a single word. `EnvFilter` would take one that is not a level for the name of a module, so that
/// a misspelt level would silence everything.
fn lone_words(filter: &str) -> impl Iterator<Item = &str> {
    let with_spans = filter.contains('[');
    filter.split(',').map(str::trim).filter(move |part| !with_spans && !part.contains('=') && !part.is_empty())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::MetadataExt;

    use super::{filter, leads_to};

    fn read(setting: &str) -> String {
        filter(Some(OsStr::new(setting))).unwrap_or_else(|error| panic!("{error}")).to_string()
    }

    #[test]
    fn filters_are_read_and_info_is_the_default() {
        assert_eq!(filter(None).unwrap().to_string(), "info");
        assert_eq!(read(" "), "info");
        assert_eq!(read("Trace"), "trace");
        assert_eq!(read("warn,hob_daemon::engine=debug"), "hob_daemon::engine=debug,warn");
        assert_eq!(read("hob_daemon[request{id=7}]=trace"), "hob_daemon[request{id=7}]=trace");
    }

    #[test]
    fn what_is_no_filter_is_an_error_that_shows_one() {
        for (setting, problem) in [
            (&b"inf"[..], "HOB_LOG=inf is not a log filter: `inf` is not a level"),
            (b"info,verbose", "HOB_LOG=info,verbose is not a log filter: `verbose` is not a level"),
            (b"\xff", "HOB_LOG=\u{fffd} is not a log filter: not UTF-8"),
            (b"hob=loud", "HOB_LOG=hob=loud is not a log filter: "),
        ] {
            let error = filter(Some(OsStr::from_bytes(setting))).unwrap_err();
            assert!(error.to_string().starts_with(problem), "{error}");
            assert!(error.hint().unwrap().contains("off, error, warn, info, debug, trace"));
        }
    }

    #[test]
    fn the_journal_is_known_by_device_and_inode() {
        let file = tempfile::tempfile().unwrap();
        let (device, inode) = (file.metadata().unwrap().dev(), file.metadata().unwrap().ino());
        assert!(leads_to(Some(&format!("{device}:{inode}")), &file));
        assert!(!leads_to(Some(&format!("{device}:{inode}")), File::open("/dev/null").unwrap()));
        for journal in [None, Some(""), Some("7"), Some("a:b"), Some(":")] {
            assert!(!leads_to(journal, &file), "{journal:?}");
        }
    }
}
