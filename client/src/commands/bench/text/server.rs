//! llama-server, to compare with: started for the measurement on this machine alone, asked over HTTP, and ended afterwards.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use hob_protocol::text::{Message, Sampling};
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;
use serde_json::json;
use ureq::Agent;

use super::super::BenchError;
use super::result::Answer;

/// For loading a large model from a slow disk.
const PATIENCE: Duration = Duration::from_mins(10);
/// Of an answer that makes no sense, so much is shown.
const SHOWN: usize = 200;

pub(super) struct Server {
    child: Child,
    agent: Agent,
    address: String,
}

/// A piece of a streamed answer. The last one has the timings.
#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    choices: Vec<Choice>,
    timings: Option<Timings>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Delta,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Timings {
    #[serde(default, rename = "cache_n")]
    cached: u32,
    #[serde(rename = "prompt_n")]
    computed: u32,
    #[serde(rename = "predicted_n")]
    predicted: u32,
}

impl Server {
    /// Starts it, and waits until it has loaded its model.
    pub(super) fn start(command: &str) -> Result<Self, BenchError> {
        let port = free_port().map_err(BenchError::RivalUnstartable)?;
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exec 2>&1; {command} --host 127.0.0.1 --port {port}")]);
        // A group of its own, so that whatever the shell starts ends with it.
        shell.stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0);
        let mut child = shell.spawn().map_err(BenchError::RivalUnstartable)?;
        let lines = lines_of(&mut child);
        let agent = Agent::config_builder().proxy(None).http_status_as_error(false).build().into();
        let mut server = Self { child, agent, address: format!("http://127.0.0.1:{port}") };
        server.wait(&lines)?;
        Ok(server)
    }

    /// It says a line whenever something has changed, and then it is asked whether it is ready.
    fn wait(&mut self, lines: &Receiver<String>) -> Result<(), BenchError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(_) => {
                    let health = self.agent.get(format!("{}/health", self.address)).call();
                    if health.is_ok_and(|response| response.status() == 200) {
                        return Ok(());
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    return Err(BenchError::RivalSilent { seconds: PATIENCE.as_secs() });
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait().map_err(BenchError::RivalUnstartable)?;
                    return Err(BenchError::RivalDied { status });
                }
            }
        }
    }

    pub(super) fn answer(&self, messages: &[Message], sampling: &Sampling) -> Result<Answer, BenchError> {
        let request = json!({
            "messages": messages,
            "temperature": 0,
            "max_tokens": sampling.max_tokens,
            "stop": sampling.stop,
            "stream": true,
            "cache_prompt": true,
        });
        let url = format!("{}/v1/chat/completions", self.address);
        let body = request.to_string();
        let begun = Instant::now();
        let response = self.agent.post(url).content_type("application/json").send(&body);
        let response = response.map_err(|error| nonsense(&error.to_string()))?;
        let is_ok = response.status() == 200;
        let mut answer = Answer::default();
        for line in BufReader::new(response.into_body().into_reader()).lines() {
            let line = line.map_err(|error| nonsense(&error.to_string()))?;
            if !is_ok {
                return Err(nonsense(&line));
            }
            let Some(data) = line.strip_prefix("data: ").filter(|data| *data != "[DONE]") else { continue };
            let event: Event = serde_json::from_str(data).map_err(|_| nonsense(data))?;
            let text = event.choices.first().and_then(|choice| choice.delta.content.as_deref()).unwrap_or_default();
            if !text.is_empty() {
                answer.first_ms.get_or_insert_with(|| super::milliseconds(begun));
                answer.text.push_str(text);
            }
            if event.choices.iter().any(|choice| choice.finish_reason.is_some()) {
                answer.total_ms = super::milliseconds(begun);
            }
            if let Some(timings) = event.timings {
                answer.prompt_tokens = timings.cached + timings.computed;
                answer.cached_tokens = timings.cached;
                // It counts the token that ends the answer, and the first one took no decode of its own.
                answer.steps = timings.predicted.saturating_sub(1);
            }
        }
        Ok(answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// The lines that it says. They are read to the end, also when nobody listens any more: it would stop at a full pipe.
fn lines_of(child: &mut Child) -> Receiver<String> {
    let stdout = child.stdout.take().expect("it is piped");
    // One line may wait while it is asked about the one before.
    let (out, lines) = sync_channel(1);
    thread::spawn(move || {
        let mut listener = Some(out);
        for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            listener = listener.filter(|out| out.send(line).is_ok());
        }
    });
    lines
}

/// A port that nobody listens on at the moment.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn nonsense(said: &str) -> BenchError {
    BenchError::RivalNonsense { said: said.chars().take(SHOWN).collect() }
}
