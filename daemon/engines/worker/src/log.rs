//! The engine's log: lines on standard error, which the daemon captures. Never the user's words.

use std::io::Write as _;
use std::sync::OnceLock;

/// Something bad that can happen.
pub fn warn(line: &str) {
    write("warn", line);
}

/// Detail, written only if `HOB_LOG` asks for it.
pub fn debug(line: &str) {
    if is_debug() {
        write("debug", line);
    }
}

/// Whether [`debug`] writes anything: `HOB_LOG` names the level debug or trace.
pub fn is_debug() -> bool {
    static DEBUG: OnceLock<bool> = OnceLock::new();
    *DEBUG.get_or_init(|| {
        std::env::var("HOB_LOG").is_ok_and(|filter| filter.contains("debug") || filter.contains("trace"))
    })
}

fn write(level: &str, line: &str) {
    // A log nobody reads any more is no reason to die: the socket says when to end.
    let _ = writeln!(std::io::stderr(), "{level}: {}", line.trim_end());
}
