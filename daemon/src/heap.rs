//! What the allocator keeps of memory that nobody needs any more.

/// Bytes from which on a piece of memory is the kernel's again as soon as it is let go of, and of which as many are kept at the end of the
/// heap. It is glibc's own first choice, but glibc raises it up to 32 MiB by what it sees: after a few recordings of minutes the daemon kept
/// 54 MB.
#[cfg(target_env = "gnu")]
const LARGE: i32 = 128 * 1024;

/// Has memory given back. To be called before there is a second thread.
///
/// One heap serves all threads, so that each does not keep some of its own; the daemon's threads seldom work at the same time.
#[cfg(target_env = "gnu")]
#[expect(
    unsafe_code,
    reason = "glibc is told so by a function, or by the environment, which the engines would inherit"
)]
pub(crate) fn give_back() {
    for (parameter, value) in [(libc::M_ARENA_MAX, 1), (libc::M_MMAP_THRESHOLD, LARGE), (libc::M_TRIM_THRESHOLD, LARGE)]
    {
        // SAFETY: it sets a number of the allocator's, and takes its lock.
        unsafe { libc::mallopt(parameter, value) };
    }
}

#[cfg(not(target_env = "gnu"))]
pub(crate) fn give_back() {}
