//! What a test starts ends with it, also when the test is killed and can end nothing itself.

use std::ffi::OsString;

/// Words before a command: the kernel sends it this signal when the thread that has started it is gone.
pub(crate) fn with_the_test(signal: &str) -> [OsString; 4] {
    ["setpriv", "--pdeathsig", signal, "--"].map(OsString::from)
}
