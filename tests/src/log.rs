//! The log of a running daemon, which is its standard error, as it grows.

use std::io::{BufRead, BufReader};
use std::process::ChildStderr;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use crate::PATIENCE;

#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<(Mutex<Lines>, Condvar)>);

#[derive(Debug, Default)]
struct Lines {
    text: String,
    ended: bool,
}

impl Log {
    /// Reads until the daemon has closed it, which is when it has ended; `at_end` is called before anybody hears of that.
    pub(crate) fn follow(stderr: ChildStderr, at_end: impl FnOnce() + Send + 'static) -> Self {
        let log = Self::default();
        let shared = log.clone();
        thread::spawn(move || {
            for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
                shared.change(|lines| {
                    lines.text.push_str(&String::from_utf8_lossy(&line));
                    lines.text.push('\n');
                });
            }
            at_end();
            shared.change(|lines| lines.ended = true);
        });
        log
    }

    pub(crate) fn text(&self) -> String {
        self.0.0.lock().unwrap().text.clone()
    }

    pub(crate) fn wait_for(&self, part: &str) {
        self.wait_until(&format!("`{part}` in the log"), |lines| lines.text.contains(part));
    }

    pub(crate) fn wait_for_end(&self) {
        self.wait_until("the end of the daemon", |lines| lines.ended);
    }

    fn change(&self, change: impl FnOnce(&mut Lines)) {
        change(&mut self.0.0.lock().unwrap());
        self.0.1.notify_all();
    }

    fn wait_until(&self, what: &str, condition: impl Fn(&Lines) -> bool) {
        let (lines, changed) = &*self.0;
        let guard = lines.lock().unwrap();
        let (guard, waited) = changed.wait_timeout_while(guard, PATIENCE, |lines| !condition(lines)).unwrap();
        let timed_out = waited.timed_out();
        drop(guard);
        assert!(!timed_out, "{what} did not come");
    }
}
