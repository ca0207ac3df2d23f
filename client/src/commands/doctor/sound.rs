//! The microphone, as far as can be told without opening it: whether there is a sound server, or at least a capture device.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use hob_protocol::daemon::State;

use super::Check;

pub(super) fn check(_: Option<&State>) -> Vec<Check> {
    let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).unwrap_or_default();
    vec![look(&runtime, Path::new("/dev/snd"))]
}

fn look(runtime: &Path, devices: &Path) -> Check {
    const NAME: &str = "microphone";
    for (server, socket) in [("PipeWire", "pipewire-0"), ("PulseAudio", "pulse/native")] {
        if runtime.join(socket).exists() {
            return Check::ok(NAME, format!("{server} runs; `hob dictate start --print` tries it"));
        }
    }
    // ALSA names capture devices pcmC0D0c, playback ones pcmC0D0p.
    let captures = |name: &str| name.starts_with("pcm") && name.ends_with('c');
    let mut entries = fs::read_dir(devices).into_iter().flatten().flatten();
    if entries.any(|entry| entry.file_name().to_str().is_some_and(captures)) {
        return Check::ok(NAME, "an ALSA capture device; `hob dictate start --print` tries it");
    }
    let advice = "connect a microphone and start PipeWire; `hob dictate --file` and `hob transcribe` work without";
    Check::fail(NAME, "no sound server and no capture device", advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::Level;

    #[test]
    fn a_server_or_a_capture_device_will_do() {
        let folder = tempfile::tempdir().unwrap();
        let found = || look(folder.path(), folder.path());
        assert_eq!(found().level, Level::Fail);
        fs::write(folder.path().join("pcmC0D0p"), "").unwrap();
        assert_eq!(found().level, Level::Fail);
        fs::write(folder.path().join("pcmC0D0c"), "").unwrap();
        assert!(found().finding.contains("ALSA"));
        fs::write(folder.path().join("pipewire-0"), "").unwrap();
        assert!(found().finding.contains("PipeWire"));
    }
}
