//! A program run to its end.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

/// What a program left behind.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs to the end with this standard input; none of the three streams is a terminal.
pub fn run(command: &mut Command, input: &[u8]) -> Ran {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_vec();
    // A program that does not read its input closes it early.
    let feeding = thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    let _ = feeding.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    Ran { code: code.unwrap_or_else(|| panic!("{}: {stderr}", output.status)), stdout, stderr }
}

impl Ran {
    /// Standard output of a run that must have gone well and said nothing else.
    #[track_caller]
    pub fn printed(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "stdout: {}", self.stdout);
        self.stdout
    }

    /// Standard output as JSON, one object a line.
    #[track_caller]
    pub fn objects(self) -> Vec<Value> {
        self.printed().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Exit code and standard error of a run that must have printed no result.
    #[track_caller]
    pub fn complained(self) -> (i32, String) {
        assert_eq!(self.stdout, "", "stderr: {}", self.stderr);
        (self.code, self.stderr)
    }
}
