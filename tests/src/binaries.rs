//! The programs under test: those that were built beside the test itself, in the same profile.

use std::path::PathBuf;

/// `hobd`, `hob` or `hob-engine-fake`. Cargo does not build another crate's programs for a test, so one may be missing.
pub fn program(name: &str) -> PathBuf {
    let folder = programs();
    let path = folder.join(name);
    let profile = if folder.ends_with("release") { " --release" } else { "" };
    assert!(
        path.is_file(),
        "{} is missing\nhint: cargo build{profile} -p hob-daemon -p hob -p hob-engine-fake",
        path.display()
    );
    path
}

/// The folder of all programs, `target/PROFILE`.
pub(crate) fn programs() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).expect("tests lie in target/PROFILE/deps").to_owned()
}
