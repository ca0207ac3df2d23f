//! How much room is left where models are kept.

use std::io;
use std::path::Path;

/// Bytes an ordinary user can still write at `path`, or at the nearest parent that exists.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let existing = path.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(Path::new("."));
    let stats = rustix::fs::statvfs(existing)?;
    Ok(stats.f_bavail.saturating_mul(stats.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_does_not_exist_yet_has_the_room_of_its_parent() {
        let folder = tempfile::tempdir().unwrap();
        let free = free_bytes(&folder.path().join("not/yet/there")).unwrap();
        assert!(free > 0, "the temporary folder is full: {free}");
    }
}
