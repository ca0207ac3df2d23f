//! The file that remembers how loud each microphone's room is: `microphones.json` in the state folder. One that is missing or damaged
//! is as good as an empty one.

use std::path::{Path, PathBuf};

use crate::core::Noise;

const FILE: &str = "microphones.json";

/// `folder` is `None` where nothing is remembered across restarts.
pub fn load(folder: Option<&Path>) -> Noise {
    let bytes = folder.and_then(|folder| std::fs::read(folder.join(FILE)).ok());
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Blocking. What cannot be written is measured again after the next start.
pub fn store(folder: Option<PathBuf>, noise: &Noise) {
    let Some(folder) = folder else { return };
    if let Err(error) = write(&folder, noise) {
        tracing::debug!("cannot remember the microphones in {}: {error}", folder.display());
    }
}

fn write(folder: &Path, noise: &Noise) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let fresh = folder.join(FILE).with_extension("new");
    std::fs::write(&fresh, serde_json::to_vec_pretty(noise)?)?;
    std::fs::rename(fresh, folder.join(FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stored_is_loaded_and_what_is_damaged_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("hob");
        let mut noise = Noise::default();
        noise.opened("desk".into());
        noise.heard(-62.5);
        store(Some(state.clone()), &noise);
        assert_eq!(load(Some(&state)), noise);
        std::fs::write(state.join(FILE), "{\"last\": 3").unwrap();
        assert_eq!(load(Some(&state)), Noise::default());
        assert_eq!(load(None), Noise::default());
    }
}
