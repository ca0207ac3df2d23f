//! A sound server of the test's own, with microphones that hear what the test plays into them. No sound card and nothing of the
//! machine's own sound is touched.
//!
//! `HOB_PULSE_SERVER` names another server to use, as `unix:PATH`: `packaging/microphone.sh` starts a PipeWire for this.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::ending::with_the_test;
use crate::log::Log;
use crate::{Home, Sound, run};

/// Quiet after what is played, so that the last word has left the server when the player has ended.
const AFTER_S: f64 = 0.3;

#[derive(Debug)]
pub struct SoundServer {
    /// For what is spoken.
    folder: TempDir,
    address: String,
    /// `None` for one that others started.
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    child: Child,
    /// Kept, because the server would end when nobody reads it.
    _log: Log,
}

/// The microphones, and the rate of each.
const MICROPHONES: [(&str, u32); 2] = [("desk", 48_000), ("headset", 44_100)];

impl SoundServer {
    /// A server with a microphone `desk`, the default, and a microphone `headset`; people see `The-desk` and `The-headset`.
    pub fn start() -> Self {
        let server = match std::env::var("HOB_PULSE_SERVER") {
            Ok(address) => Self { folder: tempfile::tempdir().unwrap(), address, own: None },
            Err(_) => Self::start_pulseaudio(),
        };
        for (name, rate) in MICROPHONES {
            let sink = format!("sink_name={name}-speaker");
            // Without norewinds PulseAudio's null sink works in blocks of up to two seconds; PipeWire knows no such word.
            let norewinds = if server.own.is_some() { "norewinds=1" } else { "media.class=Audio/Sink" };
            server.pactl(&["load-module", "module-null-sink", &sink, &format!("rate={rate}"), norewinds]);
            let source = [format!("source_name={name}"), format!("master={name}-speaker.monitor")];
            let shown = format!("source_properties=device.description=The-{name}");
            server.pactl(&["load-module", "module-remap-source", &source[0], &source[1], &shown]);
        }
        server.follow_default("desk");
        server
    }

    fn start_pulseaudio() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("native").display().to_string();
        let mut command = ending_with_the_test("pulseaudio");
        command.args(["-n", "-v", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-target=stderr"]);
        command.arg(format!("--load=module-native-protocol-unix auth-anonymous=1 socket={socket}"));
        private(&mut command, folder.path());
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("pulseaudio: {error}\nhint: packaging/deps.sh"));
        let log = Log::follow(child.stderr.take().expect("it is piped"), || {});
        log.wait_for("Daemon startup complete.");
        Self { folder, address: format!("unix:{socket}"), own: Some(Own { child, _log: log }) }
    }

    /// A home whose daemon finds this server and no other.
    #[must_use]
    pub fn with(&self, home: Home) -> Home {
        home.with_variable("PULSE_SERVER", &self.address)
    }

    /// Makes a microphone the system's default.
    pub fn follow_default(&self, microphone: &str) {
        self.pactl(&["set-default-source", microphone]);
    }

    /// Plugs in one more microphone, as the default; the number unplugs it.
    pub fn plug(&self, name: &str) -> String {
        let source = format!("source_name={name}");
        let module = self.pactl(&["load-module", "module-remap-source", &source, "master=desk-speaker.monitor"]);
        self.follow_default(name);
        module.trim().to_owned()
    }

    pub fn unplug(&self, module: &str) {
        self.pactl(&["unload-module", module]);
    }

    /// Says something into a microphone, and waits until it is said.
    pub fn say(&self, microphone: &str, sound: &Sound) {
        let mut player = self.begin_to_say(microphone, sound);
        assert!(player.wait().unwrap().success());
    }

    /// The same without waiting.
    pub fn begin_to_say(&self, microphone: &str, sound: &Sound) -> Child {
        let path = self.spoken(sound);
        let mut command = ending_with_the_test("paplay");
        command.arg(format!("--device={microphone}-speaker")).arg(path);
        private(&mut command, self.folder.path());
        command.env("PULSE_SERVER", &self.address).spawn().unwrap()
    }

    /// Ends it as nobody should.
    pub fn kill(&mut self) {
        let child = &mut self.own.as_mut().expect("only a server of its own can be killed").child;
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn spoken(&self, sound: &Sound) -> PathBuf {
        let count = fs::read_dir(self.folder.path()).unwrap().count();
        let path = self.folder.path().join(format!("{count}.wav"));
        Sound::joined(&[sound.clone(), Sound::silence(AFTER_S)]).write(&path);
        path
    }

    fn pactl(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("pactl");
        private(&mut command, self.folder.path());
        run(command.env("PULSE_SERVER", &self.address).args(arguments), b"").printed()
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        if let Some(Own { child, .. }) = &mut self.own {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn ending_with_the_test(program: &str) -> Command {
    let [first, rest @ ..] = with_the_test("KILL");
    let mut command = Command::new(first);
    command.args(rest).arg(program);
    command
}

fn private(command: &mut Command, folder: &Path) {
    for name in ["HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        command.env(name, folder);
    }
    for name in ["PULSE_SERVER", "PULSE_COOKIE", "PULSE_SINK", "PULSE_SOURCE", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY"] {
        command.env_remove(name);
    }
}
