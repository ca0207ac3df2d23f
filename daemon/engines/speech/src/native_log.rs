//! What whisper.cpp and ggml print, taken off standard error into the engine's log, where it shows at debug level. The first complaint is
//! kept, because their functions return only null.

use std::ffi::{CStr, c_char, c_void};
use std::sync::Mutex;

use hob_worker::log;
use whisper_rs::{GGMLLogLevel, set_log_callback};

static FIRST_ERROR: Mutex<String> = Mutex::new(String::new());

#[expect(unsafe_code, reason = "whisper-rs has no safe way to install a callback of one's own")]
pub(crate) fn install() {
    // SAFETY: the callback lives for ever, ignores its user data and does not unwind.
    unsafe { set_log_callback(Some(take), std::ptr::null_mut()) }
}

/// Before a call whose complaint is wanted.
pub(crate) fn forget_errors() {
    if let Ok(mut first) = FIRST_ERROR.lock() {
        first.clear();
    }
}

/// The first complaint of a call, without the name of the native function in front. Later ones only say that it failed.
pub(crate) fn first_error() -> Option<String> {
    let line = FIRST_ERROR.lock().ok()?.clone();
    let message = line.split_once(": ").map_or(line.as_str(), |(_, rest)| rest);
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
        && let Ok(mut first) = FIRST_ERROR.lock()
        && first.is_empty()
    {
        line.clone_into(&mut first);
    }
    log::debug(line);
}
