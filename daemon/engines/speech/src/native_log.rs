//! What whisper.cpp and ggml print, taken off standard error into the engine's log, where it shows at debug level. The last complaint is
//! kept, because their functions return only null.

use std::ffi::{CStr, c_char, c_void};
use std::sync::Mutex;

use hob_worker::log;
use whisper_rs::{GGMLLogLevel, set_log_callback};

static LAST_ERROR: Mutex<String> = Mutex::new(String::new());

#[expect(unsafe_code, reason = "whisper-rs has no safe way to install a callback of one's own")]
pub(crate) fn install() {
    // SAFETY: the callback lives for ever, ignores its user data and does not unwind.
    unsafe { set_log_callback(Some(take), std::ptr::null_mut()) }
}

/// The last complaint since this was asked before, without the names of native functions in front.
pub(crate) fn last_error() -> Option<String> {
    let mut last = LAST_ERROR.lock().ok()?;
    let line = std::mem::take(&mut *last);
    let message = line.rsplit_once("(): ").or_else(|| line.split_once(": ")).map_or(line.as_str(), |(_, rest)| rest);
    (!message.is_empty()).then(|| message.to_owned())
}

#[expect(unsafe_code, reason = "called by whisper.cpp")]
unsafe extern "C" fn take(level: u32, text: *const c_char, _user_data: *mut c_void) {
    if text.is_null() {
        return;
    }
    // SAFETY: not null; whisper.cpp passes a string that ends with NUL and lives for the call.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let line = text.trim();
    if line.is_empty() {
        return;
    }
    if matches!(GGMLLogLevel::from(level), GGMLLogLevel::Error)
        && let Ok(mut last) = LAST_ERROR.lock()
    {
        line.clone_into(&mut last);
    }
    log::debug(line);
}
