//! What a person sees while a model is fetched: bars on a terminal, a line for every tenth elsewhere.

use std::io::Write;

use hob_models::human_bytes;
use indicatif::{ProgressBar, ProgressStyle};

/// Where messages go.
pub(super) struct Console {
    out: Box<dyn Write>,
    look: Look,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// A moving bar with rate and time left.
    Bars,
    /// Plain lines, for logs.
    Lines,
}

impl Console {
    pub(super) fn new(out: Box<dyn Write>, look: Look) -> Self {
        Self { out, look }
    }

    /// One line of text. A reader that has gone away is no reason to stop a download.
    pub(super) fn line(&mut self, text: &str) {
        drop(writeln!(self.out, "{text}"));
    }

    /// Shows how `total` bytes get done, beginning with the `done` ones.
    pub(super) fn meter(&mut self, label: &str, total: u64, done: u64) -> Meter<'_> {
        match self.look {
            Look::Bars => {
                let style = ProgressStyle::with_template(
                    "{prefix} {wide_bar} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left  {msg}",
                )
                .expect("the template is a constant");
                let bar = ProgressBar::new(total).with_style(style).with_prefix(label.to_owned()).with_position(done);
                // What was there before is not part of the rate.
                bar.reset_eta();
                Meter::Bar(bar)
            }
            Look::Lines => {
                Meter::Lines { out: &mut *self.out, label: label.to_owned(), total, tenth: tenth(done, total) }
            }
        }
    }
}

/// Progress of one thing; the bar vanishes when it is dropped.
pub(super) enum Meter<'a> {
    Bar(ProgressBar),
    Lines { out: &'a mut dyn Write, label: String, total: u64, tenth: u64 },
}

impl Meter<'_> {
    /// So many bytes are done.
    pub(super) fn set(&mut self, done: u64) {
        match self {
            Self::Bar(bar) => bar.set_position(done),
            Self::Lines { out, label, total, tenth: last } => {
                let now = tenth(done, *total);
                if now > *last {
                    *last = now;
                    drop(writeln!(out, "{label}: {} % of {}", now * 10, human_bytes(*total)));
                }
            }
        }
    }

    /// A word about where it stands, on a bar only.
    pub(super) fn note(&self, text: String) {
        if let Self::Bar(bar) = self {
            bar.set_message(text);
        }
    }
}

impl Drop for Meter<'_> {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn tenth(done: u64, total: u64) -> u64 {
    (done.min(total) * 10).checked_div(total).unwrap_or(10)
}
