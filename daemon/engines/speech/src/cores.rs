//! How many threads inference should use if nobody says.

use std::collections::BTreeSet;
use std::path::Path;

/// Beyond this, Whisper's small matrices gain nothing.
const MOST: i32 = 8;

/// One thread a physical core: a second one on the same core only waits for the same arithmetic units.
pub(crate) fn for_inference() -> i32 {
    let allowed = std::thread::available_parallelism().map_or(1, usize::from);
    let cores = physical(Path::new("/sys/devices/system/cpu")).unwrap_or(allowed).min(allowed);
    i32::try_from(cores).unwrap_or(MOST).clamp(1, MOST)
}

/// Logical processors that share a core list the same siblings.
fn physical(folder: &Path) -> Option<usize> {
    let processors = std::fs::read_dir(folder).ok()?;
    let siblings: BTreeSet<String> = processors
        .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("topology/core_cpus_list")).ok())
        .collect();
    (!siblings.is_empty()).then_some(siblings.len())
}
