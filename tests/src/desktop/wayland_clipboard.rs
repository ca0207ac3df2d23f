//! The clipboard and the primary selection of a compositor, as `wl-copy` and `wl-paste` see them.

use std::io::Write;
use std::process::Stdio;

use super::{Clipboard, Desktop, SwayDesktop};

impl Clipboard {
    /// Fills it, as an application does that has copied this. It stays until another one takes it.
    pub fn copy_on(self, desktop: &SwayDesktop, format: &str, bytes: &[u8]) {
        let mut command = desktop.session().command("wl-copy");
        command.args(self.wayland_flag()).args(["--type", format]).stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().expect("it is piped").write_all(bytes).unwrap();
        // It goes on in the background, where it answers whoever pastes.
        assert!(child.wait().unwrap().success());
    }

    /// What it holds in one format, or `None` if nobody offers it.
    pub fn read_on(self, desktop: &SwayDesktop, format: &str) -> Option<Vec<u8>> {
        let mut command = desktop.session().command("wl-paste");
        command.args(self.wayland_flag()).args(["--no-newline", "--type", format]).stdout(Stdio::piped());
        let output = command.spawn().and_then(std::process::Child::wait_with_output).unwrap();
        output.status.success().then_some(output.stdout)
    }

    fn wayland_flag(self) -> &'static [&'static str] {
        match self {
            Self::Clipboard => &[],
            Self::Primary => &["--primary"],
        }
    }
}
