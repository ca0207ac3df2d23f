//! The way for everything else: a program of the user's gets the text on its standard input. Exit code 0 means that it has taken it.

use std::io::{self, Write};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::Settings;
use super::backend::{Aim, Backend, Failure, Fitness, Put, Way};
use crate::graphical_session::Variables;

/// A program that takes longer is ended, so that the next text is not kept waiting.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Command {
    words: Vec<String>,
    session: Box<dyn Fn() -> Variables>,
}

impl Command {
    /// `session`: what the environment says of it at the moment.
    pub fn new(settings: &Settings, session: impl Fn() -> Variables + 'static) -> Self {
        Self { words: settings.command.clone(), session: Box::new(session) }
    }
}

impl Backend for Command {
    fn name(&self) -> &'static str {
        "command"
    }

    fn way(&self) -> Way {
        Way::HandsOver
    }

    fn fitness(&mut self) -> Fitness {
        match self.words.first() {
            Some(program) => Fitness::Works { why: format!("insert.command is `{program}`") },
            None => Fitness::Missing { why: "insert.command is empty".to_owned(), hint: None },
        }
    }

    fn insert(&mut self, text: &str, aim: &Aim) -> Result<Put, Failure> {
        let (program, arguments) =
            self.words.split_first().ok_or_else(|| Failure::before("insert.command is empty"))?;
        let mut command = std::process::Command::new(program);
        command
            .args(arguments)
            .envs((self.session)().for_programs())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(window) = &aim.window {
            command.env("HOB_WINDOW_CLASS", &window.class).env("HOB_WINDOW_ID", &window.id);
        }
        let child = command.spawn().map_err(|error| Failure::before(format!("cannot start `{program}`: {error}")))?;
        match feed(child, text.to_owned()) {
            Ok(status) if status.success() => Ok(Put::Sent),
            Ok(status) => Err(Failure::midway(format!("`{program}` ended with {status}"))),
            Err(error) => Err(Failure::midway(format!("`{program}`: {error}"))),
        }
    }

    fn configure(&mut self, settings: &Settings) {
        self.words.clone_from(&settings.command);
    }
}

/// Writes the text and waits for the end, with a limit.
fn feed(mut child: Child, text: String) -> io::Result<ExitStatus> {
    let mut input = child.stdin.take().expect("it is piped");
    let id = child.id();
    let (done, ended) = mpsc::sync_channel(1);
    std::thread::Builder::new().name("command".to_owned()).spawn(move || {
        let written = match input.write_all(text.as_bytes()) {
            // Its exit code says whether it has what it wanted.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            Ok(()) | Err(_) => Ok(()),
        };
        drop(input);
        let status = child.wait();
        // Nobody waits any more after the limit.
        let _ = done.send(written.and(status));
    })?;
    ended.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        if let Some(pid) = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw) {
            let _it_has_ended = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, format!("not done after {} s", PATIENCE.as_secs())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Newline, PasteKey};
    use crate::insert::backend::{Before, Keyboard};

    const AIM: Aim = Aim {
        window: None,
        keyboard: Keyboard::Somebodys,
        paste_key: PasteKey::CtrlV,
        newline: Newline::Return,
        restore_clipboard: true,
        before: Before::Nothing,
    };

    fn run(script: &str) -> Result<Put, Failure> {
        let command = ["sh", "-c", script].map(str::to_owned).to_vec();
        let mut backend = Command::new(&Settings { command, ..Settings::default() }, Variables::default);
        backend.insert("café\n漢字", &AIM)
    }

    #[test]
    fn a_program_gets_the_text_and_its_exit_code_is_the_answer() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("text");
        assert_eq!(run(&format!("cat > '{}'", file.display())), Ok(Put::Sent));
        assert_eq!(std::fs::read_to_string(file).unwrap(), "café\n漢字");
        let failure = run("cat > /dev/null; exit 3").unwrap_err();
        assert!(failure.problem.ends_with("ended with exit status: 3"), "{failure}");
        assert_eq!(run("exec < /dev/null; exit 0"), Ok(Put::Sent));
    }

    #[test]
    fn a_program_that_is_not_there_leaves_the_way_to_others() {
        let command = vec!["/does/not/exist".to_owned()];
        let mut backend = Command::new(&Settings { command, ..Settings::default() }, Variables::default);
        assert_eq!(backend.insert("a", &AIM).unwrap_err().reach, super::super::backend::Reach::Nothing);
        assert!(!Command::new(&Settings::default(), Variables::default).fitness().is_usable());
    }
}
