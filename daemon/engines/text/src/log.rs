//! What llama.cpp and ggml have to say: warnings and errors go to the log; the first error is kept for the answer. The rest, hundreds of lines for each model, is dropped.
#![expect(unsafe_code, reason = "the bindings have no safe way to receive log lines without a tracing subscriber")]

use std::ffi::{CStr, c_char, c_void};
use std::sync::Mutex;

use hob_worker::log::warn;
use llama_cpp_sys_2::{GGML_LOG_LEVEL_ERROR, GGML_LOG_LEVEL_WARN, ggml_log_level, llama_log_set};

static ERROR: Mutex<Option<String>> = Mutex::new(None);

/// To be called before anything else of llama.cpp.
pub(crate) fn install() {
    // SAFETY: the callback is a plain function that lives as long as the process and ignores its user data.
    unsafe { llama_log_set(Some(receive), std::ptr::null_mut()) }
}

/// The first error that was logged since this was asked before.
pub(crate) fn take_error() -> Option<String> {
    ERROR.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
}

unsafe extern "C" fn receive(level: ggml_log_level, text: *const c_char, _: *mut c_void) {
    if text.is_null() || (level != GGML_LOG_LEVEL_WARN && level != GGML_LOG_LEVEL_ERROR) {
        return;
    }
    // SAFETY: llama.cpp passes a string that ends with a NUL and lives until this returns.
    let line = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let line = line.trim_end();
    warn(line);
    if level == GGML_LOG_LEVEL_ERROR {
        let mut kept = ERROR.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // The first error names the cause; those that follow only say that loading failed.
        kept.get_or_insert_with(|| line.to_owned());
    }
}
