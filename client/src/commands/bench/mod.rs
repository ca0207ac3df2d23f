//! `hob bench`: measures the running daemon on recordings, in real time, its text actions on texts with traps, and its text model.

mod actions;
mod beside;
mod error;
mod measure;
mod process;
mod recordings;
mod report;
mod result;
mod rival;
mod summary;
mod text;

use std::io::{BufWriter, Write};
use std::path::Path;

use hob_protocol::daemon::State;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use tempfile::NamedTempFile;
use unicode_width::UnicodeWidthStr;

pub(crate) use error::BenchError;
use measure::{Bench, speech_engine, state};
use recordings::{Recording, Recordings};
use result::Way;
use rival::Rival;

use crate::cli::{self, Measurement};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn execute(command: cli::Bench, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        cli::Bench::Dictation(cli::DictationBench { measurement, beside_generation: true }) => {
            measure(&[Way::Dictation, Way::Beside, Way::Clip], measurement, output)
        }
        cli::Bench::Dictation(arguments) => measure(&[Way::Dictation, Way::Clip], arguments.measurement, output),
        cli::Bench::Transcription(arguments) => measure(&[Way::Clip], arguments, output),
        cli::Bench::Actions(arguments) => actions::execute(arguments, output),
        cli::Bench::Text(arguments) => text::execute(arguments, output),
    }
}

/// Measures hob's ways, and a rival's if there is one.
fn measure(own: &[Way], arguments: Measurement, output: &mut Output) -> Result<Exit, Failure> {
    // A daemon or a file that is not there is better known before minutes of measuring.
    state()?;
    let read = recordings::read(&arguments.folder, arguments.language.as_deref())?;
    let Recordings { all: recordings, notes } = recordings::choose(read, &arguments.choice)?;
    let save = arguments.json.as_deref().map(Save::begin).transpose()?;
    let rival = arguments.rival.as_deref().map(Rival::start).transpose()?;
    let mut bench = Bench::new(own, arguments.language, rival);
    let before = bench.warm_up(&recordings)?;
    output.line(&subject(&before)?)?;
    notes.iter().try_for_each(|note| output.line(note))?;

    let mut singles = Vec::new();
    let progress = Progress::new(&recordings, arguments.repeat);
    let id_width = recordings.iter().map(|recording| recording.id.width()).max().unwrap_or_default();
    for pass in 1..=arguments.repeat {
        for recording in &recordings {
            let measured = bench.measure(pass, recording)?;
            let mut lines = vec![report::line(&measured, id_width)];
            if arguments.texts {
                lines.extend(report::texts(recording, &measured));
            }
            lines.extend(measured.iter().filter_map(|single| Some(format!("  {}", single.failure.as_ref()?))));
            progress.suspend(|| lines.iter().try_for_each(|line| output.text(line)))?;
            progress.add(recording);
            singles.extend(measured);
        }
    }
    progress.bar.finish_and_clear();

    let after = state()?;
    let engine = speech_engine(&after)?.pid.and_then(process::peak_bytes);
    output.line("")?;
    output.text(&report::summary(&singles, bench.ways()))?;
    output.line("")?;
    output.text(&report::memory(&[("engine", engine), ("hobd", process::peak_bytes(after.pid))]))?;
    if let Some(save) = save {
        save.finish(&singles)?;
    }
    if let Some(beside) = bench.beside() {
        output.line("")?;
        output.line(&report::beside(&singles))?;
        output.line(&beside.line())?;
        if beside.has_changed() {
            output.warn("a text became another one because somebody dictated meanwhile");
            return Ok(Exit::Failed);
        }
    }
    let failed = singles.iter().filter(|single| single.failure.is_some()).count();
    if failed > 0 {
        output.warn(&format!("{failed} of {} measurements failed", singles.len()));
        return Ok(Exit::Failed);
    }
    Ok(Exit::Ok)
}

/// What is measured.
fn subject(state: &State) -> Result<String, Failure> {
    let engine = speech_engine(state)?;
    let part = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
    Ok(format!("hobd {}, model {}, engine build {}", state.version, part(&engine.model), part(&engine.build)))
}

/// How far it is, in seconds of sound, for somebody who watches.
struct Progress {
    bar: ProgressBar,
}

impl Progress {
    fn new(recordings: &[Recording], repeat: u32) -> Self {
        let seconds: f64 = recordings.iter().map(|recording| recording.seconds).sum::<f64>() * f64::from(repeat);
        let style =
            ProgressStyle::with_template("{wide_bar} {percent:>3} %  {eta} left").expect("the template is a constant");
        // On a standard error that is no terminal, the bar draws nothing.
        let bar = ProgressBar::with_draw_target(Some(milliseconds(seconds)), ProgressDrawTarget::stderr());
        Self { bar: bar.with_style(style) }
    }

    fn suspend<T>(&self, work: impl FnOnce() -> T) -> T {
        self.bar.suspend(work)
    }

    fn add(&self, recording: &Recording) {
        self.bar.inc(milliseconds(recording.seconds));
    }
}

fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1000.0) as u64
}

/// The file with every single result. It gets its name once it is whole.
struct Save<'a> {
    path: &'a Path,
    file: NamedTempFile,
}

impl<'a> Save<'a> {
    fn begin(path: &'a Path) -> Result<Self, BenchError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file =
            NamedTempFile::new_in(folder).map_err(|source| BenchError::Save { path: path.to_owned(), source })?;
        Ok(Self { path, file })
    }

    fn finish(self, singles: &[impl Serialize]) -> Result<(), BenchError> {
        let Self { path, mut file } = self;
        let failed = |source| BenchError::Save { path: path.to_owned(), source };
        let mut out = BufWriter::new(file.as_file_mut());
        for single in singles {
            serde_json::to_writer(&mut out, single).map_err(|error| failed(error.into()))?;
            out.write_all(b"\n").map_err(failed)?;
        }
        out.flush().map_err(failed)?;
        drop(out);
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}
