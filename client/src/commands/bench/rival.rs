//! A program to compare with. It prints one line when it is ready; then it reads one path a line and answers each with one line of JSON,
//! whose `text` is what it has heard. What it says of its own speed is not looked at.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;

use super::error::BenchError;
use super::process;

/// For loading a large model from a slow disk, and for a recording of half an hour on a slow machine.
const PATIENCE: Duration = Duration::from_mins(10);
/// Of an answer that makes no sense, so much is shown.
const SHOWN: usize = 200;

#[derive(Debug)]
pub(super) struct Rival {
    command: String,
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

#[derive(Deserialize)]
struct Answer {
    text: Option<String>,
    /// What rivals say in its place where they have none.
    error: Option<serde_json::Value>,
}

impl Rival {
    /// Starts it and waits until it is ready.
    pub(super) fn start(command: &str) -> Result<Self, BenchError> {
        let mut shell = Command::new("sh");
        // A group of its own, so that whatever the shell starts ends with it.
        shell.args(["-c", command]).stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        let mut child = shell.spawn().map_err(BenchError::RivalUnstartable)?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().expect("it is piped");
        // One line may wait: the rival is asked one thing at a time. If it says more, it waits.
        let (out, lines) = sync_channel(1);
        thread::spawn(move || {
            for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
                if out.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
            }
        });
        let mut rival = Self { command: command.to_owned(), child, stdin, lines };
        let ready = rival.line()?;
        serde_json::from_str::<serde_json::Map<_, _>>(&ready).map_err(|_| nonsense(&ready))?;
        Ok(rival)
    }

    pub(super) fn transcribe(&mut self, recording: &Path) -> Result<String, BenchError> {
        let mut line = recording.as_os_str().as_encoded_bytes().to_vec();
        line.push(b'\n');
        // If it does not read any more, it does not answer either, which says more.
        let _ = self.stdin.as_mut().map(|stdin| stdin.write_all(&line));
        let answer = self.line()?;
        match serde_json::from_str::<Answer>(&answer) {
            Ok(Answer { text: Some(text), .. }) => Ok(text),
            Ok(Answer { error, .. }) => {
                let problem = error.map_or_else(|| shown(&answer), |error| shown(&error.to_string()));
                Err(BenchError::RivalFailed { problem })
            }
            Err(_) => Err(nonsense(&answer)),
        }
    }

    /// After it has ended.
    pub(super) fn start_again(&mut self) -> Result<(), BenchError> {
        *self = Self::start(&self.command)?;
        Ok(())
    }

    /// Processor time of all its processes so far.
    pub(super) fn cpu_s(&self) -> Option<f64> {
        process::tree_cpu_s(self.child.id())
    }

    fn line(&mut self) -> Result<String, BenchError> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Ok(line),
            Err(RecvTimeoutError::Timeout) => Err(BenchError::RivalSilent { seconds: PATIENCE.as_secs() }),
            Err(RecvTimeoutError::Disconnected) => {
                self.stdin = None;
                // It has closed its output, and should it not end by that, it is ended.
                self.kill();
                let status = self.child.wait().map_err(BenchError::RivalUnstartable)?;
                Err(BenchError::RivalDied { status })
            }
        }
    }

    fn kill(&self) {
        // It may have ended already.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
    }
}

impl Drop for Rival {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.wait();
    }
}

fn nonsense(said: &str) -> BenchError {
    BenchError::RivalNonsense { said: shown(said) }
}

fn shown(said: &str) -> String {
    said.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(command: &str) -> Result<String, BenchError> {
        Rival::start(command)?.transcribe(Path::new("/a b.wav"))
    }

    #[test]
    fn it_is_asked_by_lines() {
        let echo = r#"echo '{"ready": true}'; while read -r path; do echo "{\"text\": \"$path\", \"ms\": 1}"; done"#;
        let mut rival = Rival::start(echo).unwrap();
        assert_eq!(rival.transcribe(Path::new("/a b.wav")).unwrap(), "/a b.wav");
        assert_eq!(rival.transcribe(Path::new("/c.wav")).unwrap(), "/c.wav");
        assert!(rival.cpu_s().is_some());
    }

    #[test]
    fn what_it_does_wrong_is_told() {
        assert!(matches!(says("exit 3"), Err(BenchError::RivalDied { status }) if status.code() == Some(3)));
        assert!(
            matches!(says("echo '{}'; read x; exit 4"), Err(BenchError::RivalDied { status }) if status.code() == Some(4))
        );
        assert!(matches!(says("echo hello; cat"), Err(BenchError::RivalNonsense { said }) if said == "hello"));
        assert!(matches!(says("echo '{}'; cat"), Err(BenchError::RivalNonsense { said }) if said == "/a b.wav"));
        let failed = "echo '{}'; read x; echo '{\"error\": \"no sound\"}'; cat";
        assert!(matches!(says(failed), Err(BenchError::RivalFailed { problem }) if problem == "\"no sound\""));
    }

    #[test]
    fn it_can_be_started_again() {
        let mut rival = Rival::start("echo '{}'; read path; echo '{\"text\": \"one\"}'; read path; exit 3").unwrap();
        for _ in 0..2 {
            assert_eq!(rival.transcribe(Path::new("/a.wav")).unwrap(), "one");
            assert!(matches!(rival.transcribe(Path::new("/b.wav")), Err(BenchError::RivalDied { .. })));
            rival.start_again().unwrap();
        }
    }
}
