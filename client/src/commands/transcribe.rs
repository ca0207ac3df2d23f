//! `hob transcribe`: a recording into text.

use hob_protocol::Secret;
use hob_protocol::method;
use hob_protocol::speech::{Segment, Transcript};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{absolute, ask, follow, model, say_waiting};
use crate::cli::{self, TranscriptForm};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn execute(arguments: cli::Transcribe, output: &mut Output) -> Result<Exit, Failure> {
    let form = arguments.form();
    let request = hob_protocol::speech::Transcribe {
        path: absolute(&arguments.file)?,
        language: arguments.language,
        prompt: arguments.prompt.map(Secret::new),
        model: model(arguments.model)?,
    };
    if form == TranscriptForm::Json {
        output.json(&ask(method::Transcribe, &request)?)?;
        return Ok(Exit::Ok);
    }
    let transcript = recognise(&request, output)?;
    if form == TranscriptForm::Segments {
        for segment in &transcript.segments {
            output.text(&line(segment))?;
        }
    } else {
        output.text(transcript.text.as_str())?;
    }
    Ok(Exit::Ok)
}

/// Waits for the transcript under a progress bar. What was recognised before a failure is not kept back.
fn recognise(request: &hob_protocol::speech::Transcribe, output: &Output) -> Result<Transcript, Failure> {
    /// Steps of the bar: more than a terminal has columns.
    const WHOLE: u64 = 1000;
    // On a standard error that is no terminal, the bar draws nothing.
    let bar = ProgressBar::with_draw_target(Some(WHOLE), ProgressDrawTarget::stderr());
    bar.set_style(
        ProgressStyle::with_template("{bar:40} {percent:>3} %  {eta} left").expect("the template is checked by a test"),
    );
    let mut segments: Vec<Segment> = Vec::new();
    for reply in follow(method::Transcribe, request)? {
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => {
                bar.finish_and_clear();
                if !segments.is_empty() {
                    output.warn(&format!(
                        "recognised so far:\n{}",
                        segments.iter().map(line).collect::<Vec<_>>().join("\n")
                    ));
                }
                return Err(error.into());
            }
        };
        bar.suspend(|| say_waiting(reply.waiting, output));
        if let Some(progress) = reply.progress {
            bar.set_position((progress.clamp(0.0, 1.0) * WHOLE as f64) as u64);
        }
        segments.extend(reply.segment);
        if let Some(transcript) = reply.result {
            bar.finish_and_clear();
            return Ok(transcript);
        }
    }
    bar.finish_and_clear();
    Err(Failure::NoResult)
}

/// `[00:01:02.50 - 00:01:05.00] text`
fn line(segment: &Segment) -> String {
    format!("[{} - {}] {}", clock(segment.start_s), clock(segment.end_s), segment.text.as_str().trim())
}

fn clock(seconds: f64) -> String {
    let hundredths = (seconds.max(0.0) * 100.0).round() as u64;
    let (minutes, rest) = (hundredths / 6000, hundredths % 6000);
    format!("{:02}:{:02}:{:02}.{:02}", minutes / 60, minutes % 60, rest / 100, rest % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_round_without_a_sixtieth_second() {
        assert_eq!(clock(0.0), "00:00:00.00");
        assert_eq!(clock(59.999), "00:01:00.00");
        assert_eq!(clock(3_725.5), "01:02:05.50");
        assert_eq!(clock(f64::NAN), "00:00:00.00");
    }
}
